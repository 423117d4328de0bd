package store

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// seal hides the IDs of chats that were shown a menu. Each is one block of AES-256 over
// the chat, the topic, and four bytes of a hash of canteen and date: the same chat looks
// different on every day, nobody reads or links the blocks without the secret, and with it
// the bot can still write to the chat. The secret is made once and kept in Redis, beside
// what it hides: it keeps IDs out of what is read by chance, not from who has all of Redis.
type seal struct {
	mu    sync.Mutex
	block cipher.Block // nil until the secret was read
}

// sealed returns the block cipher of the store's secret, which is made when there is none.
func (s *Store) sealed(ctx context.Context) (cipher.Block, error) {
	s.seal.mu.Lock()
	defer s.seal.mu.Unlock()
	if s.seal.block != nil {
		return s.seal.block, nil
	}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails: crypto/rand
	pipe := s.db.Pipeline()
	pipe.SetNX(ctx, s.secretKey(), fresh, 0)
	kept := pipe.Get(ctx, s.secretKey())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	key, err := kept.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	s.seal.block, err = aes.NewCipher(key)
	return s.seal.block, err
}

// tag tells the blocks of one canteen and date from all others.
func tag(canteen, date string) (t [4]byte) {
	sum := sha256.Sum256([]byte(canteen + " " + date))
	return [4]byte(sum[:])
}

func hide(b cipher.Block, to queue.Chat, t [4]byte) string {
	var plain, hidden [aes.BlockSize]byte
	binary.BigEndian.PutUint64(plain[:], uint64(to.ID))
	binary.BigEndian.PutUint32(plain[8:], uint32(to.Thread))
	copy(plain[12:], t[:])
	b.Encrypt(hidden[:], plain[:])
	return string(hidden[:])
}

func reveal(b cipher.Block, hidden string, t [4]byte) (to queue.Chat, ok bool) {
	if len(hidden) != aes.BlockSize {
		return to, false
	}
	var plain [aes.BlockSize]byte
	b.Decrypt(plain[:], []byte(hidden))
	to = queue.Chat{ID: int64(binary.BigEndian.Uint64(plain[:])), Thread: int(binary.BigEndian.Uint32(plain[8:]))}
	return to, [4]byte(plain[12:]) == t
}

// Show remembers that a chat was shown what a canteen serves on some dates, for 48 hours
// (menu.Remembered). It waits for nothing: what is remembered is written with what the
// turn writes at its end.
func (s *Store) Show(ctx context.Context, canteen string, dates []calendar.Date, to queue.Chat, now time.Time) error {
	if len(dates) == 0 {
		return nil
	}
	b, err := s.sealed(ctx)
	if err != nil {
		return err
	}
	since := "(" + strconv.FormatInt(now.Add(-menu.Remembered).UnixMilli(), 10)
	sweep := now.UnixMilli()%8 == 0 // who was shown it longer ago than that is forgotten now and then
	s.batch.ride(func(ctx context.Context, pipe redis.Pipeliner) (last redis.Cmder) {
		for _, d := range dates {
			date := d.String()
			key := s.shownKey(canteen, date)
			pipe.ZAdd(ctx, key, redis.Z{Score: float64(now.UnixMilli()), Member: hide(b, to, tag(canteen, date))})
			if sweep {
				pipe.ZRemRangeByScore(ctx, key, "-inf", since)
			}
			last = pipe.Expire(ctx, key, menu.Remembered)
		}
		return last
	})
	return nil
}

// Shown lists the chats that were shown what a canteen serves on a date in the 48 hours
// before now, the longest ago first, each with when it last was: who saw a dish that was
// replaced at some time is who was shown the day before that and not since.
func (s *Store) Shown(ctx context.Context, canteen string, date calendar.Date, now time.Time) ([]queue.Seen, error) {
	b, err := s.sealed(ctx)
	if err != nil {
		return nil, err
	}
	key, t := s.shownKey(canteen, date.String()), tag(canteen, date.String())
	since := now.Add(-menu.Remembered)
	all := map[queue.Chat]time.Time{}
	for cursor := uint64(0); ; { // in pieces: other commands get their turn
		var page []string
		if page, cursor, err = s.db.ZScan(ctx, key, cursor, "", 1000).Result(); err != nil {
			return nil, fmt.Errorf("who was shown %s on %s: %w", canteen, date, err)
		}
		for i := 0; i+1 < len(page); i += 2 {
			ms, err := strconv.ParseFloat(page[i+1], 64)
			at := time.UnixMilli(int64(ms)).In(now.Location())
			if to, ok := reveal(b, page[i], t); ok && err == nil && at.After(since) {
				all[to] = at
			}
		}
		if cursor == 0 {
			break
		}
	}
	list := make([]queue.Seen, 0, len(all))
	for to, at := range all {
		list = append(list, queue.Seen{Chat: to, At: at})
	}
	slices.SortFunc(list, func(a, b queue.Seen) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Chat.ID, b.Chat.ID), cmp.Compare(a.Chat.Thread, b.Chat.Thread))
	})
	return list, nil
}
