// The conversations beside the transcript, and the bar above both. Gradio runs this once, in the list, with
// `element`, `trigger`, `watch` and `props` in scope. All words come from the server.
const start = () => {
  // Gradio fetches its components one by one.
  if (!["side", "middle", "top", "spoken", "question", "side-foot"].every((id) => document.getElementById(id)))
    return requestAnimationFrame(start);
  const root = document.documentElement;
  const side = document.getElementById("side"), room = document.getElementById("middle");
  const toggle = document.getElementById("side-toggle"), language = document.getElementById("language");
  const search = side.querySelector("input[type=search]");
  const wide = matchMedia("(min-width: 1100px)");
  let open = "", pages = 1, sure;

  side.setAttribute("role", "complementary");
  side.setAttribute("aria-label", side.querySelector("h2").textContent);
  const spoken = document.getElementById("spoken");
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");

  const look = () => trigger("look", { search: search.value, pages });
  const go = (sent, event = "go") => trigger(event, { ...sent, search: search.value, pages });

  const remember = (value) => { try { localStorage.setItem("side", value); } catch { /* not in private windows */ } };
  const remembered = () => { try { return localStorage.getItem("side"); } catch { return null; } };

  const slide = (opened, by) => {
    root.classList.toggle("side-open", opened);
    toggle.setAttribute("aria-expanded", String(opened));
    room.inert = opened && !wide.matches; // there it lies over the transcript
    if (opened) look();
    if (!by) return;
    if (wide.matches) remember(opened ? "open" : "closed");
    if (opened && !wide.matches) side.querySelector("button").focus();
    else if (!opened) toggle.focus();
  };
  slide(wide.matches && remembered() !== "closed");
  wide.addEventListener("change", () => slide(wide.matches && remembered() !== "closed"));
  toggle.addEventListener("click", () => {
    // Beside the page of a citation there may be no room for the conversations: the page gives way.
    const hidden = root.classList.contains("side-open") && getComputedStyle(side).display === "none";
    if (hidden) document.getElementById("evidence")?.close();
    slide(hidden || !root.classList.contains("side-open"), true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && room.inert && !document.activeElement?.closest("details[open], form")) slide(false, true);
  });
  document.addEventListener("pointerdown", (event) => {
    if (room.inert && !side.contains(event.target) && !toggle.contains(event.target)) slide(false, true);
  });

  // Gradio has put the browser's own language there, whatever is chosen here.
  root.lang = language.value = language.dataset.chosen;
  document.title = document.querySelector(".brand").textContent;
  language.addEventListener("change", () => {
    document.cookie = `language=${language.value}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
  document.getElementById("new").addEventListener("click", () => {
    go({ do: "new" });
    if (!wide.matches) slide(false);
    document.querySelector("#question textarea").focus();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector("#question textarea").focus();
  });

  // The first press asks whether it is meant, the second does it; anything else takes the first one back.
  const unsure = () => {
    if (sure) sure.textContent = sure.dataset.label, sure.classList.remove("sure");
    sure = undefined;
  };
  const meant = (button) => {
    if (!button.dataset.sure || sure === button) return true;
    unsure();
    sure = button;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.sure;
    button.classList.add("sure");
    return false;
  };
  document.addEventListener("click", (event) => { if (sure && event.target !== sure) unsure(); }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") unsure(); });

  const rename = (row, on) => {
    row.querySelector("form").hidden = !on;
    row.querySelector(".open").hidden = on;
    const menu = row.querySelector("details.menu");
    menu.open = false;
    menu.hidden = on;
    const field = row.querySelector("input");
    if (on) field.focus(), field.select();
    else menu.querySelector("summary").focus();
  };

  side.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const { do: deed, id } = button.dataset, row = button.closest("li[data-conversation]");
    if (deed === "close") slide(false, true);
    else if (deed === "more") pages += 1, look();
    else if (deed === "rename") rename(row, true);
    else if (deed === "cancel") rename(row, false);
    else if (!meant(button)) return;
    else {
      unsure();
      go({ do: deed, id }, deed === "delete" && id !== open ? "act" : "go");
      if (deed === "open" && !wide.matches) slide(false, true);
    }
  });
  side.addEventListener("submit", (event) => {
    event.preventDefault();
    const row = event.target.closest("li[data-conversation]");
    go({ do: "rename", id: row.dataset.conversation, title: row.querySelector("input").value }, "act");
  });
  side.addEventListener("keydown", (event) => {
    const form = event.target.closest("form");
    if (event.key === "Escape" && form) rename(form.closest("li"), false);
  });
  search.addEventListener("input", () => {
    clearTimeout(search.waiting);
    search.waiting = setTimeout(() => { pages = 1; look(); }, 250);
  });

  const paint = () => {
    for (const row of element.querySelectorAll("li[data-conversation]")) {
      const current = row.dataset.conversation === open;
      row.classList.toggle("current", current);
      if (current) row.querySelector(".open").setAttribute("aria-current", "true");
      else row.querySelector(".open").removeAttribute("aria-current");
    }
  };
  watch("value", paint);
  watch("said", () => {
    const { do: deed, words } = props.said, place = side.querySelector(".side-said");
    const shown = ["rename", "delete", "delete_all"].includes(deed) || (deed === "open" && root.classList.contains("returning"));
    place.textContent = shown ? words : "";
    place.hidden = !shown;
    if (deed === "open" && root.classList.contains("returning")) { // it is not there any more
      root.classList.remove("returning");
      history.replaceState(null, "", location.pathname + location.search);
    }
    if (document.activeElement === document.body && root.classList.contains("side-open")) search.focus();
  });

  document.addEventListener("conversation", ({ detail }) => {
    open = detail.id;
    root.classList.toggle("unkept", !detail.kept);
    side.querySelector("[data-do=unkeep]").hidden = !detail.kept;
    side.querySelector(".unkept").hidden = detail.kept;
    history.replaceState(null, "", open && detail.begun ? `#c=${open}` : location.pathname + location.search);
    paint();
    if (root.classList.contains("side-open")) look();
  });

  // Brings back the conversation that was open before the page was loaded again.
  const wanted = () => location.hash.match(/^#c=([0-9a-f]{32})$/)?.[1];
  if (wanted()) {
    root.classList.add("returning");
    go({ do: "open", id: wanted() });
  }
  addEventListener("hashchange", () => { if (wanted() && wanted() !== open) go({ do: "open", id: wanted() }); });

  // Gradio shows how long a question takes; a line under the box says so only where it waits in the queue.
  const question = document.getElementById("question");
  new MutationObserver(() => {
    const text = question.querySelector(".progress-text")?.textContent ?? "";
    question.classList.toggle("queued", text.includes("queue"));
  }).observe(question, { childList: true, subtree: true, characterData: true });
};
start();
