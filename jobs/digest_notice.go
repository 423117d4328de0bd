package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// told adds the notices of the week that were for a community, or all of them.
func (j *Digests) told(ctx context.Context, d *community.Digest, dir community.Directory, home string) error {
	const some = 100
	zone := j.Now().Location()
	since, until := d.Monday.In(zone), d.Monday.AddDays(7).In(zone)
	for from := int64(0); ; from += some {
		list, total, err := j.Store.Deliveries(ctx, "notice", from, some)
		if err != nil {
			return err
		}
		for _, n := range list {
			if n.Made.Before(since) {
				return nil
			}
			if n.Rehearsal || n.Again != "" || !n.Made.Before(until) || home != "" && !concerns(n.To, dir, home) {
				continue
			}
			if len(d.Notices) == community.DigestNotices {
				d.More++
				continue
			}
			told, err := j.notice(ctx, n, home)
			if err != nil {
				return fmt.Errorf("notice %s: %w", n.ID, err)
			}
			d.Notices = append(d.Notices, told)
		}
		if from+some >= total {
			return nil
		}
	}
}

// notice tells of one that was sent; of one that went to others too, what became of it in the
// community.
func (j *Digests) notice(ctx context.Context, n queue.Delivery, home string) (community.Told, error) {
	var b notice.Body
	if err := json.Unmarshal(n.Body, &b); err != nil {
		return community.Told{}, err
	}
	p := n.Progress
	if home != "" && elsewhere(n.To, home) {
		var err error
		if p, err = j.Store.Part(ctx, n.ID, home); err != nil {
			return community.Told{}, err
		}
	}
	return community.Told{
		Head: card.NoticeHead(b), At: n.Made.In(j.Now().Location()), Sent: p.Sent, Failed: p.Failed, Unknown: p.Unknown, Receipt: n.Receipt, Got: p.Got,
	}, nil
}

// elsewhere tells whether what is for these targets may reach others than a community's.
func elsewhere(to []string, home string) bool {
	return slices.ContainsFunc(to, func(s string) bool {
		t, err := notice.ParseTarget(s)
		return err != nil || t.Community() != home
	})
}

// concerns tells whether what is for these targets is for the people of a community too, and
// not for staff alone.
func concerns(to []string, dir community.Directory, home string) bool {
	return slices.ContainsFunc(to, func(s string) bool {
		t, err := notice.ParseTarget(s)
		switch {
		case err != nil:
			return false
		case t.Kind == notice.Alliance:
			return slices.ContainsFunc(dir.Alliances, func(a community.Alliance) bool { return a.ID == t.ID && slices.Contains(a.Communities, home) })
		case t.Kind == notice.AllGroups, t.Kind == notice.Subscriber && t.Community() == "":
			return true
		}
		return t.Community() == home
	})
}
