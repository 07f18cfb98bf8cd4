// Python's text, coloured.

/** The program's text, a line an element. */
function codePane(sources) {
  const lines = new Map(), pane = el("div", { class: "listing" });
  for (const { file, text } of sources || []) {
    pane.append(el("p", { class: "file" }, file));
    let inside = false; // of a docstring of several lines
    text.replace(/\n$/, "").split("\n").forEach((line, i) => {
      const quotes = line.split('"""').length - 1, prose = inside && quotes === 0;
      const ends = inside && quotes > 0;
      if (quotes % 2) inside = !inside;
      const row = el("div", { class: "row" }, el("span", { class: "number-of-line", "aria-hidden": "true" }, String(i + 1)), el("code", {}, prose || ends ? el("span", { class: "string" }, line) : quotes === 1 ? [line.slice(0, line.indexOf('"""')), el("span", { class: "string" }, line.slice(line.indexOf('"""')))] : coloured(line), "\n"));
      lines.set(`${file}:${i + 1}`, row);
      pane.append(row);
    });
  }
  return { pane, lines };
}

const WORDS_OF_PYTHON = /(#.*$)|("""|'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(def|class|return|for|in|if|else|elif|import|from|with|as|lambda|not|and|or|None|True|False|while|yield|raise|try|except|is)\b/g;

function coloured(line) {
  const parts = [];
  let at = 0;
  for (const match of line.matchAll(WORDS_OF_PYTHON)) {
    parts.push(line.slice(at, match.index), el("span", { class: match[1] ? "comment" : match[2] ? "string" : "keyword" }, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(line.slice(at));
  return parts;
}
