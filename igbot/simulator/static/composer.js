/* Writing, picking pictures, answering a message: the lower edge of the phone. */

import { words } from "./net.js";
import { make, summary } from "./bubbles.js";

const at = (id) => document.getElementById(id);
const text = at("text");
let answering = null;

/** Wire the composer up. `act(path, body)` carries something out in the open chat. */
export function setUpComposer(act) {
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    const about = answering?.mid ? { reply_to: answering.mid } : answering ? { story: true } : {};
    text.value = "";
    answer(null);
    fit();
    act("messages", { text: words, ...about });
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at("composer").requestSubmit();
    }
  });
  text.addEventListener("input", fit);
  at("pick").addEventListener("click", () => at("files").click());
  at("files").addEventListener("change", () => {
    const form = new FormData();
    for (const file of at("files").files) form.append("pictures", file);
    at("files").value = "";
    act("pictures", form);
  });
  at("voice").addEventListener("click", () => act("media", { kind: "voice" }));
  at("more").addEventListener("click", () => openTray(at("tray").hidden));
  at("tray").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    openTray(false);
    if (button.dataset.sample) act("samples", { samples: button.dataset.sample.split(",") });
    else if (button.dataset.media) act("media", { kind: button.dataset.media });
    else answer({ mid: null });
  });
  at("answer-nothing").addEventListener("click", () => answer(null));
}

/** Empty for another chat. */
export function clearComposer() {
  text.value = "";
  answer(null);
  openTray(false);
  fit();
}

/** The next text answers this message; `{mid: null}` is a story, null nothing. */
export function answer(message) {
  answering = message;
  at("answering").hidden = !message;
  const about = message?.mid ? `${words("answering")}: ${summary(message)}` : words("answering_story");
  at("answering").firstElementChild.textContent = message ? about : "";
  if (message) text.focus();
}

/** What may be tapped now: the chips of the shop's newest message, or ideas while the chat is empty. */
export function showChips(messages, ideas, act) {
  const newest = messages.at(-1);
  const chips = newest && newest.by !== "customer" ? newest.quick_replies : [];
  const print = JSON.stringify([newest?.mid, chips, ideas]);
  const box = at("chips");
  if (box.dataset.print === print) return;
  box.dataset.print = print;
  box.className = chips.length ? "chips" : "chips ideas";
  box.replaceChildren();
  if (!messages.length && ideas.length) box.append(make("h3", "", words("try")));
  for (const chip of chips) box.append(chipButton(chip.title, () => act("taps", { label: chip.payload })));
  if (!messages.length) for (const idea of ideas) box.append(chipButton(idea, () => act("messages", { text: idea })));
}

function chipButton(label, onTap) {
  const button = make("button", "chip", label);
  button.type = "button";
  button.addEventListener("click", onTap, { once: true });
  return button;
}

function openTray(isOpen) {
  at("tray").hidden = !isOpen;
  at("more").setAttribute("aria-expanded", String(isOpen));
}

function fit() {
  const isWriting = text.value.trim() !== "";
  at("send").hidden = !isWriting;
  for (const id of ["voice", "more"]) at(id).hidden = isWriting;
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
}
