// The two graphs: laid out in shared rows, drawn once a step, then only painted.

const PITCH = 118, BOX = 106, HIGH = 52; // a column, a node's box
const LINE = 96, BAND = 66, CLOSED = 58, OPENED = 30; // heights: a row, a band of leaves, a fold
const MARKS = { add: "+", subtract: "−", multiply: "×", divide: "÷", negate: "−", power: "xⁿ", square: "x²", exp: "exp", log: "log",
  matmul: "@", sum: "Σ", mean: "x̄", transpose: "ᵀ", sigmoid: "σ", tanh: "tanh", reshape: "▭", broadcast: "⇉",
  log_softmax: "log σ", softmax: "σ", nll: "−ŷ", convolution: "∗", max_pool: "▾", maximum: "max", minimum: "min", sqrt: "√" };

const markOf = (node) => MARKS[node.common] || "ƒ";

/** Columns and lines of one side: which leaf stands where, how many bands of leaves each item needs. */
function placed(prep, side, items, columns) {
  const index = prep[side];
  const at = new Map(); // id -> {item, band, column}
  const bands = items.map(() => 0);
  if (!index) return { at, bands, columns };
  const itemOf = new Map(); // operation id -> item number
  items.forEach((item, number) => {
    if (item.opened) return;
    const rows = item.row ? [item.row] : item.fold.rows;
    for (const row of rows) if (row[side]) itemOf.set(row[side].id, number);
  });
  const usersOf = (id) => (index.users.get(id) || []).map(({ user }) => itemOf.get(user.id)).filter((n) => n !== undefined);
  const active = []; // column -> the item of its last user
  const free = (number, from = 0) => { let column = from; while (active[column] !== undefined && active[column] > number) column++; return column; };
  const takenAt = items.map(() => new Set());
  items.forEach((item, number) => {
    active.forEach((last, column) => { if (last > number) takenAt[number].add(column); });
    const node = item.row && item.row[side];
    if (!node) return;
    const sources = (node.inputs || []).map((edge) => at.get(edge.source)).filter((p) => p && p.operation);
    const ending = sources.filter((p) => active[p.column] === undefined || active[p.column] <= number).map((p) => p.column);
    const column = ending.length ? Math.min(...ending) : free(number);
    at.set(node.id, { item: number, band: 0, column, operation: true });
    takenAt[number].add(column);
    active[column] = Math.max(number, ...usersOf(node.id));
  });
  // Leaves: on the line above their first user where there is room, else in a band of their own.
  const bandTaken = items.map(() => []);
  for (const leaf of index.graph.nodes) {
    if (leaf.kind === "operation" || leaf.phase === "backward") continue;
    const first = Math.min(...usersOf(leaf.id));
    if (!Number.isFinite(first) || !items[first].row) continue;
    const user = index.users.get(leaf.id).map((u) => at.get(u.user.id)).find((p) => p && p.item === first);
    const wanted = Math.min(user ? user.column : 0, columns - 1);
    const search = (taken) => {
      for (let step = 0; step < columns; step++) for (const c of [wanted + step, wanted - step]) if (c >= 0 && c < columns && !taken.has(c)) return c;
      return -1;
    };
    const above = first - 1;
    const line = above >= 0 && (items[above].row) ? takenAt[above] : null;
    let column = line && !bandTaken[first].length ? search(line) : -1;
    if (column >= 0) { line.add(column); at.set(leaf.id, { item: above, band: 0, column }); continue; }
    let band = 0;
    for (;;) {
      if (!bandTaken[first][band]) {
        const through = new Set();
        active.forEach((_, c) => { if (takenAt[first].has(c) && c !== wanted) through.add(c); });
        bandTaken[first][band] = through;
        if (through.size >= columns) bandTaken[first][band] = new Set();
      }
      column = search(bandTaken[first][band]);
      if (column >= 0) break;
      band++;
    }
    bandTaken[first][band].add(column);
    at.set(leaf.id, { item: first, band: band + 1, column });
  }
  bandTaken.forEach((list, number) => { bands[number] = list.length; });
  return { at, bands, columns: Math.max(columns, ...[...at.values()].map((p) => p.column + 1)) };
}

/** Both sides on the same lines. */
function layout(prep, items, widths) {
  const sides = {};
  for (const side of ["left", "right"]) sides[side] = placed(prep, side, items, Math.max(2, Math.floor(widths[side] / PITCH)));
  const tops = [];
  let y = 8;
  items.forEach((item, number) => {
    const bands = Math.max(sides.left.bands[number], sides.right.bands[number]);
    const high = item.row ? LINE : item.opened ? OPENED : CLOSED;
    tops.push({ top: y, bands, line: y + bands * BAND, high });
    y += bands * BAND + high;
  });
  return { sides, tops, height: y + 4 };
}

