package page

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	imagepng "image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/sim"
)

const (
	botID = int64(700000001)
	group = int64(-1001234567890)
	token = "700000001:test"
)

// demo is a small world with a bot that says back what it hears.
type demo struct {
	t      *testing.T
	sim    *sim.Server
	api    *httptest.Server
	page   *httptest.Server
	people map[string]int64
}

var monday = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

func begin(t *testing.T, change ...func(*Options)) *demo {
	t.Helper()
	s := sim.New(sim.Options{Bot: sim.Bot{ID: botID, Token: token, Username: "xingfuli_bot", Name: "幸福里小帮手", ReadsAll: true, CanJoin: true}, Start: monday, Stopped: true, Unlimited: true})
	t.Cleanup(s.Close)
	d := &demo{t: t, sim: s, people: map[string]int64{}}
	for i, p := range []sim.Person{
		{Key: "resident", Name: "居民阿婆", Role: "住户", Language: "zh-hans"},
		{Key: "cook", Name: "食堂师傅", Role: "食堂", Language: "zh-hans"},
		{Key: "admin", Name: "镇管理员", Role: "管理员", Language: "en"},
	} {
		p.ID = int64(501 + i)
		d.people[p.Key] = p.ID
		s.AddPerson(p)
	}
	s.AddGroup(sim.Group{ID: group, Key: "group", Title: "幸福里 3 号楼业主群", Members: []int64{501, 502, 503}, Admins: []int64{503, botID}, BotIn: true})
	o := Options{
		Title: map[string]string{"zh-Hans": "幸福里 · 演示", "en": "Xingfuli demo"},
		Note:  map[string]string{"zh-Hans": "这是演示，什么都不会保存", "en": "A demo: nothing is kept"},
		Zone:  time.FixedZone("", 8*3600),
		Jumps: []Jump{{map[string]string{"zh-Hans": "快进到明早 10:30", "en": "To 10:30 tomorrow"}, func(time.Time) time.Duration { return 17*time.Hour + 30*time.Minute }}},
		Tours: []Tour{{map[string]string{"zh-Hans": "今天吃什么", "en": "What is for lunch"}, `
			resident@group: 今天吃什么
			bot@group: 你说：今天吃什么
			cook: /start
			bot: 你好`}},
	}
	for _, f := range change {
		f(&o)
	}
	d.api = serve(t, s.API())
	d.page = serve(t, New(s, o))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.echo(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return d
}

type object = map[string]any

// call asks the Bot API. A refusal fails the test: this bot makes no mistakes.
func (d *demo) call(ctx context.Context, method string, in object) json.RawMessage {
	body, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.api.URL+"/bot"+token+"/"+method, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			d.t.Logf("%s: %v", method, err)
		}
		return nil
	}
	defer func() { _ = w.Body.Close() }()
	var out struct {
		OK          bool            `json:"ok"`
		Description string          `json:"description"`
		Result      json.RawMessage `json:"result"`
	}
	if err := json.NewDecoder(w.Body).Decode(&out); err == nil && !out.OK {
		d.t.Errorf("%s %s: %s", method, body, out.Description)
	}
	return out.Result
}

type incoming struct {
	ID      int64 `json:"update_id"`
	Message *struct {
		ID       int `json:"message_id"`
		Chat     struct{ ID int64 }
		From     struct{ ID int64 }
		Text     string
		Document *struct {
			Name string `json:"file_name"`
		}
		Photo []any
	}
	Query *struct {
		ID      string
		Data    string
		Message struct {
			ID   int `json:"message_id"`
			Chat struct{ ID int64 }
		}
	} `json:"callback_query"`
}

func (d *demo) echo(ctx context.Context) {
	d.call(ctx, "setMyCommands", object{"commands": []object{{"command": "menu", "description": "今天吃什么"}, {"command": "help", "description": "能做什么"}}})
	var next int64
	for ctx.Err() == nil {
		var got []incoming
		_ = json.Unmarshal(d.call(ctx, "getUpdates", object{"offset": next, "timeout": 30}), &got)
		for _, u := range got {
			next = u.ID + 1
			d.answer(ctx, u)
		}
	}
}

