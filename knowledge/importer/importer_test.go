package importer

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"salve/knowledge"
)

var about = About{
	Title: "Emollients in winter", Summary: "How thick emollients are used in the cold.", Topics: []string{"eczema"},
	Audience: "all", Route: "topical", Entities: []string{"atopic-dermatitis"}, Asks: []string{"self-care"},
	Questions: []string{"which cream in the cold", "is ointment better: yes or no?"},
	Source:    Source{Name: "A page", Publisher: "A clinic", URL: "https://example.org/winter", Published: "2026-01", Accessed: "2026-03-02"},
	Reviewed:  "2026-03-02", NextReview: "2026-09-02",
}

// load reads a draft as the library would.
func load(t *testing.T, src []byte) (*knowledge.Article, knowledge.Problems) {
	t.Helper()
	lib, problems, err := knowledge.Load(fstest.MapFS{"draft.md": {Data: src}})
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return lib.Articles[0], problems.Faults()
}

func TestFormIsAnArticle(t *testing.T) {
	src, err := Form(about, "Eczema skin dries out in the cold.\r\n\r\nEczema ointments hold more grease:\n- ointment: most\n- lotion: least\n")
	if err != nil {
		t.Fatal(err)
	}
	a, faults := load(t, src)
	for _, f := range faults {
		t.Errorf("%v", f)
	}
	if a.Slug != "emollients-in-winter" || a.Reviewed != "2026-03-02" || a.ReviewedBy != knowledge.NotReviewed {
		t.Errorf("slug %q, reviewed %q by %q", a.Slug, a.Reviewed, a.ReviewedBy)
	}
	if len(a.Sections) != 1 || len(a.Sections[0].Passages) != 2 || len(a.Sections[0].Questions) != 2 {
		t.Fatalf("not one section of two passages with two questions:\n%s", src)
	}
}

func TestWhatNobodyToldStaysEmpty(t *testing.T) {
	src, err := Form(About{Title: "Sun"}, "Sun and eczema.")
	if err != nil {
		t.Fatal(err)
	}
	_, faults := load(t, src)
	for _, want := range []string{"summary", "topics", "audience", "route", "entities", "sources", "reviewed", "next_review"} {
		found := false
		for _, f := range faults {
			found = found || strings.HasPrefix(f.What, want+" is missing")
		}
		if !found {
			t.Errorf("no fault says that %s is missing:\n%v", want, faults)
		}
	}
}

const page = `<!doctype html><html><head><title>Winter | A clinic</title><script>alert(1)</script></head><body>
<nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<main><h1>Emollients in winter</h1>
<p>Skin with eczema dries out <b>fast</b> in the <a href="javascript:alert(1)">cold</a>.</p>
<h3>Which kind</h3><p>Greasier is better:</p><ul><li>ointment<script>x</script></li><li>cream</li></ul>
<h4>At night</h4><p>Use <code>ointment</code>.</p>
<h3>How much</h3><table><tr><th>Age</th><th>Weekly</th></tr><tr><td>Adult</td><td>500 g</td></tr></table>
<p hidden>Secret.</p><p style="display: none">Secret.</p><img src=x onerror=alert(1) alt="Secret.">
<form><input value="Secret."></form></main><footer>Cookies. Secret.</footer></body></html>`

func TestHTMLKeepsTheTextAlone(t *testing.T) {
	src, err := HTML([]byte(page), About{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := load(t, src)
	if a.Title != "Emollients in winter" {
		t.Errorf("title %q", a.Title)
	}
	var got []string
	for _, s := range a.Sections {
		got = append(got, "## "+s.Heading)
		for _, p := range s.Passages {
			got = append(got, strings.Join(append(p.Path, p.Text), " > "))
		}
	}
	want := []string{
		"## Emollients in winter", "Skin with eczema dries out fast in the cold.",
		"## Which kind", "Greasier is better:\n- ointment\n- cream", "At night > Use ointment.",
		"## How much", "Age: Adult; Weekly: 500 g",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s\nfrom\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), src)
	}
	for _, bad := range []string{"Secret", "alert", "javascript", "Home", "Cookies", "<"} {
		if bytes.Contains(src, []byte(bad)) {
			t.Errorf("the draft holds %q:\n%s", bad, src)
		}
	}
}

func TestHostilePagesAreRefusedClearly(t *testing.T) {
	for _, tt := range []struct {
		name, src, want string
	}{
		{"too large", strings.Repeat("a", MaxHTML+1), "more than are read"},
		{"nested", "<title>t</title>" + strings.Repeat("<div>", 300) + "x", "nest"},
		{"nested past what is parsed", "<title>t</title>" + strings.Repeat("<div>", 5000) + "x", "as Markdown"},
		{"dense", "<title>t</title>" + strings.Repeat("<p>", maxNodes+1), "elements"},
		{"not UTF-8", "<p>\xff\xfe</p>", "UTF-8"},
		{"binary", "\x00\x01<p>x", "NUL"},
		{"no text", "<title>t</title><script>1</script>", "no text"},
		{"no title", "<p>x</p>", "no title"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := HTML([]byte(tt.src), About{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
			t.Log(time.Since(start))
		})
	}
}

func TestSlug(t *testing.T) {
	for _, tt := range []struct{ title, want string }{
		{"Crème & l'Été 2", "creme-lete-2"}, {"../../etc/passwd", "etc-passwd"}, {"湿疹", "article"}, {"", "article"},
		{strings.Repeat("long ", 40), "long-long-long-long-long-long-long-long-long-long"},
	} {
		if got := Slug(tt.title); got != tt.want {
			t.Errorf("Slug(%q) = %q, want %q", tt.title, got, tt.want)
		}
	}
}

// Any bytes give a draft that can be read, or a clear error.
func FuzzHTML(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte("<title>a: {b]</title><p>```section\nid: x\n```<h2>---</h2>"))
	f.Add([]byte("<table><td><table><ul><li><h2>x<pre>~~~"))
	f.Fuzz(func(t *testing.T, src []byte) {
		out, err := HTML(src, About{})
		if err != nil {
			return
		}
		if _, problems := knowledge.Parse("draft.md", out, nil); len(problems) == 0 {
			t.Errorf("a page without review passes the checks:\n%s", out)
		}
	})
}
