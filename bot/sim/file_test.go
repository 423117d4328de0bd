package sim

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"testing"
)

func TestFiles(t *testing.T) {
	s := started(t)
	picture := func(w, h int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"no picture", []byte("GIF"), "Bad Request: IMAGE_PROCESS_FAILED"},
		{"empty", []byte{}, "Bad Request: file must be non-empty"},
		{"1:20", picture(20, 400), ""},
		{"1:21", picture(20, 420), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"too large", picture(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
	} {
		_, err := s.Do(t.Context(), resident, s.Bot().ID, Act{Photo: tt.data})
		if got := errorText(err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	id := do(t, s, resident, s.Bot().ID, Act{Photo: picture(400, 200), Caption: "<b>"})
	m, _ := s.Message(resident, s.Bot().ID, id)
	if len(m.Files) != 1 || !m.Files[0].Photo || m.Files[0].Width != 400 || m.HTML != "&lt;b&gt;" || m.Text != "<b>" {
		t.Fatalf("%+v", m)
	}
	data, kind, err := s.File(m.Files[0].Path)
	if err != nil || kind != "image/png" || !bytes.Equal(data, picture(400, 200)) {
		t.Error(kind, err)
	}
	small := s.files.byID[m.Files[0].ID].thumb
	data, kind, err = s.File(small.path)
	cfg, _, err2 := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || err2 != nil || kind != "image/jpeg" || cfg.Width != 90 || cfg.Height != 45 {
		t.Error(kind, cfg, err, err2)
	}
	if r := ask(t, s, "sendDocument", `{"chat_id":101,"document":"%s"}`, m.Files[0].ID); r.String() != "Bad Request: can't use file of type Photo as Document" {
		t.Error(r)
	}
	if _, _, err := s.File("photos/none.png"); !errors.Is(err, ErrNoFile) {
		t.Error(err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
