// The box at the bottom: words, or a command with its options, with a list of
// suggestions that the arrow keys walk.
import { el } from "./dom.js";

const box = document.getElementById("box");
const list = document.getElementById("suggestions");
const fields = document.getElementById("fields");
let chosen = null; // the command being filled in
let inputs = {}; // its options' inputs, by name
let files = {}; // what was attached, by option
let at = -1; // the suggestion that is lit
let items = []; // {label, about, pick}
let asking = 0;

// setup wires the box. env has commands(), locale(), channels(), run(command,
// values), say(text) and complete(command, focused, values).
export function setup(env) {
  const title = (c) => (c.parent ? local(c.parent, "name") + " " : "") + local(c, "name");
  // commands are those one types; a subcommand is one by itself.
  const commands = () => env.commands().filter((c) => (c.type ?? 1) === 1).flatMap((c) => c.options?.some((o) => o.type === 1)
    ? c.options.map((o) => ({ ...o, parent: c })) : [c]);
  const called = (c) => (c.parent ? c.parent.name + " " : "") + c.name;
  const local = (x, k) => x[k + "_localizations"]?.[env.locale()] ?? x[k];

  function show(next, owner) {
    items = next;
    at = next.length ? 0 : -1;
    list.hidden = !next.length;
    document.querySelectorAll("#composer [role=combobox]").forEach((x) => x.setAttribute("aria-expanded", String(x === owner && next.length > 0)));
    list.replaceChildren(...next.map((x, i) => el("div", { role: "option", id: `s${i}`, onmousedown: (e) => { e.preventDefault(); x.pick(); } },
      el("b", {}, x.label), el("span", {}, x.about ?? ""))));
    light(owner);
  }

  function light(owner = document.activeElement) {
    [...list.children].forEach((x, i) => x.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) {
      list.children[at].scrollIntoView({ block: "nearest" });
      owner?.setAttribute?.("aria-activedescendant", `s${at}`);
    } else owner?.removeAttribute?.("aria-activedescendant");
  }

  function keys(e) {
    if (!list.hidden && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      at = (at + (e.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
      light(e.target);
    } else if (!list.hidden && (e.key === "Enter" || e.key === "Tab") && at >= 0) {
      items[at].pick();
    } else if (e.key === "Escape") {
      if (!list.hidden) show([], e.target);
      else clear();
    } else if (e.key === "Enter") {
      submit();
    } else if (e.key === "Backspace" && chosen && e.target.value === "") {
      clear();
    } else return;
    e.preventDefault();
  }

  function clear() {
    chosen = null;
    inputs = {};
    files = {};
    fields.replaceChildren();
    box.hidden = false;
    box.value = "";
    show([], box);
    box.focus();
  }

  // choose begins a command; values are put into its options.
  function choose(c, values = {}) {
    chosen = c;
    box.hidden = true;
    inputs = {};
    files = {};
    fields.replaceChildren(el("b", {}, "/" + title(c)));
    for (const o of c.options ?? []) addField(o, values[o.name]);
    show([], box);
    const first = Object.values(inputs)[0];
    if (first) first.focus();
    else document.getElementById("send").focus();
  }

  // attach is the field of an option that takes a file.
  function attach(o) {
    const x = el("input", { type: "file", "data-option": o.name, onchange: async () => {
      const f = x.files[0];
      if (!f) return delete files[o.name];
      const url = await new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result); r.readAsDataURL(f); });
      files[o.name] = { name: f.name, type: f.type, data: url.slice(url.indexOf(",") + 1) };
    } });
    inputs[o.name] = x;
    fields.append(el("label", { class: o.required ? "required" : "" }, el("span", {}, local(o, "name")), x));
  }

  function addField(o, value) {
    if (o.type === 11) return attach(o);
    const named = (x) => ({ label: local(x, "name"), value: String(x.value) });
    let fixed = o.choices?.map(named);
    if (o.type === 5) fixed = [{ label: "True", value: "true" }, { label: "False", value: "false" }];
    if (o.type === 7) fixed = env.channels().map((c) => ({ label: "#" + c.name, value: c.id }));
    const x = el("input", { type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list",
      "data-option": o.name, "aria-required": String(!!o.required), placeholder: local(o, "description"), maxlength: o.max_length });
    const suggest = async () => {
      const pick = (c) => () => { x.value = c.label; x.dataset.value = c.value; show([], x); };
      if (fixed) {
        show(fixed.filter((c) => c.label.toLowerCase().includes(x.value.toLowerCase())).map((c) => ({ label: c.label, pick: pick(c) })), x);
      } else if (o.autocomplete) {
        const mine = ++asking;
        const found = await env.complete(called(chosen), o.name, values());
        if (mine === asking && document.activeElement === x) show(found.map((c) => ({ label: c.Name, pick: pick({ label: c.Name, value: String(c.Value) }) })), x);
      } else show([], x);
    };
    x.addEventListener("input", () => { delete x.dataset.value; suggest(); });
    x.addEventListener("focus", suggest);
    x.addEventListener("blur", () => { asking++; show([], x); });
    x.addEventListener("keydown", keys);
    x.value = value ?? "";
    inputs[o.name] = x;
    fields.append(el("label", { class: o.required ? "required" : "" }, el("span", {}, local(o, "name")), x));
  }

  const values = () => Object.fromEntries(Object.entries(inputs).filter(([, x]) => x.type !== "file").map(([k, x]) => [k, x.dataset.value ?? x.value]));

  box.addEventListener("input", () => {
    if (!box.value.startsWith("/")) return show([], box);
    const typed = box.value.slice(1).toLowerCase();
    show(commands().filter((c) => title(c).startsWith(typed))
      .map((c) => ({ label: "/" + title(c), about: local(c, "description"), pick: () => choose(c) })), box);
  });
  box.addEventListener("blur", () => show([], box));
  box.addEventListener("keydown", keys);
  // Enter is ours alone: the browser's own sending would also send a command
  // that Enter has only just chosen.
  document.getElementById("composer").addEventListener("submit", (e) => e.preventDefault());
  document.getElementById("send").addEventListener("click", submit);

  async function submit() {
    if (chosen) {
      const missing = (chosen.options ?? []).find((o) => o.required && !inputs[o.name].value.trim());
      if (missing) {
        env.notice("This option is required. Specify a value.");
        return inputs[missing.name].focus();
      }
      const [name, v, f] = [called(chosen), values(), files];
      clear();
      await env.run(name, v, f);
    } else if (box.value.trim()) {
      const text = box.value;
      clear();
      await env.say(text);
    }
  }
  return { choose, clear };
}
