package bot

import (
	"strings"
	"testing"
)

func TestRank(t *testing.T) {
	list := []candidate{
		{"abrocitinib", "Abrocitinib", []string{"Cibinqo"}},
		{"upadacitinib", "Upadacitinib", []string{"Rinvoq"}},
		{"ruxolitinib-cream", "Ruxolitinib cream", []string{"Opzelura"}},
		{"delgocitinib-cream", "Delgocitinib cream", []string{"Anzupgo"}},
		{"side-effects", "Side effects of JAK inhibitor tablets", nil},
		{"eczema", "Eczéma: what it is", []string{"atopic dermatitis"}},
	}
	for _, tt := range []struct{ typed, want string }{
		{"", "abrocitinib upadacitinib ruxolitinib-cream delgocitinib-cream side-effects eczema"},
		{"abrocitinib", "abrocitinib"},
		{"ABRO", "abrocitinib"},
		{"rinvoq", "upadacitinib"},
		{"rinvok", "upadacitinib"},
		{"opzelurra", "ruxolitinib-cream"},
		{"cream", "ruxolitinib-cream delgocitinib-cream"},
		{"cream rux", "ruxolitinib-cream"},
		{"deglocitinib", "delgocitinib-cream"},
		{"eczema", "eczema"},
		{"éczema", "eczema"},
		{"atopic", "eczema"},
		{"effects side", "side-effects"},
		{"tablet", "side-effects"},
		{"ruxolitinib-cream", "ruxolitinib-cream"},
		{"zzzz", ""},
		{"!!!", "abrocitinib upadacitinib ruxolitinib-cream delgocitinib-cream side-effects eczema"},
	} {
		var got []string
		for _, c := range rank(list, tt.typed) {
			got = append(got, c.value)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("rank(%q) = %v; want %s", tt.typed, got, tt.want)
		}
	}
}

func TestFitOrders(t *testing.T) {
	// Each is a better fit for "side effects" than the next.
	names := []string{"side effects", "side effects of tablets", "effects on the side", "the upside effectsx", "no such thing"}
	last := 1000
	for _, n := range names {
		f := fit(n, "side effects")
		if f > last || n != names[len(names)-1] && n != names[3] && f == 0 {
			t.Errorf("fit(%q) = %d after %d", n, f, last)
		}
		last = f
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "abcd", 1}, {"opzelura", "opzellura", 1}, {"delgo", "deglo", 1}, {"abc", "xyz", 3},
	} {
		if got := distance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("distance(%q, %q) = %d; want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance([]rune(tt.b), []rune(tt.a)); got != tt.want {
			t.Errorf("distance(%q, %q) = %d; want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func FuzzRank(f *testing.F) {
	f.Add("side", "Side effects")
	f.Add("\xff", "\u0301")
	f.Fuzz(func(t *testing.T, typed, title string) {
		if got := rank([]candidate{{"x", title, nil}}, typed); len(got) > 1 {
			t.Errorf("%d of one", len(got))
		}
		if got := rank([]candidate{{"x", title, nil}}, title); len(got) != 1 {
			t.Errorf("%q does not find itself", title)
		}
	})
}

func TestTopicTitle(t *testing.T) {
	casing := capitals([]ArticleInfo{{Title: "JAK inhibitor tablets: the US (FDA) label"}, {Title: "A cream"}})
	for topic, want := range map[string]string{"jak-inhibitors": "JAK inhibitors", "side-effects": "Side effects", "us-label": "US label", "Creams": "Creams", "élan": "Élan", "": "", "-": ""} {
		if got := topicTitle(topic, casing); got != want {
			t.Errorf("topicTitle(%q) = %q; want %q", topic, got, want)
		}
	}
}