/** Draw one side. Returns what painting needs. */
function drawGraph(prep, side, items, plan, width, handlers) {
  const index = prep[side];
  const { at, columns } = plan.sides[side];
  const full = Math.max(width, columns * PITCH + 34);
  const x = (column) => (side === "left" ? full - 30 - (column + 1) * PITCH + (PITCH - BOX) / 2 : 30 + column * PITCH + (PITCH - BOX) / 2);
  const y = (p) => (p.band ? plan.tops[p.item].top + (plan.tops[p.item].bands - p.band) * BAND : plan.tops[p.item].line);
  const drawn = { nodes: new Map(), edges: [], ties: new Map(), folds: new Map(), side, prep };
  const root = svg("svg", { width: full, height: plan.height, class: "graph-svg", "aria-hidden": null });
  const edgesLayer = svg("g", { class: "edges", "aria-hidden": "true" });
  const nodesLayer = svg("g", { class: "nodes" });
  const bare = (p) => ({ x: x(p.column), y: y(p) });
  for (const [id, p] of at) {
    const node = index.nodes.get(id);
    for (const edge of node.inputs || []) {
      const q = at.get(edge.source);
      if (!q) continue;
      const from = bare(q), to = bare(p);
      const x1 = from.x + BOX / 2, y1 = from.y + HIGH, x2 = to.x + BOX / 2, y2 = to.y;
      const bend = Math.max(14, Math.min(60, (y2 - y1) / 2));
      const path = svg("path", { d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, class: "edge" });
      edgesLayer.append(path);
      drawn.edges.push({ path, from: edge.source, to: id, flows: given(edge.product) });
    }
    nodesLayer.append(drawNode(prep, side, node, bare(p), p, drawn, handlers));
  }
  items.forEach((item, number) => {
    const { line, high } = plan.tops[number];
    if (item.row && item.row.left && item.row.right && item.row.how) {
      const own = at.get(item.row[side].id);
      const from = side === "left" ? x(own.column) + BOX : 0, to = side === "left" ? full : x(own.column);
      const tie = svg("g", { class: "tie", "aria-hidden": "true" }, svg("line", { x1: from, x2: to, y1: line + HIGH / 2, y2: line + HIGH / 2 }));
      if (side === "right") tie.append(svg("circle", { cx: 13, cy: line + HIGH / 2, r: 9 }),
        svg("text", { x: 13, y: line + HIGH / 2 + 4, class: "tie-mark" }, item.row.how === "transposed" ? "ᵀ" : item.row.how === "reshaped" && single(item.row.left.value ?? null) === null ? "▭" : "="));
      edgesLayer.append(tie);
      drawn.ties.set(number, tie);
    }
    if (item.fold) {
      const count = item.fold.rows.filter((row) => row[side]).length;
      const label = `${item.fold.label || t("operations_from", { from: item.from + 1, to: item.to + 1 })} · ${count ? t("operations", { n: count }) : t("operations_alone", { n: item.fold.rows.length })}`;
      const g = svg("g", { class: `fold${item.opened ? " opened" : ""}`, role: "button", tabindex: side === "left" ? 0 : -1,
        "aria-expanded": String(Boolean(item.opened)), "aria-label": label, transform: `translate(6 ${line + 4})` },
      svg("rect", { width: full - 12, height: (item.opened ? OPENED : CLOSED) - 10, rx: 6 }),
      // The left pane shows its right end, and this is as wide as the graph.
      svg("text", { x: side === "left" ? full - 26 : 14, "text-anchor": side === "left" ? "end" : "start", y: (item.opened ? OPENED : CLOSED) / 2 - 1 }, `${item.opened ? "▾" : "▸"} ${label}`));
      g.addEventListener("click", () => handlers.fold(item.key));
      g.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); handlers.fold(item.key); } });
      nodesLayer.append(g);
      drawn.folds.set(number, g);
    }
  });
  root.append(edgesLayer, nodesLayer);
  drawn.root = root;
  drawn.y = (id) => (at.has(id) ? y(at.get(id)) : null);
  return drawn;
}

