package bot

import (
	"context"
	"fmt"
	"time"
)

// settingsWithin bounds the wait for a server's settings: they stand before the
// card of an urgent message, which must not wait for a slow disk.
const settingsWithin = 500 * time.Millisecond

// route sends an interaction to its handler.
func (b *Bot) route(ctx context.Context, t *turn) error {
	if g := t.in.Guild; g != "" {
		within, cancel := context.WithTimeout(ctx, settingsWithin)
		s, err := b.cfg.Store.Settings(within, g)
		cancel()
		if err != nil {
			// The settings only narrow what is public: without them all is private.
			b.log.Error("a server's settings could not be read", "err", err)
		}
		t.settings = s
	}
	switch t.in.Kind {
	case kindCommand:
		return b.command(ctx, t)
	case kindAutocomplete:
		return t.choices(ctx, b.suggest(t))
	case kindComponent:
		return b.component(ctx, t)
	case kindModal:
		return b.submitted(ctx, t)
	}
	return fmt.Errorf("bot: interaction type %d is not known", t.in.Kind)
}

func (b *Bot) command(ctx context.Context, t *turn) error {
	if t.in.Data.Type == commandOnMessage {
		return b.find(ctx, t)
	}
	switch t.in.Data.Name {
	case "ask":
		return b.askCommand(ctx, t)
	case "article":
		return b.articleCommand(ctx, t)
	case "topic":
		return b.topicCommand(ctx, t)
	case "verify":
		return b.verifyCommand(ctx, t)
	case "help":
		return t.reply(ctx, b.help(t))
	case "privacy":
		return t.reply(ctx, b.privacy(t))
	case "report":
		return b.reportCommand(ctx, t)
	case "library":
		return b.libraryCommand(ctx, t)
	case "settings":
		return b.settingsCommand(ctx, t)
	}
	return t.tell(ctx, "unknown_command")
}
