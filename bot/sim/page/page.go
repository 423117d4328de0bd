// Package page shows a simulated Telegram as a chat app in the browser: whoever
// opens it plays every person of the world by turns, and moves its clock.
package page

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"xingfuli/bot/sim"
)

// Options says what the page shows besides the world. Texts are by language,
// "zh-Hans" and "en". The zero value is usable.
type Options struct {
	Title map[string]string
	Note  map[string]string // one line on top, e.g. that nothing is kept
	Zone  *time.Location    // of every time shown; nil: UTC
	Jumps []Jump
	Tours []Tour
}

// Jump is a move of the clock that the page offers.
type Jump struct {
	Label map[string]string
	Ahead func(now time.Time) time.Duration
}

// Tour is a play that the page performs step by step: the people's acts come
// from Script (see sim.Parse), the bot's answers are its own.
type Tour struct {
	Title  map[string]string
	Script string
}

type page struct {
	sim    *sim.Server
	o      Options
	tours  []tour
	unread *unread
	epoch  string // tells a page that outlived its server from one that did not
}

// New serves the page of a simulated world until that world closes.
//
// It panics when the script of a tour does not parse: like a template, a script
// is part of the program.
func New(s *sim.Server, o Options) http.Handler {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	p := &page{sim: s, o: o, unread: follow(s), epoch: rand.Text()}
	for i, t := range o.Tours {
		walk, err := tourOf(t)
		if err != nil {
			panic(fmt.Sprintf("page: tour %d: %v", i, err))
		}
		p.tours = append(p.tours, walk)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /assets/{name}", asset)
	mux.HandleFunc("GET /view", p.view)
	mux.HandleFunc("GET /older", p.older)
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("GET /file/{path...}", p.file)
	mux.HandleFunc("GET /tour", p.tourCard)
	for path, do := range map[string]deed{
		"/send": p.send, "/press": p.press, "/edit": p.edit, "/vote": p.vote, "/react": p.react, "/delete": p.remove,
		"/move": p.move, "/block": p.block, "/tour": p.tourStep,
	} {
		mux.Handle("POST "+path, p.act(do))
	}
	return guard(mux)
}
