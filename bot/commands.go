package bot

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// A Command is a line of the command reference.
type Command struct {
	Name        string // as it is typed: "/ask", or the label of a message command
	Usage       string // with its options: "/ask question [share]"
	Description string // in English
}

// Commands lists the commands for the reference in the README, in the order of
// registration. It is made from what is registered, so it cannot differ.
func Commands() []Command {
	var out []Command
	for _, c := range commands() {
		if c.Type == discordgo.MessageApplicationCommand {
			out = append(out, Command{Name: c.Name, Usage: c.Name, Description: tr("en", "cmd_find_about")})
			continue
		}
		var usage strings.Builder
		usage.WriteString("/" + c.Name)
		for _, o := range c.Options {
			if o.Required {
				usage.WriteString(" " + o.Name)
			} else {
				usage.WriteString(" [" + o.Name + "]")
			}
		}
		out = append(out, Command{Name: "/" + c.Name, Usage: usage.String(), Description: c.Description})
	}
	return out
}

// InviteURL is the address that adds the bot to a server with the least rights
// it can work with: seeing and writing in the moderators' channel. Its replies
// to commands need no right at all.
func InviteURL(appID string) string {
	const viewChannel, sendMessages = 1 << 10, 1 << 11
	q := url.Values{"client_id": {appID}, "scope": {"bot applications.commands"}, "permissions": {strconv.Itoa(viewChannel | sendMessages)}}
	return "https://discord.com/oauth2/authorize?" + q.Encode()
}

// maxLine is the length of a number with its label, in characters; package
// triage checks each of them.
const maxLine = 62

// countries are those of the settings' suggestions: where the library's readers
// are most likely to be. Any other ISO 3166 code may be typed.
var countries = []string{"US", "GB", "IE", "CA", "AU", "NZ", "DE", "AT", "CH", "FR", "BE", "ES", "MX", "AR", "CO", "CL", "PT", "BR", "IN", "ZA", "JP", "SG", "NL", "IT", "SE"}

// commands are the application commands, with their localizations.
func commands() []*discordgo.ApplicationCommand {
	everywhere := []discordgo.InteractionContextType{
		discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel}
	server := []discordgo.InteractionContextType{discordgo.InteractionContextGuild}
	both := []discordgo.ApplicationIntegrationType{
		discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall}
	guild := []discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall}

	slash := func(name string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommand {
		return &discordgo.ApplicationCommand{
			Type: discordgo.ChatApplicationCommand, Name: name, NameLocalizations: new(locales("cmd_" + name)),
			Description: tr("en", "cmd_"+name+"_about"), DescriptionLocalizations: new(locales("cmd_" + name + "_about")),
			Contexts: &everywhere, IntegrationTypes: &both, Options: options,
		}
	}
	settings := slash("settings",
		opt("moderator_role", discordgo.ApplicationCommandOptionRole),
		channelOpt("moderator_channel"),
		channelOpt("public_channel"),
		choices(opt("answers", discordgo.ApplicationCommandOptionString), "private", "public"),
		auto(opt("country", discordgo.ApplicationCommandOptionString)),
		choices(opt("language", discordgo.ApplicationCommandOptionString), "own", "en", "es", "fr", "de", "pt"),
		between(opt("per_person", discordgo.ApplicationCommandOptionInteger), 0, 1000),
		between(opt("per_server", discordgo.ApplicationCommandOptionInteger), 0, 10000),
		long(opt("emergency_number", discordgo.ApplicationCommandOptionString), maxLine),
		long(opt("crisis_number", discordgo.ApplicationCommandOptionString), maxLine),
		opt("weekly_note", discordgo.ApplicationCommandOptionBoolean),
		opt("reset", discordgo.ApplicationCommandOptionBoolean),
	)
	settings.Contexts, settings.IntegrationTypes = &server, &guild
	settings.DefaultMemberPermissions = new(int64(permManageServer))

	library := slash("library", librarySubs()...)
	library.Contexts, library.IntegrationTypes = &server, &guild
	library.DefaultMemberPermissions = new(int64(permManageServer))

	find := &discordgo.ApplicationCommand{
		Type: discordgo.MessageApplicationCommand, Name: tr("en", "cmd_find"), NameLocalizations: new(locales("cmd_find")),
		Contexts: &everywhere, IntegrationTypes: &both,
	}
	return []*discordgo.ApplicationCommand{
		slash("ask", required(long(opt("question", discordgo.ApplicationCommandOptionString), maxQuestion)),
			opt("share", discordgo.ApplicationCommandOptionBoolean)),
		slash("article", required(auto(long(opt("name", discordgo.ApplicationCommandOptionString), maxChoiceText)))),
		slash("topic", required(auto(long(opt("topic", discordgo.ApplicationCommandOptionString), maxChoiceText)))),
		slash("verify", required(long(opt("id", discordgo.ApplicationCommandOptionString), 200))),
		slash("help"),
		slash("privacy"),
		slash("report"),
		settings,
		library,
		find,
	}
}

func opt(name string, kind discordgo.ApplicationCommandOptionType) *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{
		Type: kind, Name: name, NameLocalizations: locales("opt_" + name),
		Description: tr("en", "opt_"+name+"_about"), DescriptionLocalizations: locales("opt_" + name + "_about"),
	}
}

func required(o *discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
	o.Required = true
	return o
}

func auto(o *discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
	o.Autocomplete = true
	return o
}

func long(o *discordgo.ApplicationCommandOption, most int) *discordgo.ApplicationCommandOption {
	o.MaxLength = most
	return o
}

func between(o *discordgo.ApplicationCommandOption, least, most float64) *discordgo.ApplicationCommandOption {
	o.MinValue, o.MaxValue = &least, most
	return o
}

func channelOpt(name string) *discordgo.ApplicationCommandOption {
	o := opt(name, discordgo.ApplicationCommandOptionChannel)
	o.ChannelTypes = []discordgo.ChannelType{discordgo.ChannelTypeGuildText}
	return o
}

func choices(o *discordgo.ApplicationCommandOption, values ...string) *discordgo.ApplicationCommandOption {
	for _, v := range values {
		key := "choice_" + v
		if len(v) == 2 {
			key = "language_" + v
		}
		o.Choices = append(o.Choices, &discordgo.ApplicationCommandOptionChoice{
			Name: tr("en", key), NameLocalizations: locales(key), Value: v})
	}
	return o
}

func locales(key string) map[discordgo.Locale]string {
	out := map[discordgo.Locale]string{}
	for l, s := range localized(key) {
		out[discordgo.Locale(l)] = s
	}
	return out
}
