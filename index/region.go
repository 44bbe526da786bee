package index

import "strings"

// regionWords are words that place a question, by region of the library.
var regionWords = map[string]string{
	"usa": "US", "america": "US", "american": "US", "americans": "US", "fda": "US", "stateside": "US", "uspi": "US", "medicare": "US", "medicaid": "US",
	"uk": "UK", "britain": "UK", "british": "UK", "england": "UK", "english": "UK", "scotland": "UK", "wales": "UK", "nhs": "UK", "mhra": "UK",
	"eu": "EU", "europe": "EU", "european": "EU", "ema": "EU", "prac": "EU", "chmp": "EU",
	"japan": "JP", "japanese": "JP", "canada": "CA", "canadian": "CA", "australia": "AU", "australian": "AU", "tga": "AU", "zealand": "NZ",
}

// usBefore are the words after which "us" is a country: "in the us".
var usBefore = wordSet("the in across inside within")

// The National Institute for Health and Care Excellence and the word "nice" are
// written alike in chats: before or after these words it is no institute.
var (
	niceAfter  = wordSet("a is are was be so very really how more quite too as sounds looks feels")
	niceBefore = wordSet("to and but day one people person thanks if that cream face skin smell")
)

func isNICE(toks []token, i int) bool {
	return !(i > 0 && niceAfter[toks[i-1].Text]) && !(i+1 < len(toks) && niceBefore[toks[i+1].Text])
}

// regionsIn returns the regions that a sentence names.
func regionsIn(sentence string, toks []token) []string {
	var out []string
	for i, t := range toks {
		if r, ok := regionWords[t.Text]; ok {
			out = appendNew(out, r)
			continue
		}
		raw := ""
		if t.End <= len(sentence) && t.Start < t.End {
			raw = sentence[t.Start:t.End]
		}
		switch {
		case t.Text == "nice" && (raw == "NICE" || isNICE(toks, i)):
			out = appendNew(out, "UK")
		case t.Text == "us" && (raw == "US" || i > 0 && usBefore[toks[i-1].Text] && (i+1 == len(toks) || i > 1)):
			out = appendNew(out, "US")
		case t.Text == "states" && i > 0 && (toks[i-1].Text == "the" || toks[i-1].Text == "united"):
			out = appendNew(out, "US")
		}
	}
	if strings.Contains(sentence, "U.S.") {
		out = appendNew(out, "US")
	}
	return out
}

// countryRegions places a country in a region of the library. The United
// Kingdom and the European Economic Area have labels of their own.
var countryRegions = map[string]string{
	"US": "US", "GB": "UK", "UK": "UK", "JP": "JP", "CA": "CA", "AU": "AU", "NZ": "NZ",
	"AT": "EU", "BE": "EU", "BG": "EU", "HR": "EU", "CY": "EU", "CZ": "EU", "DK": "EU", "EE": "EU", "FI": "EU",
	"FR": "EU", "DE": "EU", "GR": "EU", "HU": "EU", "IE": "EU", "IT": "EU", "LV": "EU", "LT": "EU", "LU": "EU",
	"MT": "EU", "NL": "EU", "PL": "EU", "PT": "EU", "RO": "EU", "SK": "EU", "SI": "EU", "ES": "EU", "SE": "EU",
	"NO": "EU", "IS": "EU", "LI": "EU",
}

// readerRegion returns the region of the reader: the country when set, else that
// of a locale which proves one. "en-US" proves nothing: it is what Discord sets
// when nobody chose.
func readerRegion(country, locale string) string {
	if country != "" {
		return countryRegions[strings.ToUpper(country)]
	}
	if locale == "en-US" {
		return ""
	}
	if _, c, ok := strings.Cut(locale, "-"); ok {
		return countryRegions[strings.ToUpper(c)]
	}
	switch locale {
	case "fr", "de", "it", "nl", "pl", "da", "fi", "el", "hu", "cs", "ro", "bg", "hr", "lt", "no":
		return "EU"
	case "ja":
		return "JP"
	}
	return ""
}
