package bot

import (
	"testing"

	"salve/bot/answer"
	"salve/bot/simulator"
)

// ownLibrary is the library of a server that has an article of its own.
type ownLibrary struct{ fakeLibrary }

var own = quote("our-meeting", "Where we meet", "when", "When", "The group meets on Mondays.")

func (o ownLibrary) Articles() []ArticleInfo {
	return append(o.fakeLibrary.Articles(), ArticleInfo{Slug: "our-meeting", Title: "Where we meet", Topics: []string{"meetings"},
		Language: "en", Sections: []SectionInfo{{"when", "When"}}})
}

func (o ownLibrary) Section(slug, anchor string) ([]answer.Quote, bool) {
	if slug == own.Article {
		return []answer.Quote{own}, true
	}
	return o.fakeLibrary.Section(slug, anchor)
}

func (o ownLibrary) Verify(passage, hash string) (answer.Quote, bool) {
	if passage == own.Passage && hash == own.Hash {
		return own, true
	}
	return o.fakeLibrary.Verify(passage, hash)
}

// TestServersApart shows the articles of a server to its readers, and to nobody
// of another server or in direct messages.
func TestServersApart(t *testing.T) {
	var first string
	s := setup{cfg: func(c *Config) {
		c.ServerLibrary = func(guild string) Library {
			if guild == first {
				return ownLibrary{}
			}
			return fakeLibrary{}
		}
	}}
	bubble(t, s, func(w *world) {
		first = w.guild
		id := own.Hash[:idPart]
		for _, tt := range []struct {
			where string
			ch    *simulator.Channel
			seen  bool
		}{
			{"its server", w.channel, true},
			{"another server", w.sim.NewChannel(w.sim.NewID(), "general"), false},
			{"a direct message", w.sim.NewChannel("", "dm"), false},
		} {
			act := simulator.Act{User: w.ana, Channel: tt.ch}
			article := w.reply(w.sim.Run(act, "article", simulator.Values{"name": "our-meeting"}))
			topic := w.reply(w.sim.Run(act, "topic", simulator.Values{"topic": "meetings"}))
			verified := w.reply(w.sim.Run(act, "verify", simulator.Values{"id": id}))
			want := []string{"No article is called", "No topic is called", tr("en", "verify_gone")}
			if tt.seen {
				want = []string{"Where we meet", "Meetings", tr("en", "verify_same")}
			}
			for i, m := range []*simulator.Message{article, topic, verified} {
				wants(t, m, want[i])
			}
			w.reply(w.sim.Run(act, "ask", simulator.Values{"question": "when do we meet"}))
			all := w.answers.questions()
			if got := all[len(all)-1].Server; got != tt.ch.Guild {
				t.Errorf("%s: asked of server %q; want %q", tt.where, got, tt.ch.Guild)
			}
		}
	})
}
