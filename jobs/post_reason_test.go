package jobs

import (
	"errors"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

// forum is a group with topics, in which the bot is.
func (h *office) forum(id int64) queue.Chat {
	h.sim.AddGroup(sim.Group{
		ID: id, Title: "g", Members: []int64{author}, Admins: []int64{author}, BotIn: true, Forum: true, Topics: map[int]string{7: "closed", 8: "open"},
	})
	return queue.Chat{ID: id}
}

// refusing is chats that cannot be reached, and why.
func (h *office) refusing(t *testing.T) map[queue.Chat]queue.Why {
	t.Helper()
	c := h.people(t, crowdAt+100, 3)
	h.sim.AddPerson(sim.Person{ID: 9, Name: "never"})
	kicked, muted, deleted, topics := h.forum(village), h.forum(village-1), h.forum(village-2), h.forum(village-3)
	h.sim.AddGroup(sim.Group{ID: village - 4, Title: "never", Members: []int64{author}})
	err := errors.Join(
		h.sim.Block(c[0].ID), h.sim.Deactivate(c[1].ID), h.store.SetGone(t.Context(), c[2].ID, queue.WhyAway),
		h.sim.RemoveBot(kicked.ID, author), h.sim.Mute(muted.ID, true), h.sim.Disband(deleted.ID), h.sim.CloseTopic(topics.ID, 7, true),
	)
	if err != nil {
		t.Fatal(err)
	}
	return map[queue.Chat]queue.Why{
		c[0]: queue.WhyBlocked, c[1]: queue.WhyDeactivated, c[2]: queue.WhyAway, {ID: 9}: queue.WhyNotStarted, {ID: 8}: queue.WhyNotStarted,
		kicked: queue.WhyKicked, {ID: village - 4}: queue.WhyKicked, {ID: village - 5}: queue.WhyKicked, deleted: queue.WhyDeleted,
		muted: queue.WhyMuted, {ID: topics.ID, Thread: 7}: queue.WhyMuted, {ID: topics.ID, Thread: 9}: queue.WhyMuted,
	}
}

// TestPostReasons names why each chat was not reached, and none holds up the others.
func TestPostReasons(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		people, refusing := h.people(t, crowdAt, 5), h.refusing(t)
		small, open, stuck, hung := queue.Chat{ID: -77}, queue.Chat{ID: village - 3, Thread: 8}, people[0], people[1]
		h.forum(small.ID)
		moved, err := h.sim.Migrate(small.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.sim.Fail(func(method string, chat int64) *sim.Fault {
			switch chat {
			case stuck.ID:
				return &sim.Fault{Status: 429, RetryAfter: 60}
			case hung.ID:
				return &sim.Fault{Act: true, Drop: true}
			}
			return nil
		})
		run(t, h.replica(t, telegram.Limits{}))
		all := append(slices.Clone(people), small, open)
		for c := range refusing {
			all = append(all, c)
		}
		id := h.start(t, "hello", all)
		d := h.reached(t, id, func(d queue.Delivery) bool { return d.Sent+d.Failed+d.Unknown == len(all)-1 })
		if d.Queued+d.Sending != 1 || d.Failed != len(refusing) {
			t.Errorf("the chat that wants silence: %+v", d.Progress)
		}
		rows := h.rows(t, id)
		for chat, why := range refusing {
			if r := rows[chat]; r.State != queue.RowFailed || r.Why != why {
				t.Errorf("%s: %+v, want %s", chat, r, why)
			}
		}
		if r := rows[hung]; r.State != queue.RowUnknown {
			t.Errorf("the answer was lost, and the row is %+v", r)
		}
		if r := rows[small]; r.State != queue.RowSent || r.Chat != moved {
			t.Errorf("the group that became %d: %+v", moved, r)
		}
		if r := rows[open]; r.State != queue.RowSent || r.Chat != 0 {
			t.Errorf("an open topic: %+v", r)
		}
	})
}

// TestPostKept names why what was sent could not be corrected or taken back.
func TestPostKept(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		run(t, h.replica(t, telegram.Limits{}))
		c, small := h.people(t, crowdAt, 5), queue.Chat{ID: -77}
		all, kicked, deleted := append(slices.Clone(c), small, h.forum(village), h.forum(village-1)), queue.Chat{ID: village}, queue.Chat{ID: village - 1}
		h.forum(small.ID)
		id := h.start(t, "watr off", all)
		h.reached(t, id, over)
		_, err := h.sim.Migrate(small.ID)
		first := func(to queue.Chat) int { return h.rows(t, id)[to].Messages[0] }
		err = errors.Join(err, h.sim.Delete(c[0].ID, 7, first(c[0])), h.sim.Block(c[1].ID), h.sim.RemoveBot(kicked.ID, author), h.sim.Disband(deleted.ID))
		if err != nil {
			t.Fatal(err)
		}
		h.sim.Fail(func(method string, chat int64) *sim.Fault {
			said := map[string]string{"editMessageText": "message can't be edited", "deleteMessage": "message can't be deleted for everyone"}[method]
			if chat != c[2].ID || said == "" {
				return nil
			}
			return &sim.Fault{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: ` + said + `"}`}
		})
		h.kept(t, id, queue.KindRevise, len(all), map[queue.Chat]queue.Why{
			c[0]: queue.WhyGone, c[1]: queue.WhyBlocked, c[2]: queue.WhyFixed, small: queue.WhyMoved, kicked: queue.WhyKicked, deleted: queue.WhyDeleted,
		})
		h.kept(t, id, queue.KindRecall, len(all), map[queue.Chat]queue.Why{ // what is gone is taken back
			c[2]: queue.WhyOld, small: queue.WhyMoved, kicked: queue.WhyKicked, deleted: queue.WhyDeleted,
		})
	})
}

// kept does something to what was sent to n chats, which fails in some for the reasons in want.
func (h *office) kept(t *testing.T, id, kind string, n int, want map[queue.Chat]queue.Why) {
	t.Helper()
	d := h.act(t, id, kind, "water off at 8")
	if d.Failed != len(want) || d.Sent != n-len(want) {
		t.Errorf("%s: %+v", kind, d.Progress)
	}
	rows := h.rows(t, d.ID)
	for chat, why := range want {
		if r := rows[chat]; r.State != queue.RowFailed || r.Why != why {
			t.Errorf("%s in %s: %+v, want %s", kind, chat, r, why)
		}
	}
}
