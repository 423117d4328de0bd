package telegram

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
)

// dot is a picture.
var dot = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// TestFileID: what was sent by its bytes is sent by its ID afterwards, to anybody, and what
// Telegram does not know is refused.
func TestFileID(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	ctx := t.Context()
	photo, doc := &File{Name: "a.png", Bytes: dot}, &File{Name: "菜单.csv", Bytes: []byte("周一,鱼")}
	for _, m := range []Message{{Photo: photo, HTML: "<b>一</b>"}, {File: doc}} {
		if _, err := sd.Send(ctx, queue.Chat{ID: ana}, m); err != nil {
			t.Fatal(err)
		}
	}
	if photo.ID == "" || doc.ID == "" {
		t.Fatalf("no IDs: %q, %q", photo.ID, doc.ID)
	}
	for _, m := range []Message{{Photo: &File{ID: photo.ID}}, {File: &File{ID: doc.ID}}} {
		if _, err := sd.Send(ctx, queue.Chat{ID: group}, m); err != nil {
			t.Error(err)
		}
	}
	for _, m := range []Message{{Photo: &File{ID: "nonsense"}}, {Photo: &File{ID: doc.ID}}, {Photo: &File{Name: "a.png", Bytes: []byte("no picture")}}} {
		if id, err := sd.Send(ctx, queue.Chat{ID: ana}, m); !errors.Is(err, queue.ErrRefused) || id != 0 {
			t.Errorf("%+v: %d, %v", m.Photo, id, err)
		}
	}
	sent := s.History(ana, group, 0, 9)
	if n := len(sent); n < 2 || sent[n-1].Files[0].Name != "菜单.csv" || !sent[n-2].Files[0].Photo {
		t.Errorf("the group has %+v", sent)
	}
}

// TestPhotoFails: a picture fails and is tried again as a text is.
func TestPhotoFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		fault   sim.Fault
		arrived int
		want    error
	}{
		{"429", sim.Fault{Status: 429, RetryAfter: 1}, 1, nil},
		{"a gateway", sim.Fault{Status: 502, Body: html502}, 1, nil},
		{"closed before it was done", sim.Fault{Drop: true}, 0, queue.ErrUnknown},
		{"closed after it was done", sim.Fault{Drop: true, Act: true}, 1, queue.ErrUnknown},
		{"blocked", sim.Fault{Status: 403, Body: `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`}, 0, queue.ErrUnreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := world(t, sim.Options{Unlimited: true})
			failing(s, "sendPhoto", tt.fault)
			sd := sender(t, s, url, Limits{})
			photo := &File{Name: "a.png", Bytes: dot}
			id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{Photo: photo, HTML: "x"})
			if !errors.Is(err, tt.want) || (err == nil) != (id != 0) || (err == nil) != (photo.ID != "") {
				t.Errorf("Send = %d, %v, photo %q; want %v", id, err, photo.ID, tt.want)
			}
			if n := len(said(s, ana, self)); n != tt.arrived {
				t.Errorf("%d arrived", n)
			}
		})
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	ctx := t.Context()
	data := bytes.Repeat([]byte("周一,鱼\n"), 1000)
	if _, err := s.Do(ctx, ana, self, sim.Act{Document: data, FileName: "菜单.csv"}); err != nil {
		t.Fatal(err)
	}
	h := s.History(ana, self, 0, 1)
	id := h[0].Files[0].ID
	failing(s, "getFile", sim.Fault{Drop: true}, sim.Fault{Status: 502, Body: html502})
	if got, err := sd.Download(ctx, id, int64(len(data))); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for name, err := range map[string]error{
		"one byte too many": func() error { _, err := sd.Download(ctx, id, int64(len(data))-1); return err }(),
		"as it says itself": func() error { _, err := (&Turn{}).Download(ctx, Document{ID: id, Size: 9}, 8); return err }(),
	} {
		if !errors.Is(err, ErrFileBig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sd.Download(ctx, "nonsense", 9); !errors.Is(err, ErrFileGone) {
		t.Errorf("no such file: %v", err)
	}
}

// TestDownloadServer downloads from servers that lie, redirect, stop and refuse: the token is
// neither taken elsewhere nor in an error.
func TestDownloadServer(t *testing.T) {
	t.Parallel()
	const token = "7:secret-token"
	tests := []struct {
		name string
		file http.HandlerFunc
		want error
	}{
		{"more than it said", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) }, ErrFileBig},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+r.URL.Path, http.StatusFound)
		}, queue.ErrLater},
		{"forgotten", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"ok":false,"error_code":404,"description":"Not Found"}`))
		}, ErrFileGone},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("short"))
		}, queue.ErrLater},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, queue.ErrLater},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Value // path
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/getFile") {
					_, _ = w.Write([]byte(`{"ok":true,"result":{"file_id":"x","file_unique_id":"y","file_size":5,"file_path":"documents/a b.csv"}}`))
					return
				}
				asked.Store(r.URL.Path)
				tt.file(w, r)
			}))
			defer srv.Close()
			sd, err := NewSender(srv.URL+"/deep/", token, srv.Client(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			sd.Wait = 300 * time.Millisecond
			data, err := sd.Download(t.Context(), "x", 1000)
			if !errors.Is(err, tt.want) || data != nil {
				t.Errorf("%d bytes, %v; want %v", len(data), err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the token is in %q", err)
			}
			srv.CloseClientConnections()
			if got := asked.Load(); got != "/deep/file/bot"+token+"/documents/a b.csv" {
				t.Errorf("asked for %v", got)
			}
		})
	}
}
