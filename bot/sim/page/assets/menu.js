// The menu of one message: by its button, or by a right click or a long press on it.
import { $, post, t, toast } from "./ask.js";
import { answer, change } from "./compose.js";
import { react } from "./log.js";

const menu = $("message-menu"), log = $("log");
let item = null;

function open(of, x, y) {
  close();
  item = of;
  for (const b of menu.querySelectorAll("[data-do]")) {
    const what = b.dataset.do;
    b.hidden = (what === "edit" && !(of.dataset.mine && of.dataset.words)) || (what === "delete" && !of.dataset.mine) || (what === "copy" && !of.dataset.words);
  }
  menu.hidden = false;
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = Math.max(8, Math.min(x, innerWidth - width - 8)) + "px";
  menu.style.top = Math.max(8, Math.min(y, innerHeight - height - 8)) + "px";
  of.querySelector(".more").ariaExpanded = "true";
  menu.querySelector("[data-do]").focus();
}

// close says whether the menu was open.
export function close(back = false) {
  if (menu.hidden) return false;
  menu.hidden = true;
  const button = item.querySelector(".more");
  button.ariaExpanded = "false";
  if (back) (button.isConnected ? button : $("text")).focus({ preventScroll: true });
  return true;
}

log.addEventListener("click", (e) => {
  const more = e.target.closest("[data-more]");
  if (!more) return;
  e.stopPropagation(); // or the document would close it at once
  const { left, bottom } = more.getBoundingClientRect();
  if (!close()) open(more.closest(".item"), left, bottom + 4);
});
log.addEventListener("contextmenu", (e) => {
  const bubble = e.target.closest(".bubble");
  if (!bubble || e.target.closest("a") || !getSelection().isCollapsed) return;
  e.preventDefault();
  open(bubble.closest(".item"), e.clientX, e.clientY);
});
log.addEventListener("dblclick", (e) => {
  const bubble = e.target.closest(".bubble");
  if (bubble && !e.target.closest("button, a, form")) answer(bubble.closest(".item").dataset.id);
});
menu.addEventListener("click", (e) => {
  const el = e.target.closest("button");
  if (!el) return;
  const { id } = item.dataset;
  close(true);
  if (el.dataset.react) react(id, el.dataset.react);
  else if (el.dataset.do === "reply") answer(id);
  else if (el.dataset.do === "edit") change(id);
  else if (el.dataset.do === "delete") post("/delete", { message: id }).catch(() => {});
  else navigator.clipboard?.writeText(item.querySelector("div.text").innerText).then(() => toast(t("copied")), () => {});
});
menu.addEventListener("keydown", (e) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
  if (e.key === "Tab") close(true);
  if (!step) return;
  e.preventDefault();
  const all = [...menu.querySelectorAll("button")].filter((b) => !b.hidden);
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
});
document.addEventListener("click", (e) => { if (!menu.contains(e.target)) close(); });
$("scroll").addEventListener("scroll", () => close(), { passive: true });
