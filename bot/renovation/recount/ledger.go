package recount

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
)

// ledgerJSON is a published ledger, as its file has it.
type ledgerJSON struct {
	Vote   string           `json:"vote"`
	Items  []jsontext.Value `json:"items"` // 7, or {"id": "lift", "item": 7}
	Policy policyJSON       `json:"policy"`
	Roll   struct {
		SHA256 string `json:"sha256"`
		Owners int    `json:"owners"`
		Area   string `json:"area"`
	} `json:"roll"`
	Ledger    []rowJSON      `json:"ledger"`
	SHA256    string         `json:"ledger_sha256"`
	Announced jsontext.Value `json:"announced"`
}

type rowJSON struct {
	Choices []string `json:"choices"`
	Nonce   string   `json:"nonce"`
}

type itemJSON struct {
	ID   string `json:"id"`
	Item int    `json:"item"`
}

// maxItems bounds the matters of one vote.
const maxItems = 64

// ledgerFile checks a ledger's hash and leaves, counts its heads, and judges with the
// announced area sums, which it cannot check.
func ledgerFile(in []byte) (printed, error) {
	var f ledgerJSON
	if err := decode(in, &f); err != nil {
		return printed{}, err
	}
	items, total, err := f.head()
	if err != nil {
		return printed{}, err
	}
	rows, err := f.rows(len(items))
	if err != nil {
		return printed{}, err
	}
	text, unique := renovation.Ledger(f.Vote, rows)
	hash := renovation.LedgerHash(text).String()
	p := printed{announced: f.Announced}
	p.entries = Entries{{"areas", "not checked"}, {"ledger_sha256", hash}, {"unique_leaves", unique}, {"ballots", len(rows)}}
	p.sentences = []renovation.Sentence{{Key: "recount.ledger_hash", Values: map[string]any{"Hash": hash, "Rows": len(rows)}}, {Key: "recount.areas_unchecked"}}
	if !strings.EqualFold(hash, f.SHA256) {
		p.differs("ledger_sha256", jsonText(f.SHA256), hash)
	}
	if !unique {
		p.differs("unique_leaves", jsontext.Value("true"), false)
	}
	if len(rows) > total.Owners {
		p.differs("ballots", jsontext.Value(strconv.Itoa(total.Owners)), len(rows)) // the roll has no more owners
	}
	for i, item := range items {
		if err := f.item(&p, i, item, len(items) > 1, total, rows); err != nil {
			return printed{}, err
		}
	}
	return p, nil
}

func (p *printed) differs(key string, announced jsontext.Value, counted any) {
	p.wrong = append(p.wrong, Difference{key, announced, counted})
}

func jsonText(s string) jsontext.Value {
	raw, err := plain(s)
	if err != nil {
		return jsontext.Value("null")
	}
	return raw
}

// head reads what stands above the ballots.
func (f *ledgerJSON) head() ([]itemJSON, renovation.Tally, error) {
	area, err := renovation.ParseArea(f.Roll.Area)
	switch {
	case f.Vote == "":
		return nil, renovation.Tally{}, refuse("/vote", "recount.vote", nil)
	case err != nil || area.Sign() == 0:
		return nil, renovation.Tally{}, refuse("/roll/area", "recount.area", nil)
	case f.Roll.Owners <= 0 || f.Roll.Owners > MaxBytes:
		return nil, renovation.Tally{}, refuse("/roll/owners", "recount.owners", nil)
	case !isHash(f.Roll.SHA256):
		return nil, renovation.Tally{}, refuse("/roll/sha256", "recount.sha256", nil)
	case !isHash(f.SHA256):
		return nil, renovation.Tally{}, refuse("/ledger_sha256", "recount.sha256", nil)
	case len(f.Items) == 0 || len(f.Items) > maxItems:
		return nil, renovation.Tally{}, refuse("/items", "recount.items", map[string]any{"Limit": maxItems})
	}
	items, err := f.matters()
	return items, renovation.Tally{Area: area, Owners: f.Roll.Owners}, err
}

