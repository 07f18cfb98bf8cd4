// The strip: what is kept for the way back and for how long, both worlds on one scale, over the timeline.

const PHASES = ["start", "forward", "loss", "backward", "update"];
const phaseGroup = (phase) => ({ seed: "backward", returned: "backward", forget: "update", error: "update" })[phase] || phase;

/** Bars of kept storages of one side: {from, until, bytes, name} in moments; parameters apart. */
function bars(run, side) {
  const found = [];
  for (const prep of run.preps) {
    const engine = side === "left" ? prep.engine : "jax";
    const list = (prep.step.kept || {})[engine] || [];
    if (!prep[side]) continue;
    const base = prep.moments[0].index, last = prep.moments[prep.moments.length - 1].index;
    const walkOf = new Map();
    for (const moment of prep.moments) {
      if (moment.phase !== "backward") continue;
      if (side === "left" && moment.left && moment.turn === prep.turns) walkOf.set(moment.left.id, moment.index);
      if (side === "right") for (const node of moment.equations || []) walkOf.set(node.id, moment.index);
    }
    const returned = prep.moments.findLast((m) => m.phase === "returned");
    for (const entry of list) {
      if (entry.parameter) continue;
      const born = prep.life[side].get(entry.from);
      const from = entry.again ? walkOf.get(entry.from) ?? last : base + (born && Number.isFinite(born.born) ? born.born : 0);
      const until = walkOf.get(entry.until) ?? (returned ? returned.index : last);
      found.push({ from, until: Math.max(from, until), bytes: entry.bytes, name: entry.name, step: prep.number, entry });
    }
  }
  return found;
}

/** Bytes kept after each moment. */
function levels(list, count) {
  const change = new Array(count + 1).fill(0);
  for (const bar of list) { change[bar.from] += bar.bytes; change[bar.until] -= bar.bytes; }
  let sum = 0;
  return change.slice(0, count).map((step) => (sum += step));
}

/** The strip of a run; `without`: the same program without checkpoints, whose peak is shown, too. */
/** Nodes of graphs that are alive after each moment, where the program holds on to some; else null. */
function nodesAlive(run) {
  const after = run.preps.map((prep) => (prep.step.alive || {})[prep.engine] || 0);
  if (!after.some(Boolean)) return null;
  return run.preps.flatMap((prep, k) => {
    const before = k ? after[k - 1] : 0;
    const births = prep.left.operations.filter((node) => node.backward).map((node) => prep.life.left.get(node.id).born);
    return prep.moments.map((moment, i) => (i === prep.moments.length - 1 ? after[k] : before + births.filter((born) => born <= i).length));
  });
}

