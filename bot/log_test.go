package bot

import (
	"log"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// secrets are the questions and user ids of the whole suite.
var (
	secretsMu sync.Mutex
	secrets   = map[string]bool{"simulated-token": true, "tok-": true}
)

// snowflake finds any id of Discord's: of a user, a server, a channel.
var snowflake = regexp.MustCompile(`\b\d{17,20}\b`)

func secret(s string) {
	// Short words ("it") stand in log lines by chance.
	if len(strings.TrimSpace(s)) < 6 {
		return
	}
	secretsMu.Lock()
	defer secretsMu.Unlock()
	secrets[s] = true
}

// TestMain runs the suite and then searches everything it logged, through the
// bot's logger and through the standard one that discordgo uses, for questions,
// user ids and tokens.
func TestMain(m *testing.M) {
	log.SetOutput(&logged)
	code := m.Run()
	if found := leaks(logged.String()); len(found) > 0 {
		os.Stderr.WriteString("FAIL: secrets in the log:\n" + strings.Join(found, "\n") + "\n")
		code = 1
	}
	os.Exit(code)
}

func leaks(text string) []string {
	secretsMu.Lock()
	defer secretsMu.Unlock()
	var found []string
	for line := range strings.SplitSeq(text, "\n") {
		if id := snowflake.FindString(line); id != "" {
			found = append(found, "id "+id+" in: "+line)
		}
		for s := range secrets {
			if strings.Contains(line, s) {
				found = append(found, s+" in: "+line)
			}
		}
	}
	return found
}

func TestLeaksAreFound(t *testing.T) {
	if len(leaks("level=INFO msg=x url=/webhooks/1/tok-2/messages")) == 0 {
		t.Error("a token in a log line is not found")
	}
	if len(leaks("level=INFO msg=x user=1409876543210987654")) == 0 {
		t.Error("an id in a log line is not found")
	}
	if l := leaks("level=INFO msg=\"gateway connection ready\" shard=0"); len(l) > 0 {
		t.Errorf("an honest line is found: %q", l)
	}
}
