package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"salve/bot/library"
)

const (
	// libraryWithin bounds one piece of work: an interaction's token lives 15
	// minutes, and its end must still be told.
	libraryWithin = 12 * time.Minute
	// progressEvery is how often the progress of a preview is shown at most.
	progressEvery = 2 * time.Second
	maxArticle    = 4000 // characters of an article in a form: Discord's limit
	maxReason     = 300  // characters
	maxListed     = 2800 // characters of a list in a reply, and of the beginning of an article
)

// librarySubs are the subcommands of /library.
func librarySubs() []*discordgo.ApplicationCommandOption {
	sub := func(name string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
		key := "cmd_library_" + name
		return &discordgo.ApplicationCommandOption{Type: discordgo.ApplicationCommandOptionSubCommand, Name: name, NameLocalizations: locales(key),
			Description: tr("en", key+"_about"), DescriptionLocalizations: locales(key + "_about"), Options: options}
	}
	article := func() *discordgo.ApplicationCommandOption {
		return required(auto(long(opt("article", discordgo.ApplicationCommandOptionString), maxChoiceText)))
	}
	return []*discordgo.ApplicationCommandOption{
		sub("status"), sub("list"), sub("show", article()), sub("add", opt("file", discordgo.ApplicationCommandOptionAttachment)),
		sub("edit", article(), opt("file", discordgo.ApplicationCommandOptionAttachment)), sub("remove", article()),
		sub("discard"), sub("check"), sub("preview"), sub("approve"), sub("publish"), sub("reindex"), sub("history"),
		sub("rollback", required(between(opt("version", discordgo.ApplicationCommandOptionInteger), 1, 1e6))),
		sub("retract", article(), required(long(opt("reason", discordgo.ApplicationCommandOptionString), maxReason))),
		sub("judged", long(opt("add", discordgo.ApplicationCommandOptionString), maxWords),
			choices(opt("expect", discordgo.ApplicationCommandOptionString), library.Expectations...),
			long(opt("words", discordgo.ApplicationCommandOptionString), maxWords),
			auto(long(opt("remove", discordgo.ApplicationCommandOptionString), maxWords))),
		sub("due"), sub("gaps"), sub("audit"), sub("export"),
	}
}

// moderates reports whether the member may change the library of the server. It
// is asked at every interaction: roles are taken back, and Discord's command
// permissions do not cover buttons and forms.
func (t *turn) moderates() bool {
	return t.in.installed() && (t.in.manages() || t.settings.ModeratorRole != "" && slices.Contains(t.in.Member.Roles, t.settings.ModeratorRole))
}

// scope is the library that the server's moderators keep.
func (b *Bot) scope(t *turn) string {
	if t.in.Guild == b.cfg.Home {
		return ""
	}
	return t.in.Guild
}

// refusedLibrary returns the key of why the member may not use /library, or "".
func (b *Bot) refusedLibrary(t *turn) string {
	switch {
	case b.cfg.Shelf == nil:
		return "lib_off"
	case !t.moderates():
		return "lib_denied"
	}
	return ""
}

func (b *Bot) actor(t *turn) library.Actor {
	return b.cfg.Shelf.Actor(orElse(t.in.Member.User.Name, "moderator"), t.in.userID())
}

// libraryCommand is /library.
func (b *Bot) libraryCommand(ctx context.Context, t *turn) error {
	if why := b.refusedLibrary(t); why != "" {
		return t.tell(ctx, why)
	}
	slug := strings.TrimSpace(t.in.text("article"))
	switch t.in.Data.Sub {
	case "add", "edit":
		if file, ok := t.in.attachment("file"); ok {
			return b.articleAttached(ctx, t, file, t.in.Data.Sub == "edit", slug)
		}
		if t.in.Data.Sub == "add" {
			return t.open(ctx, b.articleForm(t, "", nil))
		}
		return b.openArticle(ctx, t, slug)
	}
	return b.atWork(ctx, t, func(ctx context.Context) (message, error) { return b.libraryDone(ctx, t, slug) })
}

