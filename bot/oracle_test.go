package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"xingfuli/bot/sim"
)

// want is one update and the calls that it must lead to, in their order. An update of
// which nothing is to come of has none.
type want struct {
	what  string
	query string // of a press
	outs  []out
}

// out is a call that must be made. It holds what is not empty.
type out struct {
	method string
	text   string // a part of it
	reply  int
	either []string // of these the text holds one
}

func (o out) is(c sim.Call) bool {
	if c.Method != o.method || !strings.Contains(c.Params["text"], o.text) {
		return false
	}
	if len(o.either) > 0 && !slices.ContainsFunc(o.either, func(s string) bool { return strings.Contains(c.Params["text"], s) }) {
		return false
	}
	return o.reply == 0 || strings.Contains(c.Params["reply_parameters"], fmt.Sprintf(`"message_id":%d`, o.reply)) &&
		!strings.Contains(c.Params["reply_parameters"], fmt.Sprintf(`"message_id":%d`, o.reply)+"0")
}

// oracle knows what was sent in, and tells whether what came out is right.
type oracle struct {
	c  *town
	mu sync.Mutex // sending in is one at a time, so that each update is known

	chats   map[int64][]*want
	queries map[string]int64 // chat of each press
	sent    int
	seen    int64 // newest call that anybody looked at
	faults  []span
	weak    map[string]bool // lives that lost a part of the inbox
}

func newOracle(c *town) *oracle {
	return &oracle{c: c, chats: map[int64][]*want{}, queries: map[string]int64{}}
}

// say sends a text in and notes what must come of it.
func (o *oracle) say(who, chat int64, text string, outs ...out) (message int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	to := chat
	if chat == who {
		to = o.c.sim.Bot().ID
	}
	message, err := o.c.sim.Do(context.Background(), who, to, sim.Act{Text: text})
	if err != nil {
		o.c.t.Error(err)
	}
	if chat < 0 {
		for i := range outs {
			if outs[i].reply < 0 {
				outs[i].reply = message
			}
		}
	}
	o.note(chat, &want{what: text, outs: outs})
	return message
}

// press presses a button and notes what must come of it.
func (o *oracle) press(who, chat int64, message int, data string, outs ...out) {
	o.mu.Lock()
	defer o.mu.Unlock()
	to := chat
	if chat == who {
		to = o.c.sim.Bot().ID
	}
	now, cancel := context.WithCancel(context.Background())
	cancel() // do not wait for the answer
	if _, err := o.c.sim.Press(now, who, to, message, data); err != nil {
		o.c.t.Error(err)
	}
	query := o.newest()
	o.queries[query] = chat
	o.note(chat, &want{what: "[" + data + "]", query: query, outs: outs})
}

// newest is the press that was made last. Behind it may be what is brought once more.
func (o *oracle) newest() string {
	for _, up := range slices.Backward(o.c.sim.Updates()) {
		var u struct {
			Query struct {
				ID string `json:"id"`
			} `json:"callback_query"`
		}
		if err := json.Unmarshal(up.Raw, &u); err != nil {
			o.c.t.Error(err)
		}
		if _, known := o.queries[u.Query.ID]; u.Query.ID != "" && !known {
			return u.Query.ID
		}
	}
	o.c.t.Error("there is no press")
	return ""
}

func (o *oracle) note(chat int64, w *want) {
	o.sent++
	o.chats[chat] = append(o.chats[chat], w)
}

// fault notes that something went wrong.
func (o *oracle) fault(s span) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = append(o.faults, s)
}

// latest is the number of the newest call.
func (o *oracle) latest() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if cs := o.c.sim.Calls(o.seen); len(cs) > 0 {
		o.seen = cs[len(cs)-1].Seq
	}
	return o.seen
}

// count is how many updates were sent in.
func (o *oracle) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent
}

// await waits until a call in chat after seq is what out says.
func (o *oracle) await(chat, seq int64, want out) (found sim.Call, ok bool) {
	ok = o.c.until(fmt.Sprintf("%+v in %d", want, chat), patience, func() bool {
		for _, c := range o.c.calls(seq) {
			seq = max(seq, c.Seq)
			if c.Chat == chat && (c.Error == "" || broken(c)) && want.is(c) {
				found = c
				return true
			}
		}
		return false
	})
	return found, ok
}

// sentID is the message that a call has sent.
func sentID(c sim.Call) int {
	var reply struct {
		Result struct {
			ID int `json:"message_id"`
		} `json:"result"`
	}
	_ = json.Unmarshal(c.Reply, &reply)
	return reply.Result.ID
}

var buttonData = regexp.MustCompile(`"callback_data":"([a-z]+ [^"]*)"`)

// buttons lists the data of the buttons that a call has sent.
func buttons(c sim.Call) []string {
	var all []string
	for _, m := range buttonData.FindAllStringSubmatch(c.Params["reply_markup"], -1) {
		all = append(all, m[1])
	}
	return all
}

// broken tells of a send whose connection broke: it may have arrived, and is not made again.
func broken(c sim.Call) bool {
	return c.Fault != nil && c.Fault.Drop && strings.HasPrefix(c.Method, "send")
}

// verdict is what the oracle found.
type verdict struct {
	answers, extra int
	deepest        int // updates of one chat that were repeated after one fault
	wrong          []string
}

