package sim

import (
	"bytes"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	hookConnections = 40
	hookTimeout     = 60 * time.Second
)

// hook delivers updates to the bot's own server, each line in order, the lines in parallel.
type hook struct {
	url, secret string
	max         int
	era         int // grows with each setWebhook: what began before counts no more
	lines       map[string]*line
	ready       []*line
	active      int
	client      *http.Client
	errorText   string
	errorDate   int64
	running     sync.WaitGroup
}

// line is the updates that must arrive one after the other.
type line struct {
	list  []*update
	busy  bool
	tries int
	due   time.Time   // on the simulator's clock
	timer *time.Timer // the same on the machine's: what comes first counts
}

func (s *Server) setWebhook(c *call) (any, *apiError) {
	link := c.p.str("url")
	if link == "" {
		return s.deleteWebhook(c)
	}
	if err := checkHook(c.p, link); err != nil {
		return nil, err
	}
	h := &s.hook
	s.dropHook(c)
	s.updates.setAllowed(c.p)
	s.updates.oust(conflict("terminated by setWebhook request"))
	h.url, h.secret, h.max = link, c.p.str("secret_token"), hookConnections
	if c.p.has("max_connections") {
		h.max = min(max(int(c.p.int("max_connections")), 1), 100)
	}
	h.lines = map[string]*line{}
	h.client = &http.Client{
		Timeout:       hookTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: h.max, IdleConnTimeout: hookTimeout, TLSClientConfig: &tls.Config{RootCAs: s.opts.Trust}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.updates.expire(s.clock.now())
	for _, u := range s.updates.pending {
		s.hookAdd(u)
	}
	return true, nil
}

// checkHook refuses what Telegram refuses. Plain http is taken for this machine only,
// where Telegram would want https.
func checkHook(p params, link string) *apiError {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return bad("invalid webhook URL specified")
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	switch port := u.Port(); {
	case local, port == "", port == "443", port == "80", port == "88", port == "8443":
	default:
		return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	secret := p.str("secret_token")
	if len(secret) > 256 {
		return bad("secret token is too long")
	}
	for i := range len(secret) {
		if c := secret[i]; !isAlnum(c) && c != '_' && c != '-' {
			return bad("secret token contains unallowed characters")
		}
	}
	return nil
}

func (s *Server) deleteWebhook(c *call) (any, *apiError) {
	s.dropHook(c)
	return true, nil
}

func (s *Server) dropHook(c *call) {
	h := &s.hook
	for _, l := range h.lines {
		l.stop()
	}
	if h.client != nil {
		h.client.CloseIdleConnections()
	}
	h.url, h.lines, h.ready, h.active, h.errorText, h.errorDate = "", nil, nil, 0, "", 0
	h.era++
	if c.p.bool("drop_pending_updates") {
		s.updates.pending, s.updates.done = nil, 0
	}
}

func (s *Server) getWebhookInfo(*call) (any, *apiError) {
	s.updates.expire(s.clock.now())
	info := apiWebhookInfo{URL: s.hook.url, Pending: s.updates.count(), Allowed: s.updates.allowed}
	if info.URL != "" {
		info.Max, info.Error, info.ErrorDate = s.hook.max, s.hook.errorText, s.hook.errorDate
	}
	return info, nil
}

// hookAdd puts an update into its line.
func (s *Server) hookAdd(u *update) {
	l := s.hook.lines[u.line]
	if l == nil {
		l = &line{}
		s.hook.lines[u.line] = l
	}
	l.list = append(l.list, u)
	if len(l.list) == 1 && !l.busy {
		s.hook.ready = append(s.hook.ready, l)
	}
	s.pump()
}

// pump starts as many deliveries as there may be.
func (s *Server) pump() {
	h := &s.hook
	for h.active < h.max && len(h.ready) > 0 && !s.closed {
		l := h.ready[0]
		h.ready = h.ready[1:]
		if l.busy || len(l.list) == 0 {
			continue
		}
		l.busy = true
		h.active++
		h.running.Add(1)
		go s.deliver(l, l.list[0], h.era, h.client, h.url, h.secret)
	}
}

// deliver tries one update once.
func (s *Server) deliver(l *line, u *update, era int, client *http.Client, link, secret string) {
	defer s.hook.running.Done()
	retry, err := s.postUpdate(client, link, secret, u)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook.era != era {
		return
	}
	l.busy = false
	s.hook.active--
	now := s.clock.now()
	switch wait := l.wait(retry); {
	case err == nil:
		s.pop(l)
	case u.over(now.Add(wait)):
		s.hookError(err, now)
		s.pop(l) // it would come too late
	default:
		s.hookError(err, now)
		s.hookLater(l, now, wait, era)
	}
	s.pump()
	s.turn.Broadcast()
}

func (s *Server) hookError(err error, now time.Time) {
	s.hook.errorText, s.hook.errorDate = err.Error(), now.Unix()
}

// wait is how long a line pauses after a failure: not at all the first time, or as the
// bot said, then 2, 4, 8 … seconds up to one or two minutes.
func (l *line) wait(retry time.Duration) time.Duration {
	if l.tries == 0 || retry > 0 {
		return min(retry, time.Hour)
	}
	if l.tries < 6 {
		return time.Second << l.tries
	}
	return time.Minute + rand.N(time.Minute)
}

// pop takes the head of a line away.
func (s *Server) pop(l *line) {
	u := l.list[0]
	l.list, l.tries = l.list[1:], 0
	u.done = true
	s.updates.done++
	if s.updates.done > 64 && s.updates.done > len(s.updates.pending)/2 {
		s.updates.expire(s.clock.now())
	}
	if len(l.list) > 0 {
		s.hook.ready = append(s.hook.ready, l)
	} else {
		delete(s.hook.lines, u.line)
	}
}

func (s *Server) hookLater(l *line, now time.Time, wait time.Duration, era int) {
	l.tries++
	if wait == 0 {
		s.hook.ready = append(s.hook.ready, l)
		return
	}
	l.due = now.Add(wait)
	l.timer = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.hook.era == era {
			s.hookRetry(l)
		}
	})
}

