// The frame of a form of grids inside the notebook: the bar above it, how to begin; messages to and from Python.

const SHELL_QUIET = new Set(["open", "look", "settle", "seen", "download", "suggestions", "pictures"]); // what saves nothing
const SHELL_VIEWS = { inventory: InventoryView, plan: PlanView };

class GridShell {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.token = Math.random().toString(36).slice(2);
    this.queue = Promise.resolve();
    this.hear = (message, buffers) => { this.queue = this.queue.then(() => this.receive(message, buffers)).catch((error) => console.error(error)); };
    model.on("msg:custom", this.hear);
    this.send({ kind: "open", view: this.token });
  }

  send(message, buffers) {
    try {
      this.model.send(message, undefined, buffers);
    } catch (error) {
      this.bar?.complain();
      return;
    }
    if (this.bar && !SHELL_QUIET.has(message.kind)) this.bar.wait();
  }

  async receive(message, buffers) {
    if (message.kind === "start") { if (message.view === this.token) this.start(message); return; }
    if (!this.view) return;
    if (message.kind === "say") { this.bar.say(message.text); return; }
    const bytes = (buffers || []).map((b) => (b instanceof DataView ? new Uint8Array(b.buffer, b.byteOffset, b.byteLength) : b));
    if (message.kind === "file") { this.bar.deliver(message, bytes); return; }
    if (message.kind === "state") this.status(message);
    await this.view.receive(message, bytes);
  }

  start(message) {
    this.view?.destroy();
    const w = message.words;
    this.words = w;
    this.bar = new Bar({ words: w, formats: message.formats, send: (request) => this.send(request) });
    this.begin = make("div", { class: "ta-begin" }, make("span", {}, w.begin),
      ...message.examples.map((example) => make("button", { type: "button", class: "kf-button", "data-example": example.key,
        onclick: () => this.send({ kind: "fill", theme: example.key }) }, message.examples.length > 1 ? phrase(w, "begin-theme", { theme: example.label }) : w["begin-city"])));
    this.notes = make("div", { class: "ta-notes", role: "alert" });
    const begun = performance.now();
    message.ready = () => { this.root.dataset.painted = Math.round(performance.now() - begun); };
    this.view = new SHELL_VIEWS[message.form](message, { send: (m, b) => this.send(m, b), say: (text) => this.bar.say(text) });
    this.root = make("section", { class: "kf ta-form", lang: message.lang, "aria-label": message.title, "data-form": message.form, "data-lm-suppress-shortcuts": "true" },
      make("div", { class: "kf-top" }, make("h3", { class: "kf-title" }, message.title), make("p", { class: "kf-state" }, this.bar.status)),
      this.bar.toolbar(), this.notes, this.begin, this.view.element, this.bar.live);
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusin", (event) => { if (!this.root.contains(event.relatedTarget)) this.send({ kind: "look" }); });
    this.style ??= hideRest(this.model.get("name"));
    this.el.replaceChildren(this.root);
    this.view.mount();
    this.status(message);
  }

  // undo with the keyboard anywhere in the form; in a field the browser's own undo comes first
  key(event) {
    const kind = undoKey(event);
    if (!kind || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    this.send({ kind });
  }

  status(message) {
    const { canUndo: undo, canRedo: redo, versions, damaged } = message;
    this.bar.rest();
    this.bar.tell(message.notes.length ? "" : `✔ ${this.words.saved}`);
    this.bar.show({ undo, redo, versions, damaged: false, bad: message.notes.length > 0 });
    this.begin.hidden = !message.empty || damaged;
    const over = damaged ? [make("button", { type: "button", class: "ta-small", onclick: () => this.send({ kind: "start_over" }) }, this.words["start-over"])] : [];
    this.notes.replaceChildren(...message.notes.map((n) => make("p", { "data-level": n.level }, `${n.mark} ${n.found} ${n.expected} → ${n.mend}`)), ...over);
  }

  destroy() {
    this.bar?.rest();
    this.style?.remove();
    this.model.off("msg:custom", this.hear);
    this.view?.destroy();
  }
}

export default {
  render({ model, el }) {
    const shell = new GridShell(model, el);
    return () => shell.destroy();
  },
};
