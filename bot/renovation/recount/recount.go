// Package recount counts a published file again: a vote by the double threshold, a vote
// on a budget, or a ledger of ballots. It needs the file and nothing else.
package recount

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
)

// MaxBytes bounds a file: about 200,000 ballots.
const MaxBytes = 64 << 20

// Report is a count and how it compares to what was announced.
type Report struct {
	Printed     Entries
	Differences []Difference // by key; empty when all that was announced is right
	Sentences   []renovation.Sentence
}

// Difference is an announced value that the count does not confirm. A nil Announced or
// Counted was JSON null.
type Difference struct {
	Key       string
	Announced jsontext.Value
	Counted   any
}

// printed is what a count says.
type printed struct {
	entries   Entries
	sentences []renovation.Sentence
	announced jsontext.Value // the file's member "announced", nil when there is none
	wrong     []Difference   // found beside what was announced
}

// Run counts the file in. name tells a Pabulib file by its end, .pb; "-" has none, so
// what begins like Pabulib's META section is one as well. A file that cannot be used is
// a [*Fault], which says where and why.
func Run(name string, in []byte) (Report, error) {
	p, err := count(name, in)
	if err != nil {
		return Report{}, place(in, err)
	}
	differences, err := compare(p.entries, p.announced)
	if err != nil {
		return Report{}, place(in, err)
	}
	differences = append(differences, p.wrong...)
	slices.SortStableFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Key, b.Key) })
	sentences := append(p.sentences, told(p.announced, differences)...)
	return Report{p.entries, differences, sentences}, nil
}

func count(name string, in []byte) (printed, error) {
	if len(in) > MaxBytes {
		return printed{}, TooBig()
	}
	if strings.HasSuffix(strings.ToLower(name), ".pb") || bytes.HasPrefix(bytes.TrimPrefix(in, []byte("\ufeff")), []byte("META")) {
		return pabulib(in)
	}
	keys, err := members(in)
	if err != nil {
		return printed{}, err
	}
	switch {
	case keys["units"]:
		return voteFile(in)
	case keys["projects"]:
		return budgetFile(in)
	case keys["ledger"]:
		return ledgerFile(in)
	}
	return printed{}, refuse("", "recount.shape", nil)
}
