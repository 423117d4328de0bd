package sim

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	_ "image/gif" // photos may come as GIF too
	"image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"path"
	"strings"
)

// What Telegram takes and gives.
const (
	maxUpload   = 50 << 20
	maxPhoto    = 10 << 20
	maxDownload = 20 << 20
	keepBytes   = 256 << 20 // of all files; the oldest go
	thumbEdge   = 90
)

// ErrNoFile says that a path is not that of an attachment, or that it was forgotten.
var ErrNoFile = errors.New("sim: no such file")

// file is an attachment, kept once however often it is sent.
type file struct {
	id, unique, path string
	name, mime       string
	kind             string // "photo", "document", "voice", "sticker"
	photo            bool
	width, height    int
	data             []byte
	thumb            *file // the small size of a photo
	of               *file // the photo that this is the small size of
}

type fileStore struct {
	n      int64
	byID   map[string]*file
	byPath map[string]*file
	order  []*file
	bytes  int64
}

func (fs *fileStore) init() {
	fs.byID, fs.byPath = map[string]*file{}, map[string]*file{}
}

// add keeps a file under a new ID. The oldest files are forgotten when there are too many.
func (fs *fileStore) add(f *file) *file {
	fs.n++
	var key [12]byte
	binary.BigEndian.PutUint64(key[:], hash(fmt.Sprint("file", fs.n)))
	binary.BigEndian.PutUint32(key[8:], uint32(fs.n))
	f.id = map[string]string{"photo": "AgACAgI", "document": "BQACAgI", "voice": "AwACAgI", "sticker": "CAACAgI"}[f.kind] +
		base64.RawURLEncoding.EncodeToString(key[:])
	sum := fnv.New64a()
	sum.Write(f.data)
	f.unique = "AQAD" + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
	if f.of != nil {
		f.unique = f.unique[:len(f.unique)-1] + "s"
	}
	f.path = fmt.Sprintf("%ss/file_%d%s", f.kind, fs.n, path.Ext(f.name))
	fs.byID[f.id], fs.byPath[f.path] = f, f
	fs.order = append(fs.order, f)
	fs.bytes += int64(len(f.data))
	for fs.bytes > keepBytes && len(fs.order) > 1 {
		old := fs.order[0]
		fs.order = fs.order[1:]
		fs.bytes -= int64(len(old.data))
		delete(fs.byID, old.id)
		delete(fs.byPath, old.path)
	}
	return f
}

// addPhoto keeps a picture and its small size.
func (s *Server) addPhoto(data []byte, name string) (*file, *apiError) {
	if len(data) == 0 {
		return nil, bad("file must be non-empty")
	}
	if len(data) > maxPhoto {
		return nil, bad("file is too big")
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	w, h := cfg.Width, cfg.Height
	if w+h > 10_000 || w > 20*h || h > 20*w || w == 0 || h == 0 {
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	f := s.files.add(&file{
		kind: "photo", photo: true, name: strings.TrimSuffix(name, path.Ext(name)) + "." + format,
		mime: "image/" + format, width: w, height: h, data: data,
	})
	if scale := max(w, h); scale > thumbEdge {
		f.thumb = s.files.add(&file{
			kind: "photo", photo: true, name: "thumb.jpeg", mime: "image/jpeg", of: f,
			width: max(1, w*thumbEdge/scale), height: max(1, h*thumbEdge/scale),
		})
	}
	return f, nil
}

func (s *Server) addFile(kind string, data []byte, name string) (*file, *apiError) {
	switch {
	case len(data) == 0:
		return nil, bad("file must be non-empty")
	case len(data) > maxUpload:
		return nil, &apiError{code: 413, text: "Request Entity Too Large"}
	}
	return s.files.add(&file{kind: kind, name: path.Base(name), mime: mimeOf(name, data), data: data}), nil
}

// mimeOf knows what the table of the machine may not.
func mimeOf(name string, data []byte) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".csv":
		return "text/csv"
	case ".ogg", ".oga":
		return "audio/ogg"
	case ".webp":
		return "image/webp"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			t, _, _ = strings.Cut(t, ";")
			return t
		}
	}
	t, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return t
}

