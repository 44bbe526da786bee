package bot

import (
	"context"
	"strings"

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

// withdraw edits the public messages that quote what was retracted. It returns
// a line on each that could not be edited.
func (b *Bot) withdraw(ctx context.Context, t *turn, r library.Reach, reason string) (edited, left []string) {
	day := b.now().UTC().Format("2006-01-02")
	for _, p := range r.Posts {
		lang := "en"
		if s, err := b.cfg.Store.Settings(ctx, p.Guild); err == nil && s.Language != "" {
			lang = s.Language
		}
		words := tr(lang, "lib_withdrawn", "date", day, "reason", escape(cutRunes(reason, maxReason)))
		link := "https://discord.com/channels/" + p.Guild + "/" + p.Channel + "/" + p.Message
		err := b.api.change(ctx, p.Channel, p.Message, newMessage(container(colourQuiet, text(words))))
		why := "lib_unreached"
		switch errCode(err) {
		case codeMissingAccess, codeMissingPermissions:
			why = "lib_closed"
		case codeUnknownChannel, codeUnknownMessage:
			why = "lib_deleted"
		}
		if err == nil {
			edited = append(edited, link)
		} else {
			left = append(left, link+" "+tr(t.lang, why))
		}
	}
	return edited, left
}

// listed is a list of lines that fits a message, with what was left out.
func listed(lines []string) string {
	out := ""
	for i, l := range lines {
		if size(out)+size(l) > listChars || len(out)+len(l) > listBytes {
			return out + "\n… +" + number(len(lines)-i)
		}
		out += "\n- " + l
	}
	return strings.TrimPrefix(out, "\n")
}
