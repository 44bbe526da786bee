package triage

import (
	"os"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// Messages that must never be read wrongly, whatever the weights.
var assessTests = []struct {
	text string
	want Urgency
}{
	{"my throat is closing up, i ate peanuts", Emergency},
	{"crushing chest pain and my left arm is numb", Emergency},
	{"im on olumiant and my tongue's swelling lol is this a known side effect", Emergency},
	{"coughing up blood, does rinvoq do that", Emergency},
	{"can rinvoq cause swollen lips", None},
	{"breastfeeding and olumiant", None},
	{"mum's face is drooping and she is slurring her words", Emergency},
	{"my toddler swallowed two of my rinvoq tablets", Emergency},
	{"my 4 week old has a fever of 38.6", Emergency},
	{"i took the whole box of pills an hour ago", Emergency},
	{"he is having a seizure and won't wake up", Emergency},
	{"no puedo respirar, se me cierra la garganta", Emergency},
	{"j'ai une douleur dans la poitrine et le bras gauche", Emergency},
	{"mein mann ist bewusstlos", Emergency},
	{"meu pai tá com a boca torta e fala enrolada", Emergency},
	{"i want to kill myself tonight", Crisis},
	{"I W A N T to die, i want to d1e", Crisis},
	{"i am suicidal and have a plan", Crisis},
	{"i keep cutting myself", Crisis},
	{"suicidal thoughts again lol, third winter running, doc has no slots", Crisis},
	{"my son says he wants to kill himself", Crisis},
	{"quiero morir", Crisis},
	{"je veux mourir", Crisis},
	{"ich will nicht mehr leben", Crisis},
	{"não quero mais viver", Crisis},
	{"fever of 39 on rinvoq since last night", SameDay},
	{"my left calf is swollen, hot and painful", SameDay},
	{"positive pregnancy test and i take olumiant", SameDay},
	{"i took two cibinqo by mistake today", SameDay},
	{"painful clusters of little blisters all over my eczema", SameDay},
	{"what are the signs of sepsis", None},
	{"can it cause clots", None},
	{"does rinvoq cause throat swelling", None},
	{"I had shingles twice now, should I come off?", None},
	{"what is eczema herpeticum", None},
	{"how is a DVT recognised", None},
	{"what are side effects of oral JAK inhibitors", None},
	{"which cream do you use on your eyelids", None},
	{"my gran had a stroke in 2014, she is fine now", None},
	{"this price is killing me lol", None},
	{"if i ever get chest pain on rinvoq, who do i call?", None},
	{"", None},
	{"   \n", None},
	{"🙂🙂🙂", None},
}

func TestAssess(t *testing.T) {
	for _, tt := range assessTests {
		a := Assess(tt.text, "en-US")
		if missed(tt.want, a.Urgency) {
			t.Errorf("Assess(%q) = %s (chance %.2f), want %s", tt.text, a.Urgency, a.Chance, tt.want)
		}
		checkReason(t, tt.text, a)
	}
}

// checkReason reports a reason that does not name words of the message.
func checkReason(t *testing.T, text string, a Assessment) {
	t.Helper()
	if a.Urgency == None {
		if a.Sign != "" || a.Words != nil || a.Reason() != "" {
			t.Errorf("Assess(%q): none, but reason %q", text, a.Reason())
		}
		return
	}
	if a.Sign == "" || len(a.Words) == 0 {
		t.Errorf("Assess(%q): %s without a reason", text, a.Urgency)
	}
	for _, w := range a.Words {
		if trimmed := strings.TrimSuffix(w, " …"); trimmed == w && !strings.Contains(text, w) && !strings.Contains(strings.Join(strings.Fields(text), " "), w) {
			t.Errorf("Assess(%q): the reason names %q, which is not in it", text, w)
		}
	}
}

// How a word is written does not hide it.
func TestDisguises(t *testing.T) {
	for _, text := range []string{
		"I WANT TO KILL MYSELF", "i want to k1ll myself", "i want to kiiiill myself", "i want to k\u200bill myself",
		"i want to 𝗸𝗶𝗹𝗹 myself", "i want to kill  myself!!!", "I want to kíll mysélf", "i want to ｋｉｌｌ myself", "i want to commit suic*de", "i want to commit suicde",
	} {
		if a := Assess(text, ""); a.Urgency != Crisis {
			t.Errorf("Assess(%q) = %s", text, a.Urgency)
		}
	}
}

// A long post does not hide danger in its middle.
func TestBuriedDanger(t *testing.T) {
	filler := "we tried a new cream last week and the bath was nice. the shop had cotton gloves on sale. my sister sends her love. "
	for _, tt := range []struct {
		text string
		want Urgency
	}{
		{"i am going to kill myself tonight.", Crisis},
		{"my throat is swelling shut and i can't breathe right now.", Emergency},
	} {
		text := strings.Repeat(filler, 12) + tt.text + " " + strings.Repeat(filler, 12)
		if a := Assess(text, ""); missed(tt.want, a.Urgency) {
			t.Errorf("%q in %d characters is %s", tt.text, len(text), a.Urgency)
		}
	}
}

func TestAssessIsSafeForConcurrentUse(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, tt := range assessTests {
				Assess(tt.text, "de")
			}
		})
	}
	wg.Wait()
}

