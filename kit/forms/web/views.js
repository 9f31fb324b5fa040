// What stands around the grids of a step: files in and out, suggestions, weights, fields, ranking, pictures.
// host: {send(message, buffers), say(text)}; a view has `element`, `mount()`, `receive(message, buffers)`, `destroy()`.

function viewButton(words, name, onclick, more = {}) {
  return make("button", { type: "button", class: "kf-button", title: words[`${name}-help`], "data-act": name, onclick, ...more },
    words[name]);
}

// a button that asks for a file and sends its bytes
function fileButton(words, host) {
  const input = make("input", { type: "file", accept: ".xlsx,.xls,.csv,.ods,.tsv,.txt,.xlsm", hidden: true, tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", async () => {
    const file = input.files[0];
    input.value = "";
    if (file) host.send({ kind: "import", name: file.name }, [await file.arrayBuffer()]);
  });
  const button = viewButton(words, "import", () => input.click());
  return make("span", { class: "ta-file" }, button, input);
}

const FILE_TYPES = {
  ".csv": "text/csv;charset=utf-8", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

class NoticeBox {
  // what reading a file found, until somebody closes it
  constructor(words, host) {
    this.words = words;
    this.host = host;
    this.element = make("section", { class: "ta-notices", "aria-label": words.notices, hidden: true });
  }

  show(notices) {
    this.element.hidden = !notices.length;
    if (!notices.length) { this.element.replaceChildren(); return; }
    this.element.replaceChildren(
      make("h4", {}, this.words.notices),
      make("ul", {}, ...notices.map((n) => make("li", { "data-level": n.level },
        make("strong", {}, `${n.mark} ${n.levelWord}: `), `${n.found} ${n.expected} → ${n.mend}`))),
      make("button", { type: "button", class: "ta-small", onclick: () => { this.element.hidden = true; this.host.send({ kind: "seen" }); } },
        this.words.close),
    );
  }
}

class SuggestionBox {
  constructor(words, themes, host) {
    this.words = words;
    this.host = host;
    this.theme = themes[0].key;
    this.select = make("select", { class: "ta-select" }, ...themes.map((t) => make("option", { value: t.key }, t.label)));
    this.select.addEventListener("change", () => this.ask());
    this.list = make("ul", { class: "ta-suggestions" });
    this.all = make("button", { type: "button", class: "ta-small ta-primary", onclick: () => this.add(this.missing()) });
    this.element = make("details", { class: "ta-suggest" },
      make("summary", {}, words.suggest),
      make("p", {}, words["suggest-intro"]),
      make("p", { class: "ta-suggest-head" }, make("label", {}, `${words.theme} `, this.select), this.all),
      this.list);
    this.element.addEventListener("toggle", () => this.element.open && this.ask());
  }

  ask() { this.host.send({ kind: "suggestions", theme: this.select.value }); }

  add(names) { if (names.length) this.host.send({ kind: "suggest", theme: this.select.value, names }); }

  missing() { return this.shown.filter((s) => !s.there).map((s) => s.name); }

  show(theme, suggestions) {
    if (theme !== this.select.value) return;
    this.shown = suggestions;
    const w = this.words;
    this.all.textContent = phrase(w, "add-all", { n: this.missing().length });
    this.all.disabled = !this.missing().length;
    const focused = this.list.contains(document.activeElement) ? [...this.list.children].indexOf(document.activeElement.closest("li")) : -1;
    this.list.replaceChildren(...suggestions.map((s) => make("li", {},
      make("div", {}, make("strong", {}, s.name), make("span", {}, ` · ${s.holder}`), make("small", {}, s.standard), s.privacy && make("small", {}, s.privacy)),
      s.there ? make("span", { class: "ta-there" }, `✔ ${w.there}`)
        : make("button", { type: "button", class: "ta-small", "aria-label": phrase(w, "add-named", { name: s.name }), onclick: () => this.add([s.name]) }, w["add-one"]))));
    if (focused >= 0) (this.list.children[focused]?.querySelector("button") || this.select).focus();
  }
}

class InventoryView {
  constructor(start, host) {
    const w = start.words;
    this.words = w;
    this.host = host;
    this.pane = new GridPane({ ...start.grids.rows.spec, words: w, ready: start.ready }, (message) => host.send(message), host.say);
    this.pane.load(start.grids.rows.rows, start.grids.rows.order);
    this.notices = new NoticeBox(w, host);
    this.suggestions = new SuggestionBox(w, start.themes, host);
    this.element = make("div", { class: "ta-view ta-inventory" },
      make("div", { class: "ta-files", role: "group", "aria-label": start.title },
        fileButton(w, host),
        viewButton(w, "download-xlsx", () => host.send({ kind: "download", suffix: ".xlsx" })),
        viewButton(w, "download-csv", () => host.send({ kind: "download", suffix: ".csv" })),
        make("span", { class: "ta-summary" })),
      this.notices.element, this.suggestions.element, this.pane.element);
    this.judge(start);
  }

  mount() { this.pane.mount(); }

  destroy() { this.pane.destroy(); }

  judge(message) {
    this.pane.judge(message.findings.rows, message.tally.rows);
    this.notices.show(message.notices);
    this.element.querySelector(".ta-summary").textContent = message.summary;
    if (this.suggestions.element.open) this.suggestions.ask();
  }

  async receive(message, buffers) {
    if (message.kind === "state") {
      if (message.grids.rows) await this.pane.update(message.grids.rows);
      this.judge(message);
    } else if (message.kind === "suggestions") this.suggestions.show(message.theme, message.suggestions);
    else if (message.kind === "download") saveAs(message.name, FILE_TYPES[message.suffix], buffers);
  }
}

// -- the plan ----------------------------------------------------------------------------------------------------------

class PlainField {
  // a text or number with its label, help and findings; what is written is sent as it is typed
  constructor(path, label, host, { area = false, number = false, help = "" } = {}) {
    const id = `ta-field-${++gridSerial}`;
    this.path = path;
    this.input = area
      ? make("textarea", { id, rows: 2, class: "kf-input ta-input" })
      : make("input", { id, type: "text", class: "kf-input ta-input", autocomplete: "off", inputmode: number ? "decimal" : null });
    this.found = make("div", { class: "ta-field-findings", id: `${id}-f` });
    this.input.setAttribute("aria-describedby", `${id}-f`);
    this.element = make("div", { class: "ta-field", "data-path": path },
      make("label", { for: id, title: help || null }, label), this.input, this.found);
    const send = (typing) => {
      clearTimeout(this.wait);
      if (this.input.value === this.sent) return;
      this.sent = this.input.value;
      host.send({ kind: "field", path, value: this.input.value, typing });
    };
    this.input.addEventListener("input", () => { clearTimeout(this.wait); this.wait = setTimeout(() => send(true), 400); });
    this.input.addEventListener("change", () => { send(false); host.send({ kind: "settle" }); });
  }

  show(value) {
    this.sent = String(value ?? "");
    if (document.activeElement !== this.input && this.input.value !== this.sent) this.input.value = this.sent;
  }

  judge(findings) {
    this.input.toggleAttribute("aria-invalid", false);
    if (findings.some((f) => f.level === "error")) this.input.setAttribute("aria-invalid", "true");
    this.found.replaceChildren(...findings.map((f) => make("p", { "data-level": f.level }, `${f.mark} ${f.found} ${f.mend}`)));
  }
}

class RankingBox {
  constructor(words, jump) {
    this.words = words;
    this.jump = jump;
    this.list = make("ol", { class: "ta-ranking" });
    this.firm = make("p", { class: "ta-firm" });
    this.element = make("section", { class: "ta-ranked", "aria-label": words.ranking },
      make("h4", {}, words.ranking), this.list, this.firm);
  }

  show(ranking, firmness) {
    const w = this.words;
    this.firm.textContent = firmness;
    this.list.replaceChildren(...ranking.slice(0, 40).map((r) => make("li", { class: r.chosen ? "ta-in" : null },
      make("span", { class: "ta-place" }, `${r.rank}.`),
      make("button", { type: "button", class: "ta-link", onclick: () => this.jump(r.dataset) }, r.dataset, r.chosen ? ` ✔ ${w["chosen-mark"]}` : ""),
      make("span", { class: "ta-bar", "aria-hidden": "true", style: `--ta-part:${r.points}%` }),
      make("span", { class: "ta-points" }, phrase(w, "points", { n: r.points })),
      make("span", { class: "ta-share" }, phrase(w, "share", { share: r.share, best: r.best, worst: r.worst })))));
  }
}

class PlanView {
  constructor(start, host) {
    const w = start.words;
    this.words = w;
    this.host = host;
    const send = (message) => host.send(message);
    this.board = new GridPane({ ...start.grids.board.spec, words: w, ready: start.ready }, send, host.say);
    this.items = new GridPane({ ...start.grids.items.spec, words: w }, send, host.say);
    for (const name of ["board", "items"]) this[name].load(start.grids[name].rows, start.grids[name].order);
    this.notices = new NoticeBox(w, host);
    this.ranking = new RankingBox(w, (name) => this.board.grid.go(name, "dataset"));
    this.board.side.prepend(this.ranking.element);
    this.fields = new Map();
    const field = (path, label, options) => {
      const made = new PlainField(path, label, host, options);
      this.fields.set(path, made);
      return made.element;
    };
    const weights = make("fieldset", { class: "ta-weights" }, make("legend", {}, w.weights),
      make("p", {}, w["weights-help"]),
      make("div", {}, ...start.criteria.map((c) => field(`weights.${c.key}`, c.short, { number: true, help: c.long }))));
    this.number = make("input", { type: "number", min: "1", max: "999", value: "5", class: "ta-number-input", "aria-label": w["best-number"] });
    const best = make("p", { class: "ta-best" },
      viewButton(w, "best", () => host.send({ kind: "best", number: Number(this.number.value) || 1 })), this.number);
    const texts = make("fieldset", { class: "ta-texts" }, make("legend", {}, w.fields),
      field("vision", start.fields[0].label, { area: true }),
      make("div", { class: "ta-people" }, ...start.fields.slice(1).map((f) => field(f.path, f.label))));
    this.drawn = make("div", { class: "ta-pictures" }, make("p", {}, w["pictures-wait"]));
    const panels = {
      board: [make("p", { class: "ta-intro" }, w["board-help"]), weights, best, this.board.element],
      items: [texts, this.items.element],
      pictures: [make("div", { class: "ta-start" }, field("start", w.start, { help: w["start-help"] }), make("small", {}, w["start-help"])), this.drawn],
    };
    this.tabs = new TabRow(w.tabs, Object.entries(panels).map(([key, nodes]) => ({ key, label: w[`tab-${key}`], nodes })), (key) => this.opened(key));
    this.element = make("div", { class: "ta-view ta-plan" },
      make("div", { class: "ta-files", role: "group", "aria-label": start.title },
        fileButton(w, host),
        viewButton(w, "download-xlsx", () => host.send({ kind: "download", suffix: ".xlsx" })),
        viewButton(w, "download-csv", () => host.send({ kind: "download", suffix: ".csv" })),
        make("span", { class: "ta-summary" })),
      this.notices.element, this.tabs.element);
    this.judge(start);
  }

  mount() { this.board.mount(); this.items.mount(); }

  destroy() { this.board.destroy(); this.items.destroy(); }

  opened(key) {
    this.shownTab = key;
    if (key === "pictures") this.host.send({ kind: "pictures" });
  }

  judge(message) {
    for (const name of ["board", "items"]) this[name].judge(message.findings[name], message.tally[name]);
    for (const [path, field] of this.fields) {
      field.show(message.values[path]);
      field.judge(message.findings.fields.filter((f) => f.field === path || f.field.startsWith(`${path}.`)));
    }
    this.ranking.show(message.ranking, message.firmness);
    this.notices.show(message.notices);
    this.element.querySelector(".ta-summary").textContent = message.summary;
  }

  async receive(message, buffers) {
    if (message.kind === "state") {
      for (const name of ["board", "items"]) if (message.grids[name]) await this[name].update(message.grids[name]);
      this.judge(message);
      if (this.shownTab === "pictures") { clearTimeout(this.draw); this.draw = setTimeout(() => this.host.send({ kind: "pictures" }), 600); }
    } else if (message.kind === "download") saveAs(message.name, FILE_TYPES[message.suffix], buffers);
    else if (message.kind === "pictures") this.showPictures(message.pictures, buffers);
  }

  showPictures(pictures, buffers) {
    for (const image of this.drawn.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    const opened = new Set([...this.drawn.querySelectorAll("details[open]")].map((node) => node.dataset.name));
    this.drawn.replaceChildren(...pictures.map((picture, at) => {
      const url = URL.createObjectURL(new Blob([buffers[at]], { type: "image/png" }));
      const name = this.words[`picture-${picture.name}`];
      const [head, ...lines] = picture.table;
      const table = make("table", {}, make("thead", {}, make("tr", {}, ...head.map((h) => make("th", { scope: "col" }, h)))),
        make("tbody", {}, ...lines.map((line) => make("tr", {}, ...line.map((cell) => make("td", {}, cell))))));
      return make("figure", {}, make("img", { src: url, alt: picture.alt }),
        make("details", { "data-name": picture.name, open: opened.has(picture.name) },
          make("summary", {}, phrase(this.words, "table-of", { name })),
          make("div", { class: "ta-scroll", tabindex: "0", role: "region", "aria-label": name }, table)));
    }));
  }
}

class TabRow {
  // tabs as the ARIA pattern has them: arrows move, one tab stop
  constructor(label, tabs, opened) {
    this.opened = opened;
    const id = ++gridSerial;
    this.buttons = tabs.map((tab, at) => make("button", {
      type: "button", role: "tab", class: "ta-tab", id: `ta-tab-${id}-${tab.key}`, "aria-controls": `ta-panel-${id}-${tab.key}`, "data-tab": tab.key,
      onclick: () => this.open(at),
    }, tab.label));
    this.panels = tabs.map((tab) => make("div", { role: "tabpanel", class: "ta-panel", id: `ta-panel-${id}-${tab.key}`, "aria-labelledby": `ta-tab-${id}-${tab.key}` }, ...tab.nodes));
    this.row = make("div", { role: "tablist", class: "ta-tabs", "aria-label": label }, ...this.buttons);
    this.row.addEventListener("keydown", (event) => {
      const at = this.buttons.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.buttons.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      event.stopPropagation();
      this.open((to + this.buttons.length) % this.buttons.length, true);
    });
    this.element = make("div", { class: "ta-tabbed" }, this.row, ...this.panels);
    this.tabs = tabs;
    this.open(0, false, true);
  }

  open(at, focus = false, quiet = false) {
    this.buttons.forEach((button, n) => { button.setAttribute("aria-selected", String(n === at)); button.tabIndex = n === at ? 0 : -1; });
    this.panels.forEach((panel, n) => { panel.hidden = n !== at; });
    if (focus) this.buttons[at].focus();
    if (!quiet) this.opened(this.tabs[at].key);
  }
}
