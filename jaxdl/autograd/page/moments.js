// The timeline: every training step as moments, in the order in which the programs did them.
//
// A moment is {step, phase, left, right, row, …}: which node or event of which world is acting.

const isZero = (value) => (isBig(value) ? value.norm === 0 : flat(value).every((x) => Number(x) === 0));
const clears = (event) => event.what === "grad" && (event.after === null || event.after === undefined ||
  (event.before !== null && event.before !== undefined && isZero(event.after)));

/** One step of one run, with all that is looked up in it. */
function prepared(step, number, engine) {
  const left = indexed(step.graphs[engine]);
  const right = indexed(step.graphs.jax);
  const ties = (engine === "tape" ? step.tape_ties : step.ties) || [];
  const rows = aligned(left, right, ties);
  const rowOf = { left: new Map(), right: new Map() };
  for (const row of rows) {
    if (row.left) rowOf.left.set(row.left.id, row);
    if (row.right) rowOf.right.set(row.right.id, row);
  }
  const partner = { left: new Map(ties.map(([a, b]) => [a, b])), right: new Map(ties.map(([a, b]) => [b, a])) };
  const how = new Map(ties.map(([a, b, kind]) => [`${a} ${b}`, kind]));
  const again = { left: grouped(new Map(Object.entries(left ? left.graph.again || {} : {}))), right: new Set() };
  for (const entry of right ? (step.kept || {}).jax || [] : []) if (entry.again) again.right.add(entry.from);
  for (const id of Object.values(right ? right.graph.again || {} : {})) again.right.add(id);
  return { step, number, engine, left, right, rows, rowOf, partner, how, again, tree: folded(rows, left, right) };
}

/** Runs of events that one line did: [{place, what, events}]. */
function deeds(events) {
  const found = [];
  for (const event of events || []) {
    const what = event.what === "grad" ? (clears(event) ? "forget" : "add") : event.what === "data" ? "update" : "value";
    const line = event.place ? `${event.place.file}:${event.place.line}` : "";
    const last = found[found.length - 1];
    // A line in a loop acts again on the same parameter: then it is another deed.
    const again = last && last.events.some((other) => other.name === event.name);
    if (last && last.what === what && last.line === line && !again) last.events.push(event);
    else found.push({ what, line, place: event.place, events: [event] });
  }
  return found;
}

/** The moments of one prepared step. */
function momentsOf(prep) {
  const { step, left, right, rows, engine } = prep;
  const moments = [];
  const add = (phase, more) => { const moment = { step: prep.number, phase, ...more }; moments.push(moment); return moment; };
  add("start", {});
  for (const row of rows) add("forward", { row, left: row.left, right: row.right });
  add("loss", { left: left && left.output, right: right && right.output, isLoss: true });

  const ours = left ? deeds(step.events[engine]) : [];
  const theirs = right ? deeds(step.events.jax) : [];
  // The line that asks for the gradient gives its names first; all later ones belong to the update.
  const returned = theirs.filter((deed) => deed.line === theirs[0].line);
  const renewed = theirs.filter((deed) => !returned.includes(deed));

  let turn = 1, walked = false, renewedShown = false;
  const walk = (adds) => {
    backwardMoments(prep, adds, walked ? turn + 1 : 1, add, walked ? [] : returned);
    if (!walked) add("returned", { turn: 1, leftDeed: adds, rightDeeds: returned });
    else add("returned", { turn: ++turn, leftDeed: adds, rightDeeds: [] });
    walked = true;
  };
  prep.turns = Math.max(1, ours.filter((deed) => deed.what === "add").length); // only the last walk lets go
  const error = step.errors && step.errors[engine];
  const willAdd = ours.some((deed) => deed.what === "add");
  for (const deed of ours) {
    if (deed.what === "add") walk(deed);
    else if (deed.what === "forget") add("forget", { leftDeed: deed });
    else {
      if (!walked && !willAdd && !error) walk(null);
      add("update", { leftDeed: deed, rightDeeds: renewedShown ? [] : renewed, updates: !renewedShown });
      renewedShown = true;
    }
  }
  if (!walked && !error && (left || right)) walk(null);
  if (!renewedShown && right && !error) add("update", { rightDeeds: renewed, updates: true });
  if (error) add("error", { error, place: (step.error_places || {})[engine] });
  return moments;
}

