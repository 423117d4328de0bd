package handlers_test

import (
	"context"
	"errors"
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
	fail bool
}

func clockDemo(t *testing.T, all ...queue.Schedule) *clockwork {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	c := &clockwork{Demo: d}
	title := func(_ text.Words, s queue.Schedule) string { return "给" + s.ID[len("post."):] + "发菜单" }
	d.App.Clock.Register("post", jobs.Task{Title: title, Run: func(_ context.Context, _ queue.Schedule, r queue.Run) (queue.Outcome, error) {
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

var noon = queue.Schedule{ID: "post.anju", Rule: "30 10 * * 1-5"}

// TestJobs shows admins what is done by the clock, and has it done, rehearsed and paused.
func TestJobs(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, noon)
	c.play(t, `
		admin: /start
		bot: …
		admin: /jobs
		bot: 定时做的事，一共 1 件…1. 给anju发菜单…
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
		resident: (forge job post.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobrun post.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobnow post.anju 1)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobtry post.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge jobpause post.anju)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge latenow post.anju~202611231030)
		bot!!: 这件事要镇里的管理员来办…
		admin: /start
		bot: …
		admin: (forge job post.nobody)
		bot!!: 这个按钮已经过时了…
		admin: (forge lateskip post.anju~202611231030)
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
