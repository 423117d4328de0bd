package sim

import (
	"encoding/json"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// What Telegram takes, in UTF-16 code units after the entities were parsed.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxBytes    = 1 << 15 // of a text before that
	maxEntities = 100
)

// formatted is a text with its entities.
type formatted struct {
	text     string
	entities []apiEntity
}

func (f formatted) equal(g formatted) bool {
	return f.text == g.text && slices.EqualFunc(f.entities, g.entities, func(a, b apiEntity) bool {
		au, bu := a.User, b.User
		a.User, b.User = nil, nil
		return a == b && (au == nil) == (bu == nil) && (au == nil || au.ID == bu.ID)
	})
}

// format makes of a text and its parse_mode or entities what is shown and stored.
func (s *Server) format(text, mode, entities string) (formatted, *apiError) {
	if len(text) > maxBytes {
		return formatted{}, bad("text is too long")
	}
	var list []apiEntity
	switch strings.ToLower(mode) {
	case "", "none":
		if entities != "" {
			if err := json.Unmarshal([]byte(entities), &list); err != nil {
				return formatted{}, bad("can't parse entities: %v", err)
			}
		}
		if err := checkEntities(text, list); err != nil {
			return formatted{}, err
		}
	case "html":
		var err *apiError
		if text, list, err = parseHTML(text); err != nil {
			return formatted{}, err
		}
	case "markdown", "markdownv2":
		return formatted{}, bad("parse_mode %s is not simulated: use HTML", mode)
	default:
		return formatted{}, bad("unsupported parse_mode")
	}
	return s.fix(text, list), nil
}

// entityTypes are the types that a bot may send; Telegram finds the others itself and
// ignores them when they are sent.
var entityTypes = map[string]bool{
	"bold": true, "italic": true, "underline": true, "strikethrough": true, "spoiler": true,
	"blockquote": true, "expandable_blockquote": true, "code": true, "pre": true, "text_link": true,
	"text_mention": true, "custom_emoji": true, "date_time": true,
	"mention": false, "hashtag": false, "cashtag": false, "bot_command": false, "url": false,
	"email": false, "phone_number": false, "bank_card_number": false,
}

// checkEntities refuses explicit entities that do not fit the text.
func checkEntities(text string, list []apiEntity) *apiError {
	if len(list) == 0 {
		return nil
	}
	inside, n := surrogates(text)
	for _, e := range list {
		if _, known := entityTypes[e.Type]; !known {
			return bad("can't parse MessageEntity: unsupported type specified")
		}
		end := e.Offset + e.Length
		switch {
		case e.Offset < 0 || e.Offset > 1_000_000:
			return bad("receive an entity with incorrect offset %d", e.Offset)
		case e.Length < 0 || e.Length > 1_000_000:
			return bad("receive an entity with incorrect length %d", e.Length)
		case end > n:
			return bad("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, n)
		case inside[e.Offset]:
			return bad("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset)
		case inside[end]:
			return bad("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset, end)
		}
	}
	return nil
}

// surrogates tells which UTF-16 offsets lie inside of a character, and the length.
func surrogates(text string) (inside map[int]bool, n int) {
	inside = map[int]bool{}
	for _, r := range text {
		if r > 0xffff {
			inside[n+1] = true
		}
		n += runeLen16(r)
	}
	return inside, n
}

// fix cleans a text as Telegram does: control characters become spaces, white space around
// it goes, entities are cut to what is left, nested properly and joined by those that
// Telegram finds itself.
func (s *Server) fix(text string, list []apiEntity) formatted {
	list = s.known(list)
	if len(list) == 0 && clean(text) {
		text = strings.TrimFunc(text, unicode.IsSpace)
		return formatted{text, findEntities(text)}
	}
	text, list = trim(text, list)
	list = nest(list)
	for _, e := range findEntities(text) {
		if !clashes(list, e) {
			list = append(list, e)
		}
	}
	list = nest(list)
	if len(list) > maxEntities {
		list = list[:maxEntities]
	}
	return formatted{text, list}
}

func clean(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' && text[i] != '\n' {
			return false
		}
	}
	return true
}

// known resolves links and mentions and drops what Telegram ignores.
func (s *Server) known(list []apiEntity) []apiEntity {
	kept := list[:0]
	for _, e := range list {
		if e.Type == "text_link" {
			if id, ok := strings.CutPrefix(e.URL, "tg://user?id="); ok {
				n, _ := strconv.ParseInt(id, 10, 64)
				e = apiEntity{Type: "text_mention", Offset: e.Offset, Length: e.Length, User: &apiUser{ID: n}}
			} else if e.URL = checkedLink(e.URL); e.URL == "" {
				continue
			}
		}
		if e.Type == "text_mention" {
			p := s.mentioned(e.User)
			if p == nil {
				continue
			}
			e.User = p
		}
		if e.Type == "code" {
			e.Language = ""
		}
		if entityTypes[e.Type] && e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

// mentioned finds the account of a text_mention.
func (s *Server) mentioned(u *apiUser) *apiUser {
	if u == nil {
		return nil
	}
	if u.ID == s.bot.ID {
		return s.me
	}
	if p := s.person(u.ID); p != nil {
		return p.api
	}
	return nil
}

// checkedLink completes a link that Telegram would open, or returns nothing.
func checkedLink(link string) string {
	link = strings.TrimSpace(link)
	if !strings.Contains(link, "://") {
		link = "http://" + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "tg", "ton", "tonsite":
		return link
	case "http", "https", "ftp":
	default:
		return ""
	}
	if host := u.Hostname(); !strings.Contains(host, ".") || strings.ContainsAny(host, " <>\"") {
		return ""
	}
	if u.Path == "" && u.RawQuery == "" && u.Fragment == "" {
		link += "/"
	}
	return link
}

// trim replaces control characters, cuts white space at both ends and moves the entities.
func trim(text string, list []apiEntity) (string, []apiEntity) {
	var out strings.Builder
	at := make([]int, 0, len(text)+1) // new offset of each old UTF-16 offset
	n := 0
	for _, r := range text {
		for range runeLen16(r) {
			at = append(at, n)
		}
		switch {
		case r == '\r':
			continue
		case r < ' ' && r != '\n':
			r = ' '
		}
		out.WriteRune(r)
		n += runeLen16(r)
	}
	at = append(at, n)
	full := out.String()
	left := strings.TrimLeftFunc(full, unicode.IsSpace)
	kept := strings.TrimRightFunc(left, unicode.IsSpace)
	cut, size := len16(full[:len(full)-len(left)]), len16(kept)
	moved := list[:0]
	for _, e := range list {
		from, to := at[e.Offset], at[e.Offset+e.Length]
		from, to = max(0, from-cut), min(size, to-cut)
		if e.Offset, e.Length = from, to-from; e.Length > 0 {
			moved = append(moved, e)
		}
	}
	return kept, moved
}

// splittable entities may be cut in pieces without a change of what is seen.
func splittable(e apiEntity) bool {
	switch e.Type {
	case "bold", "italic", "underline", "strikethrough", "spoiler":
		return true
	}
	return false
}

func isCode(e apiEntity) bool { return e.Type == "code" || e.Type == "pre" }

// clashes tells whether an entity that was found must give way to those that were sent.
func clashes(list []apiEntity, e apiEntity) bool {
	for _, o := range list {
		if splittable(o) || o.Type == "blockquote" || o.Type == "expandable_blockquote" {
			continue
		}
		if e.Offset < o.Offset+o.Length && o.Offset < e.Offset+e.Length {
			return true
		}
	}
	return false
}

func sortEntities(list []apiEntity) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Offset != b.Offset {
			return a.Offset < b.Offset
		}
		if a.Length != b.Length {
			return a.Length > b.Length
		}
		return rank(a) < rank(b)
	})
}

