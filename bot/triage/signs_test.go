package triage

import (
	"slices"
	"strings"
	"testing"

	"salve/bot/triage/model"
)

// The sign decides which line of why the card shows.
func TestSigns(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string // any of them is right
	}{
		{"my lips and tongue are swelling after a peanut", []string{"anaphylaxis"}},
		{"crushing pain in my chest and sweating", []string{"heart"}},
		{"her face droops and her speech is slurred", []string{"stroke"}},
		{"my 3 week old baby has a fever of 38.5", []string{"newborn"}},
		{"my toddler swallowed my tablets", []string{"child_poison"}},
		{"i took all my pills", []string{"overdose"}},
		{"he is having a seizure", []string{"seizure"}},
		{"fever of 40, confused, mottled skin", []string{"sepsis"}},
		{"suddenly breathless and my leg was swollen, chest hurts when i breathe in", []string{"clot_lung"}},
		{"my skin is peeling off and my mouth is full of sores since the new antibiotic", []string{"skin_peeling"}},
		{"i want to kill myself", []string{"suicide"}},
		{"i keep cutting myself", []string{"self_harm"}},
		{"my left calf is swollen and hot", []string{"clot_leg"}},
		{"painful clusters of blisters on my eczema", []string{"herpeticum"}},
		{"i think i have shingles on my ribs, on olumiant", []string{"shingles"}},
		{"fever of 39 on rinvoq", []string{"infection"}},
		{"i'm pregnant and take olumiant", []string{"pregnancy"}},
		{"took two cibinqo by mistake", []string{"double_dose"}},
		{"yellow eyes and dark urine on rinvoq", []string{"liver_blood"}},
		{"my nephew has chickenpox, i was with him yesterday, i take tofacitinib", []string{"exposure"}},
	} {
		if a := Assess(tt.text, "en-GB"); !slices.Contains(tt.want, a.Sign) {
			t.Errorf("Assess(%q): %s %s, want the sign %v", tt.text, a.Urgency, a.Reason(), tt.want)
		}
	}
}

// A reason names what is told, not "just" or "me" alone.
func TestReasonNamesContent(t *testing.T) {
	r := model.Reading{Telling: []model.Sign{{Start: 12, End: 19, Weight: 2}}}
	_, words := explain(Crisis, r, "i just want forever me")
	if want := "forever"; len(words) != 1 || words[0] != want {
		t.Errorf("explain named %q, want %q", words, want)
	}
	everyday := strings.Fields("i im me my you it is just the a to so and not dont")
	for _, text := range []string{
		"i just can't do it, there is only one way out of me", "tonight is the night, i have everything i need",
		"everyone would cope better if i weren't around", "i keep picturing my own body and it feels like relief",
		"she is overdosing a bit at a time", "can't pass any urine since last night, bladder bursting",
	} {
		a := Assess(text, "en")
		if a.Urgency == None {
			continue
		}
		if !slices.ContainsFunc(strings.Fields(strings.Join(a.Words, " ")), func(w string) bool { return !slices.Contains(everyday, w) }) {
			t.Errorf("Assess(%q): the reason is only %q", text, a.Words)
		}
	}
}
