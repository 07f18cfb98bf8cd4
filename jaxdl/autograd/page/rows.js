// Rows: which operation of one world stands beside which of the other, and what is folded.

const FOLD_FROM = 48; // rows up to which nothing is folded
const CHUNK = 24; // operations a fold has, where no module or function says how to fold

/** A recording as Python packed it, with every line in its place. */
function unpacked(recording) {
  const placed = (thing) => { if (Number.isInteger(thing.place)) thing.place = recording.places[thing.place]; };
  const runs = [recording, ...recording.faults, ...(recording.checkpointed ? [recording.checkpointed] : [])];
  for (const { steps } of runs) for (const step of steps) {
    for (const graph of Object.values(step.graphs)) for (const node of graph.nodes) { placed(node); node.kind ??= "operation"; node.phase ??= "forward"; }
    for (const events of Object.values(step.events)) events.forEach(placed);
  }
  return recording;
}

/** Everything about one step's graph that is looked up more than once. */
function indexed(graph) {
  if (!graph) return null;
  for (const node of graph.nodes) { node.operation ??= ""; node.common ??= ""; node.name ??= ""; node.inputs ??= []; } // left out where empty
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const users = new Map(graph.nodes.map((node) => [node.id, []]));
  for (const node of graph.nodes) {
    for (const edge of node.inputs || []) {
      if (node.phase !== "backward" && users.has(edge.source)) users.get(edge.source).push({ user: node, edge });
    }
  }
  const letters = new Map();
  let count = 0;
  for (const node of graph.nodes) {
    if (!node.name) letters.set(node.id, graph.framework === "jax" ? letter(count++) : `v${count++}`);
  }
  const forward = graph.nodes.filter((node) => node.phase !== "backward");
  return {
    graph, nodes, users, letters,
    operations: forward.filter((node) => node.kind === "operation"),
    backward: (graph.backward || []).map((id) => nodes.get(id)).filter(Boolean),
    output: nodes.get(graph.output),
    gradientOf: new Map(graph.nodes.filter((node) => node.gradient_id).map((node) => [node.gradient_id, node])),
  };
}

/** As the printed jaxpr calls what has no name: a, b, … z, ba, … */
function letter(count) {
  let text = "";
  do {
    text = String.fromCharCode(97 + (count % 26)) + text;
    count = Math.floor(count / 26);
  } while (count > 0);
  return text;
}

/** What a node is called: batch[0] for a nameless column, params for a bare parameter, else its name or letter. */
function nameOf(index, node) {
  if (!node) return "";
  if (node.kind === "input" && /^\d+(\.|$)/.test(node.name || "")) return node.name.replace(/^(\d+)/, "batch[$1]");
  if (node.kind === "parameter" && !node.name) return "params";
  return node.name || index.letters.get(node.id) || node.id;
}

/** The longest chain of ties that keeps the order in both worlds. */
function inOrder(pairs) {
  const ends = []; // of the chains of each length, the pair with the smallest right position
  const previous = new Map();
  for (const pair of pairs) {
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle].right < pair.right) low = middle + 1; else high = middle;
    }
    previous.set(pair, low ? ends[low - 1] : null);
    ends[low] = pair;
  }
  const chain = [];
  for (let pair = ends[ends.length - 1]; pair; pair = previous.get(pair)) chain.unshift(pair);
  return chain;
}

/** Rows of both worlds: {left, right, how}; what is tied stands in one row. */
function aligned(left, right, ties) {
  const ours = left ? left.operations : [], theirs = right ? right.operations : [];
  const at = new Map(ours.map((node, i) => [node.id, i]));
  const there = new Map(theirs.map((node, i) => [node.id, i]));
  const pairs = ties.filter(([a, b]) => at.has(a) && there.has(b))
    .map(([a, b, how]) => ({ left: at.get(a), right: there.get(b), how }))
    .sort((p, q) => p.left - q.left);
  const rows = [];
  let i = 0, j = 0;
  for (const pair of [...inOrder(pairs), { left: ours.length, right: theirs.length, how: "" }]) {
    while (i < pair.left) rows.push({ left: ours[i++], right: null, how: "" });
    while (j < pair.right) rows.push({ left: null, right: theirs[j++], how: "" });
    if (i < ours.length && j < theirs.length) rows.push({ left: ours[i++], right: theirs[j++], how: pair.how });
  }
  rows.forEach((row, index) => { row.index = index; });
  return rows;
}

/** A tree of rows and folds: by what they are the inside of, by module or function, else by number. */
function folded(rows, nodesLeft, nodesRight) {
  const path = (row) => {
    const node = row.left || row.right;
    const index = row.left ? nodesLeft : nodesRight;
    const outer = node.parent && index.nodes.get(node.parent);
    return [...(node.scope || []), ...(outer ? [`${outer.operation} ${outer.name || ""}`.trim()] : [])];
  };
  if (rows.length <= FOLD_FROM) return rows.map((row) => ({ row }));
  const nested = (list, depth) => {
    const items = [];
    for (let i = 0; i < list.length;) {
      const label = path(list[i])[depth];
      let j = i + 1;
      while (j < list.length && path(list[j])[depth] === label) j++;
      const run = list.slice(i, j);
      if (label === undefined || run.length < 2) items.push(...run.map((row) => ({ row })));
      else if (run.length === list.length && depth < 12) items.push(...nested(run, depth + 1));
      else items.push({ label, rows: run, items: nested(run, depth + 1) });
      i = j;
    }
    return chunked(items);
  };
  const rowsOf = (item) => item.rows || [item.row];
  const chunked = (items) => {
    let list = items;
    while (list.length > FOLD_FROM) {
      const next = [];
      for (let i = 0; i < list.length; i += CHUNK) {
        const part = list.slice(i, i + CHUNK);
        if (part.length === 1) next.push(part[0]);
        else next.push({ label: "", rows: part.flatMap(rowsOf), items: part });
      }
      list = next;
    }
    return list;
  };
  return nested(rows, 0);
}

/** What is seen of the tree: rows, and folds that are closed. `open` has keys of folds. */
function visible(items, open, depth = 0) {
  return items.flatMap((item) => {
    if (item.row) return [{ row: item.row, from: item.row.index, to: item.row.index, depth }];
    const key = `${item.rows[0].index}-${item.rows[item.rows.length - 1].index}`;
    const fold = { fold: item, key, from: item.rows[0].index, to: item.rows[item.rows.length - 1].index, depth };
    if (!open.has(key)) return [fold];
    return [{ ...fold, opened: true }, ...visible(item.items, open, depth + 1)];
  });
}
