// The page: what it is showing, how that changes, and the address that says so.

const RECORDING = unpacked(JSON.parse(document.getElementById("recording").textContent));
const PRECISION = RECORDING.precision;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const state = { step: 0, language: "en", theme: "auto", mode: "look", fault: "", engine: "", checkpoint: false, open: new Set(), hazards: new Set(), ties: new Set(), selected: { left: null, right: null }, playing: 0, answered: new Map() };
const engines = ["torch", "tape"].filter((name) => RECORDING.steps.some((step) => step.graphs[name]));

const worldName = (engine) => ({ torch: "PyTorch", tape: t("tape"), jax: "JAX" })[engine] || engine;
const fault = () => RECORDING.faults.find((one) => one.id === state.fault);
const checkpointed = () => (state.checkpoint && !fault() ? RECORDING.checkpointed : null);

// --- the address ---

function readAddress() {
  const given = new URLSearchParams(decodeURIComponent(location.hash.slice(1)).split("?")[1] || "");
  readAppearance(given);
  state.mode = given.get("mode") === "predict" ? "predict" : "look";
  state.fault = RECORDING.faults.some((one) => one.id === given.get("fault")) ? given.get("fault") : "";
  state.checkpoint = Boolean(RECORDING.checkpointed) && given.get("checkpoint") === "1" && !state.fault;
  state.engine = engines.includes(given.get("engine")) ? given.get("engine") : engines[0] || "";
  state.open = new Set((given.get("open") || "").split(",").filter(Boolean));
  state.hazards = hazardsAsked(given);
  const step = Number.parseInt(given.get("step") || "1", 10);
  state.step = Number.isFinite(step) ? Math.max(0, step - 1) : 0;
}

