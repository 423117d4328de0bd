// The messages of the open chat.
import { $, alertBox, get, post, t, toast } from "./ask.js";

const box = $("scroll"), log = $("log"), down = $("down");
const most = 400; // more are cut off at the top: they come back with 更早的消息
let below = 0; // messages that came while older ones were read

const near = () => box.scrollHeight - box.scrollTop - box.clientHeight < 90;

export function toEnd() {
  box.scrollTop = box.scrollHeight;
  seenAll();
}

function seenAll() {
  below = 0;
  down.hidden = near();
  $("down-count").hidden = true;
}

// fill shows a chat from its end.
export function fill(html, more) {
  quietly(() => log.replaceChildren(nodes(html)));
  $("older").hidden = !more;
  toEnd();
}

function nodes(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  enliven(made.content);
  return made.content;
}

// quietly changes the log without a screen reader reading it out: old news.
function quietly(change) {
  box.ariaLive = "off";
  change();
  setTimeout(() => (box.ariaLive = "polite"), 300);
}

// enliven lets the keyboard reach what a message holds to be pressed.
function enliven(within) {
  for (const el of within.querySelectorAll(".command, .spoiler")) {
    el.role = "button";
    el.tabIndex = 0;
  }
}
enliven(log);

// put adds or replaces one message. What lies before all that is shown stays away.
export function put({ id, gone, html, mine }) {
  const there = $("m" + id), stick = near() || mine;
  if (there) {
    const focused = there.contains(document.activeElement);
    const data = document.activeElement?.dataset?.press;
    there.replaceWith(nodes(html));
    if (focused) ($("m" + id).querySelector(`[data-press="${CSS.escape(data || "")}"]`) || box).focus({ preventScroll: true });
  } else if (!gone) {
    const items = [...log.children];
    if (items.length && +items[0].dataset.id > id) return;
    const after = items.findLast((x) => +x.dataset.id < id);
    if (after) after.after(nodes(html)); else log.prepend(nodes(html));
    if (!stick) {
      below++;
      $("down-count").textContent = below;
      $("down-count").hidden = false;
    }
  }
  if (stick) {
    while (log.children.length > most) {
      log.firstElementChild.remove();
      $("older").hidden = false;
    }
    toEnd();
  } else down.hidden = false;
}

// earlier shows one page of older messages and keeps what is read where it is.
export async function earlier() {
  const first = log.firstElementChild;
  if (!first || $("older").hidden || $("older").ariaBusy === "true") return false;
  $("older").ariaBusy = "true";
  try {
    const { log: html, more } = await get("/older", { before: first.dataset.id });
    const from = box.scrollHeight - box.scrollTop;
    quietly(() => log.prepend(nodes(html)));
    box.scrollTop = box.scrollHeight - from;
    $("older").hidden = !more;
  } finally {
    $("older").ariaBusy = null;
  }
  return true;
}

// goTo scrolls to a message, and fetches older ones until it is there.
export async function goTo(id) {
  for (let i = 0; i < 25 && !$("m" + id); i++) if (!(await earlier())) break;
  const item = $("m" + id);
  if (!item) return toast(t("toofar"));
  item.scrollIntoView({ block: "center" });
  item.classList.remove("found");
  void item.offsetWidth; // begins the animation again
  item.classList.add("found");
  item.querySelector(".more")?.focus({ preventScroll: true });
}

async function press(button) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    const { answered } = await post("/press", { message: button.closest(".item").dataset.id, data: button.dataset.press });
    if (!answered) toast(t("silent"));
  } catch { /* shown */ } finally {
    button.ariaBusy = null;
  }
}

function vote(form, none) {
  const chosen = none ? [] : [...form.querySelectorAll("input:checked")].map((x) => x.value);
  post("/vote", { message: form.closest(".item").dataset.id, options: chosen.join(" ") }).catch(() => {});
}

export function react(message, emoji) {
  post("/react", { message, emoji }).catch(() => {});
}

box.addEventListener("scroll", () => {
  if (near()) seenAll(); else down.hidden = false;
  if (box.scrollTop < 40) earlier().catch(() => {});
}, { passive: true });
down.addEventListener("click", toEnd);
$("older").addEventListener("click", () => earlier().catch(() => {}));
// A picture without known measures, or a phone's keyboard, must not push the end away.
let atEnd = true;
box.addEventListener("scroll", () => (atEnd = near()), { passive: true });
new ResizeObserver(() => atEnd && (box.scrollTop = box.scrollHeight)).observe(box);
new ResizeObserver(() => atEnd && (box.scrollTop = box.scrollHeight)).observe(log);

log.addEventListener("click", (e) => {
  const el = e.target.closest("[data-press], [data-goto], [data-full], [data-retract], [data-react], .spoiler");
  if (!el) return;
  if (el.dataset.press !== undefined) press(el);
  else if (el.dataset.goto) goTo(el.dataset.goto).catch(() => {});
  else if (el.dataset.full) {
    $("viewer-image").src = el.dataset.full;
    $("viewer-image").alt = el.querySelector("img").alt;
    $("viewer").showModal();
  } else if (el.dataset.react !== undefined) react(el.closest(".item").dataset.id, el.dataset.react);
  else if (el.dataset.retract !== undefined) vote(el.closest("form"), true);
  else el.classList.add("seen");
});
log.addEventListener("keydown", (e) => {
  if (e.key !== "Enter" && e.key !== " " || !e.target.matches(".command, .spoiler")) return;
  e.preventDefault();
  e.target.click();
});
$("pins").addEventListener("click", (e) => {
  const pin = e.target.closest("#pin");
  if (!pin) return;
  const ids = pin.dataset.goto.split(" ");
  const next = (+pin.dataset.next || 0) % ids.length; // each press goes to the one pinned before
  pin.dataset.next = next + 1;
  goTo(ids[next]).catch(() => {});
});
log.addEventListener("submit", (e) => {
  e.preventDefault();
  vote(e.target);
});
log.addEventListener("change", (e) => {
  const form = e.target.closest("[data-poll]");
  if (form && form.dataset.multiple !== "true") vote(form);
});

// told shows the bot's answer to a press.
export function told({ text, alert, url }) {
  if (alert || url) alertBox(text, url);
  else if (text) toast(text);
}
