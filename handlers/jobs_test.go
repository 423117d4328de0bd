package handlers_test

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/queue"
	"xingfuli/bot/text"
	"xingfuli/jobs"
)

// clockwork is a demo with schedules of which the test sees what they do.
type clockwork struct {
	*app.Demo
	mu   sync.Mutex
	runs []queue.Run
}

func clockDemo(t *testing.T, all ...queue.Schedule) *clockwork {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	c := &clockwork{Demo: d}
	title := func(_ text.Words, s queue.Schedule) string { return "给" + s.ID[len("chime."):] + "发菜单" }
	d.App.Clock.Register("chime", jobs.Task{Title: title, Run: func(_ context.Context, _ queue.Schedule, r queue.Run) (queue.Outcome, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.runs = append(c.runs, r)
		return "", nil
	}})
	if err := errors.Join(d.App.Clock.Ensure(t.Context(), all...), d.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	return c
}

// did lists what was done, with who had it done.
func (c *clockwork) did() (walls []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.runs {
		wall := r.Wall
		if r.By != 0 {
			wall += " by hand"
		}
		if r.Rehearse {
			wall += ", rehearsed"
		}
		walls = append(walls, wall)
	}
	return walls
}

func (c *clockwork) play(t *testing.T, script string) {
	t.Helper()
	if err := c.Sim.Play(t.Context(), script); err != nil {
		t.Error(err)
	}
}

var noon = queue.Schedule{ID: "chime.anju", Rule: "30 10 * * 1-5"}

// TestJobs shows admins what is done by the clock, and has it done, rehearsed and paused.
func TestJobs(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	c.play(t, `
		admin: /start
		bot: …
		admin: /jobs
		bot: 定时做的事，一共 …1. 给anju发菜单…
		admin: [1]
		bot*: 给anju发菜单…接下来：…周一 11月23日 10:30…还没做过。
		admin: [立即运行]
		bot*: 现在就把「给anju发菜单」做一次吗？以后的时间照旧。
		admin: [不了]
		bot*: 给anju发菜单…
		admin: [立即运行]
		bot*: 现在就把…
		admin: [现在运行]
		bot!: 好，这就做
		bot*: 给anju发菜单…
		admin: [演练]
		bot!: 好，这就演练，只有您看得到
		bot*: 给anju发菜单…
		admin: [暂停]
		bot!: 暂停了
		bot*: 给anju发菜单（已暂停）…
		admin: [继续]
		bot!: 继续了
		bot*: 给anju发菜单…
		admin: [回到列表]
		bot*: 定时做的事…`)
	if got := c.did(); len(got) != 2 || got[0] != "2026-11-23 09:00 by hand" || got[1] != "2026-11-23 09:00 by hand, rehearsed" {
		t.Errorf("done: %q", got)
	}
}

// TestJobsForged lets nobody else do any of that.
func TestJobsForged(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	c.play(t, `
		resident: /start
		bot: …
		resident: /jobs
		bot: 这件事要由镇里的管理员…
		resident: (forge jobs)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge job chime.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobrun chime.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobnow chime.anju 1)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobtry chime.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobpause chime.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge latenow chime.anju~202611231030)
		bot!!: 这件事要镇里的管理员来办…
		admin: /start
		bot: …
		admin: (forge job chime.nobody)
		bot!!: 这个按钮已经过时了…
		admin: (forge lateskip chime.anju~202611231030)
		bot!!: 这个按钮已经过时了…
		admin: (forge latenow nonsense)
		bot!!: 这个按钮已经过时了…`)
	if got := c.did(); len(got) != 0 {
		t.Errorf("done: %q", got)
	}
}

// TestJobsDue jumps over several due times: each is met in its order, at its time.
func TestJobsDue(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	if err := c.Sim.Move(t.Context(), 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	want := []string{"2026-11-23 10:30", "2026-11-24 10:30", "2026-11-25 10:30", "2026-11-26 10:30", "2026-11-27 10:30"}
	got := c.did()
	if len(got) != len(want) {
		t.Fatalf("done: %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("done: %q, want %q", got, want)
		}
	}
}

// missedAt keeps a schedule of seven o'clock at nine, as a bot finds it that was away.
func missedAt(t *testing.T, c *clockwork, author int64) {
	t.Helper()
	err := c.App.Store.PutSchedule(t.Context(), "test.away", queue.Schedule{
		ID: "chime.anju", Rule: "0 7 * * *", Author: author, Next: queue.Occurrence{At: monday.Add(-2 * time.Hour), Wall: "2026-11-23 07:00"}, From: monday.Add(-3 * time.Hour),
	})
	if err := errors.Join(err, c.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// TestJobsMissed asks the author about what was missed, and does what is wanted, once.
func TestJobsMissed(t *testing.T) {
	t.Parallel()
	const start = "cook: /start\nbot: …\nadmin: /start\nbot: …\nresident: /start\nbot: …"
	const asked = "「给anju发菜单」本来该在 周一 11月23日 07:00 做，那时候我没在，没做成。现在补上，还是跳过这一次？"
	for _, tt := range []struct {
		name, script string
		author       int64
		done         int
		trail        string
	}{
		{"now", `
			resident: (forge latenow chime.anju~202611230700)
			bot!!: 这件事要镇里的管理员来办…
			resident: (forge lateskip chime.anju~202611230700)
			bot!!: 这件事要镇里的管理员来办…
			cook: [现在发]
			bot*: 「给anju发菜单」周一 11月23日 07:00 那一次，听您的，现在补上。
			admin: /jobs
			bot: …
			admin: (forge lateskip chime.anju~202611230700)
			bot*: 「给anju发菜单」周一 11月23日 07:00 那一次，食堂师傅已经定了：现在补上。`, 1002, 1, "补做了错过的「给anju发菜单」"},
		{"skip", `
			cook: [跳过]
			bot*: 「给anju发菜单」周一 11月23日 07:00 那一次，听您的，跳过了。
			admin: /jobs
			bot: …
			admin: (forge latenow chime.anju~202611230700)
			bot*: 「给anju发菜单」周一 11月23日 07:00 那一次，食堂师傅已经定了：跳过。`, 1002, 0, "跳过了错过的「给anju发菜单」"},
		{"nobody's", `
			cook: (forge latenow chime.anju~202611230700)
			bot!!: 这件事要镇里的管理员来办…
			admin: [现在发]
			bot*: 「给anju发菜单」周一 11月23日 07:00 那一次，听您的，现在补上。`, 0, 1, "补做了错过的「给anju发菜单」"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := clockDemo(t)
			c.play(t, start)
			missedAt(t, c, tt.author)
			who := cmp.Or(tt.author, 1003)
			if said := c.Sim.History(who, c.Sim.Bot().ID, 0, 1); len(said) != 1 || said[0].Text != asked {
				t.Errorf("asked: %+v", said)
			}
			c.play(t, tt.script)
			if got := c.did(); len(got) != tt.done {
				t.Errorf("done: %q, want %d", got, tt.done)
			}
			c.play(t, "admin: /audit\nbot: 改动记录…"+tt.trail+"…")
		})
	}
}

// TestJobsMany turns the pages of more than fit on one.
func TestJobsMany(t *testing.T) {
	t.Parallel()
	var all []queue.Schedule
	for i := range 10 {
		all = append(all, queue.Schedule{ID: "chime." + strconv.Itoa(i), Rule: noon.Rule})
	}
	c := clockDemo(t, all...)
	c.play(t, `
		admin: /start
		bot: …
		admin: /jobs
		bot: 定时做的事，一共 …8. 给7发菜单…
		admin: [下一页]
		bot*: 定时做的事，一共 …9. 给8发菜单…10. 给9发菜单…
		admin: [10]
		bot*: 给9发菜单…
		admin: (forge jobs ~99)
		bot*: 定时做的事，一共 …9. 给8发菜单…
		admin: [上一页]
		bot*: 定时做的事，一共 …1. 给0发菜单…`)
}

// TestJobsEnglish says the same in English.
func TestJobsEnglish(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	c.play(t, `
		admin: /start
		bot: …
		admin: /language
		bot: …
		admin: [English]
		bot*: …
		bot: …
		admin: /jobs
		bot: Done by the clock, …1. 给anju发菜单…
		admin: [1]
		bot*: …Next:…It was not done yet.`)
}

// TestJobsKept keeps what an admin has paused through the next start.
func TestJobsKept(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	c.play(t, `
		admin: /start
		bot: …
		admin: /jobs
		bot: …
		admin: [1]
		bot*: …
		admin: [暂停]
		bot!: 暂停了
		bot*: 给anju发菜单（已暂停）…`)
	later := noon
	later.Rule = "40 10 * * *" // as the next release has it
	for _, s := range []queue.Schedule{noon, later, later} {
		if err := errors.Join(c.App.Clock.Ensure(t.Context(), s), c.App.Settle(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	c.play(t, `
		clock: 2026-11-23 11:00
		admin: /jobs
		bot: …给anju发菜单（已暂停）…每天 10:40…下次 周二 11月24日 10:40…上次 周一 11月23日 10:40 跳过了…`)
	if got := c.did(); len(got) != 0 {
		t.Errorf("done: %q", got)
	}
}
