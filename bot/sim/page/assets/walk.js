// What stands around the chats: the clock, the tours, the settings.
import { $, at, get, post, root, t, toast } from "./ask.js";

export function around(show) {
  clock();
  tours(show);
  settings();
}

function clock() {
  $("clock-open").addEventListener("click", () => {
    $("clock-now").textContent = $("clock").querySelector("time").textContent;
    $("clock-dialog").showModal();
  });
  const move = async (how) => {
    $("clock-dialog").close();
    const busy = setTimeout(() => toast(t("clock.moving")), 600);
    try {
      const { now } = await post("/move", how);
      toast(t("clock.moved", { time: now }));
    } catch { /* shown */ } finally {
      clearTimeout(busy);
    }
  };
  $("clock-dialog").addEventListener("click", (e) => {
    const jump = e.target.closest("[data-jump]")?.dataset.jump;
    if (jump) move({ jump });
  });
  $("clock-form").addEventListener("submit", (e) => {
    e.preventDefault();
    move({ by: $("clock-n").value + $("clock-unit").value });
  });
}

function tours(show) {
  const box = $("tour");
  let card = null;
  const draw = (next) => {
    card = next;
    box.hidden = !next;
    box.innerHTML = next?.html || "";
  };
  const next = async () => {
    if (!card || card.over || box.ariaBusy === "true") return;
    box.ariaBusy = "true";
    $("tour-next").textContent = t("tour.busy");
    try {
      if (card.who && (card.who !== at.who || card.chat !== at.chat)) await show({ who: card.who, chat: card.chat, thread: 0 });
      draw(await post("/tour", { tour: card.tour, at: card.at }));
    } catch {
      draw(card);
    } finally {
      box.ariaBusy = null;
    }
    ($("tour-next") || $("tour-leave")).focus();
  };
  $("tour-open")?.addEventListener("click", () => $("tour-dialog").showModal());
  $("tour-dialog").addEventListener("click", async (e) => {
    const tour = e.target.closest("[data-tour]")?.dataset.tour;
    if (!tour) return;
    $("tour-dialog").close();
    try {
      draw(await get("/tour", { tour, at: 0 }));
      await show({ who: card.who || at.who, chat: card.chat || at.chat, thread: 0 });
      ($("tour-next") || $("tour-leave")).focus();
    } catch { /* shown */ }
  });
  box.addEventListener("click", (e) => {
    const el = e.target.closest("button");
    if (el?.id === "tour-next") next();
    else if (el?.id === "tour-leave") draw(null);
    else if (el?.dataset.goWho) show({ who: el.dataset.goWho, chat: el.dataset.goChat, thread: 0 }).catch(() => {});
  });
}

function settings() {
  $("settings-open").addEventListener("click", () => $("settings").showModal());
  $("settings").addEventListener("click", (e) => {
    const theme = e.target.closest("[data-theme-set]")?.dataset.themeSet;
    if (theme) {
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=strict`;
      root.dataset.theme = theme;
      $("dark").media = { dark: "all", light: "not all", auto: "(prefers-color-scheme: dark)" }[theme];
      for (const b of document.querySelectorAll("[data-theme-set]")) b.ariaPressed = String(b.dataset.themeSet === theme);
    }
    const lang = e.target.closest("[data-lang]");
    if (lang) {
      e.preventDefault();
      const to = new URLSearchParams(location.search);
      to.set("lang", lang.dataset.lang);
      location.search = to;
    }
  });
}
