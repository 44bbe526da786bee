// What stands beside the channel: the inspector and the library.
import { el, link, svg } from "./dom.js";

const num = (x, digits = 2) => Number(x).toFixed(digits);
const row = (k, ...v) => el("tr", {}, el("th", { scope: "row" }, k), el("td", {}, ...v));

function meter(name, n, of) {
  return row(name, el("meter", { value: n, max: of, high: of * 0.9, "aria-label": name }), ` ${n} of ${of} (${Math.round((100 * n) / of)} %)`);
}

// inspector shows why the last answer came out as it did, and what was sent.
export function inspector(side, x, usage) {
  const open = new Set([...side.querySelectorAll("details[open]")].map((d) => d.dataset.key));
  const more = (key, title, ...body) => el("details", { "data-key": key, open: open.has(key) }, el("summary", {}, title), ...body);
  const out = [el("h2", {}, "Inspector"), el("p", { class: "hint" }, "The last question of this preview. Kept in memory only.")];
  if (x.triage) {
    out.push(el("h3", {}, "Danger first"), el("table", {}, row("urgency", x.triage.urgency), row("reason", x.triage.reason || "none"),
      row("chance of danger", num(x.triage.chance, 3)), row("time", num(x.triage.ms) + " ms")));
  } else out.push(el("p", {}, "Ask something first."));
  const a = x.answer;
  if (a) {
    out.push(el("h3", {}, "Decision"), el("table", {}, row("kind", a.kind), row("rule", a.rule), row("coverage", `${num(a.coverage)} (bar ${num(a.bar)})`),
      row("asks us to decide", num(a.lane)), row("time", num(a.ms) + " ms")),
    el("h3", {}, "Understood"), el("table", {}, row("question", a.question), row("before it", (a.previous ?? []).join(" / ") || "nothing"), row("language", a.language),
      row("about", (a.entities ?? []).join(", ") || "nothing named"), row("asks", (a.intents ?? []).join(", ") || "unclear"), row("unknown", (a.unknown ?? []).join(", ") || "none")),
    more("words", "Words and weights", el("table", {}, (a.words ?? []).map((w) => row(w.text, `${w.as || "a word"}, ${num(w.weight)}`)))),
    el("h3", {}, "Candidates"), ...(a.candidates ?? []).map((c, i) => more("c" + i, `${i + 1}. ${c.passage}: probability ${num(c.probability)}, score ${num(c.score)}`,
      el("p", {}, c.text), el("p", {}, "missing: " + ((c.missing ?? []).join(", ") || "none")),
      el("table", {}, (c.parts ?? []).map((p) => row(p.name, num(p.points)))))));
  }
  if (usage) {
    out.push(el("h3", {}, "Share of Discord's limits"), el("table", {}, meter("components", usage.Components, usage.MaxComponents),
      meter("characters", usage.Characters, usage.MaxCharacters), meter("bytes", usage.Bytes, usage.MaxBytes)));
  }
  if (x.faults?.length) out.push(el("h3", {}, "Rules of Discord broken"), el("ul", {}, x.faults.map((f) => el("li", {}, f))));
  if (x.sent.length) {
    out.push(el("h3", {}, "Sent to Discord"), ...x.sent.toReversed().map((s, i) => more("j" + (x.sent.length - i), `${s.request}: ${s.bytes} bytes, ${num(s.ms)} ms`,
      el("pre", { tabindex: "0", "aria-label": "JSON sent" }, JSON.stringify(s.body, null, 1)))));
  }
  side.replaceChildren(...out);
}

