package preview

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"salve/bot"
	"salve/bot/answer"
	"salve/bot/library"
	"salve/bot/library/librarytest"
	"salve/bot/store"
	"salve/knowledge"
)

var pictures = flag.Bool("pictures", false, "take the README's pictures of the preview anew")

// shelf shows the bot the built-in library.
type shelf struct{ *answer.Composer }

func (s shelf) Articles() (out []bot.ArticleInfo) {
	for _, a := range s.Library().Articles {
		info := bot.ArticleInfo{Slug: a.Slug, Title: a.Title, Summary: a.Summary, Topics: a.Topics, Reviewed: a.Reviewed, Language: a.Language}
		for _, x := range a.Sections {
			info.Sections = append(info.Sections, bot.SectionInfo{Anchor: x.ID, Heading: x.Heading})
		}
		out = append(out, info)
	}
	return out
}

// begin starts a preview of the built-in library and serves it.
func begin(t *testing.T) (*Preview, *httptest.Server) {
	t.Helper()
	kept, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "salve.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	articles, err := library.Open(t.Context(), library.Options{Store: kept, Base: knowledge.Builtin()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { articles.Close() })
	p, err := Start(t.Context(), Config{Shelf: articles, Library: func(server string) bot.Library { return shelf{articles.Composer(server)} }, Store: kept})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	s := httptest.NewServer(p.Handler())
	t.Cleanup(s.CloseClientConnections)
	return p, s
}

// A tab is a browser's page on a preview.
type tab struct {
	t   *testing.T
	ctx context.Context
	p   *Preview
}

// need returns what a machine may lack, or skips the test; on CI it must be there.
func need(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is needed on CI: %v", what, err)
	}
	t.Skipf("%s is not here: %v", what, err)
}

func browse(t *testing.T) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	need(t, "the browser chromium", err)
	p, s := begin(t)
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	opts = append(opts, chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the first one starts the browser
		t.Fatal(err)
	}
	b := &tab{t, ctx, p}
	b.do(chromedp.EmulateViewport(1280, 860), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}), chromedp.Navigate(s.URL), chromedp.WaitVisible(chromedp.CSS(`body[data-ready]`)))
	t.Cleanup(func() {
		if f := p.sim.Faults(); len(f) > 0 {
			t.Errorf("rules of Discord broken: %v", f)
		}
	})
	return b
}

func (b *tab) do(a ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute) // of a very slow machine
	defer cancel()
	if err := chromedp.Do(ctx, a...); err != nil {
		b.shot("failed")
		b.t.Fatal(err)
	}
}

// js runs JavaScript in the page.
func js(code string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](code) }

// number is the value of a JavaScript expression.
func (b *tab) number(expr string) int {
	b.t.Helper()
	n, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](expr))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// until waits for a JavaScript expression to hold.
func (b *tab) until(expr string) {
	b.t.Helper()
	b.do(chromedp.Poll[chromedp.Void](expr, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(0)))
}

// reads waits until the last message says text.
func (b *tab) reads(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector(".message:last-child")?.innerText.includes(%q)`, text))
}

// press clicks the last button whose label holds text.
func (b *tab) press(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll("button")].some(x => x.innerText.includes(%q))`, text))
	b.do(js(fmt.Sprintf(`[...document.querySelectorAll("button")].findLast(x => x.innerText.includes(%q)).click()`, text)))
}

func (b *tab) shot(name string) []byte {
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("no picture %s: %v", name, err)
		return nil
	}
	if err := os.WriteFile(filepath.Join(b.t.ArtifactDir(), name+".png"), png, 0o644); err != nil {
		b.t.Error(err)
	}
	return png
}

// keep is shot, and the README's picture with -pictures.
func (b *tab) keep(name string) {
	if png := b.shot(name); *pictures {
		if err := os.WriteFile(filepath.Join("testdata", name+".png"), png, 0o644); err != nil {
			b.t.Error(err)
		}
	}
}

