// The Grid screen: the form sends what is asked, watches it being worked out, and shows what comes back.
// Opened filled in by a link /?grid=survey&terms=remittances, or by openGrid("survey&terms=remittances").
// All words come from the server. Gradio hands the place over when it has made the tab (see grid_screen.py).
(() => {
  const wide = matchMedia("(min-width: 1060px)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const LOOK = 700, RETRY = 3000, WAIT = 350; // milliseconds between looks, after a broken line, after typing
  const FILTERS = { country: "countries", kind: "kinds", language: "languages", organisation: "organisations", document: "documents" };
  let root, panel, opener, wanted, ticket = "", page = {}, timer, planning, quarter = -1, asking = 0;
  const one = (selector, from = root) => from.querySelector(selector);
  const many = (selector, from = root) => [...from.querySelectorAll(selector)];
  const screen = () => one(".g");

  const ask = async (address, options) => {
    try {
      const answer = await fetch(address, options);
      const told = await answer.json();
      return answer.ok || told.problem ? told : { problem: typeof told.detail === "string" ? told.detail : screen()?.dataset.lost };
    } catch {
      return { problem: screen()?.dataset.lost ?? "", lost: true };
    }
  };
  const post = (address, body = {}) =>
    ask(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const send = (address, file) =>
    ask(`${address}?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "X-Grid": "upload" }, body: file });

  const problem = (words) => {
    const told = document.createElement("div");
    told.className = "g-problem";
    told.setAttribute("role", "alert");
    told.append(Object.assign(document.createElement("p"), { textContent: words }));
    return told;
  };
  const say = (words) => (one(".g-live").textContent = words ?? "");

  // The form

  window.gridReady = (element) => {
    const place = one("#grid", element);
    const begin = async () => {
      const told = await ask("/grid/form");
      root = place;
      if (told.html) place.innerHTML = told.html; // escaped by the server
      else place.replaceChildren(problem(told.problem));
      place.removeAttribute("aria-busy");
      if (!told.html) return;
      listen();
      if (wanted) fill(wanted);
      change();
      ticket = screen().dataset.latest;
      if (ticket && !wanted) watch();
    };
    new IntersectionObserver((entries, seen) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      begin();
    }).observe(place);
  };

  const use = () => one('[name="use"]:checked').value;
  const by = () => one('[name="by"]:checked').value;
  const ticked = (name) => many(`[name="${name}"]:checked`).map((box) => box.value);
  const value = (name) => one(`[name="${name}"]`)?.value.trim() ?? "";
  const lines = (name) => value(name).split("\n").map((line) => line.trim()).filter(Boolean);

  const gather = () => {
    const filters = { since: Number(value("since")) || null, until: Number(value("until")) || null, in_force: { yes: true, no: false }[value("in_force")] ?? null };
    for (const name of Object.values(FILTERS)) filters[name] = ticked(name);
    const asked = { use: use(), filters };
    if (use() === "survey") Object.assign(asked, { families: ticked("family"), terms: lines("terms") });
    if (use() === "questions") asked.questions = lines("questions");
    if (use() === "checklist") asked.items = many('[name="item"]:checked').map(({ dataset: { question, part, place } }) => ({ question, part, place }));
    if (use() === "compare") {
      Object.assign(asked, { question: value("question"), by: by(), periods: value("periods") });
      if (by() === "countries" || by() === "documents") filters[by()] = ticked(`side_${by()}`);
    }
    return asked;
  };

  const fill = (query) => {
    const asked = new URLSearchParams(query);
    const tick = (selector) => many(selector).forEach((box) => (box.checked = true));
    const put = (name, words) => { if (words) one(`[name="${name}"]`).value = words; };
    one(".g-form").reset();
    one(".g-brought").replaceChildren(); // a theme of one's own would be ticked by it
    tick(`[name="use"][value="${CSS.escape(asked.get("grid") ?? "")}"]`);
    tick(`[name="by"][value="${CSS.escape(asked.get("by") ?? "")}"]`);
    put("terms", asked.getAll("terms").join("\n"));
    put("questions", asked.getAll("question").join("\n"));
    put("question", asked.get("question"));
    put("periods", asked.getAll("period").join(", "));
    for (const id of asked.getAll("family")) {
      const box = one(`[name="family"][value="${CSS.escape(`${asked.get("theme") ?? ""}/${id}`)}"]`);
      if (!box) continue;
      box.checked = true;
      box.closest("details").open = true;
    }
    let filtered = false;
    for (const [short, name] of Object.entries(FILTERS)) {
      const side = use() === "compare" && name === by();
      for (const wish of asked.getAll(short)) {
        tick(`[name="${side ? `side_${name}` : name}"][value="${CSS.escape(wish)}"]`);
        filtered ||= !side;
      }
    }
    for (const name of ["since", "until", "in_force"]) if (asked.get(name)) { put(name, asked.get(name)); filtered = true; }
    one(".g-filters").open = filtered;
    change();
    one('[name="use"]:checked').focus({ preventScroll: true });
  };

  const change = () => {
    for (const part of many("[data-use]")) part.hidden = part.dataset.use !== use();
    for (const part of many("[data-by]")) part.hidden = part.dataset.by !== by();
    for (const pick of many(".g-picks .g-pick")) pick.hidden = use() === "compare" && pick.dataset.name === by();
    one(".g-filters").hidden = false;
    for (const pick of many(".g-pick")) {
      const names = many("input:checked", pick).map((box) => box.parentElement.textContent.trim());
      one(".g-value", pick).textContent = names.length > 2 ? `${names[0]} + ${names.length - 1}` : names.join(", ") || screen().dataset.any;
      pick.classList.toggle("set", names.length > 0);
    }
    for (const theme of many(".g-theme")) {
      const count = many("input:checked", theme).length;
      one(".g-value", theme).textContent = count ? `${count} / ${many("input", theme).length}` : "";
    }
    const set = many(".g-picks .g-pick.set:not([hidden])").length + Boolean(value("since")) + Boolean(value("until")) + Boolean(value("in_force"));
    one(".g-set").textContent = set ? `(${set})` : "";
    clearTimeout(planning);
    planning = setTimeout(plan, WAIT);
  };

  const plan = async () => {
    const mine = ++asking;
    const told = await post("/grid/plan", gather());
    if (mine === asking) tell(told.words ?? told.problem, Boolean(told.problem) && !told.empty);
  };
  const tell = (words, wrong) => {
    one(".g-plan").textContent = words ?? "";
    one(".g-plan").classList.toggle("wrong", Boolean(wrong));
  };

  const bring = async (told, place = one(".g-items")) => {
    if (told.html) place.innerHTML = told.html; // escaped by the server
    else place.replaceChildren(problem(told.problem));
    change();
  };

  // Working it out

  const start = async () => {
    const button = one(".g-start"), asked = gather();
    button.disabled = true;
    clearTimeout(planning);
    asking++;
    try {
      const file = asked.use === "checklist" && one('[name="draft"]').files[0];
      if (file) {
        tell(screen().dataset.sending);
        const sent = await send("/grid/draft", file);
        if (sent.problem) return tell(sent.problem, true);
        asked.draft = sent.draft;
      }
      const told = await post("/grid/start", asked);
      if (told.problem) return tell(told.problem, true);
      ticket = told.ticket;
      page = {};
      quarter = -1;
      plan();
      watch();
    } finally {
      button.disabled = false;
    }
  };

  const watch = async () => {
    clearTimeout(timer);
    const mine = ticket, told = await ask(`/grid/standing/${mine}`);
    if (mine !== ticket) return;
    if (told.lost) { // the work goes on without us
      one(".g-doing").textContent = told.problem;
      timer = setTimeout(watch, RETRY);
      return;
    }
    const bar = one(".g-progress"), busy = Boolean(told.busy);
    const fresh = busy && bar.hidden;
    bar.hidden = !busy;
    one(".g-start").disabled = busy;
    if (fresh) bar.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    if (!told.state) return; // of an earlier visit, and forgotten since
    if (!busy) return ended(told);
    one(".g-doing").textContent = told.words;
    Object.assign(one("progress", bar), { max: Math.max(1, told.total), value: told.done });
    one("[data-stop]").disabled = told.state === "stopping";
    const now = told.done ? Math.floor((4 * told.done) / Math.max(1, told.total)) : 0;
    if (now !== quarter) say(told.words); // at the beginning and at each quarter: more would talk over the reader
    quarter = now;
    timer = setTimeout(watch, LOOK);
  };

  const ended = async (told) => {
    const here = quarter >= 0, focus = document.activeElement;
    say(told.ended);
    quarter = -1;
    if (told.problem) one(".g-result").replaceChildren(problem(told.problem));
    else await show();
    if (!here) return;
    const place = one(".g-result");
    if (!focus || focus === document.body || focus.closest(".g-go, .g-progress")) place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  };

  // The result

  const show = async () => {
    const told = await ask(`/grid/result/${ticket}?${new URLSearchParams(page)}`);
    const place = one(".g-result");
    if (told.html) place.innerHTML = told.html; // escaped by the server
    else place.replaceChildren(problem(told.problem));
    // One stop for the Tab key; arrows move within.
    many(".g-table", place).forEach((table) => many(".g-cell", table).forEach((cell, at) => (cell.tabIndex = at ? -1 : 0)));
  };

  const repaint = async (changes, focus) => {
    page = { ...page, ...changes };
    await show();
    const table = one(".g-scroll.full, .g-scroll.short");
    if (!table) return;
    if (focus) one(focus)?.focus({ preventScroll: true });
    if ("at" in changes) table.scrollIntoView({ block: "start", behavior: "auto" });
  };

  const map = async (family) => {
    page = { ...page, family };
    const told = await ask(`/grid/result/${ticket}?${new URLSearchParams(page)}`);
    const drawn = told.html && new DOMParser().parseFromString(told.html, "text/html").querySelector(".g-map");
    if (drawn) one(".g-map").replaceWith(drawn);
  };

  const raise = () => {
    if (wide.matches) panel.show(); else panel.showModal();
    document.documentElement.classList.toggle("grid-beside", wide.matches);
  };

  const build = () => {
    document.body.insertAdjacentHTML("beforeend", document.getElementById("grid-panel").textContent);
    panel = document.getElementById("grid-cell");
    panel.addEventListener("click", (event) => {
      if (event.target.closest(".g-close") || event.target === panel) panel.close();
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      panel.close();
    });
    panel.addEventListener("close", () => {
      if (panel.returnValue === "again") { panel.returnValue = ""; return; }
      document.documentElement.classList.remove("grid-beside");
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    });
    wide.addEventListener("change", () => { if (panel.open) { panel.close("again"); raise(); } });
  };

  const look = async (cell) => {
    if (!panel) build();
    const { document: sha, column } = cell.dataset;
    const told = await ask(`/grid/cell/${ticket}/${sha}/${column}`);
    const inside = one(".g-inside", panel);
    if (told.html) inside.innerHTML = told.html; // escaped by the server
    else inside.replaceChildren(problem(told.problem));
    opener = cell;
    if (!panel.open) raise();
    if (wide.matches) cell.scrollIntoView({ block: "center", inline: "nearest" }); // the panel took its place
    inside.scrollTo(0, 0);
    (one("h2", inside) ?? one(".g-close", panel)).focus({ preventScroll: true });
  };

  const move = (event, cell) => {
    const rows = many("tbody tr", cell.closest("table")).map((row) => many("td", row).map((box) => box.querySelector(".g-cell")));
    const row = rows.findIndex((each) => each.includes(cell)), column = rows[row].indexOf(cell);
    const across = getComputedStyle(cell).direction === "rtl" ? -1 : 1;
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, across], ArrowLeft: [0, -across], Home: [0, -column], End: [0, rows[row].length - 1 - column] }[event.key];
    const to = step && rows[row + step[0]]?.[column + step[1]];
    if (step) event.preventDefault();
    if (!to) return;
    cell.tabIndex = -1;
    to.tabIndex = 0;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // What is done

  const pressed = (event) => {
    const from = event.target.closest("button");
    if (!from) return;
    const { all, none, at, stop } = from.dataset;
    if (all !== undefined || none !== undefined) {
      many('input[type="checkbox"]', from.closest(".g-theme, .g-items")).forEach((box) => (box.checked = all !== undefined));
      change();
    } else if (at !== undefined) repaint({ at }, ".g-cell");
    else if (stop !== undefined) { from.disabled = true; post(`/grid/stop/${ticket}`).then(watch); }
    else if (from.classList.contains("g-cell")) {
      many('.g-cell[tabindex="0"]').forEach((cell) => (cell.tabIndex = -1));
      from.tabIndex = 0;
      look(from);
    }
  };

  const changed = async (event) => {
    const field = event.target, { full, map: drawn } = field.dataset;
    if (full !== undefined) return repaint({ full: field.checked }, "[data-full]");
    if (drawn !== undefined) return map(field.value);
    if (field.name === "theme" && field.files[0]) return bring(await send("/grid/theme", field.files[0]), one(".g-brought"));
    if (field.name === "note" && field.value) {
      one('[name="list"]').value = "";
      return bring(await post(`/grid/items/${field.value}`));
    }
    if (field.name === "list" && field.files[0]) {
      const note = one('[name="note"]');
      if (note) note.value = "";
      return bring(await send("/grid/items", field.files[0]));
    }
    if (field.closest(".g-form")) change();
  };

  const typed = (event) => {
    const field = event.target;
    if (field.classList.contains("g-find")) {
      const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      for (const item of many("li", field.parentElement)) {
        const text = item.textContent.toLocaleLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
      }
    } else if (field.matches("textarea, input[type=text]")) change();
  };

  const keyed = (event) => {
    const cell = event.target.closest(".g-cell"), pick = event.target.closest(".g-pick[open]");
    if (cell) move(event, cell);
    if (pick && event.key === "Escape") { pick.open = false; one("summary", pick).focus(); }
    if (event.key === "Enter" && event.target.matches(".g-find, .g-form input[type=checkbox]")) event.preventDefault();
  };

  const listen = () => {
    const place = screen();
    place.addEventListener("click", pressed);
    place.addEventListener("change", changed);
    place.addEventListener("input", typed);
    place.addEventListener("keydown", keyed);
    one(".g-form").addEventListener("submit", (event) => { event.preventDefault(); start(); });
  };

  document.addEventListener("click", (event) => {
    for (const pick of document.querySelectorAll(".g-pick[open]")) if (!pick.contains(event.target)) pick.open = false;
    const link = event.target.closest?.('a[href^="/?grid="]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    window.openGrid(new URL(link.href).search.slice(1));
  });

  // The link

  const label = () => document.getElementById("grid-panel").dataset.tab;
  const tab = () => [...document.querySelectorAll('button[role="tab"]')].find((each) => each.textContent.trim() === label() && each.offsetParent);

  window.openGrid = (query) => {
    wanted = query.startsWith("grid=") ? query : `grid=${query}`;
    const go = () => {
      const found = tab();
      if (!found) return false;
      found.click();
      if (root && screen()) { fill(wanted); one(".g-head").scrollIntoView({ block: "start" }); }
      return true;
    };
    if (go()) return;
    const seen = new MutationObserver(() => go() && seen.disconnect()); // Gradio has yet to make the tabs
    seen.observe(document.documentElement, { childList: true, subtree: true, attributes: true });
  };

  const here = new URLSearchParams(location.search);
  if (here.get("grid")) {
    history.replaceState(null, "", location.pathname); // so that loading anew begins with the chat
    window.openGrid(here.toString());
  }
})();
