package bot

import (
	"salve/bot/answer"
	"salve/knowledge"
)

// Published is the library that c quotes now, as the bot shows it beside answers:
// nothing is kept, so that what is published, rolled back or retracted shows at once.
func Published(c *answer.Composer) Library { return published{c} }

type published struct{ *answer.Composer }

// Articles lists the published articles by title.
func (p published) Articles() []ArticleInfo {
	lib := p.Library()
	if lib == nil {
		return nil
	}
	var out []ArticleInfo
	for _, a := range lib.Articles {
		if a.Status != knowledge.Published {
			continue
		}
		info := ArticleInfo{Slug: a.Slug, Title: a.Title, Summary: a.Summary, Topics: a.Topics, Reviewed: a.Reviewed, Language: a.Language}
		for _, id := range a.Entities {
			if e := lib.Lexicon.Entity(id); e != nil {
				info.Aliases = append(append(info.Aliases, e.Name), e.Terms...)
			}
		}
		for _, s := range a.Sections {
			info.Sections = append(info.Sections, SectionInfo{Anchor: s.ID, Heading: s.Heading})
		}
		out = append(out, info)
	}
	return out
}
