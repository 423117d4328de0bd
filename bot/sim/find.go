package sim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// findEntities finds what Telegram marks by itself: commands, mentions, hashtags, links,
// mail addresses and phone numbers. Offsets are in UTF-16 code units.
func findEntities(text string) []apiEntity {
	if !strings.ContainsAny(text, "/@#.+:") {
		return nil
	}
	f := finder{text: text}
	for f.i < len(text) {
		if kind, n := f.match(); n > 0 {
			f.add(kind, n)
			continue
		}
		f.next()
	}
	return f.found
}

// finder walks over a text; prev is the character before the next one, 0 at the start.
type finder struct {
	text  string
	i     int // bytes
	utf16 int
	prev  rune
	found []apiEntity
}

func (f *finder) next() {
	r, n := utf8.DecodeRuneInString(f.text[f.i:])
	f.i += n
	f.utf16 += runeLen16(r)
	f.prev = r
}

func (f *finder) add(kind string, n int) {
	e := apiEntity{Type: kind, Offset: f.utf16, Length: len16(f.text[f.i : f.i+n])}
	f.found = append(f.found, e)
	for to := f.i + n; f.i < to; {
		f.next()
	}
}

// match returns the kind and the bytes of what begins here.
func (f *finder) match() (kind string, n int) {
	rest := f.text[f.i:]
	switch c := rest[0]; {
	case c == '/':
		return "bot_command", f.command(rest)
	case c == '@':
		return "mention", f.mention(rest)
	case c == '#':
		return "hashtag", f.hashtag(rest)
	case c == '+':
		return "phone_number", f.phone(rest)
	case isAlnum(c) && isWord(f.prev) && f.prev > unicode.MaxASCII:
		if i := strings.Index(rest, "://"); i > 0 && i < 8 {
			return f.link(rest) // 见https://… needs no space
		}
	case isAlnum(c) && !isWord(f.prev) && !strings.ContainsRune("@.-/:", f.prev):
		return f.link(rest)
	}
	return "", 0
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// isName tells whether a byte may stand in a command or a username.
func isName(c byte) bool { return c == '_' || isAlnum(c) }

func nameLen(s string) int {
	n := 0
	for n < len(s) && isName(s[n]) {
		n++
	}
	return n
}

// after is the character that follows n bytes of s, 0 at the end.
func after(s string, n int) rune {
	if n >= len(s) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s[n:])
	return r
}

// command: a slash, 1 to 64 name characters, then maybe @ and a bot's name. A word
// character or a slash on either side makes it a path or a part of a word.
func (f *finder) command(s string) int {
	if isWord(f.prev) || strings.ContainsRune("/<>", f.prev) && f.prev != 0 {
		return 0
	}
	n := 1 + nameLen(s[1:])
	if n < 2 || n > 65 {
		return 0
	}
	if n < len(s) && s[n] == '@' {
		if m := nameLen(s[n+1:]); m >= 3 && m <= 32 && !isWord(after(s, n+1+m)) {
			n += 1 + m
		}
	}
	if r := after(s, n); isWord(r) || r == '/' || r == '<' || r == '>' {
		return 0
	}
	return n
}

func (f *finder) mention(s string) int {
	n := nameLen(s[1:])
	if isWord(f.prev) || n < 4 || n > 32 || isWord(after(s, n+1)) {
		return 0
	}
	return n + 1
}

// hashtag: # and word characters of which one is not a digit.
func (f *finder) hashtag(s string) int {
	if isWord(f.prev) || f.prev == '#' {
		return 0
	}
	n, letters, length := 1, false, 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !isWord(r) {
			break
		}
		letters = letters || !unicode.IsDigit(r)
		n, length = n+size, length+1
	}
	if !letters || length > 256 || after(s, n) == '#' {
		return 0
	}
	return n
}

// phone: + and 7 to 15 digits, with single spaces, dashes or brackets between them.
func (f *finder) phone(s string) int {
	if isWord(f.prev) || f.prev == '+' {
		return 0
	}
	digits, n := 0, 1
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits, n = digits+1, i+1
			continue
		case strings.IndexByte(" -()", c) >= 0 && i-n < 2:
			continue
		}
		break
	}
	if digits < 7 || digits > 15 || isWord(after(s, n)) {
		return 0
	}
	return n
}

// topDomains are those that make a link of a name without a scheme; Telegram knows all,
// here are the ones that people write.
var topDomains = map[string]bool{
	"com": true, "cn": true, "net": true, "org": true, "io": true, "me": true, "info": true, "gov": true,
	"edu": true, "dev": true, "app": true, "ru": true, "de": true, "uk": true, "eu": true, "tv": true,
	"cc": true, "top": true, "xyz": true, "site": true, "online": true, "shop": true, "hk": true, "tw": true,
}

// link: a URL with a scheme, a name of a known top domain, or a mail address.
func (f *finder) link(s string) (string, int) {
	n := 0
	for n < len(s) && (isAlnum(s[n]) || strings.IndexByte("._-+", s[n]) >= 0) {
		n++
	}
	head := s[:n]
	if strings.HasPrefix(s[n:], "://") {
		return f.schemeLink(s, strings.ToLower(head), n+3)
	}
	if n < len(s) && s[n] == '@' {
		m := hostLen(s[n+1:])
		if domain(s[n+1:n+1+m]) && !isWord(after(s, n+1+m)) {
			return "email", n + 1 + m
		}
		return "", 0
	}
	n = hostLen(s)
	if !domain(s[:n]) || isWord(after(s, n)) {
		return "", 0
	}
	return "url", n + pathLen(s[n:])
}

func (f *finder) schemeLink(s, scheme string, from int) (string, int) {
	switch scheme {
	case "http", "https", "ftp", "tg", "ton", "tonsite":
	default:
		return "", 0
	}
	host := hostLen(s[from:])
	if host == 0 || !strings.Contains(s[from:from+host], ".") && scheme != "tg" && scheme != "ton" {
		return "", 0
	}
	return "url", from + host + pathLen(s[from+host:])
}

func hostLen(s string) int {
	n := 0
	for n < len(s) && (isAlnum(s[n]) || s[n] == '.' || s[n] == '-') {
		n++
	}
	for n > 0 && (s[n-1] == '.' || s[n-1] == '-') {
		n--
	}
	return n
}

// domain tells whether a name has the form a.b with a top domain that is known.
func domain(s string) bool {
	i := strings.LastIndexByte(s, '.')
	return i > 0 && !strings.Contains(s, "..") && topDomains[strings.ToLower(s[i+1:])]
}

// pathLen is the length of a port, path, query and fragment, without the punctuation
// that ends a sentence.
func pathLen(s string) int {
	n := 0
	if s != "" && s[0] == ':' {
		for n = 1; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		}
		if n == 1 {
			return 0
		}
	}
	if n >= len(s) || s[n] != '/' && s[n] != '?' && s[n] != '#' {
		return n
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if unicode.IsSpace(r) || r < ' ' || strings.ContainsRune("<>\"«»“”‘’（）《》「」【】，。；：！？、", r) {
			break
		}
		n += size
	}
	return len(strings.TrimRight(s[:n], ".,;:!?'()[]`"))
}
