package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/bot/triage"
)

// component answers a button or a select menu.
func (b *Bot) component(ctx context.Context, t *turn) error {
	action, arg, id, ok := b.memory.open(t.in.Data.CustomID)
	if !ok {
		return t.tell(ctx, "expired")
	}
	if action == actForget {
		return b.forgetMine(ctx, t)
	}
	if action == actPublish || action == actApprove {
		return b.libraryButton(ctx, t, action, id)
	}
	id, passages, _ := strings.Cut(id, "~")
	k, ok := b.memory.get(id)
	if !ok {
		k, ok = b.rebuilt(t, action, passages)
	}
	if !ok {
		return t.tell(ctx, "expired")
	}
	if len(t.in.Data.Values) > 0 {
		arg = t.in.Data.Values[0]
	}
	n, _ := strconv.Atoi(arg)
	switch action {
	case actSection:
		quotes := allQuotes(k.answer)
		if n < 0 || n >= len(quotes) {
			return t.tell(ctx, "expired")
		}
		if quotes[n].Article == "" {
			return t.tell(ctx, "gone")
		}
		return b.showSection(ctx, t, quotes[n].Article, quotes[n].Anchor)
	case actNear:
		if n < 0 || n >= len(k.answer.Near) {
			return t.tell(ctx, "expired")
		}
		return b.showSection(ctx, t, k.answer.Near[n].Article, k.answer.Near[n].Anchor)
	case actSections:
		return b.showSection(ctx, t, k.article, arg)
	case actList, actFile:
		return b.turnList(ctx, t, k, id, action, n)
	case actPage:
		return b.turnPage(ctx, t, k, id, n)
	case actPlace:
		return b.placed(ctx, t, k, id, arg)
	case actSources:
		return t.reply(ctx, sourcesMessage(k.answer, t.lang))
	case actShare:
		return b.shareAnswer(ctx, t, k)
	case actHelpful, actNot, actWhy:
		return b.judged(ctx, t, k, t.in.Data.CustomID, action, arg)
	}
	// What follows shows or uses the question, which is its owner's alone.
	if k.owner != t.who {
		return t.tell(ctx, "not_yours")
	}
	switch action {
	case actFollow:
		return t.open(ctx, modal{
			CustomID: b.memory.sign(actFollowed, "", id), Title: clip(tr(t.lang, "b_follow"), maxModalTitle),
			Components: []component{input("question", tr(t.lang, "follow_label"), tr(t.lang, "follow_about"), maxQuestion)},
		})
	case actPick:
		if n < 0 || n >= len(k.answer.Choices) {
			return t.tell(ctx, "expired")
		}
		return b.ask(ctx, t, asked{text: orElse(k.answer.Choices[n].Question, k.answer.Choices[n].Label), previous: conversation(k)})
	case actAsk:
		return b.previewForModerators(ctx, t, k, id)
	case actSend, actSendName:
		return b.sendToModerators(ctx, t, k, action == actSendName)
	}
	return t.tell(ctx, "expired")
}

// stateless are the actions that need only the passages of an answer. Their
// custom ids name these, so that they work on after a restart, in another process
// and when the answer's time in memory is over.
var stateless = map[string]bool{actSection: true, actSources: true, actHelpful: true, actNot: true, actWhy: true}

// signer makes the custom ids of the buttons under an answer.
func (b *Bot) signer(id string, a answer.Answer) func(action, arg string) string {
	long := id
	if p := answerID(a); p != "" && strings.Count(p, ".")+1 == len(allQuotes(a)) {
		long += "~" + p
	}
	return func(action, arg string) string {
		if stateless[action] {
			if custom := b.memory.sign(action, arg, long); len(custom) <= maxCustomID {
				return custom
			}
		}
		return b.memory.sign(action, arg, id)
	}
}

// rebuilt makes what a stateless button needs from the published library. A
// passage that is not there any more leaves an empty quote in its place.
func (b *Bot) rebuilt(t *turn, action, ids string) (kept, bool) {
	if !stateless[action] || !idForm.MatchString(ids) {
		return kept{}, false
	}
	parts := strings.Split(ids, ".")
	found := passages(b.library(t.in.Guild), parts)
	a := answer.Answer{Kind: answer.Cited}
	for _, p := range parts {
		a.Quotes = append(a.Quotes, found[p])
	}
	return kept{answer: a}, len(found) > 0
}