// axe runs accessibility checks on the page as it is.
func (b *tab) axe(where string) {
	b.t.Helper()
	src, err := os.ReadFile("testdata/node_modules/axe-core/axe.min.js")
	need(b.t, "axe-core (npm ci --prefix bot/preview/testdata)", err)
	b.do(js(string(src)))
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary])))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var list [][]any
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range list {
		b.t.Errorf("axe, %s: %v", where, v)
	}
}

func TestAskWithKeyboardOnly(t *testing.T) {
	b := browse(t)
	b.do(chromedp.Focus(chromedp.CSS("#box")), chromedp.KeyEvent("/"))
	b.until(`document.querySelectorAll("#suggestions [role=option]").length >= 8`)
	b.shot("commands")
	b.axe("command list")
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	b.until(`document.querySelectorAll("#suggestions [role=option]")[1].getAttribute("aria-selected") === "true"`)
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until(`document.querySelector("#suggestions").hidden`)
	b.do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("/art"), chromedp.KeyEvent(kb.Enter))
	b.until(`document.activeElement.dataset.option === "name"`)
	b.do(chromedp.KeyEvent("jak"))
	b.until(`document.querySelector("#suggestions [role=option]")?.innerText.toLowerCase().includes("jak")`)
	b.do(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Enter))
	b.until(`document.querySelector(".message:last-child .used")?.innerText.includes("/article")`)
	b.do(chromedp.KeyEvent("/ask"), chromedp.KeyEvent(kb.Enter))
	b.until(`document.activeElement.dataset.option === "question"`)
	b.do(chromedp.KeyEvent("what are side effects of oral JAK inhibitors"))
	b.do(js(`document.getElementById("send").focus()`), chromedp.KeyEvent(kb.Enter))
	b.reads("feeling sick (nausea)")
	b.reads("Only you can see this")
}

func TestAnswerFollowShare(t *testing.T) {
	b := browse(t)
	b.press("what are side effects of oral JAK inhibitors")
	b.reads("feeling sick (nausea)")
	b.keep("answer")
	b.axe("answer")
	b.do(chromedp.SetValue(chromedp.CSS("#theme"), "light"), js(`document.querySelector("#theme").dispatchEvent(new Event("change"))`))
	b.shot("answer-light")
	b.axe("answer, light")
	b.press("Ask a follow-up")
	b.until(`document.querySelector("#modal").open`)
	b.axe("modal")
	b.shot("modal")
	b.do(chromedp.SendKeys(chromedp.CSS("#modal textarea, #modal input"), "and in children?"), chromedp.Click(chromedp.CSS("#modal [type=submit]")))
	b.until(`document.querySelectorAll(".message").length >= 3`)
	b.shot("follow-up")
	b.press("Share in channel")
	b.until(`[...document.querySelectorAll(".message:not(.ephemeral)")].some(x => x.querySelector(".container"))`)
	b.shot("shared")
}

func TestChooseAndNotCoveredAndEmergency(t *testing.T) {
	b := browse(t)
	b.press("what are the side effects of ruxolitinib")
	b.until(`document.querySelector(".message:last-child .container button")||document.querySelector(".message:last-child .row button")`)
	b.shot("choose")
	b.do(js(`document.querySelector(".message:last-child .row button").click()`))
	b.until(`document.querySelectorAll(".message").length === 3`)
	b.reads("Quoted word for word")
	b.press("how do i repair a bicycle tyre")
	b.reads("The library does not answer this. This does not mean that something is safe")
	b.shot("not-covered")
	b.press("my mum collapsed and isn't waking up")
	b.until(`document.querySelector("#messages").innerText.includes("Get emergency help now")`)
	b.keep("emergency")
	b.press("Inspector")
	b.until(`document.querySelector("#side").innerText.includes("emergency") && document.querySelector("#side meter")`)
	b.shot("inspector")
	b.axe("inspector")
	b.press("Library")
	b.until(`document.querySelectorAll("#side details.article").length > 5 && document.querySelector("#side svg")`)
	b.shot("library")
	b.axe("library")
	b.press("Measure")
	b.until(`document.querySelector("#side .curve") && document.querySelectorAll("#side circle").length === 7`)
	b.shot("curve")
}

