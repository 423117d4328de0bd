// Writing: text, answers, edits, attachments, commands, the bot's reply keyboard.
import { $, at, onList, phone, post, t, toast } from "./ask.js";
import { toEnd } from "./log.js";

const text = $("text"), menu = $("attach-menu"), list = $("commands"), keys = $("keys");
const drafts = new Map();
let about = null; // {kind: "reply" | "edit", id}
let files = [];
let place = "";

function grow() {
  text.style.height = "";
  if (text.scrollHeight > text.clientHeight) text.style.height = text.scrollHeight + 2 + "px";
}

// opened brings the composer to the chat that is shown now.
export function opened() {
  drafts.set(place, text.value);
  place = [at.who, at.chat].join();
  text.value = drafts.get(place) || "";
  setAbout(null);
  setFiles([]);
  hideLists();
  keyboard();
  grow();
  if (!phone.matches) text.focus({ preventScroll: true });
}

// keyboard follows what the bot asks for: its keys and its placeholder.
export function keyboard() {
  const board = $("keyboard");
  text.placeholder = board?.dataset.placeholder || t("write");
  $("slash").hidden = !document.querySelector("#commandlist li");
  $("keys-toggle").hidden = !board || board.matches("span");
  $("keys-toggle").ariaExpanded = String(!keys.querySelector(".keyboard")?.hidden);
}

function setAbout(what) {
  about = what;
  $("about").hidden = !what;
  const name = what?.kind === "edit" ? t("save") : t("send");
  $("send").ariaLabel = $("send").title = name;
  if (!what) return;
  $("about-title").textContent = what.title;
  $("about-text").textContent = what.text;
}

// answer makes the next message a reply to this one.
export function answer(id, focus = true) {
  const item = $("m" + id);
  if (!item) return;
  const name = item.querySelector(".msg").ariaLabel.replace(/ [\d:]+$/, "");
  setAbout({ kind: "reply", id, title: `${t("replying")} ${name}`, text: words(item) });
  if (focus) text.focus();
}

const words = (item) => item.querySelector("div.text, legend, .file b")?.textContent || t("photo");

export function change(id) {
  const item = $("m" + id);
  setAbout({ kind: "edit", id, title: t("editing"), text: words(item) });
  text.value = item.querySelector("div.text").innerText;
  grow();
  text.focus();
}

const heaviest = 20 * 1024 * 1024; // as in act.go

function setFiles(next) {
  if (next.reduce((sum, f) => sum + f.file.size, 0) > heaviest) return toast(t("err.big"), true);
  files = next;
  const box = $("chosen");
  for (const img of box.querySelectorAll("img")) URL.revokeObjectURL(img.src);
  box.hidden = !files.length;
  box.replaceChildren(...files.map((f) => {
    const li = document.createElement("li");
    if (f.field === "photo") {
      const img = new Image();
      img.src = URL.createObjectURL(f.file);
      img.alt = "";
      li.append(img);
    }
    const name = document.createElement("span");
    name.textContent = f.file.name;
    const off = document.createElement("button");
    off.type = "button";
    off.className = "icon";
    off.ariaLabel = t("remove", { name: f.file.name });
    off.append($("about-close").firstElementChild.cloneNode(true));
    off.addEventListener("click", () => { setFiles(files.filter((x) => x !== f)); text.focus(); });
    li.append(name, off);
    return li;
  }));
}

// send takes what is written off the box at once, so that the next line can be typed
// while this one travels; what did not arrive comes back.
let before = Promise.resolve();
function send() {
  const said = text.value.trim(), to = about, carried = files, from = place;
  const { who, chat, thread } = at; // whoever plays another person meanwhile
  if (!said && !carried.length) return;
  hideLists();
  text.value = "";
  setAbout(null);
  setFiles([]);
  grow();
  before = before.then(async () => {
    try {
      if (to?.kind === "edit") await post("/edit", { who, chat, thread, message: to.id, text: said });
      else await post("/send", { who, chat, thread, text: said, reply: to?.id || 0 }, carried);
      if (to?.kind !== "edit") toEnd();
    } catch { // shown
      if (from !== place) return drafts.set(from, said);
      if (text.value || about || files.length) return;
      text.value = said;
      setAbout(to);
      setFiles(carried);
      grow();
    }
  });
}

// say sends a line that was not typed: a command, a key, Start.
export async function say(line, more = {}) {
  try {
    await post("/send", { text: line, reply: about?.kind === "reply" ? about.id : 0, ...more });
    setAbout(null);
    toEnd();
  } catch { /* shown */ }
}

$("compose").addEventListener("submit", (e) => { e.preventDefault(); send(); });
$("about-close").addEventListener("click", () => leaveAbout());
function leaveAbout() {
  if (about?.kind === "edit") text.value = "";
  setAbout(null);
  grow();
  text.focus();
}

$("log").addEventListener("click", (e) => {
  const command = e.target.closest(".command");
  if (command) say(command.textContent);
});

keys.addEventListener("click", (e) => {
  const key = e.target.closest("[data-say], #start");
  if (!key) return;
  if (key.id === "start") return say("/start").then(() => phone.matches || text.focus());
  if (key.closest("[data-once]")) showKeys(false);
  say(key.dataset.say);
});
$("keys-toggle").addEventListener("click", () => showKeys(keys.querySelector(".keyboard").hidden));
function showKeys(on) {
  keys.querySelector(".keyboard").hidden = !on;
  $("keys-toggle").ariaExpanded = String(on);
}

