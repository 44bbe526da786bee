package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"salve/bot/answer"
)

// idPart is how many hex digits of a quote's hash stand in an answer's id. 48
// bits tell the passages of any library apart; the text itself is compared with
// the whole hash.
const idPart = 12

var idForm = regexp.MustCompile(`^[0-9a-f]{12}(?:\.[0-9a-f]{12}){0,11}$`)

// answerID is what /verify takes: the beginnings of the hashes of the quotes.
// It needs no memory, so it can be checked years later and in any process.
func answerID(a answer.Answer) string {
	var parts []string
	for _, q := range allQuotes(a) {
		if len(q.Hash) >= idPart && len(parts) < 12 {
			parts = append(parts, q.Hash[:idPart])
		}
	}
	id := strings.Join(parts, ".")
	if !idForm.MatchString(id) {
		return ""
	}
	return id
}

// verifyCommand is /verify: every quote of an answer is compared again with the
// published article.
func (b *Bot) verifyCommand(ctx context.Context, t *turn) error {
	id := strings.ToLower(strings.Trim(strings.TrimSpace(t.in.text("id")), "`"))
	if !idForm.MatchString(id) {
		return t.tell(ctx, "verify_form")
	}
	parts := strings.Split(id, ".")
	found := passages(b.library(t.in.Guild), parts)
	lines := []string{"**" + tr(t.lang, "verify_title") + "**"}
	same := 0
	for i, p := range parts {
		line := "**[" + strconv.Itoa(i+1) + "]** "
		q, ok := found[p]
		if !ok {
			lines = append(lines, line+"❌ "+tr(t.lang, "verify_gone"))
			continue
		}
		same++
		lines = append(lines, line+"✅ "+tr(t.lang, "verify_same")+"\n-# "+clip(label(q.Title, q.Section), 200)+
			" · "+tr(t.lang, "version", "n", q.Version)+" · "+reviewed(q, t.lang)+" · "+q.Hash[:idPart])
	}
	if same == len(parts) {
		lines = append(lines, tr(t.lang, "verify_all"))
	} else {
		lines = append(lines, tr(t.lang, "verify_some"))
	}
	return t.reply(ctx, plain(strings.Join(lines, "\n")))
}

// passages finds the published passages whose hash begins with one of parts. The
// hash is computed again from the words, so a library that names a wrong hash is
// found out.
func passages(lib Library, parts []string) map[string]answer.Quote {
	want := map[string]bool{}
	for _, p := range parts {
		want[p] = true
	}
	out := map[string]answer.Quote{}
	for _, a := range lib.Articles() {
		quotes, _ := lib.Section(a.Slug, "")
		for _, q := range quotes {
			sum := sha256.Sum256([]byte(q.Text))
			hash := hex.EncodeToString(sum[:])
			if !want[hash[:idPart]] {
				continue
			}
			if now, ok := lib.Verify(q.Passage, hash); ok {
				now.Hash = hash
				out[hash[:idPart]] = now
			}
		}
	}
	return out
}
