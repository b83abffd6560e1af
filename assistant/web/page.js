// Inside the transcript and the examples: choose a source, copy, judge and share an answer, ask a question.
// Gradio runs this once per component, with `element`, `trigger`, `watch` and `props` in scope. All words come
// from the server, in attributes or in `said`.
document.getElementById("early")?.remove();
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const scroll = { behavior: calm ? "auto" : "smooth" };
const chosen = new Map(); // turn -> id of the source the reader opened
const verdicts = new Map(); // answer -> what the server said of the verdict: {verdict, words}
const told = new Map(); // answer -> what the server said of sharing it, or of telling that it is missing
const further = new Map(); // answer -> the questions that could be asked next
let turns = 0, shown = "", answered = 0, keeping = "yes";

const show = (source) => {
  source.open = true; // the other sources of the turn share its name, so they close
  source.classList.add("chosen");
  for (const other of source.parentElement.children) if (other !== source) other.classList.remove("chosen");
};

const put = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // plain http on another machine has no clipboard API
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

const copy = async (button) => {
  await put(button.dataset.copy);
  const label = button.textContent;
  if (label === button.dataset.done) return;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 1600);
};

// The server renders every answer as new; what has been done with each is put in again after each rendering.
const paint = () => {
  for (const row of element.querySelectorAll(".feedback")) {
    const { verdict, words } = verdicts.get(row.dataset.answer) ?? {};
    for (const button of row.querySelectorAll("[data-verdict]"))
      button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
    const thanks = row.querySelector(".thanks");
    thanks.textContent = words ?? "";
    thanks.hidden = !words;
    row.querySelector(".comment").hidden = !verdict;
  }
  for (const place of element.querySelectorAll("[data-told]")) {
    const { words, link, done } = told.get(place.dataset.told) ?? {};
    place.textContent = words ?? "";
    place.hidden = !words;
    if (link) place.append(" ", Object.assign(document.createElement("a"), { href: link, textContent: location.origin + link }));
    if (done) for (const button of element.querySelectorAll(`[data-do="missing"][data-of="${place.dataset.told}"]`)) button.hidden = true;
  }
  for (const place of element.querySelectorAll("[data-next]")) {
    const questions = further.get(place.dataset.next) ?? [];
    place.hidden = !questions.length;
    place.querySelector("ul").replaceChildren(...questions.map((question) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: question, dir: "auto" });
      button.dataset.ask = question;
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }
};

const judge = (row, verdict) =>
  trigger("act", { do: "verdict", answer: row.dataset.answer, verdict, comment: row.querySelector("textarea").value });

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".feedback");
  if (row) return judge(row, button.dataset.verdict ?? verdicts.get(row.dataset.answer).verdict);
  const { source, ask, asTyped, do: deed, of, length, anyway, typed } = button.dataset;
  if (source) {
    const card = document.getElementById(source);
    chosen.set(card.closest(".turn").id, source);
    show(card); // evidence.js opens the page itself
  } else if ("copy" in button.dataset) copy(button);
  else if (ask) trigger("click", { question: ask, as_typed: false });
  else if (asTyped) trigger("click", { question: asTyped, as_typed: true });
  else if (length) trigger("click", { of, length });
  else if (anyway) trigger("click", { question: anyway, as_typed: typed === "yes", anyway: true });
  else if ("change" in button.dataset) {
    button.closest("[data-before]").remove();
    document.querySelector("#question textarea").focus();
    document.documentElement.classList.toggle("begun", Boolean(element.querySelector(".turn")));
  } else if (deed) trigger("act", { do: deed, answer: of });
});

// A menu closes when something else is pressed, and with Escape.
const menus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
};
if (element.closest("#transcript")) {
  document.addEventListener("click", (event) => menus(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement?.closest?.("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

watch("said", () => {
  const { do: deed, answer, verdict, words, link, questions } = props.said;
  if (deed === "next") further.set(answer, questions);
  else if (deed === "verdict") // one that could not be kept leaves the one before it
    verdicts.set(answer, { verdict: verdict ?? verdicts.get(answer)?.verdict, words });
  else told.set(answer, { words, link, done: deed === "missing" });
  if (link) put(location.origin + link);
  paint();
  if (deed !== "next")
    element.querySelector(`[data-answer="${answer}"] .comment:not([hidden]), [data-told="${answer}"]:not([hidden])`)
      ?.scrollIntoView({ block: "nearest", ...scroll });
});

if (element.closest("#transcript")) watch("value", () => {
  paint();
  for (const [turn, source] of chosen) {
    const card = element.querySelector(`#${turn} #${source}`);
    if (card) show(card);
    else chosen.delete(turn);
  }
  const all = element.querySelectorAll(".turn"), before = element.querySelector("[data-before]");
  const last = all[all.length - 1];
  document.documentElement.classList.toggle("begun", all.length > 0 || Boolean(before));
  document.documentElement.classList.remove("returning");
  const { conversation = "", kept } = element.querySelector(".turns")?.dataset ?? {};
  const done = element.querySelectorAll(".turn.done").length;
  if (conversation !== shown) turns = 0, chosen.clear();
  if (all.length > turns && last) {
    last.scrollIntoView({ block: "start", ...scroll });
    // What was pressed is gone with the old transcript; go on from the new question.
    if (document.activeElement === document.body) last.querySelector(".question").focus({ preventScroll: true });
  }
  if (before) {
    before.scrollIntoView({ block: "nearest", ...scroll });
    before.querySelector("h2").focus({ preventScroll: true });
  }
  const id = last?.querySelector("[data-next]")?.dataset.next;
  if (id && last.matches(".done") && !further.has(id) && conversation === shown && done > answered)
    setTimeout(() => trigger("suggest", { answer: id }), 300);
  if (conversation !== shown || kept !== keeping || done !== answered || all.length !== turns) {
    const detail = { id: kept === "no" ? "" : conversation, kept: kept !== "no", begun: all.length > 0 };
    document.dispatchEvent(new CustomEvent("conversation", { detail }));
  }
  [shown, turns, answered, keeping] = [conversation, all.length, done, kept];
});
