package bot

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Gateway ops the tap acts on.
const (
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatACK   = 11
)

// maxFrame bounds one gateway frame, in bytes. Discord states no limit for what
// it sends; a GUILD_CREATE of a very large server is a few MiB.
const maxFrame = 64 << 20

// maxControl bounds the frames the tap decodes: ops 7, 9, 10 and 11 are short.
const maxControl = 1024

// A tap is a network connection that reads the gateway's frames before
// discordgo does.
//
// It exists for three faults of discordgo. Ops 7 and 9 lock it up for ever when
// they come in answer to Identify (discordgo#513); it hands the close code to
// nobody (#1544); and it notices a dead peer only after five missed beats. So
// the tap turns ops 7 and 9 into the end of the connection, keeps the close
// code, and notes every acknowledged beat. The alternative, discordgo's package
// variable Logger, is one for the whole process and tells shards badly apart.
type tap struct {
	net.Conn
	r    *bufio.Reader
	now  func() time.Time
	out  []byte // read from the peer, not yet by discordgo
	done chan struct{}

	mu       sync.Mutex
	upgraded bool // the HTTP answer to the upgrade has passed
	ended    bool
	code     int           // close code, 0 when none came
	op       int           // 7 or 9 when that ended the connection
	interval time.Duration // of heartbeats, 0 before HELLO
	alive    time.Time     // of the last HELLO or acknowledged beat
}

func newTap(c net.Conn, now func() time.Time) *tap {
	return &tap{Conn: c, r: bufio.NewReader(c), now: now, done: make(chan struct{}), alive: now()}
}

// Read hands over what came, frame by frame.
func (t *tap) Read(p []byte) (int, error) {
	if len(t.out) == 0 {
		b, err := t.next()
		if err != nil {
			t.end()
			return 0, err
		}
		t.out = b
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

// Close ends the connection. It may be called more than once.
func (t *tap) Close() error {
	t.end()
	return t.Conn.Close()
}

// goodbye tells Discord that the bot goes offline, and closes the connection.
// discordgo's Close does the same under its lock, asleep for a second.
func (t *tap) goodbye() {
	// A close frame (opcode 8) with code 1000, masked by a zero key.
	frame := []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8}
	if t.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
		t.Write(frame) // best effort: the connection ends anyway
	}
	t.Close()
}

func (t *tap) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		close(t.done)
	}
}

// next reads the upgrade's HTTP header, and then one frame each time.
func (t *tap) next() ([]byte, error) {
	t.mu.Lock()
	upgraded := t.upgraded
	t.mu.Unlock()
	if !upgraded {
		return t.header()
	}
	head := make([]byte, 2, 14)
	if _, err := io.ReadFull(t.r, head); err != nil {
		return nil, err
	}
	n := uint64(head[1] & 0x7f)
	if ext := map[uint64]int{126: 2, 127: 8}[n]; ext > 0 {
		head = head[:2+ext]
		if _, err := io.ReadFull(t.r, head[2:]); err != nil {
			return nil, err
		}
		if ext == 2 {
			n = uint64(binary.BigEndian.Uint16(head[2:]))
		} else {
			n = binary.BigEndian.Uint64(head[2:])
		}
	}
	// A server must not mask its frames; one that does speaks no websocket.
	if n > maxFrame || head[1]&0x80 != 0 {
		return nil, errors.New("bot: a gateway frame that no Discord sends")
	}
	frame := append(head, make([]byte, n)...)
	payload := frame[len(head):]
	if _, err := io.ReadFull(t.r, payload); err != nil {
		return nil, err
	}
	if err := t.inspect(head[0], payload); err != nil {
		return nil, err
	}
	return frame, nil
}

// maxHeader bounds the HTTP answer to the upgrade, in bytes.
const maxHeader = 64 << 10

func (t *tap) header() ([]byte, error) {
	var b []byte
	for len(b) < maxHeader {
		line, err := t.r.ReadSlice('\n')
		b = append(b, line...)
		if err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			t.mu.Lock()
			t.upgraded = true
			t.mu.Unlock()
			return b, nil
		}
	}
	return nil, errors.New("bot: the gateway's HTTP header does not end")
}

// inspect notes what a frame says, and ends the connection on ops 7 and 9.
func (t *tap) inspect(first byte, payload []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch first & 0x0f {
	case 8: // close
		if len(payload) >= 2 {
			t.code = int(binary.BigEndian.Uint16(payload))
		}
		return nil
	case 1: // text
	default:
		return nil
	}
	// Fragments (no FIN bit) are not looked into: a control op is never split.
	if first&0x80 == 0 || len(payload) > maxControl {
		return nil
	}
	var p struct {
		Op int `json:"op"`
		D  struct {
			Interval int64 `json:"heartbeat_interval"`
		} `json:"d"`
	}
	// d of another shape is an error that leaves Op filled in.
	_ = json.Unmarshal(payload, &p)
	switch p.Op {
	case opReconnect, opInvalidSession:
		t.op = p.Op
		return io.EOF
	case opHello:
		t.interval = time.Duration(p.D.Interval) * time.Millisecond
		t.alive = t.now()
	case opHeartbeatACK:
		t.alive = t.now()
	}
	return nil
}

// ending says how the connection ended.
func (t *tap) ending() (code, op int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.code, t.op
}

// silent reports whether beats have gone unacknowledged for two intervals.
func (t *tap) silent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.interval > 0 && t.now().Sub(t.alive) > 2*t.interval
}
