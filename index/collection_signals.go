package index

// The signals that rank a document, each 0 to 1. The question's mass is the
// weight times idf of its terms, added up.
const (
	sigPassage   = iota // best passage with the names and the title around it, over the best of all
	sigNames            // BM25 in the names, over what the question's mass could give
	sigNamePart         // how much of the name that it covers best the question covers
	sigNameMass         // how much of the question's mass that name covers
	sigNameBoth         // the product
	sigNameUnion        // how much of the question's mass all names together cover
	sigTitlePart        // how much of the title the question covers
	sigTitleMass        // how much of the question's mass the title covers
	sigPairs            // mass of neighbours in the question that are neighbours in the body
	sigClass            // something asked for is what the document tells
	numSignals
)

var signalNames = [numSignals]string{"passage", "names", "name part", "name mass", "name both", "name union",
	"title part", "title mass", "pairs", "class"}

// SignalNames returns what the signals of a Candidate are called.
func SignalNames() []string { return signalNames[:] }

type signals [numSignals]float64

// signals looks at the documents found for a question, the best first.
func (c *Collection) signals(a askedFor, found []match) []signals {
	out := make([]signals, len(found))
	if len(found) == 0 {
		return out
	}
	evs := c.e.evidence(a.terms, found)
	// A very long question may find a document by its lightest terms alone, at
	// which evidence does not look: then the best passage would be 0.
	bestPassage, mass := 1e-9, c.massOf(a, ^uint64(0))
	for i := range evs {
		bestPassage = max(bestPassage, evs[i].Passage)
	}
	for i, m := range found {
		ev, s := &evs[i], &out[i]
		s[sigPassage] = ev.Passage / bestPassage
		s[sigNames] = ev.Field[fieldNames] / (mass * (c.e.opts.K1 + 1))
		s[sigNamePart] = ev.Name.Part
		s[sigNameMass] = ev.Name.Mass / mass
		s[sigNameBoth] = ev.Name.Part * ev.Name.Mass / mass
		s[sigNameUnion] = c.massOf(a, ev.Hit[fieldNames]) / mass
		s[sigTitlePart] = ev.Title.Part
		s[sigTitleMass] = ev.Title.Mass / mass
		s[sigPairs] = c.massOf(a, ev.Pairs) / mass
		if a.class&questionClass(c.e.doc(m.Doc).Tag)&^classInformation != 0 {
			s[sigClass] = 1
		}
	}
	return out
}

// massOf adds up weight times idf of a set of terms.
func (c *Collection) massOf(a askedFor, set uint64) (mass float64) {
	for i, t := range a.terms[:min(len(a.terms), maxEvidenceTerms)] {
		if set&(1<<i) != 0 {
			mass += t.Weight * c.e.idf(t.Term)
		}
	}
	return mass
}
