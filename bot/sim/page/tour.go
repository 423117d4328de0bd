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
		case s.Who != "bot":
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

// place finds where a step happens: the person, and the chat as Do takes it.
func (p *page) place(l look, s sim.Step) (who sim.Person, chat sim.Chat) {
	who = l.person
	for _, q := range l.people {
		if q.Key == s.Who {
			who = q
		}
	}
	for _, c := range p.sim.Chats(who.ID) {
		if (s.Chat == "" && !c.Group) || (s.Chat != "" && c.Group && c.Key == s.Chat) {
			return who, c
		}
	}
	return who, chat
}

// told says in words what a person does in a step.
func (p *page) told(l look, s sim.Step) string {
	who, chat := p.place(l, s)
	return say(l.lang, "tour.in", "name", who.Name, "chat", chat.Title, "text", short(80, s.Text))
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
		who, chat := p.place(l, next)
		out["who"], out["chat"] = strconv.FormatInt(who.ID, 10), strconv.FormatInt(chat.ID, 10)
	}
	out["html"] = l.render("tour", c)
	return out
}

// glances are the bot's answers to an act, one for each chat.
func (p *page) glances(l look, s scene) []glance {
	who, here := p.place(l, s.act)
	seen := map[int64]bool{}
	var out []glance
	for _, a := range s.answers {
		a.Who = s.act.Who // a private answer goes to whoever acted
		_, chat := p.place(l, a)
		if seen[chat.ID] {
			continue
		}
		seen[chat.ID] = true
		out = append(out, glance{
			Text: say(l.lang, "tour.bot", "chat", chat.Title), Who: who.ID, Chat: chat.ID, Elsewhere: chat.ID != here.ID,
		})
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