func (d *demo) answer(ctx context.Context, u incoming) {
	if q := u.Query; q != nil {
		switch q.Data {
		case "take":
			d.call(ctx, "answerCallbackQuery", object{"callback_query_id": q.ID, "text": "已受理"})
			d.call(ctx, "editMessageText", object{"chat_id": q.Message.Chat.ID, "message_id": q.Message.ID, "text": "3 号楼电梯：已受理"})
		case "alert":
			d.call(ctx, "answerCallbackQuery", object{"callback_query_id": q.ID, "text": "这件事只有主任能办", "show_alert": true})
		}
		return
	}
	m := u.Message
	if m == nil {
		return
	}
	say := func(text string, more object) json.RawMessage {
		in := object{"chat_id": m.Chat.ID, "text": text, "parse_mode": "HTML"}
		for k, v := range more {
			in[k] = v
		}
		return d.call(ctx, "sendMessage", in)
	}
	switch {
	case m.Document != nil:
		say("收到文件："+m.Document.Name, nil)
	case m.Photo != nil:
		say("收到照片", object{"reply_parameters": object{"message_id": m.ID}})
	case strings.HasPrefix(m.Text, "/start"):
		say("你好", nil)
	case m.Text == "按钮":
		say("<b>3 号楼电梯</b>：还没人受理", object{"reply_markup": object{"inline_keyboard": [][]object{
			{{"text": "受理", "callback_data": "take", "style": "success"}, {"text": "问一下", "callback_data": "alert", "style": "danger"}},
			{{"text": "打开网页", "url": "https://example.org/"}},
		}}})
	case m.Text == "键盘":
		say("选一个", object{"reply_markup": object{"keyboard": [][]object{{{"text": "今天吃什么"}, {"text": "报修"}}, {{"text": "收起键盘"}}}, "input_field_placeholder": "选一个，或者直接写"}})
	case m.Text == "收起键盘":
		say("收起来了", object{"reply_markup": object{"remove_keyboard": true}})
	case m.Text == "投票":
		d.call(ctx, "sendPoll", object{"chat_id": m.Chat.ID, "question": "周末去哪里？", "is_anonymous": false, "options": []object{{"text": "公园"}, {"text": "博物馆"}}})
	case m.Text == "置顶":
		var sent struct {
			ID int `json:"message_id"`
		}
		_ = json.Unmarshal(say("明天 9 点停水", nil), &sent)
		d.call(ctx, "pinChatMessage", object{"chat_id": m.Chat.ID, "message_id": sent.ID})
	case m.Text == "追问":
		say("几号楼？", object{"reply_markup": object{"force_reply": true, "input_field_placeholder": "比如：3 号楼"}})
	case m.Text == "等等":
		d.call(ctx, "sendChatAction", object{"chat_id": m.Chat.ID, "action": "typing"})
	case strings.HasPrefix(m.Text, "安静") || m.Text == "":
	default:
		say("你说："+strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(m.Text), nil)
	}
}

// post sends a form to the page, as its script does.
func (d *demo) post(path string, fields map[string]string, files ...[3]string) (int, string) {
	d.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range fields {
		_ = form.WriteField(k, v)
	}
	for _, f := range files {
		w, err := form.CreateFormFile(f[0], f[1])
		if err != nil {
			d.t.Fatal(err)
		}
		_, _ = io.WriteString(w, f[2])
	}
	_ = form.Close()
	r, err := http.Post(d.page.URL+path, form.FormDataContentType(), &body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answered(d.t, r)
}

func (d *demo) get(path string) (int, string) {
	d.t.Helper()
	r, err := http.Get(d.page.URL + path)
	if err != nil {
		d.t.Fatal(err)
	}
	return answered(d.t, r)
}

func answered(t *testing.T, r *http.Response) (int, string) {
	t.Helper()
	defer func() { _ = r.Body.Close() }()
	out, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(out)
}

func at(who, chat int64) map[string]string {
	return map[string]string{"who": fmt.Sprint(who), "chat": fmt.Sprint(chat)}
}

func saying(text string) sim.Act { return sim.Act{Text: text} }

// png is a small picture.
var png = func() string {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{200, 120, 40, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := imagepng.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}()
