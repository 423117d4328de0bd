package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
)

// lines collects what a child prints, whole lines, and passes them on to what collects
// those of all children.
type lines struct {
	life string
	all  *lines

	mu   sync.Mutex
	part []byte
	kept []line
}

type line struct{ life, text string }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		i := bytes.IndexByte(l.part, '\n')
		if i < 0 {
			return len(p), nil
		}
		whole := line{l.life, string(l.part[:i])}
		l.part = l.part[i+1:]
		l.kept = append(l.kept, whole)
		if l.all != nil {
			l.all.add(whole)
		}
	}
}

func (l *lines) add(whole line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, whole)
}

// with lists the lines that hold a text.
func (l *lines) with(text string) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []line
	for _, x := range l.kept {
		if strings.Contains(x.text, text) {
			found = append(found, x)
		}
	}
	return found
}

func (l *lines) last(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, x := range l.kept[max(0, len(l.kept)-n):] {
		fmt.Fprintln(&b, x.life, x.text)
	}
	return b.String()
}
