// Asking the server, and telling the person in front of the page.

export const $ = (id) => document.getElementById(id);
export const root = document.documentElement;

const words = JSON.parse($("words").textContent);

// t is the page's own word; fill gives what stands in its {braces}.
export function t(key, fill = {}) {
  return Object.entries(fill).reduce((s, [k, v]) => s.replaceAll(`{${k}}`, v), words[key]);
}

// at is where the page looks from; show() in page.js changes it.
export const at = {
  who: root.dataset.atWho, chat: root.dataset.atChat, thread: root.dataset.atThread, seq: root.dataset.seq,
};

export const phone = matchMedia("(max-width: 760px)");
export const onList = () => phone.matches && document.body.dataset.screen === "list";

function place(where = {}) {
  const { who, chat, thread } = { ...at, ...where };
  return { who, chat, thread, lang: root.lang };
}

export function address(path, fields = {}) {
  return path + "?" + new URLSearchParams({ ...place(), ...fields });
}

// get and post return the answer, or throw an Error that was already shown.
export async function get(path, fields) {
  return answer(fetch(address(path, fields)));
}

export async function post(path, fields = {}, files = []) {
  const form = new FormData();
  for (const [k, v] of Object.entries({ ...place(), ...fields })) form.append(k, v);
  for (const f of files) form.append(f.field, f.file, f.file.name);
  return answer(fetch(path + "?lang=" + root.lang, { method: "POST", body: form }));
}

async function answer(asked) {
  let said = t("err.lost");
  try {
    const r = await asked;
    const body = await r.json();
    if (r.ok) return body;
    said = body.error || t("err.any");
  } catch { /* the network is gone, or the answer is not ours */ }
  toast(said, true);
  throw new Error(said);
}

// toast shows a line for as long as it takes to read it.
export function toast(text, wrong = false) {
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  box.addEventListener("click", () => box.remove());
  $(wrong ? "wrongs" : "toasts").append(box);
  setTimeout(() => box.remove(), 3500 + 90 * text.length);
}

// alertBox shows what must be confirmed, and a link to follow when there is one.
export function alertBox(text, url = "") {
  const link = $("alert-link");
  $("alert-text").textContent = text || url;
  link.hidden = !url;
  link.textContent = url;
  if (url) link.href = url; else link.removeAttribute("href");
  if (!$("alert").open) $("alert").showModal();
}

// Every dialog closes by its buttons and by a click beside it; Esc is the browser's.
for (const box of document.querySelectorAll("dialog")) {
  box.addEventListener("click", (e) => {
    if (e.target === box || e.target.closest("[data-close]")) box.close();
  });
}

// patch makes an element's content html, and leaves alone the items that did not
// change: a click is lost when its button is replaced under the finger.
const shown = new WeakMap();
export function patch(el, html) {
  if (shown.get(el) === html) return;
  shown.set(el, html);
  const next = document.createElement("template");
  next.innerHTML = html;
  const focused = el.contains(document.activeElement) ? document.activeElement.id : "";
  merge(el, next.content);
  if (focused && document.activeElement?.id !== focused) $(focused)?.focus();
}

function merge(old, next) {
  const have = [...old.childNodes], want = [...next.childNodes];
  if (have.length !== want.length) return old.replaceChildren(...want);
  have.forEach((a, i) => {
    const b = want[i];
    if (a.isEqualNode(b)) return;
    const same = a.nodeType === 1 && a.nodeName === b.nodeName && a.id === b.id && a.children.length && a.className === b.className;
    if (same && sameAttributes(a, b)) merge(a, b); else a.replaceWith(b);
  });
}

function sameAttributes(a, b) {
  return a.attributes.length === b.attributes.length && [...a.attributes].every((x) => b.getAttribute(x.name) === x.value);
}
