package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// spoken is Tuesday, 24 November 2026, 10:00.
var spoken = time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

func TestParseWhen(t *testing.T) {
	t.Parallel()
	tests := []struct{ said, want string }{
		{"明天 7:30", "2026-11-25 07:30"},
		{"明天7点半", "2026-11-25 07:30"},
		{"明早七点半", "2026-11-25 07:30"},
		{"明天早上7点30分", "2026-11-25 07:30"},
		{"明天上午９：３０", "2026-11-25 09:30"},
		{"后天下午3点", "2026-11-26 15:00"},
		{"后天 15点20分", "2026-11-26 15:20"},
		{"大后天中午12点", "2026-11-27 12:00"},
		{"明天中午1点", "2026-11-25 13:00"},
		{"今晚8点", "2026-11-24 20:00"},
		{"今天晚上八点一刻", "2026-11-24 20:15"},
		{"今晚12点", "2026-11-24 24:00"},
		{"明天凌晨2点", "2026-11-25 02:00"},
		{"明天凌晨12点半", "2026-11-25 00:30"},
		{"傍晚6点", "2026-11-24 18:00"},
		{"下午三点", "2026-11-24 15:00"},
		{"8点", "2026-11-25 08:00"},
		{"11点", "2026-11-24 11:00"},
		{"十一点三刻", "2026-11-24 11:45"},
		{"10点", "2026-11-25 10:00"},
		{"10:01", "2026-11-24 10:01"},
		{"下周一早上8点", "2026-11-30 08:00"},
		{"下个星期天上午9点", "2026-12-06 09:00"},
		{"下下周三 14:00", "2026-12-09 14:00"},
		{"这周五下午2点", "2026-11-27 14:00"},
		{"周五 9:00", "2026-11-27 09:00"},
		{"周二 9:00", "2026-12-01 09:00"},
		{"周二 11:00", "2026-11-24 11:00"},
		{"礼拜六上午10点", "2026-11-28 10:00"},
		{"12月1日 9:00", "2026-12-01 09:00"},
		{"12月1号上午九点一刻", "2026-12-01 09:15"},
		{"12/1 9:00", "2026-12-01 09:00"},
		{"12月1日（周二）9:00", "2026-12-01 09:00"},
		{"2027年1月1日 0:00", "2027-01-01 00:00"},
		{"2027-01-01 08:00", "2027-01-01 08:00"},
		{"1月1日早上8点", "2027-01-01 08:00"},
		{"28号下午4点", "2026-11-28 16:00"},
		{"9点 明天", "2026-11-25 09:00"},
		{"在明天的9点发", "2026-11-25 09:00"},
		{"明天8点整发送", "2026-11-25 08:00"},
		{"明天9点零5分", "2026-11-25 09:05"},
		{"明天两点", "2026-11-25 02:00"},
		{"半小时后", "2026-11-24 10:30"},
		{"半个小时以后", "2026-11-24 10:30"},
		{"2小时后", "2026-11-24 12:00"},
		{"两个小时后", "2026-11-24 12:00"},
		{"一个半小时后", "2026-11-24 11:30"},
		{"45分钟后", "2026-11-24 10:45"},
		{"三天后 8:00", "2026-11-27 08:00"},
		{"每天 7:00", "0 7 * * *"},
		{"每天早上七点", "0 7 * * *"},
		{"每晚8点", "0 20 * * *"},
		{"天天 6:30", "30 6 * * *"},
		{"每周一 8:00", "0 8 * * 1"},
		{"每星期日上午9点", "0 9 * * 0"},
		{"每周一三五 早上8点", "0 8 * * 1,3,5"},
		{"每周一、周三 8点", "0 8 * * 1,3"},
		{"每周一到周五 7:00", "0 7 * * 1,2,3,4,5"},
		{"周一至周五 10:30", "30 10 * * 1,2,3,4,5"},
		{"10:30 周一至周五", "30 10 * * 1,2,3,4,5"},
		{"周五到周一 9:00", "0 9 * * 0,1,5,6"},
		{"周一三五 9:00", "0 9 * * 1,3,5"},
		{"每周末 9:00", "0 9 * * 0,6"},
		{"工作日 7:00", "0 7 * * * workdays"},
		{"每个工作日早上7点", "0 7 * * * workdays"},
		{"每月1号 9点", "0 9 1 * *"},
		{"每个月1日、15日 上午10点", "0 10 1,15 * *"},
		{"每月最后一天 17:00", "0 17 28-31 * * monthend"},
		{"每月底下午5点", "0 17 28-31 * * monthend"},
		{"每年12月1日 9:00", "0 9 1 12 *"},
		{"tomorrow 7:30", "2026-11-25 07:30"},
		{"tomorrow at 3 pm", "2026-11-25 15:00"},
		{"next monday 8am", "2026-11-30 08:00"},
		{"friday noon", "2026-11-27 12:00"},
		{"in 2 hours", "2026-11-24 12:00"},
		{"30 minutes later", "2026-11-24 10:30"},
		{"1 Dec at 9:00", "2026-12-01 09:00"},
		{"December 20th 20:00", "2026-12-20 20:00"},
		{"9am, Jan 1, 2028", "2028-01-01 09:00"},
		{"every day 7:00", "0 7 * * *"},
		{"every Monday 8:00", "0 8 * * 1"},
		{"monday to friday 10:30", "30 10 * * 1,2,3,4,5"},
		{"mon-fri 10:30", "30 10 * * 1,2,3,4,5"},
		{"weekdays 7:00", "0 7 * * * workdays"},
		{"every workday 7:00", "0 7 * * * workdays"},
		{"每周一7:30", "30 7 * * 1"}, // not Monday and Sunday
		{"每周一三点", "0 3 * * 1"},
		{"每周一三五7点", "0 7 * * 1,3,5"},
		{"周一至周五7:30", "30 7 * * 1,2,3,4,5"},
		{"每周一二十点", "0 20 * * 1"},
		{"周一7:30", "2026-11-30 07:30"},
		{"明天12am", "2026-11-25 00:00"},
		{"tomorrow 12:30 pm", "2026-11-25 12:30"},
		{"每天晚上12点", "0 0 * * *"},
		{"20号 9点", "2026-12-20 09:00"}, // the next one, not the one that is over
		{"24号 9点", "2026-12-24 09:00"},
		{"31号 9点", "2026-12-31 09:00"},
		{"9点12月1日", "2026-12-01 09:00"},
		{"明天 8 点半", "2026-11-25 08:30"},
		{"120分钟后", "2026-11-24 12:00"},
		{"每小时", "0 * * * *"},
		{"0 8 * * 1", "0 8 * * 1"},
		{"*/15 9-17 * * MON-FRI", "*/15 9-17 * * MON-FRI"},
		{"0 8 * * 7", "0 8 * * 0"},
		{"0 8 * * 5-7", "0 8 * * 5-6,0"},
		{"@daily", "0 0 * * *"},
	}
	for _, tt := range tests {
		r, err := ParseWhen(tt.said, spoken, BuiltIn())
		if err != nil || r.String() != tt.want {
			t.Errorf("%q is %q, %v; want %q", tt.said, r, err, tt.want)
			continue
		}
		var back Rule
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back != r {
			t.Errorf("%q comes back as %+v, %v", r, back, err)
		}
	}
}

