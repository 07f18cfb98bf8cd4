// Programs that go wrong, each beside the one that is right, with what was measured of both.

const HAZARDS = JSON.parse(byId("hazards-run").textContent);
const SIDES = { imperative: "left", functional: "right" };

/** Words with `code` in them. */
const worded = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));

function measured(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(measured).join(", ")}]`;
  return typeof value === "number" ? short(value, 5) : value;
}

const hazardWords = (hazard) => hazard.words[state.language] || hazard.words.en;
const measuredNames = (hazard) => Object.keys({ ...hazard.wrong.measured, ...hazard.right.measured });
const differs = (hazard, name) => JSON.stringify(hazard.wrong.measured[name]) !== JSON.stringify(hazard.right.measured[name]);
const isError = (value) => typeof value === "string" && /^\w+: /.test(value);
const calledHere = (hazard, name) => (hazardWords(hazard).measured || {})[name] || name;

/** In a line: the first number that differs. */
function inShort(hazard) {
  const name = measuredNames(hazard).find((one) => differs(hazard, one));
  const few = (value) => (value === undefined ? "–" : isError(value) ? value.split(":")[0] : measured(value));
  return el("span", { class: "in-short" }, `${calledHere(hazard, name)}: `, el("b", { class: "is-wrong" }, few(hazard.wrong.measured[name])), ` · ${t("hazard_instead")} `, el("b", { class: "is-right" }, few(hazard.right.measured[name])));
}

function measuredTable(hazard) {
  const cell = (value, is, other) => el("td", { class: other ? is : null, "data-measured": JSON.stringify(value) }, value === undefined ? "–" : measured(value));
  return el("table", { class: "slots measured" }, el("caption", {}, t("hazard_measured")),
    el("thead", {}, el("tr", {}, ["", t("hazard_wrong"), t("hazard_right")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, measuredNames(hazard).map((name) => el("tr", {}, el("th", { scope: "row" }, calledHere(hazard, name)),
      cell(hazard.wrong.measured[name], "is-wrong", differs(hazard, name)), cell(hazard.right.measured[name], "is-right", differs(hazard, name))))));
}

const listing = (which, source) => el("figure", { class: `listing-of ${which}` }, el("figcaption", {}, t(`hazard_${which}`)),
  el("pre", { tabindex: 0, "aria-label": t(`hazard_${which}`) }, el("code", {}, source.trimEnd().split("\n").map((line) => [coloured(line), "\n"]))));

function hazardCard(hazard) {
  const words = hazardWords(hazard);
  const card = el("details", { class: `hazard ${SIDES[hazard.world]}`, id: `hazard-${hazard.id}`, open: state.hazards.has(hazard.id) });
  card.append(el("summary", {}, el("span", { class: "hazard-title" }, worded(words.title)), inShort(hazard)));
  const fill = () => {
    if (card.childElementCount > 1) return;
    card.append(el("div", { class: "hazard-body" },
      el("p", { class: "say" }, worded(words.symptom)),
      measuredTable(hazard),
      el("p", {}, el("b", {}, t("hazard_cause")), " ", worded(words.cause)),
      el("p", {}, el("b", {}, t("hazard_cure")), " ", worded(words.cure)),
      el("div", { class: "listings" }, listing("wrong", hazard.wrong.source), listing("right", hazard.right.source)),
      hazard.other.map((id) => HAZARDS.find((one) => one.id === id)).filter(Boolean).map((other) => {
        const button = el("button", { type: "button", class: "close counterpart" }, worded(hazardWords(other).title));
        button.addEventListener("click", () => openHazard(other.id));
        return el("p", { class: `facts ${SIDES[other.world]}` }, t("hazard_other", { world: t("world_" + SIDES[other.world]).toLowerCase() }), " ", button);
      })));
  };
  if (card.open) fill();
  card.addEventListener("toggle", () => {
    if (card.open) { fill(); state.hazards.add(hazard.id); } else state.hazards.delete(hazard.id);
    writeAddress();
  });
  return card;
}

/** All of them, the imperative ones on the left. */
function showHazards() {
  byId("hazards").hidden = !HAZARDS.length;
  byId("hazards-lead").replaceChildren(...worded(t("hazards_lead", { n: HAZARDS.length })));
  byId("hazards-list").replaceChildren(...["imperative", "functional"].map((world) => {
    const own = HAZARDS.filter((hazard) => hazard.world === world);
    return own.length ? el("section", { class: SIDES[world] }, el("h3", { class: "head" }, t("world_" + SIDES[world]), el("span", {}, world === "imperative" ? " PyTorch" : " JAX")), own.map(hazardCard)) : "";
  }));
}

function openHazard(id) {
  const card = byId(`hazard-${id}`);
  if (!card) return;
  card.open = true;
  card.scrollIntoView({ block: "start", behavior: "instant" });
  card.querySelector("summary").focus({ preventScroll: true });
}

const hazardsAsked = (given) => new Set((given.get("hazard") || "").split(",").filter((id) => HAZARDS.some((one) => one.id === id)));
