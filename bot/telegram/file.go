package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
)

// Document is a file that a person sent. All of it is what they say: the name and the kind
// may be anything, and the size may be wrong.
type Document struct {
	ID   string `json:"i"`
	Name string `json:"n,omitempty"`
	MIME string `json:"m,omitempty"`
	Size int64  `json:"s,omitempty"` // bytes, 0 when it is not known
}

// Refusals of what people send.
var (
	// ErrFileBig refuses a file that is larger than the bot reads.
	ErrFileBig = errors.New("telegram: the file is too big")
	// ErrFileGone refuses a file that Telegram does not give out any more, or never had.
	ErrFileGone = errors.New("telegram: no such file")
)

// Document is the file that came with the turn's message; ok is false when there is none. A
// photo is none.
func (t *Turn) Document() (d Document, ok bool) {
	if t.Message == nil || t.Message.Document == nil || t.press != "" {
		return d, false
	}
	m := t.Message.Document
	return Document{ID: m.FileID, Name: m.FileName, MIME: m.MimeType, Size: m.FileSize}, true
}

// Download reads a file that a person sent, of at most limit bytes. It returns ErrFileBig,
// ErrFileGone or queue.ErrLater.
func (t *Turn) Download(ctx context.Context, d Document, limit int64) ([]byte, error) {
	if d.Size > limit {
		return nil, fmt.Errorf("download %d bytes: %w", d.Size, ErrFileBig)
	}
	defer t.timer.pause()()
	return t.router.Sender.Download(context.WithoutCancel(ctx), d.ID, limit)
}

// Download reads the file with this ID from Telegram: see Turn.Download.
func (s *Sender) Download(ctx context.Context, id string, limit int64) ([]byte, error) {
	var f *models.File
	err := s.call(ctx, "getFile", func(ctx context.Context) (err error) {
		f, err = s.api.GetFile(ctx, &bot.GetFileParams{FileID: id})
		return err
	})
	switch api := (*APIError)(nil); {
	case errors.As(err, &api) && api.says("file is too big"):
		return nil, ErrFileBig
	case errors.Is(err, queue.ErrRefused), err == nil && f.FilePath == "":
		return nil, ErrFileGone
	case err != nil:
		return nil, err
	case f.FileSize > limit:
		return nil, ErrFileBig
	}
	var data []byte
	r := request{method: "download", again: true, within: fileTimeout}
	err = s.try(ctx, r, func(ctx context.Context) (err error) {
		data, err = s.wire.download(ctx, f.FilePath, limit)
		return err
	})
	if api := (*APIError)(nil); errors.As(err, &api) && api.Code == http.StatusNotFound {
		return nil, ErrFileGone
	}
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, ErrFileBig
	}
	return data, nil
}

// download reads limit bytes of a file, and one more when it is larger. It follows no
// redirect, which would take the token elsewhere.
func (w *wire) download(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return nil, err
	}
	from := w.files
	from.Path += strings.TrimPrefix(path, "/")
	req.URL = &from
	resp, err := w.trip.RoundTrip(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return data, nil
}

// learn keeps the ID that Telegram gave a file, so that it need not be sent again.
func (f *File) learn(sent *models.Message) {
	switch {
	case len(sent.Photo) > 0:
		f.ID = sent.Photo[len(sent.Photo)-1].FileID // the sizes, the largest last
	case sent.Document != nil:
		f.ID = sent.Document.FileID
	}
}
