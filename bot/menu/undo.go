package menu

import (
	"errors"
	"time"
)

// ErrFirst refuses to go back behind the first version of a week.
var ErrFirst = errors.New("menu: there is no version before")

// Before is the version whose days come back when m, the published one, is undone: 0 when
// nothing was published before it. Undoing again goes one further back. It returns
// ErrFirst when nothing is left to undo.
func (m Menu) Before() (int64, error) {
	undone := m.Version
	if m.Undid > 0 {
		undone = m.Undid - 1
	}
	if undone < 1 {
		return 0, ErrFirst
	}
	return undone - 1, nil
}

// Undone is the version that takes m back: with the days of the version before, which is
// the zero Menu when there was none. History is only ever added to. m is not changed.
func (m Menu) Undone(before Menu, by int64, at time.Time) Menu {
	m.Undid = before.Version + 1
	m.Days, m.By, m.At = before.Days, by, at
	return m
}
