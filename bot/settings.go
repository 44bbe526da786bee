package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salve/bot/store"
)

// maxPublicChannels bounds the list that /settings shows.
const maxPublicChannels = 50

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// settingsCommand is /settings: without options it shows what is set, with
// options it sets them. Discord hides it from those who may not manage the
// server, but servers may change that, so it is checked here too.
func (b *Bot) settingsCommand(ctx context.Context, t *turn) error {
	if t.in.Guild == "" || !t.in.manages() {
		return t.tell(ctx, "not_allowed")
	}
	if len(t.in.Data.Options) == 0 {
		return t.reply(ctx, plain(settingsText(t.settings, t.lang)))
	}
	s, problem := changed(t.settings, t.in)
	if problem != "" {
		return t.tell(ctx, problem)
	}
	if err := b.cfg.Store.SaveSettings(ctx, t.in.Guild, s); err != nil {
		return err
	}
	return t.reply(ctx, plain(tr(t.lang, "saved")+"\n"+settingsText(s, t.lang)))
}

// changed applies the options of a command to settings. problem is the key of
// what is wrong with them, or empty.
func changed(s store.Settings, in *interaction) (_ store.Settings, problem string) {
	if reset, _ := in.flag("reset"); reset {
		s = store.Settings{}
	}
	s.PublicChannels = slices.Clone(s.PublicChannels)
	if id := in.text("moderator_role"); snowflakeForm.MatchString(id) {
		s.ModeratorRole = id
	}
	if id := in.text("moderator_channel"); snowflakeForm.MatchString(id) {
		s.ModeratorChannel = id
	}
	if id := in.text("public_channel"); snowflakeForm.MatchString(id) {
		if i := slices.Index(s.PublicChannels, id); i >= 0 {
			s.PublicChannels = slices.Delete(s.PublicChannels, i, i+1)
		} else if len(s.PublicChannels) < maxPublicChannels {
			s.PublicChannels = append(s.PublicChannels, id)
		} else {
			return s, "too_many_channels"
		}
	}
	switch in.text("answers") {
	case "public":
		s.Public = true
	case "private":
		s.Public = false
	}
	if in.has("country") {
		c := strings.ToUpper(strings.TrimSpace(in.text("country")))
		if !countryForm.MatchString(c) {
			return s, "bad_country"
		}
		s.Country = c
	}
	switch l := in.text("language"); {
	case l == "own":
		s.Language = ""
	case slices.Contains(languages, l):
		s.Language = l
	}
	lines := false
	for _, l := range []struct {
		option string
		to     *store.Line
	}{{"emergency_number", &s.Emergency}, {"crisis_number", &s.Crisis}} {
		if in.has(l.option) {
			lines = true
			if *l.to = line(in.text(l.option)); l.to.Number == "" && strings.TrimSpace(in.text(l.option)) != "-" {
				return s, "bad_number"
			}
		}
	}
	if lines && s.Country == "" {
		return s, "number_wants_country"
	}
	if lines && numbers(s).Validate() != nil {
		return s, "bad_number"
	}
	if in.has("per_person") {
		s.PerPerson = min(max(in.number("per_person"), 0), 1000)
	}
	if in.has("per_server") {
		s.PerServer = min(max(in.number("per_server"), 0), 10000)
	}
	if on, given := in.flag("weekly_note"); given {
		s.WeeklyNote = on
	}
	if s.WeeklyNote && s.ModeratorChannel == "" {
		return s, "note_wants_channel"
	}
	return s, ""
}

// settingsText says what is set.
func settingsText(s store.Settings, lang string) string {
	or := func(v, none string) string {
		if v == "" {
			return tr(lang, none)
		}
		return v
	}
	around := func(before, id, after string) string {
		if id == "" {
			return ""
		}
		return before + id + after
	}
	var channels []string
	for _, c := range s.PublicChannels {
		channels = append(channels, "<#"+c+">")
	}
	shown := "choice_private"
	if s.Public {
		shown = "choice_public"
	}
	note := "set_off"
	if s.WeeklyNote {
		note = "set_on"
	}
	language := tr(lang, "choice_own")
	if s.Language != "" {
		language = tr(lang, "language_"+s.Language)
	}
	return strings.Join([]string{
		"**" + tr(lang, "settings_title") + "**",
		tr(lang, "set_role", "value", or(around("<@&", s.ModeratorRole, ">"), "none")),
		tr(lang, "set_channel", "value", or(around("<#", s.ModeratorChannel, ">"), "none")),
		tr(lang, "set_note", "value", tr(lang, note, "hour", noteHour)),
		tr(lang, "set_public", "value", or(strings.Join(channels, " "), "everywhere")),
		tr(lang, "set_answers", "value", tr(lang, shown)),
		tr(lang, "set_country", "value", or(s.Country, "none")),
		tr(lang, "set_language", "value", language),
		tr(lang, "set_emergency", "value", or(escape(oneLine(s.Emergency.Number+" "+s.Emergency.Label)), "shipped")),
		tr(lang, "set_crisis", "value", or(escape(oneLine(s.Crisis.Number+" "+s.Crisis.Label)), "shipped")),
		tr(lang, "set_limits", "person", orDefault(s.PerPerson, personDefault), "minutes", int(personPer.Minutes()),
			"server", orDefault(s.PerServer, serverDefault)),
	}, "\n")
}
