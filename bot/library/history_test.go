package library

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"salve/bot/answer"
	"salve/bot/library/librarytest"
	"salve/bot/store"
	"salve/index"
	"salve/index/eval"
	"salve/knowledge"
)

// fruits are what the articles of the random histories are on.
var fruits = []string{"mango", "lemon", "kiwi", "papaya", "quince", "fig"}

func fruitQuestion(fruit string) string { return "what is eczema " + fruit + " balm" }

// fruitFile is the article on a fruit; mark stands in its only sentence.
func fruitFile(fruit, mark string) []byte {
	return librarytest.Article(fruit+"-balm", "Eczema "+fruit+" balm", fruitQuestion(fruit), fruitText(fruit, mark), "definition")
}

func fruitText(fruit, mark string) string {
	return "Eczema " + fruit + " balm is a fruit balm for dry eczema skin with the label " + mark + "."
}

// fruitCases are the only judged questions, so that a history takes no minutes.
func fruitCases() ([]*eval.Case, error) {
	var b strings.Builder
	for _, fruit := range fruits {
		fmt.Fprintf(&b, "title: %s\nquestion: %s\nexpect: answer\nfact: label\n\n", fruit, fruitQuestion(fruit))
	}
	return eval.ReadCases("fruits.txt", strings.NewReader(b.String()))
}

func fruitShelf(t *testing.T, st *store.Store) *Shelf {
	files := fstest.MapFS{}
	for _, fruit := range fruits[:2] {
		files[fruit+"-balm.md"] = &fstest.MapFile{Data: fruitFile(fruit, "first-"+fruit)}
	}
	s := openShelf(t, st, files)
	s.questions = fruitCases
	return s
}

// A model says what a shelf should hold: plain maps, no store and no index.
type model struct {
	live, draft map[string]string // mark by fruit; draft is nil when there is none
	versions    []map[string]string
	retracted   []string             // references
	ever        map[string][2]string // passage id and hash by mark, of all that was ever published
}

func (m *model) publish(next map[string]string) {
	m.live = maps.Clone(next)
	m.versions = append(m.versions, m.live)
}

// files are those of the published version.
func (m *model) files() Files {
	out := Files{}
	for fruit, mark := range m.live {
		out[fruit+"-balm.md"] = fruitFile(fruit, mark)
	}
	for _, ref := range m.retracted {
		out[knowledge.RetractedFile] = append(out[knowledge.RetractedFile], ref+"\t"+day.Format(time.DateOnly)+"\tbecause\n"...)
	}
	return out
}

// After any history of edits, publishing, rollbacks and retractions readers get
// what a fresh index of the published files gives, and nothing that was removed,
// replaced or retracted comes back from anywhere.
func TestRandomHistories(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := fruitShelf(t, openStore(t))
			ctx, ann, ben := t.Context(), s.Actor("ann", "1"), s.Actor("ben", "2")
			m := &model{ever: map[string][2]string{}}
			m.publish(map[string]string{"mango": "first-mango", "lemon": "first-lemon"})
			m.expect(t, s, "start")
			edit := func() map[string]string {
				if m.draft == nil {
					m.draft = maps.Clone(m.live)
				}
				return m.draft
			}
			for i := range 30 {
				fruit := fruits[rnd.IntN(len(fruits))]
				var did string
				switch k := rnd.IntN(10); {
				case k < 4:
					mark := fmt.Sprintf("%s-%d", fruit, i)
					did = "put " + mark
					if _, faults, err := s.Put(ctx, "", ann, fruitFile(fruit, mark)); err != nil || len(faults.Faults()) > 0 {
						t.Fatal(did, faults, err)
					}
					edit()[fruit] = mark
				case k < 5:
					now := m.live
					if m.draft != nil {
						now = m.draft
					}
					if _, ok := now[fruit]; !ok || len(now) < 3 {
						continue
					}
					did = "remove " + fruit
					if err := s.Remove(ctx, "", ann, fruit+"-balm"); err != nil {
						t.Fatal(did, err)
					}
					delete(edit(), fruit)
				case k < 8 && m.draft != nil:
					did = "publish"
					p := must(s.Preview(ctx, "", ann, nil))(t)
					if len(p.Problems.Faults()) > 0 {
						t.Fatal(p.Problems.Faults())
					}
					if err := s.Approve(ctx, "", ben, p.Candidate); err != nil {
						t.Fatal(err)
					}
					if _, err := s.Publish(ctx, "", ann, p.Candidate, ""); err != nil {
						t.Fatal(err)
					}
					m.publish(m.draft)
					m.draft = nil
				case k < 9 && len(m.versions) > 1:
					n := max(1, len(m.versions)-store.KeptVersions+1) + rnd.IntN(min(len(m.versions), store.KeptVersions)-1)
					did = fmt.Sprint("rollback ", n)
					if _, err := s.Rollback(ctx, "", ben, n); err != nil {
						t.Fatal(did, err)
					}
					m.publish(m.versions[n-1])
				default:
					ref := fruit + "-balm"
					mark, ok := m.live[fruit]
					out := slices.Contains(m.retracted, ref) || slices.Contains(m.retracted, m.ever[mark][0])
					if !ok || out || len(m.retracted) > 4 {
						continue
					}
					if rnd.IntN(2) == 0 {
						ref = m.ever[mark][0]
					}
					did = "retract " + ref
					if _, err := s.Retract(ctx, "", ben, ref, "because"); err != nil {
						t.Fatal(did, err)
					}
					m.retracted = append(m.retracted, ref)
					m.publish(m.live)
				}
				m.expect(t, s, fmt.Sprint("step ", i, ", ", did))
				if t.Failed() {
					return
				}
			}
		})
	}
}