// rank puts the outer entity of two with the same text first.
func rank(e apiEntity) int {
	switch e.Type {
	case "blockquote", "expandable_blockquote":
		return 0
	case "code", "pre":
		return 1
	case "bold", "italic", "underline", "strikethrough", "spoiler":
		return 3
	}
	return 2
}

// nest cuts entities so that of any two one holds the other or they are apart. Code
// holds nothing; of two that overlap and cannot be cut, the later one goes.
func nest(list []apiEntity) []apiEntity {
	if len(list) < 2 {
		return list
	}
	list = list[:min(len(list), 10*maxEntities)]
	sortEntities(list)
	var hard, soft []apiEntity
	for _, e := range list {
		if splittable(e) {
			soft = append(soft, e)
		} else if fits(hard, e) {
			hard = append(hard, e)
		}
	}
	soft = merge(soft)
	for _, h := range hard {
		soft = cutAt(soft, h)
	}
	list = append(hard, untangle(soft)...)
	sortEntities(list)
	return list
}

func end(e apiEntity) int { return e.Offset + e.Length }

// fits tells whether an entity that cannot be cut nests with those that came before it.
func fits(before []apiEntity, e apiEntity) bool {
	for _, o := range before {
		if end(o) <= e.Offset {
			continue
		}
		if end(e) > end(o) || isCode(o) || o.Type == e.Type {
			return false
		}
	}
	return true
}

// merge joins entities of one type that touch or overlap. list is sorted.
func merge(list []apiEntity) []apiEntity {
	newest := map[string]int{} // index in merged
	merged := list[:0:0]
	for _, e := range list {
		if i, ok := newest[e.Type]; ok && end(merged[i]) >= e.Offset {
			merged[i].Length = max(end(merged[i]), end(e)) - merged[i].Offset
			continue
		}
		newest[e.Type] = len(merged)
		merged = append(merged, e)
	}
	return merged
}

// cutAt cuts entities at the ends of h where they overlap it in part, and takes out
// what lies in code.
func cutAt(list []apiEntity, h apiEntity) []apiEntity {
	cut := list[:0:0]
	for _, e := range list {
		a, b := max(e.Offset, h.Offset), min(end(e), end(h))
		if a >= b || !isCode(h) && (a == h.Offset && b == end(h) || a == e.Offset && b == end(e)) {
			cut = append(cut, e)
			continue
		}
		cut = appendPart(cut, e, e.Offset, a)
		if !isCode(h) {
			cut = appendPart(cut, e, a, b)
		}
		cut = appendPart(cut, e, b, end(e))
	}
	return cut
}

func appendPart(list []apiEntity, e apiEntity, from, to int) []apiEntity {
	if from < to {
		e.Offset, e.Length = from, to-from
		list = append(list, e)
	}
	return list
}

// untangle cuts entities that can be cut where they overlap one another in part.
func untangle(list []apiEntity) []apiEntity {
	sortEntities(list)
	var done, open []apiEntity
	for len(list) > 0 {
		e := list[0]
		list = list[1:]
		for len(open) > 0 && end(open[len(open)-1]) <= e.Offset {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && end(open[len(open)-1]) < end(e) {
			at := end(open[len(open)-1])
			list = append(appendPart(nil, e, at, end(e)), list...)
			e.Length = at - e.Offset
			sortEntities(list)
		}
		done, open = append(done, e), append(open, e)
	}
	return done
}
