// Speaks to a visitor first: one message beside the launcher, when a rule of the shop's says so. Fetched only by pages that ask
// for it (data-triggers). The loader hands over what it has of the chat; chat.cart is what the page says the cart is worth.
//
// A rule: { text, after_s?, url?, exit?, cart_from?, opens? }. What it names has all to be so: so long on the page, an address like
// this, on the way out, a cart of at least so much.

import { adopt } from "./adopt.js";
import { pick } from "./around/elements.js";
import { extra } from "./extra.js";

const TICK_MS = 1000;
const READ_MS = 100;

// So long nothing is said after the visitor has dismissed or taken it.
const REST_MS = 7 * 24 * 3600_000;

// A finger that flings the page to its top is on the way out: so many pixels in a millisecond, so near to the top.
const FLING = 1.5;
const NEAR_PX = 400;

// As in theme/widget.css.
const PHONE = "(max-width: 479.98px), (max-height: 479.98px)";

const TYPING = "input, textarea, select, [contenteditable]";

const STYLE = `
.teaser{--bg:#fff;--text:#1a201d;--line:#dde2de;position:fixed;right:calc(var(--x) + env(safe-area-inset-right));bottom:calc(var(--y) + 72px + env(safe-area-inset-bottom));display:flex;align-items:start;box-sizing:border-box;max-width:min(300px,100vw - 2*var(--x));border:1px solid var(--line);border-radius:18px;background:var(--bg);color:var(--text);box-shadow:0 4px 18px #0003;font:15px/1.4 -apple-system,"Segoe UI",Roboto,"Noto Sans",system-ui,sans-serif}
:host([data-position=left]) .teaser{right:auto;left:calc(var(--x) + env(safe-area-inset-left))}
.teaser button{all:unset;box-sizing:border-box;min-width:44px;min-height:44px;border-radius:18px;cursor:pointer}
.teaser button:first-child{padding:11px 0;padding-inline-start:16px;overflow-wrap:anywhere}
.teaser button+button{flex:none;text-align:center;font-size:22px;line-height:44px}
.teaser button:focus-visible{outline:2px solid;outline-offset:-2px}
@media (prefers-color-scheme:dark){.teaser{--bg:#171b19;--text:#e9eeeb;--line:#363e3a}}
@media (prefers-reduced-motion:no-preference){.teaser{animation:teaser .2s}}
@keyframes teaser{from{opacity:0;transform:translateY(8px)}}`;

// A part of an address or, with stars, all of it.
export const is_like = (rule, url) => {
  const [first, ...parts] = rule.split("*");
  const last = parts.pop();
  if (last == null) return url.includes(first);
  if (!url.startsWith(first)) return false;
  let place = first.length;
  for (const part of parts) {
    const found = url.indexOf(part, place);
    if (found < 0) return false;
    place = found + part.length;
  }
  return url.length >= place + last.length && url.endsWith(last);
};

// Whether a rule says so now. Pure.
export const decide = ({ after_s, url, exit, cart_from }, now) =>
  !(now.seconds_on_page < after_s) &&
  (!url || is_like(String(url), now.url)) &&
  (!exit || now.exit) &&
  (cart_from == null || now.cart >= cart_from);

export async function run(chat) {
  const { options, root, launcher } = chat;
  const { host } = root;
  const place = "prilavok:" + options.key;
  const rested = place + ":teaser";
  const may = () => {
    try {
      return !localStorage[place] && !(Date.now() - localStorage[rested] < REST_MS);
    } catch {
      // Without storage nobody can be known to have dismissed it.
      return true;
    }
  };
  const rest = () => {
    try {
      localStorage[rested] = Date.now();
    } catch {
      // As above.
    }
  };
  const is_open = () => launcher.getAttribute("aria-expanded") == "true";
  if (!may() || is_open()) return;

  const start = Date.now();
  const response = await fetch(`${options.relay}/v1/widget/settings?key=${encodeURIComponent(options.key)}`, {
    credentials: "omit",
  });
  if (!response.ok) return;
  const answer = await response.json();
  const rules = (answer.widget || answer).triggers || [];
  if (!rules.length) return;
  const words = await chat.words(options.locale);
  const more = await extra(chat, words);
  const language = words[WORD.lang];

  const leaving = ({ clientY, relatedTarget }) => {
    if (clientY <= 0 && !relatedTarget) look(true);
  };
  let was = [scrollY, start];
  const scrolled = () => {
    const [from, since] = was;
    const now = Date.now();
    was = [scrollY, now];
    if (scrollY < NEAR_PX && from - scrollY > FLING * Math.max(1, now - since) && matchMedia("(pointer: coarse)").matches)
      look(true);
  };
  const ticking = setInterval(() => look(false), TICK_MS);
  const listening = [
    [document, "mouseout", leaving],
    [window, "scroll", scrolled],
  ];
  for (const [target, name, act] of listening) target.addEventListener(name, act, { passive: true });
  const end = () => {
    clearInterval(ticking);
    for (const [target, name, act] of listening) target.removeEventListener(name, act);
  };

  const look = (exit) => {
    if (chat.over || is_open() || !may()) return end();
    if (host.hidden || document.hidden) return;
    const now = {
      seconds_on_page: (Date.now() - start) / 1000,
      url: location.pathname + location.search,
      exit,
      cart: chat.cart,
    };
    const rule = rules.find((rule) => decide(rule, now));
    if (!rule) return;
    if (rule.opens && !matchMedia(PHONE).matches) {
      // Who is typing is not interrupted.
      if (document.activeElement?.matches(TYPING)) return;
      host.addEventListener("prilavok:close", rest, { once: true });
      launcher.click();
    } else show(rule.text);
    end();
  };

  const show = (text) => {
    adopt(root, STYLE);
    const teaser = document.createElement("div");
    teaser.className = "teaser";
    teaser.lang = language;
    teaser.dir = words[WORD.dir];
    teaser.setAttribute("role", "status");
    const away = () => teaser.remove();
    const button = (text, act) => {
      const element = document.createElement("button");
      element.type = "button";
      element.textContent = text;
      element.onclick = (event) => {
        event.stopPropagation();
        rest();
        away();
        act();
      };
      return element;
    };
    const close = button("×", () => {});
    close.setAttribute("aria-label", more[EXTRA.dismiss]);
    root.append(teaser);
    // What changes in a status is read aloud, once the status is known.
    setTimeout(() => teaser.append(button(pick(text, language), () => launcher.click()), close), READ_MS);
    host.addEventListener("prilavok:open", away, { once: true });
  };
}
