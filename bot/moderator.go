package bot

import (
	"context"
	"strings"
	"time"

	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/store"
	"salve/bot/triage"
)

// previewForModerators shows exactly what would be sent to the moderators. What
// it shows and what sendToModerators sends come from the same function.
func (b *Bot) previewForModerators(ctx context.Context, t *turn, k kept, id string) error {
	if t.settings.ModeratorChannel == "" {
		return t.tell(ctx, "no_moderators")
	}
	if k.question == "" {
		return t.tell(ctx, "expired")
	}
	return t.reply(ctx, newMessage(
		text(tr(t.lang, "send_about")),
		container(colourQuiet, text(forModerators(k, serverLanguage(t), ""))),
		component{Type: compRow, Components: []component{
			button(stylePrimary, tr(t.lang, "b_send"), b.memory.sign(actSend, "", id)),
			button(styleSecondary, tr(t.lang, "b_send_name"), b.memory.sign(actSendName, "", id)),
		}},
	))
}

// sendToModerators posts a question to the moderators' channel, on its owner's
// second click. Without the wish for an answer by name it says nothing of who
// asks.
func (b *Bot) sendToModerators(ctx context.Context, t *turn, k kept, named bool) error {
	who := ""
	if named {
		who = t.in.userID()
	}
	return b.toModerators(ctx, t, forModerators(k, serverLanguage(t), who))
}

func (b *Bot) toModerators(ctx context.Context, t *turn, words string) error {
	if t.settings.ModeratorChannel == "" {
		return t.tell(ctx, "no_moderators")
	}
	key := b.memory.person("to moderators " + t.in.userID())
	if wait := b.limits.take(key, sendMost, sendPer); wait > 0 {
		return t.tell(ctx, "slow_send", "time", duration(t.lang, wait))
	}
	_, err := b.api.send(ctx, t.settings.ModeratorChannel, newMessage(container(colourQuiet, text(words))))
	switch errCode(err) {
	case codeMissingAccess, codeMissingPermissions, codeUnknownChannel:
		return t.tell(ctx, "moderators_closed")
	}
	if err != nil {
		return err
	}
	b.count(ctx, store.Counter{Kind: "sent_to_moderators"})
	m := plain(tr(t.lang, "sent"))
	if t.in.Kind == kindComponent {
		return t.update(ctx, m) // the buttons go, so that nothing is sent twice
	}
	return t.reply(ctx, m)
}

// forModerators words a question for the moderators. who is a user id, or empty
// for a sender who stays unnamed.
func forModerators(k kept, lang, who string) string {
	from := tr(lang, "somebody")
	if who != "" {
		from = "<@" + who + ">" // shows the name; allowed_mentions keeps it from pinging
	}
	out := []string{
		"**" + tr(lang, "mod_title", "who", from) + "**",
		"> " + strings.ReplaceAll(escape(cutRunes(k.question, maxQuestion)), "\n", "\n> "),
		tr(lang, "mod_kind_"+kindKey(k.answer.Kind)),
	}
	for i, q := range allQuotes(k.answer) {
		if i == 6 {
			break
		}
		out = append(out, "- "+clip(label(q.Title, q.Section), 150))
	}
	return strings.Join(out, "\n")
}

func kindKey(k answer.Kind) string {
	switch k {
	case answer.Cited, answer.Choose, answer.Personal:
		return string(k)
	}
	return string(answer.NotCovered)
}

// serverLanguage is the language for messages that are not the reader's alone.
func serverLanguage(t *turn) string {
	if t.settings.Language != "" {
		return t.settings.Language
	}
	return "en"
}

const maxReport = 1000 // characters

// What one person may send to the moderators: enough for who needs them, and too
// little to fill their channel.
const (
	sendMost = 4
	sendPer  = 10 * time.Minute
)

// reportCommand is /report: a form whose words go to the moderators.
func (b *Bot) reportCommand(ctx context.Context, t *turn) error {
	if t.settings.ModeratorChannel == "" {
		if b.cfg.Contact != "" {
			return t.tell(ctx, "report_contact", "contact", b.cfg.Contact)
		}
		return t.tell(ctx, "no_moderators")
	}
	return t.open(ctx, modal{
		CustomID: b.memory.sign(actReport, "", ""), Title: clip(tr(t.lang, "report_title"), maxModalTitle),
		Components: []component{
			text(tr(t.lang, "report_about")),
			input("report", tr(t.lang, "report_label"), tr(t.lang, "report_hint"), maxReport),
		},
	})
}

func (b *Bot) reportSubmitted(ctx context.Context, t *turn, words string) error {
	if strings.TrimSpace(words) == "" {
		return t.tell(ctx, "empty")
	}
	// Words of danger get the card here too. They are still sent: that is what
	// their writer asked for.
	if as, urgent := b.danger(t, asked{text: words}); urgent {
		id := b.memory.keep(kept{owner: t.who, guild: t.in.Guild, assessment: as})
		if err := t.reply(ctx, render(answer.Answer{}, b.urgentView(t, as, answer.Answer{}, triage.Country(t.settings.Country, t.in.Locale), id))); err != nil {
			return err
		}
		_, err := b.api.send(ctx, t.settings.ModeratorChannel, newMessage(container(colourQuiet, text(reportText(t, words)))))
		if err != nil {
			b.log.Warn("a report did not reach the moderators", "err", err)
		}
		return nil // the card stays: an apology would hide it
	}
	return b.toModerators(ctx, t, reportText(t, words))
}

func reportText(t *turn, words string) string {
	return "**" + tr(serverLanguage(t), "mod_report") + "**\n> " +
		strings.ReplaceAll(escape(cutRunes(words, maxReport)), "\n", "\n> ")
}

// help lists the commands and says what Salve is.
func (b *Bot) help(t *turn) message {
	lines := []string{"**Salve** — " + tr(t.lang, "help_intro"), ""}
	for _, c := range []string{"ask", "article", "topic", "verify", "privacy", "report"} {
		lines = append(lines, "`/"+tr(t.lang, "cmd_"+c)+"` "+tr(t.lang, "cmd_"+c+"_about"))
	}
	lines = append(lines, "**"+tr(t.lang, "cmd_find")+"**: "+tr(t.lang, "cmd_find_about"))
	if t.in.manages() {
		lines = append(lines, "`/"+tr(t.lang, "cmd_settings")+"` "+tr(t.lang, "cmd_settings_about"))
	}
	lines = append(lines, "", tr(t.lang, "safety"))
	if b.cfg.Contact != "" {
		lines = append(lines, tr(t.lang, "contact", "contact", b.cfg.Contact))
	}
	return plain(strings.Join(lines, "\n"))
}

// privacy says what is kept, and offers to delete it.
func (b *Bot) privacy(t *turn) message {
	words := tr(t.lang, "privacy", "minutes", int(stateLife.Minutes()), "weeks", store.KeptWeeks, "least", library.LeastShown)
	if b.cfg.Contact != "" {
		words += "\n" + tr(t.lang, "contact", "contact", b.cfg.Contact)
	}
	return newMessage(text(words), row(button(styleDanger, tr(t.lang, "b_forget"), b.memory.sign(actForget, "", ""))))
}

// forgetMine drops everything in memory that belongs to the person, but for the
// count of the questions of the last minutes: forgetting must not lift a limit.
func (b *Bot) forgetMine(ctx context.Context, t *turn) error {
	n := b.memory.forget(t.who)
	return t.tell(ctx, "forgotten", "n", n)
}
