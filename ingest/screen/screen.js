// A button or form with data-do tells the screen to do it, with its data or its fields; files go to their own
// address, one at a time, as they are (no door of Gradio's is open for them).
// Gradio runs this once per component, with `element`, `trigger` and `watch` in scope.
const say = (fields) => trigger("act", fields);

const sure = (button) => {
  if (!button.dataset.sure || button.dataset.asked) return true;
  const words = button.textContent;
  button.dataset.asked = "yes";
  button.textContent = button.dataset.sure;
  setTimeout(() => { delete button.dataset.asked; button.textContent = words; }, 6000);
  return false;
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button && sure(button)) say({ ...button.dataset });
});

element.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-do]");
  if (!form) return;
  event.preventDefault();
  if (event.submitter && !sure(event.submitter)) return;
  say({ ...Object.fromEntries(new FormData(form)), do: form.dataset.do });
});

// A box that shows what goes with it; a page that is filled anew keeps its ticks, so this looks again.
const toggle = () => {
  const box = element.querySelector("[data-toggle]");
  if (!box) return;
  element.querySelector("#" + box.dataset.toggle).hidden = !box.checked;
  const go = element.querySelector("[data-plain]");
  go.textContent = box.checked ? go.dataset.tested : go.dataset.plain;
};

element.addEventListener("change", (event) => {
  const field = event.target;
  if (field.dataset.toggle) toggle();
  if (field.dataset.change === "page" && field.value) say({ do: "page", to: String(field.value - 1) });
  if (field.type === "file") {
    send([...field.files]);
    field.value = ""; // so that the same file, corrected, can be chosen again
  }
});

// A picture that cannot be drawn gives its place to the words behind it. Errors of pictures do not bubble.
element.addEventListener("error", (event) => {
  if (event.target.tagName !== "IMG") return;
  event.target.hidden = true;
  event.target.nextElementSibling.hidden = false;
}, true);

const dropped = (event) => {
  const drop = event.target.closest(".d-drop");
  if (!drop) return;
  event.preventDefault();
  drop.classList.toggle("over", event.type === "dragover");
  if (event.type === "drop") send([...event.dataTransfer.files]);
};
for (const type of ["dragover", "dragleave", "drop"]) element.addEventListener(type, dropped);

const limit = () => Number(element.querySelector(".d-drop").dataset.limit);

// One of the sentences that the page brings along in the reader's language, with what it names filled in.
const sentence = (name, file) => element.querySelector(".d-drop").dataset[name]
  .replace("{size}", Math.floor(limit() / 1e6)).replace("{file}", () => file.name);

const put = (file, line) => new Promise((done) => {
  const request = new XMLHttpRequest();
  const bar = line.querySelector("progress");
  const end = (words, tone) => {
    line.className = tone;
    line.textContent = words;
    done();
  };
  request.open("POST", "/documents/upload?name=" + encodeURIComponent(file.name));
  request.setRequestHeader("X-Documents", "upload");
  request.upload.onprogress = (event) => { if (event.total) bar.value = event.loaded / event.total; };
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, not ours */ }
    if (answer.said) return end(answer.said, "good");
    end(answer.problem ?? sentence("refused", file), "bad");
  };
  request.onerror = () => end(sentence("broken", file), "bad");
  request.send(file);
});

async function send(files) {
  const list = element.querySelector(".d-sent");
  for (const file of files) {
    const line = document.createElement("li");
    line.textContent = file.name + " ";
    line.append(Object.assign(document.createElement("progress"), { max: 1, value: 0 }));
    list.append(line);
    if (file.size > limit()) {
      line.className = "bad";
      line.textContent = sentence("large", file);
      continue;
    }
    await put(file, line);
  }
  if (files.length) say({ do: "uploaded" });
}

const size = element.querySelector(".d-drop small");
if (size) size.textContent = size.textContent.replace("{size}", Math.floor(limit() / 1e6));

// What has just been opened, or the row one comes back to, takes the focus.
const focus = () => element.querySelector("[data-focus]")?.focus();
watch("value", () => { focus(); toggle(); });
focus();
toggle();
