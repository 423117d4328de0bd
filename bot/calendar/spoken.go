package calendar

// Day is a day as somebody named it.
type Day struct {
	Date Date `json:"date"`
	Bare bool `json:"bare,omitempty"` // a weekday without a week, 「周二」: Date is the coming one, today included
}

// Span is where in a text something was said: bytes From to To, To not included.
type Span struct{ From, To int }

// ParseDay reads text that names a day and nothing else, blanks aside.
func ParseDay(s string, today Date) (Day, bool) { return Day{}, false }

// FindDay finds the first day named in s.
func FindDay(s string, today Date) (Day, Span, bool) { return Day{}, Span{}, false }

// CutDay reads the day that s begins with and returns how many bytes it takes, or 0.
func CutDay(s string, today Date) (Day, int) { return Day{}, 0 }

// FindWeek finds the first week named in s and returns its Monday.
func FindWeek(s string, today Date) (Date, Span, bool) { return Date{}, Span{}, false }

// Fold makes one rune of text easier to compare.
func Fold(r rune) rune { return r }
