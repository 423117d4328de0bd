package jobs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

// act does something to what a delivery has sent, and waits until that is over.
func (h *office) act(t *testing.T, id, kind, words string) queue.Delivery {
	t.Helper()
	said, _ := json.Marshal(words)
	body, _ := json.Marshal(Revision{Body: said})
	d, err := h.store.StartDelivery(t.Context(), queue.Op(kind), queue.Delivery{Kind: kind, Ref: id, Body: body, Author: author, Made: *h.now.Load()})
	if err != nil {
		t.Fatal(err)
	}
	return h.reached(t, d.ID, over)
}

// TestPostActs corrects, reminds of and takes back what was sent.
func TestPostActs(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 4)
		run(t, h.replica(t, telegram.Limits{}))
		id := h.start(t, "watr off at 8", chats, func(d *queue.Delivery) { d.Receipt = true })
		h.reached(t, id, over)
		if first, err := h.store.Got(t.Context(), id, chats[0].ID, chats[0].ID, *h.now.Load()); !first || err != nil {
			t.Error(first, err)
		}
		if first, _ := h.store.Got(t.Context(), id, chats[0].ID, chats[0].ID, *h.now.Load()); first {
			t.Error("a receipt is news twice")
		}
		if d := h.act(t, id, queue.KindRevise, "water off at 8"); d.Sent != 4 {
			t.Errorf("corrected: %+v", d.Progress)
		}
		edited := 0
		for _, c := range h.sim.Calls(0) {
			if c.Method == "editMessageText" && c.Params["text"] == "water off at 8" && strings.Contains(c.Params["reply_markup"], "got "+id) {
				edited++
			}
		}
		if edited != 4 {
			t.Errorf("%d copies were edited", edited)
		}
		if d := h.act(t, id, queue.KindRemind, ""); d.Sent != 3 {
			t.Errorf("reminded: %+v", d.Progress)
		}
		if err := h.sim.Delete(chats[1].ID, 7, h.rows(t, id)[chats[1]].Messages[0]); err != nil {
			t.Fatal(err)
		}
		h.sim.Fail(func(method string, chat int64) *sim.Fault {
			if method == "deleteMessage" && chat == chats[2].ID {
				return &sim.Fault{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: message can't be deleted"}`}
			}
			return nil
		})
		d := h.act(t, id, queue.KindRecall, "")
		if d.Sent != 3 || d.Failed != 1 || h.rows(t, d.ID)[chats[2]].Why != queue.WhyOld {
			t.Errorf("taken back: %+v, %+v", d.Progress, h.rows(t, d.ID))
		}
	})
}
