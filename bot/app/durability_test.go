package app

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"xingfuli/bot/config"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// TestAdminsAreWarned: each admin is told once of a Redis that may lose data, again only
// when that comes back, and who cannot be reached is no error.
func TestAdminsAreWarned(t *testing.T) {
	t.Parallel()
	db := redistest.Start(t).Client(t)
	s := sim.New(sim.Options{Bot: sim.Bot{ID: 7000000001, Username: "xingfuli_bot"}, Unlimited: true})
	t.Cleanup(s.Close)
	api := httptest.NewServer(s.API())
	t.Cleanup(api.Close)
	const chinese, english, stranger = 1, 2, 3
	for _, id := range []int64{chinese, english, stranger} {
		s.AddPerson(sim.Person{ID: id})
		if id != stranger {
			if err := s.Start(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := config.Default()
	c.Telegram.APIURL, c.Telegram.Token, c.Telegram.Limits = api.URL, config.Secret(s.Bot().Token), config.Limits{}
	c.Admins = []int64{chinese, english, stranger}
	var log bytes.Buffer
	a, err := New(t.Context(), Options{Config: c, Redis: db, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.SetLanguage(t.Context(), "test", english, "en"); err != nil {
		t.Fatal(err)
	}
	look := func(settings ...string) {
		t.Helper()
		for _, setting := range settings {
			name, value, _ := strings.Cut(setting, " ")
			if err := db.ConfigSet(t.Context(), name, value).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.durability().Run(t.Context()); err != nil {
			t.Error(err)
		}
	}
	told := func(id int64, want ...string) {
		t.Helper()
		var got []string
		for _, m := range s.History(id, 7000000001, 0, 100) {
			if m.From == 7000000001 {
				got = append(got, m.Text)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d was told %q", id, got)
		}
		for i, w := range want {
			if !strings.Contains(got[i], w) {
				t.Errorf("%d was told %q, want %q", id, got[i], w)
			}
		}
	}
	look()
	told(chinese)
	look("appendonly no")
	look()
	told(chinese, "没有开 appendonly")
	told(english, "runs without appendonly")
	told(stranger)
	look("maxmemory-policy allkeys-lru")
	told(english, "runs without appendonly", "maxmemory-policy allkeys-lru")
	if err := s.Start(stranger); err != nil {
		t.Fatal(err)
	}
	look()
	told(stranger, "没有开 appendonly", "maxmemory-policy allkeys-lru")
	look("appendonly yes")
	look("appendonly no")
	told(chinese, "没有开 appendonly", "allkeys-lru", "没有开 appendonly")
	if log.Len() > 0 {
		t.Errorf("log: %s", &log)
	}
}

// TestUntold: a Redis that does not say how it keeps data is no fault.
func TestUntold(t *testing.T) {
	t.Parallel()
	db := redistest.Start(t, "--rename-command", "CONFIG", "").Client(t)
	if found := checkRedis(t.Context(), store.New(db, "xf:")); len(found) != 2 || found[1].Key != "cli.check_durability_unknown" || found[1].Fault {
		t.Errorf("%+v", found)
	}
}