func TestPhoneAndModerator(t *testing.T) {
	b := browse(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.press("does rinvoq cause acne")
	b.until(`document.querySelectorAll(".message").length >= 2`)
	b.until(`document.documentElement.scrollWidth <= innerWidth`)
	b.shot("phone")
	b.axe("phone")
	b.press("Apps: Find in library")
	b.until(`[...document.querySelectorAll(".used")].some(x => x.innerText.includes("Find in library"))`)
	b.do(chromedp.Click(chromedp.CSS("#menu")), chromedp.SetValue(chromedp.CSS("#role"), "moderator"), js(`document.querySelector("#role").dispatchEvent(new Event("change"))`))
	b.until(`document.querySelector("#channel-list").innerText.includes("moderators")`)
	b.shot("phone-menu")
	b.do(js(`document.querySelectorAll("#servers button")[1].click()`))
	b.until(`document.querySelector("#server-name").innerText === "Haut & Leben"`)
	b.press("does rinvoq cause acne")
	b.until(`document.querySelector(".message:not(.ephemeral) .container")`) // public there
}

// A moderator changes the server's settings, and a member may not; what a
// member asks a moderator arrives in the moderators' channel.
func TestModeratorSettings(t *testing.T) {
	b := browse(t)
	b.press("how do i repair a bicycle tyre")
	b.reads("The library does not answer this.")
	b.press("Ask a moderator")
	b.until(`document.querySelectorAll(".message").length === 3`)
	b.until(`document.querySelector(".message:last-child button")`)
	b.do(js(`document.querySelector(".message:last-child button").click()`))
	b.do(chromedp.SetValue(chromedp.CSS("#role"), "moderator"), js(`document.querySelector("#role").dispatchEvent(new Event("change"))`))
	b.press("# moderators")
	b.reads("bicycle")
	b.axe("moderators' channel")
	b.do(chromedp.SendKeys(chromedp.CSS("#box"), "/set\r"), chromedp.SendKeys(chromedp.CSS("[data-option=country]"), "GB"),
		js(`document.getElementById("send").click()`))
	b.until(`[...document.querySelectorAll(".used")].some(x => x.innerText.includes("/settings"))`)
	b.until(`document.querySelector("#messages").innerText.includes("GB")`)
	b.shot("moderator")
	got, err := b.p.cfg.Store.Settings(t.Context(), b.p.servers[0].ID)
	if err != nil || got.Country != "GB" {
		t.Errorf("settings %+v, %v; want country GB", got, err)
	}
}

// A moderator adds an article in the form, previews, publishes it, and a member
// of the server is answered from it; the other server is not.
func TestModeratorPublishes(t *testing.T) {
	b := browse(t)
	as := func(role string) {
		t.Helper()
		b.do(chromedp.SetValue(chromedp.CSS("#role"), role), js(`document.querySelector("#role").dispatchEvent(new Event("change"))`))
	}
	as("moderator")
	second := b.p.servers[1]
	b.press("H&L")
	b.press("# moderation")
	command := func(name string) {
		t.Helper()
		b.do(chromedp.SendKeys(chromedp.CSS("#box"), "/library "+name+"\r"), js(`document.getElementById("send").click()`))
	}
	command("add")
	b.until(`document.getElementById("modal").open`)
	const question = "how do i make a bleach bath" // who asks this is shown a warning too
	raw, _ := json.Marshal(string(librarytest.Article("kiwi-bath", "Eczema bleach bath", question, "An eczema bleach bath is made with two kiwis.", "how-to-use")))
	b.do(js(fmt.Sprintf(`document.querySelector("#modal textarea").value = %s`, raw)), js(`document.querySelector("#modal button[type=submit]").click()`))
	b.reads("kiwi-bath")
	command("preview")
	const button = `[...document.querySelectorAll(".message button")].find(x => x.innerText === "Publish")`
	b.until(button + ` !== undefined`)
	b.shot("publish")
	b.axe("preview of a draft")
	b.do(js(button + `.click()`))
	b.reads("a second moderator must approve") // the new article comes before the passage that the warning goes with
	as("second")
	command("preview")
	const approve = `[...document.querySelectorAll(".message button")].find(x => x.innerText === "Approve")`
	b.until(approve + ` !== undefined`)
	b.do(js(approve + `.click()`))
	b.reads("Approved")
	as("moderator")
	command("publish")
	b.reads("Published as version 1")
	command("export")
	const file = `[...document.querySelectorAll(".message .file a")].find(x => x.download === "library.zip")`
	b.until(file + ` !== undefined`)
	begins, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`fetch(`+file+`.href).then(r => r.text()).then(t => t.slice(0, 2))`, chromedp.EvalAwaitPromise))
	if err != nil || begins != "PK" {
		t.Errorf("the exported file begins with %q, %v", begins, err)
	}
	as("second")
	b.until(file + ` === undefined`) // it is the moderator's alone
	for _, s := range b.p.servers {
		a, err := b.p.cfg.Shelf.Answer(t.Context(), answer.Question{Text: "how is an eczema bleach bath with two kiwis made", Server: s.ID})
		if err != nil {
			t.Fatal(err)
		}
		got := len(a.Quotes) > 0 && strings.Contains(a.Quotes[0].Text, "two kiwis")
		if want := s == second; got != want {
			t.Errorf("on %s the new article is quoted: %v, want %v", s.Name, got, want)
		}
	}
}

