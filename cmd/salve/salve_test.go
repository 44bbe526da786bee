package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"salve/bot/store"
	"salve/knowledge"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"salve": main})
}

// TestScript runs the terminal sessions in testdata/script: a page each of what
// a user of the command line sees.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"approve": approve, "count": count}, Setup: func(e *testscript.Env) error {
		// A script can't hold a file that is not UTF-8.
		if err := os.MkdirAll(e.Cd+"/broken", 0o755); err != nil {
			return err
		}
		// Nor one that is a database.
		if err := os.MkdirAll(e.Cd+"/kept", 0o755); err != nil {
			return err
		}
		kept, err := store.Open(context.Background(), e.Cd+"/kept/salve.db")
		if err != nil {
			return err
		}
		if err := kept.Close(); err != nil {
			return err
		}
		return os.WriteFile(e.Cd+"/broken/latin.md", []byte("---\ntitle: caf\xe9\n---\n"), 0o644)
	}})
}

// The settings that the program reads and those that .env.example explains are
// the same.
func TestEnvExampleNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	want := settingNames()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf(".env.example names %q\nthe program reads %q", got, want)
	}
}

// approve previews the draft and approves it as the moderator named.
func approve(ts *testscript.TestScript, neg bool, args []string) {
	var p struct{ Candidate string }
	ts.Check(ts.Exec("salve", append([]string{"library", "preview", "--json"}, args[1:]...)...))
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &p))
	if err := ts.Exec("salve", append([]string{"library", "approve", p.Candidate, "--by", args[0]}, args[1:]...)...); (err != nil) != neg {
		ts.Fatalf("approve: %v", err)
	}
}

// count counts something of a server by week, as the bot does: count SERVER TIMES
// KIND [SUBJECT [DETAIL]]. The subject PASSAGE is one of the library that ships.
func count(ts *testscript.TestScript, _ bool, args []string) {
	args = append(args, "", "")
	if args[3] == "PASSAGE" {
		lib, _, err := knowledge.Load(knowledge.Builtin())
		ts.Check(err)
		args[3] = lib.Passages()[0].ID
	}
	kept, err := store.Open(context.Background(), filepath.Join(ts.MkAbs(ts.Getenv("SALVE_DATA")), "salve.db"))
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range n {
		ts.Check(kept.CountWeekly(context.Background(), time.Now(), store.Tally{Guild: args[0], Kind: args[2], Subject: args[3], Detail: args[4]}))
	}
	ts.Check(kept.Close())
}
