package community

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Refusals of changes to the directory.
var (
	// ErrName refuses a name that is empty, too long or not one word.
	ErrName = errors.New("community: a name is 1 to 20 letters without blanks")
	// ErrTwice refuses a name that another one has.
	ErrTwice = errors.New("community: another one has that name")
	// ErrClosed refuses to close what is closed, or to use it.
	ErrClosed = errors.New("community: it is closed")
	// ErrLong refuses a title, telephone number, hours or other words that are too long.
	ErrLong = errors.New("community: too long")
	// ErrPhone refuses what is no telephone number.
	ErrPhone = errors.New("community: not a telephone number")
	// ErrFew refuses an alliance of fewer than two communities.
	ErrFew = errors.New("community: an alliance has at least two communities")
)

// The limits of what staff enter, in runes. They keep a name on a button and a card within
// one screen.
const (
	MaxName  = 20
	MaxWords = 60 // a title, hours, an address
)

// Alliance is several communities under one name (联盟).
type Alliance struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Communities []string `json:"communities"` // their IDs
	Closed      bool     `json:"closed,omitempty"`
}

// Directory is all communities and alliances there ever were, in the order in which they
// were added. It is never changed: each change makes a new value.
type Directory struct {
	Communities []Community
	Alliances   []Alliance
}

// Open lists the communities that are not closed.
func (d Directory) Open() []Community {
	var open []Community
	for _, c := range d.Communities {
		if !c.Closed {
			open = append(open, c)
		}
	}
	return open
}

// ByID finds a community, closed or not.
func (d Directory) ByID(id string) (Community, bool) {
	i := slices.IndexFunc(d.Communities, func(c Community) bool { return c.ID == id })
	if i < 0 {
		return Community{}, false
	}
	return d.Communities[i], true
}

// Allied lists the names of the alliances that a community belongs to.
func (d Directory) Allied(id string) []string {
	var names []string
	for _, a := range d.Alliances {
		if !a.Closed && slices.Contains(a.Communities, id) {
			names = append(names, a.Name)
		}
	}
	return names
}

// Members lists the IDs of the open communities of an alliance; none for one that is dissolved
// or not known.
func (d Directory) Members(alliance string) []string {
	var ids []string
	for _, a := range d.Alliances {
		for _, id := range a.Communities {
			if c, ok := d.ByID(id); ok && !c.Closed && !a.Closed && a.ID == alliance {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Add makes a new community, or opens again a closed one of that name, with its old ID: what
// people and groups chose is true again. It returns ErrName or ErrTwice.
func (d Directory) Add(name string) (Community, error) {
	name, err := Name(name)
	if err != nil {
		return Community{}, err
	}
	ids := make([]string, len(d.Communities))
	for i, c := range d.Communities {
		ids[i] = c.ID
		if c.Name == name && !c.Closed {
			return Community{}, ErrTwice
		}
		if c.Name == name {
			c.Closed = false
			return c, nil
		}
	}
	return Community{ID: NextID("c", ids), Name: name}, nil
}

// Rename gives a community another name. It returns ErrName, ErrTwice or ErrUnknown.
func (d Directory) Rename(id, name string) (Community, error) {
	c, ok := d.ByID(id)
	if !ok {
		return Community{}, ErrUnknown
	}
	name, err := Name(name)
	if err != nil {
		return Community{}, err
	}
	for _, other := range d.Communities {
		if other.ID != id && other.Name == name {
			return Community{}, ErrTwice
		}
	}
	c.Name = name
	return c, nil
}

// Close takes a community off all lists. It returns ErrUnknown or ErrClosed.
func (d Directory) Close(id string) (Community, error) {
	c, ok := d.ByID(id)
	switch {
	case !ok:
		return Community{}, ErrUnknown
	case c.Closed:
		return Community{}, ErrClosed
	}
	c.Closed = true
	return c, nil
}

// SetContact names the contact person of a community; an empty one takes it away. It returns
// ErrUnknown, ErrLong or ErrPhone.
func (d Directory) SetContact(id string, p Contact) (Community, error) {
	c, ok := d.ByID(id)
	if !ok {
		return Community{}, ErrUnknown
	}
	for _, s := range []*string{&p.Title, &p.Hours} {
		var err error
		if *s, err = Words(*s); err != nil {
			return Community{}, err
		}
	}
	if p.Phone != "" {
		var err error
		if p.Phone, err = Phone(p.Phone); err != nil {
			return Community{}, err
		}
	}
	c.Contact = p
	return c, nil
}

// Ally makes an alliance of open communities, or gives the one of that name these members.
// It returns ErrName, ErrUnknown or ErrFew.
func (d Directory) Ally(name string, members []string) (Alliance, error) {
	name, err := Name(name)
	if err != nil {
		return Alliance{}, err
	}
	var list []string
	for _, id := range members {
		if c, ok := d.ByID(id); !ok || c.Closed {
			return Alliance{}, ErrUnknown
		}
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	if len(list) < 2 {
		return Alliance{}, ErrFew
	}
	ids := make([]string, len(d.Alliances))
	for i, a := range d.Alliances {
		ids[i] = a.ID
		if a.Name == name {
			a.Communities, a.Closed = list, false
			return a, nil
		}
	}
	return Alliance{ID: NextID("a", ids), Name: name, Communities: list}, nil
}

// Alliance finds an alliance that is not dissolved by its name, or returns ErrUnknown.
func (d Directory) Alliance(name string) (Alliance, error) {
	for _, a := range d.Alliances {
		if a.Name == strings.TrimSpace(name) && !a.Closed {
			return a, nil
		}
	}
	return Alliance{}, ErrUnknown
}

// Name reads the name of a community, a canteen or an alliance. It returns ErrName.
func Name(s string) (string, error) {
	s = strings.Trim(strings.TrimSpace(s), "「」“”\"")
	bad := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if n := utf8.RuneCountInString(s); n == 0 || n > MaxName || !utf8.ValidString(s) || strings.ContainsFunc(s, bad) ||
		!strings.ContainsFunc(s, unicode.IsLetter) {
		return "", ErrName
	}
	return s, nil
}

// Words reads a few words in one line: a title, hours, an address. It returns ErrLong.
func Words(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > MaxWords {
		return "", ErrLong
	}
	return s, nil
}

// Phone reads a telephone number as people write it: three to twenty digits with blanks,
// dashes, brackets, a plus or an extension (转). It returns ErrPhone.
func Phone(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	digits := 0
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !strings.ContainsRune("+-()（） 转", r):
			return "", ErrPhone
		}
	}
	if digits < 3 || digits > 20 || utf8.RuneCountInString(s) > 30 {
		return "", ErrPhone
	}
	return s, nil
}

// NextID is kind and the number after the highest that an ID of that kind has among ids.
// As nothing is ever taken out of a directory, no ID is used twice.
func NextID(kind string, ids []string) string {
	last := 0
	for _, id := range ids {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, kind)); err == nil && strings.HasPrefix(id, kind) {
			last = max(last, n)
		}
	}
	return kind + strconv.Itoa(last+1)
}
