package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Behaviour scripts one gateway connection. The zero value behaves well.
type Behaviour struct {
	NoHello  bool // accept and then say nothing
	Instead  int  // op sent in answer to Identify instead of READY: 7 or 9
	Close    int  // close code sent in answer to Identify
	Mute     bool // never acknowledge a heartbeat
	NoAnswer bool // never answer Identify
}

// OnConnect scripts the gateway: f is asked for the behaviour of the n-th
// connection, counted from 1.
func (s *Simulator) OnConnect(f func(n int) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behave = f
}

// gateway is one websocket connection of a bot.
type gateway struct {
	ws    *websocket.Conn
	write sync.Mutex
	seq   int64
	ready bool // has had READY or RESUMED; guarded by Simulator.mu
	shard int
	mute  bool // guarded by Simulator.mu
}

func (g *gateway) send(op int, event string, d any) error {
	g.write.Lock()
	defer g.write.Unlock()
	p := map[string]any{"op": op, "d": d, "s": nil, "t": nil}
	if op == 0 {
		g.seq++
		p["s"], p["t"] = g.seq, event
	}
	return g.ws.WriteJSON(p)
}

func (g *gateway) closeWith(code int) {
	g.write.Lock()
	g.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	g.write.Unlock()
	g.ws.Close()
}

func (g *gateway) drop() { g.ws.Close() }

// serveGateway is one connection from HELLO to its end.
func (s *Simulator) serveGateway(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	g := &gateway{ws: ws}
	defer ws.Close()

	s.mu.Lock()
	s.count.Connected++
	var b Behaviour
	if s.behave != nil {
		b = s.behave(s.count.Connected)
	}
	g.mute = b.Mute
	s.conns = append(s.conns, g)
	s.touch()
	s.mu.Unlock()
	defer s.forget(g)

	if !b.NoHello {
		g.send(10, "", map[string]any{"heartbeat_interval": s.opt.Heartbeat.Milliseconds()})
	}
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var p struct {
			Op int             `json:"op"`
			D  json.RawMessage `json:"d"`
		}
		if json.Unmarshal(raw, &p) != nil {
			g.closeWith(4002)
			return
		}
		switch p.Op {
		case 1:
			s.mu.Lock()
			mute := g.mute
			s.count.Beats++
			s.mu.Unlock()
			if !mute {
				g.send(11, "", nil)
			}
		case 2, 6:
			if !s.admit(g, p.Op, p.D, b) {
				return
			}
		}
	}
}

// admit answers Identify (op 2) or Resume (op 6) as b says. It reports whether
// the connection goes on.
func (s *Simulator) admit(g *gateway, op int, d json.RawMessage, b Behaviour) bool {
	var id struct {
		Token string `json:"token"`
		Shard []int  `json:"shard"`
	}
	json.Unmarshal(d, &id)
	s.mu.Lock()
	if op == 2 {
		s.count.Identified++
	} else {
		s.count.Resumed++
	}
	if len(id.Shard) == 2 {
		g.shard = id.Shard[0]
	}
	s.touch()
	s.mu.Unlock()
	switch {
	case id.Token != "Bot "+s.opt.Token && id.Token != s.opt.Token:
		g.closeWith(4004)
		return false
	case b.NoAnswer:
		return true
	case b.Close != 0:
		g.closeWith(b.Close)
		return false
	case b.Instead == 9:
		return g.send(9, "", false) == nil
	case b.Instead == 7:
		return g.send(7, "", nil) == nil
	}
	if op == 6 {
		g.send(0, "RESUMED", map[string]any{})
	} else {
		g.send(0, "READY", map[string]any{
			"v": 10, "session_id": "simulated", "resume_gateway_url": s.gatewayURL(),
			"user": s.botUser(), "guilds": []any{}, "application": map[string]any{"id": s.opt.AppID, "flags": 0},
		})
	}
	s.mu.Lock()
	g.ready = true
	s.touch()
	s.mu.Unlock()
	return true
}

func (s *Simulator) forget(g *gateway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.conns {
		if c == g {
			s.conns = append(s.conns[:i:i], s.conns[i+1:]...)
			break
		}
	}
	s.touch()
}

// ready returns the connections that have had READY.
func (s *Simulator) readyConns() []*gateway {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*gateway
	for _, c := range s.conns {
		if c.ready {
			out = append(out, c)
		}
	}
	return out
}

// Dispatch sends an event to every ready connection and reports how many had it.
func (s *Simulator) Dispatch(event string, d any) int {
	conns := s.readyConns()
	for _, c := range conns {
		c.send(0, event, d)
	}
	return len(conns)
}

// SendOp sends a bare op (7 reconnect, 9 invalid session, 1 heartbeat request)
// to every ready connection.
func (s *Simulator) SendOp(op int, d any) {
	for _, c := range s.readyConns() {
		c.send(op, "", d)
	}
}

// Drop cuts every gateway connection without a close frame.
func (s *Simulator) Drop() {
	for _, c := range s.readyConns() {
		c.drop()
	}
}

// CloseAll closes every ready gateway connection with code.
func (s *Simulator) CloseAll(code int) {
	for _, c := range s.readyConns() {
		c.closeWith(code)
	}
}

// Mute stops acknowledging heartbeats on the present connections: a zombie.
func (s *Simulator) Mute() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.mute = true
	}
}

// Numbers are the gateway's life so far.
type Numbers struct {
	Connected  int // connections accepted
	Identified int // Identifies received
	Resumed    int // Resumes received
	Beats      int // heartbeats received
	Ready      int // connections that are ready now
}

// Numbers counts the gateway's life so far.
func (s *Simulator) Numbers() Numbers {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.numbers()
}

// numbers counts. The caller holds s.mu.
func (s *Simulator) numbers() Numbers {
	n := s.count
	for _, c := range s.conns {
		if c.ready {
			n.Ready++
		}
	}
	return n
}

// Until waits until ok says true of the numbers, or returns the error of ctx.
func (s *Simulator) Until(ctx context.Context, ok func(Numbers) bool) error {
	return s.wait(ctx, func() bool { return ok(s.numbers()) })
}

// Connected waits until n gateway connections are ready.
func (s *Simulator) Connected(ctx context.Context, n int) error {
	return s.Until(ctx, func(have Numbers) bool { return have.Ready >= n })
}
