/* What no customer has: the clock, the owner's phone, trouble. */

import { moment, post, words } from "./net.js";

const at = (id) => document.getElementById(id);
const switches = [...document.querySelectorAll("[data-fault]")];
const COUNTS = { answers_lost: 1, duplicates: 1 };

/** Wire the tools up. `act(path, body)` acts in the open chat, `look()` asks for news at once. */
export function setUpTools(act, look) {
  const tell = (path, body) => post(path, body).then(look, (error) => alert(error.message));
  for (const button of document.querySelectorAll("[data-hours]"))
    button.addEventListener("click", () => tell("/clock", { hours: Number(button.dataset.hours) }));
  at("owner").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("owner-text").value.trim();
    if (text) act("owner", { text }).then((done) => done && (at("owner-text").value = ""));
  });
  at("owner-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at("owner").requestSubmit();
    }
  });
  for (const box of switches)
    box.addEventListener("change", () => {
      const name = box.dataset.fault;
      if (name === "is_blocking") act("block", { is_blocking: box.checked });
      else tell("/faults", { [name]: name in COUNTS ? Number(box.checked) * COUNTS[name] : box.checked });
    });
  at("release").addEventListener("click", () => tell("/webhooks/release", { newest_first: true }));
  at("redeliver").addEventListener("click", () => tell("/webhooks/redeliver", {}));
  at("open-tools").addEventListener("click", () => openTools(at("tools").dataset.open !== "yes"));
  at("close-tools").addEventListener("click", () => openTools(false));
}

function openTools(isOpen) {
  at("tools").dataset.open = isOpen ? "yes" : "no";
  at("open-tools").setAttribute("aria-expanded", String(isOpen));
  (isOpen ? at("close-tools") : at("open-tools")).focus();
}

/** Show how things stand. `now` is the simulated present. */
export function showState(news, now) {
  const { faults, webhooks, chat } = news;
  for (const box of switches) {
    const name = box.dataset.fault;
    box.checked = name === "is_blocking" ? Boolean(chat?.person.has_blocked) : Boolean(faults[name]);
    box.disabled = name === "is_blocking" && !chat;
  }
  at("webhooks").textContent = words("webhooks", webhooks);
  at("release").disabled = !webhooks.is_holding || !webhooks.waiting;
  at("redeliver").disabled = !webhooks.failed;
  at("owner").querySelector("button").disabled = !chat;
  at("window").textContent = chat ? windowWords(chat.person.window_closes_at, now) : words("pick_first");
}

function windowWords(closesAt, now) {
  if (!closesAt) return words("window_never");
  return words(new Date(closesAt) > now ? "window_open" : "window_shut", { time: moment(closesAt, now) });
}
