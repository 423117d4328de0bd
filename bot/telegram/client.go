// Package telegram takes updates in, finds who answers them and sends what is to be said.
// No other package calls Telegram.
package telegram

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// NewClient makes the one HTTP client for all calls. Answers come from one host, so
// idle connections are kept for it: the default of two would open a new one for
// almost every message. proxy may be empty, http://, https:// or socks5://.
func NewClient(proxy string) (*http.Client, error) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          128,
		MaxIdleConnsPerHost:   128,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
	}
	if proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w", err)
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t}, nil
}

// statusError is an answer of the 500s: the library looks at bodies only, and a
// gateway's are HTML.
type statusError struct{ Code int }

func (e *statusError) Error() string { return fmt.Sprintf("telegram: HTTP status %d", e.Code) }

// statusClient turns answers of the 500s into errors, for the library.
type statusClient struct{ *http.Client }

func (c statusClient) Do(req *http.Request) (*http.Response, error) {
	resp, err := c.Client.Do(req)
	if err != nil || resp.StatusCode < 500 {
		return resp, err
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 4096) // so that the connection can be used again
	_ = resp.Body.Close()
	return nil, &statusError{resp.StatusCode}
}
