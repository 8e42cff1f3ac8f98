/* What the page was told when it was made, and the way to the server. */

export const facts = JSON.parse(document.getElementById("facts").textContent);

/** The server understood and said no; its message is a sentence. */
export class Refused extends Error {}

/** The words under `key`, with `{names}` filled in. */
export function words(key, values = {}) {
  return (facts.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export async function get(path) {
  const answer = await fetch(facts.api + path, { cache: "no-store" });
  if (answer.status === 204) return null;
  return read(answer);
}

export async function post(path, body, method = "POST") {
  const isForm = body instanceof FormData;
  const headers = isForm ? {} : { "Content-Type": "application/json" };
  return read(await fetch(facts.api + path, { method, headers, body: isForm ? body : JSON.stringify(body ?? {}) }));
}

async function read(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.error);
  return body;
}

/** A moment as people say it here: the hour, with the day where it is not `today`. */
export function moment(iso, today) {
  const at = new Date(iso);
  const time = { hour: "numeric", minute: "2-digit" };
  const day = { month: "short", day: "numeric", weekday: "short" };
  const isToday = today && at.toDateString() === today.toDateString();
  return new Intl.DateTimeFormat(facts.language, isToday ? time : { ...day, ...time }).format(at);
}
