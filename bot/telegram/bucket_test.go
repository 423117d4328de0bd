package telegram

import (
	"testing"
	"time"
)

// TestForget keeps who is held back, forgets who is not, and never grows without bound.
func TestForget(t *testing.T) {
	f, b := Flood{}, Bucket{Size: 1, Refill: time.Minute}
	now := time.Unix(1_800_000_000, 0)
	const last = 3*maxBuckets - 1
	for id := range int64(last) {
		if err := f.take(id+1, b, now); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.buckets) > maxBuckets {
		t.Errorf("%d buckets are kept", len(f.buckets))
	}
	f.forget(now.Add(59 * time.Second))
	if f.take(last, b, now.Add(59*time.Second)) == nil {
		t.Error("who is held back was forgotten")
	}
	f.forget(now.Add(2 * time.Minute))
	if len(f.buckets) != 0 {
		t.Errorf("%d full buckets are kept", len(f.buckets))
	}
}
