package bot

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"salve/bot/answer"
	"salve/bot/store"
	"salve/bot/triage"
	"salve/index"
	"salve/knowledge"
)

var picture = flag.Bool("picture", false, "take the README's pictures of answers anew, with Chromium")

const (
	pictureWidth  = 720  // CSS pixels: the 600 of Discord's widest container, and what is beside it
	pictureScale  = 1.25 // makes 900 pixels, what a README shows
	pictureHeight = 3000 // CSS pixels; what stays empty is cut off
	pictureMost   = 200 << 10
)

// TestPicture asks the shipped library two questions through the simulator and
// saves what the member sees. It runs on request only, and wants the fonts Noto
// Sans and Noto Color Emoji:
//
//	go test ./bot -run TestPicture -picture
func TestPicture(t *testing.T) {
	if !*picture {
		t.Skip("pictures are taken on request, with -picture")
	}
	browser := chromium(t)
	style, err := os.ReadFile("testdata/picture/discord.css")
	if err != nil {
		t.Fatal(err)
	}
	lib, problems, err := knowledge.Load(knowledge.Builtin())
	if err != nil || len(problems.Faults()) > 0 {
		t.Fatal(err, problems)
	}
	x, err := index.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	day := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	composer := answer.New(x, func() time.Time { return day })
	shipped := setup{cfg: func(c *Config) { c.Answerer, c.Assess = composer, triage.Assess }}
	for _, tt := range []struct{ file, question, country string }{
		{"answer.png", "what are side effects of oral JAK inhibitors", "US"},
		{"emergency.png", "my mum collapsed and isn't waking up", ""}, // no country set: numbers of many, and a menu
	} {
		p := post{user: "Ana", command: "/ask"}
		bubble(t, shipped, func(w *world) {
			if err := w.store.SaveSettings(w.wait(), w.guild, store.Settings{Country: tt.country, ModeratorChannel: w.mods.ID}); err != nil {
				t.Fatal(err)
			}
			m := w.ask(tt.question)
			w.settle() // an urgent card is followed by what the library says
			p.private = m.Private()
			raw, err := json.Marshal(m.Components())
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &p.parts); err != nil {
				t.Fatal(err)
			}
		})
		doc := page(string(style), p)
		if strings.Contains(doc, `class="unknown"`) {
			t.Errorf("%s: the page maker does not know a component", tt.file)
		}
		shoot(t, browser, doc, filepath.Join("testdata/picture", tt.file))
	}
}

// chromium finds the browser; without one the test is skipped, but not on CI.
func chromium(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium to take pictures with")
	}
	t.Skip("no Chromium to take pictures with; install the package chromium")
	return ""
}

// shoot saves a picture of an HTML page as file.
func shoot(t *testing.T, browser, doc, file string) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.png")
	if err := os.WriteFile(in, []byte(doc), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--disable-lcd-text", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--force-device-scale-factor="+fmt.Sprint(pictureScale), "--window-size="+fmt.Sprintf("%d,%d", pictureWidth, pictureHeight),
		"--screenshot="+out, "file://"+in)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shot, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(saved, fewColours(trim(t, shot))); err != nil {
		t.Fatal(err)
	}
	info, err := saved.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > pictureMost {
		t.Errorf("%s has %d bytes; at most %d", file, info.Size(), pictureMost)
	}
}

// trim cuts off the empty rows at the foot, but for a margin.
func trim(t *testing.T, m image.Image) image.Image {
	const margin = 20
	r := m.Bounds()
	empty := m.At(r.Min.X, r.Max.Y-1)
	last := r.Max.Y - 1
	for ; last > r.Min.Y; last-- {
		blank := true
		for x := r.Min.X; x < r.Max.X && blank; x++ {
			blank = m.At(x, last) == empty
		}
		if !blank {
			break
		}
	}
	if last+margin > r.Max.Y {
		t.Fatal("the page is longer than the window; make pictureHeight larger")
	}
	r.Max.Y = last + margin
	out := image.NewRGBA(r)
	draw.Draw(out, r, m, r.Min, draw.Src)
	return out
}

// fewColours makes a picture of 256 colours, the most frequent ones, which is a
// third of the size and looks the same for text on a plain ground.
func fewColours(m image.Image) image.Image {
	r := m.Bounds()
	count := map[color.Color]int{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[m.At(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int {
		return cmp.Or(count[b]-count[a], strings.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	out := image.NewPaletted(r, most[:min(len(most), 256)])
	draw.Draw(out, r, m, r.Min, draw.Src)
	return out
}
