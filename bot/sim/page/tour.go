package page

import (
	"net/http"
	"strconv"

	"xingfuli/bot/sim"
)

// tour is a script as the page walks through it: one act of a person after the
// other, each with what the bot is to say then.
type tour struct {
	title map[string]string
	acts  []scene
}

type scene struct {
	act     sim.Step
	answers []sim.Step
}

func tourOf(t Tour) (tour, error) {
	steps, err := sim.Parse(t.Script)
	out := tour{title: t.Title}
	for _, s := range steps {
		switch last := len(out.acts) - 1; {
		case s.Human():
			out.acts = append(out.acts, scene{act: s})
		case last >= 0:
			out.acts[last].answers = append(out.acts[last].answers, s)
		}
	}
	return out, err
}

// card is what the page shows of a tour between two steps.
type card struct {
	Tour, At, Total int
	Title           string
	Did, Soon       string
	Looks           []glance
	Over            bool
}

// glance is something to look at; Who and Chat lead there when it is elsewhere.
type glance struct {
	Text      string
	Who, Chat int64
	Elsewhere bool
}

// stage finds where a step happens: the person who acts or sees it, and the chat as
// Do takes it. The private chat that a line of the bot leaves out is that of last.
func (p *page) stage(l look, s sim.Step, last sim.Person) (who sim.Person, chat sim.Chat) {
	who = last
	for _, q := range l.people {
		if q.Key == s.Who || q.Name == s.Who || !s.Human() && s.Chat != "" && (q.Key == s.Chat || q.Name == s.Chat) {
			who = q
		}
	}
	chats := p.sim.Chats(who.ID)
	for _, c := range chats {
		if c.Group && s.Chat != "" && (c.Key == s.Chat || c.Title == s.Chat) {
			return who, c
		}
	}
	if len(chats) > 0 {
		chat = chats[0]
	}
	return who, chat
}

// told says in words what a person does in a step.
func (p *page) told(l look, s sim.Step) string {
	who, chat := p.stage(l, s, l.person)
	key := "tour." + string(s.Act)
	if s.Act == sim.ActLeave {
		key = "tour.leave.group"
	}
	return say(l.lang, key, "name", who.Name, "chat", chat.Title, "text", short(80, s.Text), "file", s.File)
}

// cardOf shows tour n before its act at.
func (p *page) cardOf(l look, n, at int) map[string]any {
	t := p.tours[n]
	at = min(max(at, 0), len(t.acts))
	c := card{Tour: n, At: at, Total: len(t.acts), Title: pick(t.title, l.lang), Over: at == len(t.acts)}
	if at > 0 {
		done := t.acts[at-1]
		c.Did = p.told(l, done.act)
		c.Looks = p.glances(l, done)
	}
	out := map[string]any{"tour": n, "at": at, "over": c.Over}
	if !c.Over {
		next := t.acts[at].act
		c.Soon = p.told(l, next)
		if next.Act != sim.ActClock {
			who, chat := p.stage(l, next, l.person)
			out["who"], out["chat"] = strconv.FormatInt(who.ID, 10), strconv.FormatInt(chat.ID, 10)
		}
	}
	out["html"] = l.render("tour", c)
	return out
}

// glances are what the bot does after an act, one line for each chat.
func (p *page) glances(l look, s scene) []glance {
	last, here := p.stage(l, s.act, l.person)
	seen := map[string]bool{}
	var out []glance
	for _, a := range s.answers {
		who, chat := p.stage(l, a, last)
		g := glance{Text: say(l.lang, "tour.here"), Who: who.ID, Chat: chat.ID}
		switch {
		case a.Act == sim.ExpectToast, a.Act == sim.ExpectAlert:
			g.Text = say(l.lang, "tour.toast")
		case a.Act == sim.ExpectSilence:
			g.Text = say(l.lang, "tour.silence")
		case who.ID != last.ID || chat.ID != here.ID:
			g.Text, g.Elsewhere = say(l.lang, "tour.there", "chat", chat.Title), true
		case a.Act == sim.ExpectEdit:
			g.Text = say(l.lang, "tour.changed")
		}
		if !seen[g.Text] {
			out = append(out, g)
		}
		seen[g.Text] = true
	}
	return out
}

// asked reads ?tour and ?at.
func (p *page) asked(r *http.Request) (n, at int, ok bool) {
	n, err := strconv.Atoi(r.FormValue("tour"))
	at, err2 := strconv.Atoi(r.FormValue("at"))
	return n, at, err == nil && err2 == nil && n >= 0 && n < len(p.tours) && at >= 0
}

func (p *page) tourCard(w http.ResponseWriter, r *http.Request) {
	n, at, ok := p.asked(r)
	l, some := p.lookOf(r)
	if !ok || !some {
		p.refuse(w, r, http.StatusNotFound, "err.any")
		return
	}
	reply(w, p.cardOf(l, n, at))
}

// tourStep performs act at and shows the next one.
func (p *page) tourStep(r *http.Request, l look) (any, error) {
	n, at, ok := p.asked(r)
	if !ok || at >= len(p.tours[n].acts) {
		return nil, mistake("err.any")
	}
	if err := p.sim.Perform(r.Context(), p.tours[n].acts[at].act); err != nil {
		return nil, mistake("tour.stuck")
	}
	return p.cardOf(l, n, at+1), nil
}
