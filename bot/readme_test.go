package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestREADME holds the command table of the README against the reference.
func TestREADME(t *testing.T) {
	want := "| command | what it does |\n|---|---|\n"
	for _, c := range Commands() {
		want += "| `" + c.Usage + "` | " + c.Description + " |\n"
	}
	if !strings.Contains(readme(t), want+"\n") {
		t.Errorf("the README's table of commands is not\n%s", want)
	}
}

// TestREADMEInvites holds the README's address for inviting the bot against the
// permissions that the bot asks for.
func TestREADMEInvites(t *testing.T) {
	if want := InviteURL("APPLICATION_ID"); !strings.Contains(readme(t), " "+want+"\n") {
		t.Errorf("the README does not give the address %s", want)
	}
}

// TestREADMESettings holds the README's table of settings against .env.example,
// which a test of the command holds against what is read.
func TestREADMESettings(t *testing.T) {
	raw, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(raw), -1) {
		if !strings.Contains(readme(t), "\n| `"+m[1]+"` | ") {
			t.Errorf("the README does not explain %s", m[1])
		}
	}
}

var (
	localLink = regexp.MustCompile(`\]\(([^):#\s]+)\)|<img src="([^":]+)"`)
	imageTag  = regexp.MustCompile(`<img [^>]*>`)
	imageAlt  = regexp.MustCompile(`alt="[^"]{20,}"`)
)

// TestREADMELinks finds links to files that are not there, and pictures that say
// nothing to who cannot see them.
func TestREADMELinks(t *testing.T) {
	for _, m := range localLink.FindAllStringSubmatch(readme(t), -1) {
		if _, err := os.Stat(filepath.Join("..", m[1]+m[2])); err != nil {
			t.Errorf("the README links to a file that is not there: %v", err)
		}
	}
	for _, tag := range imageTag.FindAllString(readme(t), -1) {
		if !imageAlt.MatchString(tag) {
			t.Errorf("a picture without words for it: %s", tag)
		}
	}
}