function writeAddress() {
  const query = new URLSearchParams({ step: state.step + 1, lang: state.language, mode: state.mode });
  if (state.theme !== "auto") query.set("theme", state.theme);
  if (state.fault) query.set("fault", state.fault);
  if (state.checkpoint) query.set("checkpoint", "1");
  if (state.engine && state.engine !== engines[0]) query.set("engine", state.engine);
  if (state.open.size) query.set("open", [...state.open].join(","));
  if (state.hazards.size) query.set("hazard", [...state.hazards].join(","));
  const hash = `#${RECORDING.title}?${query.toString().replace(/%2C/g, ",")}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

// --- the run that is shown ---

let run, drawn = { left: null, right: null }, code = { left: null, right: null }, strip, shownPrep = null, plan, items;

function chosen() {
  const wrong = fault();
  const again = checkpointed();
  if (again) state.engine = "torch";
  const { steps } = wrong || again || RECORDING;
  run = timeline(steps, wrong ? wrong.world : state.engine || "torch");
  shownPrep = null;
  state.step = Math.min(state.step, run.moments.length - 1);
  for (const side of ["left", "right"]) {
    const key = side === "left" ? (wrong ? wrong.world : state.engine) : "jax";
    const sources = wrong && side === "left" ? wrong.sources : (again || RECORDING).sources[key];
    const pane = byId(`code-${side}`);
    if (wrong && side === "right") { code.right = { lines: new Map() }; pane.replaceChildren(); continue; }
    code[side] = codePane(sources);
    pane.replaceChildren(code[side].pane);
    pane.hidden = !(sources || []).length;
    const first = new Map();
    for (const moment of run.moments) for (const place of placesOf(moment, side)) {
      const line = `${place.file}:${place.line}`;
      if (!first.has(line)) first.set(line, moment.index);
    }
    for (const [line, index] of first) {
      const row = code[side].lines.get(line);
      if (row) { row.classList.add("runs"); row.addEventListener("click", () => go(index)); }
    }
  }
  document.body.classList.toggle("broken", Boolean(wrong));
  document.body.classList.toggle("only-right", !run.preps.some((prep) => prep.left));
  document.body.classList.toggle("only-left", !wrong && !run.preps.some((prep) => prep.right));
  measure();
}

let widths = { left: 0, right: 0 };

function measure() {
  widths = { left: byId("graph-left").clientWidth || 340, right: byId("graph-right").clientWidth || 340 };
  const without = checkpointed() ? timeline(RECORDING.steps.slice(0, 1), "torch") : null;
  strip = drawStrip(run, Math.max(280, byId("strip").clientWidth), { go }, without);
  byId("strip").replaceChildren(strip.slider);
}

function drawGraphs(prep) {
  items = visible(prep.tree, state.open);
  plan = layout(prep, items, widths);
  for (const side of ["left", "right"]) {
    const host = byId(`graph-${side}`);
    if (!prep[side]) { drawn[side] = null; host.replaceChildren(side === "right" && fault() ? explanation() : ""); continue; }
    drawn[side] = drawGraph(prep, side, items, plan, widths[side], { select, hover, fold });
    host.replaceChildren(drawn[side].root);
    if (side === "left") host.scrollLeft = host.scrollWidth;
  }
  shownPrep = prep;
}

/** What the functional world says to a wrong program. */
function explanation() {
  const wrong = fault();
  return el("article", { class: "why" }, el("h3", {}, t(wrong.elsewhere ? "why_written" : "why_not_written")),
    (wrong.why[state.language] || wrong.why.en).split("\n").slice(1).map((text) => el("p", {}, text)),
    wrong.elsewhere ? el("pre", {}, el("code", {}, wrong.elsewhere.split("\n").map((line) => [coloured(line), "\n"]))) : null);
}

/** What the wrong program made of the parameters, beside what the right one made. */
function against(moment) {
  const right = RECORDING.steps[moment.step];
  const engine = moment.prep.engine;
  if (!right || !right.updates[engine]) return "";
  return el("table", { class: "slots" }, el("caption", {}, t("against_caption", { step: moment.step + 1 })),
    el("thead", {}, el("tr", {}, [t("parameter"), t("right_program"), t("this_program")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, moment.prep.step.updates[engine].map((update) => {
      const other = right.updates[engine].find((one) => one.name === update.name);
      return el("tr", {}, el("th", { scope: "row" }, el("code", {}, update.name)), el("td", {}, shown(other && other.after, null, null, "")), el("td", {}, shown(update.after, null, null, "")));
    })));
}

// --- showing ---

const openQuestion = (moment) => {
  if (state.mode !== "predict") return null;
  const question = questionAt(moment);
  return question && !(state.answered.get(key(moment)) || {}).done ? question : null;
};
const key = (moment) => `${state.fault} ${state.engine} ${moment.index}`;

function show({ scroll = true } = {}) {
  const moment = run.moments[state.step], { prep } = moment;
  if (shownPrep !== prep) drawGraphs(prep);
  const hidden = Boolean(openQuestion(moment));
  for (const side of ["left", "right"]) {
    paintGraph(drawn[side], moment, hidden);
    paintTies(moment);
    showNow(moment, side, hidden);
    showCode(moment, side, scroll);
  }
  const wrong = fault();
  const ties = (side) => tiesList(moment, side, state.ties.has(side), { find, toggled: (on) => (on ? state.ties.add(side) : state.ties.delete(side)) }) || "";
  byId("below-left").replaceChildren(...(prep.left ? [slotsTable(moment), walkList(moment, "left", hidden), ties("left")] : []));
  byId("below-right").replaceChildren(...(prep.right ? [valuesTable(moment), walkList(moment, "right", hidden), ties("right")] : wrong ? [against(moment)] : []));
  for (const list of document.querySelectorAll(".walk ol")) {
    const now = list.querySelector(".now") || [...list.querySelectorAll(".done")].pop();
    if (now) list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
  }
  const where = t("where", { step: moment.step + 1, steps: run.preps.length, phase: t("phase_" + phaseGroup(moment.phase)), n: moment.index + 1, all: run.moments.length });
  byId("where").textContent = where;
  strip.paint(moment, where);
  const spoken = ["left", "right"].map((side) => (prep[side] ? `${t("world_" + side)}: ${sentence(moment, side, wrong)}` : "")).filter(Boolean);
  byId("spoken").textContent = hidden ? `${where}. ${t("spoken_question")}` : `${where}. ${spoken.join(" ")}`;
  showQuestion(moment);
  const end = run.moments.length - 1;
  for (const id of ["first", "back"]) byId(id).toggleAttribute("disabled", state.step === 0);
  for (const id of ["last", "next"]) byId(id).toggleAttribute("disabled", state.step === end && !hidden);
  if (scroll) bringIntoView(moment);
  writeAddress();
}

function paintTies(moment) {
  const at = items.findIndex((item) => item.row && moment.row === item.row);
  for (const side of ["left", "right"]) if (drawn[side]) for (const [number, tie] of drawn[side].ties) {
    toggle(tie, { now: number === at, future: items[number].row && prepBorn(moment, items[number].row) });
  }
  for (const side of ["left", "right"]) if (drawn[side]) for (const [number, fold] of drawn[side].folds) {
    const item = items[number];
    toggle(fold, { now: Boolean(moment.row) && moment.row.index >= item.from && moment.row.index <= item.to && !item.opened });
  }
}

function prepBorn(moment, row) {
  const life = moment.prep.life.left.get(row.left.id);
  return !(life && life.born <= moment.local);
}

function showNow(moment, side, hidden) {
  const host = byId(`now-${side}`), selected = state.selected[side], index = moment.prep[side];
  const node = selected && index && index.nodes.get(selected);
  if (node) {
    const close = el("button", { type: "button", class: "close" }, t("close_card"));
    close.addEventListener("click", () => select(side, null));
    host.replaceChildren(close, nodeCard(moment.prep, side, node, moment.local, hidden));
  } else host.replaceChildren(...nowBox(moment, side, hidden, fault()));
  if (!index && side === "right" && fault()) host.replaceChildren(el("p", { class: "say" }, (fault().why[state.language] || fault().why.en).split("\n")[0]));
  host.classList.toggle("pinned", Boolean(node));
}

let litRows = [];

function showCode(moment, side, scroll) {
  if (side === "left") { litRows.forEach((row) => row.classList.remove("now", "also")); litRows = []; }
  const places = placesOf(moment, side);
  if (!places.length && moment.phase === "start") { // nothing runs yet: what will run first is in sight
    const next = moment.prep.moments.flatMap((later) => placesOf(later, side))[0];
    const row = next && code[side].lines.get(`${next.file}:${next.line}`);
    const pane = byId(`code-${side}`);
    if (row && scroll) pane.scrollTo({ top: row.offsetTop - pane.clientHeight / 2, behavior: "instant" });
  }
  places.forEach((place, i) => {
    const row = code[side].lines.get(`${place.file}:${place.line}`);
    if (!row) return;
    if (!row.classList.contains("now")) row.classList.add(i ? "also" : "now");
    litRows.push(row);
    if (i === 0 && scroll) {
      const pane = byId(`code-${side}`);
      const top = row.offsetTop - pane.clientHeight / 2 + row.clientHeight;
      if (row.offsetTop < pane.scrollTop + 20 || row.offsetTop > pane.scrollTop + pane.clientHeight - 40) pane.scrollTo({ top, behavior: "instant" });
    }
  });
}

function bringIntoView(moment) {
  if (matchMedia("(max-width: 719px)").matches) return;
  const node = moment.left || moment.right, side = moment.left ? "left" : "right";
  let y = node && drawn[side] && ["forward", "loss", "seed", "backward"].includes(moment.phase) ? drawn[side].y(node.id) : null;
  if (y === null && moment.row) { const at = items.findIndex((item) => item.from <= moment.row.index && moment.row.index <= item.to && !item.opened); if (at >= 0) y = plan.tops[at].line; }
  const host = byId("graph-left").getBoundingClientRect();
  const floor = window.innerHeight - byId("dock").offsetHeight, roof = byId("now-left").getBoundingClientRect().bottom;
  let from, to;
  if (y !== null) { from = host.top + y - 20; to = host.top + y + LINE; }
  else if (moment.phase === "start") { window.scrollTo({ top: Math.min(window.scrollY, byId("worlds").offsetTop), behavior: "instant" }); return; }
  else if (["returned", "update", "forget"].includes(moment.phase)) { const box = byId("below-left").querySelector("table"); if (!box) return; from = box.getBoundingClientRect().top - 20; to = Math.min(box.getBoundingClientRect().bottom, from + 260); }
  else return;
  const by = to > floor ? to - floor + 12 : from < roof ? from - roof - 12 : 0;
  if (by) window.scrollBy({ top: by, behavior: calm.matches || !state.smooth ? "instant" : "smooth" });
}

function showQuestion(moment) {
  const box = byId("ask"), question = state.mode === "predict" ? questionAt(moment) : null;
  const past = state.answered.get(key(moment));
  box.hidden = !question;
  if (!question) return;
  const l = lossName(question.index);
  byId("question").replaceChildren(t("ask", {}), " ", slope(question.name, l), " = ");
  byId("verdict").textContent = past ? past.text : t("ask_hint", { of: question.user ? nameOf(question.index, question.user) : l, l });
  byId("verdict").className = past ? (past.right ? "right" : past.shown ? "" : "wrong") : "";
  if (!past) byId("answer").value = "";
  byId("answer").disabled = Boolean(past && past.done);
  for (const button of box.querySelectorAll("button")) button.disabled = Boolean(past && past.done);
}

function answer(shownOnly) {
  const moment = run.moments[state.step], question = openQuestion(moment);
  if (!question) return;
  if (shownOnly) state.answered.set(key(moment), { done: true, shown: true, text: t("verdict_shown", { name: question.name, l: lossName(question.index), correct: exact(question.right) }) });
  else {
    const text = byId("answer").value.trim().replace(/[−–]/g, "-").replace(",", ".");
    const number = Number(text);
    if (!text || !Number.isFinite(number)) { byId("verdict").textContent = t("verdict_no_number"); return; }
    const verdict = verdictOn(question, number);
    state.answered.set(key(moment), { done: verdict.right, right: verdict.right, text: verdict.text });
  }
  show({ scroll: false });
  if (shownOnly || (state.answered.get(key(moment)) || {}).done) byId("next").focus();
}

// --- going ---

function go(index) {
  const next = Math.max(0, Math.min(run.moments.length - 1, index));
  if (next !== state.step) { state.selected = { left: null, right: null }; state.smooth = Math.abs(next - state.step) < 3; }
  state.step = next;
  show();
}

/** One moment on; within a closed fold, past it. */
function forward() {
  if (openQuestion(run.moments[state.step])) { answer(true); return; }
  go(beyond(1));
}

const backward = () => go(beyond(-1));

function beyond(way) {
  const here = run.moments[state.step];
  const foldOf = (moment) => (moment.prep === shownPrep && moment.row ? items.find((item) => item.fold && !item.opened && item.from <= moment.row.index && moment.row.index <= item.to) : null);
  const fold = foldOf(here);
  let index = state.step + way;
  while (fold && run.moments[index] && run.moments[index].phase === here.phase && foldOf(run.moments[index]) === fold) index += way;
  return index;
}

function play(on) {
  clearInterval(state.playing);
  state.playing = on ? setInterval(() => {
    if (state.step >= run.moments.length - 1) play(false);
    else if (!openQuestion(run.moments[state.step])) forward();
  }, 1400) : 0;
  byId("play").setAttribute("aria-pressed", String(Boolean(on)));
  byId("play").setAttribute("aria-label", t(on ? "pause" : "play"));
}

function phases(way) {
  const group = (m) => `${m.step} ${phaseGroup(m.phase)}`;
  let index = state.step;
  while (run.moments[index + way] && group(run.moments[index + way]) === group(run.moments[state.step])) index += way;
  go(index + way);
}

function select(side, id) {
  const other = side === "left" ? "right" : "left";
  const { prep } = run.moments[state.step];
  state.selected = { left: null, right: null };
  if (id) {
    state.selected[side] = id;
    state.selected[other] = prep.partner[side].get(id) || null;
  }
  show({ scroll: false });
  mark(side, id);
}

function hover(side, id) {
  const chosenSide = ["left", "right"].find((one) => state.selected[one]);
  mark(id ? side : chosenSide || side, id || (chosenSide ? state.selected[chosenSide] : null));
}

/** Light what corresponds, in both worlds. */
function mark(side, id) {
  const prep = run.moments[state.step].prep, other = side === "left" ? "right" : "left";
  const ids = { [side]: id, [other]: id ? prep.partner[side].get(id) : null };
  for (const one of ["left", "right"]) if (drawn[one]) for (const [own, part] of drawn[one].nodes) part.g.classList.toggle("lit", own === ids[one]);
}

function fold(which) {
  if (state.open.has(which)) state.open.delete(which); else state.open.add(which);
  shownPrep = null;
  show({ scroll: false });
}

/** Open every fold that a node is in. */
function reveal(side, id) {
  const prep = run.moments[state.step].prep, row = prep.rowOf[side].get(id);
  if (!row) return;
  const walk = (list) => list.forEach((item) => {
    if (!item.items) return;
    const from = item.rows[0].index, to = item.rows[item.rows.length - 1].index;
    if (from <= row.index && row.index <= to) { state.open.add(`${from}-${to}`); walk(item.items); }
  });
  walk(prep.tree);
  shownPrep = null;
}

function searched(text) {
  const wanted = text.trim().toLowerCase();
  byId("found").textContent = "";
  if (!wanted) { select("left", null); return; }
  const { prep } = run.moments[state.step];
  const hits = [];
  for (const side of ["left", "right"]) if (prep[side]) for (const node of prep[side].graph.nodes) {
    if (node.phase === "backward") continue;
    const name = nameOf(prep[side], node).toLowerCase();
    const score = name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : node.operation.toLowerCase().includes(wanted) || (node.common || "").includes(wanted) ? 3 : (node.scope || []).join(".").toLowerCase().includes(wanted) ? 4 : 9;
    if (score < 9) hits.push({ side, node, score });
  }
  hits.sort((a, b) => a.score - b.score);
  byId("found").textContent = t(hits.length ? "found" : "found_none", { n: hits.length });
  if (!hits.length) return;
  find(hits[0].side, hits[0].node);
}

/** Unfold what a node is in, choose it and bring it into sight. */
function find(side, node) {
  const { prep } = run.moments[state.step];
  reveal(side, node.kind === "operation" ? node.id : ((prep[side].users.get(node.id)[0] || {}).user || node).id);
  select(side, node.id);
  const part = drawn[side] && drawn[side].nodes.get(node.id);
  if (part) part.g.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
}

// --- words, controls ---

function translate() {
  const titles = RECORDING.titles || {};
  const own = titles[state.language] || titles.en || RECORDING.title;
  byId("title").textContent = own;
  document.title = `${own} · ${t("title")}`;
  byId("lead").textContent = t("lead");
  wordsEverywhere();
  for (const node of document.querySelectorAll(".transport button")) node.setAttribute("title", node.getAttribute("aria-label"));
  const leftName = worldName(fault() ? fault().world : state.engine || "torch");
  byId("head-left").replaceChildren(t("world_left"), el("span", {}, ` ${leftName}`));
  byId("head-right").replaceChildren(t("world_right"), el("span", {}, " JAX"));
  for (const side of ["left", "right"]) {
    byId(`code-${side}`).setAttribute("aria-label", t("code_label", { world: t("world_" + side) }));
    byId(`graph-${side}`).setAttribute("aria-label", t("graph_label", { world: t("world_" + side) }));
  }
  choices("engine", engines.length > 1 && !fault() && !checkpointed() ? engines.map((name) => [name, worldName(name)]) : [], state.engine, (name) => { state.engine = name; chosen(); translate(); show(); });
  choices("checkpoints", RECORDING.checkpointed && !fault() ? [["", t("checkpoint_without")], ["1", t("checkpoint_with")]] : [], state.checkpoint ? "1" : "", (on) => changed(() => { state.checkpoint = Boolean(on); }));
  choices("faults", RECORDING.faults.length ? [["", t("fault_none")], ...RECORDING.faults.map((one) => [one.id, one.titles[state.language] || one.titles.en])] : [], state.fault, (id) => changed(() => { state.fault = id; state.checkpoint = false; }));
  for (const button of document.querySelectorAll("#mode button")) button.setAttribute("aria-pressed", String(button.dataset.mode === state.mode));
  const names = new Set();
  for (const prep of run.preps.slice(0, 1)) for (const side of ["left", "right"]) if (prep[side]) for (const node of prep[side].graph.nodes) if (node.name && names.size < 500) names.add(node.name);
  byId("names").replaceChildren(...[...names].map((name) => el("option", { value: name })));
  play(Boolean(state.playing));
}

function toHazards() {
  byId("hazards").scrollIntoView({ block: "start", behavior: "instant" });
  byId("head-hazards").focus({ preventScroll: true });
}

/** Another program runs now: the same training step and phase of it are shown. */
function changed(change) {
  const before = run.moments[state.step];
  change();
  chosen();
  const same = run.moments.find((m) => m.step === before.step && m.phase === before.phase) || run.moments.find((m) => m.phase === before.phase);
  state.step = same ? same.index : 0;
  translate();
  show();
}

function choices(id, options, now, chosenOne) {
  const host = byId(id);
  host.hidden = !options.length;
  host.replaceChildren(...options.map(([value, label]) => {
    const button = el("button", { type: "button", "data-choice": value, "aria-pressed": String(value === now) }, label);
    button.addEventListener("click", () => chosenOne(value));
    return button;
  }));
}

function again() {
  chosen();
  translate();
  showHazards();
  show();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inField = event.target.closest("input, textarea, select");
  if (inField) { if (event.key === "Escape") event.target.blur(); return; }
  if (event.target.closest(".hazards")) return; // there the keys do what they do everywhere
  const inScroller = event.target.closest("#code-left, #code-right, .walk ol");
  const onButton = event.target.closest("button, [role=button]");
  const deeds = { ArrowRight: forward, ArrowLeft: backward, Home: () => go(0), End: () => go(run.moments.length - 1), PageDown: () => phases(1), PageUp: () => phases(-1),
    " ": () => play(!state.playing), Escape: () => select("left", null), "/": () => byId("query").focus() };
  if (!inScroller) Object.assign(deeds, { ArrowDown: forward, ArrowUp: backward });
  if (event.key === " " && onButton && onButton.id !== "play" && onButton.tagName === "BUTTON") return;
  const deed = deeds[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

readAddress();
chosen();
translate();
measure();
show();
showHazards();
byId("to-hazards").hidden = !HAZARDS.length;
if (state.hazards.size) openHazard([...state.hazards][0]);
document.addEventListener("keydown", keys);
byId("to-hazards").addEventListener("click", toHazards);
byId("first").addEventListener("click", () => go(0));
byId("back").addEventListener("click", backward);
byId("next").addEventListener("click", forward);
byId("last").addEventListener("click", () => go(run.moments.length - 1));
byId("play").addEventListener("click", () => play(!state.playing));
byId("answer-form").addEventListener("submit", (event) => { event.preventDefault(); answer(false); });
byId("reveal").addEventListener("click", () => answer(true));
byId("search").addEventListener("submit", (event) => { event.preventDefault(); searched(byId("query").value); });
byId("query").addEventListener("change", () => searched(byId("query").value));
for (const button of document.querySelectorAll("#mode button")) button.addEventListener("click", () => { state.mode = button.dataset.mode; translate(); show(); });
appearance(again, () => { translate(); writeAddress(); });
window.addEventListener("hashchange", () => { readAddress(); again(); });
let resizing;
window.addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => { measure(); shownPrep = null; show({ scroll: false }); }, 80); });
document.documentElement.dataset.ready = String(Math.round(performance.now()));
