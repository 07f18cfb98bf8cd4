// Sentences, formulas, code and tables: what a moment says in words and numbers.

const math = (...parts) => el("span", { class: "math" }, ...parts);
const slope = (name, lossName) => math("∂", lossName, "/∂", el("i", {}, name));
const lossName = (index) => { const name = nameOf(index, index.output); return name.length <= 4 && index.output.name ? name : "l"; };

function equation(index, node) {
  const type = node.dtype ? `:${node.dtype.replace("float", "f").replace("uint", "u").replace("int", "i")}[${(node.shape || []).join(",")}]` : "";
  const names = (node.inputs || []).map((edge) => nameOf(index, index.nodes.get(edge.source)));
  return { name: nameOf(index, node), type, text: `${node.operation} ${names.join(" ")}` };
}

/** A call as the imperative reader knows it: mul(x, w). */
const call = (index, node) => `${node.operation.replace(/^aten\./, "")}(${(node.inputs || []).map((edge) => nameOf(index, index.nodes.get(edge.source))).join(", ")})`;

function savedText(node) {
  const total = (node.saved || []).reduce((sum, saved) => sum + saved.bytes, 0);
  return { names: node.saved.map((saved) => `${saved.name} ${bytes(saved.bytes)}`).join(", "), total: bytes(total) };
}

/** What happens in one world at a moment, as one or two sentences. */
function sentence(moment, side, fault) {
  const index = moment.prep[side], engine = side === "left" ? worldName(moment.prep.engine) : "JAX";
  if (!index) return "";
  const node = moment[side], { phase } = moment;
  const l = lossName(index);
  if (phase === "start") return t(`${side}_start`, { step: moment.step + 1, engine });
  if (phase === "forward") {
    if (!node) { const other = side === "left" ? "right" : "left"; return t(`${side}_alone`, { engine }) + (moment[other] ? ` ${whyAlone(moment.prep, other, moment[other])}` : ""); }
    if (side === "left") {
      const first = t(node.backward ? "left_forward" : "left_forward_bare", { engine, call: call(index, node), backward: node.backward || "" });
      const nothing = (index.graph.again || {})[node.id] ? "left_keeps_checkpoint" : "left_keeps_nothing";
      return first + (node.saved ? t("left_keeps", savedText(node)) : node.backward ? t(nothing) : "");
    }
    const { name, text } = equation(index, node);
    return t("right_forward", { name, text }) + (node.saved ? t("right_keeps", savedText(node)) : "");
  }
  if (phase === "loss") {
    const value = single(index.output.value);
    return t(`${side}_loss`, { l, value: value === null ? brief(index.output.value) : exact(value), kept: bytes(index.graph.saved_bytes || 0),
      n: side === "left" ? index.operations.filter((n) => n.backward).length : index.backward.length });
  }
  if (phase === "seed") return t(moment.turn > 1 ? `${side}_seed_again` : `${side}_seed`, { l, n: index.backward.length });
  if (phase === "backward") {
    if (side === "left") {
      if (!node) return t("left_waits");
      const targets = (node.inputs || []).filter((edge) => given(edge.product)).map((edge) => nameOf(index, index.nodes.get(edge.source)));
      const again = moment.turn === 1 ? moment.prep.again.left.get(node.id) || [] : [];
      const before = again.length ? t("left_again", { n: again.length, names: again.slice(0, 6).map((id) => index.nodes.get(id).operation.replace(/^aten\./, "")).join(", ") + (again.length > 6 ? " …" : "") }) : "";
      const first = before + (targets.length ? t("left_walk", { backward: node.backward || node.operation, names: targets.join(", ") }) : t("left_walk_nowhere", { backward: node.backward || node.operation }));
      return first + (node.saved && moment.turn === moment.prep.turns ? t("left_lets_go", savedText(node)) : "");
    }
    const list = moment.equations || [];
    if (!list.length) return t("right_no_equation");
    const last = list[list.length - 1], whose = index.gradientOf.get(last.id);
    const first = t(list.length > 1 ? "right_equations" : "right_equation", { n: list.length, name: nameOf(index, last), text: equation(index, last).text });
    const again = list.filter((one) => moment.prep.again.right.has(one.id)).length;
    return first + (again ? t("right_again", { n: again }) : "") + (whose ? t("right_is_gradient", { of: nameOf(index, whose), l }) : "");
  }
  if (phase === "returned") {
    if (side === "left") {
      const events = moment.leftDeed ? moment.leftDeed.events : [];
      const lives = (moment.prep.step.alive || {})[moment.prep.engine] || 0;
      const graph = t(moment.turn < moment.prep.turns ? "left_graph_stays" : lives ? "left_graph_lives" : "left_graph_gone", { n: lives });
      if (events.length === 1) {
        const [event] = events;
        return t(event.before && !isZero(event.before) ? "left_added_to" : "left_added", { name: event.name, before: brief(event.before), after: brief(event.after) }) + graph;
      }
      return t("left_added_many", { n: events.length }) + graph;
    }
    const names = (moment.rightDeeds || []).flatMap((deed) => deed.events.map((event) => event.name.split(".")[0]));
    return t("right_returned", { n: (moment.prep.step.updates.jax || []).length }) + (names.length ? t("right_names", { names: [...new Set(names)].join(", ") }) : "");
  }
  if (phase === "forget") return side === "left" ? t("left_forget", { n: moment.leftDeed.events.length, line: moment.leftDeed.place ? moment.leftDeed.place.text.split("  #")[0] : "" }) : t("right_forget");
  if (phase === "update") {
    if (side === "left") {
      const events = moment.leftDeed ? moment.leftDeed.events : [];
      if (events.length === 1) return t("left_update", { name: events[0].name, before: brief(events[0].before), after: brief(events[0].after) });
      return events.length ? t("left_update_many", { n: events.length }) : t("left_waits");
    }
    if (!moment.updates) return t("right_waits");
    const names = (moment.rightDeeds || []).flatMap((deed) => deed.events.map((event) => event.name.split(".")[0]));
    return t("right_update", {}) + (names.length ? t("right_names", { names: [...new Set(names)].join(", ") }) : "");
  }
  if (phase === "error") return side === "left" ? t("left_error", { engine }) : "";
  return "";
}

