// Package store keeps what must last between runs of the bot.
package store

// Settings are what the moderators of a server set.
type Settings struct {
	ModeratorRole    string   // role id; empty when not set
	ModeratorChannel string   // channel id; empty when not set
	PublicChannels   []string // channel ids where answers may be public; any when empty
	Public           bool     // answers are public by default
	Country          string   // ISO 3166 code, for emergency numbers; empty when not set
	Language         string   // of the interface for messages to everybody; empty for the reader's own
	PerPerson        int      // questions of one person in five minutes; 0 for the default
	PerServer        int      // questions of the server in a minute; 0 for the default
}

// A Counter names a total.
type Counter struct {
	Kind    string // what happened: "cited", "not_covered", "helpful", ...
	Passage string // passage id it concerns; may be empty
	Reason  string // of "not_helpful"; may be empty
}
