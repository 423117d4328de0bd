package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Error is all that is wrong with a configuration.
type Error struct {
	File   string // empty: not a file's fault, but something is missing
	Faults []Fault
}

// Fault is one thing that is wrong. No field of it holds a secret.
type Fault struct {
	Path    string // the key, such as "telegram.mode", or a variable of the environment
	File    string
	Line    int    // from 1; 0: nowhere in the file
	Column  int    // from 1, in characters
	Excerpt string // the lines around it, secrets masked; may be empty
	Hint    string // what was meant, or what there is to choose from; may be empty
	Key     string // of the words that say what is wrong
	Values  map[string]string

	cause error
}

// Error says in English what is wrong, on one line.
func (e *Error) Error() string {
	var all []string
	for _, f := range e.Faults {
		all = append(all, f.head(1))
	}
	return "config: " + strings.Join(all, "; ")
}

// Unwrap gives what the system said of a file that cannot be read.
func (e *Error) Unwrap() []error {
	var all []error
	for _, f := range e.Faults {
		if f.cause != nil {
			all = append(all, f.cause)
		}
	}
	return all
}

// Explain says an error of this package to the person who wrote the file, on
// several lines, in Chinese or in English. Other errors it leaves as they are.
func Explain(err error, english bool) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	language := 0
	if english {
		language = 1
	}
	var b strings.Builder
	title := "title"
	if e.File == "" {
		title = "title_missing"
	}
	b.WriteString(strings.NewReplacer("{n}", fmt.Sprint(len(e.Faults))).Replace(words[title][language]))
	for _, f := range e.Faults {
		b.WriteString("\n\n" + f.head(language))
		if f.Excerpt != "" {
			b.WriteString("\n" + f.Excerpt)
		}
	}
	return b.String()
}

