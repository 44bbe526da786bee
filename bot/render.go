package bot

import (
	"strconv"
	"strings"

	"salve/bot/answer"
)

// A view says for whom and where an answer is rendered.
type view struct {
	lang   string   // of the interface: one of languages
	card   string   // the urgency card, shown first; empty when nothing is urgent
	places []choice // countries to choose the card's numbers from; none when known
	public bool     // everybody sees it: no word of the question may be in it
	shared bool     // a public copy: also no buttons
	canAsk bool     // there is a moderator channel
	share  bool     // answers may be shown in this channel
	// sign makes the custom id of a button from an action and its argument.
	sign func(action, arg string) string
}

// Actions of buttons, in custom ids.
const (
	actSection  = "sec"
	actSources  = "src"
	actShare    = "share"
	actHelpful  = "good"
	actNot      = "bad"
	actWhy      = "why"
	actAsk      = "mod"
	actSend     = "send"
	actSendName = "name"
	actFollow   = "next"
	actFollowed = "nextq"
	actPick     = "pick"
	actNear     = "near"
	actPage     = "page"
	actForget   = "forget"
	actReport   = "report"
	actSections = "list"
	actPlace    = "place"
	actArticle  = "draft"
	actPublish  = "pub"
	actApprove  = "yes"
	actList     = "turn"
	actFile     = "file"
)

// Accent colours, 0xRRGGBB.
const (
	colourUrgent = 0xc0392b
	colourQuiet  = 0x2e86ab
)

// maxSourcesShown is how many sources of a quote stand beside it; the Sources
// button shows all of them.
const maxSourcesShown = 2

// render lays out an answer as a message. It is a pure function: the same
// answer and view give the same message, within every limit of Discord's
// whatever the answer holds. It never cuts a sentence: a quote that does not
// fit is left out, with what must accompany it, and the reader is told to read
// the section.
func render(a answer.Answer, v view) message {
	b := &layout{lang: v.lang}
	card := v.card
	if v.shared {
		v.public = true
	}
	if v.public {
		card = "" // it tells of the state of one person
	}
	if a.Kind == "" && card == "" {
		a.Kind = answer.Cited
	}
	if a.Kind == answer.Cited && len(a.Quotes) == 0 {
		a.Kind = answer.NotCovered // an answer that says nothing must not read as one
	}
	// What is always said is paid for first, so that quotes cannot crowd it out.
	foot := footer(a, v)
	b.reserve(foot)
	b.reserve(tr(v.lang, "left_out", "n", "99"))
	if card != "" {
		b.reserve(card)
	}
	var body []component
	if a.Kind != "" { // else an urgency card by itself: the rest follows in an edit
		body = b.body(a, v)
	}
	if b.left > 0 {
		body = append(body, text("-# "+tr(v.lang, "left_out", "n", strconv.Itoa(b.left))))
	}
	var parts []component
	if card != "" {
		parts = append(parts, container(colourUrgent, text(card)))
		if v.sign != nil {
			parts = append(parts, placeMenus(v)...)
		}
	}
	if len(body) > 0 {
		parts = append(parts, container(colourQuiet, append(body, component{Type: compSeparator}, text(foot))...))
	}
	if v.sign != nil && !v.shared {
		parts = append(parts, buttons(a, v, b)...)
	}
	return newMessage(parts...)
}

// A layout spends the text budget of one message.
type layout struct {
	lang  string
	chars int
	bytes int
	left  int // quotes left out
}

func (b *layout) reserve(s string) {
	b.chars += size(s)
	b.bytes += len(s) + displayCost
}

// take spends the budget for texts, all of them or none.
func (b *layout) take(texts ...string) bool {
	chars, bytes := b.chars, b.bytes
	for _, s := range texts {
		chars += size(s)
		bytes += len(s) + displayCost
	}
	if chars > textBudget || bytes > byteBudget {
		return false
	}
	b.chars, b.bytes = chars, bytes
	return true
}

