// The frame of a form of grids inside the notebook: undo, redo, what is saved, the live region; messages to and from Python.

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
      this.complain();
      return;
    }
    if (!this.saved || SHELL_QUIET.has(message.kind)) return;
    this.saved.textContent = this.words.saving;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.complain(), 8000);
  }

  complain() {
    this.saved.textContent = `✖ ${this.words.waiting}`;
    this.saved.classList.add("ta-bad");
  }

  async receive(message, buffers) {
    if (message.kind === "start") { if (message.view === this.token) this.start(message); return; }
    if (!this.view) return;
    if (message.kind === "say") { this.say(message.text); return; }
    if (message.kind === "state") this.status(message);
    await this.view.receive(message, (buffers || []).map((b) => (b instanceof DataView ? new Uint8Array(b.buffer, b.byteOffset, b.byteLength) : b)));
  }

  start(message) {
    this.view?.destroy();
    const w = message.words;
    this.words = w;
    const tool = (name, keys) => gridElement("button", { type: "button", class: "kf-button", "data-act": name, title: `${w[name]} (${keys})`, onclick: () => this.send({ kind: name }) },
      gridElement("span", { class: "ta-icon", "aria-hidden": "true" }, name === "undo" ? "↶" : "↷"), w[name]);
    this.undo = tool("undo", "Ctrl+Z");
    this.redo = tool("redo", "Ctrl+Y");
    this.saved = gridElement("span", { class: "ta-saved" });
    this.versions = gridElement("select", { class: "ta-select ta-versions", "aria-label": w.versions });
    this.versions.addEventListener("change", () => { const when = this.versions.value; this.versions.value = ""; if (when) this.send({ kind: "restore", when }); });
    this.begin = gridElement("div", { class: "ta-begin" }, gridElement("span", {}, w.begin),
      ...message.examples.map((example) => gridElement("button", { type: "button", class: "kf-button", "data-example": example.key,
        onclick: () => this.send({ kind: "fill", theme: example.key }) }, message.examples.length > 1 ? gridWords(w, "begin-theme", { theme: example.label }) : w["begin-city"])));
    this.notes = gridElement("div", { class: "ta-notes", role: "alert" });
    this.live = gridElement("div", { class: "kf-hidden", role: "status", "aria-live": "polite" });
    const begun = performance.now();
    message.ready = () => { this.root.dataset.painted = Math.round(performance.now() - begun); };
    this.view = new SHELL_VIEWS[message.form](message, { send: (m, b) => this.send(m, b), say: (text) => this.say(text) });
    this.root = gridElement("section", { class: "kf ta-form", lang: message.lang, "aria-label": message.title, "data-form": message.form, "data-lm-suppress-shortcuts": "true" },
      gridElement("div", { class: "ta-head" }, gridElement("h3", { class: "kf-title" }, message.title), gridElement("span", { class: "ta-spring" }), this.saved, this.versions, this.undo, this.redo),
      this.notes, this.begin, this.view.element, this.live);
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusin", (event) => { if (!this.root.contains(event.relatedTarget)) this.send({ kind: "look" }); });
    this.style ??= document.head.appendChild(gridElement("style", {}, `.kf-rest-${this.model.get("name")} { display: none; }`));
    this.el.replaceChildren(this.root);
    this.view.mount();
    this.status(message);
  }

  // undo with the keyboard anywhere in the form; in a field the browser's own undo comes first
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    const kind = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
    if (!kind) return;
    event.preventDefault();
    this.send({ kind });
  }

  status(message) {
    clearTimeout(this.patience);
    this.saved.classList.remove("ta-bad");
    this.undo.disabled = !message.canUndo;
    this.redo.disabled = !message.canRedo;
    this.saved.textContent = message.notes.length ? "" : `✔ ${this.words.saved}`;
    this.begin.hidden = !message.empty || message.damaged;
    this.versions.hidden = !message.versions.length;
    this.versions.replaceChildren(gridElement("option", { value: "" }, this.words.versions), ...message.versions.map((v) => gridElement("option", { value: v.when }, v.label)));
    const over = message.damaged ? [gridElement("button", { type: "button", class: "ta-small", onclick: () => this.send({ kind: "start_over" }) }, this.words["start-over"])] : [];
    this.notes.replaceChildren(...message.notes.map((n) => gridElement("p", { "data-level": n.level }, `${n.mark} ${n.found} ${n.expected} → ${n.mend}`)), ...over);
  }

  say(text) {
    this.live.textContent = "";
    requestAnimationFrame(() => { this.live.textContent = text; });
  }

  destroy() {
    clearTimeout(this.patience);
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
