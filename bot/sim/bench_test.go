package sim

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-telegram/bot"
)

// crowd is a world of 100 people who have started the bot.
func crowd(b *testing.B) *Server {
	s := New(Options{Unlimited: true})
	b.Cleanup(s.Close)
	for i := range int64(100) {
		s.AddPerson(Person{ID: 1 + i, Name: "x"})
		if err := s.Start(1 + i); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	return s
}

const greeting = `{"chat_id":%d,"text":"<b>周二</b>有鱼 %d","parse_mode":"HTML"}`

// BenchmarkSendMessage is the simulator alone, without a network.
func BenchmarkSendMessage(b *testing.B) {
	s := crowd(b)
	i := 0
	for b.Loop() {
		i++
		if r := ask(b, s, "sendMessage", greeting, 1+i%100, i); !r.OK {
			b.Fatal(r)
		}
	}
}

// BenchmarkHTTP has the network of this machine and a plain client in it.
func BenchmarkHTTP(b *testing.B) {
	s := crowd(b)
	api := httptest.NewServer(s.API())
	defer api.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			resp, err := client.Post(api.URL+"/bot"+s.Bot().Token+"/sendMessage", "application/json", strings.NewReader(fmt.Sprintf(greeting, 1+i%100, i)))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != 200 {
				b.Fatal(resp.Status)
			}
		}
	})
}

// BenchmarkLibrary has go-telegram/bot in it.
func BenchmarkLibrary(b *testing.B) {
	s := crowd(b)
	api := httptest.NewServer(s.API())
	defer api.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	lib, err := bot.New(s.Bot().Token, bot.WithServerURL(api.URL), bot.WithHTTPClient(0, client))
	if err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			if _, err := lib.SendMessage(b.Context(), &bot.SendMessageParams{ChatID: 1 + i%100, Text: fmt.Sprint("有鱼 ", i)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSpec is what the first call of a process pays for api.json.
func BenchmarkSpec(b *testing.B) {
	for b.Loop() {
		parseSpec()
	}
}
