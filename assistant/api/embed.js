// The embeddable page: asks /api/ask and shows what comes back. Text goes in as text, never as markup.
"use strict";
(() => {
  const main = document.querySelector("main"), turns = document.getElementById("turns");
  const form = document.querySelector("form"), box = form.elements.question, button = form.querySelector("button");
  const said = main.dataset, history = [];

  const make = (tag, text, props = {}) => {
    const made = Object.assign(document.createElement(tag), props);
    if (text) made.textContent = text;
    return made;
  };

  const link = (place, words) =>
    make("a", words, { href: place.links.original, target: "_blank", rel: "noopener noreferrer" });

  function source(place, number, quotes) {
    const item = make("li", "", { id: `source-${turns.children.length}-${number}` });
    const head = make("p");
    if (number) head.append(make("span", String(number), { className: "mark" }), " ");
    const page = place.page === null ? "" : said.page.replace("{page}", place.page);
    head.append(make("span", place.title, { className: "title", dir: "auto" }), page && ` · ${page}`);
    item.append(head, ...quotes.map((each) => make("blockquote", each, { dir: "auto" })));
    if (place.superseded)
      item.append(make("p", said.superseded.replace("{newer}", place.superseded), { className: "facts caution" }));
    item.append(link(place, place.page === null ? said.document : said.open));
    return item;
  }

  function show(turn, sentences, notes) {
    const sources = new Map(), body = make("div");
    notes.filter(Boolean).forEach((each) => body.append(make("p", each, { className: "note", dir: "auto" })));
    for (const sentence of sentences) {
      const line = make("p", sentence.text, { className: "sentence", dir: "auto", lang: sentence.language });
      const numbers = new Set();
      for (const each of sentence.citations) {
        const key = `${each.sha} ${each.page}`;
        if (!sources.has(key)) sources.set(key, { place: each, number: sources.size + 1, quotes: new Set() });
        const found = sources.get(key);
        found.quotes.add(each.quote);
        if (numbers.has(found.number)) continue;
        numbers.add(found.number);
        const mark = link(each, String(found.number));
        mark.className = "mark";
        line.append(mark);
      }
      body.append(line);
    }
    list(body, said.sources, [...sources.values()].map((each) => source(each.place, each.number, [...each.quotes])));
    turn.replaceChildren(turn.firstChild, body);
  }

  function list(body, title, items) {
    if (!items.length) return;
    const made = make("ol", "", { className: "sources" });
    made.append(...items);
    body.append(make("h2", title), made);
  }

  function finish(turn, result, asked) {
    history.push({ question: result.standing_question || asked, answer: result.text.slice(0, 20000) });
    if (result.kind === "answer") return show(turn, result.sentences, [result.caution, result.note]);
    const body = make("div");
    body.append(make("p", `${said.none}. ${result.text}`, { className: "note caution", dir: "auto" }));
    list(body, said.nearest, result.nearest.map((each) => source(each, 0, [each.text])));
    turn.replaceChildren(turn.firstChild, body);
  }

  async function* events(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    for (let left = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const whole = (left + value).split("\n\n");
      left = whole.pop();
      for (const each of whole) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(each);
        yield [name, JSON.parse(data)];
      }
    }
  }

  async function ask(question, turn) {
    const sent = { question, history: history.slice(-10) }, written = [];
    const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
    const got = await fetch("/api/ask", { method: "POST", headers, body: JSON.stringify(sent) });
    if (!got.ok) throw new Error((await got.json()).detail);
    for await (const [name, told] of events(got.body)) {
      if (name === "quoted") show(turn, told.sentences, []);
      if (name === "written") show(turn, (written.push(told), written), []);
      if (name === "finished") return finish(turn, told, question);
      if (name === "problem") throw new Error(told.detail);
    }
    throw new TypeError();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = box.value.trim(), turn = make("article");
    if (!question || button.disabled) return;
    turn.append(make("h2", question, { className: "question", dir: "auto" }));
    turn.append(make("p", said.searching, { className: "soft" }));
    turns.append(turn);
    button.disabled = true;
    box.value = "";
    try {
      await ask(question, turn);
    } catch (error) {
      const why = error instanceof TypeError || !error.message ? said.lost : error.message;
      turn.replaceChildren(turn.firstChild, make("p", why, { className: "note caution", dir: "auto" }));
      box.value = question;
    }
    button.disabled = false;
    turn.scrollIntoView({ block: "start" });
    box.focus({ preventScroll: true });
  });
})();