// judge compares what came out with what was to come of what was sent in.
//
// The calls in a chat must be those of its updates in their order. After a fault, and only
// then, they may begin again at an update before, and go on from there in order once more.
// So nothing is left out, nothing is said that was not asked for, no two replicas work in
// one chat at once, and no answer is given more than once more for a fault.
func (o *oracle) judge() verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.weak = o.c.lost()
	chats := map[int64][]sim.Call{}
	answers := map[string][]sim.Call{}
	for _, c := range o.c.calls(0) {
		if q := c.Params["callback_query_id"]; q != "" {
			answers[q] = append(answers[q], c)
			continue
		}
		if c.Error != "" && !broken(c) && !strings.Contains(c.Error, "message is not modified") {
			continue
		}
		chats[c.Chat] = append(chats[c.Chat], c)
	}
	var v verdict
	for chat, wants := range o.chats {
		o.inOrder(chats[chat])
		o.read(&v, chat, wants, chats[chat])
		for _, w := range wants {
			if w.query != "" {
				o.ended(&v, chat, w, answers[w.query])
			}
		}
		delete(chats, chat)
	}
	for chat, cs := range chats {
		v.wrong = append(v.wrong, fmt.Sprintf("chat %d, from which nothing came: %s", chat, show(cs[0])))
	}
	return v
}

func (o *oracle) read(v *verdict, chat int64, wants []*want, calls []sim.Call) {
	wants = slices.DeleteFunc(slices.Clone(wants), func(w *want) bool { return len(w.outs) == 0 })
	i, k := -1, 0 // the update whose calls are being read, and how many of them were
	used := excuses{}
	whole := func() bool { return i < 0 || k == len(wants[i].outs) }
	for n, c := range calls {
		switch {
		case !whole() && wants[i].outs[k].is(c):
			k++
			continue
		case whole() && i+1 < len(wants) && wants[i+1].outs[0].is(c):
			i, k = i+1, 1
			v.answers++
			continue
		}
		if k > 0 && calls[n-1].Fault != nil && c.Method == "editMessageText" && wants[i].outs[k-1].is(c) {
			continue // its answer was lost: it is harmless to make it again
		}
		j := i
		for j >= 0 && !wants[j].outs[0].is(c) {
			j--
		}
		switch {
		case j < 0:
			v.wrong = append(v.wrong, fmt.Sprintf("chat %d: nobody asked for %s; before it came %s", chat, show(c), around(wants, i)))
			return
		case !o.faulty(calls[max(0, n-1)], c, used):
			v.wrong = append(v.wrong, fmt.Sprintf("chat %d: again without a fault between: %s after %s, %v later", chat, show(c), around(wants, i), c.At.Sub(calls[max(0, n-1)].At)))
			return
		}
		v.extra += i - j + 1
		v.deepest = max(v.deepest, i-j+1)
		i, k = j, 1
	}
	if i+1 < len(wants) || !whole() {
		v.wrong = append(v.wrong, fmt.Sprintf("chat %d: of %d questions the answers end at %s", chat, len(wants), around(wants, i)))
	}
}

// ended checks that a press was answered, without words.
func (o *oracle) ended(v *verdict, chat int64, w *want, answers []sim.Call) {
	if len(answers) == 0 {
		v.wrong = append(v.wrong, fmt.Sprintf("chat %d: the press %s waits for ever", chat, w.what))
	}
	used := excuses{}
	for i, c := range answers {
		if c.Params["text"] != "" {
			v.wrong = append(v.wrong, fmt.Sprintf("chat %d: the press %s is told %q", chat, w.what, c.Params["text"]))
		}
		// A press that waits behind others is ended by who has its lane then.
		if i > 0 && answers[i-1].Fault == nil && answers[i-1].From == c.From && !o.faulty(answers[i-1], c, used) {
			v.wrong = append(v.wrong, fmt.Sprintf("chat %d: the press %s is ended twice without a fault between", chat, w.what))
		}
	}
}

// slack is how late a call may be noted, on a machine that has too much to do.
const slack = time.Second

// excuses are what allowed for a repetition in a chat already: a life that was ended, or a fault.
type excuses map[any]bool

// faulty tells whether a call may be there once more: because the process that made the
// one before was killed, or lost its lease, or because something else went wrong between
// them. Each of these allows for one repetition in a chat.
func (o *oracle) faulty(a, b sim.Call, used excuses) bool {
	dead, killed := o.c.graves.of(a.From)
	if a.From != b.From && !used[a.From] && (killed && dead.from.Before(b.At) || o.weak[a.From]) {
		used[a.From] = true
		return true
	}
	for i, s := range o.faults {
		if !used[i] && s.from.Before(b.At) && s.to.After(a.At.Add(-a.Took-slack)) {
			used[i] = true
			return true
		}
	}
	return false
}

// inOrder puts what a process had begun to say before its death before what others said after.
func (o *oracle) inOrder(calls []sim.Call) {
	at := func(c sim.Call) time.Time {
		if dead, killed := o.c.graves.of(c.From); killed && dead.to.Before(c.At) {
			return dead.to
		}
		return c.At
	}
	slices.SortStableFunc(calls, func(a, b sim.Call) int { return at(a).Compare(at(b)) })
}

func around(wants []*want, i int) string {
	var all []string
	for j := max(0, i-1); j < min(len(wants), i+3); j++ {
		mark := ""
		if j == i {
			mark = "→"
		}
		all = append(all, mark+strconv.Itoa(j)+" "+strconv.Quote(wants[j].what))
	}
	return strings.Join(all, ", ")
}

func show(c sim.Call) string {
	text := []rune(c.Params["text"])
	return fmt.Sprintf("%s %q %s at %s", c.Method, string(text[:min(len(text), 40)]), c.Error, c.At.Format("05.000"))
}
