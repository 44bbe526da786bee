package knowledge

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteSources writes where the facts of ref come from: of an article, named by
// its slug, section by section; or of one section, named "slug#id". Every
// source is given with its name, publisher, dates and address. An unknown ref is
// an error that names what it may have meant.
func (lib *Library) WriteSources(w io.Writer, ref string) error {
	slug, id, one := strings.Cut(ref, "#")
	a := lib.Article(slug)
	if a == nil {
		var slugs []string
		for _, other := range lib.Articles {
			slugs = append(slugs, other.Slug)
		}
		return unknown("article", slug, slugs)
	}
	sections := a.Sections
	if one {
		s := lib.Section(ref)
		if s == nil {
			var ids []string
			for _, other := range a.Sections {
				ids = append(ids, slug+"#"+other.ID)
			}
			return unknown("section", slug+"#"+id, ids)
		}
		sections = []*Section{s}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\nversion %d, %s, reviewed %s by: %s, next review %s\n", a.Title, a.Slug, a.Version, a.Status, a.Reviewed, a.ReviewedBy, a.NextReview)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n%s\n%s\n", s.Ref(), s.Heading)
		if s.AsOf != "" {
			fmt.Fprintf(&b, "holds as of %s\n", s.AsOf)
		}
		for _, src := range s.Sources {
			src.write(&b)
		}
		if len(s.Sources) == 0 {
			b.WriteString("- no source\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Source) write(b *strings.Builder) {
	published := "published " + s.Published
	if s.Published == Undated || s.Published == "" {
		published = Undated
	}
	fmt.Fprintf(b, "- %s\n  %s, %s, read %s\n", s.Name, s.Publisher, published, s.Accessed)
	if s.URL == "" {
		fmt.Fprintf(b, "  no address: %s\n", s.NoURL)
	}
	for _, u := range append([]string{s.URL}, s.Also...) {
		if u != "" {
			fmt.Fprintf(b, "  %s\n", u)
		}
	}
	if s.Note != "" {
		fmt.Fprintf(b, "  note: %s\n", s.Note)
	}
}

func unknown(what, name string, known []string) error {
	near := nearest(name, known, 3)
	if len(near) == 0 {
		return fmt.Errorf("there is no %s %q; the library is empty", what, name)
	}
	return fmt.Errorf("there is no %s %q; did you mean %s?", what, name, strings.Join(near, ", "))
}

// nearest returns at most n of known, those that share most of their
// three-letter runs with name first.
func nearest(name string, known []string, n int) []string {
	want := trigrams(name)
	score := map[string]float64{}
	for _, k := range known {
		have := trigrams(k)
		common := 0
		for t := range have {
			if want[t] {
				common++
			}
		}
		score[k] = 2 * float64(common) / float64(len(want)+len(have))
	}
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b string) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		}
		return strings.Compare(a, b)
	})
	return known[:min(n, len(known))]
}

func trigrams(s string) map[string]bool {
	s = " " + strings.ToLower(s) + " "
	out := map[string]bool{s[:2]: true}
	for i := 0; i+3 <= len(s); i++ {
		out[s[i:i+3]] = true
	}
	return out
}