func TestUrgencyNames(t *testing.T) {
	for u, want := range []string{"none", "same_day", "emergency", "crisis"} {
		if got := Urgency(u).String(); got != want {
			t.Errorf("Urgency(%d) = %q, want %q", u, got, want)
		}
		if got, err := ParseUrgency(want); err != nil || got != Urgency(u) {
			t.Errorf("ParseUrgency(%q) = %v, %v", want, got, err)
		}
	}
	if _, err := ParseUrgency("urgent!"); err == nil {
		t.Error("ParseUrgency took a word that is no urgency")
	}
}

// The tables of wanted against given for messages that the weights have not
// seen: judged.tsv, and held.tsv, which was written before the cases of its day
// were and is never to be trained on, so that its table is an honest estimate.
// They record, and bound nothing; go test ./bot/triage -update accepts a change.
func TestEvaluationGolden(t *testing.T) {
	for _, name := range []string{"judged", "held"} {
		f, err := os.Open("testdata/" + name + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var b strings.Builder
		if err := Evaluate(&b, f); err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/"+name+".txt", b.String())
	}
}

func TestEvaluateNamesTheFaultyLine(t *testing.T) {
	for _, text := range []string{"id\tmessage\tlabel\tkind\nx\thelp\tbad\tk", "id\tmessage\tlabel\tkind\nx\thelp"} {
		if err := Evaluate(&strings.Builder{}, strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("Evaluate(%q): error %v, want line 2", text, err)
		}
	}
}

// The development messages beside the repository, when they are there.
func TestDevelopmentMessages(t *testing.T) {
	f, err := os.Open("../../../shared/eval/redflags_dev.tsv")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the development messages are not here: ", err)
	}
	defer f.Close()
	list, err := ReadJudged(f)
	if err != nil {
		t.Fatal(err)
	}
	r := Count(list, Assess)
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
	if r.Caught(Emergency) < 0.98 || r.Caught(Crisis) < 0.98 || r.Caught(SameDay) < 0.96 || r.Caught(None) > 0.08 {
		t.Error("the gate got worse on the development messages")
	}
}

func FuzzAssess(f *testing.F) {
	for _, tt := range assessTests {
		f.Add(tt.text, "en-US")
	}
	f.Add(strings.Repeat("k1ll 39.5 ", 400), "fr")
	f.Add("\xff\xfe", "pt-BR")
	f.Add("j'ai l'38,5 a*b ß ﬃ 𝟛𝟡", "")
	f.Fuzz(func(t *testing.T, text, locale string) {
		a := Assess(text, locale)
		if (a.Urgency == None) != (a.Sign == "") || a.Urgency != None && len(a.Words) == 0 {
			t.Errorf("%s with reason %q", a.Urgency, a.Reason())
		}
		if !(a.Chance >= 0 && a.Chance <= 1) {
			t.Errorf("chance %v", a.Chance)
		}
		if utf8.ValidString(text) {
			for _, w := range a.Words {
				if !utf8.ValidString(w) {
					t.Errorf("the reason cuts a letter in half: %q", w)
				}
			}
		}
		if a.Urgency != None {
			if _, ok := Help(a, Country("", locale), locale, Numbers{}); !ok {
				t.Error("no card")
			}
		}
	})
}

func benchmark(b *testing.B, text string) {
	Load()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Assess(text, "en-US")
	}
}

func BenchmarkAssess100(b *testing.B) {
	benchmark(b, "my left calf has been swollen and sore since sunday, on rinvoq, is that normal or should i go in?")
}

func BenchmarkAssess4000(b *testing.B) {
	benchmark(b, strings.Repeat("my legs are swollen and i am not sure what to do, the doctor is closed today. ", 60)[:4000])
}

func BenchmarkAssess4000Wild(b *testing.B) {
	benchmark(b, strings.Repeat("brethhing swelinng 39.5 𝓼𝓾𝓲 zzqxkw uiwerh jkhsdf ", 100)[:4000])
}
