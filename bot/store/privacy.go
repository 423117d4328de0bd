package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/community"
)

// holding is one kind of thing that is kept about people. A feature that keeps something
// new about them adds a line to holdings.
type holding struct {
	name   string // of the Kept
	export func(ctx context.Context, p *Privacy, user int64) (value any, some bool, err error)
	erase  func(ctx context.Context, p *Privacy, user int64) error // doing it again changes nothing
}

// holdings lists all that is kept with an account. Besides these there is only what expires
// by itself and soon:
//
//	dialogue:…  the mark that a dialogue has ended, 24 hours; one in a group, 24 hours
//	inbox:…     the update that is being handled
//	shown:…     who was shown a menu, sealed (see seal), 48 hours
//	asks:…      how many questions an account has asked, 24 hours
//	schedule:run:…  who had something done by hand that is due by the clock, 90 days
//	delivery:…  the chats that a notice went to, by number, 90 days
//	pace:…      when the next message may go to a chat, a minute
//	invite:…    who invited to the staff, 48 hours; op:… the same of a link that was used, 7 days
var holdings = []holding{
	{"profile", exportProfile, eraseProfile},
	{"roles", exportRoles, eraseRoles},
	{"dialogue", exportDialogue, eraseDialogue},
	{"wishes", exportWishes, eraseWishes},
	{"topics", exportTopics, eraseTopics},
	{"receipts", exportReceipts, eraseReceipts},
	{"favorites", exportFavorites, eraseFavorites},
	{"menus", exportMenus, eraseMenus}, // before the audit trail, by which staff are known
	{"notices", exportNotices, eraseNotices},
	{"audit", exportAudit, eraseAudit},
	{"sendings", exportSendings, eraseSendings},
	{"schedules", exportSchedules, eraseSchedules},
	{"dead", exportDead, eraseDead},
}

// Privacy tells people what is kept about them, and forgets it.
type Privacy struct {
	s   *Store
	bot int64
}

// Privacy returns what is kept by the bot with this ID.
func (s *Store) Privacy(bot int64) *Privacy { return &Privacy{s, bot} }

// Export returns everything that is kept with a person's account; nothing for a stranger.
func (p *Privacy) Export(ctx context.Context, user int64) ([]community.Kept, error) {
	var all []community.Kept
	for _, h := range holdings {
		v, some, err := h.export(ctx, p, user)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", h.name, err)
		}
		if some {
			all = append(all, community.Kept{Name: h.name, Value: v})
		}
	}
	return all, nil
}

// Erase forgets everything that is kept with a person's account, or cuts the account from
// what stays. The dialogue in which that is asked for is ended by the turn. Doing it again
// changes nothing: what was interrupted is repeated.
func (p *Privacy) Erase(ctx context.Context, user int64) error {
	for _, h := range holdings {
		if err := h.erase(ctx, p, user); err != nil {
			return fmt.Errorf("erase %s: %w", h.name, err)
		}
	}
	return nil
}

func exportRoles(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	m, err := p.s.StaffMember(ctx, user)
	return m, len(m.Grants) > 0 || m.Name != "", err
}

func eraseRoles(ctx context.Context, p *Privacy, user int64) error {
	held, err := p.s.db.SMembers(ctx, p.s.rolesKey(user)).Result()
	if err != nil {
		return err
	}
	pipe := p.s.db.Pipeline()
	for _, grant := range held {
		pipe.SRem(ctx, p.s.holdersKey(grant), user)
	}
	pipe.ZRem(ctx, p.s.staffKey(), user)
	pipe.HDel(ctx, p.s.namesKey(), strconv.FormatInt(user, 10))
	pipe.Del(ctx, p.s.rolesKey(user)) // last: what was interrupted before it is done again
	_, err = pipe.Exec(ctx)
	return err
}

func exportDialogue(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	h, err := p.s.db.HGetAll(ctx, p.s.dialogueKey(user, user)).Result()
	return community.Doing{Word: h["word"], Step: h["step"], Data: h["data"]}, h["word"] != "", err
}

// eraseDialogue leaves the end to the turn: one that is killed must find the dialogue as it was.
func eraseDialogue(context.Context, *Privacy, int64) error { return nil }