/** The lines of the program that act at a moment. */
function placesOf(moment, side) {
  const list = [];
  const deeds = side === "left" ? [moment.leftDeed || moment.deed] : moment.rightDeeds || (["seed", "backward"].includes(moment.phase) ? moment.deeds : []) || [];
  for (const deed of deeds) if (deed && deed.place) list.push(deed.place);
  if (moment.place && side === "left") list.push(moment.place);
  const node = moment[side];
  if (["forward", "loss"].includes(moment.phase) && node && node.place) list.push(node.place);
  if (moment.phase === "backward" && side === "right") for (const eq of moment.equations || []) if (eq.place) list.push(eq.place);
  return list;
}

/** One product of the chain rule, with the recorded numbers. */
function term(index, user, edge, hidden) {
  const l = lossName(index), from = nameOf(index, user), to = nameOf(index, index.nodes.get(edge.source));
  const parts = [slope(to, l), edge.whole ? "=" : "←", slope(from, l), "·", math("∂", el("i", {}, from), "/∂", el("i", {}, to))];
  if (hidden) return el("p", { class: "term" }, parts, "= ", el("span", { class: "secret" }, "?"));
  const up = single(user.gradient);
  if (given(edge.local) && up !== null) parts.push("=", el("span", { class: "number" }, exact(up)), "×", el("span", { class: "number local" }, exact(edge.local)));
  const target = index.nodes.get(edge.source);
  parts.push("=", shown(edge.product, target.shape, null, t("gradient")));
  return el("p", { class: "term" }, parts);
}

