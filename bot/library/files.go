package library

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"salve/bot/store"
	"salve/knowledge"
)

// JudgedFile holds the judged questions that a server's moderators add, beside
// those that ship with Salve. The format is that of package eval.
const JudgedFile = "judged.txt"

const (
	// maxFiles and maxTotal bound what one library may hold, in files and bytes,
	// so that no folder or archive costs memory without end. The library that
	// ships has 130 articles in under 2 MB.
	maxFiles = knowledge.MaxArticles + 10
	maxTotal = 256 << 20
)

// Files are the files of a library by path, as [knowledge.Load] reads them.
type Files map[string][]byte

// kept reports whether a file belongs to a library.
func kept(name string) bool {
	switch name {
	case knowledge.SourcesFile, knowledge.LexiconFile, knowledge.WordsFile, knowledge.TranslationsFile, knowledge.RetractedFile, JudgedFile:
		return true
	}
	return fs.ValidPath(name) && !strings.Contains(name, `\`) && strings.HasSuffix(name, ".md") && strings.Count(name, "/") <= 1 && path.Base(name) != "README.md"
}

// ReadFiles reads the library in a folder. A file that is too large to be an
// article is refused by name, before it is read.
func ReadFiles(fsys fs.FS) (Files, error) {
	out := Files{}
	total := int64(0)
	names := []string{knowledge.SourcesFile, knowledge.LexiconFile, knowledge.WordsFile, knowledge.TranslationsFile, knowledge.RetractedFile, JudgedFile}
	for _, pattern := range []string{"*.md", "*/*.md"} {
		found, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	if len(names) > maxFiles {
		return nil, fmt.Errorf("the folder holds %d files, more than %d; split the library", len(names), maxFiles)
	}
	for _, name := range names {
		if !kept(name) {
			continue
		}
		info, err := fs.Stat(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".md") && info.Size() > knowledge.MaxArticle {
			return nil, fmt.Errorf("%s has %d bytes, more than an article may have (%d); split it", name, info.Size(), knowledge.MaxArticle)
		}
		if total += info.Size(); total > maxTotal {
			return nil, fmt.Errorf("the library has more than %d bytes; split it", maxTotal)
		}
		if out[name], err = fs.ReadFile(fsys, name); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the folder holds no article; put Markdown files (*.md) in it")
	}
	return out, nil
}

// Pack writes the files as a zip archive, the same bytes for the same files.
func (f Files) Pack() ([]byte, error) { return f.pack(zip.Deflate) }

func (f Files) pack(method uint16) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack reads an archive that [Files.Pack] wrote; nil gives no files. What is
// larger unpacked than a library may be is refused while it is read.
func Unpack(archive []byte) (Files, error) {
	out := Files{}
	if archive == nil {
		return out, nil
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("the library kept in the store is damaged (%w); restore a backup", err)
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("the archive holds %d files, more than %d", len(z.File), maxFiles)
	}
	left := int64(maxTotal)
	for _, zf := range z.File {
		if !kept(zf.Name) {
			continue
		}
		r, err := zf.Open()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(r, left+1))
		err = errors.Join(err, r.Close())
		if err != nil {
			return nil, err
		}
		if left -= int64(len(body)); left < 0 {
			return nil, fmt.Errorf("the archive has more than %d bytes unpacked", maxTotal)
		}
		out[zf.Name] = body
	}
	return out, nil
}

// FS shows the files as a file system.
func (f Files) FS() (fs.FS, error) {
	raw, err := f.pack(zip.Store)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
}

// hash names the files: two libraries with the same name are the same.
func (f Files) hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%d:%s%d:", len(name), name, len(f[name]))
		h.Write(f[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// serverFolder is where a server's own files stand beside the shared ones.
const serverFolder = "server/"

// with returns the shared files with a server's own ones beside them. Lists of
// retractions are joined.
func (f Files) with(own Files) Files {
	out := maps.Clone(f)
	for name, body := range own {
		switch {
		case strings.HasSuffix(name, ".md"):
			out[serverFolder+path.Base(name)] = body
		case name == knowledge.RetractedFile:
			out[name] = slices.Concat(f[name], []byte("\n"), body)
		}
	}
	return out
}

// withRetractions adds the retractions of another version: what was withdrawn
// stays withdrawn when an older version comes back or a draft is published.
func (f Files) withRetractions(of Files) Files {
	have := string(f[knowledge.RetractedFile])
	for line := range strings.Lines(string(of[knowledge.RetractedFile])) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || slices.Contains(strings.Split(have, "\n"), line) {
			continue
		}
		if have != "" && !strings.HasSuffix(have, "\n") {
			have += "\n"
		}
		have += line + "\n"
	}
	if have == "" {
		return f
	}
	out := maps.Clone(f)
	out[knowledge.RetractedFile] = []byte(have)
	return out
}

// retractions are those that the files list.
func (f Files) retractions() []store.Retraction {
	var out []store.Retraction
	for line := range strings.Lines(string(f[knowledge.RetractedFile])) {
		part := strings.SplitN(strings.TrimRight(line, "\r\n"), "\t", 3)
		if len(part) == 3 && !strings.HasPrefix(line, "#") { // the checks tell of other lines
			out = append(out, store.Retraction{Ref: part[0], Day: part[1], Reason: part[2]})
		}
	}
	return out
}

// file returns the path of the article with a slug; false when there is none.
func (f Files) file(slug string) (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		if name == slug+".md" || strings.HasSuffix(name, "/"+slug+".md") {
			return name, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if strings.HasSuffix(name, ".md") && bytes.Contains(f[name], []byte("slug: "+slug+"\n")) {
			return name, true
		}
	}
	return "", false
}
