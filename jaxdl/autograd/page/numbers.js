// Numbers, values and elements: how they are written. Nothing is computed here but what a reader sees.

const SVG = "http://www.w3.org/2000/svg";
const BIG = ["norm", "least", "largest", "mean", "elements"];

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return filled(made, attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) made.append(child);
  return made;
}

const given = (value) => value !== undefined && value !== null;
const isBig = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isScalar = (value) => typeof value === "number" || typeof value === "boolean" || typeof value === "string";

/** A value of one element as that element, whatever its shape. */
function single(value) {
  let inner = value;
  while (Array.isArray(inner) && inner.length === 1) inner = inner[0];
  return isScalar(inner) ? inner : null;
}

/** All numbers of a value that stands whole. */
function flat(value) {
  return Array.isArray(value) ? value.flat(Infinity) : isScalar(value) ? [value] : [];
}

/** The shortest decimal that is this number in its precision: 1.02, not 1.0199999809265137. */
function exact(number) {
  if (typeof number !== "number") return String(number).replace("-inf", "−∞").replace("inf", "∞");
  if (Number.isInteger(number) && Math.abs(number) < 1e7) return signed(String(number));
  if (PRECISION !== "float32") return signed(String(number));
  for (let digits = 1; digits < 10; digits++) {
    const text = number.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(number)) return signed(pretty(Number(text)));
  }
  return signed(pretty(number));
}

/** The same in at most `digits` digits, for narrow places. */
function short(number, digits = 4) {
  if (typeof number !== "number") return exact(number);
  const whole = exact(number);
  if (whole.replace(/[−.]/g, "").length <= digits + 1) return whole;
  return signed(pretty(Number(number.toPrecision(digits))));
}

const pretty = (number) => String(number).replace(/e([+-])0*(\d+)/, (_, sign, power) => `e${sign === "-" ? "−" : ""}${power}`);
const signed = (text) => text.replace(/-/g, "−");
const shapeText = (shape) => (!shape || !shape.length ? "" : shape.length === 1 ? `(${shape[0]})` : shape.join("×"));

function bytes(count) {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toPrecision(3)} kB`;
  return `${(count / 1e6).toPrecision(3)} MB`;
}

/** A value in a few characters: the number, or what there is of it. */
function brief(value, shape) {
  if (value === null || value === undefined) return "–";
  const one = single(value);
  if (one !== null) return short(one);
  if (isBig(value)) return `${shapeText(shape)} ‖${short(value.norm, 3)}‖`;
  const all = flat(value);
  if (all.length <= 2) return `[${all.map((x) => short(x, 3)).join(", ")}]`;
  return shapeText(shape) || `${all.length}`;
}

/** A value as an element: number, table of cells, or shape, norm and picture. */
function shown(value, shape, picture, label) {
  if (value === null || value === undefined) return el("span", { class: "none" }, "–");
  const one = single(value);
  if (one !== null) return el("span", { class: "number", "data-value": one }, exact(one));
  if (isBig(value)) {
    const facts = ["norm", "least", "largest"].filter((key) => value[key] !== undefined)
      .map((key) => `${t("fact_" + key)} ${short(value[key], 4)}`);
    return el("span", { class: "big", "data-norm": value.norm }, picture ? pictureOf(picture, label) : null,
      el("span", {}, shapeText(shape) ? [shapeText(shape), el("br")] : null, facts.join(" · ")));
  }
  const rows = Array.isArray(value[0]) ? value : [value];
  const table = rows.every((row) => row.every(isScalar)) ? rows : [flat(value)];
  const most = Math.max(...flat(value).map((x) => Math.abs(Number(x)) || 0), 1e-30);
  return el("table", { class: "cells", "aria-label": label },
    el("tbody", {}, table.map((row) => el("tr", {}, row.map((x) =>
      el("td", { "data-value": x, title: exact(x), style: shade(Number(x) / most) }, short(x, 3)))))));
}

/** Blue for below 0, orange for above: told apart by those who do not tell red from green. */
function shade(part) {
  const strength = Math.round(Math.min(1, Math.abs(part)) * 62);
  return `--shade:${strength}%;--tone:var(${part < 0 ? "--below" : "--above"})`;
}

function pictureOf({ rows, columns, shades }, label) {
  const bytes = Uint8Array.from(atob(shades), (character) => character.charCodeAt(0));
  const size = Math.max(2, Math.min(5, Math.floor(70 / Math.max(rows, columns))));
  const cells = [];
  for (let i = 0; i < rows * columns; i++) {
    const part = ((bytes[i] << 24) >> 24) / 127;
    cells.push(svg("rect", { x: (i % columns) * size, y: Math.floor(i / columns) * size, width: size, height: size,
      fill: `var(${part < 0 ? "--below" : "--above"})`, "fill-opacity": Math.abs(part).toFixed(2) }));
  }
  return svg("svg", { class: "picture", width: columns * size, height: rows * size, role: "img",
    "aria-label": label || t("picture") }, cells);
}
