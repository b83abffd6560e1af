// Clicks inside the transcript and the examples: choose a source, copy an answer, ask a question.
// Gradio runs this once per component, with `element`, `trigger` and `watch` in scope.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const chosen = new Map(); // turn -> id of the source the reader opened
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

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
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

watch("value", () => {
  for (const [turn, source] of chosen) {
    const card = element.querySelector(`#${turn} #${source}`);
    if (card) show(card);
    else chosen.delete(turn);
  }
  const all = element.querySelectorAll(".turn");
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  turns = all.length;
});
