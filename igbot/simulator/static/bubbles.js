/* Messages as bubbles. Builds elements from data; knows nothing of the server. */

import { moment, words } from "./net.js";

const PAUSE_MS = 30 * 60 * 1000;
const NAMED = { love: "❤️", laugh: "😆", wow: "😮", sad: "😢", angry: "😠", like: "👍" };

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** A message in a few words, for quotes and for the list. */
export function summary(message) {
  return message.text || (message.attachments?.length ? words(kindOf(message.attachments[0].type)) : "");
}

function kindOf(type) {
  return { image: "picture", audio: "voice", ephemeral: "view_once", ig_post: "post", unsupported_type: "unsupported" }[type] ?? type;
}

/** Every line of the chat, with its key and a picture of its content, in order. */
export function lines(messages, now) {
  const byMid = new Map(messages.map((message) => [message.mid, message]));
  return messages.map((message, place) => {
    const before = messages[place - 1];
    const after = messages[place + 1];
    const content = {
      message,
      quoted: byMid.get(message.reply_to) ?? null,
      heading: !before || new Date(message.at) - new Date(before.at) > PAUSE_MS ? moment(message.at, now) : "",
      isFirst: !before || isMine(before) !== isMine(message),
      isLast: !after || isMine(after) !== isMine(message),
      isNewest: !after,
    };
    return { key: message.mid, print: JSON.stringify(content), build: () => line(content) };
  });
}

const isMine = (message) => message.by === "customer";

function line({ message, quoted, heading, isFirst, isLast, isNewest }) {
  const item = make("li", `line ${isMine(message) ? "mine" : "theirs"}`);
  item.classList.toggle("first", isFirst || Boolean(heading));
  item.classList.toggle("last", isLast);
  item.dataset.mid = message.mid;
  if (heading) item.append(make("p", "heading", heading));
  if (message.is_story_reply) item.append(make("p", "about", words("story")), make("span", "story-card"));
  if (message.reply_to) item.append(make("p", "about", `${words("answering")} · ${quoted ? summary(quoted) : "…"}`));
  const row = make("div", "row");
  if (!isMine(message)) row.append(make("span", isLast ? "shop-face small" : "no-face"));
  const body = make("div", "body");
  if (message.attachments.length) body.append(attachments(message));
  if (message.text) body.append(text(message.text));
  const reactions = [message.reaction, NAMED[message.shop_reaction] ?? message.shop_reaction].filter(Boolean);
  if (reactions.length) body.append(make("span", "reaction", [...new Set(reactions)].join("")));
  row.append(body, menuButton());
  item.append(row);
  const notes = under(message, isNewest);
  if (notes) item.append(make("p", "under", notes));
  return item;
}

function under(message, isNewest) {
  const notes = [];
  if (message.by === "owner") notes.push(words("by_owner"));
  if (message.tag) notes.push(words("by_person"));
  if (message.edits) notes.push(words("edited"));
  if (isMine(message) && message.seen && isNewest) notes.push(words("seen"));
  return notes.join(" · ");
}

function menuButton() {
  const button = make("button", "dots");
  button.type = "button";
  button.setAttribute("aria-label", words("message_menu"));
  button.append(icon("dots"));
  return button;
}

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,!?)])/;

function text(content) {
  const bubble = make("div", "bubble");
  content.split(LINK).forEach((part, place) => {
    if (place % 2 === 0) return bubble.append(part);
    const link = make("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noreferrer noopener";
    return bubble.append(link);
  });
  return bubble;
}

function attachments(message) {
  const box = make("div", "media");
  box.dataset.count = message.attachments.length;
  box.append(...message.attachments.map(attachment));
  return box;
}

function attachment({ type, url, title }) {
  if (["image", "ig_post", "story_mention"].includes(type) && url) {
    const figure = make("figure", type);
    const picture = make("img");
    picture.src = url;
    picture.alt = title || words(kindOf(type));
    picture.addEventListener("error", () => picture.replaceWith(make("span", "gone", words(kindOf(type)))), { once: true });
    figure.append(picture);
    if (type !== "image") figure.append(make("figcaption", "", title || words(type === "ig_post" ? "post" : type)));
    return figure;
  }
  if (type === "audio") {
    const note = make("div", "bubble voice-note");
    note.setAttribute("aria-label", words("voice"));
    note.append(icon("play"), make("span", "wave"), make("small", "", "0:04"));
    return note;
  }
  const plain = make("div", `bubble plain ${type}`);
  plain.append(icon({ video: "video", ephemeral: "once", file: "file" }[type] ?? "post"), words(kindOf(type)));
  return plain;
}

export function typingLine() {
  const item = make("li", "line theirs first last typing");
  const row = make("div", "row");
  const dots = make("div", "bubble");
  dots.setAttribute("aria-label", words("typing"));
  dots.append(make("i"), make("i"), make("i"));
  row.append(make("span", "shop-face small"), dots);
  item.append(row);
  return item;
}

/** Bring the children of `list` in line with `wanted`, touching only what differs. */
export function reconcile(list, wanted) {
  const there = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const { key, print, build } of wanted) {
    let element = there.get(key);
    there.delete(key);
    if (element?.dataset.print !== print) {
      const fresh = build();
      fresh.dataset.key = key;
      fresh.dataset.print = print;
      if (element) {
        if (place === element) place = element.nextElementSibling;
        element.replaceWith(fresh);
        list.insertBefore(fresh, place);
      } else list.insertBefore(fresh, place);
      element = fresh;
    } else if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  for (const left of there.values()) left.remove();
}
