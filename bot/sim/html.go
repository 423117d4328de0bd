package sim

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTags are the tags of Telegram HTML and the entity that each makes.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
	"blockquote": "blockquote", "tg-emoji": "custom_emoji", "tg-time": "date_time",
}

// htmlError is what is wrong with a text of parse mode HTML.
func htmlError(format string, args ...any) *apiError {
	return bad("can't parse entities: "+format, args...)
}

// openTag is a start tag that waits for its end.
type openTag struct {
	name   string
	attrs  map[string]string
	offset int // UTF-16 units before it
	begin  int // bytes of the result before it
}

// htmlParser reads Telegram HTML. As Telegram does, it takes any text between tags
// as it is: only < and the known & sequences are special.
type htmlParser struct {
	in       string
	i        int // the next byte of in
	out      strings.Builder
	utf16    int // length of out
	open     []openTag
	entities []apiEntity
}

// parseHTML returns the text without its tags, and the entities that they stood for.
//
// Source: "HTML style" of the Bot API; the refusals are worded as its server's.
func parseHTML(text string) (string, []apiEntity, *apiError) {
	p := &htmlParser{in: text}
	for p.i < len(p.in) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, htmlError("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	if !utf8.ValidString(p.out.String()) {
		return "", nil, htmlError("Text contains invalid Unicode characters after decoding HTML entities")
	}
	return p.out.String(), p.entities, nil
}

func (p *htmlParser) step() *apiError {
	switch p.in[p.i] {
	case '&':
		if r, n := decodeReference(p.in[p.i:]); n > 0 {
			p.i += n
			p.put(r)
			return nil
		}
	case '<':
		if strings.HasPrefix(p.in[p.i:], "</") {
			return p.endTag()
		}
		return p.startTag()
	}
	r, n := utf8.DecodeRuneInString(p.in[p.i:])
	p.i += n
	p.put(r)
	return nil
}

func (p *htmlParser) put(r rune) {
	p.out.WriteRune(r)
	p.utf16 += runeLen16(r)
}