function drawStrip(run, width, handlers, without) {
  const count = run.moments.length, left = width < 560 ? 54 : 92, right = 12, lane = width < 560 ? 22 : 40, ribbon = 18;
  const x = (i) => left + ((width - left - right) * i) / Math.max(1, count);
  const sides = ["left", "right"].filter((side) => run.preps.some((prep) => prep[side]));
  const lists = Object.fromEntries(sides.map((side) => [side, bars(run, side)]));
  const sums = Object.fromEntries(sides.map((side) => [side, levels(lists[side], count)]));
  const other = (side) => (without ? Math.max(0, ...levels(bars(without, side), without.moments.length)) : 0);
  const top = Math.max(1, ...sides.flatMap((side) => [...sums[side], other(side)]));
  const height = sides.length * (lane + 10) + ribbon + 16;
  const root = svg("svg", { width, height, class: "strip-svg", role: "img", "aria-label": t("strip_label", {
    left: sums.left ? bytes(Math.max(0, ...sums.left)) : "–", right: sums.right ? bytes(Math.max(0, ...sums.right)) : "–" }) });
  const levelsAt = [];
  sides.forEach((side, lane_) => {
    const base = lane_ * (lane + 10) + lane + 8;
    const scale = (b) => (lane * b) / top;
    root.append(svg("line", { class: "base", x1: left, x2: width - right, y1: base, y2: base }));
    // Stacked: each storage lies on those that are there already when it comes.
    const stack = [];
    const sorted = [...lists[side]].sort((a, b) => a.from - b.from || b.until - a.until);
    for (const bar of sorted.slice(0, 4000)) {
      for (let i = stack.length - 1; i >= 0; i--) if (stack[i].until <= bar.from) stack.splice(i, 1);
      bar.floor = stack.reduce((most, other) => Math.max(most, other.floor + other.bytes), 0);
      stack.push(bar);
      if (bar.until === bar.from) continue;
      root.append(svg("rect", { class: `bar ${side}${bar.entry.again ? " again" : ""}`, x: x(bar.from), width: Math.max(1, x(bar.until) - x(bar.from) - 0.6), y: base - scale(bar.floor + bar.bytes), height: Math.max(0.7, scale(bar.bytes) - 0.4) },
        svg("title", {}, `${bar.name}: ${bytes(bar.bytes)}${bar.entry.again ? ` (${t("again")})` : ""}`)));
    }
    const peak = Math.max(0, ...sums[side]);
    root.append(svg("line", { class: "peak", x1: left, x2: width - right, y1: base - scale(peak), y2: base - scale(peak) }));
    if (without) {
      const line = base - scale(other(side));
      root.append(svg("line", { class: "peak without", x1: left, x2: width - right, y1: line, y2: line }),
        svg("text", { class: "without-text", x: width - right, y: line + 10 }, t("peak_without", { bytes: bytes(other(side)) })));
    }
    root.append(svg("text", { class: "lane", x: left - 6, y: base - lane / 2 + 1 }, side === "left" ? worldName(run.preps[0].engine) : "JAX"));
    root.append(svg("text", { class: "lane peak-text", x: left - 6, y: base + 2 }, width < 560 ? bytes(peak) : t("peak", { bytes: bytes(peak) })));
    const lives = side === "left" ? nodesAlive(run) : null;
    if (lives) {
      const most = Math.max(...lives), y = (n) => base - (lane * n) / most;
      root.append(svg("path", { class: "alive", d: lives.map((n, i) => `${i ? "V" : `M${x(0)} `}${y(n)}H${x(i + 1)}`).join("") }, svg("title", {}, t("alive", { n: most }))));
    }
    const now = svg("text", { class: "level", y: base - lane + 2 });
    root.append(now);
    levelsAt.push({ side, now, lives });
  });
  const y = height - ribbon - 4;
  for (const prep of run.preps) {
    const first = prep.moments[0].index, last = prep.moments[prep.moments.length - 1].index;
    let i = 0;
    while (i < prep.moments.length) {
      const kind = phaseGroup(prep.moments[i].phase);
      let j = i;
      while (j + 1 < prep.moments.length && phaseGroup(prep.moments[j + 1].phase) === kind) j++;
      const a = x(prep.moments[i].index), b = x(prep.moments[j].index + 1);
      const g = svg("g", { class: `phase ${kind}` }, svg("rect", { x: a, y, width: Math.max(0.5, b - a - 1), height: ribbon, rx: 2 }));
      const label = t("phase_" + kind);
      if (b - a > label.length * (document.documentElement.lang === "zh" ? 12 : 6.2) + 6) g.append(svg("text", { x: (a + b) / 2, y: y + 13 }, label));
      root.append(g);
      i = j + 1;
    }
    if (first) root.append(svg("line", { class: "between", x1: x(first) - 0.5, x2: x(first) - 0.5, y1: 2, y2: height }));
    void last;
  }
  const cursor = svg("g", { class: "cursor" }, svg("rect", { y: 0, height, width: Math.max(2, x(1) - x(0)), x: 0 }));
  root.append(cursor);
  const slider = el("div", { class: "slider", role: "slider", tabindex: 0, "aria-label": t("timeline"), "aria-valuemin": 1, "aria-valuemax": count });
  slider.append(root);
  const go = (event) => {
    const box = root.getBoundingClientRect();
    const part = ((event.clientX - box.left) * (width / box.width) - left) / (width - left - right);
    handlers.go(Math.max(0, Math.min(count - 1, Math.floor(part * count))));
  };
  slider.addEventListener("pointerdown", (event) => {
    go(event);
    slider.setPointerCapture(event.pointerId);
    slider.onpointermove = go;
  });
  slider.addEventListener("pointerup", () => { slider.onpointermove = null; });
  slider.addEventListener("pointercancel", () => { slider.onpointermove = null; });
  return {
    slider,
    paint(moment, text) {
      cursor.firstChild.setAttribute("x", x(moment.index));
      slider.setAttribute("aria-valuenow", moment.index + 1);
      slider.setAttribute("aria-valuetext", text);
      for (const { side, now, lives } of levelsAt) {
        const late = moment.index > count * 0.7;
        now.textContent = bytes(sums[side][moment.index]) + (lives ? ` · ${t("alive", { n: lives[moment.index] })}` : "");
        now.setAttribute("x", late ? x(moment.index) - 5 : x(moment.index + 1) + 5);
        now.setAttribute("text-anchor", late ? "end" : "start");
      }
    },
  };
}