// head is place, key, what is wrong, and the hint.
func (f Fault) head(language int) string {
	var b strings.Builder
	switch {
	case f.Line > 0:
		fmt.Fprintf(&b, "%s:%d:%d: ", f.File, f.Line, f.Column)
	case f.File != "":
		b.WriteString(f.File + ": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	said, key := words[f.Key][language], "hint"
	if strings.Contains(f.Hint, ",") {
		key = "hints"
	}
	for name, v := range f.Values {
		said = strings.ReplaceAll(said, "{"+name+"}", v)
	}
	b.WriteString(said)
	if f.Hint != "" {
		b.WriteString(strings.ReplaceAll(words[key][language], "{hint}", f.Hint))
	}
	if f.cause != nil {
		b.WriteString(" (" + f.cause.Error() + ")")
	}
	return b.String()
}

// words say what is wrong, in Chinese and in English.
var words = map[string][2]string{
	"title":         {"配置有 {n} 处要改：", "The configuration needs {n} corrections:"},
	"title_missing": {"还差 {n} 项配置，机器人才能开工：", "The bot cannot start yet, {n} settings are missing:"},
	"hint":          {"（是不是想写 {hint}？）", " (did you mean {hint}?)"},
	"hints":         {"。这里可以写：{hint}", "; the keys here are {hint}"},

	"unreadable": {"读不了这个文件，请看看路径和权限对不对；还没有的话，先 cp config.example.yaml config.yaml", "the file cannot be read; check its path and permissions, or begin with cp config.example.yaml config.yaml"},
	"large":      {"文件太大，配置不会超过 16 KB，是不是选错了文件", "the file is too large: a configuration has 16 KB at most; is it the right file?"},
	"encoding":   {"文件不是 UTF-8 编码，请用 UTF-8 另存一次", "the file is not in UTF-8; save it again as UTF-8"},
	"documents":  {"文件里只能有一份配置，请删掉 --- 后面的内容", "a file holds one configuration; remove what follows the ---"},
	"syntax":     {"这里的写法不对，请检查缩进、冒号和引号（冒号后面要空一格）", "this is not YAML; check indentation, quotes, and that a space follows each colon"},
	"tab":        {"这里用了制表符（Tab），缩进请用空格", "there is a tab here; indent with spaces"},
	"quote":      {"引号没有成对", "a quote is not closed"},
	"bracket":    {"括号没有成对，或者少了逗号", "a bracket is not closed, or a comma is missing"},
	"section":    {"这一项要另起一行，往里缩进写", "this holds keys of its own, indented below it"},
	"twice":      {"这一项写了两次，第 {line} 行已经写过", "this key is already on line {line}"},
	"unknown":    {"没有这一项", "there is no such key"},
	"not_text":   {"这里要写文字，请加上引号", "this must be text; put it in quotes"},
	"not_count":  {"这里要写 0 或者正整数，不加引号", "this must be 0 or a positive whole number, without quotes"},
	"not_number": {"这里要写数字，不加引号", "this must be a number, without quotes"},
	"not_ids":    {"这里要写 Telegram 用户编号，像 [123456789]，不加引号；发 /id 可以看到自己的编号", "this must be Telegram user ids such as [123456789], without quotes; /id tells a person theirs"},
	"twice_id":   {"这个编号写了两次", "this id is here twice"},

	"token":    {"令牌的样子是“数字:字母数字”，请从 BotFather 那里整段复制", "a token is digits, a colon and letters; copy all of it from BotFather"},
	"http":     {"要写 http:// 或 https:// 开头的网址", "this must be an http:// or https:// URL"},
	"https":    {"用 webhook 时，这里要写 https:// 开头的网址，Telegram 往那里送消息", "in webhook mode this must be the https:// URL that Telegram delivers to"},
	"proxy":    {"代理要写 http://、https:// 或 socks5:// 开头的网址", "a proxy is an http://, https:// or socks5:// URL"},
	"choice":   {"只能写 {choices}", "this must be {choices}"},
	"listen":   {"要写“地址:端口”，像 :8443 或 127.0.0.1:8443", "this must be host:port, such as :8443 or 127.0.0.1:8443"},
	"secret":   {"只能用字母、数字、_ 和 -，最多 256 个", "this must be up to 256 of the letters A-Z a-z, digits, _ and -"},
	"pair":     {"cert 和 key 要么都写，要么都不写", "cert and key go together: set both or none"},
	"limit":    {"不能小于 0；写 0 就是不限", "this must not be below 0; 0 lifts the limit"},
	"redis":    {"要写 redis://主机、rediss://主机、unix:///路径，或 redis+sentinel://主机,主机/0?master_name=名字", "this must be redis://host, rediss://host, unix:///path, or redis+sentinel://host,host/0?master_name=name"},
	"dir":      {"url 空着时，这里要写存数据的目录", "without a url, this must be the directory to keep data in"},
	"prefix":   {"不能空着，也不能有空格或花括号", "this must not be empty, nor hold spaces or braces"},
	"timezone": {"没有这个时区，请写像 Asia/Shanghai 这样的名字", "there is no such time zone; write a name such as Asia/Shanghai"},
	"quiet":    {"要写“开始-结束”，像 22:00-07:00；写 \"\" 就是不设", "this must be from-to, such as 22:00-07:00, or \"\" for none"},

	"need_token":  {"还没有令牌：在 Telegram 找 @BotFather，发 /newbot 领一个，写到这里，或者放进环境变量 TELEGRAM_BOT_TOKEN", "there is no token: ask @BotFather in Telegram for one with /newbot, and set it here or in the variable TELEGRAM_BOT_TOKEN"},
	"need_secret": {"用 webhook 要有一个只有您和 Telegram 知道的暗号：用 openssl rand -hex 32 造一个，写到这里，或者放进环境变量 TELEGRAM_WEBHOOK_SECRET", "a webhook needs a secret that only you and Telegram know: make one with openssl rand -hex 32, and set it here or in the variable TELEGRAM_WEBHOOK_SECRET"},
}

// join is the path of a key below another, or at the top below "".
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// below lists the keys just below a path, sorted.
func below(fields map[string]any, path string) []string {
	names := map[string]bool{}
	for f := range fields {
		if path != "" {
			rest, ok := strings.CutPrefix(f, path+".")
			if !ok {
				continue
			}
			f = rest
		}
		name, _, _ := strings.Cut(f, ".")
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// nearest is the key that a name below path was most likely to be: one that is
// spelled nearly so, one of the same name elsewhere, or any that path has.
func nearest(fields map[string]any, path, name string) string {
	here := below(fields, path)
	if n := near(name, here); n != "" {
		return n
	}
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		if strings.HasSuffix("."+f, "."+name) {
			return f
		}
	}
	return strings.Join(here, ", ")
}

// near is the choice that s is a misspelling of, "" for none.
func near(s string, choices []string) string {
	best, least := "", 1+max(1, len(s)/3)
	for _, c := range choices {
		if d := distance(strings.ToLower(s), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is how many letters must be added, left out, changed or swapped with
// their neighbour to make b of a.
//
// Source: the optimal string alignment distance, after F. J. Damerau, "A technique
// for computer detection and correction of spelling errors", CACM 7 (3), 1964.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			change := rows[i][j]
			if x[i] != y[j] {
				change++
			}
			d := min(rows[i][j+1]+1, rows[i+1][j]+1, change)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(x)][len(y)]
}

// excerpt is a line and the one before it, with a mark below the column.
func excerpt(lines []string, line, column int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	if line > 1 {
		fmt.Fprintf(&b, "  %4d | %s\n", line-1, mask(lines[line-2]))
	}
	text := lines[line-1]
	fmt.Fprintf(&b, "> %4d | %s\n", line, mask(text))
	before := []rune(text)
	before = before[:min(max(column-1, 0), len(before))]
	return b.String() + "       | " + blank(masked(string(before))) + "^"
}

// blank is white space as wide as s.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case unicode.Is(unicode.Han, r):
			return '\u3000' // as wide as a hanzi
		}
		return ' '
	}, s)
}

