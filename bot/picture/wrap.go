package picture

import (
	"strings"
	"unicode"
)

// missing stands for a character that the font does not have.
const missing = '〓'

// clean is a text in characters that the font has. Pictures and marks that it lacks are left
// out, other characters become 〓; white space and line breaks become a blank.
func (p *pen) clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteRune(' ')
		case unicode.Is(unicode.C, r), unicode.Is(unicode.M, r):
		case p.has(r):
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(missing)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// closing are the marks that do not begin a line.
const closing = "，。、；：！？）》」』】〉〕”’…—·,.;:!?)]}%"

// wrap breaks items of a list into lines of at most width pixels: between items, each with
// its mark behind it, and only inside of an item that is wider than a line.
func (p *pen) wrap(items []string, mark string, width int) []string {
	var lines []string
	line := ""
	for i, item := range items {
		if i < len(items)-1 {
			item += mark
		}
		if line != "" && p.width(strings.TrimRight(line+item, " ")) <= width {
			line += item
			continue
		}
		if line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
		lines, line = append(lines, p.split(item, width)...), ""
		if last := len(lines) - 1; last >= 0 {
			lines, line = lines[:last], lines[last]
		}
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// split breaks one text at width pixels: not before a mark that closes, and not inside of a
// word in Latin letters or of a number, unless that alone is wider.
func (p *pen) split(text string, width int) []string {
	var lines []string
	runes := []rune(text)
	for len(runes) > 0 {
		n := 1
		for n < len(runes) && p.width(strings.TrimRight(string(runes[:n+1]), " ")) <= width {
			n++
		}
		if n == len(runes) {
			return append(lines, string(runes))
		}
		at := n
		for at > 1 && !breakable(runes[at-1], runes[at]) {
			at--
		}
		if at == 1 && !breakable(runes[0], runes[1]) {
			at = n // nowhere else
		}
		lines = append(lines, strings.TrimSpace(string(runes[:at])))
		runes = []rune(strings.TrimLeft(string(runes[at:]), " "))
	}
	return lines
}

// breakable tells whether a line may end between two characters.
func breakable(a, b rune) bool {
	plain := func(r rune) bool { return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	switch {
	case strings.ContainsRune(closing, b), strings.ContainsRune("（《「『【〈〔“‘([{", a):
		return false
	case plain(a) && plain(b), plain(a) && b == '.':
		return false
	}
	return true
}
