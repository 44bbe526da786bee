package index

import "strings"

// wordSet reads a table of words.
func wordSet(lists ...string) map[string]bool {
	set := make(map[string]bool)
	for _, list := range lists {
		for w := range strings.FieldsSeq(list) {
			set[w] = true
		}
	}
	return set
}

// stopWords are the words that never say what a question is about. They are in
// the form of token.Text, so without apostrophes.
var stopWords = wordSet(functionWords, conversationWords)

// functionWords is the usual English list (the 174 words of the Snowball
// project) with its contractions. The short list of 33 words that search
// engines use by default lets "does", "should" and "my" vote, and on whole
// questions that costs more than any other setting: .061 nDCG@10, measured on
// consumer health questions.
const functionWords = `
a about above after again against all am an and any are arent as at
be because been before being below between both but by
can cannot cant could couldnt did didnt do does doesnt doing dont down during
each few for from further
had hadnt has hasnt have havent having he hed her here heres hers herself him himself his how hows
i id if im in into is isnt it its itself ive
lets me more most mustnt my myself no nor not
of off on once only or other ought our ours ourselves out over own
same shant she should shouldnt so some such
than that thats the their theirs them themselves then there theres these they theyd theyll theyre theyve this those through to too
under until up us very
was wasnt we wed were werent weve what whats when whens where wheres which while who whom whos why whys will with wont would wouldnt
you youd youll your youre yours yourself yourselves youve
also among another around away back became become else ever every however instead just may maybe might much must
never often perhaps quite rather really since sometimes soon still though thus upon whether within without yet`

// conversationWords are what people wrap around a question: greetings, thanks,
// who they ask and that they ask. The part before the blank line was measured
// (+.007 nDCG@10 on whole messages); the rest is the same kind of word as it
// is written in chats.
const conversationWords = `
hi hello hey dear sir madam thank thanks please help regards sincerely
question questions ask asking wonder wondering know tell want wanted like
information info find finding found look looking

hiya howdy heya yo greetings thx ty tysm cheers pls plz plss kindly appreciate appreciated grateful
guys folks yall anyone anybody someone somebody everyone everybody people
ok okay yeah yep yes nope nah lol omg btw imo tbh idk fyi lmao haha
curious hoping hope sorry heard guess suppose thought think thinking
gonna wanna gotta kinda sorta
got get gets getting went going goes go said say says
something anything everything thing things stuff
u ur r im ill dunno cos cuz coz bc tho wat wot
able really actually basically literally simply exactly explain
meh nah yea ya yup nope ngl tbf afaik iirc smh istg jk fr fam bruh bro sis hun mate lads
imho rn atm omfg wtf lowkey highkey deadass legit proper summat owt nowt innit lotta lots
tiktok insta instagram reddit youtube facebook whatsapp google googled forum thread post posted
deffo defo def probs whatsoever anyways somehow somewhere anywhere everywhere
per completely totally properly bit lot loads couple stuff scared scares scary terrified worried worries nervous
mad crazy insane flipping freaking effing honestly story nobody anyway whatever whoever folk point
friggin bloody damn crap hell heck god jeez blimey
dad mum mom mother father sister brother aunt uncle gran grandma nan cousin friend friends neighbour neighbor`

// units let go of the number before them: "20mg", "12yo". "3x" is a number of
// times and "22q" is a piece of a chromosome, so x is here and q is not.
var units = wordSet(`mg mcg ug g kg ng ml dl l cl cc iu ius mm cm m km in ft lb lbs oz st kcal cal
yo y yr yrs year years mo mos month months wk wks w week weeks d day days h hr hrs hour hours min mins sec s
am pm x st nd rd th percent pct`)

// numberedNames are short names of which the number is a part even when a
// space stands between them. A name that is also a word ("be 12", "at 16")
// must not be here.
var numberedNames = wordSet(`il jak tyk easi covid th stat omega cd`)

// orderedWords take a number without making a name of it.
var orderedWords = wordSet(`age aged day days week weeks month months year years phase part step stage grade type
level top post pre sub mid non size dose doses page over class group line part table box`)

// plainLetters spells letters that have no accent to remove.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i",
	'µ': "mc", // micro: "µg" is "mcg"
}

// greekNames spells the Greek letters of Latin texts ("IFN-γ", "β-blocker").
var greekNames = map[rune]string{
	'α': "alpha", 'β': "beta", 'γ': "gamma", 'δ': "delta", 'ε': "epsilon", 'κ': "kappa",
	'λ': "lambda", 'σ': "sigma", 'τ': "tau", 'ω': "omega",
}
