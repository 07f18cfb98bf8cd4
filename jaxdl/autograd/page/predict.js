// Predict first: the question before a gradient is shown, and what a wrong answer would be the gradient of.

/** What to ask at a moment: one number of one gradient; null where there is nothing small to ask. */
function questionAt(moment) {
  if (moment.phase !== "backward" || moment.turn > 1) return null;
  const { prep } = moment;
  if (moment.left) {
    const index = prep.left;
    const edges = (moment.left.inputs || []).filter((edge) => given(edge.product) && !isBig(edge.product) && index.nodes.get(edge.source).kind !== "constant");
    if (!edges.length) return null;
    const whole = (edge) => { const life = prep.life.left.get(edge.source); return life && life.gradient === moment.local; };
    const edge = edges.find((e) => whole(e) && index.nodes.get(e.source).kind === "parameter") || edges.find(whole) || edges[0];
    const target = index.nodes.get(edge.source);
    const value = whole(edge) && target.gradient !== undefined && !isBig(target.gradient) ? target.gradient : edge.product;
    return asked(index, target, value, moment.left, edge, prep);
  }
  const last = (moment.equations || []).findLast((node) => prep.right.gradientOf.has(node.id));
  if (!last) return null;
  const target = prep.right.gradientOf.get(last.id);
  if (target.gradient === undefined || isBig(target.gradient)) return null;
  const { user, edge } = prep.right.users.get(target.id)[0] || {};
  return asked(prep.right, target, target.gradient, user, edge, prep);
}

function asked(index, target, value, user, edge, prep) {
  const all = flat(value).map(Number);
  if (!all.length || all.some((x) => !Number.isFinite(x))) return null;
  let at = 0; // the largest element: the one that tells most
  all.forEach((x, i) => { if (Math.abs(x) > Math.abs(all[at])) at = i; });
  const shape = target.shape || [];
  const place = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) { place.unshift(rest % shape[axis]); rest = Math.floor(rest / shape[axis]); }
  const name = nameOf(index, target) + (all.length > 1 ? `[${place.join(", ")}]` : "");
  return { index, target, value, all, at, place, name, user, edge, right: all[at], prep };
}

const close = (a, b) => Math.abs(a - b) <= Math.max(0.01 * Math.abs(b), 1e-9);

/** Says what an answer would be the gradient of. */
function verdictOn(question, answer) {
  const { right, index, target, user, edge, all, prep } = question;
  const l = lossName(index), name = question.name, factor = right === 0 ? NaN : answer / right;
  const say = (key, more = {}) => ({ right: key === "right", text: t("verdict_" + key, { l, name, answer: short(answer, 5), correct: exact(right), ...more }) });
  if (close(answer, right)) return say("right");
  if (right !== 0 && close(answer, -right)) return say("sign");
  const shape = target.shape || [];
  if (shape.length === 2 && all.length > 1) {
    const [i, j] = question.place;
    if (j < shape[0] && i < shape[1] && i !== j && close(answer, all[j * shape[1] + i])) return say("transposed");
  }
  const up = user && single(user.gradient), local = edge && edge.local;
  if (local !== undefined && local !== null && close(answer, local)) return say("local", { of: nameOf(index, user) });
  if (up !== null && up !== undefined && close(answer, up)) return say("upstream", { of: nameOf(index, user) });
  const terms = index.users.get(target.id).filter((u) => given(u.edge.product));
  if (terms.length > 1 && terms.some((u) => close(answer, Number(flat(u.edge.product)[question.at])))) return say("one_term", { n: terms.length });
  const value = flat(target.value).map(Number)[question.at];
  if (value !== undefined && close(answer, value)) return say("value");
  const update = (prep.step.updates[index.graph.framework] || []).find((u) => u.name === target.name && target.kind === "parameter");
  if (update && close(answer, Number(flat(update.after)[question.at]) - Number(flat(update.before)[question.at]))) return say("step");
  if (right === 0) return say("zero");
  const counts = [...new Set(index.graph.nodes.flatMap((node) => [...(node.shape || []), (node.shape || []).reduce((a, b) => a * b, 1)]))].filter((n) => n > 2);
  for (const n of counts) {
    if (close(factor, n)) return say("sum", { n });
    if (close(factor, 1 / n)) return say("mean", { n });
  }
  if (close(factor, 2)) return say("twice");
  if (close(factor, 0.5)) return say("half");
  return say("factor", { factor: short(factor, 3) });
}
