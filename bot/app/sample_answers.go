package app

import (
	"context"
	"fmt"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
)

// sampleAnswers are common questions of a township, about the places in the newspaper piece
// that the bot comes from; what is answered is made up.
var sampleAnswers = []community.Answer{
	{Group: "开放时间", Question: "四点半课堂几点开始", Text: "上学的日子下午四点半到六点，在为老服务中心二楼。孩子写作业，有退休老师看着。"},
	{Group: "开放时间", Question: "老年大学怎么报名", Wordings: []string{"书画班怎么参加", "有没有下棋的地方"}, Text: "带上身份证，到为老服务中心一楼登记就行，书画、下棋、门球都不要钱。"},
	{Group: "停车", Question: "食堂门口能停车吗", Wordings: []string{"去食堂吃饭车停哪"}, Text: "门口不能停，要留给救护车。小区北门外有公共停车场，走过来两分钟。"},
	{Group: "停车", Question: "小区停车怎么收费", Text: "两个小时以内不要钱，超过了每小时 2 元，一天最多 10 元。"},
	{Group: "公交", Question: "去平阳县城坐几路车", Text: "在镇政府站坐往昆阳方向的城乡公交，早上六点到晚上七点，大约二十分钟一班。"},
	{Group: "景点和路线", Question: "永乐村杨梅基地怎么去", Wordings: []string{"哪里可以摘杨梅"}, Text: "沿昆水公路开到永乐村口，村里有生态停车场。杨梅一般六月中旬熟，去之前先打电话问问村里。"},
	{Group: "景点和路线", Question: "南湖荷花什么时候开", Text: "一般六月下旬到八月开得最好，早上九点以前去最好看，也不晒。"},
	{Group: "办事", Question: "高龄补贴怎么申请", Wordings: []string{"八十岁老人有什么补助"}, Text: "满八十岁那个月，带身份证和银行卡到社区便民窗口，专员帮您填表。"},
	{Group: "办事", Question: "旧家具扔到哪里", Wordings: []string{"大件垃圾怎么处理"}, Text: "请先跟社区专员约个时间，放到北门垃圾房旁边，每周六上午有车来拉，不要钱。"},
}

// putAnswers publishes the sample's answers.
func putAnswers(ctx context.Context, s *store.Store, now time.Time) error {
	for i, a := range sampleAnswers {
		a.ID, a.Order = fmt.Sprintf("sample.%d", i+1), int64(i+1)
		e := community.Entry{At: now, What: "answer.add", About: a.Question, After: a.Text}
		if err := s.PutAnswer(ctx, queue.Op("sample.answer."+a.ID), a, e); err != nil {
			return err
		}
	}
	return nil
}