// submitted answers a modal.
func (b *Bot) submitted(ctx context.Context, t *turn) error {
	action, arg, id, ok := b.memory.open(t.in.Data.CustomID)
	if !ok {
		return t.tell(ctx, "expired")
	}
	values := t.in.modalValues()
	switch action {
	case actArticle:
		return b.articleSubmitted(ctx, t, arg, id, values["article"])
	case actReport:
		return b.reportSubmitted(ctx, t, values["report"])
	case actFollowed:
		k, ok := b.memory.get(id)
		if !ok || k.owner != t.who {
			// The question stands by itself; only what came before it is gone.
			return b.ask(ctx, t, asked{text: values["question"]})
		}
		return b.ask(ctx, t, asked{text: values["question"], previous: conversation(k)})
	}
	return t.tell(ctx, "expired")
}

// maxPrevious bounds a conversation, in questions.
const maxPrevious = 4

// conversation are the questions up to and with the one of k.
func conversation(k kept) []string {
	all := k.previous[:len(k.previous):len(k.previous)]
	if k.question != "" {
		all = append(all, k.question)
	}
	if len(all) > maxPrevious {
		all = all[len(all)-maxPrevious:]
	}
	return all
}

// input is one text field of a modal with its label.
func input(id, label, about string, most int) component {
	return component{Type: compLabel, Label: clip(label, maxModalLabel), Description: clip(about, 100),
		Component: &component{Type: compTextInput, Style: 2, CustomID: id, MinLength: 1, MaxLength: most}}
}

// shareAnswer posts the answer, and nothing of who asked or what, to the channel.
func (b *Bot) shareAnswer(ctx context.Context, t *turn, k kept) error {
	if k.assessment.Urgency != triage.None || !b.mayShare(t) || len(k.answer.Quotes) == 0 {
		return t.tell(ctx, "no_share")
	}
	lang := t.lang
	if l := t.settings.Language; l != "" {
		lang = l // everybody reads it
	}
	return b.post(ctx, t, render(k.answer, view{lang: lang, shared: true}), k.answer)
}

// reasons of "Not helpful", as counted and as shown by the key "why_" + reason.
var reasons = []string{"wrong", "outdated", "unclear", "other_question", "missing", "unsafe"}

// judgeAgain is how long a second judgement of one answer by one person is not
// counted.
const judgeAgain = 24 * time.Hour

// judged counts what a reader thinks of an answer, per passage, without the
// person. A second judgement of the same reader is not counted.
func (b *Bot) judged(ctx context.Context, t *turn, k kept, custom, action, reason string) error {
	_, _, id, _ := b.memory.open(custom)
	if action == actNot {
		var opts []choice
		for _, r := range reasons {
			opts = append(opts, choice{Label: clip(tr(t.lang, "why_"+r), maxOptionText), Value: r})
		}
		return t.reply(ctx, newMessage(text(tr(t.lang, "why")),
			row(selectMenu(tr(t.lang, "why_menu"), b.memory.sign(actWhy, "", id), opts))))
	}
	c := store.Counter{Kind: "helpful"}
	if action == actWhy {
		c.Kind = "not_helpful"
		for _, r := range reasons {
			if r == reason {
				c.Reason = r
			}
		}
		if c.Reason == "" {
			return t.tell(ctx, "expired")
		}
	}
	if b.limits.take(b.memory.person("judged "+id+" "+t.in.userID()), 1, judgeAgain) == 0 {
		for _, q := range k.answer.Quotes {
			if c.Passage = q.Passage; c.Passage != "" {
				b.count(ctx, c)
				if action == actWhy {
					b.tally(ctx, t, store.NotHelpful, c.Passage, c.Reason)
				}
			}
		}
	}
	thanks := plain(tr(t.lang, "thanks"))
	if action == actWhy {
		return t.update(ctx, thanks)
	}
	return t.reply(ctx, thanks)
}

// sourcesMessage lists every source of an answer with its date.
func sourcesMessage(a answer.Answer, lang string) message {
	b := &layout{lang: lang}
	head := "**" + tr(lang, "b_sources") + "**"
	b.reserve(head)
	b.reserve(tr(lang, "more_sources", "n", 999))
	parts := []component{text(head)}
	left := 0
	for i, q := range allQuotes(a) {
		if q.Passage == "" {
			parts = append(parts, text("**["+strconv.Itoa(i+1)+"]** "+tr(lang, "gone")))
			continue
		}
		lines := []string{"**[" + strconv.Itoa(i+1) + "]** " + label(q.Title, q.Section) + " · " + reviewed(q, lang)}
		for _, s := range q.Sources {
			lines = append(lines, "- "+sourceText(s, lang))
		}
		block := strings.Join(lines, "\n")
		if len(parts) > maxQuoteBlocks || !b.take(block) {
			left += len(q.Sources)
			continue
		}
		parts = append(parts, text(block))
	}
	if left > 0 {
		parts = append(parts, text("-# "+tr(lang, "more_sources", "n", left)))
	}
	return newMessage(parts...)
}
