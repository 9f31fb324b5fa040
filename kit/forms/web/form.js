// The page of a form. The kernel holds the truth: every change goes there as a request, and comes back as the state.
// The page is built once and then patched, so that a field being typed in keeps its caret, and nothing loses its focus.

const PAUSE = 400; // ms without a letter until what was typed is sent
const REST = 2500; // ms without a change until drawings are made anew
const IDLE = 5000; // ms without a request after which the file may have changed
let pages = 0;

const parent = (path) => path.split(".").slice(0, -1).join(".");
const inside = (path, outer) => path === outer || path.startsWith(`${outer}.`);

function at(value, path) {
  for (const part of path.split(".")) {
    if (value === null || value === undefined) return undefined;
    value = value[part];
  }
  return value;
}

function shown(value) {
  return value === null || value === undefined ? "" : String(value);
}

class Page {
  constructor(model, el) {
    this.model = model;
    this.spec = model.get("spec");
    this.state = model.get("state");
    this.id = `kf${++pages}-${model.get("name")}`;
    this.updates = new Set(); // functions that bring parts of the page up to date; one may add others
    this.boxes = new Map(); // path -> where its findings stand
    this.inputs = new Map(); // path -> the control that takes its focus
    this.unanswered = new Map(); // path -> number of the request that carries its latest letters
    this.touched = new Set();
    this.fresh = this.state.untouched;
    this.pending = null;
    this.sent = 0;
    this.asked = 0;
    this.answered = 0;
    this.wanted = null;
    this.timers = {};
    this.root = this.build();
    el.append(this.root);
    this.style = hideRest(this.model.get("name"));
    this.listen();
    this.update();
    this.later("draw", 300, () => this.ask({ kind: "pictures" }));
  }

  word(name, values = {}) {
    return phrase(this.spec.words, name, values);
  }

