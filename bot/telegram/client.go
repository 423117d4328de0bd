// Package telegram takes updates in, finds who answers them and sends what is to be said.
// No other package calls Telegram.
package telegram

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// errProxy stands for the parser's own error, which quotes the address with its password.
var errProxy = errors.New("proxy: the address is malformed")

// NewClient makes the one HTTP client for all calls. Answers come from one host, so
// idle connections are kept for it: the default of two would open a new one for
// almost every message. They are dropped before the usual server does, after 60 or 75
// seconds: a message on its way into a closed connection may or may not have arrived.
// One that has died without a word is found by pings; over HTTP/2 there is only one.
//
// Redirects are not followed: they would take the token elsewhere. proxy may be empty,
// http://, https:// or socks5://.
func NewClient(proxy string) (*http.Client, error) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
		MaxIdleConns:          128,
		MaxIdleConnsPerHost:   128,
		IdleConnTimeout:       50 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
	}
	if proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil {
			return nil, errProxy
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, CheckRedirect: stay}, nil
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
