// The preview: puts the settings of its address on the tag that stands in the page, before the tag's script runs (module and
// deferred scripts run in the order in which they stand). The script is always this origin's own, whatever relay is named:
// no address makes this page run anybody else's.
import { attributes, clean, from_hash, properties } from "../tag.js";

// So long after it was opened, no chat takes the focus any more.
const SETTLED_MS = 100;

const home = location.origin;
const tag = document.querySelector("script[data-key]");
const settings = () => clean(from_hash(location.hash, home), home);
const needs_new = ({ relay, greeting, ...rest }) => JSON.stringify([attributes(rest), relay, greeting]);

const begun = settings();
for (const [name, value] of attributes(begun)) if (name != "key" || begun.key) tag.dataset[name] = value;
if (begun.relay != home) tag.dataset.relay = begun.relay;

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
const style = (now) => {
  const rules = properties(now).map(([name, value]) => `${name}:${value};`);
  sheet.replaceSync(`prilavok-chat{${rules.join("")}}`);
  document.documentElement.dataset.scheme = now.theme;
};
style(begun);

const is_open = () => document.querySelector("prilavok-chat")?.shadowRoot?.querySelector(".launcher")?.ariaExpanded == "true";

// A chat that was open is open again. It would take the focus from whoever sets it up in the page around.
const was_open = Boolean(history.state?.is_open);
history.replaceState(null, "");
const { focus } = HTMLElement.prototype;
if (was_open) HTMLElement.prototype.focus = () => {};

window.prilavok = [];
window.prilavok.push([
  "on",
  "open",
  async function first() {
    window.prilavok.off("open", first);
    if (begun.greeting) await window.prilavok.prefill(begun.greeting);
    if (was_open) setTimeout(() => (HTMLElement.prototype.focus = focus), SETTLED_MS);
  },
]);
if (was_open) window.prilavok.push(["open"]);

addEventListener("hashchange", () => {
  const now = settings();
  if (needs_new(now) == needs_new(begun)) return style(now);
  history.replaceState({ is_open: is_open() }, "");
  location.reload();
});

// The shop is a picture: its links lead nowhere.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("a, button")) event.preventDefault();
});
