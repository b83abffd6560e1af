// Clicks on runs; a bank of one's own, whose bytes go to the server with the event (no door for files is open);
// and the next answer to rate, which is shown from its beginning.
// Gradio runs this once per component, with `element`, `trigger` and `watch` in scope.
element.addEventListener("click", (event) => {
  const run = event.target.closest("button")?.dataset.run;
  if (run) trigger("open", { run });
});

element.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file]");
  const file = input?.files[0];
  if (!file) return;
  const { name, size } = file;
  input.value = ""; // so that the same file, corrected, can be chosen again
  if (size > Number(input.dataset.limit)) return trigger("bring", { name, size });
  const reader = new FileReader();
  reader.onload = () => trigger("bring", { name, size, content: String(reader.result).split(",")[1] ?? "" });
  reader.onerror = () => trigger("bring", { name, size });
  reader.readAsDataURL(file);
});

watch("value", () => {
  const answer = element.querySelector(".q-answer");
  if (!answer) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  answer.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  answer.querySelector(".q-question").focus({ preventScroll: true });
});
