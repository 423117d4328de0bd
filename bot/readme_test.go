package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme holds the README to what is true: the transcript is part of a tour that is
// played as a test, the files it names exist, and so do the commands.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tour, err := os.ReadFile("app/tour_resident.txt")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```\n(resident.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) == 0 {
		t.Error("no transcript")
	}
	for _, b := range blocks {
		if !strings.Contains(string(tour), b[1]) {
			t.Errorf("the transcript is not part of the tour:\n%s", b[1])
		}
	}
	for _, path := range regexp.MustCompile("`((?:bot|handlers|jobs)/[a-z_/.]+|config[a-z.]+yaml)`").FindAllStringSubmatch(string(readme), -1) {
		if path[1] == "config.yaml" || strings.Contains(path[1], "request") { // the reader's own, and an example
			continue
		}
		if _, err := os.Stat("../" + path[1]); err != nil {
			t.Error(err)
		}
	}
	for _, m := range regexp.MustCompile(`go run ./bot ([a-z]+)`).FindAllStringSubmatch(string(readme), -1) {
		known := false
		for _, c := range commands {
			known = known || c.name == m[1]
		}
		if !known {
			t.Errorf("no command %s", m[1])
		}
	}
}
