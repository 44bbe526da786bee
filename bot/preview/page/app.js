// The page: what the member sees and does. It talks to the preview's own
// server only.
import { el } from "./dom.js";
import { component, modal } from "./components.js";
import { channels } from "./markdown.js";
import { setup } from "./composer.js";
import { inspector, library } from "./side.js";

const $ = (id) => document.getElementById(id);
const examples = [
  ["Ask", "what are side effects of oral JAK inhibitors"],
  ["By brand", "does rinvoq cause acne"],
  ["Cream or tablet?", "what are the side effects of ruxolitinib"],
  ["For a person", "should i stop taking cibinqo"],
  ["An emergency", "my mum collapsed and isn't waking up"],
  ["Not covered", "how do i repair a bicycle tyre"],
];
let start, server, channel, events, panel = "";
const shown = new Map(); // message id -> {mark, node}

async function get(path) {
  const r = await fetch(path);
  if (!r.ok) throw new Error(await r.text());
  return r.json();
}

// act does something in the member's name and shows what comes of it.
async function act(a) {
  $("notice").textContent = "";
  try {
    const r = await fetch("api/act", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ channel: channel.id, role: $("role").value, locale: $("locale").value, ...a }) });
    if (!r.ok) throw new Error(await r.text());
    const out = await r.json();
    if (out.failed && a.do !== "complete") $("notice").textContent = "The application did not respond";
    if (out.modal) modal($("modal"), out.modal, (values) => act({ do: "submit", message: a.message, id: out.modal.custom_id, values }));
    if (a.do !== "complete") refresh();
    return out;
  } catch (e) {
    $("notice").textContent = e instanceof TypeError ? "The preview has ended. Start it again and reload the page." : e.message;
    return {};
  }
}

function avatar(name, bot) {
  return el("span", { class: "avatar" + (bot ? " bot" : ""), "aria-hidden": "true" }, name[0]);
}

function messageNode(e) {
  const used = e.by && e.used ? el("div", { class: "used" }, el("b", {}, e.by), " used ", el("span", { class: "command" }, e.used)) : null;
  const head = el("div", { class: "head" }, el("b", {}, e.author), e.bot ? el("span", { class: "app" }, "APP") : null);
  const body = el("div", { class: "body" });
  if (e.state === "thinking" || e.state === "waiting") body.append(el("p", { class: "thinking" }, "Salve is thinking…"));
  if (e.state === "failed") body.append(el("p", { class: "failed" }, "The application did not respond"));
  if (e.text) body.append(el("p", { class: "plain" }, e.text));
  const mine = (a) => act({ ...a, message: e.id });
  if (e.message?.content) body.append(el("p", { class: "plain" }, e.message.content));
  const file = (name) => "api/file?" + new URLSearchParams({ channel: channel.id, role: $("role").value, message: e.id, name });
  for (const c of e.message?.components ?? []) body.append(component(c, mine, file));
  if (e.edited) body.append(el("small", { class: "edited" }, "(edited)"));
  if (e.private) body.append(el("small", { class: "private" }, "Only you can see this"));
  if (!e.bot) {
    body.append(el("div", { class: "apps" }, start.commands.filter((c) => c.type === 3).map((c) =>
      el("button", { type: "button", class: "button secondary", onclick: () => mine({ do: "apps", command: c.name }) },
        "Apps: " + (c.name_localizations?.[$("locale").value] ?? c.name)))));
  }
  return el("article", { class: "message" + (e.private ? " ephemeral" : ""), "data-id": e.id, "aria-label": `${e.author}${e.private ? ", only you can see this" : ""}` },
    used, avatar(e.author, e.bot), el("div", { class: "column" }, head, body));
}

