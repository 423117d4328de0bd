// The page: who looks at which chat, and the stream that keeps it up to date.
import { $, address, at, get, onList, patch, phone, post, root, t } from "./ask.js";
import { answer, escape, keyboard, opened, say } from "./compose.js";
import { fill, put, toEnd, told } from "./log.js";
import { close } from "./menu.js";
import { around } from "./walk.js";

const epoch = root.dataset.epoch;
let stream = null;
let held = null; // what the stream tells while the log is fetched anew
let asked = 0; // the newest show(): an older one that answers late is dropped

function listen() {
  stream?.close();
  const to = { after: at.seq, epoch };
  if (onList()) to.chat = ""; // what is not seen is not read
  const from = (stream = new EventSource(address("/events", to)));
  const on = (kind, f) => from.addEventListener(kind, (e) => {
    if (from !== stream) return;
    at.seq = e.lastEventId || at.seq;
    const tell = () => f(JSON.parse(e.data));
    if (held) held.push(tell); else tell();
  });
  on("part", part);
  on("message", (m) => {
    if (onList()) return;
    put(m);
    if (m.force && !$("m" + m.id).dataset.mine) answer(m.id, !phone.matches);
  });
  on("toast", told);
  on("sync", () => again().catch(() => {}));
  on("reload", () => location.reload());
  let lost = 0;
  from.onerror = () => {
    if (from !== stream) return;
    lost ||= setTimeout(() => ($("offline").hidden = false), 1500);
    if (from.readyState === EventSource.CLOSED) setTimeout(() => from === stream && listen(), 2000);
  };
  from.onopen = () => {
    clearTimeout(lost);
    lost = 0;
    $("offline").hidden = true;
  };
}

function part({ id, html }) {
  patch($(id), html);
  if (id !== "keys") return;
  keyboard();
  hint();
}

// hint is what an empty chat says.
function hint() {
  $("log").dataset.empty = $("start") ? t("empty.start") + ($("tour-open") ? t("empty.tour") : "") : t("empty");
}

// show looks from another place. It fetches all of the view and goes on from there.
export async function show(where, { keep = false } = {}) {
  const mine = ++asked;
  const view = await get("/view", where);
  if (mine !== asked) return;
  stream?.close();
  stream = null;
  Object.assign(at, { who: view.who, chat: view.chat, thread: String(view.thread), seq: view.seq });
  document.body.dataset.screen = where.chat === "" ? "list" : "chat";
  for (const [id, html] of Object.entries(view.parts)) part({ id, html });
  fill(view.log, view.more);
  opened();
  listen();
  const here = new URLSearchParams({ who: at.who });
  if (where.chat !== "") here.set("chat", at.chat);
  if (at.thread !== "0") here.set("thread", at.thread);
  if (!keep) history.pushState(null, "", "?" + here);
}

// again fetches the log anew while the stream goes on.
async function again() {
  if (held) return;
  const from = stream, waiting = (held = []);
  try {
    const view = await get("/view", onList() ? { chat: "" } : {});
    if (from !== stream) return;
    if (view.chat !== at.chat && !onList()) return go({ chat: view.chat, thread: 0 }); // this person is no longer in it
    for (const [id, html] of Object.entries(view.parts)) part({ id, html });
    fill(view.log, view.more);
  } finally {
    held = null;
    if (from === stream) waiting.forEach((tell) => tell());
  }
}

const go = (where) => show(where).catch(() => {});

$("people").addEventListener("click", (e) => {
  const who = e.target.closest("[data-who]")?.dataset.who;
  if (who) be(who);
});
$("list").addEventListener("click", (e) => {
  const chat = e.target.closest("[data-chat]")?.dataset.chat;
  if (chat) go({ chat, thread: 0 });
});
$("head").addEventListener("click", async (e) => {
  const el = e.target.closest("button");
  if (el?.id === "back") toList();
  else if (el?.dataset.thread) go({ thread: el.dataset.thread });
  else if (el?.id === "block") {
    await post("/block", { on: el.dataset.on }).catch(() => {});
    go({});
  }
});

// be plays another person: in the same chat if that person is in it too.
function be(who) {
  if (who === at.who) return;
  go(onList() ? { who, chat: "" } : { who, chat: at.chat, thread: 0 });
}

function toList() {
  const from = at.chat;
  show({ chat: "" }).then(() => $("c" + from)?.focus()).catch(() => {});
}

// A link to the bot opens its chat here, and gives it what stands behind ?start=.
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[href]");
  if (!link || !/^(https?:\/\/t\.me\/|tg:)/.test(link.href)) return;
  e.preventDefault();
  const url = new URL(link.href);
  const name = url.protocol === "tg:" ? url.searchParams.get("domain") : url.pathname.slice(1);
  if (name?.toLowerCase() !== root.dataset.bot.toLowerCase()) return;
  link.closest("dialog")?.close();
  const start = url.searchParams.get("start");
  show({ chat: root.dataset.botId, thread: 0 }).then(() => start && say("/start " + start)).catch(() => {});
});

addEventListener("popstate", () => {
  const to = new URLSearchParams(location.search);
  show({ who: to.get("who") || at.who, chat: to.get("chat") || (phone.matches ? "" : at.chat), thread: to.get("thread") || 0 }, { keep: true }).catch(() => {});
});
phone.addEventListener("change", () => go(onList() ? { chat: "" } : {}));

document.addEventListener("keydown", (e) => {
  if (e.altKey && /^Digit[1-9]$/.test(e.code)) {
    const person = document.querySelectorAll(".person")[e.code.at(-1) - 1];
    if (person) {
      e.preventDefault();
      be(person.dataset.who);
    }
  } else if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
    const all = [...document.querySelectorAll(".line")], i = all.findIndex((x) => x.dataset.chat === at.chat);
    const next = all[i + (e.key === "ArrowDown" ? 1 : -1)];
    e.preventDefault();
    if (next) go({ chat: next.dataset.chat, thread: 0 });
  } else if (e.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (!close(true) && !escape() && phone.matches && !onList()) toList();
  }
});

around(show);
hint();
if (at.who !== "0") {
  opened();
  toEnd();
  listen();
}
root.dataset.ready = "1";
