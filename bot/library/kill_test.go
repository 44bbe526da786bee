package library

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salve/bot/store"
)

const killedStore = "SALVE_TEST_KILLED_STORE"

// publishOn publishes round after round, until it is killed: version n holds the
// label of round n-1.
func publishOn(t *testing.T, path string) {
	st, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s := fruitShelf(t, st)
	ctx, ann := t.Context(), s.Actor("ann", "1")
	for round := 1; round < 1000; round++ {
		if _, _, err := s.Put(ctx, "", ann, fruitFile("mango", fmt.Sprint("round-", round))); err != nil {
			t.Fatal(err)
		}
		p := must(s.Preview(ctx, "", ann, nil))(t)
		fmt.Println("publishing", round)
		must(s.Publish(ctx, "", ann, p.Candidate, ""))(t)
	}
}

// A process that is killed at any moment of its work leaves a library that
// answers: the last that was published, and the draft that was not yet.
func TestKilledProcessLeavesALibrary(t *testing.T) {
	if path := os.Getenv(killedStore); path != "" {
		publishOn(t, path)
		return
	}
	for i := range 6 {
		path := filepath.Join(t.TempDir(), "salve.db")
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledProcessLeavesALibrary$")
		child.Env = append(os.Environ(), killedStore+"="+path)
		out := must(child.StdoutPipe())(t)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && lines.Text() != fmt.Sprint("publishing ", 1+i%3) {
		}
		time.Sleep(time.Duration(rand.IntN(40_000)) * time.Microsecond) // any moment will do
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
		}
		_ = child.Wait() // it was killed

		st, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		s := fruitShelf(t, st)
		n := s.number("")
		mark := fmt.Sprint("label round-", n-1, ".")
		if n == 1 {
			mark = "label first-mango."
		}
		if !says(t, s, "", fruitQuestion("mango"), mark) {
			t.Errorf("version %d does not say %q", n, mark)
		}
		published := 0
		for _, e := range must(s.Audit(t.Context(), ""))(t) {
			if e.What == "publish" {
				published++
			}
		}
		if published != n-1 {
			t.Errorf("version %d, and %d were published by the audit", n, published)
		}
		if n <= i%3 {
			t.Errorf("version %d is served; %d was published before the end", n, 1+i%3)
		}
		d := must(st.Draft(t.Context(), ""))(t)
		if n == 1+i%3 && d == nil {
			t.Errorf("version %d: the draft of what was being published is lost", n)
		}
		if d != nil {
			files := must(Unpack(d.Files))(t)
			if want := fmt.Sprint("label round-", n, "."); !strings.Contains(string(files["mango-balm.md"]), want) {
				t.Errorf("version %d: the draft lacks %q", n, want)
			}
		}
	}
}
