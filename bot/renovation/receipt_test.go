package renovation

import (
	"bytes"
	"strings"
	"testing"
)

func TestReceipt(t *testing.T) {
	nonce, err := NewNonce(bytes.NewReader(make([]byte, 16)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewNonce(strings.NewReader("short")); err == nil {
		t.Error("a short nonce")
	}
	leaf := Leaf("v", []Choice{Yes}, nonce)
	if code := leaf.Code(); len(code) != 12 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		t.Errorf("code %q", code)
	}
	if again, ok := ParseNonce(nonce.String()); !ok || again != nonce {
		t.Errorf("nonce %q is read as %v", nonce, again)
	}
	for _, s := range []string{"", "00", strings.Repeat("0", 34), strings.Repeat("g", 32)} {
		if _, ok := ParseNonce(s); ok {
			t.Errorf("%q is no nonce", s)
		}
	}
	others := map[string]Hash{ // fields cannot run into each other
		"vote":    Leaf("v2", []Choice{Yes}, nonce),
		"choice":  Leaf("v", []Choice{No}, nonce),
		"choices": Leaf("v", []Choice{Yes, No}, nonce),
		"joined":  Leaf("v", []Choice{Yes + No}, nonce),
		"nonce":   Leaf("v", []Choice{Yes}, Nonce{1}),
	}
	seen := map[Hash]string{leaf: "first"}
	for name, h := range others {
		if before, twice := seen[h]; twice {
			t.Errorf("%s has the leaf of %s", name, before)
		}
		seen[h] = name
	}
}

func TestLedger(t *testing.T) {
	rows := []Row{{[]Choice{Yes, No}, Nonce{1}}, {[]Choice{No, No}, Nonce{2}}, {[]Choice{Yes, Yes}, Nonce{3}}}
	a, unique := Ledger("v", rows)
	b, _ := Ledger("v", []Row{rows[2], rows[0], rows[1]})
	if a != b || !unique || strings.Count(a, "\n") != 3 || !strings.Contains(a, " "+rows[0].Nonce.String()+" yes,no\n") {
		t.Errorf("ledgers\n%s\n%s", a, b)
	}
	if _, unique := Ledger("v", append(rows, rows[0])); unique {
		t.Error("a row twice is not seen")
	}
}

func TestChain(t *testing.T) {
	one := Chain(Hash{}, []byte("cast"))
	if one == (Hash{}) || Chain(one, []byte("a")) == Chain(Chain(Hash{}, []byte("a")), []byte("cast")) {
		t.Error("the chain forgets its order")
	}
}

func TestDisclosure(t *testing.T) {
	for _, tt := range []struct {
		participating, yes, no int
		want                   Disclosure
	}{
		{30, 25, 5, HeadsAndArea},
		{29, 20, 5, HeadsOnly},
		{30, 26, 4, VerdictOnly},
		{30, 4, 26, VerdictOnly},
		{0, 0, 0, VerdictOnly},
	} {
		if got := BuildingDisclosure(tt.participating, tt.yes, tt.no); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
	if !InEffectOpen(19) || InEffectOpen(20) {
		t.Error("a stairwell has less than 20 units")
	}
}