// library shows the articles and two pictures; curve fetches the second.
export function library(side, x, curve) {
  const place = el("div", { "aria-live": "polite" }, el("button", { type: "button", class: "button secondary", onclick: async () => {
    place.replaceChildren("Asking every judged question…");
    const c = await curve();
    place.replaceChildren(c.error ? el("p", {}, c.error) : curvePicture(c.points));
  } }, "Measure"));
  side.replaceChildren(el("h2", {}, "Library"), el("p", { class: "hint" }, `${x.articles.length} articles, passages as they are cut.`),
    el("h3", {}, "Coverage"), topicsPicture(x.topics.slice(0, 24)), el("h3", {}, "Risk and coverage"), place,
    el("h3", {}, "Articles"), ...x.articles.map(article));
}

function article(a) {
  const clock = a.days < 0 ? `review overdue by ${-a.days} days` : `next review in ${a.days} days`;
  return el("details", { class: "article" }, el("summary", {}, a.title, el("small", { class: a.days < 30 ? "due" : "" }, clock)),
    el("p", {}, a.summary), el("p", { class: "hint" }, `Text checked ${a.reviewed}; ${a.reviewedBy}; next review ${a.nextReview}.`),
    a.sections.map((s) => el("section", {}, el("h4", {}, s.heading),
      (s.passages ?? []).map((p) => el("blockquote", {}, p)),
      s.questions?.length ? el("details", {}, el("summary", {}, `${s.questions.length} questions that reach it`), el("ul", {}, s.questions.map((q) => el("li", {}, q)))) : null,
      el("p", { class: "hint" }, "Sources: ", (s.sources ?? []).flatMap((v, i) => [i ? "; " : "", link(v.url, `${v.publisher}, ${v.name}`), ` (${v.published})`])))));
}

function topicsPicture(topics) {
  const most = Math.max(1, ...topics.flatMap((t) => [t.passages, t.judged]));
  const h = 26;
  const label = topics.map((t) => `${t.name}: ${t.passages} passages, ${t.judged} judged questions`).join("; ");
  const s = svg("svg", { viewBox: `0 0 400 ${topics.length * h + 24}`, role: "img", "aria-label": "Topics by passages and judged questions. " + label });
  topics.forEach((t, i) => {
    const text = (x, y, words, c = "") => { const e = svg("text", { x, y, class: c }); e.textContent = words; s.append(e); };
    text(136, i * h + 16, t.name, "end");
    s.append(svg("rect", { x: 144, y: i * h + 4, width: (190 * t.passages) / most, height: 8, class: "passages" }),
      svg("rect", { x: 144, y: i * h + 13, width: (190 * t.judged) / most, height: 8, class: "judged" }));
    text(150 + (190 * Math.max(t.passages, t.judged)) / most, i * h + 16, `${t.passages} / ${t.judged}`, "small");
  });
  const e = svg("text", { x: 144, y: topics.length * h + 16, class: "small" });
  e.textContent = "passages / judged questions";
  s.append(e);
  return s;
}

function curvePicture(points) {
  const top = Math.max(0.05, ...points.map((p) => p.wrong)) * 1.15;
  const x = (p) => 50 + 320 * p.kept, y = (p) => 190 - (170 * p.wrong) / top;
  const s = svg("svg", { viewBox: "0 0 400 230", role: "img", "aria-label": "Risk-coverage curve. " + points.map((p) =>
    `Bar ${p.bar}: ${Math.round(100 * p.kept)} percent kept, ${num(100 * p.wrong, 1)} percent of them wrong`).join("; ") });
  const text = (x, y, words, c = "small") => { const e = svg("text", { x, y, class: c }); e.textContent = words; s.append(e); };
  s.append(svg("path", { d: "M50 15V190H380", class: "axis" }), svg("path", { d: "M" + points.map((p) => `${x(p)} ${y(p)}`).join("L"), class: "curve" }));
  for (const p of points) {
    s.append(svg("circle", { cx: x(p), cy: y(p), r: 4, class: "passages" }));
    text(x(p) - 8, y(p) - 8, num(p.bar));
  }
  text(140, 222, "answers kept (0 to 100 %), by bar of coverage");
  text(56, 24, `wrong answers: top is ${num(100 * top, 1)} %`);
  return s;
}
