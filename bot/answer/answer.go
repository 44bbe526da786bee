// Package answer decides what Salve says to a question: which passages of the
// library it quotes, what must accompany them, and what it says when it may not
// or cannot quote.
//
// It composes an [Answer] from what package index found. It knows nothing of
// Discord, keeps nothing, and writes no medical sentence of its own: every
// [Quote] is a passage of one version of one article, word for word. Discord,
// the command line and the evaluation all use this package, so they agree.
package answer

import "salve/bot/triage"

// Kind says what sort of reply an [Answer] is.
type Kind string

const (
	// Cited answers with quotes.
	Cited Kind = "cited"
	// Choose asks back with buttons: two or more readings of the question differ
	// in a way that matters for safety (tablet or cream, adult or child).
	Choose Kind = "choose"
	// Personal does not decide, diagnose or dose for a person: it quotes what the
	// library says on the topic and offers questions for the prescriber.
	Personal Kind = "personal"
	// NotCovered says that the library holds no answer, what was searched and
	// which topics are near, and that absence does not mean safety.
	NotCovered Kind = "not_covered"
)

// A Question is one message of a reader.
type Question struct {
	Text     string
	Previous []string // earlier questions of the same conversation, oldest first
	Locale   string   // Discord locale of the reader, such as "en-US" or "pt-BR"; may be empty
	Country  string   // ISO 3166 code set for the server or the reader, such as "GB"; may be empty
	Server   string   // id of the server it was asked in, whose own articles answer too; may be empty
}

// An Answer is a whole reply, before any rendering.
type Answer struct {
	Question string
	Kind     Kind
	Urgency  triage.Assessment // shown first, whatever the kind
	Quotes   []Quote           // at most three facts; none when NotCovered or Choose
	Choices  []Choice          // readings to choose from, when Choose

	// Ask holds questions for the prescriber, verbatim from the library, when Personal.
	Ask []Quote

	// Near names the nearest topics, when NotCovered.
	Near []Topic
	// Searched is the number of articles and passages that were searched.
	Searched Searched
	// Unknown are the words of the question that no article knows, when NotCovered.
	// They are for the reader's own reply only and are never kept.
	Unknown []string

	// Lacks is what the library was found to lack, in closed words. It may be
	// counted: nothing a reader wrote can be in it.
	Lacks []Lack

	// Coverage is how much of what the question asks the first quote covers, 0 to 1.
	Coverage float64
	// Missing names the parts of a question in several parts that found no answer.
	Missing []string
	// Language is the language the quotes are in ("en").
	Language string
}

// A Quote is a passage of one version of one article, word for word.
type Quote struct {
	Text     string
	Article  string   // slug
	Title    string   // of the article
	Section  string   // heading
	Asks     []string // what the section answers, of knowledge.Intents
	Anchor   string   // section id within the article
	Passage  string   // passage id, "slug#section/hash"
	Version  int      // of the article
	Hash     string   // SHA-256 of Text, hex
	Reviewed string   // day, YYYY-MM-DD
	// ReviewedBy is a role and name, or "not clinically reviewed".
	ReviewedBy string
	NextReview string   // day, YYYY-MM-DD
	Stale      bool     // its next review is overdue
	Regions    []string // where it holds (US, EU, UK ...); empty when not region-bound
	Language   string
	Sources    []Source
	// Because is the passage id of the quote this one must accompany (a warning
	// beside a benefit); empty for a quote that answers by itself.
	Because string
	// Conflict says that this quote and another one differ in date or figure, so
	// that both are shown with their dates.
	Conflict bool
}

// A Source is where the facts of a quote come from.
type Source struct {
	Name      string `json:"name"`
	Publisher string `json:"publisher"`
	URL       string `json:"url"`
	Published string `json:"published"` // YYYY, YYYY-MM, YYYY-MM-DD or "undated"
	Accessed  string `json:"accessed,omitempty"`
}

// A Choice is one reading of a question that Choose offers as a button.
type Choice struct {
	Label    string // at most 38 characters, Discord's guideline for buttons
	Question string // the question to answer when it is chosen
}

// A Topic is a section of the library near a question that is not covered.
type Topic struct {
	Article string // slug
	Anchor  string // section id
	Title   string // "article: section" for a reader
}

// Searched counts what a search looked through.
type Searched struct {
	Articles int
	Passages int
	Newest   string // day of the newest review, YYYY-MM-DD
}
