package recount

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"xingfuli/bot/text"
)

// recounted is what a report of a budget prints, as a reader of the JSON sees it.
type recounted struct {
	Greedy      []string         `json:"greedy"`
	MES         []string         `json:"mes"`
	MESU        []string         `json:"mes_u"`
	Add1        []string         `json:"mes_add1_noexh"`
	Add1U       []string         `json:"mes_add1u_noexh"`
	Steps       int              `json:"add1_steps"`
	Rounds      []map[string]any `json:"rounds"`
	Differences []map[string]any `json:"differences"`
}

func recount(t *testing.T, name, file string) recounted {
	t.Helper()
	r, err := Run(name, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var out recounted
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return out
}

// lift is a vote with a little of everything. Shares are 1000/4 = 250. The bench costs
// its one supporter 100; the lift's two hold 250+150 < 600 then, the roof's one 250 <
// 400.50. Add1: with 300 each (50 steps) the lift is paid before the bench, whose
// supporter has nothing left then; with 400 each (150 steps) both are; with 401 (151
// steps) the roof is paid as well, which is too much.
const lift = `{"budget": "1000",
 "projects": [{"id": "lift", "cost": 600}, {"id": "roof", "cost": "400.50"}, {"id": "bench", "cost": 100}],
 "voters": [{"approvals": ["lift"]}, {"approvals": ["lift", "bench"]}, {"approvals": ["roof"]}, {"approvals": []}]%s}`

func TestBudget(t *testing.T) {
	got := recount(t, "-", fmt.Sprintf(lift, ""))
	for _, tt := range []struct {
		method string
		ids    []string
		want   string
	}{
		{"greedy", got.Greedy, "lift bench"},
		{"mes", got.MES, "bench"},
		{"mes_u", got.MESU, "bench lift"},
		{"add1", got.Add1, "lift bench"},
		{"add1u", got.Add1U, "lift bench"},
	} {
		if s := strings.Join(tt.ids, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.method, s, tt.want)
		}
	}
	if got.Steps != 150 {
		t.Errorf("%d steps", got.Steps)
	}
	want := `map[method:mes price:100 project:bench step:1 supporters:1]`
	if s := fmt.Sprint(got.Rounds[2]); s != want {
		t.Errorf("round: %s, want %s", s, want)
	}
	if s := fmt.Sprint(got.Rounds[0]); !strings.Contains(s, "price:<nil>") {
		t.Errorf("greedy's round has a price: %s", s)
	}
}

func TestBudgetAnnounced(t *testing.T) {
	for _, tt := range []struct{ announced, want string }{
		{`{"greedy": ["lift", "bench"], "mes": ["bench"]}`, ""},
		{`{"greedy": ["bench", "lift"]}`, "greedy"},
		{`{"mes": [], "mes_u": ["bench", "lift"]}`, "mes"},
		{`{"rounds": []}`, "rounds"},
	} {
		got := recount(t, "x.json", fmt.Sprintf(lift, `, "announced": `+tt.announced))
		keys := ""
		for _, d := range got.Differences {
			keys += fmt.Sprint(d["key"])
		}
		if keys != tt.want {
			t.Errorf("%s: differences %q, want %q", tt.announced, keys, tt.want)
		}
	}
}

// TestBudgetPrice: a third is told as a fraction, and to people cut off after the fen.
func TestBudgetPrice(t *testing.T) {
	for _, tt := range []struct {
		n           *big.Rat
		exact, yuan string
	}{
		{big.NewRat(312, 1), "312", "312"},
		{big.NewRat(1000, 3), "1000/3", "333.33+"},
		{big.NewRat(1, 8), "0.125", "0.12+"},
		{big.NewRat(2999, 1000), "2.999", "2.99+"},
		{big.NewRat(5, 2), "2.5", "2.5"},
		{new(big.Rat), "0", "0"},
	} {
		if got := exact(tt.n); got != tt.exact {
			t.Errorf("%s exactly: %s, want %s", tt.n, got, tt.exact)
		}
		if got := yuan(tt.n); got != tt.yuan {
			t.Errorf("%s for people: %s, want %s", tt.n, got, tt.yuan)
		}
	}
}

func TestBudgetSentences(t *testing.T) {
	r, err := Run("-", []byte(fmt.Sprintf(lift, "")))
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[text.Language]string{
		text.Chinese: "第 1 轮：这一轮每户最多出 300 元，2 户支持者付清了lift。",
		text.English: "Round 1: each household pays 300 yuan at most; lift is paid for by its supporters (2).",
	} {
		var all []string
		for _, s := range r.Sentences {
			all = append(all, text.In(language).Plain(s.Key, s.Values))
		}
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%s: no %q in\n%s", language, want, strings.Join(all, "\n"))
		}
	}
}