func (b *layout) body(a answer.Answer, v view) []component {
	var out []component
	say := func(s string) {
		if b.take(s) {
			out = append(out, text(s))
		}
	}
	switch a.Kind {
	case answer.Choose:
		say("**" + tr(v.lang, "choose") + "**")
	case answer.Personal:
		say("**" + tr(v.lang, "personal") + "**")
	case answer.NotCovered:
		for _, s := range notCovered(a, v) {
			say(s)
		}
	}
	if len(a.Missing) > 0 && !v.public {
		say(tr(v.lang, "missing", "parts", escape(strings.Join(clipAll(a.Missing, 5, 80), "; "))))
	}
	if conflicts(a.Quotes) {
		say("-# " + tr(v.lang, "conflict"))
	}
	out = append(out, b.quotes(a.Quotes, 1)...)
	if a.Kind == answer.Personal && len(a.Ask) > 0 {
		head := "**" + tr(v.lang, "prescriber") + "**"
		b.reserve(head)
		if asks := b.quotes(a.Ask, len(a.Quotes)+1); len(asks) > 0 {
			out = append(append(out, text(head)), asks...)
		}
	}
	return out
}

// quotes lays out what fits of quotes, numbered from first. A quote and those
// that must accompany it come together or not at all. Earlier quotes are paid
// for first, and all stand in the order of their numbers.
func (b *layout) quotes(quotes []answer.Quote, first int) []component {
	done := make([]bool, len(quotes))
	shown := map[int]string{}
	for i := range quotes {
		if done[i] {
			continue
		}
		group := together(quotes, i)
		var texts []string
		for _, j := range group {
			done[j] = true
			texts = append(texts, quoteText(quotes[j], first+j, companion(quotes, j, first), b.lang))
		}
		if len(shown)+len(texts) > maxQuoteBlocks || !b.take(texts...) {
			b.left += len(group)
			continue
		}
		for n, j := range group {
			shown[j] = texts[n]
		}
	}
	var out []component
	for i := range quotes {
		if s, ok := shown[i]; ok {
			out = append(out, text(s))
		}
	}
	return out
}

// companion is the number of the quote that quote j accompanies, or 0.
func companion(quotes []answer.Quote, j, first int) int {
	for i, q := range quotes {
		if i != j && quotes[j].Because != "" && quotes[j].Because == q.Passage {
			return first + i
		}
	}
	return 0
}

// maxQuoteBlocks keeps the component count below Discord's 40, with room for
// what else a message has.
const maxQuoteBlocks = 10

// together returns the index i and those of the quotes bound to it by Because,
// in either direction and through one another.
func together(quotes []answer.Quote, i int) []int {
	in := map[int]bool{i: true}
	for grown := true; grown; {
		grown = false
		for j := range quotes {
			for k := range quotes {
				bound := quotes[j].Because != "" && quotes[j].Because == quotes[k].Passage
				if bound && in[j] != in[k] {
					in[j], in[k], grown = true, true, true
				}
			}
		}
	}
	var out []int
	for j := range quotes {
		if in[j] {
			out = append(out, j)
		}
	}
	return out
}

// quoteText is one quote with where it is from: words, article, section,
// review, and sources with their dates. with is the number of the quote that it
// accompanies, or 0.
func quoteText(q answer.Quote, n, with int, lang string) string {
	var b strings.Builder
	b.WriteString("**[" + strconv.Itoa(n) + "]** ")
	if with > 0 {
		b.WriteString("*" + tr(lang, "because", "n", with) + "* ")
	}
	b.WriteString(escape(strings.TrimSpace(q.Text)))
	b.WriteString("\n-# " + label(q.Title, q.Section))
	b.WriteString(" · " + reviewed(q, lang))
	if q.Stale {
		b.WriteString("\n-# ⚠ " + tr(lang, "stale", "date", escape(q.NextReview)))
	}
	if len(q.Regions) > 0 {
		b.WriteString("\n-# " + tr(lang, "regions", "regions", escape(strings.Join(q.Regions, ", "))))
	}
	for i, s := range q.Sources {
		if i == maxSourcesShown {
			b.WriteString("\n-# " + tr(lang, "more_sources", "n", len(q.Sources)-i))
			break
		}
		b.WriteString("\n-# " + sourceText(s, lang))
	}
	return b.String()
}

