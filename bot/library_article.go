package bot

import (
	"context"

	"salve/bot/library"
	"salve/knowledge"
)

// articleForm is the modal in which an article is written. For one that is there
// the form remembers which it is and what it said, so that what somebody else
// changes meanwhile is not written over.
func (b *Bot) articleForm(t *turn, slug string, src []byte) modal {
	in := input("article", tr(t.lang, "lib_form"), tr(t.lang, "lib_form_about"), maxArticle)
	in.Component.Value = string(src)
	mark := ""
	if slug != "" {
		mark = library.Mark(src)
	}
	return modal{CustomID: b.memory.sign(actArticle, slug, mark), Title: clip(tr(t.lang, "lib_form"), maxModalTitle), Components: []component{in}}
}

// openArticle opens the form with an article in it.
func (b *Bot) openArticle(ctx context.Context, t *turn, slug string) error {
	src, err := b.cfg.Shelf.Show(ctx, b.scope(t), slug)
	switch {
	case err != nil:
		return t.reply(ctx, b.wrong(t, err))
	case size(string(src)) > maxArticle:
		return t.tell(ctx, "lib_long")
	}
	return t.open(ctx, b.articleForm(t, slugOf(src), src))
}

// articleSubmitted puts what was written into the draft: as a new article when
// slug is empty, else in place of the one with that slug and mark.
func (b *Bot) articleSubmitted(ctx context.Context, t *turn, slug, mark, src string) error {
	if why := b.refusedLibrary(t); why != "" {
		return t.tell(ctx, why)
	}
	return b.atWork(ctx, t, func(ctx context.Context) (message, error) {
		m, err := b.draft(ctx, t, slug != "", slug, mark, []byte(src))
		if err != nil {
			// What was written is given back: the form is gone.
			return t.attach(b.wrong(t, err), upload{"article.md", []byte(src)}), nil
		}
		return m, nil
	})
}

// articleAttached puts a file into the draft: as a new article, or in place of
// the one with a slug. Whether the member may was asked before.
func (b *Bot) articleAttached(ctx context.Context, t *turn, file attachment, replace bool, slug string) error {
	return b.atWork(ctx, t, func(ctx context.Context) (message, error) {
		src, page, err := b.article(ctx, file)
		if err != nil {
			return message{}, err
		}
		m, err := b.draft(ctx, t, replace, slug, "", src)
		if err == nil && page {
			m.Components = append([]component{text(tr(t.lang, "lib_page"))}, m.Components...)
		}
		return m, err
	})
}

// draft puts an article into the draft and says what is wrong with it.
func (b *Bot) draft(ctx context.Context, t *turn, replace bool, slug, mark string, src []byte) (message, error) {
	s, scope, by := b.cfg.Shelf, b.scope(t), b.actor(t)
	put := s.Add
	if replace {
		put = func(ctx context.Context, scope string, by library.Actor, article []byte) (string, knowledge.Problems, error) {
			return s.Edit(ctx, scope, by, slug, mark, article)
		}
	}
	slug, problems, err := put(ctx, scope, by, src)
	if err != nil {
		return message{}, err
	}
	return plain(tr(t.lang, "lib_saved", "article", escape(slug)) + "\n" + problemText(t.lang, problems)), nil
}

// shownArticle shows the Markdown of an article, with a file of the whole when a
// message has no room for it.
func (b *Bot) shownArticle(ctx context.Context, t *turn, slug string) (message, error) {
	src, err := b.cfg.Shelf.Show(ctx, b.scope(t), slug)
	if err != nil {
		return message{}, err
	}
	whole := escape(string(src))
	if size(whole) <= maxListed && len(whole) <= listBytes {
		return plain(whole), nil
	}
	begin := ""
	for _, l := range lines(whole) {
		if size(begin)+size(l) > maxListed || len(begin)+len(l) > listBytes {
			break
		}
		begin += l
	}
	return t.attach(plain(begin+"\n-# "+tr(t.lang, "lib_begin")), upload{orElse(slugOf(src), "article") + ".md", src}), nil
}

// slugOf is the slug in an article: lower-case letters, digits and hyphens, or
// empty when it has none that can be used.
func slugOf(src []byte) string {
	a, _ := knowledge.Parse("article.md", src, nil)
	return a.Slug
}