func exportWishes(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	rows, err := p.s.db.ZRangeWithScores(ctx, p.s.wishKey(user), 0, -1).Result()
	if err != nil {
		return nil, false, err
	}
	var all []community.Waiting
	for _, r := range rows {
		q, err := p.s.questions(ctx, []string{r.Member.(string)})
		if err != nil {
			return nil, false, err
		}
		w := community.Waiting{Since: time.Unix(int64(r.Score), 0)}
		if len(q) > 0 {
			w.Question = q[0].Text
		}
		all = append(all, w)
	}
	due, err := p.tells(ctx, user)
	for _, member := range due {
		t, _ := readTell(member)
		all = append(all, community.Waiting{Since: t.Since})
	}
	return all, len(all) > 0, err
}

func eraseWishes(ctx context.Context, p *Privacy, user int64) error {
	ids, err := p.s.db.ZRange(ctx, p.s.wishKey(user), 0, -1).Result()
	if err != nil {
		return err
	}
	due, err := p.tells(ctx, user)
	if err != nil {
		return err
	}
	pipe := p.s.db.Pipeline()
	for _, id := range ids {
		pipe.ZRem(ctx, p.s.wishesKey(id), user)
	}
	for _, member := range due {
		pipe.ZRem(ctx, p.s.tellsKey(), member)
	}
	pipe.Del(ctx, p.s.wishKey(user)) // last: what was interrupted before it is done again
	_, err = pipe.Exec(ctx)
	return err
}

// tells lists what a person is to be told.
func (p *Privacy) tells(ctx context.Context, user int64) ([]string, error) {
	var due []string
	it := p.s.db.ZScan(ctx, p.s.tellsKey(), 0, "* "+strconv.FormatInt(user, 10)+" *", 1000).Iterator()
	for it.Next(ctx) {
		if strings.Contains(it.Val(), " ") { // and not a score
			due = append(due, it.Val())
		}
	}
	return due, it.Err()
}

// exportAudit reads the whole trail, for staff alone: nobody else is in it.
func exportAudit(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	known, err := p.s.db.HExists(ctx, p.s.actorsKey(), "a"+strconv.FormatInt(user, 10)).Result()
	if err != nil || !known {
		return nil, false, err
	}
	mine := []community.Entry{}
	for before := ""; ; {
		es, err := p.s.Audit(ctx, before, 500)
		if err != nil {
			return nil, false, err
		}
		if len(es) == 0 {
			return mine, true, nil
		}
		for _, e := range es {
			if e.Who == user || e.Whom == user {
				mine = append(mine, only(e, user))
			}
		}
		before = es[len(es)-1].ID
	}
}

// only takes everybody else's account out of an entry.
func only(e community.Entry, user int64) community.Entry {
	if e.Who != user {
		e.Who = 0
	}
	if e.Whom != user {
		e.Whom = 0
	}
	return e
}

func eraseAudit(ctx context.Context, p *Privacy, user int64) error {
	return p.s.CutFromAudit(ctx, user)
}

func exportDead(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	var all []community.Unhandled
	err := p.dead(ctx, user, func(id string, raw []byte) error {
		ms, _, _ := strings.Cut(id, "-")
		at, _ := strconv.ParseInt(ms, 10, 64)
		all = append(all, community.Unhandled{At: time.UnixMilli(at), Message: string(raw)})
		return nil
	})
	return all, len(all) > 0, err
}

func eraseDead(ctx context.Context, p *Privacy, user int64) error {
	return p.dead(ctx, user, func(id string, _ []byte) error {
		return p.s.db.XDel(ctx, p.s.deadKey(p.bot), id).Err()
	})
}

// dead calls f with each dead letter that came from a person.
func (p *Privacy) dead(ctx context.Context, user int64, f func(id string, raw []byte) error) error {
	for from := "-"; ; {
		letters, err := p.s.db.XRangeN(ctx, p.s.deadKey(p.bot), from, "+", 500).Result()
		if err != nil || len(letters) == 0 {
			return err
		}
		for _, l := range letters {
			if raw := []byte(field(l, "r")); field(l, "l") == strconv.FormatInt(user, 10) || sender(raw) == user {
				if err := f(l.ID, raw); err != nil {
					return err
				}
			}
		}
		from = "(" + letters[len(letters)-1].ID
	}
}

// sender is the account that an update came from, 0 for none.
func sender(raw []byte) int64 {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return 0
	}
	for _, part := range parts {
		var p struct {
			From struct{ ID int64 }
			User struct{ ID int64 }
		}
		if json.Unmarshal(part, &p) == nil && p.From.ID+p.User.ID != 0 {
			return max(p.From.ID, p.User.ID)
		}
	}
	return 0
}
