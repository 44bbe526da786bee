package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// layers are the packages from the lowest up. A package may import those of
// lower layers only; what shares a layer does not know of one another.
var layers = [][]string{
	{"salve/knowledge"},
	{"salve/index"},
	{"salve/index/eval", "salve/bot/store", "salve/bot/triage"},
	{"salve/bot/answer"},
	{"salve/bot/library"},
	{"salve/bot"},
	{"salve/bot/preview"},
	{"salve/cmd"},
}

// layer places a package by its longest prefix, and names that prefix.
func layer(pkg string) (at int, best string) {
	at = -1
	for i, names := range layers {
		for _, n := range names {
			if (pkg == n || strings.HasPrefix(pkg, n+"/")) && len(n) > len(best) {
				best, at = n, i
			}
		}
	}
	return at, best
}

func listPackages(t *testing.T) []struct {
	ImportPath string
	Imports    []string
} {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "salve/...").Output()
	if err != nil {
		t.Skipf("go list does not run here: %v", err)
	}
	var pkgs []struct {
		ImportPath string
		Imports    []string
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// Imports point down only, and each outside technology has one home.
func TestImportsPointDown(t *testing.T) {
	homes := map[string]string{
		"github.com/bwmarrin/discordgo": "salve/bot", "github.com/blevesearch/": "salve/index",
		"modernc.org/sqlite": "salve/bot/store", "github.com/yuin/goldmark": "salve/knowledge",
		"github.com/joho/godotenv": "salve/cmd", "github.com/JohannesKaufmann/html-to-markdown": "salve/knowledge/importer",
	}
	for _, p := range listPackages(t) {
		from, family := layer(p.ImportPath)
		if from < 0 {
			t.Errorf("%s has no layer; give it one here, or move it", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "salve/") {
				if to, other := layer(imp); to > from || to == from && other != family {
					t.Errorf("%s imports %s, which is not below it", p.ImportPath, imp)
				}
			}
			for tech, home := range homes {
				if strings.HasPrefix(imp, tech) && !strings.HasPrefix(p.ImportPath, home) {
					t.Errorf("%s imports %s, whose home is %s", p.ImportPath, imp, home)
				}
			}
		}
	}
}
