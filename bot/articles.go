package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salve/bot/answer"
)

// articleCommand is /article: what an article is about, and its sections.
func (b *Bot) articleCommand(ctx context.Context, t *turn) error {
	typed := t.in.text("name")
	if as, urgent := b.danger(t, asked{text: typed}); urgent {
		return b.urgent(ctx, t, asked{text: typed}, as)
	}
	// Free text, an id and a title all come here: Discord clients may send either
	// of the two for a suggestion that was picked (discord-api-docs#7206).
	hits := rank(articleCandidates(b.library(t.in.Guild)), typed)
	if len(hits) == 0 || strings.TrimSpace(typed) == "" {
		return t.reply(ctx, b.noSuch(t, "no_article", typed, articleCandidates(b.library(t.in.Guild))))
	}
	best := hits[0].value
	for _, a := range b.library(t.in.Guild).Articles() {
		if a.Slug == best {
			return t.reply(ctx, b.articleMessage(t, a))
		}
	}
	return t.tell(ctx, "gone")
}

func (b *Bot) articleMessage(t *turn, a ArticleInfo) message {
	id := b.memory.keep(kept{owner: t.who, guild: t.in.Guild, article: a.Slug})
	words := "**" + escape(oneLine(a.Title)) + "**\n" + escape(cutWords(a.Summary, 1500)) +
		"\n-# " + tr(t.lang, "last_reviewed", "date", escape(a.Reviewed))
	if a.Language != "" && !strings.HasPrefix(a.Language, t.lang) {
		words += "\n-# " + tr(t.lang, "language", "language", languageName(t.lang, a.Language))
	}
	parts := []component{container(colourQuiet, text(words))}
	var opts []choice
	for _, s := range a.Sections {
		if len(opts) == maxOptions || size(s.Anchor) > maxOptionText || s.Anchor == "" {
			continue
		}
		if !slices.ContainsFunc(opts, func(o choice) bool { return o.Value == s.Anchor }) {
			opts = append(opts, choice{Label: shown(orElse(s.Heading, s.Anchor), maxOptionText), Value: s.Anchor})
		}
	}
	if len(opts) > 0 {
		parts = append(parts, row(selectMenu(tr(t.lang, "sections_menu"), b.memory.sign(actSections, "", id), opts)))
	}
	return newMessage(parts...)
}

// cutWords shortens a summary at the end of a sentence.
func cutWords(s string, most int) string {
	s = oneLine(s)
	if size(s) <= most {
		return s
	}
	out := ""
	for _, p := range sentences(s) {
		if size(out)+size(p) > most {
			break
		}
		out += p
	}
	return strings.TrimSpace(out)
}

// topicCommand is /topic: the sections of the whole library on a topic.
func (b *Bot) topicCommand(ctx context.Context, t *turn) error {
	typed := t.in.text("topic")
	if as, urgent := b.danger(t, asked{text: typed}); urgent {
		return b.urgent(ctx, t, asked{text: typed}, as)
	}
	hits := rank(topicCandidates(b.library(t.in.Guild)), typed)
	if len(hits) == 0 || strings.TrimSpace(typed) == "" {
		return t.reply(ctx, b.noSuch(t, "no_topic", typed, topicCandidates(b.library(t.in.Guild))))
	}
	topic := hits[0].title
	near := sectionsOn(b.library(t.in.Guild), topic)
	if len(near) == 0 {
		return t.tell(ctx, "gone")
	}
	id := b.memory.keep(kept{owner: t.who, guild: t.in.Guild, answer: answer.Answer{Near: near}})
	var opts []choice
	for i, n := range near {
		if i == maxOptions {
			break
		}
		opts = append(opts, choice{Label: shown(n.Title, maxOptionText), Value: strconv.Itoa(i)})
	}
	return t.reply(ctx, newMessage(
		text("**"+escape(topic)+"**\n"+tr(t.lang, "topic_about", "n", len(near))),
		row(selectMenu(tr(t.lang, "sections_menu"), b.memory.sign(actNear, "", id), opts))))
}

// sectionsOn are the sections headed by a topic, and the articles tagged with it.
func sectionsOn(lib Library, topic string) []answer.Topic {
	var headed, tagged []answer.Topic
	want := fold(topic)
	for _, a := range lib.Articles() {
		for _, s := range a.Sections {
			if fold(s.Heading) == want {
				headed = append(headed, answer.Topic{Article: a.Slug, Anchor: s.Anchor, Title: a.Title + " › " + s.Heading})
			}
		}
		if slices.ContainsFunc(a.Topics, func(x string) bool { return fold(x) == want }) {
			tagged = append(tagged, answer.Topic{Article: a.Slug, Title: a.Title})
		}
	}
	return append(headed, tagged...)
}

// noSuch says that nothing is called so, and offers what there is.
func (b *Bot) noSuch(t *turn, key, typed string, list []candidate) message {
	words := tr(t.lang, key, "name", escape(clip(oneLine(typed), 80)))
	var names []string
	for i, c := range list {
		if i == 10 {
			break
		}
		names = append(names, "- "+escape(clip(c.title, 100)))
	}
	if len(names) > 0 {
		words += "\n" + tr(t.lang, "there_are") + "\n" + strings.Join(names, "\n")
	}
	return plain(words)
}