// harmless are the keys whose values an excerpt may show. The rest is masked: a
// password is often just where the mistake is.
var harmless = []string{"api_url", "mode", "listen", "per_second", "per_chat_second", "per_group_minute", "dir", "prefix", "timezone", "language", "quiet", "admins"}

var (
	gapPattern   = regexp.MustCompile(`^[\s{}\[\],-]+`)
	keyPattern   = regexp.MustCompile(`^["']?([A-Za-z_][A-Za-z0-9_-]*)["']?\s*:(?:\s+|$)`)
	valuePattern = regexp.MustCompile(`^(?:"[^"]*"?|'[^']*'?|[^\s,}\]#]+)`)
	tokenPattern = regexp.MustCompile(`[0-9]{5,}:[A-Za-z0-9_-]{10,}`)
	userPattern  = regexp.MustCompile(`://\S*@`)
)

// mask is a line of the file without comments and without what may be a secret.
// Of a line that it does not understand it shows little.
func mask(line string) string { return strings.TrimRight(masked(line), " \t\r") }

func masked(line string) string {
	var b strings.Builder
	key, open, list := true, false, false // a key may come; its value may be shown; within [ ]
	for rest := line; rest != "" && rest[0] != '#'; {
		if gap := gapPattern.FindString(rest); gap != "" {
			b.WriteString(gap)
			rest = rest[len(gap):]
			if i := strings.LastIndexAny(gap, "[]"); i >= 0 {
				list = gap[i] == '['
			}
			if !list && strings.ContainsAny(gap, "{,") {
				key, open = true, false
			}
			continue
		}
		if m := keyPattern.FindStringSubmatch(rest); key && m != nil {
			b.WriteString(m[0])
			rest = rest[len(m[0]):]
			key, open = false, slices.ContainsFunc(harmless, func(k string) bool { return distance(m[1], k) <= 1 })
			continue
		}
		v := valuePattern.FindString(rest)
		rest = rest[len(v):]
		if open {
			b.WriteString(v)
			continue
		}
		b.WriteString("***")
		if v == "" || v[0] != '"' && v[0] != '\'' {
			break // a secret may go on behind a comma or a space
		}
	}
	return clean(b.String())
}

// clean takes out what is a token or a password by its shape.
func clean(s string) string {
	return userPattern.ReplaceAllString(tokenPattern.ReplaceAllString(s, "***"), "://***@")
}
