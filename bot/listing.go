package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// A listing is a reply of /library that may be longer than one message: it has
// pages, which its buttons turn. It is made anew for every page, so that memory
// holds no list.
type listing struct {
	head    string      // above every page
	lines   []string    // escaped
	foot    string      // below every page
	buttons []component // under every page
	// file makes the whole of it for who wants it as a file; nil when there is none.
	file func() (upload, error)
}

// What a page holds at most; the rest of a message is for head and foot.
const (
	listChars = 2800
	listBytes = 7000
	lineChars = 1000 // of one line; longer ones are cut
)

// list replies with the first page of a listing. what names it, and of is what it
// is of, such as a candidate.
func (b *Bot) list(ctx context.Context, t *turn, what, of string) (message, error) {
	id := b.memory.keep(kept{owner: t.who, guild: t.in.Guild, listing: what, of: of})
	return b.listPage(ctx, t, what, of, id, 0)
}

// turnList shows another page of a listing, or all of it as a file.
func (b *Bot) turnList(ctx context.Context, t *turn, k kept, id, action string, n int) error {
	switch why := b.refusedLibrary(t); {
	case k.owner != t.who:
		return t.tell(ctx, "not_yours")
	case why != "":
		return t.tell(ctx, why)
	}
	if action == actFile {
		return b.atWork(ctx, t, func(ctx context.Context) (message, error) {
			l, err := b.listing(ctx, t, k.listing, k.of)
			if err != nil || l.file == nil {
				return plain(tr(t.lang, "expired")), err
			}
			f, err := l.file()
			if err != nil {
				return message{}, err
			}
			return t.attach(plain(tr(t.lang, "lib_file")), f), nil
		})
	}
	m, err := b.listPage(ctx, t, k.listing, k.of, id, n)
	if err != nil {
		return t.reply(ctx, b.wrong(t, err))
	}
	return t.update(ctx, m)
}

// listPage renders page n of a listing.
func (b *Bot) listPage(ctx context.Context, t *turn, what, of, id string, n int) (message, error) {
	l, err := b.listing(ctx, t, what, of)
	if err != nil {
		return message{}, err
	}
	pages := paged(l.lines)
	if len(pages) == 0 && l.head == "" {
		return plain(tr(t.lang, "lib_nothing")), nil
	}
	n = max(0, min(n, len(pages)-1)) // it may have become shorter
	words := []string{l.head}
	if len(pages) > 0 {
		words = append(words, pages[n])
	}
	words = append(words, l.foot)
	if len(pages) > 1 {
		words = append(words, "-# "+tr(t.lang, "page", "n", n+1, "of", len(pages)))
	}
	var bs []component
	if n > 0 {
		bs = append(bs, button(styleSecondary, tr(t.lang, "b_back"), b.memory.sign(actList, strconv.Itoa(n-1), id)))
	}
	if n+1 < len(pages) {
		bs = append(bs, button(styleSecondary, tr(t.lang, "b_next"), b.memory.sign(actList, strconv.Itoa(n+1), id)))
	}
	if l.file != nil {
		bs = append(bs, button(styleSecondary, tr(t.lang, "b_file"), b.memory.sign(actFile, "", id)))
	}
	text := text(strings.Join(noEmpty(words), "\n"))
	return newMessage(append(append([]component{text}, rows(l.buttons...)...), rows(bs...)...)...), nil
}

func noEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// paged lays lines out on pages; every line stands on one.
func paged(lines []string) []string {
	var pages []string
	page := ""
	for _, l := range lines {
		l = "- " + cutRunes(l, lineChars)
		if page != "" && (size(page)+1+size(l) > listChars || len(page)+1+len(l) > listBytes) {
			pages, page = append(pages, page), ""
		}
		if page != "" {
			page += "\n"
		}
		page += l
	}
	if page != "" {
		pages = append(pages, page)
	}
	return pages
}

// attach puts a file under a message, or says that it is larger than Discord
// takes here.
func (t *turn) attach(m message, f upload) message {
	most := maxUpload
	if n := t.in.MaxFile; n > 0 && n < most {
		most = n
	}
	if len(f.data) > most {
		return plain(tr(t.lang, "lib_too_large", "n", fmt.Sprintf("%.1f", float64(len(f.data))/(1<<20)), "most", most>>20))
	}
	return m.with(f)
}
