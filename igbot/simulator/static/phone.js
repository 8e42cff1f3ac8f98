/* The phone: whose it is, what is on it, and what is new. */

import { facts, get, moment, post, Refused, words } from "./net.js";
import { lines, make, reconcile, summary, typingLine } from "./bubbles.js";
import { answer, clearComposer, setUpComposer, showChips } from "./composer.js";
import { setUpTools, showState } from "./tools.js";

const LOOK_EVERY_MS = 700;
const LONG_PRESS_MS = 450;
const at = (id) => document.getElementById(id);
const log = at("log");

let news = null;
let igsid = decodeURIComponent(location.hash.slice(1)) || null;
let ahead = 0;
let typingUntil = 0;
let pressed = null;
let isAtEnd = true;

const now = () => new Date(Date.now() + ahead);

/* ---------------------------------------------------------------- what is new */

let looking = null;

/** Ask what is new, and show it. One question at a time; a second asker waits for a fresh answer. */
async function look() {
  while (looking) await looking;
  looking = lookOnce();
  await looking;
  looking = null;
}

async function lookOnce() {
  const isSame = news && (news.chat?.person.igsid ?? null) === igsid;
  const query = new URLSearchParams({ ...(isSame && { known: news.version }), ...(igsid && { person: igsid }) });
  try {
    const answered = await get(`/news?${query}`);
    at("lost").hidden = true;
    if (answered) show(answered);
  } catch (error) {
    if (igsid && error instanceof Refused) go(null);
    else at("lost").hidden = false;
  }
}

function show(answered) {
  if ((answered.chat?.person.igsid ?? null) !== igsid) return;
  news = answered;
  ahead = new Date(news.clock.now) - Date.now();
  showPeople();
  if (news.chat) showChat(news.chat);
  showState(news, now());
  showTime();
}

function showTime() {
  const present = now();
  at("now").textContent = moment(present);
  at("now").dateTime = present.toISOString();
  at("phone-time").textContent = new Intl.DateTimeFormat(facts.language, { hour: "numeric", minute: "2-digit", hour12: false }).format(present);
  const isTyping = typingUntil > Date.now() && Boolean(news?.chat);
  const dots = log.querySelector(".typing");
  if (isTyping && !dots) {
    log.append(typingLine());
    stay();
  } else if (!isTyping && dots) dots.remove();
}

/* ---------------------------------------------------------------- the list of customers */

function showPeople() {
  reconcile(at("people"), news.people.map((person) => {
    const hint = facts.hints[person.igsid];
    const print = JSON.stringify([person, now().toDateString()]);
    return { key: person.igsid, print, build: () => personLine(person, hint) };
  }));
}

function personLine(person, hint) {
  const item = make("li");
  const button = make("button");
  button.type = "button";
  button.addEventListener("click", () => go(person.igsid));
  const about = make("span", "about-person");
  about.append(make("strong", "", person.name ?? person.username), make("small", "", hint?.note ?? `@${person.username}`));
  const last = person.last;
  if (last) about.append(make("span", "snippet", `${last.by === "customer" ? `${words("you")}: ` : ""}${last.text || words("picture")} · ${moment(last.at, now())}`));
  button.append(face(person), about);
  if (person.unread) {
    const count = make("span", "unread", String(person.unread));
    button.append(count);
  }
  item.append(button);
  return item;
}

function face(person) {
  const circle = make("span", "face", [...(person.name ?? person.username)][0].toUpperCase());
  const hue = [...person.igsid].reduce((sum, digit) => (sum * 31 + Number(digit) * 97) % 360, 11);
  circle.style.setProperty("--hue", hue);
  circle.setAttribute("aria-hidden", "true");
  return circle;
}

/* ---------------------------------------------------------------- one chat */

function go(to) {
  igsid = to;
  history.replaceState(null, "", to ? `#${encodeURIComponent(to)}` : location.pathname + location.search);
  at("list-screen").hidden = Boolean(to);
  at("chat-screen").hidden = !to;
  log.replaceChildren();
  typingUntil = 0;
  isAtEnd = true;
  clearComposer();
  look();
}

function showChat(chat) {
  log.querySelector(".typing")?.remove();
  reconcile(log, lines(chat.messages, now()));
  typingUntil = Date.now() + chat.typing_for_seconds * 1000;
  const name = chat.person.name ?? chat.person.username;
  at("whose").textContent = words("phone_of", { name });
  showChips(chat.messages, facts.hints[chat.person.igsid]?.tries ?? [], act);
  stay();
  if (chat.person.unread && document.visibilityState === "visible") act("seen", {});
}

/** Keep the newest message in sight, unless someone has scrolled up to read. */
function stay() {
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
log.addEventListener("scroll", () => (isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60));
log.addEventListener("load", stay, { capture: true });
new ResizeObserver(stay).observe(log);

/** Carry something out in the open chat; answers whether it worked. */
async function act(path, body) {
  if (!igsid) return false;
  try {
    await post(`/people/${encodeURIComponent(igsid)}/${path}`, body);
    if (path !== "seen") isAtEnd = true;
    return true;
  } catch (error) {
    alert(error.message);
    return false;
  } finally {
    look();
  }
}

/* ---------------------------------------------------------------- the menu of a message */

function openMenu(mid) {
  const message = news?.chat?.messages.find((each) => each.mid === mid);
  if (!message) return;
  pressed = message;
  at("menu-unsend").hidden = message.by !== "customer";
  at("menu-unreact").hidden = !message.reaction;
  at("menu").returnValue = "";
  at("menu").showModal();
}

at("menu").addEventListener("close", () => {
  const [verb, emoji] = at("menu").returnValue.split(":");
  if (verb === "react") act("reactions", { mid: pressed.mid, emoji });
  else if (verb === "unreact") act("reactions", { mid: pressed.mid, emoji: null });
  else if (verb === "unsend") act("unsend", { mid: pressed.mid });
  else if (verb === "reply") answer({ ...pressed });
});
at("menu").addEventListener("click", (event) => event.target === at("menu") && at("menu").close());

const midOf = (event) => event.target.closest("[data-mid]")?.dataset.mid;
let pressing = 0;
log.addEventListener("click", (event) => event.target.closest(".dots") && openMenu(midOf(event)));
log.addEventListener("contextmenu", (event) => {
  if (!event.target.closest(".body")) return;
  event.preventDefault();
  openMenu(midOf(event));
});
log.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch" && event.target.closest(".body")) pressing = setTimeout(openMenu, LONG_PRESS_MS, midOf(event));
});
for (const end of ["pointerup", "pointercancel", "pointermove"]) log.addEventListener(end, () => clearTimeout(pressing));
log.addEventListener("dblclick", (event) => event.target.closest(".body") && act("reactions", { mid: midOf(event) }));

/* ---------------------------------------------------------------- begin */

at("back").addEventListener("click", () => go(null));
setUpComposer(act);
setUpTools(act, look);
const frame = at("console");
if (frame && matchMedia("(min-width: 1100px)").matches) frame.src = frame.dataset.src;
go(igsid);
setInterval(() => document.visibilityState === "visible" && !looking && look(), LOOK_EVERY_MS);
setInterval(showTime, 500);
