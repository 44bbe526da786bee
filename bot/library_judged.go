package bot

import (
	"context"
	"strings"

	"salve/bot/library"
)

const maxWords = 300 // characters of the words that a judged question pins

// judgedText adds or removes a judged question of the library's own.
func (b *Bot) judgedText(ctx context.Context, t *turn) (string, error) {
	s, scope, by := b.cfg.Shelf, b.scope(t), b.actor(t)
	if typed := strings.TrimSpace(t.in.text("remove")); typed != "" {
		// A choice carries a mark, because a question may be longer than a choice.
		list, err := s.Judged(ctx, scope)
		if err != nil {
			return "", err
		}
		for _, j := range list {
			if judgedMark(j) == typed {
				typed = j.Question
			}
		}
		return tr(t.lang, "lib_unjudged"), s.RemoveJudged(ctx, scope, by, typed)
	}
	j := library.Judged{Question: t.in.text("add"), Expect: orElse(t.in.text("expect"), "answer"), Words: strings.Split(t.in.text("words"), ";")}
	return tr(t.lang, "lib_judged"), s.AddJudged(ctx, scope, by, j)
}

func judgedMark(j library.Judged) string { return library.Mark([]byte(j.Question)) }

// judgedListing lists the judged questions of a library's own.
func (b *Bot) judgedListing(ctx context.Context, t *turn, scope string) (listing, error) {
	list, err := b.cfg.Shelf.Judged(ctx, scope)
	l := listing{head: tr(t.lang, "lib_judged_own", "n", len(list))}
	for _, j := range list {
		line := escape(j.Question) + " → " + tr(t.lang, "choice_"+j.Expect)
		if len(j.Words) > 0 {
			line += ": " + escape(strings.Join(j.Words, "; "))
		}
		l.lines = append(l.lines, line)
	}
	return l, err
}

// judgedCandidates are the judged questions that can be removed.
func (b *Bot) judgedCandidates(t *turn) []candidate {
	if b.refusedLibrary(t) != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackBy)
	defer cancel()
	list, err := b.cfg.Shelf.Judged(ctx, b.scope(t))
	if err != nil {
		return nil // nothing to suggest is an answer
	}
	var out []candidate
	for _, j := range list {
		out = append(out, candidate{value: judgedMark(j), title: j.Question})
	}
	return out
}
