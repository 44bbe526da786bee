package library

import (
	"maps"
	"slices"
	"strings"
)

// A Refusal says why something was not done, and what to do. Error says it in
// English; Code and Args let another language say it.
type Refusal struct {
	Code string   // stable; one of [Codes]
	Args []string // pairs of name and value that the sentence has places for
}

// The refusals. They are compared with errors.Is, which looks at the code alone.
var (
	ErrBusy          = &Refusal{Code: "busy"} // who, since
	ErrChanged       = &Refusal{Code: "changed"}
	ErrDraftMoved    = &Refusal{Code: "draft_moved"} // who
	ErrEdited        = &Refusal{Code: "edited"}      // slug
	ErrEmpty         = &Refusal{Code: "empty"}
	ErrExists        = &Refusal{Code: "exists"} // slug
	ErrFolder        = &Refusal{Code: "folder"} // why, in English: a line about a file
	ErrJudged        = &Refusal{Code: "judged"} // question
	ErrJudgedFact    = &Refusal{Code: "judged_fact"}
	ErrJudgedKind    = &Refusal{Code: "judged_kind"} // kind, kinds
	ErrJudgedUnknown = &Refusal{Code: "judged_unknown"}
	ErrMoved         = &Refusal{Code: "moved"}
	ErrNeedsApproval = &Refusal{Code: "needs_approval"}
	ErrNoArticle     = &Refusal{Code: "no_article"} // slug
	ErrNoDraft       = &Refusal{Code: "no_draft"}
	ErrNoPassage     = &Refusal{Code: "no_passage"} // ref
	ErrNoQuestion    = &Refusal{Code: "no_question"}
	ErrNoReason      = &Refusal{Code: "no_reason"}
	ErrNoSlug        = &Refusal{Code: "no_slug"}
	ErrNothing       = &Refusal{Code: "nothing"}
	ErrNotKept       = &Refusal{Code: "not_kept"}   // n, kept
	ErrNoVersion     = &Refusal{Code: "no_version"} // n
	ErrOtherSlug     = &Refusal{Code: "other_slug"} // slug, want
	ErrOwnDraft      = &Refusal{Code: "own_draft"}
	ErrSharedSlug    = &Refusal{Code: "shared_slug"} // slug
	ErrTooMany       = &Refusal{Code: "too_many"}    // n, most
)

// sentences are the refusals in English, by code.
var sentences = map[string]string{
	"busy":           "{who} is at work on this library since {since} UTC; try again when that is done",
	"changed":        "the draft changed since it was previewed, or was not yet; preview it again",
	"draft_moved":    "{who} changed the draft at the same moment, so nothing was done; look at the draft and try again",
	"edited":         `the article "{slug}" was changed since you opened it; look at it as it is now, and put your change into that`,
	"empty":          "nothing would be left to answer from; publish another article first",
	"exists":         `there is an article "{slug}" already; edit that one`,
	"folder":         "the library's folder can't be read: {why}",
	"judged":         `"{question}" is a judged question of this library already`,
	"judged_fact":    "a question that is to be answered needs words that the answer must hold",
	"judged_kind":    "{kind} is nothing to expect; use one of {kinds}",
	"judged_unknown": "that is no judged question of this library; look at the list",
	"moved":          "the published library changed since the preview; preview the draft again",
	"needs_approval": "a safety answer changes or is lost; a second moderator must approve this preview first",
	"no_article":     `"{slug}": there is no such article in this library; look at the list`,
	"no_draft":       "there is no draft; add or edit an article first",
	"no_passage":     `"{ref}" is neither an article nor a passage published in this library; name a slug, or a passage id as slug#section/hash`,
	"no_question":    "there is no question; write one, up to 300 letters",
	"no_reason":      "a retraction needs a reason; readers of earlier messages will see it",
	"no_slug":        "the article has no usable slug; give it a line like slug: my-article in its front matter",
	"nothing":        "nothing is published here yet",
	"not_kept":       "version {n} is no longer kept; only the last {kept} are",
	"no_version":     "there is no version {n} to go back to; look at the history",
	"other_slug":     `the article has the slug "{slug}", and "{want}" was to be edited; keep the slug, or add it as an article of its own`,
	"own_draft":      "whoever changed the draft can't approve it; ask another moderator",
	"shared_slug":    `slug "{slug}" is that of an article of the shared library; choose another`,
	"too_many":       "the library would hold {n} files, more than {most}; split it",
}

// Codes are those of every refusal, sorted.
func Codes() []string { return slices.Sorted(maps.Keys(sentences)) }

func (r *Refusal) Error() string {
	pairs := slices.Clone(r.Args)
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(sentences[r.Code])
}

// Is reports whether target is a refusal of the same kind.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// with is the refusal with values for its places: pairs of name and value.
func (r *Refusal) with(args ...string) *Refusal { return &Refusal{r.Code, args} }
