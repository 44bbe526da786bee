package index

import "strings"

// A questionClass is a set of things that a health question asks for or that a
// text tells: bit i is questionClasses[i].
type questionClass uint32

// questionClasses are the things people ask about a condition or a medicine,
// each with the words that say so, in questions as in headings. A word may
// speak for several. They are the usual headings of patient information (NLM's
// A.D.A.M. encyclopedia, drug leaflets) and everyday words for them; they were
// written down before measuring and not tuned to any set of questions.
var questionClasses = []struct{ name, words string }{
	{"information", `definition define meaning information info overview basics about describe explain summary learn`},
	{"symptoms", `symptom sign feel feels look looks present manifestation features`},
	{"causes", `cause causes caused causing why reason reasons due lead leads trigger triggers aggravate source origin catch contagious spread transmitted transmission infectious`},
	{"treatment", `treatment treat treats treated treating therapy therapies cure cures medicine medicines medication medications drug drugs
remedy remedies relief relieve surgery surgical operation manage management control help helps heal rid prescribe alternative`},
	{"inheritance", `inherit inherited inheritance hereditary genetic genetics gene genes passed pass carrier family familial runs chromosome mutation mutations dna`},
	{"tests", `diagnose diagnosed diagnosis diagnostic diagnoses test tests testing tested exam exams scan scans detect detected detection screening
screen biopsy differentiate distinguish check confirm`},
	{"prevention", `prevent prevents prevented prevention preventing avoid avoided avoiding protect vaccine vaccination vaccinated immunization`},
	{"outlook", `outlook prognosis expectancy survive survival recover recovery progress progresses progression worse permanent
future die death fatal last lasts expect expected`},
	{"complications", `complication complications effects damage consequence consequences`},
	{"risk", `risk risks susceptible susceptibility prone likely chance chances odds affected`},
	{"frequency", `common rare frequency prevalence incidence many statistics number`},
	{"side effects", `side effect effects adverse reaction reactions`},
	{"use", `dose doses dosage dosing usage used use take taken taking administer administered indication indicated prescribed tablet
tablets pill pills mg forget missed evening morning bedtime bed`},
	{"safety", `safe safely safety interact interaction interactions combine mix mixing together contraindication contraindicated precaution precautions
warning warnings allergic allergy harm harmful danger dangerous alcohol wine pregnant breastfeeding special`},
	{"storage", `store stored storage refrigerate refrigerated refrigerator dispose disposal expired expire expires discard unopened`},
	{"diet", `diet dietary food foods eat eating drink nutrition meal gluten`},
	{"help", `doctor call contact professional specialist specialize emergency urgent normal overdose see worry`},
	{"support", `support group groups organization organizations resources living coping`},
	{"research", `research trial trials study studies clinical`},
}

// classInformation is the class of a text about its subject as a whole.
const classInformation questionClass = 1

// classWords maps the stem of each word of questionClasses to its classes.
var classWords = func() map[string]questionClass {
	m := make(map[string]questionClass)
	for i, c := range questionClasses {
		for w := range strings.FieldsSeq(c.words) {
			m[stem(w)] |= 1 << i
		}
	}
	return m
}()

// classOf returns what a text asks for, judging by single words. A text with no
// such word is about its subject as a whole.
func classOf(text string) (set questionClass) {
	for _, t := range tokenize(text) {
		set |= classWords[t.Stem]
	}
	return set
}
