package knowledge

import (
	"strings"
	"testing"
	"testing/fstest"
)

func smallLibrary(t *testing.T) *Library {
	t.Helper()
	lib, problems, err := Load(fstest.MapFS{
		"itch.md":   {Data: []byte(strings.Replace(article, ", other#part", "", 1))},
		SourcesFile: {Data: []byte("leaflet:\n  name: Leaflet\n  publisher: EMA\n  no_url: paper only\n  published: undated\n  accessed: 2026-11-01\n  note: copy of 2024\n")},
		LexiconFile: {Data: []byte(smallLexicon)},
	})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return lib
}

func TestWriteSources(t *testing.T) {
	tests := []struct{ ref, want string }{
		{"itch", `Itch (itch)
version 3, published, reviewed 2026-11-01 by: not clinically reviewed, next review 2027-05-01

itch#relief
Itch: what helps?
holds as of 2024
- Leaflet
  EMA, undated, read 2026-11-01
  no address: paper only
  note: copy of 2024

itch#sleep
Sleep and itch
- Leaflet
  EMA, undated, read 2026-11-01
  no address: paper only
  note: copy of 2024
`},
		{"itch#sleep", `Itch (itch)
version 3, published, reviewed 2026-11-01 by: not clinically reviewed, next review 2027-05-01

itch#sleep
Sleep and itch
- Leaflet
  EMA, undated, read 2026-11-01
  no address: paper only
  note: copy of 2024
`},
	}
	for _, test := range tests {
		var got strings.Builder
		if err := smallLibrary(t).WriteSources(&got, test.ref); err != nil {
			t.Fatal(err)
		}
		if got.String() != test.want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", test.ref, got.String(), test.want)
		}
	}
}

func TestWriteSourcesOfAnUnknownName(t *testing.T) {
	lib := builtinLibrary(t)
	tests := []struct{ ref, want string }{
		{"abrocitinib-side-efects", `there is no article "abrocitinib-side-efects"; did you mean abrocitinib-side-effects`},
		{"abrocitinib-side-effects#common", `there is no section "abrocitinib-side-effects#common"; did you mean abrocitinib-side-effects#`},
		{"", `there is no article ""; did you mean `},
		{"#", `there is no article ""; did you mean `},
	}
	for _, test := range tests {
		var out strings.Builder
		err := lib.WriteSources(&out, test.ref)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.ref, err, test.want)
		}
		if out.Len() > 0 {
			t.Errorf("%q: wrote %q beside the error", test.ref, out.String())
		}
	}
	if err := (&Library{}).WriteSources(&strings.Builder{}, "x"); err == nil || !strings.Contains(err.Error(), "the library is empty") {
		t.Errorf("got %v of an empty library", err)
	}
}

// Every section that ships can say where its facts come from.
func TestEverySectionNamesItsSources(t *testing.T) {
	lib := builtinLibrary(t)
	for _, a := range lib.Articles {
		for _, s := range a.Sections {
			var out strings.Builder
			if err := lib.WriteSources(&out, s.Ref()); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), "\n- ") || !strings.Contains(out.String(), "read 20") {
				t.Errorf("%s: %s", s.Ref(), out.String())
			}
		}
	}
}

func TestReport(t *testing.T) {
	lib := smallLibrary(t)
	var got strings.Builder
	if err := lib.Report(&got, "2027-05-02"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(got.String(), "\n")
	for i, want := range []string{
		"article passages words grade sources newest reviewed due",
		"itch 6 51 0.0 2 2024-05 2026-11-01 2027-05-01 overdue",
		"",
		"1 articles, 6 passages, 51 words; median reading grade 0.0; 6 of 6 passages with a source and its date; 1 reviews overdue",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", i+1, got, want)
		}
	}
}

func TestReportReturnsTheErrorOfTheWriter(t *testing.T) {
	if err := smallLibrary(t).Report(broken{}, today); err == nil {
		t.Error("no error")
	}
	if err := smallLibrary(t).WriteSources(broken{}, "itch"); err == nil {
		t.Error("no error")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = &Problem{What: "broken", Fix: "mend"}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(test.of); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.of, got, test.want)
		}
	}
}
