package page

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/sim"
)

// upload is the most that one act may bring, as with Telegram's bots.
const upload = 20 << 20

// heaviestPhoto is the most that Telegram takes as a photo; more travels as a document.
const heaviestPhoto = 10 << 20

// deed does what somebody asked for, as the person and in the chat of l; what it
// returns goes to the page.
type deed func(r *http.Request, l look) (any, error)

// mistake is an error that the page explains with a word of its own.
type mistake string

func (m mistake) Error() string { return "page: " + string(m) }

// act runs a deed and explains what went wrong.
func (p *page) act(do deed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, upload+64<<10) // the fields around the file
		if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			p.explain(w, r, err)
			return
		}
		if r.MultipartForm != nil {
			defer func() { _ = r.MultipartForm.RemoveAll() }()
		}
		l, ok := p.lookOf(r)
		if !ok {
			p.refuse(w, r, http.StatusNotFound, "nobody")
			return
		}
		if l.listed && r.FormValue("chat") != "" {
			p.refuse(w, r, http.StatusNotFound, "err.chat")
			return
		}
		answer, err := do(r, l)
		if err != nil {
			p.explain(w, r, err)
			return
		}
		if answer == nil {
			answer = map[string]any{}
		}
		reply(w, answer)
	})
}

func (p *page) explain(w http.ResponseWriter, r *http.Request, err error) {
	var (
		m   mistake
		big *http.MaxBytesError
	)
	switch {
	case errors.As(err, &big):
		p.refuse(w, r, http.StatusRequestEntityTooLarge, "err.big")
	case errors.As(err, &m):
		p.refuse(w, r, http.StatusBadRequest, string(m))
	default:
		for _, e := range explained {
			if errors.Is(err, e.err) {
				p.refuse(w, r, http.StatusConflict, e.word)
				return
			}
		}
		if r.MultipartForm != nil && len(r.MultipartForm.File) > 0 {
			p.refuse(w, r, http.StatusConflict, "err.file")
			return
		}
		p.refuse(w, r, http.StatusConflict, "err.any")
	}
}

// explained are the refusals of the world, as an app would show them.
var explained = []struct {
	err  error
	word string
}{
	{sim.ErrNotMember, "err.member"}, {sim.ErrNoChat, "err.chat"}, {sim.ErrNoMessage, "toofar"}, {sim.ErrNotAuthor, "err.author"},
	{sim.ErrNotAdmin, "err.admin"}, {sim.ErrNoTopic, "err.topic"}, {sim.ErrBlocked, "blocked"}, {sim.ErrEmpty, "err.empty"},
	{sim.ErrTooLong, "err.long"}, {sim.ErrPoll, "err.poll"}, {sim.ErrBackwards, "err.time"},
}

