package preview

import (
	"cmp"
	"context"
	"slices"
	"time"

	"salve/bot/answer"
	"salve/index/eval"
	"salve/knowledge"
)

type articleView struct {
	Slug       string        `json:"slug"`
	Title      string        `json:"title"`
	Summary    string        `json:"summary"`
	Reviewed   string        `json:"reviewed"`
	ReviewedBy string        `json:"reviewedBy"`
	NextReview string        `json:"nextReview"`
	Days       int           `json:"days"` // until the next review; negative when it is overdue
	Topics     []string      `json:"topics"`
	Sections   []sectionView `json:"sections"`
}

type sectionView struct {
	Heading   string       `json:"heading"`
	Questions []string     `json:"questions"`
	Passages  []string     `json:"passages"`
	Sources   []sourceView `json:"sources"`
}

type sourceView struct {
	Name      string `json:"name"`
	Publisher string `json:"publisher"`
	URL       string `json:"url"`
	Published string `json:"published"`
}

// A topic is a row of the picture of coverage.
type topic struct {
	Name     string `json:"name"`
	Passages int    `json:"passages"`
	Judged   int    `json:"judged"` // questions of the judged set filed under it
}

type libraryView struct {
	Articles []articleView `json:"articles"`
	Topics   []topic       `json:"topics"`
}

// library describes the published articles.
func (p *Preview) library() libraryView {
	var out libraryView
	passages, judged := map[string]int{}, map[string]int{}
	for _, a := range p.cfg.Shelf.Composer("").Library().Articles {
		if a.Status != knowledge.Published {
			continue
		}
		v := articleView{Slug: a.Slug, Title: a.Title, Summary: a.Summary, Reviewed: a.Reviewed, ReviewedBy: a.ReviewedBy, NextReview: a.NextReview, Topics: a.Topics}
		if due, err := time.Parse(time.DateOnly, a.NextReview); err == nil {
			v.Days = int(time.Until(due).Hours() / 24)
		}
		for _, s := range a.Sections {
			sv := sectionView{Heading: s.Heading, Questions: s.Questions}
			for _, x := range s.Passages {
				sv.Passages = append(sv.Passages, x.Text)
			}
			for _, x := range s.Sources {
				sv.Sources = append(sv.Sources, sourceView{x.Name, x.Publisher, x.URL, x.Published})
			}
			for _, t := range a.Topics {
				passages[t] += len(s.Passages)
			}
			v.Sections = append(v.Sections, sv)
		}
		out.Articles = append(out.Articles, v)
	}
	if cases, err := eval.Builtin(); err == nil {
		for _, c := range cases {
			judged[c.Topic]++
		}
	}
	for _, m := range []map[string]int{passages, judged} {
		for name := range m {
			if !slices.ContainsFunc(out.Topics, func(t topic) bool { return t.Name == name }) {
				out.Topics = append(out.Topics, topic{name, passages[name], judged[name]})
			}
		}
	}
	slices.SortFunc(out.Topics, func(a, b topic) int {
		return cmp.Or(cmp.Compare(b.Passages+b.Judged, a.Passages+a.Judged), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// A curve is the risk-coverage curve on the judged questions.
type curve struct {
	Points []eval.Point `json:"points"`
	Error  string       `json:"error"`
}

// measure puts the judged questions to the composer, which takes seconds.
func (p *Preview) measure() curve {
	cases, err := eval.Builtin()
	if err != nil {
		return curve{Error: err.Error()}
	}
	report, err := eval.Run(context.Background(), cases, func(ctx context.Context, c *eval.Case) (eval.Outcome, error) {
		a, err := p.cfg.Shelf.Composer("").Answer(ctx, answer.Question{Text: c.Question, Previous: c.Previous, Country: c.Country})
		out := eval.Outcome{Kind: string(a.Kind), Urgency: a.Urgency.Urgency.String(), Coverage: a.Coverage}
		for _, q := range a.Quotes {
			out.Quotes = append(out.Quotes, q.Text)
		}
		return out, err
	})
	if err != nil {
		return curve{Error: err.Error()}
	}
	return curve{Points: report.Curve()}
}