// What the page costs is measured and told, and fails nothing.
func TestTimeToAnswer(t *testing.T) {
	b := browse(t)
	for range 5 {
		ms, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64](`new Promise(done => {
			const n = document.querySelectorAll(".message .container").length, at = performance.now();
			const look = new MutationObserver(() => { if (document.querySelectorAll(".message .container").length > n) { look.disconnect(); done(performance.now() - at); } });
			look.observe(document.getElementById("messages"), {childList: true, subtree: true});
			document.querySelectorAll(".chip")[1].click();
		})`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("from click to answer in the page: %.1f ms", ms)
	}
}

// Words full of markup are shown as words.
func TestMarkupDoesNothing(t *testing.T) {
	b := browse(t)
	const evil = `<img src=x onerror="window.hit=1"><script>window.hit=1</script> [x](javascript:window.hit=1) **<svg onload=window.hit=1>**`
	for _, values := range []map[string]string{{"question": evil}, {"question": "rinvoq acne " + evil, "share": "true"}} {
		raw, _ := json.Marshal(action{Do: "run", Channel: b.p.servers[0].Channels[0].ID, Role: "member", Locale: "en-US", Command: "ask", Values: values})
		b.do(js(fmt.Sprintf(`fetch("api/act", {method: "POST", headers: {"Content-Type": "application/json"}, body: %q})`, raw)))
	}
	// A file with such a name, and such an article in it.
	evilFile, _ := json.Marshal(action{Do: "run", Channel: b.p.servers[0].Channels[2].ID, Role: "moderator", Locale: "en-US", Command: "library add",
		Files: map[string]file{"file": {Name: evil[:48] + ".md", Type: "text/markdown", Data: []byte(strings.Replace(string(librarytest.Kiwi("how-to-use")), "title: Eczema kiwi bath", "title: '"+evil+"'", 1))}}})
	b.do(js(fmt.Sprintf(`fetch("api/act", {method: "POST", headers: {"Content-Type": "application/json"}, body: %q})`, evilFile)))
	b.do(chromedp.SetValue(chromedp.CSS("#role"), "moderator"), js(`document.querySelector("#role").dispatchEvent(new Event("change"))`))
	b.press("# moderators")
	b.reads("kiwi-bath")
	show, _ := json.Marshal(action{Do: "run", Channel: b.p.servers[0].Channels[2].ID, Role: "moderator", Locale: "en-US", Command: "library show", Values: map[string]string{"article": "kiwi-bath"}})
	b.do(js(fmt.Sprintf(`fetch("api/act", {method: "POST", headers: {"Content-Type": "application/json"}, body: %q})`, show)))
	b.until(`document.querySelector("#messages").innerText.includes("onerror")`)
	if bad := b.number(`(window.hit ? 100 : 0) + document.querySelectorAll("main img, main script, main svg, [onerror], a[href^=javascript]").length`); bad != 0 {
		t.Errorf("markup of a file became elements: %d", bad)
	}
	b.do(chromedp.SetValue(chromedp.CSS("#role"), "member"), js(`document.querySelector("#role").dispatchEvent(new Event("change"))`))
	b.press("# questions")
	b.do(chromedp.SendKeys(chromedp.CSS("#box"), evil+"\r"))
	b.press("Inspector")
	b.until(`document.querySelector("#messages").innerText.includes("onerror") && document.querySelector("#side").innerText.includes("onerror")`)
	bad := b.number(`(window.hit ? 100 : 0) + document.querySelectorAll("main img, main script, main svg, #side img, #side script, [onerror], a[href^=javascript]").length`)
	if bad != 0 {
		t.Errorf("markup became elements: %d", bad)
	}
	// The article's and the bot's words go through the same two modules.
	b.do(js(fmt.Sprintf(`Promise.all([import("/components.js"), import("/side.js")]).then(([c, s]) => {
		const evil = %q, box = document.createElement("div");
		document.body.append(box);
		box.append(c.component({type: 17, components: [{type: 10, content: evil}, {type: 1, components: [{type: 2, label: evil, style: 2, custom_id: evil}, {type: 2, style: 5, label: "x", url: "javascript:window.hit=1"},
			{type: 3, placeholder: evil, custom_id: "x", options: [{label: evil, value: evil}]}]}]}, () => {}));
		const side = document.createElement("div");
		box.append(side);
		s.library(side, {topics: [{name: evil, passages: 1, judged: 1}], articles: [{title: evil, summary: evil, days: 1, topics: [], sections: [{heading: evil, passages: [evil], questions: [evil], sources: [{name: evil, publisher: evil, url: "javascript:window.hit=1"}]}]}]}, () => {});
		window.evilDone = (window.hit ? 100 : 0) + box.querySelectorAll("img, script, svg svg, [onerror], [onload], a[href^=javascript]").length;
	}); 0`, evil)))
	b.until(`window.evilDone !== undefined`)
	if bad := b.number(`window.evilDone`); bad != 0 {
		t.Errorf("markup of the library became elements: %d", bad)
	}
}

func TestGuard(t *testing.T) {
	p, _ := begin(t)
	for _, tt := range []struct {
		name, host, origin string
		want               int
	}{
		{"loopback", "127.0.0.1:8787", "", 200},
		{"its own page", "localhost:8787", "http://localhost:8787", 200},
		{"a name pointed here", "evil.example:8787", "", 403},
		{"a name that begins like ours", "localhost.evil.example", "", 403},
		{"another page", "127.0.0.1:8787", "http://evil.example", 403},
		{"a page without an origin", "127.0.0.1:8787", "null", 403},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tt.host
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", tt.name, csp)
		}
	}
}

// No body of the page can break the server.
func FuzzAct(f *testing.F) {
	f.Add(`{"do":"run","command":"ask"}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, body string) {
		p := &Preview{}
		r := httptest.NewRequest("POST", "/api/act", strings.NewReader(body))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		if w.Code != 400 && w.Code != 422 {
			t.Errorf("%d", w.Code)
		}
	})
}
