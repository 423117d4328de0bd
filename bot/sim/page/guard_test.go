package page

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestGuard(t *testing.T) {
	tests := []struct {
		name, method, host, origin, site string
		want                             int
	}{
		{"localhost", "GET", "localhost:8090", "", "", 200},
		{"loopback", "GET", "127.0.0.1:8090", "", "", 200},
		{"loopback 6", "GET", "[::1]:8090", "", "", 200},
		{"the address it came in on", "GET", "192.0.2.7:8090", "", "", 200},
		{"another address", "GET", "192.0.2.8:8090", "", "", 403},
		{"a name that was made to point here", "GET", "evil.example:8090", "", "", 403},
		{"a name that begins like ours", "GET", "localhost.evil.example", "", "", 403},
		{"no host", "GET", "", "", "", 403},
		{"own origin", "POST", "127.0.0.1:8090", "http://127.0.0.1:8090", "same-origin", 200},
		{"foreign origin", "POST", "127.0.0.1:8090", "https://evil.example", "", 403},
		{"another port", "POST", "127.0.0.1:8090", "http://127.0.0.1:9999", "", 403},
		{"origin null", "POST", "127.0.0.1:8090", "null", "", 403},
		{"foreign origin reads", "GET", "127.0.0.1:8090", "https://evil.example", "", 403},
		{"another site without origin", "POST", "127.0.0.1:8090", "", "cross-site", 403},
		{"followed a link", "GET", "127.0.0.1:8090", "", "cross-site", 200},
	}
	h := guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8090}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
			r.Host = tt.host
			for key, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site} {
				if value != "" {
					r.Header.Set(key, value)
				}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
			if w.Header().Get("Content-Security-Policy") != policy || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the headers that protect the page are missing")
			}
		})
	}
}