// send sends what the form holds: text, or files with the text as their caption.
func (p *page) send(r *http.Request, l look) (any, error) {
	a := sim.Act{Text: r.FormValue("text"), Thread: l.thread, AsGroup: r.FormValue("asgroup") != ""}
	a.ReplyTo, _ = strconv.Atoi(r.FormValue("reply"))
	switch r.FormValue("kind") {
	case "sticker":
		a.Text, a.Sticker = "", true
	case "voice":
		a.Text, a.Voice = "", true
	}
	files, err := attached(r.MultipartForm)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		_, err = p.sim.Do(r.Context(), l.person.ID, l.chat.ID, a)
		return nil, err
	}
	files[0].Caption = a.Text
	if len(files) > 1 && alike(files) {
		files = []sim.Act{{Album: files}}
	}
	for _, f := range files {
		f.ReplyTo, f.Thread, f.AsGroup = a.ReplyTo, a.Thread, a.AsGroup
		if _, err := p.sim.Do(r.Context(), l.person.ID, l.chat.ID, f); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// alike says that the files may travel as one album: all photos or all documents.
func alike(files []sim.Act) bool {
	return len(files) <= 10 && !slices.ContainsFunc(files, func(f sim.Act) bool { return (f.Photo == nil) != (files[0].Photo == nil) })
}

// attached reads the form's files. "photo" fields that are no PNG or JPEG, or too
// heavy, travel as documents.
func attached(form *multipart.Form) ([]sim.Act, error) {
	var out []sim.Act
	if form == nil {
		return nil, nil
	}
	for _, field := range []string{"photo", "document"} {
		for _, head := range form.File[field] {
			body, err := readFile(head)
			if err != nil {
				return nil, err
			}
			kind := http.DetectContentType(body)
			if field == "photo" && len(body) <= heaviestPhoto && (kind == "image/png" || kind == "image/jpeg") {
				out = append(out, sim.Act{Photo: body})
			} else {
				out = append(out, sim.Act{Document: body, FileName: head.Filename})
			}
		}
	}
	return out, nil
}

func readFile(head *multipart.FileHeader) ([]byte, error) {
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func (p *page) press(r *http.Request, l look) (any, error) {
	id, err := strconv.Atoi(r.FormValue("message"))
	if err != nil {
		return nil, mistake("err.any")
	}
	toast, err := p.sim.Press(r.Context(), l.person.ID, l.chat.ID, id, r.FormValue("data"))
	return map[string]any{"answered": toast.Answered}, err
}

func (p *page) edit(r *http.Request, l look) (any, error) {
	id, err := strconv.Atoi(r.FormValue("message"))
	if err != nil {
		return nil, mistake("err.any")
	}
	return nil, p.sim.Edit(r.Context(), l.person.ID, l.chat.ID, id, r.FormValue("text"))
}

// react sets the person's reaction to a message; an empty emoji takes it away.
func (p *page) react(r *http.Request, l look) (any, error) {
	id, err := strconv.Atoi(r.FormValue("message"))
	if err != nil {
		return nil, mistake("err.any")
	}
	return nil, p.sim.React(r.Context(), l.person.ID, l.chat.ID, id, r.FormValue("emoji"))
}

// remove deletes a message for everybody.
func (p *page) remove(r *http.Request, l look) (any, error) {
	id, err := strconv.Atoi(r.FormValue("message"))
	if err != nil {
		return nil, mistake("err.any")
	}
	return nil, p.sim.Delete(l.person.ID, l.chat.ID, id)
}

// vote takes the options of a native poll, "0 2"; none takes the vote back.
func (p *page) vote(r *http.Request, l look) (any, error) {
	id, err := strconv.Atoi(r.FormValue("message"))
	if err != nil {
		return nil, mistake("err.any")
	}
	options := []int{}
	for _, f := range strings.Fields(r.FormValue("options")) {
		n, err := strconv.Atoi(f)
		if err != nil {
			return nil, mistake("err.any")
		}
		options = append(options, n)
	}
	return nil, p.sim.Vote(r.Context(), l.person.ID, l.chat.ID, id, options)
}

// move moves the clock, by an offered jump or by "90m", "2h", "1d".
func (p *page) move(r *http.Request, l look) (any, error) {
	var d time.Duration
	if i, err := strconv.Atoi(r.FormValue("jump")); err == nil && i >= 0 && i < len(p.o.Jumps) {
		d = p.o.Jumps[i].Ahead(p.sim.Now())
	} else {
		d = ahead(r.FormValue("by"))
	}
	if d <= 0 {
		return nil, mistake("err.time")
	}
	if err := p.sim.Move(r.Context(), d); err != nil {
		return nil, err
	}
	now := l.clock()
	return map[string]any{"now": now.Day + " " + now.Time}, nil
}

// longest is as far as one move may go: a year.
const longest = 366 * 24 * time.Hour

// ahead reads "90m", "2h", "1d"; 0 when it is none, or too long.
func ahead(s string) time.Duration {
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(s[:len(s)-1], 64)
	unit := units[s[len(s)-1:]]
	if err != nil || unit == 0 || !(n > 0) || n > float64(longest/unit) {
		return 0
	}
	return time.Duration(n * float64(unit))
}

// block makes the bot unreachable for the person, or reachable again.
func (p *page) block(r *http.Request, l look) (any, error) {
	if r.FormValue("on") != "" {
		return nil, p.sim.Block(l.person.ID)
	}
	return nil, p.sim.Unblock(l.person.ID)
}
