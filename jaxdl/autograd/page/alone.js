// The page of the programs that go wrong alone.

const PRECISION = "float32";
const state = { language: "en", theme: "auto", hazards: new Set() };

function readAddress() {
  const given = new URLSearchParams(decodeURIComponent(location.hash.slice(1)).split("?")[1] || "");
  readAppearance(given);
  state.hazards = hazardsAsked(given);
}

function writeAddress() {
  const query = new URLSearchParams({ lang: state.language });
  if (state.theme !== "auto") query.set("theme", state.theme);
  if (state.hazards.size) query.set("hazard", [...state.hazards].join(","));
  const hash = `#hazards?${query.toString().replace(/%2C/g, ",")}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

function show() {
  wordsEverywhere();
  document.title = t("hazards_title");
  showHazards();
  writeAddress();
}

readAddress();
show();
appearance(show, () => { wordsEverywhere(); writeAddress(); });
window.addEventListener("hashchange", () => { readAddress(); show(); });
window.addEventListener("beforeprint", () => { for (const card of document.querySelectorAll(".hazard")) { card.open = true; } });
const asked = [...state.hazards][0];
if (asked) openHazard(asked);
document.documentElement.dataset.ready = String(Math.round(performance.now()));
