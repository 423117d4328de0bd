// Package store keeps everything in Redis. It compares and writes; what is right is
// decided by the rule packages.
//
// All keys begin with the configured prefix and share one hash tag, so that scripts
// over several keys work on a cluster too.
package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Store is the bot's memory.
type Store struct {
	db     redis.UniversalClient
	batch  *batch
	prefix string
	read   cache
	seal   seal
	faq    answerCache

	homesBuilt atomic.Bool // see indexHomes
}

// New returns a Store on db whose keys begin with prefix.
func New(db redis.UniversalClient, prefix string) *Store {
	return &Store{db: db, batch: &batch{db: db}, prefix: prefix + "{x}:"}
}

// Open connects to the Redis at url: redis://, rediss://, unix://, or
// redis+sentinel://host,host/0?master_name=m. It does not wait for an answer.
func Open(url string) (redis.UniversalClient, error) {
	redis.SetLogger(mute{}) // what it would print on stderr comes back as errors too
	if rest, ok := strings.CutPrefix(url, "redis+sentinel://"); ok {
		return openSentinel(rest)
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, errMalformed
	}
	o.ContextTimeoutEnabled = true
	o.PipelinePoolSize = -1
	o.Protocol = 2 // 3 looks at every reply twice, for messages that nobody has asked for
	return redis.NewClient(o), nil
}

// mute says nothing.
type mute struct{}

func (mute) Printf(context.Context, string, ...any) {}

// openSentinel reads what follows the scheme: [user:password@]host,host[/db]?master_name=m.
func openSentinel(rest string) (redis.UniversalClient, error) {
	hosts, tail, _ := strings.Cut(rest, "/")
	i := strings.LastIndexByte(hosts, '@') + 1
	u, err := url.Parse("redis://" + hosts[:i] + "sentinels/" + tail) // several hosts are no URL
	if err != nil {
		return nil, errMalformed
	}
	o := &redis.FailoverOptions{
		MasterName: u.Query().Get("master_name"), SentinelAddrs: strings.Split(hosts[i:], ","), Username: u.User.Username(),
		ContextTimeoutEnabled: true, PipelinePoolSize: -1, Protocol: 2,
	}
	o.Password, _ = u.User.Password()
	if db := strings.Trim(u.Path, "/"); db != "" {
		if o.DB, err = strconv.Atoi(db); err != nil {
			return nil, errMalformed
		}
	}
	if o.MasterName == "" {
		return nil, errors.New("redis: a redis+sentinel address needs ?master_name=")
	}
	return redis.NewFailoverClient(o), nil
}

// errMalformed stands for the parser's own error, which quotes the address with its password.
var errMalformed = errors.New("redis: the address is malformed")

// Ping asks whether Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.db.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// Empty tells whether there is no community yet, without which there is nothing else.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	n, err := s.db.Exists(ctx, s.communitiesKey()).Result()
	if err != nil {
		return false, fmt.Errorf("look for data: %w", err)
	}
	return n == 0, nil
}

// The keys. Each is made here and nowhere else.