// matters reads the items; one without an id has its place as id, from 1.
func (f *ledgerJSON) matters() ([]itemJSON, error) {
	items := make([]itemJSON, len(f.Items))
	seen := map[string]bool{}
	for i, raw := range f.Items {
		into := any(&items[i])
		if raw.Kind() == '0' {
			into = &items[i].Item
		}
		if err := decode(raw, into); err != nil {
			return nil, refuse(at("/items", i), "recount.items", map[string]any{"Limit": maxItems})
		}
		if items[i].ID == "" {
			items[i].ID = strconv.Itoa(i + 1)
		}
		if seen[items[i].ID] {
			return nil, refuse(at("/items", i), "recount.items", map[string]any{"Limit": maxItems})
		}
		if items[i].Item < 1 || items[i].Item > renovation.Items {
			return nil, refuse(at("/items", i), "recount.item", nil)
		}
		seen[items[i].ID] = true
	}
	return items, nil
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == len(renovation.Hash{})
}

// rows reads the ballots, each with n choices.
func (f *ledgerJSON) rows(n int) ([]renovation.Row, error) {
	rows := make([]renovation.Row, len(f.Ledger))
	for i, r := range f.Ledger {
		nonce, ok := renovation.ParseNonce(r.Nonce)
		if !ok {
			return nil, refuse(at("/ledger", i, "nonce"), "recount.nonce", nil)
		}
		rows[i].Nonce = nonce
		for _, c := range r.Choices {
			switch c := renovation.Choice(c); c {
			case renovation.Yes, renovation.No, renovation.Abstain, renovation.Invalid, renovation.Follow:
				rows[i].Choices = append(rows[i].Choices, c)
			}
		}
		if len(r.Choices) != n || len(rows[i].Choices) != n {
			return nil, refuse(at("/ledger", i, "choices"), "recount.choices", nil)
		}
	}
	return rows, nil
}

// item counts the heads of one item and judges it.
func (f *ledgerJSON) item(p *printed, i int, item itemJSON, several bool, total renovation.Tally, rows []renovation.Row) error {
	prefix := ""
	if several {
		prefix = item.ID + "."
		p.sentences = append(p.sentences, renovation.Sentence{Key: "recount.ledger_item", Values: map[string]any{"ID": item.ID}})
	}
	sums, err := f.areas(prefix)
	if err != nil {
		return err
	}
	heads := map[renovation.Choice]int{}
	for _, r := range rows {
		heads[r.Choices[i]]++
	}
	c := renovation.CountHeads(item.Item, total, heads, sums, f.Policy.InvalidParticipates)
	if c.Participating.Area.Cmp(total.Area) > 0 {
		p.differs(prefix+"participating_area", jsonText(c.Participating.Area.String()), Number(total.Area.String())) // more than the roll has
	}
	p.entries = append(p.entries, tallies(prefix, c.Total, c.Participating, c.Yes, c.No, c.Abstain)...)
	p.entries = append(p.entries, verdict(prefix, c.Verdict)...)
	p.entries = append(p.entries, missingEntry(prefix, c.Missing),
		Entry{prefix + "invalid_area", Number(c.Invalid.Area.String())}, Entry{prefix + "invalid_owners", c.Invalid.Owners},
		Entry{prefix + "followed_area", Number(c.Followed.Area.String())}, Entry{prefix + "followed_owners", c.Followed.Owners},
		Entry{prefix + "followed_choice", string(c.FollowedChoice)})
	p.sentences = append(p.sentences, c.Sentences()...)
	return nil
}

// areas reads the announced area sums of an item. Those of invalid ballots and of
// followers may be left out for none.
func (f *ledgerJSON) areas(prefix string) (map[renovation.Choice]renovation.Area, error) {
	var said map[string]jsontext.Value
	if f.Announced.Kind() != '{' || decode(f.Announced, &said) != nil {
		return nil, refuse("/announced", "recount.area_sums", nil)
	}
	sums := map[renovation.Choice]renovation.Area{}
	for _, c := range []struct {
		name   string
		choice renovation.Choice
	}{{"yes", renovation.Yes}, {"no", renovation.No}, {"abstain", renovation.Abstain}, {"invalid", renovation.Invalid}, {"followed", renovation.Follow}} {
		key := prefix + c.name + "_area"
		raw, there := said[key]
		if !there && (c.choice == renovation.Invalid || c.choice == renovation.Follow) {
			continue
		}
		var text string
		if raw.Kind() == '0' {
			text = string(raw)
		} else if raw.Kind() != '"' || decode(raw, &text) != nil {
			return nil, refuse(at("/announced", pointerName(key)), "recount.area_sums", nil)
		}
		area, err := renovation.ParseArea(text)
		if err != nil {
			return nil, refuse(at("/announced", pointerName(key)), "recount.area_sums", nil)
		}
		sums[c.choice] = area
	}
	return sums, nil
}