func TestBudgetRefuses(t *testing.T) {
	const rest = `"projects":[{"id":"a","cost":5},{"id":"b","cost":6}],"voters":[{"approvals":["a"]}]`
	var many string
	for i := range maxProjects + 1 {
		many += fmt.Sprintf(`,{"id":"%d","cost":1}`, i)
	}
	for _, tt := range []struct{ name, file, pointer, key string }{
		{"no budget", `{` + rest + `}`, "/budget", "budget.number"},
		{"a negative budget", `{"budget":-1,` + rest + `}`, "/budget", "budget.negative"},
		{"NaN in a string", `{"budget":"NaN",` + rest + `}`, "/budget", "budget.number"},
		{"NaN", `{"budget":NaN,` + rest + `}`, "/budget", "recount.syntax"},
		{"infinity", `{"budget":"Inf",` + rest + `}`, "/budget", "budget.number"},
		{"an exponent", `{"budget":1e999999999,` + rest + `}`, "/budget", "budget.number"},
		{"a fraction", `{"budget":"1/3",` + rest + `}`, "/budget", "budget.number"},
		{"a bool", `{"budget":true,` + rest + `}`, "/budget", "budget.number"},
		{"a huge budget", `{"budget":1` + strings.Repeat("0", 15) + `,` + rest + `}`, "/budget", "budget.huge"},
		{"a long fraction", `{"budget":"0.` + strings.Repeat("1", 1000) + `",` + rest + `}`, "/budget", "budget.huge"},
		{"too much together", `{"budget":"999999999999999","add1_increment":"0.000000001",` + rest + `}`, "", "budget.together"},
		{"no step", `{"budget":1,"add1_increment":0,` + rest + `}`, "/add1_increment", "budget.not_above_zero"},
		{"no cost", `{"budget":1,"projects":[{"id":"a"}],"voters":[]}`, "/projects/0/cost", "budget.number"},
		{"nothing to pay", `{"budget":1,"projects":[{"id":"a","cost":"0.00"}],"voters":[]}`, "/projects/0/cost", "budget.not_above_zero"},
		{"a negative cost", `{"budget":1,"projects":[{"id":"a","cost":-3}],"voters":[]}`, "/projects/0/cost", "budget.negative"},
		{"no id", `{"budget":1,"projects":[{"cost":3}],"voters":[]}`, "/projects/0", "budget.no_id"},
		{"an id twice", `{"budget":1,"projects":[{"id":"a","cost":3},{"id":"a","cost":4}],"voters":[]}`, "/projects/1", "budget.twice"},
		{"many projects", `{"budget":1,"projects":[` + many[1:] + `],"voters":[]}`, "/projects/1000", "budget.too_many"},
		{"an unknown approval", `{"budget":1,"projects":[{"id":"a","cost":3}],"voters":[{"approvals":["a","c"]}]}`, "/voters/0/approvals/1", "budget.no_project"},
		{"an approval twice", `{"budget":1,"projects":[{"id":"a","cost":3}],"voters":[{"approvals":["a","a"]}]}`, "/voters/0/approvals/1", "budget.twice"},
		{"a negative weight", `{"budget":1,"projects":[],"voters":[{"approvals":[],"weight":"-0.5"}]}`, "/voters/0/weight", "budget.negative"},
		{"an unknown key", `{"budget":1,` + rest + `,"tie_breaking":["min_cost","lot"]}`, "/tie_breaking/1", "budget.tie_key"},
		{"an unknown project in the order", `{"budget":1,` + rest + `,"tie_order":["a","z"]}`, "/tie_order/1", "budget.no_project"},
		{"a project twice in the order", `{"budget":1,` + rest + `,"tie_order":["a","a"]}`, "/tie_order/1", "budget.twice"},
		{"an unknown name", `{"budget":1,` + rest + `,"votes":[]}`, "/votes", "recount.unknown"},
		{"an id that is a number", `{"budget":1,"projects":[{"id":7,"cost":3}],"voters":[]}`, "/projects/0/id", "recount.kind"},
		{"deep nesting", `{"projects":` + strings.Repeat("[", 100000), "", "recount.deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Run("-", []byte(tt.file))
			var f *Fault
			if !errors.As(err, &f) {
				t.Fatalf("%v", err)
			}
			if f.Why.Key != tt.key || tt.pointer != "" && f.Pointer != tt.pointer {
				t.Errorf("%s at %s, want %s at %s", f.Why.Key, f.Pointer, tt.key, tt.pointer)
			}
		})
	}
}

// TestBudgetTies reads the keys, the order and the step from the file.
func TestBudgetTies(t *testing.T) {
	const file = `{"budget": 10, "projects": [{"id": "b", "cost": 10}, {"id": "a", "cost": 10}, {"id": "c", "cost": 9}], "voters": [{"approvals": ["a", "b", "c"], "weight": "0.5"}]%s}`
	for _, tt := range []struct{ more, want string }{
		{``, "c"},
		{`, "tie_breaking": ["max_cost"]`, "a"},
		{`, "tie_breaking": ["max_cost", "order"]`, "b"},
		{`, "tie_breaking": ["order"], "tie_order": ["a"]`, "a"},
		{`, "tie_breaking": ["max_cost"], "tie_order": ["c", "b", "a"]`, "b"},
		{`, "tie_breaking": ["id"]`, "a"},
	} {
		if got := recount(t, "-", fmt.Sprintf(file, tt.more)); strings.Join(got.MES, " ") != tt.want || strings.Join(got.Greedy, " ") != tt.want {
			t.Errorf("%s: %v and %v, want %s", tt.more, got.MES, got.Greedy, tt.want)
		}
	}
}

