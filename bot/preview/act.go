package preview

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salve/bot/simulator"
)

// An action is what the page does in a member's name.
type action struct {
	Do      string            `json:"do"` // say, run, complete, click, select, submit or apps
	Channel string            `json:"channel"`
	Role    string            `json:"role"`   // member, moderator or second
	Locale  string            `json:"locale"` // of the member's client
	Command string            `json:"command"`
	Focused string            `json:"focused"` // option being typed, for complete
	Values  map[string]string `json:"values"`  // of options, or of a modal's inputs
	Message string            `json:"message"` // id, for click, select and apps
	ID      string            `json:"id"`      // custom id of a component or a modal
	Picked  []string          `json:"picked"`  // of a select menu
	Text    string            `json:"text"`    // of say
	Files   map[string]file   `json:"files"`   // of options that take one
}

// A file is what a member attaches to a command.
type file struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"`
}

// A result is what the page learns at once; messages come with the next snapshot.
type result struct {
	Choices []simulator.Choice `json:"choices"`
	Modal   map[string]any     `json:"modal"`
	Failed  bool               `json:"failed"` // the application did not respond
}

// respondWithin is when Discord gives up on an application.
const respondWithin = 3 * time.Second

// maxTyped is the longest text taken from the page, in bytes; Discord's longest
// message has 4000 characters.
const maxTyped = 16 << 10

// act does what the page asks. The error is for the page and says what was wrong.
func (p *Preview) act(ctx context.Context, a action) (result, error) {
	ch, user := p.channel(a.Channel), p.users[a.Role]
	switch {
	case ch == nil || user == nil:
		return result{}, fmt.Errorf("there is no such channel or role; reload the page")
	case ch.Mods && a.Role == "member":
		return result{}, fmt.Errorf("this channel is for moderators; switch to moderator")
	}
	who := *user
	who.Locale = a.Locale
	act := simulator.Act{User: &who, Channel: ch.ch}
	done := post{channel: ch.ID, role: a.Role}
	var it *simulator.Interaction
	switch a.Do {
	case "say":
		if strings.TrimSpace(a.Text) == "" || len(a.Text) > maxTyped {
			return result{}, fmt.Errorf("a message has 1 to 4000 characters")
		}
		done.id, done.text = p.sim.NewID(), a.Text
		p.remember(done)
		return result{}, nil
	case "run", "complete":
		values, err := p.values(a)
		if err != nil {
			return result{}, err
		}
		name, sub, _ := strings.Cut(a.Command, " ")
		if sub != "" {
			values = simulator.Values{sub: simulator.Sub(values)}
		}
		if a.Do == "run" {
			it, done.used = p.sim.Run(act, name, values), "/"+a.Command
		} else {
			it = p.sim.Complete(act, name, a.Focused, values)
		}
	case "apps":
		text, ok := p.words(a.Message)
		if !ok {
			return result{}, fmt.Errorf("this message is gone; reload the page")
		}
		it, done.used = p.sim.Apps(act, a.Command, text), a.Command
	case "click", "select", "submit":
		m := p.message(a.Message, ch.ID, a.Role)
		if m == nil && a.Do != "submit" {
			return result{}, fmt.Errorf("this message is gone; reload the page")
		}
		switch a.Do {
		case "click":
			it = p.sim.Click(act, m, a.ID)
		case "select":
			it = p.sim.Select(act, m, a.ID, a.Picked...)
		default:
			it = p.sim.Submit(act, m, a.ID, a.Values)
		}
	default:
		return result{}, fmt.Errorf("there is no act %q", a.Do)
	}
	if a.Do != "complete" {
		done.id, done.it = it.ID, it
		p.remember(done)
	} else {
		defer p.sim.Release(it)
	}
	ctx, cancel := context.WithTimeout(ctx, respondWithin)
	defer cancel()
	if it.First(ctx) != nil {
		p.fail(it.ID)
		return result{Failed: true}, nil
	}
	out := result{Modal: it.View().Modal}
	if a.Do == "complete" {
		out.Choices, _ = it.Choices(ctx)
	}
	return out, nil
}

// options are those of a command, or of a subcommand named after it ("library
// add"), as they are registered.
func (p *Preview) options(command string) ([]any, error) {
	name, sub, nested := strings.Cut(command, " ")
	i := slices.IndexFunc(p.sim.Commands(), func(c map[string]any) bool { return c["name"] == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no command %q", name)
	}
	options, _ := p.sim.Commands()[i]["options"].([]any)
	if !nested {
		return options, nil
	}
	for _, o := range options {
		if o, _ := o.(map[string]any); o["name"] == sub {
			options, _ := o["options"].([]any)
			return options, nil
		}
	}
	return nil, fmt.Errorf("there is no command %q", command)
}

// values turns what was typed into options of their registered types.
func (p *Preview) values(a action) (simulator.Values, error) {
	options, err := p.options(a.Command)
	if err != nil {
		return nil, err
	}
	out := simulator.Values{}
	for _, o := range options {
		o, _ := o.(map[string]any)
		name, _ := o["name"].(string)
		kind, _ := o["type"].(float64)
		if f, ok := a.Files[name]; ok && kind == 11 {
			out[name] = simulator.Attachment{Name: f.Name, Type: f.Type, Data: f.Data}
			continue
		}
		text, given := a.Values[name]
		if !given || text == "" {
			if o["required"] == true && a.Do == "run" {
				return nil, fmt.Errorf("%s is required; fill it in", name)
			}
			if name != a.Focused {
				continue
			}
		}
		if len(text) > maxTyped {
			return nil, fmt.Errorf("%s is too long; shorten it", name)
		}
		switch int(kind) {
		case 4:
			var n int
			if _, err := fmt.Sscan(text, &n); err != nil {
				return nil, fmt.Errorf("%s must be a whole number", name)
			}
			out[name] = n
		case 5:
			out[name] = strings.EqualFold(text, "true")
		case 7:
			c := p.channel(text)
			if c == nil {
				return nil, fmt.Errorf("%s must be a channel of this server", name)
			}
			out[name] = c.ch
		case 8:
			out[name] = simulator.Role(text)
		default:
			out[name] = text
		}
	}
	return out, nil
}

// words are those of a member's message or of a reply, for a message command.
func (p *Preview) words(id string) (string, bool) {
	p.mu.Lock()
	posts := slices.Clone(p.posts)
	p.mu.Unlock()
	for _, x := range posts {
		if x.id == id && x.it == nil {
			return x.text, true
		}
	}
	return "", false
}

// message finds a reply that the role may see in a channel.
func (p *Preview) message(id, channel, role string) *simulator.Message {
	for _, e := range p.entries(channel, role) {
		if e.m != nil && e.ID == id {
			return e.m
		}
	}
	return nil
}