func label(title, section string) string {
	out := escape(oneLine(title))
	if section != "" && section != title {
		out += " › " + escape(oneLine(section))
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func reviewed(q answer.Quote, lang string) string {
	by := escape(oneLine(q.ReviewedBy))
	if by == "" || strings.EqualFold(by, "not clinically reviewed") {
		by = tr(lang, "not_clinically")
	}
	return tr(lang, "reviewed", "date", escape(q.Reviewed), "by", by)
}

// sourceText names a source with its publisher and date, as a link where it has
// a usable address.
func sourceText(s answer.Source, lang string) string {
	name := escape(oneLine(s.Name))
	if name == "" {
		name = escape(oneLine(s.Publisher))
	}
	if link.FindString(s.URL) == s.URL && s.URL != "" && len(s.URL) <= maxURL {
		name = "[" + name + "](<" + s.URL + ">)"
	}
	out := name
	if s.Publisher != "" && s.Publisher != s.Name {
		out += ", " + escape(oneLine(s.Publisher))
	}
	switch s.Published {
	case "", "undated":
		out += ", " + tr(lang, "undated")
		if s.Accessed != "" {
			out += ", " + tr(lang, "accessed", "date", escape(s.Accessed))
		}
	default:
		out += ", " + escape(s.Published)
	}
	return out
}

func conflicts(quotes []answer.Quote) bool {
	for _, q := range quotes {
		if q.Conflict {
			return true
		}
	}
	return false
}

// notCovered says what was searched, and that absence does not mean safety.
func notCovered(a answer.Answer, v view) []string {
	out := []string{"**" + tr(v.lang, "not_covered") + "** " + tr(v.lang, "not_safe")}
	if a.Searched.Passages > 0 {
		s := tr(v.lang, "searched", "articles", a.Searched.Articles, "passages", a.Searched.Passages)
		if a.Searched.Newest != "" {
			s += " " + tr(v.lang, "newest", "date", escape(a.Searched.Newest))
		}
		out = append(out, s)
	}
	if len(a.Unknown) > 0 && !v.public {
		out = append(out, tr(v.lang, "unknown", "words", escape(strings.Join(clipAll(a.Unknown, 8, 40), ", "))))
	}
	if len(a.Near) > 0 {
		out = append(out, tr(v.lang, "near"))
	}
	if v.canAsk {
		return append(out, tr(v.lang, "tell"))
	}
	return append(out, tr(v.lang, "tell_nobody"))
}

func clipAll(list []string, most, each int) []string {
	var out []string
	for i, s := range list {
		if i == most {
			break
		}
		out = append(out, clip(oneLine(s), each))
	}
	return out
}

// footer is the safety note, the language note and the id that /verify takes.
func footer(a answer.Answer, v view) string {
	out := "-# "
	if len(a.Quotes) > 0 {
		out += tr(v.lang, "verbatim") + " "
	}
	out += tr(v.lang, "safety")
	if l := a.Language; l != "" && !strings.HasPrefix(l, v.lang) && len(a.Quotes) > 0 {
		out += "\n-# " + tr(v.lang, "language", "language", languageName(v.lang, l))
	}
	if id := answerID(a); id != "" {
		out += "\n-# " + tr(v.lang, "check", "id", id)
	}
	return out
}

func languageName(in, code string) string {
	key := "language_" + languageOf(code)
	if !strings.HasPrefix(strings.ToLower(code), languageOf(code)) {
		return escape(code)
	}
	return tr(in, key)
}
