// Clicks inside the transcript and the examples: choose a source, copy an answer, judge it, ask a question.
// Gradio runs this once per component, with `element`, `trigger` and `watch` in scope.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const chosen = new Map(); // turn -> id of the source the reader opened
const verdicts = new Map(); // answer -> what the server said of the verdict: {verdict, words}
let turns = 0;

const show = (source) => {
  source.open = true; // the other sources of the turn share its name, so they close
  source.classList.add("chosen");
  for (const other of source.parentElement.children) if (other !== source) other.classList.remove("chosen");
};

const copy = async (button) => {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // plain http on another machine has no clipboard API
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1600);
};

// The server renders every answer as not yet judged; the verdicts given are put in again after each rendering.
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
};

const judge = (row, verdict) =>
  trigger("verdict", { answer: row.dataset.answer, verdict, comment: row.querySelector("textarea").value });

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".feedback");
  if (row) return judge(row, button.dataset.verdict ?? verdicts.get(row.dataset.answer).verdict);
  const { source, ask, asTyped } = button.dataset;
  if (source) {
    const card = document.getElementById(source);
    chosen.set(card.closest(".turn").id, source);
    show(card);
    card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    card.querySelector("summary").focus({ preventScroll: true });
  } else if ("copy" in button.dataset) copy(button);
  else if (ask) trigger("click", { question: ask, as_typed: false });
  else if (asTyped) trigger("click", { question: asTyped, as_typed: true });
});

watch("said", () => {
  const { answer, verdict, words } = props.said;
  // A verdict that could not be kept leaves the one before it.
  verdicts.set(answer, { verdict: verdict ?? verdicts.get(answer)?.verdict, words });
  paint();
  const comment = element.querySelector(`[data-answer="${answer}"] .comment`);
  comment?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
});

watch("value", () => {
  paint();
  for (const [turn, source] of chosen) {
    const card = element.querySelector(`#${turn} #${source}`);
    if (card) show(card);
    else chosen.delete(turn);
  }
  const all = element.querySelectorAll(".turn");
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  turns = all.length;
});