/** Everything that is known of a node at a moment. */
function nodeCard(prep, side, node, local, hidden) {
  const index = prep[side], times = prep.life[side].get(node.id) || { born: 0, gradient: Infinity };
  const born = times.born <= local, sloped = times.gradient <= local && !(hidden && times.gradient === local);
  const l = lossName(index), name = nameOf(index, node);
  const card = el("div", { class: "card" });
  const head = node.kind === "operation" ? (side === "left" ? call(index, node) : equation(index, node).text) : t("kind_" + node.kind);
  card.append(el("p", { class: "card-head" }, math(el("i", {}, name)), " = ", el("code", {}, head),
    el("span", { class: "facts" }, ` ${node.dtype || ""}${node.shape && node.shape.length ? ` ${shapeText(node.shape)}` : ""}${node.common && !node.operation.includes(node.common) ? ` · ${node.common}` : ""}`)));
  card.append(el("p", { class: "term" }, math(el("i", {}, name)), "=", born ? shown(node.value, node.shape, node.picture, name) : t("not_yet")));
  for (const edge of node.inputs || []) {
    const source = index.nodes.get(edge.source);
    card.append(el("p", { class: "term in" }, t("comes_in"), math(el("i", {}, nameOf(index, source))), "=", shown(source.value, source.shape, source.picture, nameOf(index, source)),
      given(edge.local) ? [" · ", math("∂", el("i", {}, name), "/∂", el("i", {}, nameOf(index, source))), " = ", el("span", { class: "number local" }, exact(edge.local))] : null));
  }
  if (node.gradient !== undefined || sloped) {
    const users = index.users.get(node.id).filter(({ edge }) => given(edge.product));
    card.append(el("p", { class: "term whole" }, slope(name, l), "=", sloped ? shown(node.gradient, node.shape, node.gradient_picture, `∂${l}/∂${name}`) : t("not_yet"),
      users.length > 1 ? el("span", { class: "facts" }, t("sum_of", { n: users.length })) : null));
    if (sloped) for (const { user, edge } of users.slice(0, 8)) card.append(term(index, user, { ...edge, whole: users.length === 1 }, false));
    if (users.length > 8) card.append(el("p", { class: "facts" }, t("more_terms", { n: users.length - 8 })));
  } else if (node.phase !== "backward") card.append(el("p", { class: "facts" }, t("no_gradient")));
  if (node.saved) card.append(el("p", { class: "facts keeps-line" }, t("keeps_list", savedText(node))));
  card.append(el("p", { class: "facts" }, partnerText(prep, side, node)));
  return card;
}

function partnerText(prep, side, node) {
  if (node.phase === "backward" || !prep.left || !prep.right) return "";
  const other = side === "left" ? "right" : "left";
  const id = prep.partner[side].get(node.id);
  if (id && prep[other].nodes.has(id)) {
    const pair = side === "left" ? `${node.id} ${id}` : `${id} ${node.id}`;
    return t("partner_" + (prep.how.get(pair) || "equal"), { name: nameOf(prep[other], prep[other].nodes.get(id)), world: t("world_" + other).toLowerCase() });
  }
  return t("partner_none", { world: t("world_" + other).toLowerCase() }) + (` ${whyAlone(prep, side, node)}`).trimEnd();
}

/** Why no value of the other world equals this one, where that is known. */
function whyAlone(prep, side, node) {
  const world = side === "right" ? "jax" : prep.engine, other = side === "left" ? "right" : "left";
  const reason = ((prep.step.alone || {})[world] || {})[node.id];
  if (!reason) return "";
  const there = (((prep.step.alone_of || {})[world] || {})[node.id] || []).map((id) => prep[other].nodes.get(id)).filter(Boolean);
  const last = there[there.length - 1];
  return t("alone_" + reason, { n: there.length, engine: other === "right" ? "JAX" : worldName(prep.engine), operation: last ? `${last.operation.replace(/^aten\./, "")} (${nameOf(prep[other], last)})` : "" });
}

/** How many values have a counterpart, and on demand which, and which have none and why. */
function tiesList(moment, side, open, handlers) {
  const { prep } = moment, index = prep[side], other = side === "left" ? "right" : "left";
  if (!prep.left || !prep.right) return null;
  const forward = index.graph.nodes.filter((node) => node.phase !== "backward");
  const tied = forward.filter((node) => prep.partner[side].has(node.id)), alone = forward.filter((node) => !prep.partner[side].has(node.id));
  const list = el("details", { class: "ties", open }, el("summary", {}, t("ties_count", { tied: tied.length, alone: alone.length, world: t("world_" + other).toLowerCase() })));
  const entry = (node, more) => {
    const button = el("button", { type: "button", class: "name" }, el("code", {}, node.kind === "operation" ? `${nameOf(index, node)} = ${node.operation.replace(/^aten\./, "")}` : nameOf(index, node)));
    button.addEventListener("click", () => handlers.find(side, node));
    return el("li", {}, button, " ", el("span", { class: "facts" }, more));
  };
  const fill = () => {
    if (list.childElementCount > 1) return;
    const partner = (node) => prep[other].nodes.get(prep.partner[side].get(node.id));
    list.append(
      el("h4", {}, t("ties_alone", { n: alone.length })), el("ul", {}, alone.slice(0, SEEN).map((node) => entry(node, whyAlone(prep, side, node)))),
      el("h4", {}, t("ties_tied", { n: tied.length })), el("ul", {}, tied.slice(0, SEEN).map((node) => entry(node, `↔ ${partner(node) ? nameOf(prep[other], partner(node)) : ""}`))));
  };
  if (open) fill();
  list.addEventListener("toggle", () => { if (list.open) fill(); handlers.toggled(list.open); });
  return list;
}

