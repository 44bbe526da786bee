package bot

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"salve/knowledge"
	"salve/knowledge/importer"
)

// fetchWithin bounds the fetch of an attached file.
const fetchWithin = 10 * time.Second

// An attachment is a file that a member gave to a command.
type attachment struct {
	Name string `json:"filename"`
	Size int64  `json:"size"`
	URL  string `json:"url"`
}

// attachment returns the file of an option; false when none was given.
func (in *interaction) attachment(name string) (attachment, bool) {
	a, ok := in.Data.Resolved.Attachments[in.text(name)]
	return a, ok
}

// cdnHosts are where Discord keeps what members attach. Nothing else is fetched.
var cdnHosts = map[string]bool{"cdn.discordapp.com": true, "media.discordapp.net": true}

// fetch reads an attached file, at most limit bytes of it. The bot's token does
// not go with the request.
func (b *Bot) fetch(ctx context.Context, a attachment, limit int64) ([]byte, error) {
	tooLarge := &refusal{"file_large", []any{"n", limit}}
	if a.Size > limit {
		return nil, tooLarge
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "https" || !cdnHosts[u.Host] {
		return nil, &refusal{key: "file_elsewhere"}
	}
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &refusal{key: "file_gone"}
	}
	gone := &refusal{key: "file_gone"}
	res, err := b.cfg.Transport.RoundTrip(req) // follows no redirects
	if err != nil {
		return nil, gone // err holds the address
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, gone
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case err != nil:
		return nil, gone
	case int64(len(body)) > limit:
		return nil, tooLarge
	}
	return body, nil
}

// article reads an attached article: Markdown as it is, a web page as a draft,
// and says if it was a page. What the file holds decides, not what it is called
// alone.
func (b *Bot) article(ctx context.Context, a attachment) (src []byte, page bool, err error) {
	ext := strings.ToLower(path.Ext(a.Name))
	page = ext == ".html" || ext == ".htm"
	limit := int64(knowledge.MaxArticle)
	if page {
		limit = importer.MaxHTML
	}
	body, err := b.fetch(ctx, a, limit)
	if err != nil {
		return nil, page, err
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return nil, page, &refusal{key: "file_not_text"}
	}
	start := strings.ToLower(string(bytes.TrimSpace(body[:min(len(body), 200)])))
	if page || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		src, err := importer.HTML(body, importer.About{})
		if err != nil {
			return nil, page, &refusal{"file_page", []any{"why", err.Error()}}
		}
		return src, true, nil
	}
	return body, false, nil
}
