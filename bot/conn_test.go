package bot

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// frame makes a websocket frame of a server.
func frame(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

// readConn is a connection that gives bytes.
type readConn struct {
	net.Conn
	io.Reader
}

func (r readConn) Read(p []byte) (int, error) { return r.Reader.Read(p) }
func (r readConn) Close() error               { return nil }

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

func TestTap(t *testing.T) {
	hello := string(frame(0x81, `{"op":10,"d":{"heartbeat_interval":41250}}`))
	ack := string(frame(0x81, `{"op":11}`))
	long := string(frame(0x81, `{"op":0,"d":"`+string(bytes.Repeat([]byte("x"), 70000))+`"}`))
	for _, tt := range []struct {
		name, in string
		passes   string // what discordgo sees
		code, op int
	}{
		{"hello and beats", upgrade + hello + ack, upgrade + hello + ack, 0, 0},
		{"a long event", upgrade + hello + long, upgrade + hello + long, 0, 0},
		{"an event of 126 bytes and more", upgrade + string(frame(0x81, string(bytes.Repeat([]byte("x"), 300)))), upgrade + string(frame(0x81, string(bytes.Repeat([]byte("x"), 300)))), 0, 0},
		{"op 7", upgrade + hello + string(frame(0x81, `{"op":7,"d":null}`)), upgrade + hello, 0, 7},
		{"op 9", upgrade + hello + string(frame(0x81, `{"op":9,"d":false}`)), upgrade + hello, 0, 9},
		{"op 9 with blanks", upgrade + string(frame(0x81, ` { "d" : true , "op" : 9 } `)), upgrade, 0, 9},
		{"an event that talks of op 9", upgrade + string(frame(0x81, `{"op":0,"d":{"op":9}}`)), upgrade + string(frame(0x81, `{"op":0,"d":{"op":9}}`)), 0, 0},
		{"close code", upgrade + string(frame(0x88, "\x0f\xae")), upgrade + string(frame(0x88, "\x0f\xae")), 4014, 0},
		{"close without code", upgrade + string(frame(0x88, "")), upgrade + string(frame(0x88, "")), 0, 0},
		{"a masked frame", upgrade + "\x81\x81aaaab", upgrade, 0, 0},
		{"a frame without end", upgrade + "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", upgrade, 0, 0},
		{"cut in a frame", upgrade + hello + "\x81\x05ab", upgrade + hello, 0, 0},
		{"cut in the header", "HTTP/1.1 101", "", 0, 0},
		{"not JSON", upgrade + string(frame(0x81, `{op:9`)), upgrade + string(frame(0x81, `{op:9`)), 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newTap(readConn{Reader: bytes.NewReader([]byte(tt.in))}, time.Now)
			got, _ := io.ReadAll(c)
			if string(got) != tt.passes {
				t.Errorf("%d bytes pass; want %d", len(got), len(tt.passes))
			}
			if code, op := c.ending(); code != tt.code || op != tt.op {
				t.Errorf("ended with code %d, op %d; want %d, %d", code, op, tt.code, tt.op)
			}
			select {
			case <-c.done:
			default:
				t.Error("the end is not told")
			}
		})
	}
}

func TestTapNoticesSilence(t *testing.T) {
	clock := newClock()
	in := upgrade + string(frame(0x81, `{"op":10,"d":{"heartbeat_interval":1000}}`))
	c := newTap(readConn{Reader: bytes.NewReader([]byte(in))}, clock.now)
	clock.add(time.Hour)
	if c.silent() {
		t.Error("silent before HELLO: the opening has a limit of its own")
	}
	io.ReadAll(c)
	for d, want := range map[time.Duration]bool{0: false, 2 * time.Second: false, 2001 * time.Millisecond: true} {
		was := clock.t
		clock.add(d)
		if got := c.silent(); got != want {
			t.Errorf("after %v silent %v", d, got)
		}
		clock.t = was
	}
}

func FuzzTap(f *testing.F) {
	f.Add([]byte(upgrade + string(frame(0x81, `{"op":7}`))))
	f.Add([]byte(upgrade + "\x81\x7e\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c := newTap(readConn{Reader: bytes.NewReader(in)}, time.Now)
		got, _ := io.ReadAll(c)
		if !bytes.HasPrefix(in, got) {
			t.Error("bytes were changed on the way")
		}
	})
}
