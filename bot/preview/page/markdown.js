// Discord's Markdown, as far as messages of an application use it, made into
// elements.
import { el, link } from "./dom.js";

// channels are the names of channels by id, for mentions.
export const channels = new Map();

const inlineForms = [
  [/^\\([^A-Za-z0-9\s])/, (m) => m[1]],
  [/^`([^`\n]+)`/, (m) => el("code", {}, m[1])],
  [/^\*\*(?=\S)([\s\S]+?)\*\*(?!\*)/, (m) => el("strong", {}, inline(m[1]))],
  [/^__(?=\S)([\s\S]+?)__/, (m) => el("u", {}, inline(m[1]))],
  [/^~~(?=\S)([\s\S]+?)~~/, (m) => el("s", {}, inline(m[1]))],
  [/^\*(?=[^\s*])([^*]+?)\*/, (m) => el("em", {}, inline(m[1]))],
  [/^_(?=[^\s_])([^_]+?)_(?!\w)/, (m) => el("em", {}, inline(m[1]))],
  [/^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s>]+?)>?\)/, (m) => link(m[2], inline(m[1]))],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], m[1])],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (m) => time(Number(m[1]), m[2])],
  [/^<(@&?|#)(\d+)>/, (m) => el("span", { class: "mention" }, m[1] === "#" ? "#" + (channels.get(m[2]) ?? m[2]) : "@" + m[2])],
  [/^https?:\/\/[^\s<>)]+/, (m) => link(m[0], m[0])],
];

function time(seconds, style = "f") {
  const at = new Date(seconds * 1000);
  const days = Math.round((at - Date.now()) / 86400000);
  const text = style === "R" ? new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day")
    : at.toLocaleDateString(undefined, { dateStyle: "long" });
  return el("time", { datetime: at.toISOString() }, text);
}

function inline(text) {
  const out = [];
  let plain = "";
  next: while (text) {
    for (const [form, make] of inlineForms) {
      const m = form.exec(text);
      if (m) {
        out.push(plain, make(m));
        plain = "";
        text = text.slice(m[0].length);
        continue next;
      }
    }
    // Words in one go; a mark or an address may begin after any of them.
    const n = /^(?:(?!https?:\/\/)[A-Za-z0-9 ])+/.exec(text)?.[0].length ?? 1;
    plain += text.slice(0, n);
    text = text.slice(n);
  }
  out.push(plain);
  return out.filter((x) => x !== "");
}

// markdown returns the elements of a text.
export function markdown(text) {
  const lines = text.split("\n");
  const out = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    let m;
    if (line.startsWith("```")) {
      const code = [];
      for (i++; i < lines.length && !lines[i].startsWith("```"); i++) code.push(lines[i]);
      i++;
      out.push(el("pre", {}, el("code", {}, code.join("\n"))));
    } else if (/^>(>>)? /.test(line)) {
      const all = line.startsWith(">>> ");
      const quoted = [line.replace(/^>+ /, "")];
      for (i++; i < lines.length && (all || /^>( |$)/.test(lines[i])); i++) quoted.push(all ? lines[i] : lines[i].replace(/^> ?/, ""));
      out.push(el("blockquote", {}, markdown(quoted.join("\n"))));
    } else if ((m = /^(#{1,3}) (.+)/.exec(line))) {
      out.push(el("p", { class: `heading h${m[1].length}`, role: "heading", "aria-level": String(m[1].length + 2) }, inline(m[2])));
      i++;
    } else if ((m = /^-# (.+)/.exec(line))) {
      out.push(el("small", {}, inline(m[1])));
      i++;
    } else if ((m = /^(\s*)([-*]|\d+\.) /.exec(line))) {
      const ordered = /\d/.test(m[2]);
      const items = [];
      const item = ordered ? /^\s*\d+\. (.*)/ : /^\s*[-*] (.*)/;
      for (let n; i < lines.length && (n = item.exec(lines[i])); i++) items.push(el("li", {}, inline(n[1])));
      out.push(ordered ? el("ol", { start: parseInt(m[2], 10) }, items) : el("ul", {}, items));
    } else {
      out.push(el("p", {}, inline(line)));
      i++;
    }
  }
  return out;
}
