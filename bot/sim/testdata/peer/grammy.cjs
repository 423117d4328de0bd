// A bot on grammY for peer_test.go. ptb.py holds the same conversation.
"use strict";
const { API_CONSTANTS, Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder, Keyboard } = require("grammy");

const root = process.env.PEER_API;
const bot = new Bot(process.env.PEER_TOKEN, { client: { apiRoot: root } });
const days = new InlineKeyboard().text("Mon", "day Mon").text("Tue", "day Tue");
const commands = [{ command: "start", description: "Begin" }, { command: "days", description: "The week" }];

// refusal tells an error of the API apart as the client does, in a word.
function refusal(err) {
  if (!(err instanceof GrammyError)) throw err;
  if (err.parameters.migrate_to_chat_id) return `moved to ${err.parameters.migrate_to_chat_id}`;
  switch (err.error_code) {
    case 400: return err.description.includes("message is not modified") ? "unchanged" : err.description;
    case 403: return "forbidden";
    case 429: return `wait ${err.parameters.retry_after}`;
  }
  throw err;
}

// attempt tells how a call went.
const attempt = (call) => call.then(() => "done", refusal);

async function fetched(id) {
  const file = await bot.api.getFile(id);
  const reply = await fetch(`${root}/file/bot${bot.token}/${file.file_path}`);
  if (!reply.ok) throw new Error(`${file.file_path}: ${reply.status}`);
  const data = Buffer.from(await reply.arrayBuffer());
  if (data.length !== file.file_size) throw new Error(`${data.length} bytes instead of ${file.file_size}`);
  return data;
}

async function photo(ctx) {
  const size = ctx.msg.photo.at(-1);
  const data = await fetched(size.file_id);
  await ctx.replyWithPhoto(size.file_id, { caption: `${ctx.msg.caption}, ${size.width}x${size.height}` });
  await ctx.replyWithPhoto(new InputFile(data, "copy.png"), { caption: "<i>a copy</i>", parse_mode: "HTML" });
  const album = await ctx.replyWithMediaGroup([
    InputMediaBuilder.photo(new InputFile(data, "1.png"), { caption: "one of two" }),
    InputMediaBuilder.photo(size.file_id),
  ]);
  if (album.length !== 2 || !album[0].media_group_id || album[0].media_group_id !== album[1].media_group_id) throw new Error("no album");
}

async function file(ctx) {
  const { file_id, file_name } = ctx.msg.document;
  const data = await fetched(file_id);
  await ctx.replyWithDocument(new InputFile(data, file_name), { caption: `${data.length} bytes` });
}

const answers = {
  "/start": (ctx) => ctx.reply(`<b>Hello</b>, ${ctx.from.first_name} &amp; all`, {
    parse_mode: "HTML", reply_markup: new Keyboard().text("Days").text("Help").resized() }),
  "Days": (ctx) => ctx.reply("Which day?", { reply_markup: days }),
  "/cook": async (ctx) => ctx.reply(await attempt(bot.api.sendMessage(102, "Hello"))),
  "/old": async (ctx) => ctx.reply(await attempt(bot.api.sendMessage(-55, "Hello"))),
  "/typing": async (ctx) => ctx.reply(await attempt(ctx.replyWithChatAction("typing"))),
  "/poll": (ctx) => ctx.replyWithPoll("Fish?", ["yes", "no"], { is_anonymous: false }),
  "/gone": async (ctx) => {
    const m = await ctx.reply("soon gone");
    await bot.api.deleteMessage(m.chat.id, m.message_id);
  },
  "/pin": async (ctx) => {
    const m = await ctx.reply("keep this");
    await bot.api.pinChatMessage(m.chat.id, m.message_id);
    const chat = await bot.api.getChat(m.chat.id);
    await ctx.reply(`pinned: ${chat.pinned_message.text}`);
  },
  "/commands": async (ctx) => {
    await bot.api.setMyCommands(commands, { scope: { type: "chat", chat_id: ctx.chat.id } });
    const set = await bot.api.getMyCommands({ scope: { type: "chat", chat_id: ctx.chat.id } });
    await ctx.reply(set.map((c) => c.command).join(" "));
  },
  "/who": async (ctx) => {
    const admins = await bot.api.getChatAdministrators(ctx.chat.id);
    const me = await bot.api.getChatMember(ctx.chat.id, ctx.me.id);
    await ctx.reply(`${admins.map((a) => a.user.first_name)} of ${await bot.api.getChatMemberCount(ctx.chat.id)}, I am ${me.status}`);
  },
  "/flood": (ctx) => ctx.reply("How much?", { reply_markup: new InlineKeyboard().text("Much", "flood") }),
};

async function press(ctx) {
  const data = ctx.callbackQuery.data;
  if (data === "flood") {
    let said = "done";
    for (let i = 1; i <= 9 && said === "done"; i++) said = await attempt(ctx.reply(`${i}`));
    return ctx.answerCallbackQuery(said);
  }
  const day = data.replace("day ", "");
  const said = await attempt(ctx.editMessageText(`You chose <u>${day}</u>`, { parse_mode: "HTML", reply_markup: days }));
  return ctx.answerCallbackQuery({ text: said, show_alert: said !== "done" });
}

bot.use(async (ctx) => {
  const u = ctx.update;
  if (u.callback_query) return press(ctx);
  if (u.poll_answer) return bot.api.sendMessage(u.poll_answer.user.id, `${u.poll_answer.user.first_name}: ${u.poll_answer.option_ids}`);
  if (u.edited_message) return ctx.reply(`edited: ${u.edited_message.text}`);
  if (u.my_chat_member && u.my_chat_member.new_chat_member.status === "member") return ctx.reply(`back, was ${u.my_chat_member.old_chat_member.status}`);
  if (u.chat_member) return ctx.reply(`${u.chat_member.new_chat_member.user.first_name}: ${u.chat_member.new_chat_member.status}`);
  if (!u.message) return;
  if (ctx.msg.photo) return photo(ctx);
  if (ctx.msg.document) return file(ctx);
  const answer = answers[(ctx.msg.text ?? "").split("@")[0]];
  if (answer) return answer(ctx);
});

bot.catch((err) => {
  console.error(err.error);
  process.exit(1);
});
process.stdin.resume().on("end", () => bot.stop());
bot.start({
  allowed_updates: API_CONSTANTS.ALL_UPDATE_TYPES,
  onStart: (me) => console.log(`ready: ${me.username}`),
});