  later(name, pause, task) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(task, pause);
  }

  // -- talking to the kernel -------------------------------------------------------------------------------------------

  ask(request, focus = null) {
    if (request.kind !== "set") this.flush();
    const seq = ++this.sent;
    this.asked = Date.now();
    if (focus) this.wanted = { ...focus, seq };
    try {
      this.model.send({ ...request, seq, view: this.id });
    } catch {
      this.bar.complain(); // the kernel is gone
      return seq;
    }
    if (["pictures", "place", "look"].includes(request.kind)) return seq;
    this.bar.wait(() => this.answered < seq);
    return seq;
  }

  typed(path, value) {
    if (this.pending && this.pending.path !== path) this.flush();
    this.pending = { path, value };
    this.unanswered.set(path, Infinity);
    this.touched.add(path);
    this.later("typing", PAUSE, () => this.flush());
  }

  flush() {
    clearTimeout(this.timers.typing);
    if (!this.pending) return;
    const { path, value } = this.pending;
    this.pending = null;
    this.unanswered.set(path, this.ask({ kind: "set", path, value, typing: true }));
    this.later("rest", REST, () => this.rest());
  }

  put(path, value) {
    this.flush();
    this.touched.add(path);
    this.unanswered.set(path, this.ask({ kind: "set", path, value }));
    this.later("rest", REST, () => this.rest());
  }

  rest() {
    this.ask({ kind: "settle" });
    if (this.pictures.open) this.ask({ kind: "pictures" });
  }

  act(request, focus = null) {
    if (request.path) this.touched.add(request.path);
    const seq = this.ask(request, focus);
    this.later("rest", REST, () => this.rest());
    return seq;
  }

  onState() {
    this.state = this.model.get("state");
    const ack = this.state.ack ?? {};
    if (ack.view === this.id) {
      this.answered = Math.max(this.answered, ack.seq);
      for (const [path, seq] of this.unanswered) if (seq <= this.answered) this.unanswered.delete(path);
      if (["fill", "restore"].includes(ack.kind)) this.fresh = false;
    }
    this.settled = !["set", "place", "look", "settle"].includes(ack.kind);
    this.update();
    if (this.wanted && ack.view === this.id && ack.seq >= this.wanted.seq) this.focusOn(this.wanted);
    this.say(ack);
  }

  say(ack) {
    const bad = this.state.notes.length > 0;
    const special = { fill: "filled", restore: "restored" }[ack.kind];
    const saved = this.savedWords();
    const what = bad ? this.state.notes.map((note) => note.found).join(" ") : special ? this.word(special) : saved;
    this.bar.tell(what, bad);
    if (["look", "place", undefined].includes(ack.kind) && !bad) return;
    this.later("say", 900, () => this.bar.say(`${what}. ${this.state.tally}`));
  }

  savedWords() {
    return this.state.untouched ? this.word("unwritten") : this.word("saved", { file: this.state.file });
  }

  onMessage(message, buffers) {
    if (message.kind === "file") this.bar.deliver(message, buffers);
  }

  // -- building --------------------------------------------------------------------------------------------------------

  build() {
    this.bar = new Bar({ words: this.spec.words, formats: this.spec.formats, own: true, send: (request) => this.act(request) });
    this.bar.tell(this.savedWords());
    this.tally = make("span", { class: "kf-tally" });
    const heading = make("h3", { id: `${this.id}-title`, class: "kf-title" }, this.spec.title);
    const top = make("div", { class: "kf-top" }, heading, make("p", { class: "kf-state" }, this.bar.status, this.tally));
    const sections = make("div", { class: `kf-sections kf-layout-${this.spec.layout}` });
    this.datalists = make("div", { hidden: true });
    this.spec.sections.forEach((section, number) => sections.append(this.section(section, number + 1)));
    return make(
      "section",
      { class: "kf", lang: this.spec.lang, "aria-labelledby": `${this.id}-title`, "data-lm-suppress-shortcuts": "true" },
      top,
      make("p", { class: "kf-intro" }, this.spec.intro),
      this.toolbar(),
      this.damage(),
      this.notes(),
      this.general(),
      sections,
      this.drawings(),
      this.keys(),
      this.datalists,
      this.bar.live,
    );
  }

  toolbar() {
    this.updates.add(() => {
      const { can_undo: undo, can_redo: redo, versions, damaged, notes } = this.state;
      this.bar.show({ undo, redo, versions, damaged: damaged.length > 0, bad: notes.length > 0 });
    });
    return this.bar.toolbar({ before: [this.goOn(), this.filling()], after: [this.review()] });
  }

  goOn() {
    const button = pressable("", () => this.reveal(this.state.place), { name: "continue" });
    const first = this.state.place; // only what was left at an earlier time is worth going back to
    this.updates.add(() => {
      button.hidden = !first || !this.state.place_label || this.state.place !== first;
      button.textContent = this.word("continue", { place: this.state.place_label });
    });
    return button;
  }

  filling() {
    const choice = make("select", { id: `${this.id}-theme`, class: "kf-input kf-theme" });
    for (const theme of this.spec.themes) choice.append(make("option", { value: theme.name }, theme.label));
    const fill = pressable(this.word("fill"), () => this.act({ kind: "fill", theme: choice.value }), { name: "fill" });
    if (this.spec.themes.length < 2) return make("span", { class: "kf-together" }, fill);
    const label = make("label", { for: choice.id, class: "kf-hidden" }, this.word("fill_theme"));
    return make("span", { class: "kf-together" }, fill, label, choice);
  }

  review() {
    const button = pressable(this.word("review"), () => {
      this.fresh = false;
      this.update();
      this.bar.say(this.state.tally);
      this.focusFirstFinding();
    }, { name: "review" });
    this.updates.add(() => {
      button.hidden = !this.fresh || !Object.keys(this.state.beside).length;
    });
    return button;
  }

  damage() {
    const box = make("div", { class: "kf-damage", role: "alert" });
    const list = make("ul", { class: "kf-versions" });
    const findings = make("div");
    const over = pressable(this.word("start_over"), () => this.act({ kind: "start_over" }), { name: "start-over" });
    const words = make("p", {}, this.word("damaged"));
    this.updates.add(() => {
      const damaged = this.state.damaged.length > 0;
      if (damaged && !box.firstChild) box.append(words, findings, list, over);
      if (!damaged) box.replaceChildren();
      box.hidden = !damaged;
      this.sayFindings(findings, this.state.damaged);
      this.bar.listVersions(list, damaged ? this.state.versions : []);
      this.root?.classList.toggle("kf-blocked", damaged);
    });
    return box;
  }

  notes() {
    const box = make("div", { class: "kf-notes" });
    this.updates.add(() => {
      box.hidden = !this.state.notes.length;
      this.sayFindings(box, this.state.notes);
    });
    return box;
  }

  general() {
    const list = make("div");
    const box = make("div", { class: "kf-general" }, make("p", { class: "kf-label" }, this.word("general")), list);
    this.sayGeneral = (homeless) => {
      const found = this.fresh && !this.touched.size ? [] : [...this.state.general, ...homeless];
      box.hidden = !found.length;
      this.sayFindings(list, found, true);
    };
    return box;
  }

  drawings() {
    const box = make("div");
    const open = this.spec.layout !== "plain" || this.spec.step === "readiness";
    this.pictures = make("details", { class: "kf-drawings", open: false }, make("summary", {}, this.word("pictures")), box);
    this.pictures.open = open;
    this.pictures.addEventListener("toggle", () => this.pictures.open && this.ask({ kind: "pictures" }));
    this.draw = () => {
      const pictures = this.model.get("pictures");
      this.pictures.hidden = !pictures.length;
      box.replaceChildren(
        ...pictures.map(({ source, alt, table }) => {
          const figure = make("figure", {}, make("img", { src: source, alt }));
          if (table) {
            const rows = make("div", { class: "kf-table", tabindex: "0", role: "region", "aria-label": this.word("picture_table") });
            rows.innerHTML = table; // of the kit's own making, every text in it escaped
            figure.append(make("details", {}, make("summary", {}, this.word("picture_table")), rows));
          }
          return figure;
        }),
      );
    };
    this.draw();
    return this.pictures;
  }

  keys() {
    return make("details", { class: "kf-keys" }, make("summary", {}, this.word("keys")), make("p", {}, this.word("keys_text")));
  }

  section(section, number) {
    const title = make("h4", { id: `${this.id}-s-${section.name}`, class: "kf-section-title" });
    if (this.spec.layout === "canvas") title.append(make("span", { class: "kf-chip", "aria-hidden": "true" }, `${number}`));
    title.append(section.title);
    const box = make("section", { class: `kf-section kf-at-${section.name}`, "aria-labelledby": title.id }, title);
    if (section.help) box.append(make("p", { class: "kf-help" }, section.help));
    const lone = section.fields.filter((field) => !field.only).length === 1; // then the section's title is its label
    for (const field of section.fields) box.append(this.field(field, field.path, { bare: lone && !field.only }));
    return box;
  }

  // -- fields ----------------------------------------------------------------------------------------------------------

  field(field, path, wishes = {}) {
    const makers = {
      texts: this.texts, records: this.records, group: this.group, radio: this.radio, checks: this.checks, choice: this.choice,
    };
    return (makers[field.kind] ?? this.text).call(this, field, path, wishes);
  }

  ids(path) {
    const base = `${this.id}-${path.replaceAll(".", "-")}`;
    return { input: base, help: `${base}-help`, findings: `${base}-found`, legend: `${base}-legend` };
  }

  example(field, path) {
    if (!field.examples.length) return "";
    const positions = path.split(".").filter((part) => /^\d+$/.test(part));
    const number = positions.length ? Number(positions[positions.length - 1]) : 0;
    return this.word("example", { example: field.examples[number % field.examples.length] });
  }

  // Where the findings of a path stand; `control` is told by aria-invalid.
  place(path, ids, control = null) {
    const box = make("div", { class: "kf-findings", id: ids.findings });
    this.boxes.set(path, { box, control });
    return box;
  }

  text(field, path, { bare = false, unnamed = false, tools = null } = {}) {
    const ids = this.ids(path);
    const hint = field.kind === "date" ? `${this.word("date_hint")}` : "";
    const oneLine = field.kind === "short"; // a name may need two lines on the screen, and has one in the file
    const long = ["long", "text"].includes(field.kind) || (oneLine && !field.suggest);
    const input = make(long ? "textarea" : "input", {
      id: ids.input,
      class: "kf-input",
      placeholder: [hint, this.example(field, path)].filter(Boolean).join(", "),
      "data-path": path,
      "aria-describedby": `${ids.help} ${ids.findings}`,
      autocomplete: "off",
      spellcheck: "true",
      ...(long ? { rows: 1 } : { type: "text" }),
      ...(["number", "integer"].includes(field.kind) ? { inputmode: "decimal" } : {}),
      ...(field.suggest ? { list: this.datalist(field.suggest) } : {}),
    });
    if (oneLine) input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    input.addEventListener("input", () => {
      if (oneLine && input.value.includes("\n")) input.value = input.value.replace(/\s*\n\s*/g, " ");
      this.fit(input);
      this.typed(path, input.value);
    });
    input.addEventListener("blur", () => {
      this.touched.add(path);
      this.flush();
      this.update();
    });
    this.inputs.set(path, input);
    const show = () => {
      const value = shown(at(this.state.value, path));
      const typing = document.activeElement === input && !this.settled;
      if (!this.unanswered.has(path) && !typing && input.value !== value) input.value = value;
      input.readOnly = this.state.damaged.length > 0;
      this.fit(input);
    };
    this.updates.add(show);
    const label = make("label", { for: ids.input, class: bare || unnamed ? "kf-hidden" : "kf-label" }, field.label);
    const help = make("p", { id: ids.help, class: "kf-help" }, unnamed ? "" : field.help);
    const line = tools ? make("div", { class: "kf-line" }, input, tools) : input;
    const box = make("div", { class: `kf-field kf-${field.kind}` }, label, help, line, this.place(path, ids, input));
    box.forget = () => this.forget(path, show);
    return box;
  }

  fit(input) {
    if (input.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight + 2}px`;
  }

  forget(path, ...updates) {
    for (const map of [this.boxes, this.inputs]) for (const key of [...map.keys()]) if (inside(key, path)) map.delete(key);
    for (const update of updates) this.updates.delete(update);
  }

  datalist(name) {
    const id = `${this.id}-list-${name}`;
    if (!this.datalists.querySelector(`#${CSS.escape(id)}`)) {
      const list = make("datalist", { id });
      let last = "";
      this.updates.add(() => {
        const options = this.state.options[name] ?? [];
        const now = JSON.stringify(options);
        if (now !== last) list.replaceChildren(...options.map(({ value }) => make("option", { value })));
        last = now;
      });
      this.datalists.append(list);
    }
    return id;
  }

  choice(field, path) {
    const ids = this.ids(path);
    const select = make("select", { id: ids.input, class: "kf-input", "data-path": path, "aria-describedby": `${ids.help} ${ids.findings}` });
    const kept = new Map();
    select.addEventListener("change", () => this.put(path, kept.get(select.value) ?? null));
    let last = "";
    const show = () => {
      const value = at(this.state.value, path) ?? "";
      const offered = field.options ? [...(this.state.options[field.options] ?? [])] : [...field.choices];
      if (value !== "" && !offered.some((choice) => choice.value === value)) {
        offered.push({ value, label: this.word("gone", { value }) });
      }
      const now = JSON.stringify(offered);
      if (now !== last) {
        kept.clear();
        select.replaceChildren(make("option", { value: "" }, this.word("choose")));
        for (const choice of offered) {
          kept.set(String(choice.value), choice.value);
          select.append(make("option", { value: choice.value }, [choice.mark, choice.label].filter(Boolean).join(" ")));
        }
        last = now;
      }
      if (!this.unanswered.has(path)) select.value = String(value);
      select.disabled = this.state.damaged.length > 0;
    };
    this.updates.add(show);
    this.inputs.set(path, select);
    const box = make(
      "div",
      { class: "kf-field kf-choice" },
      make("label", { for: ids.input, class: "kf-label" }, field.label),
      make("p", { id: ids.help, class: "kf-help" }, field.help),
      select,
      this.place(path, ids, select),
    );
    box.forget = () => this.forget(path, show);
    return box;
  }

  // A fieldset with its legend, help and findings; what is inside comes from the maker.
  frame(field, path, kind, { bare = false, legend = field.label, suffix = "" } = {}) {
    const ids = this.ids(path + suffix);
    const title = make("legend", { class: bare ? "kf-hidden" : "kf-label", id: ids.legend }, legend);
    const help = make("p", { id: ids.help, class: "kf-help" }, field.help);
    const found = make("div", { class: "kf-findings", id: ids.findings });
    const box = make("fieldset", { class: `kf-field kf-${kind}`, "aria-describedby": `${ids.help} ${ids.findings}` }, title, help);
    return { box, found, title };
  }

  radio(field, path) {
    const { box, found } = this.frame(field, path, "radio");
    const inputs = field.choices.map(({ value, label, mark }) => {
      const input = make("input", { type: "radio", name: this.ids(path).input, value, "data-path": path });
      input.addEventListener("change", () => this.put(path, value));
      const sign = mark ? make("span", { class: "kf-mark", "aria-hidden": "true" }, mark) : null;
      box.append(make("label", { class: `kf-option kf-is-${value}` }, input, sign, label));
      return input;
    });
    const show = () => {
      const value = at(this.state.value, path);
      for (const input of inputs) {
        if (!this.unanswered.has(path)) input.checked = input.value === value;
        input.disabled = this.state.damaged.length > 0;
      }
      this.inputs.set(path, inputs.find((input) => input.checked) ?? inputs[0]);
    };
    this.updates.add(show);
    this.boxes.set(path, { box: found, control: null });
    box.append(found);
    box.forget = () => this.forget(path, show);
    return box;
  }

  checks(field, path) {
    const { box, found } = this.frame(field, path, "checks");
    const list = make("div", { class: "kf-options" });
    let last = "";
    const show = () => {
      const chosen = at(this.state.value, path) ?? [];
      const offered = (this.state.options[field.options] ?? []).map((choice) => choice.value);
      const own = at(this.state.value, `${parent(path)}.name`);
      const names = [...offered.filter((name) => name !== own), ...chosen.filter((name) => name && !offered.includes(name))];
      const now = JSON.stringify([names, offered]);
      if (now !== last) {
        const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
        list.replaceChildren(...names.map((name) => this.check(path, name, offered.includes(name))));
        if (!names.length) list.append(make("p", { class: "kf-help" }, this.word("nothing_offered")));
        last = now;
        [...list.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
      }
      for (const input of list.querySelectorAll("input")) {
        if (!this.unanswered.has(path)) input.checked = chosen.includes(input.value);
        input.disabled = this.state.damaged.length > 0;
      }
      const first = list.querySelector("input");
      if (first) this.inputs.set(path, first);
    };
    this.updates.add(show);
    this.boxes.set(path, { box: found, control: null });
    box.append(list, found);
    box.forget = () => this.forget(path, show);
    return box;
  }

  check(path, name, offered) {
    const input = make("input", { type: "checkbox", value: name, "data-path": path });
    input.addEventListener("change", () => {
      const ticked = [...input.closest(".kf-options").querySelectorAll("input")].filter((one) => one.checked);
      this.put(path, ticked.map((one) => one.value));
    });
    return make("label", { class: "kf-option" }, input, offered ? name : this.word("gone", { value: name }));
  }

  group(field, path, { bare = false } = {}) {
    const { box, found } = this.frame(field, path, "group", { bare });
    const inner = field.fields.map((one) => this.field(one, `${path}.${one.name}`));
    box.append(make("div", { class: "kf-inner" }, ...inner), found);
    this.boxes.set(path, { box: found, control: null });
    box.forget = () => {
      inner.forEach((one) => one.forget());
      this.forget(path);
    };
    return box;
  }

  tools(path, field, count, name) {
    const [list, number] = [parent(path), Number(path.split(".").pop())];
    const item = name ?? `${field.item} ${number + 1}`;
    const step = (to, typing = false) => {
      const which = to < number ? "up" : "down";
      this.act({ kind: "move", path, to }, { path: `${list}.${to}`, name: typing ? "" : which });
    };
    const remove = () => {
      const left = count() - 1;
      this.act({ kind: "remove", path }, left ? { path: `${list}.${Math.min(number, left - 1)}` } : { path: list, name: "add" });
    };
    const up = pressable(this.word("up", { item }), () => number > 0 && step(number - 1), { icon: ICONS.up, quiet: true, name: "up" });
    const down = pressable(this.word("down", { item }), () => number < count() - 1 && step(number + 1), { icon: ICONS.down, quiet: true, name: "down" });
    const away = pressable(this.word("remove", { item }), remove, { icon: ICONS.remove, quiet: true, name: "remove" });
    const box = make("span", { class: "kf-tools", "data-tools": path }, up, down, away);
    box.addEventListener("keydown", (event) => this.moveByKey(event, number, count, step));
    box.show = () => {
      up.setAttribute("aria-disabled", number > 0 ? "false" : "true");
      down.setAttribute("aria-disabled", number < count() - 1 ? "false" : "true");
    };
    box.step = step;
    return box;
  }

  moveByKey(event, number, count, step) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const to = number + (event.key === "ArrowUp" ? -1 : 1);
    if (to >= 0 && to < count()) step(to, event.target.matches("textarea, input, select"));
  }

  addButton(field, path, press) {
    const label = this.word("add", { item: field.item });
    const button = pressable(label, press, { icon: ICONS.add, name: "add" });
    button.classList.add("kf-add");
    button.setAttribute("data-tools", path);
    return button;
  }

  texts(field, path, { bare = false } = {}) {
    const { box, found } = this.frame(field, path, "texts", { bare });
    const list = make("ol", { class: "kf-items" });
    const children = [];
    const count = () => (at(this.state.value, path) ?? []).length;
    let ahead = { lines: 0, seq: 0 }; // a line added at the end is there before the kernel has answered
    const add = (number = Math.max(count(), ahead.lines)) => {
      if (number === 0 && !this.unanswered.has(`${path}.0`)) return this.inputs.get(`${path}.0`)?.focus();
      const position = Math.max(1, number);
      if (position < count()) return this.act({ kind: "add", path, item: "", at: position }, { path: `${path}.${position}` });
      ahead = { lines: position + 1, seq: this.act({ kind: "add", path, item: "", at: position }) };
      show();
      this.inputs.get(`${path}.${position}`)?.focus();
    };
    const show = () => {
      if (this.answered >= ahead.seq) ahead = { lines: 0, seq: 0 };
      const wanted = Math.max(1, count(), ahead.lines); // an empty list has one blank line to begin in
      while (children.length < wanted) {
        const child = this.textItem(field, `${path}.${children.length}`, count, add);
        children.push(child);
        list.append(child.node);
      }
      while (children.length > wanted) {
        const child = children.pop();
        child.node.remove();
        child.field.forget();
      }
      for (const child of children) child.show();
    };
    this.updates.add(show);
    this.boxes.set(path, { box: found, control: null });
    box.append(list, this.addButton(field, path, () => add()), found);
    box.forget = () => {
      children.forEach((child) => child.field.forget());
      this.forget(path, show);
    };
    return box;
  }

  textItem(field, path, count, add) {
    const number = Number(path.split(".").pop());
    const tools = this.tools(path, field, count);
    const one = { ...field, kind: "long", label: `${field.item} ${number + 1}` };
    const box = this.text(one, path, { unnamed: true, tools });
    box.addEventListener("keydown", (event) => {
      const empty = !this.inputs.get(path).value;
      if (event.key === "Enter" && event.target.tagName === "TEXTAREA") {
        event.preventDefault();
        if (!empty) add(number + 1);
      } else if (event.key === "Backspace" && empty && number > 0) {
        event.preventDefault();
        this.act({ kind: "remove", path }, { path: `${parent(path)}.${number - 1}` });
      } else this.moveByKey(event, number, count, tools.step);
    });
    const node = make("li", { class: "kf-item" }, box);
    return {
      node,
      field: box,
      show: () => {
        tools.show();
        tools.hidden = !count();
      },
    };
  }

  records(field, path, { bare = false } = {}) {
    const only = field.only;
    const legend = !only ? field.label : this.word(only.value ? "under" : "loose");
    const { box, found } = this.frame(field, path, "records", { bare, legend, suffix: only ? `-${only.value || "none"}` : "" });
    if (only?.value) box.classList.add("kf-under");
    const list = make("div", { class: "kf-cards" });
    const cards = new Map(); // position -> card
    const all = () => at(this.state.value, path) ?? [];
    const here = () => all().flatMap((record, number) => (!only || (record?.[only.field] ?? "") === only.value ? [number] : []));
    const show = () => {
      const wanted = here();
      for (const [number, card] of cards) {
        if (wanted.includes(number)) continue;
        card.node.remove();
        card.forget();
        cards.delete(number);
      }
      for (const number of wanted) {
        if (!cards.has(number)) cards.set(number, this.card(field, `${path}.${number}`, () => all().length));
        const card = cards.get(number);
        if (list.children[wanted.indexOf(number)] !== card.node) list.insertBefore(card.node, list.children[wanted.indexOf(number)] ?? null);
        card.show();
      }
    };
    this.updates.add(show);
    if (!only || !only.value || !this.boxes.has(path)) this.boxes.set(path, { box: found, control: null });
    box.append(list);
    if (!field.fixed) {
      const item = only ? { [only.field]: only.value } : {};
      const add = () => this.act({ kind: "add", path, item }, { path: `${path}.${all().length}` });
      box.append(this.addButton(field, path, add));
    }
    box.append(found);
    box.forget = () => {
      cards.forEach((card) => card.forget());
      this.forget(path, show);
    };
    return box;
  }

  card(field, path, count) {
    const number = Number(path.split(".").pop());
    const fixed = field.cards?.[number];
    const name = fixed?.title ?? `${field.item} ${number + 1}`;
    const tools = field.fixed ? null : this.tools(path, field, count, name);
    const title = make("legend", { class: "kf-label kf-card-title" }, name);
    const node = make("fieldset", { class: "kf-card", "data-card": path }, title, tools);
    if (fixed?.prompts) {
      const prompts = make("ul", {}, ...fixed.prompts.map((prompt) => make("li", {}, prompt)));
      node.append(make("details", { class: "kf-prompts" }, make("summary", {}, this.word("prompts")), prompts));
    }
    const first = field.fields.filter((one) => !field.primary.length || field.primary.includes(one.name));
    const more = field.fields.filter((one) => !first.includes(one));
    const inner = first.map((one) => this.field(one, `${path}.${one.name}`));
    node.append(make("div", { class: "kf-inner" }, ...inner));
    const folded = more.length ? this.folded(more, path) : null;
    if (folded) node.append(folded.node);
    const found = make("div", { class: "kf-findings" });
    node.append(found);
    this.boxes.set(path, { box: found, control: null });
    return {
      node,
      show: () => {
        tools?.show();
        folded?.show();
      },
      forget: () => {
        inner.concat(folded?.inner ?? []).forEach((one) => one.forget());
        this.forget(path);
      },
    };
  }

  folded(fields, path) {
    const summary = make("summary", {}, this.word("more"));
    const inner = fields.map((one) => this.field(one, `${path}.${one.name}`));
    const node = make("details", { class: "kf-more" }, summary, make("div", { class: "kf-inner" }, ...inner));
    node.open = !at(this.state.value, `${path}.${fields[0].name}`);
    node.addEventListener("toggle", () => node.querySelectorAll("textarea").forEach((input) => this.fit(input)));
    const mine = (key) => fields.some((one) => inside(key, `${path}.${one.name}`));
    const show = () => {
      const found = Object.keys(this.state.beside).filter((key) => mine(key) && this.shows(key)).length;
      summary.textContent = found ? this.word("more_found", { n: found }) : this.word("more");
    };
    return { node, inner, show };
  }

  // -- patching --------------------------------------------------------------------------------------------------------

  update() {
    for (const update of this.updates) update();
    this.sayGeneral(this.distribute());
    this.tally.textContent = this.state.tally;
  }

  shows(path) {
    return !this.fresh || [...this.touched].some((touched) => inside(touched, path) || inside(path, touched));
  }

  // Each finding beside its field or the nearest part of the page around it; returns those without any.
  distribute() {
    const homeless = [];
    const found = new Map([...this.boxes.keys()].map((path) => [path, []]));
    for (const [path, findings] of Object.entries(this.state.beside)) {
      let near = path;
      while (near && !found.has(near)) near = parent(near);
      if (!near) homeless.push(...findings);
      else if (this.shows(path)) found.get(near).push(...findings);
    }
    for (const [path, { box, control }] of this.boxes) {
      const here = found.get(path);
      this.sayFindings(box, here);
      if (control) control.setAttribute("aria-invalid", here.some((one) => one.kind === "error") ? "true" : "false");
    }
    return homeless;
  }

  sayFindings(box, findings, placed = false) {
    const now = JSON.stringify(findings);
    if (box.said === now) return;
    box.said = now;
    box.replaceChildren(
      ...findings.map((one) =>
        make(
          "p",
          { class: `kf-finding kf-${one.kind}`, "data-code": one.code },
          make("span", { class: "kf-mark", "aria-hidden": "true" }, one.mark),
          make("span", { class: "kf-hidden" }, `${one.level.replace(one.mark, "").trim()}: `),
          make("span", {}, make("strong", {}, placed ? `${one.place}: ${one.found}` : one.found), ` ${one.expected} `, make("span", { class: "kf-mend" }, `→ ${one.mend}`)),
        ),
      ),
    );
  }

  // -- focus and keys --------------------------------------------------------------------------------------------------

  focusOn({ path, name = "" }) {
    this.wanted = null;
    const tool = name ? this.root.querySelector(`[data-tools="${CSS.escape(path)}"]`) : null;
    const button = tool?.matches("button") ? tool : tool?.querySelector(`[data-name="${name}"]`);
    if (button) return button.focus();
    this.reveal(path);
  }

  reveal(path) {
    const input = this.inputs.get(path) ?? [...this.inputs].find(([key]) => inside(key, path))?.[1];
    if (!input) return;
    for (let node = input.parentElement; node && node !== this.root; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    input.focus();
    input.scrollIntoView({ block: "center", behavior: "auto" });
  }

  focusFirstFinding() {
    for (const [path] of Object.entries(this.state.beside)) if (this.inputs.has(path)) return this.reveal(path);
  }

  listen() {
    this.model.on("change:state", () => this.onState(), this);
    this.model.on("change:pictures", () => this.draw(), this);
    this.model.on("msg:custom", (message, buffers) => this.onMessage(message, buffers), this);
    this.root.addEventListener("keydown", (event) => this.key(event));
    for (const kind of ["keyup", "keypress", "mousedown", "dblclick", "paste", "copy", "cut"]) {
      this.root.addEventListener(kind, (event) => event.stopPropagation());
    }
    this.root.addEventListener("focusin", (event) => {
      const away = !this.root.contains(event.relatedTarget) || Date.now() - this.asked > IDLE;
      if (away) this.ask({ kind: "look" }); // somebody else may have written meanwhile
      const path = event.target.dataset?.path;
      if (path) this.later("place", 1500, () => document.activeElement === event.target && this.ask({ kind: "place", path }));
    });
    this.root.addEventListener("focusout", (event) => {
      if (this.root.contains(event.relatedTarget)) return;
      this.flush();
      this.ask({ kind: "settle" });
      this.later("rest", 400, () => this.pictures.open && this.ask({ kind: "pictures" }));
    });
    this.leaving = () => this.flush();
    window.addEventListener("pagehide", this.leaving);
    document.addEventListener("visibilitychange", this.leaving);
  }

  key(event) {
    event.stopPropagation();
    const back = undoKey(event);
    if (back && !event.target.matches("textarea, input[type=text]")) {
      event.preventDefault();
      this.act({ kind: back });
    } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.flush();
      this.ask({ kind: "settle" });
    }
  }

  close() {
    this.flush();
    this.bar.rest();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.model.off("change:state", null, this);
    this.model.off("change:pictures", null, this);
    this.model.off("msg:custom", null, this);
    window.removeEventListener("pagehide", this.leaving);
    document.removeEventListener("visibilitychange", this.leaving);
    this.style.remove();
  }
}

function render({ model, el }) {
  const page = new Page(model, el);
  return () => page.close();
}

export default { render };
