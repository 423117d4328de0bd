package page

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// stamps are the beginnings of the assets' checksums: a changed file has a new
// address, so that browsers may keep the old one for ever.
var stamps = func() map[string]string {
	out := map[string]string{}
	files, err := fs.Glob(assets, "assets/*")
	if err != nil {
		panic(err)
	}
	for _, name := range files {
		body, err := assets.ReadFile(name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		out[path.Base(name)] = hex.EncodeToString(sum[:6])
	}
	return out
}()

func assetPath(name string) string { return "/assets/" + name + "?v=" + stamps[name] }

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind := assetTypes[path.Ext(name)]
	body, err := assets.ReadFile("assets/" + name)
	if err != nil || kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if r.FormValue("v") != stamps[name] {
		w.Header().Set("Cache-Control", "no-cache")
	}
	_, _ = w.Write(body)
}

// shown are the types that a browser may show itself; they cannot carry a script.
var shown = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// file serves an attachment. Whatever is not a plain picture is only downloaded,
// under the name in ?name.
func (p *page) file(w http.ResponseWriter, r *http.Request) {
	data, kind, err := p.sim.File(r.PathValue("path"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	name := strings.Map(printable, path.Base(r.FormValue("name")))
	head := w.Header()
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Cache-Control", "private, max-age=3600")
	if shown[kind] && http.DetectContentType(data) == kind && r.FormValue("name") == "" {
		head.Set("Content-Type", kind)
	} else {
		head.Set("Content-Type", "application/octet-stream")
		head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	_, _ = w.Write(data)
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}
