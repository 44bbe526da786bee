package bot

import (
	"context"
	"strings"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/bot/triage"
)

// danger looks at a message before anything else does. It returns the card to
// show, and false when nothing is urgent.
func (b *Bot) danger(t *turn, a asked) (triage.Assessment, bool) {
	as := b.cfg.Assess(a.text, t.in.Locale)
	_, urgent := triage.Help(as, "", t.in.Locale, triage.Numbers{})
	return as, urgent
}

// urgent shows help at once, before any limit or queue, and adds what the
// library says when there is something. It is always private.
func (b *Bot) urgent(ctx context.Context, t *turn, a asked, as triage.Assessment) error {
	place := triage.Country(t.settings.Country, t.in.Locale)
	k := kept{owner: t.who, guild: t.in.Guild, question: a.text, previous: a.previous, assessment: as}
	id := b.memory.keep(k)
	if err := t.reply(ctx, render(answer.Answer{}, b.urgentView(t, as, answer.Answer{}, place, id))); err != nil {
		return err
	}
	b.count(ctx, store.Counter{Kind: "urgent", Reason: as.Urgency.String() + " " + as.Sign})
	ans, err := b.answer(ctx, t, a)
	if err != nil || len(ans.Quotes) == 0 {
		return nil // the card has been shown: an apology would only hide it
	}
	if as.Urgency == triage.Crisis && ans.Kind != answer.Cited {
		return nil // nothing was asked: passages about medicines would stand in the way
	}
	b.countAnswer(ctx, ans)
	// Only what the library says: "this is for your prescriber" and questions for
	// the next visit are wrong beside "call now".
	ans.Kind, ans.Ask, ans.Missing = answer.Cited, nil, nil
	b.memory.set(id, ans)
	return t.reply(ctx, render(ans, b.urgentView(t, as, ans, place, id)))
}

// urgentView is how an urgent answer is shown: the card for the place, and where
// the place is not known, a menu to choose it from.
func (b *Bot) urgentView(t *turn, as triage.Assessment, ans answer.Answer, place, id string) view {
	// Many never change Discord from English. Who writes in another language gets
	// the card in that one first; in the locale's too, since the language of a few
	// words can be mistaken (3 of 1034 messages of the training cases).
	locales := []string{t.in.Locale}
	if as.Language != "" && as.Language != t.lang {
		locales = []string{as.Language, t.in.Locale}
	}
	var texts []string
	choose := false
	for _, l := range locales {
		card, _ := triage.Help(as, place, l, numbers(t.settings))
		texts = append(texts, card.Text())
		choose = card.Choose
	}
	v := view{
		lang: t.lang, card: strings.Join(texts, "\n\n"), canAsk: t.settings.ModeratorChannel != "",
		sign: b.signer(id, ans),
	}
	if choose {
		for _, p := range triage.Places(locales[0]) {
			v.places = append(v.places, choice{Label: shown(p.Name, maxOptionText), Value: p.Code})
		}
	}
	return v
}

// placed shows an urgent answer again, with the numbers of the country chosen.
func (b *Bot) placed(ctx context.Context, t *turn, k kept, id, place string) error {
	if k.assessment.Urgency == triage.None {
		return t.tell(ctx, "expired")
	}
	return t.update(ctx, render(k.answer, b.urgentView(t, k.assessment, k.answer, triage.Country(place, ""), id)))
}

// numbers are the lines that the moderators of a server set.
func numbers(s store.Settings) triage.Numbers {
	list := func(l store.Line) []triage.Number {
		if l.Number == "" {
			return nil
		}
		return []triage.Number{{Number: l.Number, Label: l.Label, Confirmed: true, Override: true}}
	}
	return triage.Numbers{Country: s.Country, Emergency: list(s.Emergency), Crisis: list(s.Crisis)}
}

// line reads a number with the words after it: "116 123 Samaritans". A hyphen
// alone is no line.
func line(typed string) store.Line {
	typed = oneLine(clean(typed))
	if typed == "-" {
		return store.Line{}
	}
	end := strings.IndexFunc(typed, func(r rune) bool { return !strings.ContainsRune("0123456789+- ", r) })
	if end < 0 {
		end = len(typed)
	}
	return store.Line{Number: strings.TrimSpace(typed[:end]), Label: typed[end:]}
}
