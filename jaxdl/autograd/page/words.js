// Words, language and appearance: what every page of ours has.

const ALL_WORDS = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);

function t(key, values = {}) {
  const text = ALL_WORDS[state.language][key] ?? ALL_WORDS.en[key];
  if (text === undefined) { console.warn(`no words for ${key}`); return ""; }
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Language and theme as the address has them, else the reader's own. */
function readAppearance(given) {
  const languages = Object.keys(ALL_WORDS);
  const preferred = (navigator.languages || []).map((tag) => tag.slice(0, 2)).find((tag) => languages.includes(tag));
  state.language = languages.includes(given.get("lang")) ? given.get("lang") : preferred || "en";
  state.theme = ["light", "dark"].includes(given.get("theme")) ? given.get("theme") : "auto";
}

/** Every word that stands in the template, in the present language; the present theme. */
function wordsEverywhere() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : state.language;
  for (const node of document.querySelectorAll("[data-words]")) node.textContent = t(node.dataset.words);
  for (const node of document.querySelectorAll("[data-words-label]")) node.setAttribute("aria-label", t(node.dataset.wordsLabel));
  for (const node of document.querySelectorAll("[data-words-placeholder]")) node.setAttribute("placeholder", t(node.dataset.wordsPlaceholder));
  for (const button of document.querySelectorAll("#language button")) button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  for (const button of document.querySelectorAll("#theme button")) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === state.theme));
  if (state.theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = state.theme;
}

/** The buttons of language and theme. */
function appearance(spoken, seen) {
  for (const button of document.querySelectorAll("#language button")) button.addEventListener("click", () => { state.language = button.dataset.language; spoken(); });
  for (const button of document.querySelectorAll("#theme button")) button.addEventListener("click", () => { state.theme = button.dataset.themeChoice; seen(); });
}
