package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traps are the ways in which the library, Telegram, cron, go-redis and Redis let one down,
// and the tests that would fail if the bot had fallen in: package directory and name.
var traps = map[string][]string{
	// go-telegram/bot
	"polling acknowledges updates before their handlers have ended": {"bot TestKill", "bot/telegram TestPollerAcknowledgesOnlyWhatIsKept"},
	"the webhook handler answers 200 before anything is kept":       {"bot TestKill", "bot TestWebhookRefuses", "bot/telegram TestHook"},
	"one undecodable update stops polling for ever":                 {"bot/telegram TestPoison"},
	"one undecodable update is lost by webhook":                     {"bot/telegram TestPoison", "bot/telegram TestHook"},
	"no order within a chat":                                        {"bot/telegram TestIntakeKeepsLanesInOrder", "bot TestKill"},
	"/menu@ourbot is not matched, /menus is":                        {"bot/telegram TestParseCommand"},
	"entities are cut at bytes, not UTF-16 units":                   {"bot/telegram TestParseCommand", "bot/telegram FuzzParseCommand"},
	"a bad entity panics":                                           {"bot/telegram FuzzParseCommand", "bot/telegram TestPoison"},
	"a panic in a handler ends the process":                         {"bot/telegram TestFailure"},
	"a handler has no deadline":                                     {"bot/telegram TestTimeout"},
	"handlers are cancelled when the bot stops":                     {"bot TestTerm", "bot/telegram TestLeaseWhileDraining"},
	"updates taken but not pushed are lost at the stop":             {"bot TestTerm", "bot/telegram TestStopBetweenAttempts"},
	"401, 409 and 429 are polled on blindly":                        {"bot/telegram TestPollerExplains", "bot/telegram TestPollerRests", "bot TestSecondPoller"},
	"a webhook that is set makes polling fail for ever":             {"bot/telegram TestPollerTakesTheWebhookAway"},
	"errors.Is does not know a 429 or a migration":                  {"bot/telegram TestFailures", "bot/telegram TestMigrate"},
	"a 502 in HTML cannot be read":                                  {"bot/telegram TestFailures", "bot TestTelegramFails"},
	"nothing is retried":                                            {"bot/telegram TestFaults", "bot TestTelegramFails"},
	"an upload's reader is used up by the first try":                {"bot/telegram TestFaults"},
	"the token is in the errors of net/http":                        {"bot/telegram TestTokenIsSecret", "bot/telegram TestMask"},
	"net/http keeps two idle connections":                           {"bot/telegram TestDeadConnections"},
	"the message under a press is inaccessible or gone":             {"bot/telegram TestPress", "bot/telegram TestLongText"},
	"ours and Telegram's types differ: raw JSON is kept":            {"bot/telegram TestAddress", "bot/telegram FuzzAddress", "bot/store TestInboxKeepsOrderAndDropsRepeats"},

	// Telegram
	"updates come twice, also at the same time":              {"bot TestDeliveries", "bot/store TestInboxKeepsOrderAndDropsRepeats"},
	"update IDs begin anew":                                  {"bot/store TestInboxKeepsOrderAndDropsRepeats", "bot TestDeliveries"},
	"one failing update holds back its chat for a day":       {"bot/telegram TestPoison", "bot/telegram TestHook"},
	"a press that is late cannot be answered":                {"bot/telegram TestHarmless", "bot/telegram TestLatePress"},
	"a press shows its waiting until it is answered":         {"bot/telegram TestPress", "bot/telegram TestPressBehind", "bot/telegram TestPressIsNotAnsweredLate"},
	"a button's data is anybody's":                           {"bot/telegram FuzzDecodeButton", "handlers TestSetMenu", "handlers TestDead"},
	"a lost answer to a send tells nothing":                  {"bot/telegram TestNeverTwice", "bot/telegram TestNeverTwiceOverHTTP2", "bot/telegram TestUnknownPart"},
	"limits per chat, per minute and over all, on all hosts": {"bot/telegram TestThreeSenders", "bot/telegram TestGroupKeepsItsMinute", "bot/store TestLimitsRate"},
	"429 for one chat, for all":                              {"bot/telegram TestFaults", "bot/telegram TestManyRefusals", "bot/store TestLimitsClose"},
	"who blocks the bot":                                     {"bot/telegram TestGone", "bot/telegram TestUnreachable"},
	"a group becomes a supergroup":                           {"bot/telegram TestMigrate", "bot/store TestMigrate", "handlers TestMigrate"},
	"anonymous admins, linked channels, other bots":          {"handlers TestCommunity", "handlers TestDeaf"},
	"\"not modified\" and \"too old\" are no errors":         {"bot/telegram TestHarmless"},
	"texts of 4,096 units, captions of 1,024":                {"bot/telegram TestLongText", "bot/telegram TestCaptions", "bot/text TestSplit"},
	"a second poller":                                        {"bot TestSecondPoller", "bot TestTakeover"},
	"setMyCommands is limited":                               {"bot/telegram TestCommandsMenu"},

	// cron
	"a job that panics ends the process, or never runs again": {"jobs TestBeat"},

	// go-redis and Redis
	"a command whose reply is lost runs twice":         {"bot TestRedisStops", "bot/store TestPublishMenu", "bot/store TestPark"},
	"a context does not stop a blocking read":          {"bot TestTerm"},
	"scripts are lost when Redis starts anew":          {"bot TestRedisStops", "bot/store TestBatch"},
	"without an append-only file everything is lost":   {"bot/store TestDurability", "bot TestServeWarns", "bot/app TestAdminsAreWarned"},
	"a process that was paused outlives its lease":     {"bot TestPaused", "bot/telegram TestLeaseLost"},
	"a lease runs out while Redis stands still":        {"bot TestRedisStops"},
	"clocks jump, and differ":                          {"bot/store TestClockPutBack"},
	"miniredis is no Redis":                            {"bot/store TestKnown", "bot/store TestOwn"},
	"redis-server dies, is left over, or is another's": {"bot TestServeKilled", "bot/store/own TestAdopts", "bot/store/own TestNotOurs"},
	"an append-only file that was cut off in a write":  {"bot/store/own TestDamage", "bot/store/own TestTrim"},
	"two bots on one file":                             {"bot TestServeTwice", "bot/store/own TestTwoBots"},
}

// TestTraps looks that each trap's tests are there.
func TestTraps(t *testing.T) {
	t.Parallel()
	known := map[string]map[string]bool{}
	for trap, tests := range traps {
		if len(tests) == 0 {
			t.Errorf("%s: no test", trap)
		}
		for _, test := range tests {
			dir, name, _ := strings.Cut(test, " ")
			if known[dir] == nil {
				known[dir] = testsIn(t, dir)
			}
			if !known[dir][name] {
				t.Errorf("%s: there is no %s in %s", trap, name, dir)
			}
		}
	}
}

// testsIn lists the tests of the package in a directory of the repository.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(files), err)
	}
	found := map[string]bool{}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				found[fn.Name.Name] = true
			}
		}
	}
	return found
}
