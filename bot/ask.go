package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
)

const (
	// answerWithin bounds one answer. The composer takes milliseconds; a slow one
	// must not hold a worker for long.
	answerWithin = 10 * time.Second
	// maxQuestion is the length of a question in characters, told to Discord for
	// the option and checked here for the other ways a question comes.
	maxQuestion = 1000
)

// askCommand is /ask.
func (b *Bot) askCommand(ctx context.Context, t *turn) error {
	share, given := t.in.flag("share")
	public := t.settings.Public
	if given {
		public = share
	}
	return b.ask(ctx, t, asked{text: t.in.text("question"), public: public && b.mayShare(t)})
}

// find is the message command: the library is searched for the words of a
// message. The reply is private, whatever the server's default: its reader did
// not write the message.
func (b *Bot) find(ctx context.Context, t *turn) error {
	words := strings.TrimSpace(t.in.targetText())
	if words == "" {
		return t.tell(ctx, "no_words")
	}
	return b.ask(ctx, t, asked{text: words, elsewhere: true})
}

// asked is a question with where it came from.
type asked struct {
	text     string
	previous []string
	public   bool
	// elsewhere says that the words are another person's: whoever looks them up
	// is not the one in danger.
	elsewhere bool
}

// ask answers a question: danger first, then limits, then the queue, and the
// search last.
func (b *Bot) ask(ctx context.Context, t *turn, a asked) error {
	a.text = strings.TrimSpace(a.text)
	// The end of a long text is left out of the search, not of the danger check.
	if as, urgent := b.danger(t, a); urgent {
		return b.urgent(ctx, t, a, as)
	}
	if a.text == "" {
		return t.tell(ctx, "empty")
	}
	if wait, server := b.limited(t); wait > 0 {
		key := "slow_person"
		if server {
			key = "slow_server"
		}
		return t.tell(ctx, key, "time", duration(t.lang, wait))
	}
	if !b.lane.enter() {
		return t.tell(ctx, "busy")
	}
	defer b.lane.leave()
	if err := t.deferred(ctx, !a.public); err != nil {
		return err
	}
	var ans answer.Answer
	var err error
	if wait := b.lane.run(ctx, func() { ans, err = b.answer(ctx, t, a) }); wait != nil {
		return wait
	}
	if err != nil {
		b.count(ctx, store.Counter{Kind: "failed"})
		return err
	}
	b.countAnswer(ctx, ans)
	b.countByWeek(ctx, t, a, ans)
	if a.public {
		return b.post(ctx, t, b.present(t, a, ans), ans)
	}
	return t.reply(ctx, b.present(t, a, ans))
}

// answer asks the answerer. Its error may quote the question, so it is not
// passed on.
func (b *Bot) answer(ctx context.Context, t *turn, a asked) (answer.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	q := answer.Question{Text: cutRunes(a.text, maxQuestion), Previous: a.previous, Locale: t.in.Locale, Country: t.settings.Country, Server: t.in.Guild}
	ans, err := b.cfg.Answerer.Answer(ctx, q)
	if err != nil {
		if ctx.Err() != nil {
			return ans, errors.New("bot: the answer took too long")
		}
		return ans, errors.New("bot: the answerer failed")
	}
	return ans, nil
}

// present keeps what the buttons need and renders the answer.
func (b *Bot) present(t *turn, a asked, ans answer.Answer) message {
	k := kept{owner: t.who, guild: t.in.Guild, question: a.text, previous: a.previous, answer: ans}
	if a.elsewhere {
		k.question = "" // another person's words are not kept, and not sent on
	}
	id := b.memory.keep(k)
	return render(ans, view{
		lang:   t.lang,
		public: a.public,
		canAsk: t.settings.ModeratorChannel != "" && !a.elsewhere,
		share:  !a.public && b.mayShare(t),
		sign:   b.signer(id, ans),
	})
}

// mayShare reports whether answers may be public in this channel.
func (b *Bot) mayShare(t *turn) bool {
	if !t.in.installed() {
		return false // a direct message, or a server whose moderators did not ask for the bot
	}
	open := t.settings.PublicChannels
	if len(open) == 0 {
		return true
	}
	for _, c := range open {
		if c == t.in.Channel || c == t.in.Where.Parent {
			return true
		}
	}
	return false
}

// limited takes one question of the person's and the server's allowance. It
// returns how long to wait when there is none, and whether the server's is spent.
func (b *Bot) limited(t *turn) (wait time.Duration, server bool) {
	if wait := b.limits.take(t.who, orDefault(t.settings.PerPerson, personDefault), personPer); wait > 0 {
		return wait, false
	}
	if t.in.Guild == "" {
		return 0, false
	}
	key := b.memory.person("server " + t.in.Guild)
	return b.limits.take(key, orDefault(t.settings.PerServer, serverDefault), serverPer), true
}

func orDefault(n, d int) int {
	if n <= 0 {
		return d
	}
	return n
}

// countAnswer counts the kind of an answer and the passages shown.
func (b *Bot) countAnswer(ctx context.Context, a answer.Answer) {
	b.count(ctx, store.Counter{Kind: string(a.Kind)})
	for _, q := range allQuotes(a) {
		b.count(ctx, store.Counter{Kind: "shown", Passage: q.Passage})
	}
}

// count adds to a total. A total that cannot be kept is no reason to fail.
func (b *Bot) count(ctx context.Context, c store.Counter) {
	if err := b.cfg.Store.Count(ctx, c); err != nil {
		b.log.Error("a total could not be kept", "err", err)
	}
}

// duration says a waiting time in words, rounded up.
func duration(lang string, d time.Duration) string {
	if d <= 90*time.Second {
		return tr(lang, "seconds", "n", int((d+time.Second-1)/time.Second))
	}
	return tr(lang, "minutes", "n", int((d+time.Minute-1)/time.Minute))
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
