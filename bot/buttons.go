package bot

import (
	"strconv"

	"salve/bot/answer"
)

// buttons are the action rows under an answer.
func buttons(a answer.Answer, v view, b *layout) []component {
	var out []component
	id := func(action, arg string) string { return v.sign(action, arg) }
	switch a.Kind {
	case answer.Choose:
		var picks []component
		for i, c := range a.Choices {
			if i == 2*maxRowButtons {
				break
			}
			picks = append(picks, button(stylePrimary, orElse(c.Label, c.Question), id(actPick, strconv.Itoa(i))))
		}
		out = append(out, rows(picks...)...)
	case answer.NotCovered:
		var near []choice
		for i, t := range a.Near {
			if i == maxOptions {
				break
			}
			near = append(near, choice{Label: shown(orElse(t.Title, t.Article), maxOptionText), Value: strconv.Itoa(i)})
		}
		switch {
		case len(near) > maxRowButtons:
			out = append(out, row(selectMenu(tr(v.lang, "near_menu"), id(actNear, ""), near)))
		case len(near) > 0:
			var bs []component
			for _, n := range near {
				bs = append(bs, button(styleSecondary, n.Label, id(actNear, n.Value)))
			}
			out = append(out, rows(bs...)...)
		}
	}
	var main, more []component
	if all := allQuotes(a); len(all) > 0 {
		main = append(main, sectionButtons(a, v)...)
		main = append(main, button(styleSecondary, tr(v.lang, "b_sources"), id(actSources, "")))
		if v.share {
			main = append(main, button(styleSecondary, tr(v.lang, "b_share"), id(actShare, "")))
		}
		more = append(more,
			button(styleSecondary, tr(v.lang, "b_helpful"), id(actHelpful, "")),
			button(styleSecondary, tr(v.lang, "b_not_helpful"), id(actNot, "")))
	}
	if a.Kind != "" {
		more = append(more, button(styleSecondary, tr(v.lang, "b_follow"), id(actFollow, "")))
		if v.canAsk {
			more = append(more, button(styleSecondary, tr(v.lang, "b_ask"), id(actAsk, "")))
		}
	}
	out = append(out, rows(main...)...)
	return append(out, rows(more...)...)
}

// sectionButtons lead to the section of each different section quoted, at most
// three: beyond that a row has no room.
func sectionButtons(a answer.Answer, v view) []component {
	var out []component
	seen := map[string]bool{}
	for i, q := range allQuotes(a) {
		key := q.Article + "#" + q.Anchor
		if seen[key] || len(out) == 3 {
			continue
		}
		seen[key] = true
		name := tr(v.lang, "b_section")
		style := stylePrimary
		if len(out) > 0 {
			name += " [" + strconv.Itoa(i+1) + "]"
			style = styleSecondary
		}
		out = append(out, button(style, name, v.sign(actSection, strconv.Itoa(i))))
	}
	return out
}

// allQuotes are the quotes of an answer in the order of their numbers.
func allQuotes(a answer.Answer) []answer.Quote {
	if a.Kind != answer.Personal {
		return a.Quotes
	}
	return append(a.Quotes[:len(a.Quotes):len(a.Quotes)], a.Ask...)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// placeMenus are the select menus of countries: as many as they need, since one
// holds 25.
func placeMenus(v view) []component {
	var out []component
	for i := 0; i*maxOptions < len(v.places) && i < 2; i++ {
		part := v.places[i*maxOptions : min((i+1)*maxOptions, len(v.places))]
		label := tr(v.lang, "place_menu")
		if len(v.places) > maxOptions {
			label += " " + part[0].Label + " – " + part[len(part)-1].Label
		}
		out = append(out, row(selectMenu(label, v.sign(actPlace, strconv.Itoa(i)), part)))
	}
	return out
}