// The bot's commands: all of them by the button, the matching ones after "/".
let options = [];
let picked = -1;
function offer(typed) {
  const found = [...document.querySelectorAll("#commandlist li")].filter((li) => li.dataset.command.startsWith(typed));
  options = found.map((li, i) => {
    const el = document.createElement("div");
    el.setAttribute("role", "option");
    el.id = "command" + i;
    el.dataset.command = li.dataset.command;
    el.dataset.at = li.dataset.at;
    const name = document.createElement("b"), what = document.createElement("span");
    name.textContent = "/" + li.dataset.command;
    what.textContent = li.textContent;
    el.append(name, what);
    return el;
  });
  list.replaceChildren(...options);
  list.hidden = !options.length;
  $("slash").ariaExpanded = String(!list.hidden);
  pickOption(options.length ? 0 : -1);
}
function pickOption(i) {
  picked = i;
  options.forEach((el, n) => el.setAttribute("aria-selected", String(n === i)));
  options[i]?.scrollIntoView({ block: "nearest" });
  if (i >= 0) text.setAttribute("aria-activedescendant", "command" + i);
  else text.removeAttribute("aria-activedescendant");
}
function run(el) {
  hideLists();
  text.value = "";
  grow();
  say("/" + el.dataset.command + el.dataset.at);
  text.focus();
}
function hideLists() {
  list.hidden = menu.hidden = true;
  options = [];
  pickOption(-1);
  $("slash").ariaExpanded = $("attach").ariaExpanded = "false";
}
list.addEventListener("click", (e) => { const el = e.target.closest("[data-command]"); if (el) run(el); });
$("slash").addEventListener("click", () => {
  const open = list.hidden;
  hideLists();
  if (open) offer("");
  text.focus();
});

$("attach").addEventListener("click", () => {
  const open = menu.hidden;
  hideLists();
  menu.hidden = !open;
  $("attach").ariaExpanded = String(open);
  if (open) menu.querySelector("button").focus();
});
menu.addEventListener("click", (e) => {
  const what = e.target.closest("[data-attach]")?.dataset.attach;
  if (!what) return;
  hideLists();
  if (what === "photo" || what === "document") $(what + "-input").click();
  else say("", { kind: what });
  text.focus();
});
menu.addEventListener("keydown", (e) => {
  const all = [...menu.querySelectorAll("button")], i = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!step) return;
  e.preventDefault();
  all[(i + step + all.length) % all.length].focus();
});
for (const field of ["photo", "document"]) {
  $(field + "-input").addEventListener("change", (e) => {
    setFiles([...files, ...[...e.target.files].map((file) => ({ field, file }))]);
    e.target.value = "";
    text.focus();
  });
}
text.addEventListener("paste", (e) => {
  const pasted = [...(e.clipboardData?.files || [])].map((file) => ({ field: file.type.startsWith("image/") ? "photo" : "document", file }));
  if (!pasted.length) return;
  e.preventDefault();
  setFiles([...files, ...pasted]);
});
for (const kind of ["dragover", "drop"]) {
  $("chat").addEventListener(kind, (e) => {
    if (![...e.dataTransfer.types].includes("Files")) return;
    e.preventDefault();
    if (kind === "drop") setFiles([...files, ...[...e.dataTransfer.files].map((file) => ({ field: /^image\/(png|jpeg)$/.test(file.type) ? "photo" : "document", file }))]);
  });
}

text.addEventListener("input", () => {
  grow();
  const typed = /^\/([a-z0-9_]*)$/i.exec(text.value);
  if (typed) offer(typed[1].toLowerCase()); else if (!list.hidden) hideLists();
});
text.addEventListener("keydown", (e) => {
  if (e.isComposing || e.altKey) return; // Enter chooses a hanzi then
  const open = !list.hidden && options.length;
  if (open && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
    e.preventDefault();
    return pickOption((picked + (e.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
  }
  if (open && e.key === "Tab" && !e.shiftKey) {
    e.preventDefault();
    text.value = "/" + options[picked].dataset.command + " ";
    return hideLists();
  }
  if (e.key === "Enter" && !e.shiftKey) {
    e.preventDefault();
    return open && picked >= 0 ? run(options[picked]) : send();
  }
  if (e.key === "ArrowUp" && !text.value) {
    const last = [...document.querySelectorAll("#log [data-mine][data-words]")].at(-1);
    if (last) { e.preventDefault(); change(last.dataset.id); }
  }
});

// What types for a person (an on-screen keyboard, a driver) may send the character apart.
text.addEventListener("keypress", (e) => {
  if (e.key === "Enter" && !e.shiftKey) e.preventDefault();
});

// escape closes what is open and says whether something was.
export function escape() {
  if (!menu.hidden) { hideLists(); $("attach").focus(); return true; }
  if (!list.hidden) { hideLists(); return true; }
  if (about) { leaveAbout(); return true; }
  return false;
}
document.addEventListener("click", (e) => {
  if (!e.target.closest("#compose")) hideLists();
});
if (!onList()) grow();