// runeLen16 is the length of a rune in UTF-16 code units.
func runeLen16(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// len16 is the length of a text in UTF-16 code units.
func len16(s string) int {
	n := 0
	for _, r := range s {
		n += runeLen16(r)
	}
	return n
}

// startTag reads a tag with its attributes.
func (p *htmlParser) startTag() *apiError {
	begin := p.i
	end := strings.IndexAny(p.in[p.i:], " \t\r\n\v\f>")
	if end < 0 {
		return htmlError("Unclosed start tag at byte offset %d", begin)
	}
	name := strings.ToLower(p.in[p.i+1 : p.i+end])
	if htmlTags[name] == "" {
		return htmlError("Unsupported start tag %q at byte offset %d", name, begin)
	}
	p.i += end
	tag := openTag{name: name, offset: p.utf16, begin: p.out.Len()}
	for p.skipSpace(); p.i < len(p.in) && p.in[p.i] != '>'; p.skipSpace() {
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	if p.i >= len(p.in) {
		return htmlError("Unclosed start tag %q at byte offset %d", name, begin)
	}
	p.i++
	if name == "span" && tag.attrs["class"] != "tg-spoiler" {
		return htmlError(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	p.open = append(p.open, tag)
	return nil
}

func (p *htmlParser) skipSpace() {
	for p.i < len(p.in) && isSpace(p.in[p.i]) {
		p.i++
	}
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// attribute reads name="value", name='value', name=value, or the bare "expandable".
func (p *htmlParser) attribute(tag *openTag, begin int) *apiError {
	from := p.i
	for p.i < len(p.in) && !isSpace(p.in[p.i]) && !strings.ContainsRune("=>/\"'", rune(p.in[p.i])) {
		p.i++
	}
	name := strings.ToLower(p.in[from:p.i])
	if name == "" {
		return htmlError("Empty attribute name in the tag %q at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	value := ""
	if p.i < len(p.in) && p.in[p.i] == '=' {
		p.i++
		p.skipSpace()
		var err *apiError
		if value, err = p.attributeValue(); err != nil {
			return err
		}
	} else if tag.name != "blockquote" || name != "expandable" {
		return htmlError("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag.name, begin)
	}
	if tag.attrs == nil {
		tag.attrs = map[string]string{}
	}
	tag.attrs[name] = value
	return nil
}

func (p *htmlParser) attributeValue() (string, *apiError) {
	if p.i < len(p.in) && (p.in[p.i] == '"' || p.in[p.i] == '\'') {
		return p.quoted(), nil
	}
	from := p.i
	for p.i < len(p.in) && (isAlnum(p.in[p.i]) || p.in[p.i] == '.' || p.in[p.i] == '-') {
		p.i++
	}
	if p.i < len(p.in) && !isSpace(p.in[p.i]) && p.in[p.i] != '>' {
		return "", htmlError("Unexpected end of name token at byte offset %d", from)
	}
	return p.in[from:p.i], nil
}

// quoted reads a value in quotes; one that is not closed ends with the text, which
// leaves the tag open.
func (p *htmlParser) quoted() string {
	quote := p.in[p.i]
	p.i++
	var value strings.Builder
	for p.i < len(p.in) && p.in[p.i] != quote {
		if r, n := decodeReference(p.in[p.i:]); n > 0 {
			value.WriteRune(r)
			p.i += n
			continue
		}
		value.WriteByte(p.in[p.i])
		p.i++
	}
	if p.i < len(p.in) {
		p.i++
	}
	return value.String()
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// endTag closes the newest open tag; "</>" does so whatever it is.
func (p *htmlParser) endTag() *apiError {
	begin := p.i
	if len(p.open) == 0 {
		return htmlError("Unexpected end tag at byte offset %d", begin)
	}
	end := strings.IndexByte(p.in[p.i:], '>')
	if end < 0 {
		return htmlError("Unclosed end tag at byte offset %d", begin)
	}
	name := strings.ToLower(strings.TrimRight(p.in[p.i+2:p.i+end], " \t\r\n\v\f"))
	tag := p.open[len(p.open)-1]
	if strings.ContainsAny(name, " \t\r\n\v\f") {
		return htmlError("Unclosed end tag at byte offset %d", begin)
	}
	if name != "" && name != tag.name {
		return htmlError(`Unmatched end tag at byte offset %d, expected "</%s>", found "</%s>"`, begin, tag.name, name)
	}
	p.i += end + 1
	p.open = p.open[:len(p.open)-1]
	if p.utf16 == tag.offset {
		return nil // nothing inside
	}
	e := apiEntity{Type: htmlTags[tag.name], Offset: tag.offset, Length: p.utf16 - tag.offset}
	return p.close(tag, e)
}

// close adds the entity of a tag, with what its attributes say.
func (p *htmlParser) close(tag openTag, e apiEntity) *apiError {
	switch tag.name {
	case "a":
		e.URL = tag.attrs["href"]
		if e.URL == "" {
			e.URL = p.out.String()[tag.begin:]
		}
	case "code":
		e.Language = strings.TrimPrefix(tag.attrs["class"], "language-")
		if e.Language == tag.attrs["class"] {
			e.Language = ""
		}
	case "blockquote":
		if _, ok := tag.attrs["expandable"]; ok {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.EmojiID = tag.attrs["emoji-id"]
		if n, err := strconv.ParseInt(e.EmojiID, 10, 64); err != nil || n == 0 {
			return bad("invalid custom emoji identifier specified")
		}
	case "tg-time":
		return p.closeTime(tag, e)
	}
	p.entities = append(p.entities, e)
	p.mergePre()
	return nil
}

func (p *htmlParser) closeTime(tag openTag, e apiEntity) *apiError {
	n, err := strconv.ParseInt(tag.attrs["unix"], 10, 32)
	if err != nil {
		return htmlError("Invalid Unix time specified in the tag %q", tag.name)
	}
	e.UnixTime, e.Format = n, tag.attrs["format"]
	if !validTimeFormat(e.Format) {
		return bad("invalid date-time format specified")
	}
	p.entities = append(p.entities, e)
	return nil
}

// validTimeFormat knows r alone, or the parts w, d, D, t, T.
func validTimeFormat(format string) bool {
	if format == "r" || format == "R" {
		return true
	}
	return strings.Trim(format, "wWdDtT") == ""
}

// mergePre makes one entity of <pre><code class="language-x"> around the same text.
func (p *htmlParser) mergePre() {
	n := len(p.entities)
	if n < 2 {
		return
	}
	inner, outer := &p.entities[n-2], &p.entities[n-1]
	if inner.Offset != outer.Offset || inner.Length != outer.Length || inner.Language == "" && outer.Language == "" {
		return
	}
	if inner.Type+outer.Type == "codepre" || inner.Type+outer.Type == "precode" {
		inner.Type, inner.Language = "pre", inner.Language+outer.Language
		p.entities = p.entities[:n-1]
	}
}

// decodeReference reads a character reference at the start of s: any number, or one of
// the four names. It returns the length 0 when there is none.
func decodeReference(s string) (rune, int) {
	if len(s) < 3 || s[0] != '&' {
		return 0, 0
	}
	end := 1
	if s[1] == '#' {
		end = 2
		if s[2] == 'x' || s[2] == 'X' {
			end = 3
		}
	}
	from := end
	for end < len(s) && isAlnum(s[end]) && end-from < 10 {
		end++
	}
	r := reference(s[1:from], s[from:end])
	if r == 0 {
		return 0, 0
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	return r, end
}

func reference(mark, name string) rune {
	base := 10
	switch mark {
	case "":
		return map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[name]
	case "#x", "#X":
		base = 16
	}
	n, err := strconv.ParseUint(name, base, 32)
	if err != nil || n >= 0x10ffff || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}