func (s *Store) contentKey() string     { return s.prefix + "content" }
func (s *Store) opKey(op string) string { return s.prefix + "op:" + op }
func (s *Store) personKey(user int64) string {
	return s.prefix + "person:" + strconv.FormatInt(user, 10)
}
func (s *Store) groupKey(chat int64) string    { return s.prefix + "group:" + strconv.FormatInt(chat, 10) }
func (s *Store) rolesKey(user int64) string    { return s.prefix + "roles:" + strconv.FormatInt(user, 10) }
func (s *Store) auditKey() string              { return s.prefix + "audit" }
func (s *Store) actorsKey() string             { return s.prefix + "audit:actors" }
func (s *Store) communitiesKey() string        { return s.prefix + "communities" }
func (s *Store) communityKey(id string) string { return s.prefix + "community:" + id }
func (s *Store) answersKey() string            { return s.prefix + "answers" }
func (s *Store) answerKey(id string) string    { return s.prefix + "answer:" + id }
func (s *Store) questionsKey() string          { return s.prefix + "questions" }
func (s *Store) questionKey(id string) string  { return s.prefix + "question:" + id }
func (s *Store) askedTodayKey(user int64) string {
	return s.prefix + "asks:" + strconv.FormatInt(user, 10)
}
func (s *Store) wishesKey(q string) string { return s.prefix + "wishes:" + q }
func (s *Store) wishKey(user int64) string { return s.prefix + "wish:" + strconv.FormatInt(user, 10) }
func (s *Store) favoritesKey(user int64) string {
	return s.prefix + "fav:" + strconv.FormatInt(user, 10)
}
func (s *Store) fansKey(dish string) string     { return s.prefix + "fans:" + dish }
func (s *Store) tellsKey() string               { return s.prefix + "tells" }
func (s *Store) pendingKey(id string) string    { return s.prefix + "pending:" + id }
func (s *Store) alliancesKey() string           { return s.prefix + "alliances" }
func (s *Store) allianceKey(id string) string   { return s.prefix + "alliance:" + id }
func (s *Store) staffKey() string               { return s.prefix + "staff" }
func (s *Store) namesKey() string               { return s.prefix + "staff:names" }
func (s *Store) holdersKey(grant string) string { return s.prefix + "holders:" + grant }
func (s *Store) inviteKey(hash string) string   { return s.prefix + "invite:" + hash }
func (s *Store) holidaysKey() string            { return s.prefix + "holidays" }
func (s *Store) calendarsKey() string           { return s.prefix + "calendars" }
func (s *Store) canteensKey() string            { return s.prefix + "canteens" }
func (s *Store) canteenKey(id string) string    { return s.prefix + "canteen:" + id }
func (s *Store) menusKey(canteen string) string { return s.prefix + "menus:" + canteen }
func (s *Store) menuKey(canteen, monday string) string {
	return s.prefix + "menu:" + canteen + ":" + monday
}
func (s *Store) menuPastKey(canteen, monday string) string {
	return s.prefix + "menupast:" + canteen + ":" + monday
}
func (s *Store) soldOutKey(canteen string) string { return s.prefix + "soldout:" + canteen }
func (s *Store) shownKey(canteen, date string) string {
	return s.prefix + "shown:" + canteen + ":" + date
}
func (s *Store) pictureKey(bot int64, canteen, monday string, version int64, language string) string {
	return s.prefix + "picture:" + strconv.FormatInt(bot, 10) + ":" + canteen + ":" + monday + ":" + strconv.FormatInt(version, 10) + ":" + language
}
func (s *Store) secretKey() string { return s.prefix + "secret" }
func (s *Store) askedKey(chat int64, question string) string {
	return s.prefix + "asked:" + strconv.FormatInt(chat, 10) + ":" + question
}
func (s *Store) dialogueKey(chat, user int64) string {
	return s.prefix + "dialogue:" + strconv.FormatInt(chat, 10) + ":" + strconv.FormatInt(user, 10)
}
func (s *Store) seenKey(bot, update int64) string {
	return s.prefix + "seen:" + strconv.FormatInt(bot, 10) + ":" + strconv.FormatInt(update, 10)
}
func (s *Store) replicasKey(bot int64) string {
	return s.prefix + "replicas:" + strconv.FormatInt(bot, 10)
}
func (s *Store) ownerKey(bot int64, shard int) string {
	return s.prefix + "owner:" + strconv.FormatInt(bot, 10) + ":" + strconv.Itoa(shard)
}
func (s *Store) triesKey(bot int64) string         { return s.prefix + "tries:" + strconv.FormatInt(bot, 10) }
func (s *Store) deadKey(bot int64) string          { return s.prefix + "dead:" + strconv.FormatInt(bot, 10) }
func (s *Store) schedulesKey() string              { return s.prefix + "schedules" }
func (s *Store) scheduleKey(id string) string      { return s.prefix + "schedule:" + id }
func (s *Store) scheduleLeaseKey(id string) string { return s.prefix + "schedule:lease:" + id }
func (s *Store) marksKey(id string) string         { return s.prefix + "schedule:marks:" + id }
func (s *Store) runsKey(id string) string          { return s.prefix + "schedule:runs:" + id }
func (s *Store) runKey(id string) string           { return s.prefix + "schedule:run:" + id }
func (s *Store) dueKey() string                    { return s.prefix + "schedule:due" }
func (s *Store) lookedKey() string                 { return s.prefix + "schedule:looked" }
func (s *Store) basisKey() string                  { return s.prefix + "schedule:basis" }
func (s *Store) todoKey() string                   { return s.prefix + "schedule:todo" }
func (s *Store) heldKey() string                   { return s.prefix + "schedule:held" }
func (s *Store) runTriesKey() string               { return s.prefix + "schedule:tries" }
func (s *Store) leaseKey(name string) string       { return s.prefix + "lease:" + name }
func (s *Store) noteKey(name string) string        { return s.prefix + "note:" + name }
func (s *Store) warnedKey(fault string) string {
	return s.prefix + "warned:" + fault
}
func (s *Store) inboxKey(bot int64, shard int) string {
	return s.prefix + "inbox:" + strconv.FormatInt(bot, 10) + ":" + strconv.Itoa(shard)
}
func (s *Store) paceKey(bot int64, bucket string) string {
	return s.prefix + "pace:" + strconv.FormatInt(bot, 10) + ":" + bucket
}

// How long things are kept that nobody deletes.
const (
	keepOp       = 7 * 24 * time.Hour
	keepDialogue = 24 * time.Hour
	keepSeen     = 48 * time.Hour
	keepDead     = 30 * 24 * time.Hour
	keepPast     = 3 * 365 * 24 * time.Hour // versions of a week's menu, from the last one on: as long as the audit
	keepSold     = 48 * time.Hour
	keepAsked    = 10 * time.Minute
	keepRuns     = 90 * 24 * time.Hour
	keepMarks    = 400 * 24 * time.Hour // from the last one on: what comes once a year has one
	keepPicture  = 14 * 24 * time.Hour  // by then the week is over
)

// maxPast is how many versions of a value are kept.
const maxPast = 100
