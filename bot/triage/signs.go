package triage

import (
	"cmp"
	"slices"
	"strings"

	"salve/bot/triage/model"
)

// A sign is a pattern of concepts with a name. The urgency decides which signs
// come into question; the sign decides which card text is shown.
type sign struct {
	name    string
	urgency Urgency
	// weights of the concepts of model/lexicon.txt that speak for it
	concepts map[string]int
	// needs: one concept of each group must be there, else it is another sign
	needs [][]string
}

// Signs lists the names of the signs of an urgency, in a fixed order. The last
// one stands for every danger that has no card of its own.
func Signs(u Urgency) []string {
	var names []string
	for _, s := range signs {
		if s.urgency == u {
			names = append(names, s.name)
		}
	}
	return names
}

type weighed = map[string]int

var signs = []sign{
	{"suicide", Crisis, weighed{"suicide": 5, "suiplain": 6, "methodask": 4, "wishdead": 4, "goodbye": 3, "means": 3, "plan": 3, "burden": 3, "unreach": 3}, nil},
	{"self_harm", Crisis, weighed{"selfharm": 5, "hurtself": 6, "injury": 1}, nil},

	{"child_poison", Emergency, weighed{"child": 3, "baby": 3, "swallow": 3, "poison": 3, "pills": 2, "jak": 1, "toomany": 2, "drugmisc": 2}, [][]string{{"child", "baby"}, {"swallow", "poison", "pills", "toomany", "drugmisc"}}},
	{"overdose", Emergency, weighed{"toomany": 5, "pills": 3, "drugmisc": 3, "swallow": 2, "double": 2, "jak": 1, "poison": 2}, [][]string{{"toomany", "pills", "drugmisc", "poison", "double"}}},
	{"newborn", Emergency, weighed{"baby": 5, "fever": 3, "hot": 4, "cold35": 4, "feeds": 3}, [][]string{{"baby"}, {"fever", "hot", "cold35", "feeds"}}},
	{"anaphylaxis", Emergency, weighed{"airway": 3, "swell": 3, "closing": 4, "hives": 4, "allergen": 3, "epipen": 4, "breath": 1, "face": 1}, [][]string{{"airway", "face", "hives", "epipen", "allergen"}, {"swell", "closing", "hives", "epipen", "breath", "allergen"}}},
	{"clot_lung", Emergency, weighed{"breath": 3, "clot": 3, "clotrisk": 3, "coughblood": 4, "leg": 2, "chest": 2, "jak": 1, "oneside": 1}, [][]string{{"breath", "coughblood"}, {"clot", "clotrisk", "coughblood", "leg", "chest"}}},
	{"heart", Emergency, weighed{"chest": 4, "pressure": 4, "heartattack": 4, "heart": 3, "sweat": 2, "arm": 2, "racing": 2, "back": 1}, nil},
	{"stroke", Emergency, weighed{"droop": 5, "slur": 5, "stroke": 3, "numb": 3, "weak": 3, "oneside": 2, "face": 1, "headache": 3, "arm": 1, "vision": 2}, nil},
	{"sepsis", Emergency, weighed{"fever": 3, "hot": 3, "confused": 3, "mottled": 5, "chills": 3, "nopee": 4, "pus": 2, "cold35": 3, "blue": 1}, [][]string{{"fever", "hot", "cold35", "mottled", "chills", "nopee", "pus"}}},
	{"seizure", Emergency, weighed{"fit": 6}, nil},
	{"unconscious", Emergency, weighed{"uncon": 5, "faint": 3, "injury": 2, "adrenal": 3}, nil},
	{"breathing", Emergency, weighed{"breath": 4, "blue": 3}, nil},
	{"bleeding", Emergency, weighed{"vomitblood": 6, "blood": 4, "blackstool": 3, "coughblood": 3}, nil},
	{"skin_peeling", Emergency, weighed{"peel": 8, "mouthsore": 7, "blister": 2, "skin": 1}, [][]string{{"peel", "mouthsore"}}},
	{"burn", Emergency, weighed{"burn": 5, "poison": 1}, nil},
	{"choking", Emergency, weighed{"choke": 7, "closing": 1}, nil},
	{"emergency", Emergency, weighed{"doom": 2, "severe": 1, "diabetes": 5, "preeclampsia": 4, "injury": 2}, nil},

	{"clot_leg", SameDay, weighed{"leg": 4, "oneside": 3, "swell": 2, "arm": 2, "clot": 3, "clotrisk": 2}, [][]string{{"leg", "arm", "clot"}}},
	{"herpeticum", SameDay, weighed{"blister": 3, "punched": 4, "herpes": 4, "skin": 1, "spread": 1}, nil},
	{"shingles", SameDay, weighed{"shingles": 6, "band": 4, "blister": 2, "oneside": 2}, nil},
	{"infection", SameDay, weighed{"fever": 3, "hot": 3, "chills": 3, "pus": 4, "spread": 2, "redhot": 2, "cough": 3}, nil},
	{"eye", SameDay, weighed{"eye": 4, "vision": 4}, nil},
	{"belly", SameDay, weighed{"belly": 5, "blackstool": 6, "vomit": 2, "poo": 2}, nil},
	{"liver_blood", SameDay, weighed{"yellow": 6, "darkurine": 6, "bruise": 5}, nil},
	{"pregnancy", SameDay, weighed{"pregnant": 6, "jak": 1}, nil},
	{"exposure", SameDay, weighed{"exposure": 5, "contact": 4}, nil},
	{"double_dose", SameDay, weighed{"double": 5, "pills": 2, "jak": 1, "swallow": 1}, [][]string{{"double", "pills"}}},
	{"red_skin", SameDay, weighed{"whole": 4, "erythro": 5, "redhot": 1, "peel": 2}, [][]string{{"whole", "erythro"}}},
	{"same_day", SameDay, weighed{"lump": 3, "weak": 1}, nil},
}

