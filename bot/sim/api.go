package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// apiError is a refusal as the Bot API puts it.
type apiError struct {
	code    int
	text    string
	retry   int   // seconds, with 429
	migrate int64 // the supergroup that a group became
}

func (e *apiError) Error() string { return e.text }

func bad(format string, args ...any) *apiError {
	return &apiError{code: 400, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(text string) *apiError { return &apiError{code: 403, text: "Forbidden: " + text} }

func conflict(text string) *apiError { return &apiError{code: 409, text: "Conflict: " + text} }

func tooMany(seconds int) *apiError {
	return &apiError{code: 429, text: fmt.Sprintf("Too Many Requests: retry after %d", seconds), retry: seconds}
}

// call is one request that is being carried out.
type call struct {
	method string // as api.json spells it
	p      params
	r      *http.Request // nil for a call in the answer to a webhook
}

// action is how the simulator carries out a method. run holds the lock, unless own is set.
type action struct {
	run  func(s *Server, c *call) (any, *apiError)
	own  bool               // takes the lock itself
	load func(c *call) load // what it takes from the rate buckets
}

var (
	actions     map[string]*action
	actionsOnce sync.Once
)

// actionTable are the methods that work, by their names in lower case.
func actionTable() map[string]*action {
	actionsOnce.Do(func() {
		actions = map[string]*action{}
		for name, a := range simulated() {
			actions[strings.ToLower(name)] = &a
		}
	})
	return actions
}

func one(*call) load    { return load{sent: 1} }
func edited(*call) load { return load{edited: 1} }

// simulated lists the methods that work, by their names in api.json.
func simulated() map[string]action {
	return map[string]action{
		"getUpdates":     {run: (*Server).getUpdates, own: true},
		"setWebhook":     {run: (*Server).setWebhook},
		"deleteWebhook":  {run: (*Server).deleteWebhook},
		"getWebhookInfo": {run: (*Server).getWebhookInfo},

		"getMe":   {run: (*Server).getMe},
		"logOut":  {run: (*Server).yes},
		"close":   {run: (*Server).yes},
		"getFile": {run: (*Server).getFile},

		"sendMessage":     {run: (*Server).sendMessage, load: one},
		"sendPhoto":       {run: (*Server).sendPhoto, load: one},
		"sendDocument":    {run: (*Server).sendDocument, load: one},
		"sendVoice":       {run: (*Server).sendVoice, load: one},
		"sendMediaGroup":  {run: (*Server).sendMediaGroup, load: albumLoad},
		"sendPoll":        {run: (*Server).sendPoll, load: one},
		"stopPoll":        {run: (*Server).stopPoll, load: edited},
		"sendChatAction":  {run: (*Server).sendChatAction},
		"copyMessage":     {run: (*Server).copyMessage, load: one},
		"copyMessages":    {run: (*Server).copyMessages, load: idsLoad},
		"forwardMessage":  {run: (*Server).forwardMessage, load: one},
		"forwardMessages": {run: (*Server).forwardMessages, load: idsLoad},

		"editMessageText":        {run: (*Server).editMessageText, load: edited},
		"editMessageCaption":     {run: (*Server).editMessageCaption, load: edited},
		"editMessageMedia":       {run: (*Server).editMessageMedia, load: edited},
		"editMessageReplyMarkup": {run: (*Server).editMessageReplyMarkup, load: edited},
		"deleteMessage":          {run: (*Server).deleteMessage},
		"deleteMessages":         {run: (*Server).deleteMessages},
		"setMessageReaction":     {run: (*Server).setMessageReaction},
		"answerCallbackQuery":    {run: (*Server).answerCallbackQuery},

		"getChat":               {run: (*Server).getChat},
		"getChatMember":         {run: (*Server).getChatMember},
		"getChatAdministrators": {run: (*Server).getChatAdministrators},
		"getChatMemberCount":    {run: (*Server).getChatMemberCount},
		"leaveChat":             {run: (*Server).leaveChat},
		"pinChatMessage":        {run: (*Server).pinChatMessage},
		"unpinChatMessage":      {run: (*Server).unpinChatMessage},
		"unpinAllChatMessages":  {run: (*Server).unpinAllChatMessages},
		"createForumTopic":      {run: (*Server).createForumTopic},
		"closeForumTopic":       {run: (*Server).closeForumTopic},
		"reopenForumTopic":      {run: (*Server).reopenForumTopic},

		"setMyCommands":         {run: (*Server).setMyCommands},
		"getMyCommands":         {run: (*Server).getMyCommands},
		"deleteMyCommands":      {run: (*Server).deleteMyCommands},
		"setMyName":             {run: (*Server).setMyName},
		"getMyName":             {run: (*Server).getMyName},
		"setMyDescription":      {run: (*Server).setMyDescription},
		"getMyDescription":      {run: (*Server).getMyDescription},
		"setMyShortDescription": {run: (*Server).setMyShortDescription},
		"getMyShortDescription": {run: (*Server).getMyShortDescription},
	}
}

// API serves /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) API() http.Handler { return s.mux }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, isFile := strings.CutPrefix(r.URL.Path, "/file")
	rest, ok := strings.CutPrefix(path, "/bot")
	token, method, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		writeError(w, &apiError{code: 404, text: "Not Found"})
		return
	}
	if token != s.bot.Token {
		writeError(w, &apiError{code: 401, text: "Unauthorized"})
		return
	}
	if isFile {
		s.serveFile(w, method)
		return
	}
	s.serveCall(w, r, method)
}