func TestParseWhenRefuses(t *testing.T) {
	t.Parallel()
	tests := map[error][]string{
		ErrHour:  {"明天", "每周一", "下周一早上", "12月1日", "工作日", "tomorrow"},
		ErrPast:  {"今天 7:00", "昨天 8点", "上周一 8:00", "11月23日 9:00", "2025-01-01 08:00"},
		ErrNever: {"0 0 31 2 *", "0 0 30 2 *"},
		ErrCron:  {"0 25 * * *", "61 * * * *", "@every 1s", "@reboot"},
		ErrWhen: {"", " ", "随便", "马上", "8", "吃饭", "明天 后天 8点", "8点 9点", "每天 明天 8点", "明天 25:00", "明天 8:60", "明天 13点70分", "半小时", "31 feb 8:00", "decoy 1 8:00", "每周一晚上12点", "晚上1点", "每天8点、20点",
			"CRON_TZ=UTC", "TZ=UTC 0 8 * * *", "0 0 8 * * 1", "明天 上午 15点", "中午8点", strings.Repeat("明天", 200), "\xff\xfe", "1楼8点", "12月1日（周三）9:00"},
	}
	for want, all := range tests {
		for _, said := range all {
			if r, err := ParseWhen(said, spoken, BuiltIn()); !errors.Is(err, want) {
				t.Errorf("%q is %q, %v; want %v", said, r, err, want)
			}
		}
	}
	for _, line := range []string{"", "TZ=UTC", "CRON_TZ=UTC 0 8 * * *", "TZ=UTC 0 8 * * *", "0 8 * *", "0 0 8 * * *", "@every 1h", "0 8 * * L", "0 8 * * 1#2", strings.Repeat("1,", 100) + "1 8 * * *"} {
		if r, err := ParseCron(line); !errors.Is(err, ErrCron) {
			t.Errorf("%q is %q, %v", line, r, err)
		}
	}
}

// FuzzParseWhen reads anything without falling over, and what it understands comes back.
func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"明天 7:30", "每周一三五 早上8点", "0 8 * * 1-7", "半小时后", "每月最后一天 17:00", "TZ=UTC", "* * * * *", "mon-fri 10:30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseWhen(s, spoken, BuiltIn())
		if err != nil {
			return
		}
		var back Rule
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back != r {
			t.Errorf("%q is %q, which comes back as %+v, %v", s, r, back, err)
		}
		if o, ok := r.Next(spoken, BuiltIn()); !ok || !o.At.After(spoken) {
			t.Errorf("%q never comes: %+v", s, o)
		}
	})
}

// FuzzParseCron reads any line without falling over; what it takes comes back and comes due.
func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"0 8 * * 1-7", "*/15 9-17 1,15 JAN-MAR MON#", "@weekly", "CRON_TZ=X", "TZ=UTC 0 8 * * *", "@every 1s", "0 0 29 2 *", "? ? ? ? ?", "59-0 0 * * *", "0/0 * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseCron(s)
		if err != nil {
			if !errors.Is(err, ErrCron) && !errors.Is(err, ErrNever) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		var back Rule
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back != r {
			t.Errorf("%q is %q, which comes back as %+v, %v", s, r, back, err)
		}
		if o, ok := r.Next(spoken, Holidays{}); ok && !o.At.After(spoken) {
			t.Errorf("%q comes at %v", s, o.At)
		}
	})
}
