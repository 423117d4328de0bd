"""A bot on python-telegram-bot 13 for peer_test.go. grammy.cjs holds the same conversation."""
import io
import os
import sys
import traceback

from telegram import (BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto,
                      KeyboardButton, ReplyKeyboardMarkup, Update)
from telegram.error import BadRequest, ChatMigrated, RetryAfter, Unauthorized
from telegram.ext import Defaults, TypeHandler, Updater

root = os.environ["PEER_API"]
updater = Updater(os.environ["PEER_TOKEN"], base_url=root + "/bot", base_file_url=root + "/file/bot",
                  defaults=Defaults(quote=False))  # a quote is asked for by a parameter that api.json has no more
bot = updater.bot
days = InlineKeyboardMarkup([[InlineKeyboardButton(d, callback_data="day " + d) for d in ("Mon", "Tue")]])


def attempt(call):
    """Tells how a call went; errors of the API are told apart as the client does, in a word."""
    try:
        call()
    except ChatMigrated as err:
        return f"moved to {err.new_chat_id}"
    except Unauthorized:
        return "forbidden"
    except RetryAfter as err:
        return f"wait {err.retry_after:.0f}"
    except BadRequest as err:
        return "unchanged" if "Message is not modified" in err.message else err.message
    return "done"


def fetched(file_id):
    file = bot.get_file(file_id)
    data = bytes(file.download_as_bytearray())
    if len(data) != file.file_size:
        raise ValueError(f"{len(data)} bytes instead of {file.file_size}")
    return data


def photo(msg):
    size = msg.photo[-1]
    data = fetched(size.file_id)
    msg.reply_photo(size.file_id, caption=f"{msg.caption}, {size.width}x{size.height}")
    msg.reply_photo(io.BytesIO(data), caption="<i>a copy</i>", parse_mode="HTML")
    album = msg.reply_media_group([InputMediaPhoto(io.BytesIO(data), caption="one of two"), InputMediaPhoto(size.file_id)])
    if len(album) != 2 or not album[0].media_group_id or album[0].media_group_id != album[1].media_group_id:
        raise ValueError("no album")


def file(msg):
    data = fetched(msg.document.file_id)
    msg.reply_document(io.BytesIO(data), filename=msg.document.file_name, caption=f"{len(data)} bytes")


def start(msg):
    keyboard = ReplyKeyboardMarkup([[KeyboardButton("Days"), KeyboardButton("Help")]], resize_keyboard=True)
    msg.reply_text(f"<b>Hello</b>, {msg.from_user.first_name} &amp; all", parse_mode="HTML", reply_markup=keyboard)


def gone(msg):
    msg.reply_text("soon gone").delete()


def pin(msg):
    msg.reply_text("keep this").pin()
    msg.reply_text(f"pinned: {bot.get_chat(msg.chat_id).pinned_message.text}")


def commands(msg):
    scope = BotCommandScopeChat(msg.chat_id)
    bot.set_my_commands([BotCommand("start", "Begin"), BotCommand("days", "The week")], scope=scope)
    msg.reply_text(" ".join(c.command for c in bot.get_my_commands(scope=scope)))


def who(msg):
    admins = ",".join(a.user.first_name for a in msg.chat.get_administrators())
    me = msg.chat.get_member(bot.id)
    msg.reply_text(f"{admins} of {msg.chat.get_member_count()}, I am {me.status}")


answers = {
    "/start": start,
    "Days": lambda msg: msg.reply_text("Which day?", reply_markup=days),
    "/cook": lambda msg: msg.reply_text(attempt(lambda: bot.send_message(102, "Hello"))),
    "/old": lambda msg: msg.reply_text(attempt(lambda: bot.send_message(-55, "Hello"))),
    "/typing": lambda msg: msg.reply_text(attempt(lambda: msg.reply_chat_action("typing"))),
    "/poll": lambda msg: msg.reply_poll("Fish?", ["yes", "no"], is_anonymous=False),
    "/gone": gone,
    "/pin": pin,
    "/commands": commands,
    "/who": who,
    "/flood": lambda msg: msg.reply_text("How much?", reply_markup=InlineKeyboardMarkup.from_button(
        InlineKeyboardButton("Much", callback_data="flood"))),
}


def press(query):
    if query.data == "flood":
        said = "done"
        for i in range(1, 10):
            said = attempt(lambda: query.message.reply_text(str(i)))
            if said != "done":
                break
        query.answer(said)
        return
    day = query.data[len("day "):]
    said = attempt(lambda: query.edit_message_text(f"You chose <u>{day}</u>", parse_mode="HTML", reply_markup=days))
    query.answer(said, show_alert=said != "done")


def answer(u, _):
    if u.callback_query:
        press(u.callback_query)
    elif u.poll_answer:
        chosen = ",".join(map(str, u.poll_answer.option_ids))
        u.poll_answer.user.send_message(f"{u.poll_answer.user.first_name}: {chosen}")
    elif u.edited_message:
        u.edited_message.reply_text(f"edited: {u.edited_message.text}")
    elif u.my_chat_member and u.my_chat_member.new_chat_member.status == "member":
        u.effective_chat.send_message(f"back, was {u.my_chat_member.old_chat_member.status}")
    elif u.chat_member:
        new = u.chat_member.new_chat_member
        u.effective_chat.send_message(f"{new.user.first_name}: {new.status}")
    elif u.message and u.message.photo:
        photo(u.message)
    elif u.message and u.message.document:
        file(u.message)
    elif u.message and (say := answers.get((u.message.text or "").split("@")[0])):
        say(u.message)


def fail(_, context):
    traceback.print_exception(context.error)
    os._exit(1)


updater.dispatcher.add_handler(TypeHandler(Update, answer))
updater.dispatcher.add_error_handler(fail)
updater.start_polling(timeout=1, allowed_updates=Update.ALL_TYPES)  # stop waits for the last poll
print("ready:", bot.username, flush=True)
sys.stdin.read()
updater.stop()