/** The box over a world: what happens now, in words, its line, its numbers. */
function nowBox(moment, side, hidden, fault) {
  const index = moment.prep[side];
  if (!index) return [];
  const parts = [el("p", { class: "say" }, sentence(moment, side, fault))];
  const place = placesOf(moment, side)[0];
  if (place) parts.push(el("p", { class: "line" }, el("span", { class: "facts" }, `${place.file}:${place.line} `), el("code", {}, place.text.split("  #")[0])));
  const node = moment[side];
  if (["forward", "loss"].includes(moment.phase) && node) {
    parts.push(el("p", { class: "term" }, math(el("i", {}, nameOf(index, node))), "=", el("code", {}, side === "left" ? call(index, node) : equation(index, node).text), "=", shown(node.value, node.shape, node.picture, nameOf(index, node))));
  }
  if (moment.phase === "seed" && moment.turn === 1) {
    const l = lossName(index);
    parts.push(el("p", { class: "term" }, slope(l, l), "=", index.output.gradient === undefined ? el("span", { class: "number" }, "1") : shown(index.output.gradient, index.output.shape, null, "")));
  }
  if (moment.phase === "backward" && side === "left" && node) {
    const edges = (node.inputs || []).filter((edge) => given(edge.product));
    for (const edge of edges.slice(0, 4)) {
      const whole = index.users.get(edge.source).filter((u) => given(u.edge.product)).length === 1;
      parts.push(term(index, node, { ...edge, whole }, hidden));
    }
  }
  if (moment.phase === "backward" && side === "right") {
    for (const eq of (moment.equations || []).slice(-2)) {
      const whose = index.gradientOf.get(eq.id), { name, type, text } = equation(index, eq);
      parts.push(el("p", { class: "term" }, el("code", {}, name, el("span", { class: "facts" }, type)), "=", el("code", {}, text), "=",
        hidden ? el("span", { class: "secret" }, "?") : shown(eq.value, eq.shape, eq === (moment.equations || []).at(-1) ? eq.picture : null, name),
        whose && !hidden ? ["=", slope(nameOf(index, whose), lossName(index))] : null));
    }
  }
  if (["returned", "update"].includes(moment.phase) && side === "left" && moment.leftDeed && moment.leftDeed.events.length <= 3) {
    for (const event of moment.leftDeed.events) {
      const update = (moment.prep.step.updates[moment.prep.engine] || []).find((u) => u.name === event.name);
      if (moment.phase === "returned") parts.push(el("p", { class: "term" }, el("code", {}, `${event.name}.grad`), "=", event.before === undefined || event.before === null ? el("span", { class: "none" }, "None") : shown(event.before, null, null, ""), "+", shown(update && update.gradient, null, null, ""), "→", shown(event.after, null, null, "")));
      else parts.push(el("p", { class: "term" }, el("code", {}, event.name), ":", shown(event.before, null, null, ""), "→", shown(event.after, null, null, "")));
    }
  }
  if (["returned", "update"].includes(moment.phase) && side === "right") {
    for (const deed of moment.rightDeeds || []) for (const event of deed.events.slice(0, 2)) parts.push(el("p", { class: "term" }, el("code", {}, event.name), "=", shown(event.after, null, null, event.name)));
  }
  if (moment.phase === "error" && side === "left") parts.push(el("p", { class: "error" }, moment.error));
  return parts;
}