// libraryDone does what a subcommand asks, and shows what came of it.
func (b *Bot) libraryDone(ctx context.Context, t *turn, slug string) (message, error) {
	s, scope, by := b.cfg.Shelf, b.scope(t), b.actor(t)
	var words string
	var err error
	switch sub := t.in.Data.Sub; sub {
	case "status", "list", "check", "history", "due", "audit":
		return b.list(ctx, t, sub, "")
	case "judged":
		if !t.in.has("add") && !t.in.has("remove") {
			return b.list(ctx, t, sub, "")
		}
		words, err = b.judgedText(ctx, t)
	case "gaps":
		words, err = b.gapsText(ctx, t)
	case "show":
		return b.shownArticle(ctx, t, slug)
	case "preview":
		return b.previewed(ctx, t)
	case "approve":
		return b.agreed(ctx, t, actApprove, "")
	case "publish":
		return b.agreed(ctx, t, actPublish, "")
	case "retract":
		return b.retracted(ctx, t, slug, t.in.text("reason"))
	case "export":
		raw, err := s.Export(ctx, scope)
		if err != nil {
			return message{}, err
		}
		return t.attach(plain(tr(t.lang, "lib_file")), upload{"library.zip", raw}), nil
	case "remove":
		words, err = tr(t.lang, "lib_removed", "article", escape(slug)), s.Remove(ctx, scope, by, slug)
	case "discard":
		words, err = tr(t.lang, "lib_discarded"), s.Discard(ctx, scope, by)
	case "reindex":
		if scope != "" {
			return plain(tr(t.lang, "lib_not_home")), nil
		}
		if _, err := s.Reindex(ctx, by); err != nil {
			return message{}, err
		}
		return b.list(ctx, t, "status", "")
	case "rollback":
		var n int
		n, err = s.Rollback(ctx, scope, by, t.in.number("version"))
		words = tr(t.lang, "lib_published", "n", n)
	default:
		words = tr(t.lang, "unknown_command")
	}
	return plain(words), err
}

// atWork defers the reply, does the work, and shows what came of it. What the
// library refuses is a sentence for the moderator.
func (b *Bot) atWork(ctx context.Context, t *turn, f func(ctx context.Context) (message, error)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), libraryWithin)
	defer cancel()
	if err := t.deferred(ctx, true); err != nil {
		return err
	}
	m, err := f(ctx)
	if err != nil {
		m = b.wrong(t, err)
	}
	return t.reply(ctx, m)
}

// libraryButton is Publish or Approve under a preview.
func (b *Bot) libraryButton(ctx context.Context, t *turn, action, candidate string) error {
	if why := b.refusedLibrary(t); why != "" {
		return t.tell(ctx, why)
	}
	return b.atWork(ctx, t, func(ctx context.Context) (message, error) { return b.agreed(ctx, t, action, candidate) })
}

// agreed approves or publishes a candidate; the last one previewed when it is
// empty.
func (b *Bot) agreed(ctx context.Context, t *turn, action, candidate string) (message, error) {
	scope := b.scope(t)
	if candidate == "" {
		s, err := b.cfg.Shelf.Status(ctx, scope)
		if err != nil {
			return message{}, err
		}
		if candidate = s.Preview; candidate == "" {
			return plain(tr(t.lang, "lib_preview_first")), nil
		}
	}
	if action == actApprove {
		if err := b.cfg.Shelf.Approve(ctx, scope, b.actor(t), candidate); err != nil {
			return message{}, err
		}
		return plain(tr(t.lang, "lib_approved")), nil
	}
	n, err := b.cfg.Shelf.Publish(ctx, scope, b.actor(t), candidate, "")
	if err != nil {
		return message{}, err
	}
	return plain(tr(t.lang, "lib_published", "n", n)), nil
}

// retracted takes an article or a passage out of answers, and the public
// messages that quote it with it.
func (b *Bot) retracted(ctx context.Context, t *turn, ref, reason string) (message, error) {
	r, err := b.cfg.Shelf.Retract(ctx, b.scope(t), b.actor(t), ref, reason)
	if err != nil && r.Version == 0 {
		return message{}, err
	}
	if err != nil { // it is retracted; some server's readers may not be served it yet
		b.log.Error("what was retracted is not served everywhere yet; it is tried again", "err", err)
	}
	within, cancel := context.WithTimeout(ctx, reportWithin)
	defer cancel()
	became := b.withdraw(within)
	var edited, left []string
	for _, p := range r.Posts {
		switch was := orElse(became[p.Link()], wasLate); was {
		case wasEdited:
			edited = append(edited, p.Link())
		default:
			left = append(left, p.Link()+" "+tr(t.lang, was))
		}
	}
	words := []string{tr(t.lang, "lib_retracted", "n", len(r.Passages)), tr(t.lang, "lib_reached", "n", len(edited))}
	if len(r.Posts) > 0 {
		words = append(words, listed(append(left, edited...)))
	}
	return plain(strings.Join(words, "\n")), nil
}

// shelfCandidates are the articles of the library that the moderators keep.
func (b *Bot) shelfCandidates(t *turn) []candidate {
	if b.refusedLibrary(t) != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackBy)
	defer cancel()
	list, err := b.cfg.Shelf.List(ctx, b.scope(t))
	if err != nil {
		return nil // nothing to suggest is an answer
	}
	var out []candidate
	for _, a := range list {
		out = append(out, candidate{value: a.Slug, title: orElse(oneLine(a.Title), a.Slug), names: []string{a.Slug}})
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }
