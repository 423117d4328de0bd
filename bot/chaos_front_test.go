package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// front shares deliveries out among the replicas, as a proxy in front of them does: one
// that does not answer the telephone is passed over.
type front struct {
	to []string

	mu    sync.Mutex
	next  int
	twist func(bring func() (status int)) (status int) // goes wrong with a delivery; nil: nothing
}

var frontClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 40}, Timeout: time.Minute}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	bring := func() int { return f.bring(context.WithoutCancel(r.Context()), r, body) }
	f.mu.Lock()
	twist := f.twist
	f.mu.Unlock()
	if twist == nil {
		twist = func(bring func() int) int { return bring() }
	}
	w.WriteHeader(twist(bring))
}

// bring takes a delivery to the next replica that is up and returns what it says.
func (f *front) bring(ctx context.Context, r *http.Request, body []byte) int {
	f.mu.Lock()
	first := f.next
	f.next++
	f.mu.Unlock()
	late := time.Now().Add(2 * time.Second) // a replica is being restarted
	for i := first; ; i++ {
		req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+f.to[i%len(f.to)]+r.URL.Path, bytes.NewReader(body))
		if err != nil {
			return http.StatusInternalServerError
		}
		req.Header = r.Header.Clone()
		resp, err := frontClient.Do(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			return resp.StatusCode
		}
		var dial *net.OpError
		if !errors.As(err, &dial) || dial.Op != "dial" || time.Now().After(late) {
			return http.StatusBadGateway
		}
		if (i-first)%len(f.to) == len(f.to)-1 {
			time.Sleep(10 * time.Millisecond) // all of them are down
		}
	}
}
