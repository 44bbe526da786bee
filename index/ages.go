package index

import "strconv"

// beforeAge and afterAge are words beside a number that make it somebody's age:
// "aged 71", "im 13", "80 year old".
var (
	beforeAge = wordSet("age aged im am is hes shes turned turns turning being")
	afterAge  = wordSet("year years yr yrs yo old month months")
)

// The people that the library speaks of, by age in years: label texts draw their
// lines at 12, 18 and 65.
func ageGroup(years int) string {
	switch {
	case years < 12:
		return "child"
	case years < 18:
		return "teenager"
	case years >= 65 && years < 110:
		return "older-adult"
	}
	return ""
}

// addAges adds, for each age that a sentence gives, the people it belongs to.
func (x *Index) addAges(out *query, u *Understanding, toks []token, weight float64) {
	for i, t := range toks {
		n, err := strconv.Atoi(t.Text)
		if err != nil || n < 0 {
			continue
		}
		unit := ""
		if i+1 < len(toks) && afterAge[toks[i+1].Text] {
			unit = toks[i+1].Text
		}
		if unit == "" && (i == 0 || !beforeAge[toks[i-1].Text]) {
			continue
		}
		if unit == "month" || unit == "months" {
			n /= 12
		}
		// "2 years" is a span of time unless it is said to be an age.
		if (unit == "year" || unit == "years" || unit == "month" || unit == "months") &&
			(i+2 >= len(toks) || toks[i+2].Text != "old" && toks[i+2].Text != "olds") && (i == 0 || !beforeAge[toks[i-1].Text]) {
			continue
		}
		id, ok := x.concepts.entity[ageGroup(n)]
		if !ok {
			continue
		}
		word := token{Text: ageGroup(n), Stem: ageGroup(n), Start: t.Start, End: t.End}
		unitOf := x.unit([]token{word}, []bool{false}, id, weight)
		before := len(out.units)
		for _, o := range out.units {
			if sameUnit(o, unitOf) {
				before = -1
			}
		}
		if before < 0 {
			continue
		}
		x.addEntity(out, u, id, &unitOf)
		out.units = append(out.units, unitOf)
	}
}
