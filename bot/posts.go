package bot

import (
	"context"
	"maps"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/store"
)

// post sends a public message and remembers which passages it quotes: the ids
// of the message and of the passages, and nothing of who asked or what.
//
// It is deferred first because only an edit says which message it became.
func (b *Bot) post(ctx context.Context, t *turn, m message, a answer.Answer) error {
	if err := t.deferred(ctx, false); err != nil {
		return err
	}
	id, err := b.api.edit(ctx, t.in.Token, m)
	if err != nil {
		return err
	}
	p := store.Post{Guild: t.in.Guild, Channel: t.in.Channel, Message: id, At: b.now()}
	for _, q := range allQuotes(a) {
		p.Passages = append(p.Passages, q.Passage)
	}
	if id == "" || p.Guild == "" || len(p.Passages) == 0 {
		return nil
	}
	if err := b.cfg.Store.SavePost(ctx, p); err != nil {
		b.log.Error("a public message could not be remembered", "err", err)
	}
	return nil
}

const (
	// withdrawEvery is how often the store is asked for messages to edit.
	withdrawEvery = 2 * time.Second
	// withdrawWithin bounds the edit of one message, with the waits that Discord
	// asks for. One that takes longer is tried again later.
	withdrawWithin = 30 * time.Second
	// reportWithin is how long a moderator waits to hear what became of the messages.
	reportWithin = time.Minute
)

// A withdrawer is who edits messages at the moment: one at a time, so that what
// became of them can be told.
type withdrawer struct {
	turn chan struct{}     // holds one token
	last map[string]string // what became of messages, by link; guarded by turn
}

func newWithdrawer() withdrawer {
	w := withdrawer{make(chan struct{}, 1), map[string]string{}}
	w.turn <- struct{}{}
	return w
}

// Withdraw edits the public messages that quote what was retracted, here or by
// another process, as soon as it hears of them, until ctx ends. [Bot.Run] does it
// by itself; a bot that only serves [Bot.Handler] calls it beside.
func (b *Bot) Withdraw(ctx context.Context) {
	if b.cfg.Shelf == nil {
		return
	}
	tick := time.NewTicker(withdrawEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.withdraw(ctx)
		}
	}
}

// What became of a public message that was to be edited, by key of the catalogue.
const (
	wasEdited    = "lib_edited"
	wasClosed    = "lib_closed"
	wasDeleted   = "lib_deleted"
	wasUnreached = "lib_unreached" // and is not tried again
	wasLate      = "lib_later"     // and is tried again
)

// withdraw edits the messages that are to be edited, and returns what became of
// those that were lately, by link.
func (b *Bot) withdraw(ctx context.Context) map[string]string {
	select {
	case <-b.withdrawing.turn:
	case <-ctx.Done():
		return nil
	}
	defer func() { b.withdrawing.turn <- struct{}{} }()
	last := b.withdrawing.last
	if len(last) > 1000 {
		clear(last) // nobody waits for so many
	}
	for ctx.Err() == nil {
		list, err := b.cfg.Shelf.Withdrawals(ctx)
		if err != nil && ctx.Err() == nil {
			b.log.Error("the messages that quote what was retracted can't be read; they are tried again", "err", err)
		}
		if len(list) == 0 {
			break
		}
		for _, w := range list {
			was := b.withdrawOne(ctx, w)
			last[w.Link()] = was
			why := ""
			switch was {
			case wasLate:
				continue
			case wasClosed, wasDeleted, wasUnreached:
				why = tr("en", was)
			}
			if err := b.cfg.Shelf.Withdrawn(context.WithoutCancel(ctx), w, why); err != nil {
				b.log.Error("that a message was edited can't be noted; it is edited again", "err", err)
			}
		}
	}
	return maps.Clone(last)
}

// withdrawOne edits a message to say that what it quotes was retracted, when and
// why, and returns what became of it.
func (b *Bot) withdrawOne(ctx context.Context, w store.Withdrawal) string {
	ctx, cancel := context.WithTimeout(ctx, withdrawWithin)
	defer cancel()
	lang := "en"
	if s, err := b.cfg.Store.Settings(ctx, w.Guild); err == nil && s.Language != "" {
		lang = s.Language
	}
	words := tr(lang, "lib_withdrawn", "date", w.Day, "reason", escape(cutRunes(w.Reason, maxReason)))
	err := b.api.change(ctx, w.Channel, w.Message, newMessage(container(colourQuiet, text(words))))
	switch code := errCode(err); {
	case err == nil:
		return wasEdited
	case code == codeMissingAccess, code == codeMissingPermissions:
		return wasClosed
	case code == codeUnknownChannel, code == codeUnknownMessage:
		return wasDeleted
	case w.Tries >= library.WithdrawTries:
		return wasUnreached
	}
	return wasLate
}

// listed is a list of lines that fits a message, with what was left out.
func listed(lines []string) string { return listedWithin(lines, listChars) }

// listedWithin is a list of at most so many characters.
func listedWithin(lines []string, most int) string {
	out := ""
	for i, l := range lines {
		if size(out)+size(l) > most || len(out)+len(l) > 2*most {
			return out + "\n… +" + number(len(lines)-i)
		}
		out += "\n- " + l
	}
	return strings.TrimPrefix(out, "\n")
}
