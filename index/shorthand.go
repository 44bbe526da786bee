package index

import (
	"regexp"
	"strings"
)

// shorthand is how people type everyday words in chats, and clinicians in
// notes, in the form of token.Text. It stands before spelling: "wen" is one slip
// from "men" and from "when", but always means the second. A word that means
// something else in half of the cases has no place here.
var shorthand = readShorthand(`
wen when
wat what
wats what is
wut what
wot what
wich which
witch which
wud would
cud could
shud should
shoud should
duz does
dnt dont
wanna want to
gonna going to
tru true
str8 straight
b4 before
befor before
4ever forever
2moro tomorrow
tmrw tomorrow
nite night
rly really
rlly really
v versus
vs versus
w with
wo without
n and
ppl people
pts patients
pt patient
doc doctor
docs doctors
dr doctor
derm dermatologist
derms dermatologists
lil little
kiddo child
bub baby
bubba baby
brit british
brits british
yank american
temp temperature
meds medicines
med medicine
scrip prescription
freq frequent
conc concentration
prev prevalence
incid incidence
surv surveillance
mod moderate
sev severe
approx about
min minimum
max maximum
mins minutes
hrs hours
hr hour
wk week
wks weeks
mo month
mos months
mths months
yr year
yrs years
yo year old
appt appointment
info information
pic picture
pics pictures
tx treatment
dx diagnosis
hx history
fx side effects
ae side effect
aes side effects
sae serious side effect
saes serious side effects
si serious infection
sis serious infections
ca cancer
abx antibiotics
bd twice a day
bid twice a day
qd once a day
od once a day
tds three times a day
preg pregnant
preggers pregnant
bf breastfeeding
contra contraindication
ci contraindication
cis contraindications
rec recommendation
recs recommendations
rct trial
rcts trials
pop population
dur duration
monit monitoring
paeds children
peds children
ped child
pedi child
cr cream
crm cream
creme cream
oint ointment
tab tablet
tabs tablets
inj injection
eys eyes
ichy itchy
comon common
hart heart
atack attack
meny many
efect effect
efects effects
sines signs
hormoan hormone
tablit tablet
no1 nobody
ov of
wiv with
haz has
luv love
sux bad
knackerd knackered
efx side effects
ses side effects
eh eczema herpeticum
lv live vaccine
ddi interaction
dc stop
smth something
smt something
thru through
bout about
doin doing
hows how is
pjs pyjamas
inh inhibitor
resp response
lte long term
isr injection site reaction
conj conjunctivitis
perf perforation
h2h versus
neuts neutrophils
lymphs lymphocytes
plts platelets
plt platelets
moa mechanism
incl including
excl excluding
gotta have to
lemme let me
gimme give me
cuppa tea
preschoolers preschool children
nappy diaper
`)

func readShorthand(table string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(table) {
		if short, long, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			out[short] = strings.Fields(long)
		}
	}
	return out
}

// glued is a name and a number written as one: "wk16", "upa30", "easi75".
var glued = regexp.MustCompile(`^(wk|w|week|upa|abro|bari|rux|rinvoq|cibinqo|olumiant)(\d{1,3})$`)

// unglue splits such words.
func unglue(toks []token) []token {
	var out []token
	for i, t := range toks {
		m := glued.FindStringSubmatch(t.Text)
		if m == nil {
			if out != nil {
				out = append(out, t)
			}
			continue
		}
		if out == nil {
			out = append(make([]token, 0, len(toks)+4), toks[:i]...)
		}
		name := m[1]
		if name == "w" || name == "wk" {
			name = "week"
		}
		for _, w := range []string{name, m[2]} {
			out = append(out, token{Text: w, Stem: stem(w), Start: t.Start, End: t.End, Stop: stopWords[w]})
		}
	}
	if out == nil {
		return toks
	}
	return out
}

// expand writes shorthand out. The words keep the place of what they stand for.
func expand(toks []token) []token {
	toks = unglue(toks)
	for i, t := range toks {
		if _, ok := shorthand[t.Text]; ok {
			out := append([]token(nil), toks[:i]...)
			for _, t := range toks[i:] {
				words, ok := shorthand[t.Text]
				if !ok {
					out = append(out, t)
					continue
				}
				for _, w := range words {
					out = append(out, token{Text: w, Stem: stem(w), Start: t.Start, End: t.End, Stop: stopWords[w]})
				}
			}
			return out
		}
	}
	return toks
}
