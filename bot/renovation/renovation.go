// Package renovation holds the rules by which owners decide about their buildings: the
// double threshold of article 278 of the Civil Code, who is one owner, which ballot
// counts, and what may be published so that anybody can count again.
//
// Areas are exact decimals and shares are compared as integers: nothing is rounded.
package renovation

// Sentence is one plain sentence about an outcome: the key of its words and the values
// in them. Whoever shows it chooses the language.
type Sentence struct {
	Key    string
	Values map[string]any
}
