// What stands above every form: undo, redo, whether all is saved, earlier versions, files to take along, the live region.
// The form says what it holds (`Bar.show`) and sends what is asked for (`send`).

const ICONS = { undo: "↶", redo: "↷", up: "↑", down: "↓", remove: "✕", add: "+" };
const PATIENCE = 6000; // ms without an answer until the page says so

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function phrase(words, name, values = {}) {
  return String(words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

function saveAs(name, type, buffers) {
  const address = URL.createObjectURL(new Blob(buffers, { type }));
  const link = make("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

function pressable(label, press, { icon = "", quiet = false, name = "", title = null } = {}) {
  const attributes = { type: "button", class: quiet ? "kf-button kf-quiet" : "kf-button", onclick: press, title };
  if (quiet) Object.assign(attributes, { "aria-label": label, title: label });
  if (name) attributes["data-name"] = name;
  const sign = icon ? make("span", { "aria-hidden": "true" }, icon) : null;
  return make("button", attributes, sign, quiet ? null : label);
}

// "undo" or "redo" if that is what the keys ask for.
function undoKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const letter = event.key.toLowerCase();
  if (letter === "z") return event.shiftKey ? "redo" : "undo";
  return letter === "y" ? "redo" : null;
}

// The table for a page without a kernel is of no use beside the living form.
function hideRest(name) {
  return document.head.appendChild(make("style", {}, `.kf-rest-${name} { display: none; }`));
}

class Bar {
  // words: what is said; formats: those of the dossier; own: whether the step's own file is offered too
  constructor({ words, formats, own = false, send }) {
    this.words = words;
    this.send = send;
    this.can = { undo: false, redo: false };
    this.status = make("span", { class: "kf-status" });
    this.live = make("div", { class: "kf-hidden", role: "status", "aria-live": "polite" });
    this.buttons = { undo: this.back("undo", "Ctrl+Z"), redo: this.back("redo", "Ctrl+Y") };
    this.list = make("ul", { class: "kf-versions" });
    this.versions = this.menu(words.versions, "versions", this.list);
    this.delivered = make("p", { class: "kf-help", role: "status" });
    this.files = this.handing(formats, own);
  }

  // -- what it consists of ---------------------------------------------------------------------------------------------

  toolbar({ before = [], after = [] } = {}) {
    return make(
      "div",
      { class: "kf-toolbar", role: "group", "aria-label": this.words.toolbar },
      this.buttons.undo, this.buttons.redo, ...before, this.versions, this.files, ...after,
    );
  }

  // A button that keeps its place in the order of Tab while there is nothing for it to do.
  back(kind, keys) {
    const press = () => this.can[kind] && this.send({ kind });
    return pressable(this.words[kind], press, { icon: ICONS[kind], name: kind, title: `${this.words[kind]} (${keys})` });
  }

  menu(label, name, ...children) {
    const menu = make("details", { class: "kf-menu", "data-name": name });
    menu.append(make("summary", { class: "kf-button" }, label), make("div", { class: "kf-sheet" }, ...children));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("toggle", () => {
      for (const other of [this.versions, this.files]) if (menu.open && other && other !== menu) other.open = false;
    });
    return menu;
  }

  handing(formats, own) {
    const buttons = [];
    if (own) {
      const press = () => this.send({ kind: "download", what: "step", format: "yaml" });
      buttons.push(pressable(this.words.download, press, { name: "download" }));
    }
    for (const format of formats) {
      const press = () => {
        this.delivered.textContent = this.words.making;
        this.send({ kind: "download", what: "dossier", format });
      };
      buttons.push(pressable(`${this.words.dossier}: ${format.toUpperCase()}`, press, { name: `dossier-${format}` }));
    }
    const menu = this.menu(this.words[formats.length ? "dossier" : "download"], "hand-over", ...buttons, this.delivered);
    menu.hidden = !buttons.length;
    return menu;
  }

  // -- what it shows ---------------------------------------------------------------------------------------------------

  show({ undo, redo, versions, damaged, bad }) {
    this.can = { undo, redo };
    for (const kind of ["undo", "redo"]) this.buttons[kind].setAttribute("aria-disabled", this.can[kind] ? "false" : "true");
    this.versions.hidden = !versions.length || damaged;
    this.listVersions(this.list, damaged ? [] : versions, this.versions);
    if (bad) this.delivered.textContent = "";
  }

  listVersions(list, versions, menu = null) {
    const now = JSON.stringify(versions);
    if (list.shown === now) return;
    list.shown = now;
    list.replaceChildren(
      ...versions.map(({ when, label }) => {
        const restore = () => {
          if (menu) menu.open = false;
          menu?.querySelector("summary").focus();
          this.send({ kind: "restore", when });
        };
        return make("li", {}, pressable(`${this.words.restore}: ${label}`, restore, { name: `restore-${when}` }));
      }),
    );
  }

  // -- what it says ----------------------------------------------------------------------------------------------------

  tell(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("kf-bad", bad);
  }

  // Something was sent; `open` says later whether it is still without an answer.
  wait(open = () => true) {
    this.status.textContent = this.words.saving;
    this.rest();
    this.timer = setTimeout(() => open() && this.complain(), PATIENCE);
  }

  complain() {
    this.tell(this.words.waiting, true);
  }

  rest() {
    clearTimeout(this.timer);
  }

  say(words) {
    this.live.textContent = "";
    requestAnimationFrame(() => { this.live.textContent = words; });
  }

  deliver(message, buffers) {
    saveAs(message.name, message.type, buffers);
    this.delivered.textContent = phrase(this.words, "made", { name: message.name });
  }
}
