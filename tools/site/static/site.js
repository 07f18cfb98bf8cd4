// Lines that belong together light together; the switch stays at the section; a recorded page
// has the site's theme.
"use strict";

function readyTwins(table) {
  const told = table.querySelector("script.tied");
  const tied = told ? JSON.parse(told.textContent) : [];
  const places = { "functional.py": new Map(), "imperative.py": new Map() };
  for (const side of table.querySelectorAll(".twin")) {
    const code = side.querySelector("pre");
    if (!code) continue;
    const numbers = side.dataset.lines.split(" ").map(Number);
    // Pygments closes every span at the end of its line.
    const lines = code.innerHTML.replace(/\n$/, "").split("\n");
    code.innerHTML = lines.map((line) => `<span class="line">${line}\n</span>`).join("");
    code.querySelectorAll(".line").forEach((line, i) => {
      const indent = line.textContent.search(/\S/); // what is too long goes on below, further in
      line.style.setProperty("--indent", `${Math.max(indent, 0) + 4}ch`);
      if (numbers[i]) places[side.dataset.file].set(numbers[i], line);
    });
  }
  const others = new Map();
  const tie = (one, other) => others.set(one, [...(others.get(one) || []), other]);
  for (const [ours, theirs] of tied) {
    const one = places["functional.py"].get(ours);
    const other = places["imperative.py"].get(theirs);
    if (!one || !other) continue;
    tie(one, other);
    tie(other, one);
  }
  const light = (line, on) => [line, ...others.get(line)].forEach((one) => one.classList.toggle("lit", on));
  for (const line of others.keys()) {
    line.classList.add("has-tie");
    line.addEventListener("pointerenter", () => light(line, true));
    line.addEventListener("pointerleave", () => light(line, false));
  }
  for (const code of table.querySelectorAll(".twin pre")) byArrows(code, light);
}

// The Tab key comes to a program, the arrows go through those of its lines that have partners.
function byArrows(code, light) {
  const lines = [...code.querySelectorAll(".has-tie")];
  if (!lines.length) return;
  let at = -1;
  code.tabIndex = 0;
  code.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    if (at >= 0) light(lines[at], false);
    at = Math.min(Math.max(at + by, 0), lines.length - 1);
    light(lines[at], true);
    lines[at].scrollIntoView({ block: "nearest" });
  });
  code.addEventListener("blur", () => {
    if (at >= 0) light(lines[at], false);
    at = -1;
  });
}

function headings() {
  return [...document.querySelectorAll(".bd-article h2, .bd-article h3")];
}

function readySwitch(link) {
  const target = link.getAttribute("href");
  const section = () => headings().filter((one) => one.getBoundingClientRect().top < 160).length;
  const point = () => {
    const count = section();
    link.setAttribute("href", target + location.search + (count ? `#~${count}` : ""));
  };
  for (const event of ["pointerdown", "focus", "click"]) link.addEventListener(event, point);
  const asked = /^#~(\d+)$/.exec(location.hash);
  if (!asked) return;
  const there = headings()[Number(asked[1]) - 1];
  const name = there && (there.closest("section") || there).id;
  history.replaceState(null, "", location.pathname + location.search + (name ? `#${name}` : ""));
  if (there) there.scrollIntoView();
}

function readyRecording(frame) {
  const address = frame.dataset.src;
  const follow = () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    let hash = "";
    try {
      hash = frame.contentWindow.location.hash; // where the reader is in it
    } catch {
      // a page opened from a file may not look into another
    }
    const [page, own] = address.split("#");
    const [name, query] = (hash.slice(1) || own).split("?");
    const asked = new URLSearchParams(query);
    asked.set("theme", theme);
    frame.src = `${page}#${name}?${asked}`;
  };
  follow();
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

// What the search shows of a page is the page's text, not its buttons.
function readySearch() {
  const parser = new DOMParser();
  const asItWas = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = parser.parseFromString(html, "text/html");
    const besides = ".bd-header-article, .bd-sidebar-secondary, #jb-print-docs-body, .prev-next-footer";
    page.querySelectorAll(besides).forEach((one) => one.remove());
    return asItWas(page.documentElement.outerHTML, anchor);
  };
}

document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search !== "undefined") readySearch();
  document.querySelectorAll(".twins").forEach(readyTwins);
  document.querySelectorAll("a.language-switch").forEach(readySwitch);
  document.querySelectorAll("iframe.recording").forEach(readyRecording);
});
