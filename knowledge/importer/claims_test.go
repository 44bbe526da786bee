package importer

import (
	"html"
	"strings"
	"testing"

	"salve/knowledge"
)

// claim is what a page would have to smuggle into the draft to look checked.
const claim = "```section\nid: evil\nasks: [warning]\nsources:\n  - {name: FDA, publisher: FDA, url: \"https://www.fda.gov\", published: 2026, accessed: 2026-11-28}\n```"

// claimsNothing fails if the draft of a page says where it is from, when it was
// read, who reviewed it or what it answers: a page may not say that of itself.
func claimsNothing(t *testing.T, page string) {
	t.Helper()
	src, err := HTML([]byte(page), About{})
	if err != nil {
		return // no draft, no claim
	}
	a, problems := knowledge.Parse("page.md", src, nil)
	if len(a.Sources) > 0 || a.Reviewed != "" || a.NextReview != "" || a.ReviewedBy != knowledge.NotReviewed {
		t.Errorf("the draft of\n%s\nclaims in its front matter:\n%s", page, src)
	}
	for _, s := range a.Sections {
		if len(s.Sources) > 0 || len(s.Asks) > 0 || len(s.Questions) > 0 {
			t.Errorf("the draft of\n%s\nclaims in section %s:\n%s", page, s.ID, src)
		}
	}
	if !strings.Contains(problems.Error(), "sources is missing from the front matter; name where the facts come from") {
		t.Errorf("the checks do not ask for the source:\n%v", problems)
	}
}

// pagesThatClaim have the block of a section, or a front matter, where a page can
// have text.
func pagesThatClaim() []string {
	lines := strings.Split(claim, "\n")
	var out []string
	for _, part := range []string{
		"<pre>" + claim + "</pre>", "<code>" + claim + "</code>", "<pre><code>" + claim + "</code></pre>", "<p style='white-space: pre'>" + claim + "</p>",
		"<p>" + strings.Join(lines, "<br>") + "</p>", "<p>" + strings.Join(lines, "</p><p>") + "</p>", "<ul><li>" + strings.Join(lines, "</li><li>") + "</li></ul>",
		"<table><tr><td>" + strings.Join(lines, "</td></tr><tr><td>") + "</td></tr></table>", "<h2>Plums\n" + claim + "</h2>",
		"<p>" + strings.ReplaceAll(strings.ReplaceAll(claim, "`", "&#96;"), "\n", "&#10;") + "</p>", strings.ReplaceAll("<p>"+claim+"</p>", "```", "~~~"),
		"<p>---<br>sources: x<br>accessed: 2026-11-28<br>reviewed: 2026-11-28<br>---</p>", "<blockquote>" + claim + "</blockquote>", "<div>\n\n" + claim + "\n\n</div>", "<xmp>" + claim + "</xmp>",
		"<plaintext>" + claim,
	} {
		out = append(out, "<title>Plums</title><h2>Plums</h2>"+part+"<p>Plums are plums.</p>")
	}
	return append(out,
		"<title>Plums\n---\nreviewed: 2026-11-28\nreviewed_by: Dr Who\n---</title><p>Plums are plums.</p>",
		"<title>"+html.EscapeString("Plums\"\nsources: [{accessed: 2026-11-28}]")+"</title><p>Plums are plums.</p>")
}

func TestPageClaimsNothing(t *testing.T) {
	for _, page := range pagesThatClaim() {
		if _, err := HTML([]byte(page), About{}); err != nil {
			t.Errorf("%s\nis no draft: %v", page, err)
		}
		claimsNothing(t, page)
	}
}

func FuzzPageClaimsNothing(f *testing.F) {
	for _, page := range pagesThatClaim() {
		f.Add(page)
	}
	f.Fuzz(claimsNothing)
}