// sizes are the PhotoSizes of a photo, smallest first.
func (f *file) sizes() []apiPhoto {
	var list []apiPhoto
	if t := f.thumb; t != nil {
		list = append(list, apiPhoto{FileID: t.id, UniqueID: t.unique, Width: t.width, Height: t.height})
	}
	return append(list, apiPhoto{FileID: f.id, UniqueID: f.unique, Width: f.width, Height: f.height, Size: int64(len(f.data))})
}

// bytes are the content; that of a small size is made when it is asked for.
func (f *file) bytes() []byte {
	if f.of == nil {
		return f.data
	}
	img, _, err := image.Decode(bytes.NewReader(f.of.data))
	if err != nil {
		return nil
	}
	small := image.NewRGBA(image.Rect(0, 0, f.width, f.height))
	b := img.Bounds()
	for y := range f.height {
		for x := range f.width {
			small.Set(x, y, img.At(b.Min.X+x*b.Dx()/f.width, b.Min.Y+y*b.Dy()/f.height))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, nil); err != nil {
		return nil
	}
	return out.Bytes()
}

// view is the file as the page shows it.
func (f *file) view() File {
	return File{ID: f.id, Name: f.name, MIME: f.mime, Path: f.path, Photo: f.photo, Size: int64(len(f.data)), Width: f.width, Height: f.height}
}

// inputFile finds the file of a parameter: a part of the form, attach://part, or a file_id.
func (s *Server) inputFile(c *call, kind, value string, part *upload) (*file, *apiError) {
	if name, ok := strings.CutPrefix(value, "attach://"); ok && part == nil {
		if p := c.p.find(name); p != nil {
			part = p.file
		}
		if part == nil {
			return nil, bad("there is no file part %q in the request", name)
		}
	}
	if part != nil {
		if kind == "photo" {
			return s.addPhoto(part.data, part.name)
		}
		return s.addFile(kind, part.data, part.name)
	}
	if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
		return nil, bad("failed to get HTTP URL content")
	}
	f := s.files.byID[value]
	if f == nil {
		return nil, bad("wrong file identifier/HTTP URL specified")
	}
	if f.kind != kind {
		return nil, bad("can't use file of type %s as %s", title(f.kind), title(kind))
	}
	return f, nil
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (s *Server) getFile(c *call) (any, *apiError) {
	f := s.files.byID[c.p.str("file_id")]
	if f == nil {
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	}
	if len(f.data) > maxDownload {
		return nil, bad("file is too big")
	}
	return apiFile{FileID: f.id, UniqueID: f.unique, Size: int64(len(f.data)), Path: f.path}, nil
}

func (s *Server) serveFile(w http.ResponseWriter, name string) {
	data, kind, err := s.File(name)
	if err != nil {
		writeError(w, &apiError{code: 404, text: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) // the client is gone when this fails: nothing to do
}

// File opens an attachment by File.Path.
func (s *Server) File(name string) (data []byte, mime string, err error) {
	s.mu.Lock()
	f := s.files.byPath[name]
	s.mu.Unlock()
	if f == nil {
		return nil, "", ErrNoFile
	}
	return f.bytes(), f.mime, nil
}

// media is one file with its caption.
type media struct {
	file    *file
	caption formatted
	above   bool
	spoiler bool
}

func (m media) fill(api *apiMessage) {
	f := m.file
	switch f.kind {
	case "photo":
		api.Photo = f.sizes()
	case "voice":
		api.Voice = &apiVoice{FileID: f.id, UniqueID: f.unique, Duration: 1, MIME: f.mime, Size: int64(len(f.data))}
	case "sticker":
		api.Sticker = &apiSticker{FileID: f.id, UniqueID: f.unique, Type: "regular", Width: 512, Height: 512, Emoji: "👍", Size: int64(len(f.data))}
	default:
		api.Document = &apiDocument{FileID: f.id, UniqueID: f.unique, Name: f.name, MIME: f.mime, Size: int64(len(f.data))}
	}
	api.Caption, api.CaptionEntities = m.caption.text, m.caption.entities
	api.CaptionAbove, api.Spoiler = m.above, m.spoiler
}

// sendFile is what sendPhoto, sendDocument and sendVoice have in common.
func (s *Server) sendFile(c *call, kind string) (any, *apiError) {
	caption, err := s.body(c.p, "caption", "caption_entities", maxCaption)
	if err != nil {
		return nil, err
	}
	d, err := s.draft(c)
	if err != nil {
		return nil, err
	}
	p := c.p.find(kind)
	f, err := s.inputFile(c, kind, p.value, p.file)
	if err != nil {
		return nil, err
	}
	m := media{file: f, caption: caption, above: c.p.bool("show_caption_above_media"), spoiler: c.p.bool("has_spoiler")}
	m.fill(d.msg.api)
	d.msg.files = []*file{f}
	return s.send(d), nil
}

func (s *Server) sendPhoto(c *call) (any, *apiError)    { return s.sendFile(c, "photo") }
func (s *Server) sendDocument(c *call) (any, *apiError) { return s.sendFile(c, "document") }
func (s *Server) sendVoice(c *call) (any, *apiError)    { return s.sendFile(c, "voice") }

type rawMedia struct {
	Type    string          `json:"type"`
	Media   string          `json:"media"`
	Caption string          `json:"caption"`
	Mode    string          `json:"parse_mode"`
	Marks   json.RawMessage `json:"caption_entities"`
	Above   bool            `json:"show_caption_above_media"`
	Spoiler bool            `json:"has_spoiler"`
}

// readMedia reads one InputMedia.
func (s *Server) readMedia(c *call, text string) (media, *apiError) {
	var r rawMedia
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return media{}, bad("can't parse input media JSON object")
	}
	if r.Type != "photo" && r.Type != "document" {
		return media{}, bad("media of type %q is not simulated", r.Type)
	}
	f, err := s.format(r.Caption, r.Mode, string(r.Marks))
	if err != nil {
		return media{}, err
	}
	if len16(f.text) > maxCaption {
		return media{}, bad("message caption is too long")
	}
	in, err := s.inputFile(c, r.Type, r.Media, nil)
	return media{file: in, caption: f, above: r.Above, spoiler: r.Spoiler}, err
}

// Album sizes.
const minAlbum, maxAlbum = 2, 10

func (c *call) album() []json.RawMessage {
	var list []json.RawMessage
	_ = c.p.json("media", &list) // checked against api.json before
	return list
}

func albumLoad(c *call) load { return load{sent: len(c.album())} }

func (s *Server) sendMediaGroup(c *call) (any, *apiError) {
	list := c.album()
	if len(list) < minAlbum || len(list) > maxAlbum {
		return nil, bad("media group must include %d-%d items", minAlbum, maxAlbum)
	}
	if _, err := s.draft(c); err != nil {
		return nil, err
	}
	items := make([]media, len(list))
	for i, text := range list {
		m, err := s.readMedia(c, string(text))
		if err != nil {
			return nil, err
		}
		if i > 0 && m.file.kind != items[0].file.kind {
			return nil, bad("Can't use the media of the specified type in the album")
		}
		items[i] = m
	}
	return s.sendAlbum(c, items)
}

func (s *Server) sendAlbum(c *call, items []media) (any, *apiError) {
	group := s.albumID()
	sent := make([]*apiMessage, len(items))
	for i, m := range items {
		d, err := s.draft(c)
		if err != nil {
			return nil, err
		}
		m.fill(d.msg.api)
		d.msg.files, d.msg.api.MediaGroup = []*file{m.file}, group
		sent[i] = s.send(d)
	}
	return sent, nil
}

func (s *Server) albumID() string {
	s.queryIDs++
	return fmt.Sprint(14_000_000_000_000_000 + s.queryIDs)
}
