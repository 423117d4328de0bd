package budget

import (
	"fmt"
	"math/rand"
	"testing"
)

// BenchmarkEqualShares: one pass with 64 projects x 6,500 voters is to take below 50 ms.
func BenchmarkEqualShares(b *testing.B) {
	for _, size := range [][2]int{{64, 650}, {64, 6500}, {64, 65000}, {16, 6500}, {256, 6500}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			p, err := compile(sample(rand.New(rand.NewSource(1)), size[0], size[1]))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				p.equalShares(0, &trace{})
			}
		})
	}
}

// BenchmarkAdd1: below 10 s, whatever its steps.
func BenchmarkAdd1(b *testing.B) {
	for _, scale := range []int64{1, 10, 100} {
		b.Run(fmt.Sprintf("64x6500 increment 1/%d", scale), func(b *testing.B) {
			v := sample(rand.New(rand.NewSource(1)), 64, 6500)
			v.Increment.SetFrac64(1, scale)
			for b.Loop() {
				r, err := Count(v)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Steps), "steps")
				b.ReportMetric(float64(r.Passes), "passes")
			}
		})
	}
}
