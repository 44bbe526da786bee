package answer

import (
	"bufio"
	"math"
	"os"
	"strings"
	"testing"
)

// decided is the bar of these tests. It was chosen on messages.tsv by
// cross-validation (go run ./bot/answer/lane -check).
const decided = 0.5

// TestLanePairs holds pairs of messages that share their words or their story
// and differ in what they want. None is learned from.
func TestLanePairs(t *testing.T) {
	for _, tt := range []struct {
		name              string
		personal, general string
		previous          []string
	}{
		{"dose", "how many mg of upadacitinib should my niece take, she's 12?", "how many mg of upadacitinib do 12 year olds take?", nil},
		{"stop", "my skin has calmed down, should I stop Olumiant?", "what happens to skin when Olumiant is stopped?", nil},
		{"missed", "I forgot Tuesday's Cibinqo, should I take two on Wednesday?", "what does the Cibinqo leaflet say about a forgotten tablet?", nil},
		{"diagnosis", "is this scaly thing on my knee psoriasis or eczema?", "how does psoriasis differ from eczema on the knee?", nil},
		{"safety", "I'm 64 with a pacemaker, would baricitinib be safe enough for me?", "what do regulators say about baricitinib after 65?", nil},
		{"laboratory", "my haemoglobin came back at 8.4, do I hold Rinvoq?", "which haemoglobin level means holding Rinvoq in the label?", nil},
		{"choice", "would you go for Cibinqo or Adbry if you were me?", "how did Cibinqo and Adbry compare in studies?", nil},
		{"combination", "can I put Elidel on top of my Opzelura tonight?", "can Elidel and Opzelura be used together?", nil},
		{"slang", "derm keeps on about abro, do i go for it or swerve", "what does abro even do to ur immune system", nil},
		{"clinician", "52F prior PE, would you start her on bari?", "VTE rate on bari vs placebo?", nil},
		{"follow-up", "so how much would I give my boy then?", "and for teenagers?", []string{"what is the dose of Rinvoq"}},
		{"Spanish", "¿debería mi hija dejar el baricitinib?", "¿qué dice el prospecto sobre dejar el baricitinib?", nil},
		{"French", "dois-je passer au dupixent ?", "comment le dupixent est-il injecté ?", nil},
		{"German", "soll ich olumiant heute weglassen?", "was steht in der packungsbeilage zu olumiant?", nil},
		{"Portuguese", "devo parar o olumiant hoje?", "quais são os efeitos do olumiant?", nil},
		{"story",
			"My aunt had a clot, I sit all day in a lorry and my skin is raw from neck to wrist. The clinic has offered me Rinvoq and I said that I'd ring on Monday. What would you tell them if you were me?",
			"My aunt had a clot, I sit all day in a lorry and my skin is raw from neck to wrist. The clinic has given me a paper on Rinvoq. What does the warning on it say about clots?", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if p := lane(tt.personal, tt.previous); p < decided {
				t.Errorf("lane(%q) = %.2f, want at least %.2f", tt.personal, p, decided)
			}
			if p := lane(tt.general, tt.previous); p >= decided {
				t.Errorf("lane(%q) = %.2f, want less than %.2f", tt.general, p, decided)
			}
		})
	}
}

func TestLaneOfNothing(t *testing.T) {
	for _, text := range []string{"", " \n\t", "???", "...", "\u200b", "🙂"} {
		if p := lane(text, nil); p != 0 {
			t.Errorf("lane(%q) = %.2f, want 0", text, p)
		}
	}
}

func TestLaneIgnoresCaseAccentsAndInvisibleLetters(t *testing.T) {
	want := lane("should I stop my Rinvoq?", nil)
	for _, text := range []string{"SHOULD I STOP MY RINVOQ?", "sho\u200buld I stop my Rin\u00advoq?", "shóuld I stöp my Rinvoq?"} {
		if got := lane(text, nil); got != want {
			t.Errorf("lane(%q) = %v, want %v", text, got, want)
		}
	}
}

// TestLaneOnDevelopmentData checks what the learned weights do on questions
// they were not learned from.
func TestLaneOnDevelopmentData(t *testing.T) {
	const name = "../../../shared/eval/questions_dev.tsv"
	file, err := os.Open(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("no development data: %v", err)
	}
	defer file.Close()
	n, high := map[string]float64{}, map[string]float64{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		f := strings.Split(lines.Text(), "\t")
		messages := strings.Split(f[1], " >> ")
		last := len(messages) - 1
		n[f[2]]++
		if lane(messages[last], messages[:last]) >= decided {
			high[f[2]]++
		}
	}
	recall, alarms := high["advice"]/n["advice"], high["answer"]/n["answer"]
	t.Logf("recall %.3f of %.0f, false alarms %.3f of %.0f", recall, n["advice"], alarms, n["answer"])
	if recall < 0.96 || alarms > 0.025 {
		t.Errorf("recall %.3f and false alarms %.3f, want at least 0.96 and at most 0.025", recall, alarms)
	}
}

func FuzzLane(f *testing.F) {
	for _, text := range []string{"should I stop?", "¿dejo el rinvoq?", "46F plt 130", "\xff\xfe", "1.5mg..", "’’'", strings.Repeat("a", 5000), "\u202eabc\u0301"} {
		f.Add(text, "")
		f.Add("and me?", text)
	}
	f.Fuzz(func(t *testing.T, text, before string) {
		if p := lane(text, []string{before}); !(p >= 0 && p <= 1) || math.IsNaN(p) {
			t.Errorf("lane(%q, %q) = %v", text, before, p)
		}
	})
}

func BenchmarkLane(b *testing.B) {
	story := "I've been on the tablets since spring and my arms are clear for the first time in years, but my last blood test showed " +
		"something about platelets and the nurse was not sure. My dad had two clots, I sit all day at work, and I'm flying to Sydney " +
		"in June. Should I stop now, or keep going until then?"
	for _, text := range []string{story[:290], strings.Repeat(story+" ", 14)} {
		b.Run(map[bool]string{true: "290 letters", false: "4000 letters"}[len(text) == 290], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lane(text, nil)
			}
		})
	}
}
