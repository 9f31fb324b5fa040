// A grid with what stands around it: actions, search, the cell under the cursor in full, and the findings.

class GridPane {
  // spec: as EditableGrid's, and {actions: [names], keys: [[keys, words]]}
  // send(message): to Python; say(text): to the live region
  constructor(spec, send, say) {
    this.spec = spec;
    this.words = spec.words;
    this.send = (kind, data = {}) => send({ kind, grid: spec.name, ...data });
    this.say = say;
    this.findings = [];
    this.grid = new EditableGrid(spec, {
      cells: (edits, from) => { this.edited = edits.length === 1 ? edits[0] : null; this.send("cells", { edits, ...from }); },
      paste: (request) => this.send("paste", request),
      act: (name, data) => this.act(name, data),
      undo: () => this.send("undo"),
      redo: () => this.send("redo"),
      say,
      active: (cell) => this.showCell(cell),
      shown: (shown, all) => this.count(shown, all),
      ready: () => { this.painted = performance.now(); spec.ready?.(); },
    });
    this.build();
  }

  build() {
    const w = this.words;
    const button = (name) => make(
      "button",
      { type: "button", class: "kf-button", "data-act": name, title: w[`${name}-help`] || w[name], onclick: () => this.act(name) },
      make("span", { class: "ta-icon", "aria-hidden": "true" }, GRID_ICONS[name] || ""), w[name],
    );
    this.search = make("input", { type: "search", class: "ta-search", placeholder: w.search, "aria-label": w.search });
    this.search.addEventListener("input", () => {
      clearTimeout(this.wait);
      this.wait = setTimeout(() => this.grid.setSearch(this.search.value), 150);
    });
    this.search.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.search.value = ""; this.grid.setSearch(""); } });
    this.marked = make("input", { type: "checkbox" });
    this.marked.addEventListener("change", () => this.grid.setOnlyMarked(this.marked.checked));
    this.counted = make("span", { class: "ta-count" });
    const tools = this.spec.actions.map(button);
    const onlyMarked = make("label", { class: "ta-only" }, this.marked, w["only-marked"]);
    this.strip = make("div", { class: "ta-strip", role: "group", "aria-label": w.cell });
    this.list = make("ul", { class: "ta-findings" });
    this.headline = make("h4", { class: "ta-findings-title" });
    this.side = make("section", { class: "ta-side", "aria-label": w.findings }, this.headline, this.list);
    const help = make("details", { class: "ta-help" }, make("summary", {}, w.keys), this.help());
    this.element = make(
      "div", { class: "ta-pane", "data-pane": this.spec.name },
      make("div", { class: "ta-actions", role: "group", "aria-label": w.actions },
        ...tools, make("span", { class: "ta-spring" }), this.search, onlyMarked, this.counted),
      make("div", { class: "ta-body" },
        make("div", { class: "ta-main" }, this.grid.element, this.strip, help), this.side),
    );
    this.showCell(null);
  }

  help() {
    const list = make("dl", { class: "ta-keys" });
    for (const [keys, words] of this.spec.keys) {
      const combos = keys.split(" / ").flatMap((combo, at) => [at ? " / " : "", make("kbd", {}, combo)]);
      list.append(make("div", {}, make("dt", {}, ...combos), make("dd", {}, words)));
    }
    return list;
  }

  mount() { this.grid.mount(); }

  destroy() { this.grid.destroy(); }

  act(name, data = null) {
    const ids = data?.ids ?? this.grid.selectedIds();
    const after = data?.after ?? ids[ids.length - 1] ?? null;
    if (["delete", "duplicate", "up", "down"].includes(name) && !ids.length) { this.say(this.words["choose-row"]); return; }
    if (["up", "down", "group"].includes(name)) this.grid.table.clearSort();
    this.wanted = ["insert", "duplicate"].includes(name) ? { after } : null;
    this.send("act", { act: name, ids, after });
  }

  count(shown, all) {
    this.counted.textContent = phrase(this.words, shown === all ? "rows" : "rows-of", { shown, all });
  }

  // -- what comes from Python --

  load(rows, order) {
    this.grid.load(rows, order);
    this.count(order.length, order.length);
  }

  async update(patch) {
    const before = new Set(this.grid.rows.map((row) => row.id));
    await this.grid.update(patch);
    if (patch.focus && this.grid.data.has(patch.focus.id)) {
      await this.grid.go(patch.focus.id, patch.focus.key);
    } else if (patch.order && this.wanted) {
      const fresh = patch.order.find((id) => !before.has(id));
      this.wanted = null;
      if (fresh) await this.grid.go(fresh, this.spec.columns[0].key);
    }
  }

  // findings: [{code, level, mark, levelWord, found, expected, mend, place, key, ids, proposals: [{id, key, found, proposed}]}]
  judge(findings, tally) {
    this.findings = findings;
    this.proposals = new Map();
    const marks = new Map();
    for (const finding of findings) {
      for (const proposal of finding.proposals || []) this.proposals.set(`${proposal.id} ${proposal.key}`, { ...proposal, code: finding.code });
      for (const id of finding.ids || []) {
        if (!marks.has(id)) marks.set(id, new Map());
        const row = marks.get(id);
        const key = finding.key || "_n";
        if (!row.has(key)) row.set(key, []);
        row.get(key).push(finding);
      }
    }
    this.grid.setMarks(marks);
    if (this.edited) this.announce(this.edited);
    this.headline.textContent = tally;
    const opened = new Set([...this.list.querySelectorAll("details[open]")].map((node) => node.closest("li[data-code]").dataset.which));
    const focused = this.list.contains(document.activeElement) ? document.activeElement.closest("li[data-which]")?.dataset.which : null;
    this.list.replaceChildren(...(findings.length ? findings.map((f) => this.finding(f, opened.has(`${f.code} ${f.key}`))) : [this.nothing()]));
    if (focused) this.list.querySelector(`li[data-which="${CSS.escape(focused)}"] button`)?.focus();
  }

  // what was just written and what is found in it, for whoever does not see the marks
  announce([id, key]) {
    this.edited = null;
    if (!this.grid.data.has(id)) return;
    const column = this.grid.byKey.get(key);
    const found = this.grid.marksOf(id, key).map((mark) => `${mark.levelWord}: ${mark.found}`).join(" ");
    const value = column.kind === "check" ? this.words[this.grid.data.get(id)[key] ? "yes" : "no"] : this.grid.words4(column, this.grid.data.get(id)[key]);
    this.say(`${this.grid.rowName(id)}, ${column.title}: ${value || this.words.blank}. ${found || this.words.nothing}`);
  }

  nothing() {
    return make("li", { class: "ta-nothing" }, `✔ ${this.words.nothing}`);
  }

  finding(finding, open) {
    const w = this.words;
    const ids = finding.ids || [];
    const head = [
      make("span", { class: "ta-level" }, `${finding.mark} ${finding.levelWord}`),
      finding.column ? make("span", { class: "ta-where" }, finding.column) : null,
      make("span", { class: "ta-found" }, finding.found),
    ];
    const body = ids.length
      ? make("button", { type: "button", class: "ta-jump", title: w.jump, onclick: () => this.jump(finding) }, ...head,
        make("span", { class: "ta-rows" }, this.rowsOf(ids)))
      : make("div", { class: "ta-jump ta-still" }, ...head);
    const item = make("li", { class: "ta-finding", "data-level": finding.level, "data-code": finding.code, "data-which": `${finding.code} ${finding.key}` }, body,
      make("p", { class: "ta-mend" }, finding.mend));
    if (finding.proposals?.length) item.append(this.offers(finding, open));
    return item;
  }

  rowsOf(ids) {
    const numbers = ids.map((id) => this.grid.numbers.get(id)).filter(Boolean);
    const shown = numbers.slice(0, 8).join(", ") + (numbers.length > 8 ? "…" : "");
    return phrase(this.words, numbers.length === 1 ? "at-row" : "at-rows", { rows: shown, n: numbers.length });
  }

  offers(finding, open) {
    const w = this.words;
    const all = finding.proposals;
    const item = (proposal) => make("li", {},
      make("button", { type: "button", class: "ta-link", onclick: () => this.grid.go(proposal.id, proposal.key) },
        this.grid.rowName(proposal.id)),
      make("span", { class: "ta-change" }, make("del", {}, proposal.found || w.blank), " → ", make("ins", {}, proposal.proposed)),
      make("button", {
        type: "button", class: "ta-small", "aria-label": phrase(w, "accept-one", { value: proposal.proposed, row: this.grid.rowName(proposal.id) }),
        onclick: () => this.send("accept", { code: finding.code, id: proposal.id, key: proposal.key }),
      }, w.accept));
    return make("div", { class: "ta-offers" },
      make("button", { type: "button", class: "ta-small ta-primary", "data-accept": finding.code,
        onclick: () => this.send("accept", { code: finding.code, key: finding.key }) },
        phrase(w, all.length === 1 ? "accept-the-one" : "accept-all", { n: all.length })),
      make("details", { open },
        make("summary", {}, w["one-by-one"]),
        make("ul", {}, ...all.slice(0, 50).map(item))));
  }

  // the next cell of a finding, beginning again after the last
  jump(finding) {
    const order = this.grid.order();
    const ids = [...finding.ids].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const at = this.grid.active && this.jumped === `${finding.code} ${finding.key}` ? ids.indexOf(this.grid.active.id) : -1;
    this.jumped = `${finding.code} ${finding.key}`;
    const id = ids[(at + 1) % ids.length];
    const key = finding.key && this.grid.byKey.has(finding.key) ? finding.key : this.spec.columns[0].key;
    this.grid.go(id, key);
  }

  showCell(cell) {
    const w = this.words;
    if (!cell) { this.strip.replaceChildren(make("p", { class: "ta-strip-empty" }, w["no-cell"])); return; }
    const value = cell.column.kind === "check" ? w[cell.value ? "yes" : "no"] : this.grid.words4(cell.column, cell.value);
    const parts = [
      make("p", { class: "ta-strip-name" }, `${cell.name} · ${cell.column.title}`),
      make("p", { class: "ta-strip-value" }, value || make("em", {}, w.blank)),
    ];
    for (const mark of cell.marks) {
      parts.push(make("p", { class: "ta-strip-finding", "data-level": mark.level },
        make("strong", {}, `${mark.mark} ${mark.levelWord}: `), `${mark.found} ${mark.expected} → ${mark.mend}`));
    }
    const offer = this.proposals?.get(`${cell.id} ${cell.key}`);
    if (offer) {
      parts.push(make("p", { class: "ta-strip-offer" }, phrase(w, "proposed", { value: offer.proposed }), " ",
        make("button", { type: "button", class: "ta-small ta-primary",
          onclick: () => this.send("accept", { code: offer.code, id: cell.id, key: cell.key }) }, w.accept)));
    }
    if (!cell.marks.length && cell.column.help && cell.column.help !== cell.column.title) {
      parts.push(make("p", { class: "ta-strip-help" }, cell.column.help));
    }
    this.strip.replaceChildren(...parts);
  }
}

const GRID_ICONS = { insert: "+", duplicate: "×2", delete: "✕", up: "↑", down: "↓", group: "≡" };