// hookRetry ends the pause of a line.
func (s *Server) hookRetry(l *line) {
	if l.timer == nil {
		return
	}
	l.stop()
	s.hook.ready = append(s.hook.ready, l)
	s.pump()
}

func (l *line) stop() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// hookDue ends the pauses that are over since the clock was moved.
func (s *Server) hookDue() {
	now := s.clock.now()
	for _, l := range s.hook.lines {
		if l.timer != nil && !l.due.After(now) {
			s.hookRetry(l)
		}
	}
}

// postUpdate sends an update; any 2xx is a success. retry is the bot's Retry-After.
func (s *Server) postUpdate(client *http.Client, link, secret string, u *update) (retry time.Duration, err error) {
	r, err := http.NewRequestWithContext(s.life, http.MethodPost, link, bytes.NewReader(u.raw))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	if secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return 0, err
	}
	if resp.StatusCode/100 != 2 {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second, responseError(resp.Status)
	}
	s.callInAnswer(body)
	return 0, nil
}

// responseError is a status that is not 2xx, worded as getWebhookInfo shows it.
type responseError string

func (w responseError) Error() string { return "Wrong response from the webhook: " + string(w) }

// callInAnswer carries out the one call that an answer may hold: {"method": …}. Its
// outcome is only noted.
func (s *Server) callInAnswer(body []byte) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' {
		return
	}
	list, err := fromJSON(nil, body)
	if err != nil {
		return
	}
	m := loadSpec().byLower[strings.ToLower(list.str("method"))]
	if m == nil || m.Name == "getUpdates" {
		return
	}
	for i := range list {
		if list[i].name == "method" {
			list = append(list[:i], list[i+1:]...)
			break
		}
	}
	start := time.Now()
	c := &call{method: m.Name, p: list}
	result, refusal := s.run(m, c)
	note := Call{Method: m.Name, Status: 200, Reply: encodeReply(result, refusal), Took: time.Since(start)}
	if refusal != nil {
		note.Status, note.Error = refusal.code, refusal.text
	}
	s.note(note, c.p)
}
