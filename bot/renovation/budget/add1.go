package budget

import (
	"math"
	"slices"
)

// maxWork bounds how often Add1 looks at a ballot, about a minute on one core: 6,500
// voters may take some 60,000 steps of which none can be skipped.
const maxWork = 5_000_000_000

// add1 gives everybody one increment more (per unit of weight), and again, as long as
// the outcome costs no more than the budget; it ends by itself when everything that
// anybody approves is chosen. It does not stop at an outcome to which nothing can be
// added ("noexh"): Wieliczka 2023 comes out right only so. The first step that is too
// dear ends it, though a later one may be affordable again.
//
// Source: the completion "Add1" of equalshares.net.
//
// Steps that change nothing are skipped, and this is why that is safe. While the same
// projects are bought in the same order from the same poor and rich, every balance and
// every price is a linear function of the step. What a pass finds out is then a list of
// linear conditions on the step: who holds less than a price and who does not, that the
// supporters of a project cannot pay it, that one project's price per cost is above
// another's (prices only rise from round to round, so a price looked at in an earlier
// round may stand for the present one). A trace says which conditions held. Linear
// conditions that hold at two steps hold at every step between (where two prices are
// equal at one end, the order of ties decides there as the other end does): equal traces
// at steps k and k+m mean the same outcome at all steps from k to k+m. So the stride
// doubles while the traces agree, and is halved when they do not; a stride of one step
// is always taken as it is.
func (p *problem) add1() (o outcome, passes int, err error) {
	now, ahead := &trace{}, &trace{}
	o, passes = p.equalShares(0, now), 1
	work := o.scanned
	stride, growing := int64(1), true
	for !p.complete(o) {
		if work > p.maxWork || o.step > math.MaxInt64/2-stride {
			return outcome{}, passes, ErrSteps
		}
		next := p.equalShares(o.step+stride, ahead)
		passes++
		work += next.scanned + len(p.ids)
		same := slices.Equal(now.words, ahead.words)
		switch {
		case !same && stride > 1:
			stride, growing = stride/2, false
			continue
		case !same && !p.fits(next):
			return p.priced(o), passes, nil
		case !same || !growing && stride == 1:
			growing = true
		case growing:
			stride *= 2
		default:
			stride /= 2
		}
		o, now, ahead = next, ahead, now
	}
	return p.priced(o), passes, nil
}

// complete tells whether everything that anybody approves is chosen.
func (p *problem) complete(o outcome) bool {
	supported := 0
	for _, votes := range p.votes {
		if votes > 0 {
			supported++
		}
	}
	return len(o.chosen) == supported
}

// trace is what a pass found out, in order: each event, and after a project that was
// looked at the bits of its poor supporters.
type trace struct{ words []uint64 }

// Events of a trace.
const (
	never  = iota // cannot be paid even by full shares
	unpaid        // can no longer be paid
	seen          // can be paid, with these poor
	bought
)

func event(c int, kind uint64) uint64 { return uint64(c)<<2 | kind }

func (t *trace) add(word uint64) { t.words = append(t.words, word) }

// room appends n words and returns them. They stay the same while others are added: who
// holds them writes before the next call or keeps a copy of the slice.
func (t *trace) room(n int) []uint64 {
	at := len(t.words)
	t.words = append(t.words, make([]uint64, n)...)
	return t.words[at : at+n : at+n]
}
