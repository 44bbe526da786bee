package bot

import (
	"strings"
)

// danger returns the card that a message needs at once, or "".
func (b *Bot) danger(t *turn, a asked) string {
	if b.cfg.Danger == nil {
		return ""
	}
	return strings.TrimSpace(b.cfg.Danger(a.text, t.in.Locale, t.settings.Country))
}