// expect compares the shelf with a fresh index, and looks for what is gone.
func (m *model) expect(t *testing.T, s *Shelf, when string) {
	t.Helper()
	lib, problems, err := load(m.files())
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(when, problems.Faults(), err)
	}
	x := must(index.New(lib))(t)
	defer x.Close()
	fresh, shelf := answer.New(x, s.now), s.Composer("")
	there := map[string]bool{}
	for _, p := range lib.Passages() {
		_, mark, _ := strings.Cut(strings.TrimSuffix(p.Text, "."), "label ")
		there[mark] = true
		m.ever[mark] = [2]string{p.ID, p.Hash}
	}
	var said []string
	for _, p := range shelf.Library().Passages() {
		said = append(said, p.Text)
	}
	for _, fruit := range fruits {
		q := answer.Question{Text: fruitQuestion(fruit)}
		want, got := must(fresh.Answer(t.Context(), q))(t), must(shelf.Answer(t.Context(), q))(t)
		if got.Text() != want.Text() || !reflect.DeepEqual(got.Quotes, want.Quotes) {
			t.Errorf("%s: %s\nis answered %s\nby a fresh index %s", when, q.Text, got.Text(), want.Text())
		}
		quotes, _ := shelf.Section(fruit+"-balm", "main")
		for _, quote := range quotes {
			said = append(said, quote.Text)
		}
		said = append(said, got.Text())
	}
	all := strings.Join(said, "\n")
	for mark, passage := range m.ever {
		if strings.Contains(all, "label "+mark+".") != there[mark] {
			t.Errorf("%s: %s is said: %v; want %v", when, mark, !there[mark], there[mark])
		}
		if _, ok := shelf.Verify(passage[0], passage[1]); ok != there[mark] {
			t.Errorf("%s: %s is verified: %v; want %v", when, mark, ok, there[mark])
		}
	}
}

// Two servers that edit, publish and ask at random see nothing of each other,
// and readers of no server see nothing of either.
func TestRandomServersAreApart(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 2))
			st := openStore(t)
			s := fruitShelf(t, st)
			ctx := t.Context()
			servers := []string{"100", "200"}
			for i := range 40 {
				server := servers[rnd.IntN(2)]
				fruit := fruits[2+rnd.IntN(len(fruits)-2)] // the first two are shared
				ann := s.Actor("ann", "1")
				switch k := rnd.IntN(6); {
				case k < 3:
					if _, _, err := s.Put(ctx, server, ann, fruitFile(fruit, fmt.Sprintf("of-%s-%d", server, i))); err != nil {
						t.Fatal(err)
					}
				case k < 4:
					_ = s.Remove(ctx, server, ann, fruit+"-balm") // it may not be there
				default:
					p, err := s.Preview(ctx, server, ann, nil)
					if err != nil {
						continue // nothing to publish
					}
					if err := s.Approve(ctx, server, s.Actor("ben", "2"), p.Candidate); err != nil {
						t.Fatal(err)
					}
					if _, err := s.Publish(ctx, server, ann, p.Candidate, ""); err != nil {
						t.Fatal(err)
					}
				}
				apart(t, s, servers)
			}
			// Nor after the program starts again.
			again := fruitShelf(t, st)
			apart(t, again, servers)
			for _, server := range servers {
				if len(must(again.History(ctx, server))(t)) == 0 {
					t.Errorf("server %s published nothing in this history; take another seed", server)
				}
			}
		})
	}
}

func apart(t *testing.T, s *Shelf, servers []string) {
	t.Helper()
	ctx := t.Context()
	for _, reader := range append([]string{"", "300"}, servers...) {
		var said []string
		c := s.Composer(reader)
		for _, p := range c.Library().Passages() {
			said = append(said, p.Text)
		}
		for _, fruit := range fruits {
			said = append(said, must(c.Answer(ctx, answer.Question{Text: fruitQuestion(fruit), Server: reader}))(t).Text())
			quotes, _ := c.Section(fruit+"-balm", "main")
			for _, q := range quotes {
				said = append(said, q.Text)
			}
		}
		for _, a := range must(s.List(ctx, reader))(t) {
			text, _ := s.Show(ctx, reader, a.Slug) // none when the draft removes it
			said = append(said, string(text))
		}
		for _, d := range must(s.Audit(ctx, reader))(t) {
			said = append(said, d.Subject)
		}
		all := strings.Join(said, "\n")
		for _, other := range servers {
			if other != reader && strings.Contains(all, "of-"+other+"-") {
				t.Errorf("readers of %q see an article of server %s", reader, other)
			}
		}
	}
}
