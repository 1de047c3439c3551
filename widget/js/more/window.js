// The chat in a window of its own, which lasts while the visitor goes from page to page. The window is of this page's origin,
// with the page's tag in it, and its host carries `data-window`.

import { make } from "./dom.js";

export const is_window = (root) => root.host.hasAttribute("data-window");

const FEATURES = "popup,width=400,height=640";

// The tag that the chat came by. A module of the page's own has none.
export const tag_of = (scripts, key) =>
  [...scripts].find(({ src, dataset }) => src && (dataset.key == key || /\/prilavok\.js/.test(src)));

const build = (there, tag, { panel, root, chat }) => {
  const page = there.document;
  const { key, relay, identity } = chat.options;
  page.title = panel.querySelector(".title").textContent;
  Object.assign(page.documentElement, { lang: panel.lang, dir: panel.dir });
  page.head.append(
    make("meta", { name: "viewport", content: "width=device-width" }),
    make("meta", { name: "color-scheme", content: "light dark" }),
  );
  // (One that is made here would be a chat of this page.)
  const host = page.createElement("prilavok-chat");
  Object.assign(host.dataset, root.host.dataset, { key, relay, locale: panel.lang, window: "" });
  // The page's own styles are not there.
  for (const name of ["--prilavok-accent", "--prilavok-font"]) {
    host.style.setProperty(name, getComputedStyle(root.host).getPropertyValue(name));
  }
  if (identity) host.dataset.identity = identity;
  const script = make("script", {});
  for (const { name, value } of tag.attributes) script.setAttribute(name, value);
  // What opens the chat by itself is for the page.
  delete script.dataset.triggers;
  script.nonce = tag.nonce;
  script.src = tag.src;
  there.prilavok = [["open"]];
  there.prilavokIdentity = window.prilavokIdentity;
  page.body.append(host, script);
};

// Says whether it could be opened.
export const open_window = (tag, stay) => {
  const there = window.open("", "prilavok", FEATURES);
  // The browser has asked the visitor, perhaps: nothing is wrong.
  if (!there) return true;
  try {
    if (!there.document.querySelector("prilavok-chat")) build(there, tag, stay);
    there.focus();
    return true;
  } catch (error) {
    // A page that demands trusted types takes no address of a script.
    there.close();
    console.warn("[prilavok] No window for the chat:", error);
    return false;
  }
};