/** The way back: a walk over PyTorch's nodes, beside it the equations that say the same. */
function backwardMoments(prep, adds, turn, put, returned) {
  const { left, right } = prep;
  const add = (phase, more) => put(phase, { deed: adds, deeds: returned, ...more });
  add("seed", { turn, left: left && left.output, right: right && right.output });
  const equations = turn === 1 && right ? right.backward : [];
  if (!left) {
    equations.forEach((node) => add("backward", { turn, equations: [node] }));
    return;
  }
  const steps = left.backward.filter((node) => node.kind === "operation");
  const position = new Map(equations.map((node, i) => [node.id, i]));
  const whole = grouped(finished(left, steps));
  // After this walk these values' gradients are complete; so far JAX's program has then come.
  const reached = steps.map((_, i) => {
    let most = -1;
    for (const id of whole.get(i) || []) {
      const other = right && right.nodes.get(prep.partner.left.get(id));
      if (other && other.gradient_id && position.has(other.gradient_id)) most = Math.max(most, position.get(other.gradient_id));
    }
    return most;
  });
  let done = 0;
  steps.forEach((node, i) => {
    const target = Math.max(done, reached[i] + 1);
    add("backward", { turn, left: node, row: prep.rowOf.left.get(node.id), walk: i, equations: equations.slice(done, target) });
    done = target;
  });
  for (const node of equations.slice(done)) add("backward", { turn, equations: [node] });
}

/** Of each node, after which walk its gradient is whole: that of the last of its users. */
function finished(index, steps) {
  const order = new Map(steps.map((node, i) => [node.id, i]));
  const until = new Map();
  for (const [id, users] of index.users) {
    const times = users.filter(({ edge, user }) => given(edge.product) || user.gradient !== undefined)
      .map(({ user }) => order.get(user.id)).filter((time) => time !== undefined);
    if (times.length) until.set(id, Math.max(...times));
  }
  return until;
}

/** A map the other way round: value -> its keys. */
function grouped(map) {
  const found = new Map();
  for (const [id, at] of map) {
    if (!found.has(at)) found.set(at, []);
    found.get(at).push(id);
  }
  return found;
}

/** All moments of a run, and where in them each node is born, walked and differentiated. */
function timeline(steps, engine) {
  const preps = steps.map((step, number) => prepared(step, number, engine));
  const moments = preps.flatMap((prep) => {
    const own = momentsOf(prep);
    own.forEach((moment, i) => { moment.prep = prep; moment.local = i; });
    prep.moments = own;
    prep.life = lives(prep, own);
    return own;
  });
  moments.forEach((moment, i) => { moment.index = i; });
  return { preps, moments };
}

function lives(prep, moments) {
  const life = { left: new Map(), right: new Map() };
  const of = (side, id) => {
    if (!life[side].has(id)) life[side].set(id, { born: Infinity, walked: Infinity, gradient: Infinity });
    return life[side].get(id);
  };
  for (const side of ["left", "right"]) {
    const index = prep[side];
    if (!index) continue;
    for (const node of index.graph.nodes) if (node.kind !== "operation" && node.phase !== "backward") of(side, node.id).born = 0;
  }
  const walks = prep.left ? prep.left.backward.filter((node) => node.kind === "operation") : [];
  const whole = grouped(prep.left ? finished(prep.left, walks) : new Map());
  moments.forEach((moment, i) => {
    if (moment.phase === "forward") {
      if (moment.left) of("left", moment.left.id).born = i;
      if (moment.right) of("right", moment.right.id).born = i;
    }
    if (moment.phase === "backward" && moment.left && moment.turn === prep.turns) of("left", moment.left.id).walked = i;
    if (moment.turn > 1) return;
    if (moment.phase === "seed") {
      if (moment.left) of("left", moment.left.id).gradient = i;
      if (moment.right) of("right", moment.right.id).gradient = i;
    }
    if (moment.phase === "backward") {
      if (moment.left) {
        for (const id of whole.get(moment.walk) || []) of("left", id).gradient = i;
      }
      for (const node of moment.equations || []) {
        of("right", node.id).born = i;
        const target = prep.right.gradientOf.get(node.id);
        if (target) of("right", target.id).gradient = Math.min(of("right", target.id).gradient, i);
      }
    }
  });
  // A residual of JAX's is let go of after the last equation that reads it.
  const held = new Map();
  for (const entry of (prep.right && (prep.step.kept || {}).jax) || []) {
    const last = entry.until ? of("right", entry.until).born : 0;
    held.set(entry.from, Math.max(held.get(entry.from) || 0, last));
  }
  for (const [id, last] of held) of("right", id).dropped = last;
  return life;
}

/** What is in every parameter's value and slot after a moment, out of the recorded events. */
function slotsAt(prep, local) {
  const slots = new Map();
  for (const update of prep.step.updates[prep.engine] || []) slots.set(update.name, { data: update.before, grad: undefined });
  const events = prep.step.events[prep.engine] || [];
  for (const event of events) {
    const slot = slots.get(event.name);
    if (slot && event.what === "grad" && slot.grad === undefined) slot.grad = event.before ?? null;
  }
  for (const moment of prep.moments.slice(0, local + 1)) {
    for (const event of (moment.leftDeed && moment.leftDeed.events) || []) {
      const slot = slots.get(event.name);
      if (!slot) continue;
      slot[event.what === "data" ? "data" : "grad"] = event.after ?? null;
    }
  }
  return slots;
}
