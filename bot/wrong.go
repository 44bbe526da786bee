package bot

import (
	"context"
	"errors"

	"salve/bot/library"
	"salve/knowledge"
)

// A refusal is an error that is told in the reader's language.
type refusal struct {
	key  string // of the catalogue
	args []any
}

func (r *refusal) Error() string { return tr("en", r.key, r.args...) }

// wrong shows a moderator why something was not done. What is wrong with a line
// of a file is told in English, as the checks tell it, under a heading that says
// so; what nobody can mend is logged and not shown.
func (b *Bot) wrong(t *turn, err error) message {
	var of *library.Refusal
	var ours *refusal
	var one *knowledge.Problem
	var many knowledge.Problems
	switch {
	case errors.As(err, &of):
		var args []any
		for i, v := range of.Args {
			if i%2 == 1 {
				v = escape(cutRunes(oneLine(v), 600))
			}
			args = append(args, v)
		}
		return plain("⚠ " + tr(t.lang, "lib_err_"+of.Code, args...))
	case errors.As(err, &ours):
		return plain("⚠ " + ours.in(t.lang))
	case errors.As(err, &one):
		return plain(problemText(t.lang, knowledge.Problems{one}))
	case errors.As(err, &many):
		return plain(problemText(t.lang, many))
	case errors.Is(err, context.DeadlineExceeded):
		return plain("⚠ " + tr(t.lang, "lib_slow"))
	}
	b.log.Error("a change of the library failed", "err", err)
	return plain("⚠ " + tr(t.lang, "failed"))
}

// in is the refusal in a language.
func (r *refusal) in(lang string) string {
	args := append([]any(nil), r.args...)
	for i, v := range args {
		if s, ok := v.(string); ok && i%2 == 1 {
			args[i] = escape(cutRunes(oneLine(s), 600))
		}
	}
	return tr(lang, r.key, args...)
}