/** Left: every parameter's value and slot. Right: the old values, the gradient, the new ones. */
function slotsTable(moment) {
  const { prep } = moment, slots = slotsAt(prep, moment.local);
  const changed = new Map(((moment.leftDeed && moment.leftDeed.events) || []).map((event) => [`${event.name} ${event.what}`, event]));
  const cell = (name, what, value, shape, old) => el("td", { class: changed.has(`${name} ${what}`) ? "changed" : null, "data-slot": `${name}.${what}` }, shown(value, shape, null, `${name}.${what}`));
  return el("table", { class: "slots" }, el("caption", {}, t("slots_caption", { engine: worldName(prep.engine) })),
    el("thead", {}, el("tr", {}, [t("parameter"), t("slot_data"), t("slot_grad")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, [...slots].map(([name, slot]) => {
      const node = prep.left && prep.left.graph.nodes.find((n) => n.kind === "parameter" && n.name === name);
      return el("tr", {}, el("th", { scope: "row" }, el("code", {}, name || "params")), cell(name, "data", slot.data, node && node.shape), slot.grad === null || slot.grad === undefined ?
        el("td", { class: changed.has(`${name} grad`) ? "changed" : null, "data-slot": `${name}.grad` }, el("span", { class: "none" }, "None")) : cell(name, "grad", slot.grad, node && node.shape));
    })));
}

function valuesTable(moment) {
  const { prep } = moment, updates = prep.step.updates.jax || [];
  const returned = prep.moments.findIndex((m) => m.phase === "returned"), renewed = prep.moments.findIndex((m) => m.updates);
  const graded = returned >= 0 && moment.local >= returned, fresh = renewed >= 0 && moment.local >= renewed;
  const k = moment.step;
  return el("table", { class: "slots" }, el("caption", {}, t("values_caption")),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("parameter")), el("th", { scope: "col" }, "params", el("sub", {}, k)), el("th", { scope: "col" }, t("gradient"), el("sub", {}, k)), el("th", { scope: "col" }, "params", el("sub", {}, k + 1)))),
    el("tbody", {}, updates.map((update) => {
      const node = prep.right.graph.nodes.find((n) => n.kind === "parameter" && n.name === update.name);
      const shape = node && node.shape;
      return el("tr", {}, el("th", { scope: "row" }, el("code", {}, update.name || "params")), el("td", {}, shown(update.before, shape, null, "")),
        el("td", { class: moment.local === returned ? "changed" : null }, graded ? shown(update.gradient, shape, null, "") : el("span", { class: "none" }, t("no_name_yet"))),
        el("td", { class: moment.local === renewed ? "changed" : null }, fresh ? shown(update.after, shape, null, "") : el("span", { class: "none" }, t("no_name_yet"))));
    })));
}

const SEEN = 400; // lines of a list that are drawn, around the acting one

/** Left: the walk, node by node. Right: the gradient's program, equation by equation. */
function walkList(moment, side, hidden) {
  const { prep } = moment, index = prep[side], life = prep.life[side];
  const steps = side === "left" ? index.backward.filter((node) => node.kind === "operation") : index.backward;
  const acting = new Set(side === "left" ? (moment.phase === "backward" && moment.left ? [moment.left.id] : []) : (moment.equations || []).map((node) => node.id));
  const at = Math.max(0, steps.findIndex((node) => acting.has(node.id)));
  const from = Math.max(0, Math.min(at - SEEN / 2, steps.length - SEEN)), part = steps.slice(from, from + SEEN);
  const freed = prep.moments.findLastIndex((m) => m.phase === "returned");
  const items = part.map((node) => {
    const times = life.get(node.id) || { born: Infinity, walked: Infinity };
    const done = side === "left" ? times.walked <= moment.local : times.born <= moment.local;
    const built = side === "left" ? times.born <= moment.local : true;
    const state = acting.has(node.id) ? "now" : done ? "done" : built ? "waits" : "future";
    if (side === "left") {
      return el("li", { class: state, "data-id": node.id }, el("code", {}, built ? node.backward || node.operation : "·"),
        built && node.saved ? el("span", { class: done || (freed >= 0 && moment.local >= freed) ? "facts gone" : "facts" }, ` ${t("holds", savedText(node))}`) : null);
    }
    const { name, type, text } = equation(index, node), whose = index.gradientOf.get(node.id);
    return el("li", { class: state, "data-id": node.id }, prep.again.right.has(node.id) ? el("span", { class: "again", title: t("again") }, "↻ ") : null, el("code", {}, el("b", {}, name), el("span", { class: "facts" }, type), ` = ${text}`),
      done && !(hidden && acting.has(node.id)) ? el("span", { class: "result" }, ` ${brief(node.value, node.shape)}`) : null, whose ? el("span", { class: "facts whose" }, " ", slope(nameOf(index, whose), lossName(index))) : null);
  });
  const caption = t(side === "left" ? "walk_caption" : "program_caption", { n: steps.length });
  return el("section", { class: "walk" }, el("h3", {}, caption), el("ol", { start: from + 1, tabindex: 0, "aria-label": caption }, items));
}
