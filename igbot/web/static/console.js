// What plain forms and links cannot do: live pages that never take away what somebody is typing.
(() => {
  "use strict";
  const POLL_MS = 5000;
  const NOTE_MS = 8000;
  let poll = null;

  // ------------------------------------------------------------ live, or asking now and then
  const again = () => { if (!document.hidden && window.htmx) htmx.trigger(document.body, "again"); };
  const startPolling = () => { poll ??= setInterval(again, POLL_MS); };
  const stopPolling = () => { clearInterval(poll); poll = null; };
  document.addEventListener("htmx:sseOpen", stopPolling);
  document.addEventListener("htmx:sseError", startPolling);
  document.addEventListener("visibilitychange", again);
  if (window.htmx) document.documentElement.classList.add("is-live");

  // ------------------------------------------------------------ what is half written stays
  const isTouched = (field) => {
    if (field.type === "hidden" || field.tagName === "BUTTON" || field.tagName === "FIELDSET" || field.tagName === "OUTPUT") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const drawn = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(drawn, 0);
    }
    return field.value !== field.defaultValue;
  };
  const isHalfWritten = (place) =>
    place.contains(document.activeElement) && document.activeElement.matches("input, select, textarea") ||
    [...place.querySelectorAll("input, select, textarea")].some(isTouched);

  let opened = [];
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.hasAttribute("data-keep") && isHalfWritten(target)) {
      event.detail.shouldSwap = false;
      const fresh = fragment.firstElementChild ?? fragment;
      if (fresh.dataset && fresh.dataset.version !== target.dataset.version) document.querySelector(".stale")?.removeAttribute("hidden");
      return;
    }
    opened = [...target.querySelectorAll("details[open][id]")].map((details) => details.id);
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    opened = [];
    prepare();
  });

  const draftKey = (field) => `draft-${field.dataset.draft}`;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.draft) sessionStorage.setItem(draftKey(field), field.value);
    if (field.matches("[data-amount]")) addUp(field.form);
    if (field.tagName === "TEXTAREA") grow(field);
  });
  document.addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll("[data-draft]")) sessionStorage.removeItem(draftKey(field));
    if (event.target.matches("[data-forget]")) sessionStorage.clear();
  });

  // ------------------------------------------------------------ the sum of a quote
  const addUp = (form) => {
    const money = new Intl.NumberFormat(form.dataset.language, { style: "currency", currency: form.dataset.total });
    const amounts = [...form.querySelectorAll("[data-amount]")].map((field) => Number(field.value.replace(/[,\s]/g, "")));
    const sum = amounts.reduce((total, amount) => total + amount, 0);
    form.querySelector("[data-sum]").textContent = Number.isFinite(sum) ? money.format(sum) : "–";
  };

  // ------------------------------------------------------------ the newest words in sight, photos big
  const isAtEnd = () => {
    const end = document.getElementById("end")?.getBoundingClientRect().top ?? 0;
    return end > 0 && end < innerHeight + 40;
  };
  const toEnd = () => document.getElementById("end")?.scrollIntoView({ block: "end" });
  let wasAtEnd = false;
  document.addEventListener("htmx:beforeSwap", () => { wasAtEnd = isAtEnd(); });
  const toMistake = () => {
    const wrong = document.querySelector('[aria-invalid="true"]') ?? document.querySelector(".error");
    wrong?.scrollIntoView({ block: "center" });
    if (wrong?.matches("input, select, textarea")) wrong.focus({ preventScroll: true });
    return Boolean(wrong);
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (wasAtEnd) toEnd();
    prepare();
    if (event.target.id === "page") toMistake();
  });

  const grow = (field) => {
    if (CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.photo");
    const dialog = document.getElementById("photo");
    if (link && dialog && !event.ctrlKey && !event.metaKey && event.button === 0) {
      event.preventDefault();
      const picture = dialog.querySelector("img");
      picture.src = link.href;
      picture.alt = link.querySelector("img").alt;
      dialog.showModal();
    } else if (event.target === dialog) {
      dialog.close();
    }
  });

  // ------------------------------------------------------------ a page (or part of one) has been drawn
  const prepare = () => {
    for (const note of document.querySelectorAll(".note.done:not([data-passing])")) {
      note.dataset.passing = "";
      setTimeout(() => note.remove(), NOTE_MS);
    }
    for (const form of document.querySelectorAll("form[data-total]")) addUp(form);
    for (const field of document.querySelectorAll("[data-draft]")) {
      if (!field.value) field.value = sessionStorage.getItem(draftKey(field)) ?? "";
      grow(field);
    }
  };

  prepare();
  const isWide = matchMedia("(min-width: 62rem)").matches;
  const chatIsFirst = !document.querySelector(".note.wrong, .side ~ .talk");
  if (!toMistake() && !location.hash && (isWide || chatIsFirst)) toEnd();
})();
