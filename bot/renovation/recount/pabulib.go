package recount

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"

	"xingfuli/bot/renovation/budget"
)

// pabulib counts a Pabulib file with approval ballots.
//
// Source: https://pabulib.org/format. A .pb file has the sections META, PROJECTS and
// VOTES, each a table of values with ; between them under a line of names. META must
// have budget and vote_type approval; PROJECTS project_id and cost; VOTES voter_id and
// vote, the ids with commas between them, nothing for a blank ballot. A column weight of
// VOTES is read, everything else says nothing here. Ties and Add1's step have their
// defaults, and nothing is announced.
func pabulib(in []byte) (printed, error) {
	p := pbFile{meta: map[string]pbValue{}, list: newBallots(), voters: map[string]bool{}}
	if err := p.read(in); err != nil {
		return printed{}, err
	}
	v := budget.Vote{Projects: p.list.projects, Voters: p.list.voters, Increment: big.NewRat(1, 1)}
	if kind := p.meta["vote_type"]; !strings.EqualFold(kind.text, "approval") {
		return printed{}, refuseLine(max(1, kind.line), "budget.vote_type", map[string]any{"Type": shown(kind.text)})
	}
	written := p.meta["budget"]
	n, why := number(written.text)
	if why != "" {
		return printed{}, refuseLine(max(1, written.line), why, map[string]any{"Number": shown(written.text)})
	}
	v.Budget = n
	return countBudget(v, nil)
}

// pbFile is a .pb file as far as it was read.
type pbFile struct {
	meta    map[string]pbValue
	list    *ballots
	voters  map[string]bool
	section string
	names   []string
}

// pbValue is a value of META and its line.
type pbValue struct {
	text string
	line int
}

// pbNeeds are the columns without which a section is of no use, in the order in which
// the sections stand.
var pbNeeds = map[string][]string{"META": {"key", "value"}, "PROJECTS": {"project_id", "cost"}, "VOTES": {"voter_id", "vote"}}

// read takes the lines of the file.
func (p *pbFile) read(in []byte) error {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(in, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = ';', -1, true, true
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refuseLine(1+bytes.Count(in[:min(int(r.InputOffset()), len(in))], []byte("\n")), "budget.table", nil)
		}
		line, _ := r.FieldPos(0)
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if err := p.take(row); err != nil {
			return pbAt(err, line)
		}
		p.mark(row, line)
	}
	if p.section != "VOTES" || p.names == nil {
		return refuseLine(1+bytes.Count(in, []byte("\n")), "budget.no_votes", nil)
	}
	return nil
}

// pbAt puts a fault on its line.
func pbAt(err error, line int) error {
	var f *Fault
	if errors.As(err, &f) {
		f.Pointer, f.Line, f.Column = "", line, 1
	}
	return err
}

// mark keeps where a value of META stands.
func (p *pbFile) mark(row []string, line int) {
	if key := column(p.names, row, "key"); p.section == "META" && key != "" {
		value := p.meta[key]
		value.line = line
		p.meta[key] = value
	}
}

// take takes one line: the name of a section, the names of its columns, or values.
func (p *pbFile) take(row []string) error {
	title := strings.ToUpper(row[0])
	switch {
	case len(strings.Join(row, "")) == len(title) && pbNeeds[title] != nil:
		p.section, p.names = title, nil
		return nil
	case p.section == "":
		return refuse("", "budget.meta", nil)
	case p.names == nil:
		return p.columns(row)
	case len(row) > len(p.names):
		return refuse("", "budget.columns", map[string]any{"Values": len(row), "Names": len(p.names)})
	}
	switch p.section {
	case "META":
		return p.takeMeta(column(p.names, row, "key"), column(p.names, row, "value"))
	case "PROJECTS":
		cost, why := number(column(p.names, row, "cost"))
		if why != "" {
			return refuse("", why, map[string]any{"Number": shown(column(p.names, row, "cost"))})
		}
		return p.list.project("", strings.Clone(column(p.names, row, "project_id")), cost)
	}
	return p.takeVote(row)
}

// columns takes the names of a section's columns.
func (p *pbFile) columns(row []string) error {
	for i, name := range row {
		if name != "" && slices.Index(row, name) < i {
			return refuse("", "budget.twice", map[string]any{"ID": shown(name)})
		}
	}
	for _, name := range pbNeeds[p.section] {
		if !slices.Contains(row, name) {
			return refuse("", "budget.column", map[string]any{"Section": p.section, "Column": name})
		}
	}
	p.names = slices.Clone(row)
	return nil
}

func (p *pbFile) takeMeta(key, value string) error {
	if _, twice := p.meta[key]; twice {
		return refuse("", "budget.twice", map[string]any{"ID": shown(key)})
	}
	p.meta[strings.Clone(key)] = pbValue{text: strings.Clone(value)}
	return nil
}

// takeVote takes one ballot.
func (p *pbFile) takeVote(row []string) error {
	id := column(p.names, row, "voter_id")
	if p.voters[id] {
		return refuse("", "budget.twice", map[string]any{"ID": shown(id)})
	}
	p.voters[strings.Clone(id)] = true
	weight := big.NewRat(1, 1)
	if written := column(p.names, row, "weight"); written != "" {
		n, why := number(written)
		if why != "" {
			return refuse("", why, map[string]any{"Number": shown(written)})
		}
		weight = n
	}
	var approvals []string
	if vote := column(p.names, row, "vote"); vote != "" {
		for one := range strings.SplitSeq(strings.Clone(vote), ",") {
			approvals = append(approvals, strings.TrimSpace(one))
		}
	}
	return p.list.voter("", approvals, weight)
}

// column is the value under a name, empty when the row has none.
func column(names, row []string, name string) string {
	if i := slices.Index(names, name); i >= 0 && i < len(row) {
		return row[i]
	}
	return ""
}
