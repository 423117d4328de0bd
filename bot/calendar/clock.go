package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrClock refuses text that is not an hour of the day as Clock.String writes it.
var ErrClock = errors.New("calendar: not an hour of the day")

// Midnight is the end of a day.
const Midnight Clock = 24 * 60

// Clock is an hour of the day, in minutes since it began: 0 to Midnight.
type Clock int

// ClockOf is the hour of the day that a clock in t's zone shows, seconds dropped.
func ClockOf(t time.Time) Clock { return Clock(t.Hour()*60 + t.Minute()) }

// ParseClock reads an hour as String writes it, "9:05" and full-width 「９：０５」 too.
// It returns ErrClock for anything else.
func ParseClock(s string) (Clock, error) {
	hour, minute, ok := strings.Cut(strings.Map(Fold, strings.TrimSpace(s)), ":")
	h, errH := strconv.ParseUint(hour, 10, 8)
	m, errM := strconv.ParseUint(minute, 10, 8)
	c := Clock(h*60 + m)
	if !ok || errH != nil || errM != nil || len(hour) > 2 || len(minute) != 2 || m > 59 || c > Midnight {
		return 0, fmt.Errorf("%w: %q", ErrClock, s)
	}
	return c, nil
}

// String is the hour as "10:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes the hour as String does.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Clock) UnmarshalText(text []byte) error {
	parsed, err := ParseClock(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// Hours is a span of one day, From included and To not.
type Hours struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// String is the span as "10:30–12:30".
func (h Hours) String() string { return h.From.String() + "–" + h.To.String() }

// Contains tells whether c is within the span.
func (h Hours) Contains(c Clock) bool { return h.From <= c && c < h.To }