const pb = "META\nkey;value\ndescription;三栋楼; 旧改\nbudget;1000\nvote_type;approval\n" +
	"PROJECTS\nproject_id;cost;name\nlift;600;电梯\nroof;400.50;\"屋顶; 防水\"\nbench;100;长椅\n" +
	"VOTES\nvoter_id;age;vote\n1;70;lift\n2;;lift,bench\n3;66;roof\n4;;\n"

// TestPabulib counts the same vote from both formats.
func TestPabulib(t *testing.T) {
	file := strings.Replace(pb, "三栋楼; 旧改", "三栋楼旧改", 1)
	want := fmt.Sprint(recount(t, "-", fmt.Sprintf(lift, "")))
	for name, in := range map[string]string{"x.pb": file, "-": "\ufeff" + file, "X.PB": strings.ReplaceAll(file, "\n", "\r\n")} {
		if got := fmt.Sprint(recount(t, name, in)); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestPabulibRefuses(t *testing.T) {
	good := strings.Replace(pb, "三栋楼; 旧改", "三栋楼旧改", 1)
	for _, tt := range []struct {
		name, old, new, key string
		line                int
	}{
		{"more values than names", "三栋楼旧改", "三栋楼; 旧改", "budget.columns", 3},
		{"ordinal ballots", "vote_type;approval", "vote_type;ordinal", "budget.vote_type", 5},
		{"cumulative ballots", "vote_type;approval", "vote_type;cumulative", "budget.vote_type", 5},
		{"no kind of ballots", "vote_type;approval\n", "", "budget.vote_type", 1},
		{"a comma in the budget", "budget;1000", "budget;1000,00", "budget.number", 4},
		{"no budget", "budget;1000\n", "", "budget.number", 1},
		{"a key twice", "vote_type", "budget;7\nvote_type", "budget.twice", 5},
		{"no META", "META\n", "", "budget.meta", 1},
		{"no VOTES", "VOTES", "BALLOTS", "budget.number", 11},
		{"a column missing", "project_id;cost", "project_id;price", "budget.column", 7},
		{"a column twice", "cost;name", "cost;cost", "budget.twice", 7},
		{"a project twice", "bench;100", "roof;100", "budget.twice", 10},
		{"a cost of nothing", "bench;100", "bench;0", "budget.not_above_zero", 10},
		{"an unknown project", "lift,bench", "lift,canteen", "budget.no_project", 14},
		{"a voter twice", "2;;", "1;;", "budget.twice", 14},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Run("x.pb", []byte(strings.Replace(good, tt.old, tt.new, 1)))
			var f *Fault
			if !errors.As(err, &f) || f.Why.Key != tt.key || f.Line != tt.line {
				t.Errorf("%v, want %s in line %d", err, tt.key, tt.line)
			}
		})
	}
	for _, file := range []string{"", "META", "META\nkey;value\n", "META\nkey;value\nVOTES"} {
		var f *Fault
		if _, err := Run("x.pb", []byte(file)); !errors.As(err, &f) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// checkBudget: whatever is read is counted within the budget, or refused with words.
func checkBudget(t *testing.T, name string, file []byte) {
	r, err := Run(name, file)
	var f *Fault
	if err != nil {
		if !errors.As(err, &f) || len(f.Sentences()) == 0 {
			t.Fatalf("no fault: %v", err)
		}
		return
	}
	if raw, err := r.JSON(); err != nil || !json.Valid(raw) {
		t.Fatalf("%v: %s", err, raw)
	}
}

func FuzzBudget(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(lift, "")))
	f.Add([]byte(fmt.Sprintf(lift, `,"tie_breaking":["max_cost","order"],"tie_order":["bench"],"add1_increment":"0.5","announced":{"mes":["roof"]}`)))
	f.Add([]byte(`{"budget":1e9,"projects":[{"id":"","cost":-0}],"voters":[{}]}`))
	f.Fuzz(func(t *testing.T, file []byte) { checkBudget(t, "-", file) })
}

func FuzzPabulib(f *testing.F) {
	f.Add([]byte(pb))
	f.Add([]byte(strings.Replace(pb, "三栋楼; 旧改", "", 1)))
	f.Add([]byte("META\nkey;value\nVOTES\nvoter_id;vote;weight\n1;;0\n"))
	f.Fuzz(func(t *testing.T, file []byte) { checkBudget(t, "x.pb", file) })
}

// TestBudgetHostileAdd1: a step so small that it would be taken 10^17 times ends soon.
func TestBudgetHostileAdd1(t *testing.T) {
	got := recount(t, "-", `{"budget": 900000000, "add1_increment": "0.000000001",
		"projects": [{"id": "a", "cost": 800000000}], "voters": [{"approvals": ["a"]}, {"approvals": []}, {"approvals": []}]}`)
	if len(got.Add1) != 1 || got.Steps != 500_000_000_000_000_000 {
		t.Errorf("%v after %d steps", got.Add1, got.Steps)
	}
}
