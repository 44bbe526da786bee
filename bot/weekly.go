package bot

import (
	"context"
	"time"

	"salve/bot/library"
)

const (
	// noteHour is when the weekly note is sent on Mondays, in UTC: early in the
	// working day of Europe and the last hours of Sunday in the Americas, when
	// moderators plan their week.
	noteHour = 9
	// noteLate is how late a note is still sent, by a bot that was not running.
	noteLate = 24 * time.Hour
	// noteLook is how often the bot looks whether a note is due, at least: a
	// machine's clock may be set, and a laptop sleeps.
	noteLook = time.Hour
	// noteWithin bounds the sending of one note; a stop waits for it.
	noteWithin = stopWithin
)

// noteTime is when the notes of the week of t are sent.
func noteTime(t time.Time) time.Time {
	t = t.UTC()
	monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	return time.Date(monday.Year(), monday.Month(), monday.Day(), noteHour, 0, 0, 0, time.UTC)
}

// WeeklyNotes sends the weekly notes when they are due, and forgets at midnight who
// was counted, until ctx ends. [Bot.Run] does it by itself; a bot that only serves
// [Bot.Handler] calls it beside.
func (b *Bot) WeeklyNotes(ctx context.Context) {
	if b.cfg.Shelf == nil {
		return // nothing is counted
	}
	for {
		b.today.forget()
		b.sendNotes(ctx)
		if sleep(ctx, untilNext(b.now())) != nil {
			return
		}
	}
}

// untilNext is the time until there may be something to do: the note, midnight, or
// another look.
func untilNext(now time.Time) time.Duration {
	note := noteTime(now)
	if !now.Before(note) {
		note = noteTime(now.AddDate(0, 0, 7))
	}
	midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	return min(note.Sub(now), midnight.Sub(now), noteLook)
}

// sendNotes sends the notes that are due. Each is claimed before it is sent, so
// that it is sent at most once whatever happens, by whichever process comes first.
func (b *Bot) sendNotes(ctx context.Context) {
	defer b.recovered("weekly note")
	now := b.now()
	if late := now.Sub(noteTime(now)); late < 0 || late >= noteLate {
		return
	}
	for ctx.Err() == nil {
		guild, err := b.cfg.Store.NextNote(ctx, now)
		if err != nil {
			b.log.Error("whether a weekly note is due could not be read", "err", err)
			return
		}
		if guild == "" {
			return
		}
		b.sendNote(ctx, guild, now)
	}
}

// sendNote sends a server's note, if there is something to say. Why it could not
// be sent is kept for /library status; it is not tried again before next week.
func (b *Bot) sendNote(ctx context.Context, guild string, now time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	s, err := b.cfg.Store.Settings(ctx, guild)
	if err != nil || s.ModeratorChannel == "" {
		return
	}
	scope := guild
	if guild == b.cfg.Home {
		scope = ""
	}
	d, err := b.cfg.Shelf.Digest(ctx, scope, now.AddDate(0, 0, -7))
	if err != nil {
		b.log.Error("a weekly note could not be written", "err", err)
		return
	}
	if d.Empty() {
		return
	}
	lang := orElse(s.Language, "en")
	_, err = b.api.send(ctx, s.ModeratorChannel, plain(tr(lang, "note_title", "n", library.LeastShown)+digestText(d, lang)))
	problem := ""
	switch errCode(err) {
	case codeMissingAccess, codeMissingPermissions:
		problem = "closed"
	case codeUnknownChannel:
		problem = "gone"
	default:
		if err != nil {
			problem = "failed"
		}
	}
	if err != nil {
		b.log.Warn("a weekly note was not sent", "err", err)
	}
	if err := b.cfg.Store.EndNote(ctx, guild, problem); err != nil {
		b.log.Error("how a weekly note ended could not be kept", "err", err)
	}
}

// noteProblem says, under /library status, why the last weekly note could not be
// sent; "" when it was, or when none is wanted.
func (b *Bot) noteProblem(ctx context.Context, t *turn) string {
	if !t.settings.WeeklyNote {
		return ""
	}
	problem, err := b.cfg.Store.NoteProblem(ctx, t.in.Guild)
	key := map[string]string{"closed": "note_closed", "gone": "note_gone", "failed": "note_failed"}[problem]
	if err != nil || key == "" {
		return "" // the status is more than this line of it
	}
	return "\n" + tr(t.lang, key)
}
