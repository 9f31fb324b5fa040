// An editable grid: rows with stable ids in Tabulator's virtual rows; focus, selection, keys, editors and clipboard here.
// Python holds the truth: whatever is changed goes there through `hooks`, and what comes back goes through `update`.

const gridFold = (text) => String(text ?? "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

// -- clipboard: what Excel understands ---------------------------------------------------------------------------------

function gridToTsv(lines) {
  const quoted = (cell) => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return lines.map((line) => line.map((cell) => quoted(String(cell ?? ""))).join("\t")).join("\r\n");
}

// As a table whose cells are text: else Excel makes a day of 2015-09 and a formula of what begins with "=".
function gridToHtml(lines) {
  const table = make("table");
  for (const line of lines) {
    const row = make("tr");
    for (const cell of line) {
      const box = make("td", { style: "mso-number-format:'\\@';white-space:pre-wrap" });
      String(cell ?? "").split("\n").forEach((part, at) => {
        if (at) box.append(make("br", { style: "mso-data-placement:same-cell" }));
        box.append(part);
      });
      row.append(box);
    }
    table.append(row);
  }
  return table.outerHTML;
}

// -- editors -----------------------------------------------------------------------------------------------------------

let gridSerial = 0;

class GridEditor {
  // One cell under the pen: a textarea, or an input with a list of choices that also allows other words.
  constructor(grid, column, value, typed) {
    this.grid = grid;
    this.column = column;
    this.where = { ...grid.active };
    this.before = value;
    this.choices = column.choices || null;
    this.open = false;
    this.at = -1;
    this.box = make("div", { class: "ta-editor" });
    const attributes = { class: "ta-editor-input", "aria-label": `${column.title}, ${grid.rowName(grid.active.id)}` };
    if (this.choices) {
      this.listId = `ta-list-${++gridSerial}`;
      Object.assign(attributes, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" });
      this.input = make("input", { type: "text", autocomplete: "off", "aria-controls": this.listId, ...attributes });
      this.list = make("ul", { class: "ta-choices", role: "listbox", id: this.listId, "aria-label": column.title });
      this.box.append(this.input, this.list);
      this.input.addEventListener("input", () => this.suggest(this.input.value));
    } else if (column.kind === "number") {
      this.input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", ...attributes });
      this.box.append(this.input);
    } else {
      this.input = make("textarea", { rows: 1, spellcheck: "true", ...attributes });
      this.box.append(this.input);
      this.input.addEventListener("input", () => this.grow());
    }
    if (column.hint) this.input.setAttribute("placeholder", column.hint);
    this.input.value = typed ?? this.shown(value);
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.finish(true), 0));
  }

  shown(value) {
    const match = (this.choices || []).find((choice) => choice.value === value);
    return match ? match.label : value;
  }

  mount(holder) {
    holder.append(this.box);
    this.input.focus({ preventScroll: true });
    const end = this.input.value.length;
    this.input.setSelectionRange(end, end);
    if (this.choices) this.suggest(this.input.value === this.shown(this.before) ? "" : this.input.value);
    else this.grow();
  }

  grow() {
    if (this.input.tagName !== "TEXTAREA") return;
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 220)}px`;
  }

  suggest(term) {
    const wanted = gridFold(term);
    this.shownChoices = this.choices.filter((c) => gridFold(c.label).includes(wanted) || gridFold(c.value).includes(wanted));
    this.list.replaceChildren(
      ...this.shownChoices.map((choice, index) =>
        make(
          "li",
          {
            role: "option", id: `${this.listId}-${index}`, "aria-selected": "false",
            onmousedown: (event) => { event.preventDefault(); this.at = index; this.commit(); },
          },
          choice.label,
          choice.note ? make("span", { class: "ta-choice-note" }, choice.note) : null,
        ),
      ),
    );
    this.open = this.shownChoices.length > 0;
    this.list.hidden = !this.open;
    this.input.setAttribute("aria-expanded", String(this.open));
    const same = this.shownChoices.findIndex((c) => c.value === this.before && term === "");
    this.point(same >= 0 ? same : term && this.open && gridFold(this.shownChoices[0].label) === wanted ? 0 : -1);
  }

  point(index) {
    this.at = index;
    [...this.list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === index)));
    if (index >= 0) {
      this.input.setAttribute("aria-activedescendant", `${this.listId}-${index}`);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  value() {
    if (!this.choices) return this.input.value;
    if (this.open && this.at >= 0) return this.shownChoices[this.at].value;
    const typed = gridFold(this.input.value.trim());
    const match = this.choices.find((c) => gridFold(c.label) === typed || gridFold(c.value) === typed);
    return match ? match.value : this.input.value;
  }

  commit(move = null) { this.finish(true, move); }

  finish(keep, move = null) {
    if (this.done) return;
    this.done = true;
    const value = this.value().replace(/\r\n?/g, "\n").trim();
    const hadFocus = document.activeElement === this.input;
    this.box.remove();
    this.grid.editor = null;
    if (keep && value !== this.before) this.grid.write([[this.where.id, this.where.key, value]]);
    if (move) this.grid.step(...move);
    if (hadFocus || move) this.grid.focusActive();
    this.grid.decorate();
  }

  key(event) {
    event.stopPropagation();
    if (this.choices && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (!this.open) this.suggest("");
      else {
        const last = this.shownChoices.length - 1;
        this.point(event.key === "ArrowDown" ? Math.min(this.at + 1, last) : Math.max(this.at - 1, 0));
      }
      return;
    }
    if (event.key === "Escape") { event.preventDefault(); this.finish(false); }
    else if (event.key === "Tab") { event.preventDefault(); this.commit([0, event.shiftKey ? -1 : 1]); }
    else if (event.key === "Enter" && event.altKey && !this.choices) {
      event.preventDefault();
      this.input.setRangeText("\n", this.input.selectionStart, this.input.selectionEnd, "end");
      this.grow();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.commit([event.shiftKey ? -1 : 1, 0]);
    }
  }
}

// -- the grid ----------------------------------------------------------------------------------------------------------

class EditableGrid {
  // spec: {name, label, columns: [{key, title, letter, width, kind, choices, hint, readonly}], words, can: {rows, number}}
  // hooks: cells(edits), paste(request), act(name, data), undo(), redo(), say(text), active(cell)
  constructor(spec, hooks) {
    this.spec = spec;
    this.hooks = hooks;
    this.words = spec.words;
    this.columns = spec.columns;
    this.byKey = new Map(spec.columns.map((column) => [column.key, column]));
    this.rows = [];
    this.data = new Map();
    this.numbers = new Map();
    this.marks = new Map(); // id -> key -> [finding]
    this.keep = new Set(); // rows that stay in sight whatever the filter says: just added or edited
    this.pending = new Map(); // "id key" -> number of the newest edit that Python has not answered
    this.sent = 0;
    this.view = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    this.active = null;
    this.anchor = null;
    this.search = "";
    this.onlyMarked = false;
    this.editor = null;
    this.element = make("div", { class: "ta-grid", "data-grid": spec.name });
    this.place = make("div", { class: "ta-grid-place" });
    this.element.append(this.place);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("copy", (event) => this.copy(event));
    this.element.addEventListener("cut", (event) => this.copy(event, true));
    this.element.addEventListener("paste", (event) => this.paste(event));
    this.element.addEventListener("focusin", (event) => this.focused(event));
  }

  // -- life --

  mount() {
    const number = {
      title: this.words.number, field: "_n", width: 52, frozen: true, headerSort: false, resizable: false,
      cssClass: "ta-number", formatter: () => make("span", { class: "ta-text" }),
    };
    const columns = this.columns.map((column) => ({
      title: column.title, field: column.key, minWidth: column.width, widthGrow: column.grow ?? 1,
      headerSort: true, sorter: column.kind === "number" ? "number" : (a, b) => this.compare(column, a, b),
      headerTooltip: false, cssClass: `ta-kind-${column.kind || "text"}`, titleFormatter: () => this.title(column),
      headerFilter: column.filter === false ? false : (cell, rendered, success) => this.filterBox(column, success),
      headerFilterFunc: () => true, headerFilterLiveFilter: false, headerFilterPlaceholder: this.words.filter,
      formatter: (cell) => this.content(cell.getData().id, column, cell.getValue()),
    }));
    this.filters = {};
    this.table = new Tabulator(this.place, {
      data: this.rows, index: "id", columns: this.spec.can.number ? [number, ...columns] : columns,
      layout: "fitColumns", height: this.spec.height || 440, rowHeight: this.spec.rowHeight || 44,
      renderVerticalBuffer: 400, placeholder: this.words.empty, headerSortElement: "<span class='ta-sort'></span>",
      columnHeaderSortMulti: true, movableColumns: false, keybindings: false, headerSortTristate: true,
      columnHeaderVertAlign: "top", rowFormatter: (row) => { row.getElement().dataset.id = row.getData().id; },
    });
    const later = () => this.decorateSoon();
    for (const name of ["renderComplete", "scrollVertical", "columnResized", "dataSorted", "dataFiltered"]) {
      this.table.on(name, later);
    }
    this.table.on("dataFiltered", () => requestAnimationFrame(() => {
      this.cachedOrder = null;
      this.hooks.shown?.(this.order().length, this.rows.length);
    }));
    this.table.on("dataSorted", () => { this.cachedOrder = null; });
    this.table.on("cellClick", (event, cell) => this.clicked(event, cell));
    this.table.on("cellDblClick", (event, cell) => this.doubleClicked(cell));
    this.table.on("cellMouseDown", (event, cell) => this.pressed(event, cell));
    this.table.on("cellMouseEnter", (event, cell) => this.dragged(event, cell));
    this.table.on("scrollVertical", () => this.scrolled());
    this.table.on("scrollHorizontal", () => this.scrolled());
    this.table.on("tableBuilt", () => {
      this.built = true;
      this.table.setFilter((row) => this.passes(row));
      this.describe();
      this.decorate();
      this.hooks.ready?.();
    });
    this.resizer = new ResizeObserver(() => { if (this.built && this.element.offsetWidth) this.table.redraw(); });
    this.resizer.observe(this.element);
  }

  destroy() {
    this.resizer?.disconnect();
    this.table?.destroy();
  }

  describe() {
    const grid = this.place;
    grid.setAttribute("aria-label", this.spec.label);
    grid.setAttribute("aria-rowcount", String(this.rows.length + 1));
    grid.setAttribute("aria-colcount", String(this.columns.length + (this.spec.can.number ? 1 : 0)));
    grid.setAttribute("aria-multiselectable", "true");
    grid.tabIndex = -1;
    const holder = grid.querySelector(".tabulator-tableholder");
    holder?.removeAttribute("tabindex");
    holder?.setAttribute("role", "presentation");
    grid.querySelector(".tabulator-header-contents")?.setAttribute("role", "presentation");
    for (const head of grid.querySelectorAll(".tabulator-col")) {
      const column = this.byKey.get(head.getAttribute("tabulator-field"));
      head.setAttribute("aria-label", column ? column.title : this.words.number);
      head.removeAttribute("title");
    }
  }

  // -- what rows hold --

  load(rows, order) {
    this.rows = [];
    this.data = new Map(rows.map(([id, cells]) => [id, { id, ...cells }]));
    this.rows = order.map((id) => this.data.get(id));
    this.renumber();
  }

  renumber() {
    let number = 1;
    this.numbers = new Map();
    for (const row of this.rows) {
      const filled = this.columns.some((column) => column.kind !== "check" && String(row[column.key] ?? "") !== "");
      if (filled) number += 1;
      this.numbers.set(row.id, filled ? number : null);
    }
  }

  // patch: {rows: [[id, cells]], order: [ids] | null, view, seq}
  update(patch) {
    if (patch.view === this.view) {
      for (const [cell, seq] of this.pending) if (seq <= patch.seq) this.pending.delete(cell);
    }
    const changed = [];
    for (const [id, cells] of patch.rows || []) {
      const known = this.data.get(id);
      const fresh = Object.fromEntries(Object.entries(cells).filter(([key]) => !this.pending.has(`${id} ${key}`)));
      if (known) { Object.assign(known, fresh); changed.push(id); } else this.data.set(id, { id, ...fresh });
    }
    if (patch.order) {
      const before = new Set(this.rows.map((row) => row.id));
      this.rows = patch.order.map((id) => this.data.get(id));
      this.data = new Map(this.rows.map((row) => [row.id, row]));
      const fresh = this.rows.filter((row) => !before.has(row.id));
      if (2 * fresh.length < this.rows.length) for (const row of fresh) this.keep.add(row.id); // else another table
      this.renumber();
      return this.replaceRows();
    }
    this.renumber();
    return changed.length ? this.refreshRows(changed) : Promise.resolve();
  }

  async replaceRows() {
    if (!this.built) return;
    const at = this.active;
    const focused = this.element.contains(document.activeElement);
    const place = at ? this.order().indexOf(at.id) : -1;
    this.cachedOrder = null;
    await this.table.replaceData(this.rows.map((row) => ({ ...row })));
    this.cachedOrder = null;
    if (at && !this.data.has(at.id)) {
      const order = this.order();
      const id = order[Math.min(Math.max(place, 0), order.length - 1)];
      this.active = id === undefined ? null : { id, key: at.key };
      this.anchor = this.active;
    }
    if (this.anchor && !this.data.has(this.anchor.id)) this.anchor = this.active;
    this.describe();
    this.decorate();
    if (focused && this.active && !this.editor) this.focusActive();
    this.hooks.shown?.(this.order().length, this.rows.length);
  }

  async refreshRows(ids) {
    if (!this.built) return;
    await this.table.updateData(ids.map((id) => ({ ...this.data.get(id) })));
    this.decorate();
    if (this.active && ids.includes(this.active.id)) this.hooks.active?.(this.activeCell());
  }

  // edits made here: shown at once, then sent
  write(edits) {
    const real = edits.filter(([id, key]) => this.data.has(id) && this.byKey.get(key) && !this.byKey.get(key).readonly);
    if (!real.length) return;
    this.sent += 1;
    for (const [id, key, value] of real) {
      this.data.get(id)[key] = value;
      this.pending.set(`${id} ${key}`, this.sent);
      this.keep.add(id);
    }
    this.renumber();
    this.refreshRows([...new Set(real.map(([id]) => id))]);
    this.hooks.cells(real, { view: this.view, seq: this.sent });
  }

  setMarks(marks) {
    this.marks = marks;
    if (this.onlyMarked && this.built) this.refilter();
    this.decorate();
    if (this.active) this.hooks.active?.(this.activeCell());
  }

  marksOf(id, key) {
    return this.marks.get(id)?.get(key) || [];
  }

  // -- how cells look --

  title(column) {
    const node = make("span", { class: "ta-title", title: column.help || column.title });
    if (column.letter) node.append(make("span", { class: "ta-letter", "aria-hidden": "true" }, column.letter));
    node.append(column.title);
    return node;
  }

  words4(column, value) {
    if (!column.choices) return String(value ?? "");
    const match = column.choices.find((choice) => choice.value === value);
    return match ? match.label : String(value ?? "");
  }

  content(id, column, value) {
    if (column.kind === "check") {
      return make("span", { class: `ta-check${value ? " ta-checked" : ""}`, "aria-hidden": "true" }, value ? "✔" : "");
    }
    return make("span", { class: "ta-text" }, this.words4(column, value));
  }

  decorateSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.decorate());
  }

  decorate() {
    if (!this.built) return;
    const range = this.range();
    const order = this.order();
    const rank = new Map(order.map((id, at) => [id, at]));
    for (const node of this.place.querySelectorAll(".tabulator-row")) {
      const id = this.idOf(node);
      if (id === null) continue;
      node.setAttribute("aria-rowindex", String((rank.get(id) ?? 0) + 2));
      const inRows = range && rank.get(id) >= range.top && rank.get(id) <= range.bottom;
      for (const cell of node.querySelectorAll(".tabulator-cell")) this.decorateCell(cell, id, inRows ? range : null);
    }
    if (!this.active || !rank.has(this.active.id)) this.tabStop(order);
  }

  decorateCell(cell, id, range) {
    const key = cell.getAttribute("tabulator-field");
    if (key === "_n") {
      const number = this.numbers.get(id);
      cell.firstChild.textContent = number ?? "·";
      cell.setAttribute("role", "rowheader");
      cell.setAttribute("aria-label", this.rowName(id));
      const worst = this.worstOf(id);
      cell.dataset.level = worst || "";
      return;
    }
    const column = this.byKey.get(key);
    const marks = this.marksOf(id, key);
    const isActive = this.active && this.active.id === id && this.active.key === key;
    const at = this.columns.indexOf(column);
    cell.tabIndex = isActive ? 0 : -1;
    cell.setAttribute("aria-colindex", String(at + 1 + (this.spec.can.number ? 1 : 0)));
    cell.classList.toggle("ta-active", Boolean(isActive));
    const selected = Boolean(range && at >= range.left && at <= range.right);
    cell.classList.toggle("ta-selected", selected);
    cell.setAttribute("aria-selected", String(selected));
    if (column.readonly) cell.setAttribute("aria-readonly", "true");
    const text = column.kind === "check" ? this.words[this.data.get(id)?.[key] ? "yes" : "no"] : this.words4(column, this.data.get(id)?.[key]);
    const level = marks.length ? marks[0].level : "";
    cell.dataset.level = level;
    cell.dataset.mark = marks.length ? marks[0].mark : "";
    if (marks.length) {
      const said = marks.map((m) => `${m.levelWord}: ${m.found}`).join(" ");
      cell.title = marks.map((m) => `${m.mark} ${m.found} ${m.mend}`).join("\n");
      cell.setAttribute("aria-label", `${text || this.words.blank}. ${said}`);
      if (level === "error") cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
    } else {
      cell.title = text.length > 24 ? text : "";
      if (!cell.title) cell.removeAttribute("title");
      cell.setAttribute("aria-label", text || this.words.blank);
      cell.removeAttribute("aria-invalid");
    }
  }

  worstOf(id) {
    const levels = [...(this.marks.get(id)?.values() || [])].flat().map((mark) => mark.level);
    return ["error", "warning", "advice"].find((level) => levels.includes(level));
  }

  // with no active cell in sight, the first one can be reached with Tab
  tabStop(order) {
    if (!order.length) return;
    const first = this.cellNode(order[0], this.columns[0].key) || this.place.querySelector(".tabulator-row .tabulator-cell[tabindex]");
    if (first) first.tabIndex = 0;
  }

  // -- order, cells and nodes --

  order() {
    if (!this.built) return this.rows.map((row) => row.id);
    if (!this.cachedOrder || this.cachedOrder.length !== this.table.rowManager.activeRows.length) {
      this.cachedOrder = this.table.rowManager.activeRows.map((row) => row.data.id);
    }
    return this.cachedOrder;
  }

  idOf(node) {
    return node?.dataset.id ?? null;
  }

  cellNode(id, key) {
    const row = this.table.getRow(id);
    return row ? row.getCell(key)?.getElement() : null;
  }

  rowName(id) {
    const number = this.numbers.get(id);
    return number ? phrase(this.words, "row", { row: number }) : this.words["new-row"];
  }

  range() {
    if (!this.active || !this.anchor) return null;
    const order = this.order();
    const rows = [order.indexOf(this.active.id), order.indexOf(this.anchor.id)];
    const columns = [this.active.key, this.anchor.key].map((key) => this.columns.findIndex((c) => c.key === key));
    if (rows[0] < 0) return null;
    if (rows[1] < 0) rows[1] = rows[0];
    return {
      top: Math.min(...rows), bottom: Math.max(...rows), left: Math.min(...columns), right: Math.max(...columns),
      ids: order.slice(Math.min(...rows), Math.max(...rows) + 1),
      keys: this.columns.slice(Math.min(...columns), Math.max(...columns) + 1).map((column) => column.key),
    };
  }

  activeCell() {
    if (!this.active) return null;
    const { id, key } = this.active;
    const value = this.data.get(id)?.[key];
    return { id, key, value, column: this.byKey.get(key), marks: this.marksOf(id, key), name: this.rowName(id) };
  }

  // -- moving --

  async go(id, key, { extend = false, focus = true } = {}) {
    if (!this.data.has(id)) return;
    if (!this.order().includes(id)) { this.keep.add(id); this.refilter(); this.cachedOrder = null; }
    this.active = { id, key };
    if (!extend || !this.anchor) this.anchor = this.active;
    await this.reveal(id, key);
    this.decorate();
    if (focus) this.focusActive();
    this.hooks.active?.(this.activeCell());
  }

  async reveal(id, key) {
    const holder = this.place.querySelector(".tabulator-tableholder");
    let node = this.cellNode(id, key);
    const box = holder.getBoundingClientRect();
    const seen = (rect) => rect.height > 0 && rect.top >= box.top - 1 && rect.bottom <= box.top + holder.clientHeight + 1;
    if (!node?.isConnected) await this.table.scrollToRow(id, "center", true).catch(() => {});
    else if (!seen(node.getBoundingClientRect())) {
      const rect = node.getBoundingClientRect();
      holder.scrollTop += rect.top < box.top ? rect.top - box.top : rect.bottom - box.top - holder.clientHeight;
    }
    node = this.cellNode(id, key);
    if (!node?.isConnected) return;
    const rect = node.getBoundingClientRect();
    const frozen = this.spec.can.number ? 52 : 0;
    if (rect.left < box.left + frozen) holder.scrollLeft += rect.left - box.left - frozen;
    else if (rect.right > box.left + holder.clientWidth) {
      holder.scrollLeft += Math.min(rect.right - box.left - holder.clientWidth, rect.left - box.left - frozen);
    }
  }

  focusActive() {
    if (!this.active) return;
    const node = this.cellNode(this.active.id, this.active.key);
    if (!node?.isConnected) return;
    node.tabIndex = 0;
    node.focus({ preventScroll: true });
  }

  step(down, right, extend = false) {
    const order = this.order();
    if (!order.length) return;
    const at = Math.max(0, order.indexOf(this.active?.id));
    const across = Math.max(0, this.columns.findIndex((c) => c.key === this.active?.key));
    const row = Math.min(Math.max(at + down, 0), order.length - 1);
    const column = Math.min(Math.max(across + right, 0), this.columns.length - 1);
    return this.go(order[row], this.columns[column].key, { extend });
  }

  focused(event) {
    const cell = event.target.closest?.(".tabulator-cell");
    if (!cell || this.editor || this.dragging) return;
    const key = cell.getAttribute("tabulator-field");
    const id = this.idOf(cell.closest(".tabulator-row"));
    if (id === null || !this.byKey.has(key)) return;
    this.hadFocus = true;
    if (this.active && this.active.id === id && this.active.key === key) return;
    this.go(id, key, { focus: false });
  }

  scrolled() {
    this.placeEditor();
    this.decorateSoon();
    if (!this.active || document.activeElement !== document.body || !this.hadFocus) return;
    this.place.focus({ preventScroll: true }); // the cell has left the screen; the keys still belong to the grid
  }

  // -- mouse --

  pressed(event, cell) {
    if (event.button !== 0) return;
    const id = cell.getData().id;
    const field = cell.getField();
    if (this.editor) this.editor.finish(true);
    this.hadFocus = true;
    this.dragging = true;
    const stop = () => { this.dragging = false; document.removeEventListener("mouseup", stop); this.focusActive(); };
    document.addEventListener("mouseup", stop);
    if (field === "_n") {
      this.go(id, this.columns[this.columns.length - 1].key, { extend: event.shiftKey, focus: false });
      this.anchor = { id: event.shiftKey && this.anchor ? this.anchor.id : id, key: this.columns[0].key };
      this.decorate();
    } else this.go(id, field, { extend: event.shiftKey, focus: false });
    event.preventDefault();
  }

  dragged(event, cell) {
    if (!this.dragging || event.buttons !== 1) return;
    const field = cell.getField();
    this.active = { id: cell.getData().id, key: field === "_n" ? this.active.key : field };
    this.decorate();
  }

  clicked(event, cell) {
    const column = this.byKey.get(cell.getField());
    if (column?.kind === "check" && !column.readonly) this.toggle(cell.getData().id, column.key);
  }

  doubleClicked(cell) {
    const column = this.byKey.get(cell.getField());
    if (column && column.kind !== "check") this.edit();
  }

  toggle(id, key) {
    this.write([[id, key, !this.data.get(id)[key]]]);
  }

  // -- keys --

  key(event) {
    if (this.editor) return;
    if (event.target.closest(".tabulator-header")) { this.headerKey(event); return; }
    const handler = this.handlerOf(event);
    if (!handler) return;
    event.preventDefault();
    event.stopPropagation();
    handler();
  }

  handlerOf(event) {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.altKey) return null;
    if (command) return this.commandKey(event);
    if (event.altKey) return this.altKey(event);
    return this.moveKey(event) || this.editKey(event);
  }

  // in a column's heading: Enter sorts, the arrows go to the next heading or back into the rows
  headerKey(event) {
    const head = event.target;
    if (!head.classList.contains("tabulator-col")) return;
    const at = this.columns.findIndex((column) => column.key === head.getAttribute("tabulator-field"));
    const keys = {
      Enter: () => this.sortNext(this.columns[at].key),
      " ": () => this.sortNext(this.columns[at].key),
      ArrowLeft: () => this.goToHeader(Math.max(at - 1, 0)),
      ArrowRight: () => this.goToHeader(Math.min(at + 1, this.columns.length - 1)),
      ArrowDown: () => { const [first] = this.order(); if (first !== undefined) this.go(first, this.columns[at].key); },
    };
    const handler = at < 0 || event.ctrlKey || event.altKey || event.metaKey ? null : keys[event.key];
    if (!handler) return;
    event.preventDefault();
    event.stopPropagation();
    handler();
  }

  goToHeader(at) {
    const head = this.place.querySelector(`.tabulator-col[tabulator-field="${this.columns[at].key}"]`);
    if (!head) return;
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  sortNext(key) {
    const now = this.table.getSorters().find((sorter) => sorter.field === key)?.dir;
    this.sort(now === "desc" ? null : key, now === "asc" ? "desc" : "asc", false);
  }

  moveKey(event) {
    const page = 8;
    if (event.key === "ArrowUp" && !event.shiftKey && this.active && this.order()[0] === this.active.id) {
      return () => this.goToHeader(this.columns.findIndex((column) => column.key === this.active.key));
    }
    const moves = {
      ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      PageDown: [page, 0], PageUp: [-page, 0], Home: [0, -99], End: [0, 99],
    };
    const move = moves[event.key];
    return move ? () => this.step(...move, event.shiftKey) : null;
  }

  editKey(event) {
    const column = this.byKey.get(this.active?.key);
    if (!column) return null;
    if (event.key === "Delete" || event.key === "Backspace") return () => this.clear();
    if (column.kind === "check") return [" ", "Enter", "F2"].includes(event.key) ? () => this.toggle(this.active.id, column.key) : null;
    if (event.key === "Enter" || event.key === "F2") return () => this.edit();
    if (event.key.length === 1) return () => this.edit(event.key === " " ? "" : event.key);
    return null;
  }

  altKey(event) {
    return event.key === "ArrowDown" && this.byKey.get(this.active?.key)?.choices ? () => this.edit() : null;
  }

  commandKey(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const edge = (down, right) => () => this.step(down, right, event.shiftKey);
    const far = 1e9;
    const keys = {
      z: () => (event.shiftKey ? this.hooks.redo() : this.hooks.undo()),
      y: () => this.hooks.redo(),
      a: () => this.selectAll(),
      d: () => this.fillDown(),
      s: () => this.hooks.say(this.words.saved),
      Enter: () => this.act("insert"),
      Backspace: () => this.act("delete"),
      Delete: () => this.act("delete"),
      Home: edge(-far, -far), End: edge(far, far), ArrowDown: edge(far, 0), ArrowUp: edge(-far, 0),
      ArrowLeft: edge(0, -far), ArrowRight: edge(0, far),
    };
    return keys[key] || null;
  }

  edit(typed = null) {
    const cell = this.activeCell();
    if (!cell || cell.column.readonly) return;
    const node = this.cellNode(cell.id, cell.key);
    if (!node?.isConnected) return;
    this.editor = new GridEditor(this, cell.column, String(cell.value ?? ""), typed);
    this.placeEditor();
    this.editor.mount(this.element);
  }

  // over its cell, also after the grid was scrolled; closed when the cell has left the screen
  placeEditor() {
    if (!this.editor) return;
    const cell = { column: this.editor.column };
    const node = this.cellNode(this.editor.where.id, this.editor.where.key);
    const frame = this.element.getBoundingClientRect();
    const rect = node?.getBoundingClientRect();
    if (!node?.isConnected || rect.bottom < frame.top + 20 || rect.top > this.place.getBoundingClientRect().bottom - 8) {
      this.editor.finish(true);
      return;
    }
    const width = Math.max(rect.width, cell.column.choices ? 200 : cell.column.kind === "number" ? 60 : 180);
    const left = Math.min(rect.left - frame.left, frame.width - width - 2);
    Object.assign(this.editor.box.style, {
      left: `${Math.max(0, left)}px`, top: `${rect.top - frame.top}px`, width: `${width}px`, minHeight: `${rect.height}px`,
    });
    this.editor.box.classList.toggle("ta-upwards", rect.bottom + 190 > frame.bottom && rect.top - frame.top > 230);
  }

  clear() {
    const range = this.range();
    if (!range) return;
    const edits = [];
    for (const id of range.ids) {
      for (const key of range.keys) {
        const value = this.data.get(id)[key];
        if (value !== "" && value !== false && value != null) edits.push([id, key, this.byKey.get(key).kind === "check" ? false : ""]);
      }
    }
    this.write(edits);
    this.hooks.say(phrase(this.words, "cleared", { n: edits.length }));
  }

  fillDown() {
    const range = this.range();
    if (!range) return;
    const ids = this.order();
    const [from, ...to] = range.ids.length > 1 ? range.ids : [ids[Math.max(0, range.top - 1)], range.ids[0]];
    this.write(to.flatMap((id) => range.keys.map((key) => [id, key, this.data.get(from)[key]])));
  }

  selectAll() {
    const order = this.order();
    if (!order.length) return;
    this.anchor = { id: order[0], key: this.columns[0].key };
    this.active = { id: order[order.length - 1], key: this.columns[this.columns.length - 1].key };
    this.decorate();
  }

  selectedIds() {
    return this.range()?.ids || [];
  }

  act(name, data = {}) {
    if (!this.spec.can.rows) return;
    const ids = this.selectedIds();
    if (name !== "insert" && name !== "group" && !ids.length) return;
    this.hooks.act(name, { ids, after: ids[ids.length - 1] ?? null, ...data });
  }

  // -- clipboard --

  copy(event, cut = false) {
    if (this.editor || event.target.closest?.("input, textarea")) return;
    const range = this.range();
    if (!range) return;
    const lines = range.ids.map((id) => range.keys.map((key) => {
      const value = this.data.get(id)[key];
      return this.byKey.get(key).kind === "check" ? this.words[value ? "yes" : "no"] : this.words4(this.byKey.get(key), value);
    }));
    event.clipboardData.setData("text/plain", gridToTsv(lines));
    event.clipboardData.setData("text/html", gridToHtml(lines));
    event.preventDefault();
    event.stopPropagation();
    if (cut) this.clear();
    else this.hooks.say(phrase(this.words, "copied", { n: lines.length * range.keys.length }));
  }

  paste(event) {
    if (this.editor || event.target.closest?.("input, textarea")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text) return;
    event.preventDefault();
    event.stopPropagation();
    const order = this.order();
    const range = this.range();
    const from = range ? range.top : 0;
    const left = range ? range.left : 0;
    this.hooks.paste({
      text, ids: order.slice(from), keys: this.columns.slice(left).map((column) => column.key),
      selected: range ? { ids: range.ids.length, keys: range.keys.length } : null,
    });
  }

  // -- sort and filter --

  compare(column, a, b) {
    const [x, y] = [this.words4(column, a), this.words4(column, b)];
    return x.localeCompare(y, document.documentElement.lang || "es", { numeric: true, sensitivity: "base" });
  }

  sort(key, direction, back = true) {
    if (key === null) this.table.clearSort();
    else this.table.setSort(key, direction);
    this.cachedOrder = null;
    if (key === null) this.table.replaceData(this.rows.map((row) => ({ ...row })));
    this.hooks.say(key === null ? this.words.unsorted : phrase(this.words, direction === "asc" ? "sorted-up" : "sorted-down", { column: this.byKey.get(key).title }));
    if (back) requestAnimationFrame(() => this.active && this.go(this.active.id, this.active.key));
    else this.decorateSoon();
  }

  filterBox(column) {
    const box = make("input", {
      type: "search", class: "ta-filter", placeholder: this.words.filter, autocomplete: "off",
      "aria-label": phrase(this.words, "filter-of", { column: column.title }),
    });
    const changed = () => {
      if (box.value) this.filters[column.key] = gridFold(box.value); else delete this.filters[column.key];
      this.refilter(true);
    };
    box.addEventListener("input", () => { clearTimeout(box.wait); box.wait = setTimeout(changed, 120); });
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") { box.value = ""; changed(); }
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        clearTimeout(box.wait);
        changed();
        const id = this.order()[0];
        if (id !== undefined) this.go(id, column.key);
      }
    });
    box.addEventListener("click", (event) => event.stopPropagation());
    return box;
  }

  refilter(fresh = false) {
    if (!this.built) return;
    if (fresh) this.keep.clear();
    this.cachedOrder = null;
    this.table.setFilter((row) => this.passes(row));
    this.cachedOrder = null;
    this.decorateSoon();
  }

  setSearch(term) { this.search = gridFold(term); this.refilter(true); }

  setOnlyMarked(on) { this.onlyMarked = on; this.refilter(true); }

  passes(row) {
    if (this.keep.has(row.id)) return true;
    if (this.onlyMarked && !this.marks.get(row.id)?.size) return false;
    for (const [key, term] of Object.entries(this.filters)) {
      if (!gridFold(this.words4(this.byKey.get(key), row[key])).includes(term)) return false;
    }
    return !this.search || this.columns.some((c) => gridFold(this.words4(c, row[c.key])).includes(this.search));
  }
}
