// The panel with the page behind a citation. Opens for a click on [data-evidence], or by
// openEvidence({document, page, quote | quotes, near}): page from 1, none for formats without pages.
// All words come from the panel's HTML (see evidence_words.py) and from the server.
(() => {
  const wide = matchMedia("(min-width: 1060px)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ZOOMS = [1, 1.5, 2, 3];
  let panel, opener, asked, shown, zoom = 1, round = 0, touch;
  const part = (selector) => panel.querySelector(selector);
  const doing = (name) => part(`[data-do="${name}"]`);

  const build = () => {
    document.body.insertAdjacentHTML("beforeend", document.getElementById("evidence-panel").textContent);
    panel = document.getElementById("evidence");
    panel.addEventListener("click", pressed);
    panel.addEventListener("keydown", keyed);
    panel.addEventListener("close", closed);
    const sheet = part(".e-sheet");
    sheet.addEventListener("touchstart", (event) => (touch = event.touches.length === 1 ? event.touches[0] : null), { passive: true });
    sheet.addEventListener("touchend", swiped, { passive: true });
    // A window made narrow or wide changes between a panel beside the transcript and a dialog over it.
    wide.addEventListener("change", () => { if (panel.open) { panel.close("again"); raise(); } });
  };

  const raise = () => {
    if (wide.matches) panel.show(); else panel.showModal();
    document.documentElement.classList.toggle("evidence-beside", wide.matches);
  };

  window.openEvidence = ({ document: sha, page, quote, quotes, near }, from) => {
    if (!panel) build();
    opener = from ?? document.activeElement;
    asked = { document: sha, page: page ? Number(page) : null, near: near ?? null, quotes: quotes ?? (quote ? [quote] : []) };
    zoom = 1;
    if (!panel.open) raise();
    show(asked.page, true).then(() => part("h2").focus({ preventScroll: true }));
    part("h2").focus({ preventScroll: true });
  };

  const closed = () => {
    if (panel.returnValue === "again") { panel.returnValue = ""; return; }
    document.documentElement.classList.remove("evidence-beside");
    // The transcript may have been rendered anew meanwhile.
    const same = () => [...document.querySelectorAll("[data-evidence]")].find((each) =>
      each.dataset.evidence === asked.document && each.dataset.quotes === opener?.dataset?.quotes);
    const back = opener?.isConnected ? opener : same(), at = document.activeElement;
    // This comes a frame after the closing: who is already typing again keeps the focus.
    if (at === document.body || panel.contains(at) || at.matches("[data-evidence]")) back?.focus({ preventScroll: wide.matches });
  };

  const show = async (page, quoted) => {
    const mine = ++round;
    const address = `/evidence/${asked.document}${page ? `/${page}` : ""}`;
    const sent = quoted ? { quotes: asked.quotes, near: asked.near } : {};
    panel.setAttribute("aria-busy", "true");
    say(".e-label", panel.dataset.loading);
    try {
      const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) });
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (mine === round) fill(told);
    } catch {
      if (mine !== round) return;
      say(".e-label", shown?.label ?? "");
      say(".e-note", panel.dataset.failed);
    }
    if (mine === round) panel.removeAttribute("aria-busy");
  };

  const say = (selector, words) => {
    const place = part(selector);
    place.textContent = words;
    place.hidden = !words;
  };

  const fill = (told) => {
    shown = told;
    say("h2", told.title);
    say(".e-facts", told.facts);
    say(".e-label", told.label);
    say(".e-note", told.note);
    say(".e-caution", told.caution);
    doing("previous").disabled = !told.previous;
    doing("next").disabled = !told.next;
    part(".e-turn").hidden = !told.page;
    part(".e-zoom").hidden = !told.image;
    doing("back").hidden = told.page === asked.page;
    doing("open").href = told.original;
    doing("download").href = told.download;
    const paper = part(".e-paper"), text = part(".e-text");
    paper.hidden = !told.image;
    const image = part("img");
    if (told.image) {
      paper.style.aspectRatio = told.shape;
      image.alt = told.alt;
      image.srcset = Object.entries(told.image).map(([width, address]) => `${address} ${width}w`).join(", ");
      image.src = told.image[1200];
    } else image.removeAttribute("src"), image.removeAttribute("srcset");
    scale();
    part(".e-marks").replaceChildren(...told.marks.map(({ x, y, width, height }) => {
      const mark = document.createElement("i");
      Object.assign(mark.style, { left: `${100 * x}%`, top: `${100 * y}%`, width: `${100 * width}%`, height: `${100 * height}%` });
      return mark;
    }));
    text.querySelector("summary").textContent = told.page ? panel.dataset.text : panel.dataset.whole;
    text.lastElementChild.innerHTML = told.text; // escaped by the server
    text.lastElementChild.lang = told.language;
    text.hidden = !told.text;
    text.open = !told.image || Boolean(told.note);
    const sheet = part(".e-sheet");
    sheet.scrollTo(0, 0);
    const first = part(".e-marks i") ?? (text.open ? text.querySelector("mark") : null);
    if (first) requestAnimationFrame(() => toMark(first));
  };

  const toMark = (mark) => {
    const sheet = part(".e-sheet"), at = mark.getBoundingClientRect(), frame = sheet.getBoundingClientRect();
    const top = at.top - frame.top - frame.height / 3;
    const far = calm || Math.abs(top) > 2 * frame.height; // a long glide through a law makes nobody wiser
    sheet.scrollBy({ top, left: zoom > 1 ? at.left - frame.left - 24 : 0, behavior: far ? "auto" : "smooth" });
  };

  const scale = () => {
    part(".e-paper").style.width = `${100 * zoom}%`;
    // Else some browsers take a swipe for "back" and leave the page.
    part(".e-sheet").style.touchAction = zoom > 1 ? "" : "pan-y pinch-zoom";
    part("img").sizes = `${Math.round(part(".e-sheet").clientWidth * zoom)}px`;
    doing("smaller").disabled = zoom === ZOOMS[0];
    doing("larger").disabled = zoom === ZOOMS[ZOOMS.length - 1];
  };

  const enlarge = (step) => {
    zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(zoom) + step))];
    scale();
    const mark = part(".e-marks i");
    if (mark) toMark(mark);
  };

  const turn = (where) => {
    const page = shown?.[where];
    if (page) show(page, page === asked.page);
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(shown.footnote);
    } catch { // plain http on another machine has no clipboard API
      const area = Object.assign(document.createElement("textarea"), { value: shown.footnote });
      panel.append(area); // inside: what lies outside a modal dialog takes no focus
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.textContent;
    if (label === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 1600);
  };

  const pressed = (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) { if (event.target === panel && !wide.matches) panel.close(); return; }
    const { do: name } = button.dataset;
    if (name === "close") panel.close();
    else if (name === "previous" || name === "next") turn(name);
    else if (name === "larger") enlarge(1);
    else if (name === "smaller") enlarge(-1);
    else if (name === "back") show(asked.page, true);
    else if (name === "copy" && shown) copy(button);
  };

  const keyed = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !shown) return;
    const sheet = part(".e-sheet"), backwards = getComputedStyle(panel).direction === "rtl";
    const end = sheet.scrollTop + sheet.clientHeight >= sheet.scrollHeight - 2;
    const key = event.key, across = zoom === 1;
    let done = true;
    if (key === "Escape") panel.close();
    else if (across && key === "ArrowLeft") turn(backwards ? "next" : "previous");
    else if (across && key === "ArrowRight") turn(backwards ? "previous" : "next");
    else if (key === "PageDown" && end) turn("next");
    else if (key === "PageUp" && sheet.scrollTop === 0) turn("previous");
    else if (key === "PageDown" || key === "PageUp")
      sheet.scrollBy({ top: (key === "PageDown" ? 0.9 : -0.9) * sheet.clientHeight, behavior: calm ? "auto" : "smooth" });
    else if (key === "+" || key === "=") enlarge(1);
    else if (key === "-") enlarge(-1);
    else done = false;
    if (done) event.preventDefault();
  };

  const swiped = (event) => {
    const end = event.changedTouches[0];
    if (!touch || zoom > 1) return;
    const across = end.clientX - touch.clientX, down = end.clientY - touch.clientY;
    touch = null;
    if (Math.abs(across) < 60 || Math.abs(across) < 2 * Math.abs(down)) return;
    const backwards = getComputedStyle(panel).direction === "rtl";
    turn((across < 0) !== backwards ? "next" : "previous");
  };

  document.addEventListener("click", (event) => {
    const from = event.target.closest?.("[data-evidence]");
    if (!from) return;
    const { evidence, page, quotes, near } = from.dataset;
    window.openEvidence({
      document: evidence, page, quotes: quotes ? JSON.parse(quotes) : [],
      near: near ? near.split("-").map(Number) : null,
    }, from);
  });
})();
