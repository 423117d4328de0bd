package renovation

import (
	"errors"
	"math/big"
	"strings"
)

// ErrArea refuses what is not a plain decimal above zero.
var ErrArea = errors.New("renovation: not an area")

// maxAreaLength bounds the characters of an area, so that no file buys endless arithmetic.
const maxAreaLength = 1000

// Area is an exact decimal number of square metres, zero as zero value. An area is
// written in one way only, however many zeros it was read with, and is never changed.
type Area struct {
	n      *big.Int // the number in units of 10^-places; nil is 0
	places int      // the fewest that do
}

// ParseArea reads a decimal such as "89.53": digits, and after a point more digits, as
// many as a thousand characters hold. Signs, exponents and anything else are [ErrArea].
func ParseArea(s string) (Area, error) {
	if s == "" || len(s) > maxAreaLength {
		return Area{}, ErrArea
	}
	whole, fraction, pointed := strings.Cut(s, ".")
	if whole == "" || pointed && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return Area{}, ErrArea
	}
	fraction = strings.TrimRight(fraction, "0")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return Area{}, ErrArea
	}
	return Area{n, len(fraction)}, nil
}

// Sign is 0 for no area, 1 for any.
func (a Area) Sign() int { return a.at(0).Sign() }

// String is the decimal without needless zeros.
func (a Area) String() string {
	digits := a.at(a.places).String()
	if a.places == 0 {
		return digits
	}
	if short := a.places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	cut := len(digits) - a.places
	return digits[:cut] + "." + digits[cut:]
}

// Grouped is the decimal as people read it: 31,204.55, with two places at least.
func (a Area) Grouped() string {
	whole, fraction, _ := strings.Cut(a.String(), ".")
	for cut := len(whole) - 3; cut > 0; cut -= 3 {
		whole = whole[:cut] + "," + whole[cut:]
	}
	return whole + "." + fraction + strings.Repeat("0", max(0, 2-len(fraction)))
}

// Cmp compares two areas, as [big.Int.Cmp].
func (a Area) Cmp(b Area) int {
	places := max(a.places, b.places)
	return a.at(places).Cmp(b.at(places))
}

// at is the number in units of 10^-places, which must not be fewer than a has; the
// result is not to be changed.
func (a Area) at(places int) *big.Int {
	switch {
	case a.n == nil:
		return new(big.Int)
	case places <= a.places:
		return a.n
	}
	return new(big.Int).Mul(a.n, pow10(places-a.places))
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// areaOf is the area of n units of 10^-places.
func areaOf(n *big.Int, places int) Area {
	n = new(big.Int).Set(n)
	for rest, q := new(big.Int), new(big.Int); places > 0; places-- {
		if q.QuoRem(n, big.NewInt(10), rest); rest.Sign() != 0 {
			break
		}
		n, q = q, n
	}
	return Area{n, places}
}

// Share is part of whole in percent, cut after two places and never rounded up: 6666.66
// of 10000 are 66.66. Nothing of nothing is 0.00.
func (a Area) Share(whole Area) string {
	places := max(a.places, whole.places)
	return share(a.at(places), whole.at(places))
}

func share(part, whole *big.Int) string {
	if whole.Sign() == 0 {
		return "0.00"
	}
	n := new(big.Int).Mul(part, big.NewInt(10000))
	a := Area{n.Quo(n, whole), 2}
	return a.String()
}

// portion is num/den of an area, rounded up to places (or those of a, if more).
func (a Area) portion(num, den int64, places int) Area {
	places = max(places, a.places)
	n := new(big.Int).Mul(a.at(places), big.NewInt(num))
	n.Add(n, big.NewInt(den-1))
	return areaOf(n.Quo(n, big.NewInt(den)), places)
}
