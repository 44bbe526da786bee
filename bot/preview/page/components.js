// Discord's components, made into elements.
import { el, link } from "./dom.js";
import { markdown } from "./markdown.js";

const styles = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const emoji = (e) => (e?.name ? el("span", { "aria-hidden": "true" }, e.name + " ") : null);

// component returns one component. act is called with what a member does:
// {do, id, picked}; file gives the address of a file of the message by its name.
export function component(c, act, file) {
  const inner = () => (c.components ?? []).map((x) => component(x, act, file));
  switch (c.type) {
    case 1: return el("div", { class: "row" }, inner());
    case 2: return button(c, act);
    case 3: case 5: case 6: case 7: case 8: return menu(c, act);
    case 9: return el("div", { class: "section" }, el("div", {}, inner()), c.accessory ? component(c.accessory, act, file) : null);
    case 10: return el("div", { class: "text" }, markdown(c.content));
    case 13: {
      const name = c.file.url.replace("attachment://", "");
      return el("p", { class: "file" }, el("a", { href: file(name), download: name }, name));
    }
    case 14: return el("hr", { class: (c.divider === false ? "blank" : "line") + (c.spacing === 2 ? " wide" : "") });
    case 17: {
      const box = el("div", { class: "container" }, inner());
      if (Number.isInteger(c.accent_color)) {
        box.classList.add("accent");
        box.style.setProperty("--accent", "#" + c.accent_color.toString(16).padStart(6, "0"));
      }
      return box;
    }
    default: return el("p", { class: "unknown" }, `component of type ${c.type}`);
  }
}

function button(c, act) {
  if (c.style === 5) {
    const a = link(c.url, emoji(c.emoji), c.label ?? "");
    a.classList.add("button", "link");
    return a;
  }
  return el("button", { type: "button", class: "button " + (styles[c.style] ?? "secondary"), disabled: c.disabled, "data-id": c.custom_id,
    onclick: () => act({ do: "click", id: c.custom_id }) }, emoji(c.emoji), c.label ?? "");
}

function menu(c, act) {
  const name = c.placeholder || "Make a selection";
  const s = el("select", { class: "menu", "aria-label": name, disabled: c.disabled, "data-id": c.custom_id,
    onchange: () => act({ do: "select", id: c.custom_id, picked: [s.value] }) },
  el("option", { value: "", disabled: true, selected: true }, name),
  (c.options ?? []).map((o) => el("option", { value: o.value }, o.description ? `${o.label}: ${o.description}` : o.label)));
  for (const o of c.options ?? []) if (o.default) s.value = o.value;
  return s;
}

// modal fills a dialog with a modal and shows it; submit is called with the
// values of its inputs by custom id.
export function modal(dialog, m, submit) {
  const inputs = {};
  const field = (c) => {
    if (c.type === 10) return el("div", { class: "text" }, markdown(c.content));
    if (c.type === 1) return c.components.map(field);
    const input = c.type === 18 ? c.component : c;
    const label = c.label ?? input.label ?? "";
    let control;
    if (input.type === 4) {
      control = el(input.style === 2 ? "textarea" : "input", { maxlength: input.max_length, minlength: input.min_length,
        required: input.required !== false, placeholder: input.placeholder, rows: input.style === 2 ? 5 : null });
      control.value = input.value ?? "";
    } else if (input.type === 3) {
      control = el("select", { required: input.required !== false }, (input.options ?? []).map((o) => el("option", { value: o.value, selected: o.default }, o.label)));
    } else return el("p", { class: "unknown" }, `input of type ${input.type}`);
    inputs[input.custom_id] = control;
    return el("label", {}, label, c.description ? el("small", {}, c.description) : null, control);
  };
  const form = el("form", { method: "dialog", onsubmit: () => submit(Object.fromEntries(Object.entries(inputs).map(([k, c]) => [k, c.value]))) },
    el("h2", { id: "modal-title" }, m.title), (m.components ?? []).map(field),
    el("div", { class: "row end" }, el("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, "Cancel"),
      el("button", { type: "submit", class: "button primary" }, "Submit")));
  dialog.replaceChildren(form);
  dialog.showModal();
}