// showSection shows the first page of a section.
func (b *Bot) showSection(ctx context.Context, t *turn, article, anchor string) error {
	id := b.memory.keep(kept{owner: t.who, guild: t.in.Guild, article: article, anchor: anchor})
	m, ok := b.sectionPage(t, article, anchor, id, 0)
	if !ok {
		return t.tell(ctx, "gone")
	}
	return t.reply(ctx, m)
}

// turnPage shows another page in place of the present one.
func (b *Bot) turnPage(ctx context.Context, t *turn, k kept, id string, n int) error {
	m, ok := b.sectionPage(t, k.article, k.anchor, id, n)
	if !ok {
		return t.tell(ctx, "gone")
	}
	return t.update(ctx, m)
}

// sectionPage renders page n of a section, or of an article, word for word.
func (b *Bot) sectionPage(t *turn, article, anchor, id string, n int) (message, bool) {
	quotes, ok := b.library(t.in.Guild).Section(article, anchor)
	if !ok || len(quotes) == 0 {
		return message{}, false
	}
	pages := paginate(quotes)
	if n < 0 || n >= len(pages) {
		n = 0
	}
	q := quotes[0]
	section := q.Section
	if anchor == "" {
		section = ""
	}
	head := "**" + clip(label(q.Title, section), 300) + "**"
	foot := "-# " + reviewed(q, t.lang)
	if q.Stale {
		foot += "\n-# ⚠ " + tr(t.lang, "stale", "date", escape(q.NextReview))
	}
	if q.Language != "" && !strings.HasPrefix(q.Language, t.lang) {
		foot += "\n-# " + tr(t.lang, "language", "language", languageName(t.lang, q.Language))
	}
	if len(pages) > 1 {
		foot += "\n-# " + tr(t.lang, "page", "n", n+1, "of", len(pages))
	}
	parts := []component{container(colourQuiet, text(head), text(pages[n]), text(foot))}
	var bs []component
	if n > 0 {
		bs = append(bs, button(styleSecondary, tr(t.lang, "b_back"), b.memory.sign(actPage, strconv.Itoa(n-1), id)))
	}
	if n+1 < len(pages) {
		bs = append(bs, button(stylePrimary, tr(t.lang, "b_next"), b.memory.sign(actPage, strconv.Itoa(n+1), id)))
	}
	return newMessage(append(parts, rows(bs...)...)...), true
}

// Budget of the text of one page: a message less head and foot.
const (
	pageChars = 3000
	pageBytes = 8000
)

// paginate lays passages out on pages. A passage that fits on one page is not
// divided; a longer one is divided between lines, else between sentences.
func paginate(quotes []answer.Quote) []string {
	var pages []string
	page := ""
	put := func(s, sep string) {
		if page != "" && (size(page)+size(sep)+size(s) > pageChars || len(page)+len(sep)+len(s) > pageBytes) {
			pages = append(pages, page)
			page = ""
		}
		if page != "" {
			page += sep
		}
		page += s
	}
	heading := quotes[0].Section
	for _, q := range quotes {
		sep := "\n\n"
		if q.Section != heading {
			heading = q.Section
			put("**"+clip(escape(oneLine(heading)), 300)+"**", sep)
			sep = "\n"
		}
		for _, part := range divide(escape(strings.TrimSpace(q.Text))) {
			put(part, sep)
			sep = "\n"
		}
	}
	if page != "" {
		pages = append(pages, page)
	}
	return pages
}

// divide cuts a text into parts that each fit on a page: whole if it fits, by
// lines, by sentences, and by words only where one sentence is longer than a
// page.
func divide(s string) []string {
	fits := func(s string) bool { return size(s) <= pageChars && len(s) <= pageBytes }
	if fits(s) {
		return []string{s}
	}
	var out []string
	for _, cut := range []func(string) []string{lines, sentences, words} {
		pieces := cut(s)
		if len(pieces) < 2 {
			continue
		}
		part := ""
		flush := func() {
			if p := strings.TrimSpace(part); p != "" {
				out = append(out, p)
			}
			part = ""
		}
		for _, p := range pieces {
			if !fits(part + p) {
				flush()
			}
			if !fits(p) {
				out = append(out, divide(strings.TrimSuffix(p, "\n"))...)
				continue
			}
			part += p
		}
		flush()
		return out
	}
	// One word longer than a page: no language has it, and it must not be lost.
	r := []rune(s)
	return append(divide(string(r[:len(r)/2])), divide(string(r[len(r)/2:]))...)
}

func lines(s string) []string { return strings.SplitAfter(s, "\n") }
func words(s string) []string { return strings.SplitAfter(s, " ") }

// sentences cuts after a full stop, question or exclamation mark that a space
// and no small letter follows. The pieces together are s.
func sentences(s string) []string {
	var out []string
	start := 0
	r := []rune(s)
	for i := 0; i+2 < len(r); i++ {
		if strings.ContainsRune(".!?。！？", r[i]) && r[i+1] == ' ' && !(r[i+2] >= 'a' && r[i+2] <= 'z') {
			out = append(out, string(r[start:i+2]))
			start = i + 2
		}
	}
	return append(out, string(r[start:]))
}