// maxWords is how many pieces of the message a reason names.
const maxWords = 4

// explain names the sign and the words of text that showed it. Concepts that
// are denied, past or supposed count a third: the danger is in the others.
func explain(u Urgency, r model.Reading, text string) (name string, words []string) {
	found := r.Signs
	best, bestScore := sign{}, 0
	for _, s := range signs {
		if s.urgency != u {
			continue
		}
		if !s.possible(found) {
			continue
		}
		seen, score := map[string]bool{}, 0
		for _, f := range found {
			w := s.concepts[f.Concept]
			if w == 0 || seen[f.Concept] {
				continue
			}
			if f.Denied {
				w = (w + 1) / 3
			} else {
				seen[f.Concept] = true
			}
			score += w * 2
		}
		if score > bestScore {
			best, bestScore = s, score
		}
	}
	if bestScore == 0 {
		all := Signs(u)
		best.name = all[len(all)-1]
		if u == Crisis {
			best.name = all[0]
		}
	}
	return best.name, showing(best, r, text)
}

// possible reports whether what s needs is among those found.
func (s sign) possible(found []model.Sign) bool {
	for _, group := range s.needs {
		if !slices.ContainsFunc(found, func(f model.Sign) bool { return slices.Contains(group, f.Concept) }) {
			return false
		}
	}
	return true
}

// showing returns the words of text for the sign's concepts, or, when it has
// none, the telling words: never "just" or "me" alone.
func showing(s sign, r model.Reading, text string) []string {
	own := slices.DeleteFunc(slices.Clone(r.Signs), func(f model.Sign) bool { return s.concepts[f.Concept] == 0 })
	rank := func(f model.Sign) float64 {
		r := float64(s.concepts[f.Concept])
		if f.Denied {
			r /= 3
		}
		return r
	}
	if len(own) == 0 {
		own = slices.Clone(r.Telling)
		rank = func(f model.Sign) float64 { return float64(f.Weight) }
	}
	slices.SortStableFunc(own, func(a, b model.Sign) int { return cmp.Compare(rank(b), rank(a)) })
	var kept []model.Sign
	for _, f := range own {
		if len(kept) == maxWords {
			break
		}
		if !slices.ContainsFunc(kept, func(k model.Sign) bool { return f.Start < k.End && k.Start < f.End }) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b model.Sign) int { return cmp.Compare(a.Start, b.Start) })
	var words []string
	for _, k := range kept {
		words = append(words, strings.TrimSpace(text[k.Start:k.End]))
	}
	if len(words) == 0 {
		words = firstWords(text)
	}
	return words
}

// firstWords stands in when the model knew no concept in the message: the
// letters and word pairs told it, so the message itself is the reason.
func firstWords(text string) []string {
	f := strings.Fields(text)
	if len(f) > 6 {
		f = append(f[:6:6], "…")
	}
	return []string{strings.Join(f, " ")}
}
