package library

import (
	"regexp"
	"strings"
	"testing"

	"salve/bot/store"
)

// Every refusal has a sentence, which says all that it was told.
func TestRefusalsAreSentences(t *testing.T) {
	place := regexp.MustCompile(`\{(\w+)\}`)
	for _, code := range Codes() {
		r := &Refusal{Code: code}
		for _, m := range place.FindAllStringSubmatch(sentences[code], -1) {
			r.Args = append(r.Args, m[1], "<"+m[1]+">")
		}
		text := r.Error()
		if text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s says %q", code, text)
		}
		for i := 1; i < len(r.Args); i += 2 {
			if !strings.Contains(text, r.Args[i]) {
				t.Errorf("%s does not say %s: %q", code, r.Args[i], text)
			}
		}
	}
	for _, r := range []*Refusal{ErrBusy, ErrChanged, ErrDraftMoved, ErrEdited, ErrEmpty, ErrExists, ErrFolder, ErrJudged, ErrJudgedFact, ErrJudgedKind, ErrJudgedUnknown,
		ErrMoved, ErrNeedsApproval, ErrNoArticle, ErrNoDraft, ErrNoPassage, ErrNoQuestion, ErrNoReason, ErrNoSlug, ErrNothing, ErrNotKept, ErrNoVersion,
		ErrOtherSlug, ErrOwnDraft, ErrSharedSlug, ErrTooMany} {
		if sentences[r.Code] == "" {
			t.Errorf("%s has no sentence", r.Code)
		}
	}
}

// An audit in a spreadsheet is data: no value is a formula, none breaks a line.
func TestAuditAsCSV(t *testing.T) {
	var b strings.Builder
	err := WriteAudit(&b, []store.Entry{{At: day, Who: "=cmd|' /C calc'!A0", What: "retract", Subject: "kiwi-bath", Note: "it \"stings\",\nthey say"}})
	want := "at,who,what,subject,note\n2026-11-28T12:00:00Z,'=cmd|' /C calc'!A0,retract,kiwi-bath,\"it \"\"stings\"\",\nthey say\"\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), want)
	}
}
