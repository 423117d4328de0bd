package budget

import (
	"math/big"
	"math/bits"
)

// wide is an unsigned number of 128 bits.
type wide struct{ hi, lo uint64 }

func wideOf(n *big.Int) wide {
	lo := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0)))
	return wide{new(big.Int).Rsh(n, 64).Uint64(), lo.Uint64()}
}

func mul(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

func (a wide) add(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, carry)
	return wide{hi, lo}
}

func (a wide) sub(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return wide{hi, lo}
}

func (a wide) less(b wide) bool {
	return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo
}

// div divides by d, which must be above a.hi so that the quotient fits.
func (a wide) div(d uint64) (quotient, rest uint64) { return bits.Div64(a.hi, a.lo, d) }

// less tells whether a/b < c/d.
func less(a, b, c, d uint64) bool { return mul(a, d).less(mul(c, b)) }

func bit(words []uint64, i int) bool { return words[i/64]>>(i%64)&1 == 1 }
func set(words []uint64, i int)      { words[i/64] |= 1 << (i % 64) }
func lowest(word uint64) int         { return bits.TrailingZeros64(word) }