// serveCall reads, carries out, notes and answers one call.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request, method string) {
	start := time.Now()
	m := loadSpec().byLower[strings.ToLower(method)]
	if m == nil {
		s.note(Call{Method: method, Status: 404, Error: "Not Found", From: r.RemoteAddr, Took: time.Since(start)}, nil)
		writeError(w, &apiError{code: 404, text: "Not Found"})
		return
	}
	list, err := readParams(r)
	if err != nil {
		s.answer(w, &call{method: m.Name, r: r}, nil, badBody(err), nil, start)
		return
	}
	c := &call{method: m.Name, p: list, r: r}
	fault := s.fault(c)
	if fault != nil && !s.strike(w, r, c, fault, start) {
		return
	}
	result, refusal := s.run(m, c)
	s.answer(w, c, result, refusal, fault, start)
}

func badBody(err error) *apiError {
	if errors.Is(err, errTooLarge) {
		return &apiError{code: 413, text: "Request Entity Too Large"}
	}
	return bad("can't read the request: %v", err)
}

// run checks a call and carries it out.
func (s *Server) run(m *specItem, c *call) (any, *apiError) {
	a := actionTable()[strings.ToLower(m.Name)]
	list, refusal := checkParams(m, c.p)
	if refusal != nil {
		return nil, refusal
	}
	c.p = list
	if a == nil {
		s.mu.Lock()
		s.missed[m.Name] = true
		s.mu.Unlock()
		return nil, bad("method %s is not simulated", m.Name)
	}
	if a.own {
		return a.run(s, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.load != nil {
		if ch := s.chats[c.p.int("chat_id")]; ch != nil {
			if refusal := s.limit(ch, a.load(c)); refusal != nil {
				return nil, refusal
			}
		}
	}
	return a.run(s, c)
}

// NotSimulated lists the methods that the bot called and that the Bot API has, but the
// simulator has not: they were refused.
func (s *Server) NotSimulated() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.missed))
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

type okReply struct {
	OK     bool `json:"ok"`
	Result any  `json:"result"`
}

type errorReply struct {
	OK          bool         `json:"ok"`
	Code        int          `json:"error_code"`
	Description string       `json:"description"`
	Parameters  *errorParams `json:"parameters,omitempty"`
}

type errorParams struct {
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
	RetryAfter int   `json:"retry_after,omitempty"`
}

// answer notes the call and writes its reply, unless a fault swallows it.
func (s *Server) answer(w http.ResponseWriter, c *call, result any, refusal *apiError, fault *Fault, start time.Time) {
	reply := encodeReply(result, refusal)
	status := 200
	note := Call{Method: c.method, Status: 200, From: c.r.RemoteAddr, Took: time.Since(start)}
	if refusal != nil {
		status, note.Status, note.Error = refusal.code, refusal.code, refusal.text
	}
	note.Reply, note.Fault = reply, fault
	s.note(note, c.p)
	if fault != nil && !fault.silent() {
		fault.write(w)
		return
	}
	if refusal != nil && refusal.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(refusal.retry))
	}
	writeReply(w, status, reply)
}

func encodeReply(result any, refusal *apiError) []byte {
	if list, ok := result.(rawList); ok && refusal == nil {
		return list.encode()
	}
	var v any = okReply{OK: true, Result: result}
	if refusal != nil {
		e := errorReply{Code: refusal.code, Description: refusal.text}
		if refusal.retry != 0 || refusal.migrate != 0 {
			e.Parameters = &errorParams{MigrateTo: refusal.migrate, RetryAfter: refusal.retry}
		}
		v = e
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("sim: encode %T: %v", result, err)) // our own types only
	}
	return bytes.Clone(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

func writeError(w http.ResponseWriter, e *apiError) { writeReply(w, e.code, encodeReply(nil, e)) }

func writeReply(w http.ResponseWriter, status int, reply []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(reply))}
	w.WriteHeader(status)
	_, _ = w.Write(reply) // the client is gone when this fails: nothing to do
}

var jsonType = []string{"application/json"}

func (s *Server) getMe(*call) (any, *apiError) {
	return apiSelf{apiUser: *s.me, CanJoin: s.bot.CanJoin, ReadsAll: s.bot.ReadsAll}, nil
}

// yes is for methods whose effect cannot be seen here.
func (s *Server) yes(*call) (any, *apiError) { return true, nil }
