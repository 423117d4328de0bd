package app

import (
	"context"
	"errors"
	"fmt"

	"xingfuli/bot/store/own"
)

// refusals are the words for each reason why there is no Redis of the bot's own.
var refusals = []struct {
	reason error
	key    string
}{
	{own.ErrMissing, "cli.own_missing"},
	{own.ErrOld, "cli.own_old"},
	{own.ErrDir, "cli.own_dir"},
	{own.ErrHeld, "cli.own_held"},
	{own.ErrStuck, "cli.own_stuck"},
	{own.ErrForeign, "cli.own_foreign"},
	{own.ErrDamaged, "cli.own_damaged"},
	{own.ErrFailed, "cli.own_failed"},
}

// Refusal puts into words why the bot's own Redis is not to be had. It is false for any
// other error.
func Refusal(err error) (Finding, bool) {
	var f *own.Fault
	if !errors.As(err, &f) {
		return Finding{}, false
	}
	values := map[string]any{"Dir": f.Dir, "File": f.File, "PID": f.PID, "Version": f.Version, "Least": own.Least, "Error": ""}
	if f.Err != nil {
		values["Error"] = f.Err.Error()
	}
	for _, r := range refusals {
		if errors.Is(f.Reason, r.reason) {
			return Finding{r.key, values, true}, true
		}
	}
	return Finding{"cli.failed", map[string]any{"Error": fmt.Sprint(err)}, true}, true
}

// checkOwn looks at what the bot's own Redis needs. It starts none.
func checkOwn(ctx context.Context, dir string) []Finding {
	view, faults := own.Look(ctx, dir)
	var found []Finding
	bad := map[error]bool{}
	for _, f := range faults {
		finding, _ := Refusal(f)
		found, bad[f.Reason] = append(found, finding), true
	}
	if view.Binary != "" && !bad[own.ErrOld] && !bad[own.ErrFailed] {
		found = append(found, Finding{Key: "cli.check_own_binary", Values: map[string]any{"Binary": view.Binary, "Version": view.Version, "Least": own.Least}})
	}
	where := map[string]any{"Dir": view.Dir, "PID": view.Bot}
	for _, line := range []struct {
		key string
		say bool
	}{
		{"cli.check_own_dir", !bad[own.ErrDir]},
		{"cli.check_own_open", view.Open},
		{"cli.check_own_held", view.Held},
		{"cli.check_own_orphan", view.Orphan},
	} {
		if line.say {
			found = append(found, Finding{Key: line.key, Values: where})
		}
	}
	return found
}