function drawNode(prep, side, node, { x, y }, p, drawn, handlers) {
  const index = prep[side];
  const operation = node.kind === "operation";
  const name = nameOf(index, node);
  const g = svg("g", { class: `node ${node.kind}`, transform: `translate(${x} ${y})`, role: "button", tabindex: -1, "data-id": node.id });
  g.append(svg("title", {}, operation ? `${name} = ${node.operation}` : `${t("kind_" + node.kind)} ${name}`));
  const kept = (node.saved || []).reduce((sum, saved) => sum + saved.bytes, 0);
  let tab = null, keeps = null;
  if (operation && side === "left" && node.backward) {
    tab = svg("g", { class: "tab" }, svg("path", { d: `M8 ${HIGH - 1}h${BOX - 16}v13a5 5 0 0 1-5 5h-${BOX - 26}a5 5 0 0 1-5-5z` }),
      svg("text", { x: BOX / 2, y: HIGH + 12 }, fitted(node.backward.replace(/Backward\d*$/, "") + "Backward", 16)));
    g.append(tab);
  }
  const box = svg("rect", { class: "box", width: BOX, height: HIGH, rx: operation ? 8 : node.kind === "parameter" ? 16 : 3 });
  g.append(box);
  if (kept) {
    keeps = svg("g", { class: "keeps" }, svg("rect", { x: BOX - 15, y: -7, width: 24, height: 14, rx: 3 }),
      svg("text", { x: BOX - 3, y: 3.5 }, bytes(kept).replace(" ", "")));
    const length = bytes(kept).length * 5.6 + 2;
    keeps.firstChild.setAttribute("x", BOX + 5 - length);
    keeps.firstChild.setAttribute("width", length);
    keeps.lastChild.setAttribute("x", BOX + 5 - length / 2);
    g.append(keeps);
  }
  if (Object.hasOwn(index.graph.again || {}, node.id)) g.append(svg("text", { class: "again", x: BOX - 9, y: 15 }, "↻"));
  const head = operation ? `${markOf(node)} ${node.operation.replace(/^aten\./, "")}` : tail(name, 16);
  g.append(svg("text", { class: "what", x: 8, y: 15 }, fitted(head, 15)));
  const value = svg("text", { class: "value", x: 8, y: 31 });
  g.append(value);
  const gradient = svg("text", { class: "slope", x: 8, y: 46 });
  g.append(gradient);
  g.addEventListener("click", () => handlers.select(side, node.id));
  g.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); handlers.select(side, node.id); }
  });
  g.addEventListener("pointerenter", () => handlers.hover(side, node.id));
  g.addEventListener("pointerleave", () => handlers.hover(side, null));
  const label = !operation || (!node.name && side === "left") ? "" : `${fitted(name, 8)} = `;
  const few = (value) => (isBig(value) ? shapeText(node.shape) : brief(value, node.shape));
  const slopeOf = (value) => (isBig(value) ? `‖${short(value.norm, 3)}‖` : brief(value, node.shape));
  drawn.nodes.set(node.id, { g, value, gradient, tab, keeps, node, label, valueText: fitted(label + few(node.value), 14),
    slopeText: node.gradient === undefined ? "" : fitted(`∂ ${slopeOf(node.gradient)}`, 14) });
  return g;
}

const tail = (text, most) => (text.length <= most ? text : `…${text.slice(text.length - most + 1)}`);
const fitted = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** Say with classes and texts what is there after a moment. */
function paintGraph(drawn, moment, hidden) {
  if (!drawn) return;
  const { prep, side } = drawn;
  const life = prep.life[side], i = moment.local;
  const acting = actingIds(moment, side);
  const freed = prep.moments.findLastIndex((m) => m.phase === "returned");
  for (const [id, part] of drawn.nodes) {
    const times = life.get(id) || { born: Infinity, walked: Infinity, gradient: Infinity };
    const born = times.born <= i;
    const sloped = times.gradient <= i && part.slopeText && !(hidden && times.gradient === i);
    const gone = side === "right" ? times.dropped <= i : times.walked <= i || (freed >= 0 && i >= freed);
    toggle(part.g, { future: !born, now: acting.has(id), sloped, gone, partner: false });
    part.value.textContent = born ? part.valueText : part.label.replace(/ = $/, "");
    part.gradient.textContent = sloped ? part.slopeText : "";
    const known = born ? `, ${brief(part.node.value, part.node.shape)}` : `, ${t("not_yet")}`;
    part.g.setAttribute("aria-label", `${nameOf(prep[side], part.node)} ${part.node.operation || t("kind_" + part.node.kind)}${known}` +
      (sloped ? `, ${t("gradient")} ${brief(part.node.gradient, part.node.shape)}` : ""));
    part.g.setAttribute("tabindex", acting.has(id) ? 0 : -1);
  }
  for (const { path, from, to, flows } of drawn.edges) {
    const t1 = life.get(to) || {}, t0 = life.get(from) || {};
    const there = t1.born <= i && t0.born <= i;
    toggle(path, { future: !there, back: there && flows && (side === "left" ? t1.walked <= i : t0.gradient <= i) && !(hidden && (side === "left" ? t1.walked : t0.gradient) === i),
      now: side === "left" ? flows && acting.has(to) && moment.phase === "backward" : false });
  }
}

function actingIds(moment, side) {
  const ids = new Set();
  if (["forward", "loss", "seed", "backward"].includes(moment.phase) && moment[side]) ids.add(moment[side].id);
  if (moment.phase === "backward" && side === "right") {
    for (const node of moment.equations || []) {
      const target = moment.prep.right.gradientOf.get(node.id);
      if (target) ids.add(target.id);
    }
  }
  if (["returned", "update", "forget"].includes(moment.phase)) {
    const names = new Set(((moment.leftDeed && moment.leftDeed.events) || []).map((event) => event.name));
    const index = moment.prep[side];
    if (index) for (const node of index.graph.nodes) {
      if (node.kind !== "parameter") continue;
      if (side === "left" ? names.has(node.name) : moment.phase !== "forget" && (moment.rightDeeds || []).length) ids.add(node.id);
    }
  }
  return ids;
}

function toggle(element, classes) {
  for (const [name, on] of Object.entries(classes)) element.classList.toggle(name, Boolean(on));
}