// update shows the entries of the channel; what did not change stays as it is,
// so that focus and menus survive.
function update(entries) {
  const log = $("log");
  const low = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  let fresh = null;
  const ids = new Set(entries.map((e) => e.id));
  for (const [id, x] of shown) if (!ids.has(id)) { x.node.remove(); shown.delete(id); }
  entries.forEach((e, i) => {
    const mark = JSON.stringify(e);
    let x = shown.get(e.id);
    if (x?.mark !== mark) {
      const node = messageNode(e);
      if (x) {
        const focused = x.node.contains(document.activeElement) ? document.activeElement.dataset.id : null;
        x.node.replaceWith(node);
        if (focused) node.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
      } else fresh = node;
      x = { mark, node };
      shown.set(e.id, x);
    }
    if ($("messages").children[i] !== x.node) $("messages").insertBefore(x.node, $("messages").children[i] ?? null);
  });
  if (fresh && entries.length > 1) {
    // A long answer is read from its beginning.
    if (fresh.offsetHeight > log.clientHeight) fresh.scrollIntoView({ block: "start" });
    else if (low || entries.at(-1).by) log.scrollTop = log.scrollHeight;
  }
}

function watchChannel() {
  events?.close();
  shown.clear();
  $("messages").replaceChildren();
  events = new EventSource(`api/events?channel=${channel.id}&role=${$("role").value}`);
  events.onmessage = (e) => { update(JSON.parse(e.data)); refresh(); };
}

function open(s, c) {
  server = s;
  channel = c ?? s.channels[0];
  if (channel.mods && $("role").value === "member") channel = s.channels[0];
  $("server-name").textContent = s.name;
  $("server-about").textContent = s.about;
  $("channel-name").textContent = "# " + channel.name;
  $("box").placeholder = `Message #${channel.name}, or / for commands`;
  $("servers").replaceChildren(...start.servers.map((x) => el("button", { type: "button", "aria-label": initials(x) + ", " + x.name, title: x.name, "aria-pressed": String(x === s),
    onclick: () => open(x) }, initials(x))));
  $("channel-list").replaceChildren(...s.channels.filter((x) => !x.mods || $("role").value !== "member").map((x) =>
    el("button", { type: "button", "aria-current": x === channel ? "page" : null, onclick: () => { open(s, x); fold(false); } }, "# " + x.name)));
  $("tour").hidden = channel.mods;
  watchChannel();
}

const initials = (s) => s.name.split(" ").map((w) => w[0]).join("");

function fold(out) {
  document.body.classList.toggle("menu", out);
  $("menu").setAttribute("aria-expanded", String(out));
}

async function refresh() {
  if (panel === "inspector") inspector($("side"), await get("api/inspect"), [...shown.values()].map((x) => JSON.parse(x.mark)).findLast((e) => e.usage)?.usage);
}

async function toggle(name) {
  panel = panel === name ? "" : name;
  for (const n of ["inspector", "library"]) $("show-" + n).setAttribute("aria-pressed", String(panel === n));
  $("side").hidden = !panel;
  $("side").replaceChildren();
  if (panel === "library") library($("side"), await get("api/library"), () => get("api/curve"));
  await refresh();
}

start = await get("api/start");
for (const s of start.servers) for (const c of s.channels) channels.set(c.id, c.name);
const composer = setup({
  commands: () => start.commands, locale: () => $("locale").value, channels: () => server.channels,
  run: (command, values, files) => act({ do: "run", command, values, files }),
  say: (text) => act({ do: "say", text }),
  complete: async (command, focused, values) => (await act({ do: "complete", command, focused, values })).choices ?? [],
  notice: (text) => { $("notice").textContent = text; },
});
$("examples").replaceChildren(...examples.map(([kind, text]) =>
  el("button", { type: "button", class: "chip", onclick: () => act({ do: "run", command: "ask", values: { question: text } }) }, el("b", {}, kind), " ", text)));
$("role").addEventListener("change", () => open(server, channel));
$("locale").addEventListener("change", () => composer.clear());
$("theme").addEventListener("change", () => { document.body.dataset.theme = $("theme").value; });
if (matchMedia("(prefers-color-scheme: light)").matches) document.body.dataset.theme = $("theme").value = "light";
$("menu").addEventListener("click", () => fold(!document.body.classList.contains("menu")));
$("show-inspector").addEventListener("click", () => toggle("inspector"));
$("show-library").addEventListener("click", () => toggle("library"));
open(start.servers[0]);
document.body.dataset.ready = "true";
