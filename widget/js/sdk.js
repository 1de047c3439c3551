// The calls of `window.prilavok`, fetched with the first of them. The loader (www/loader/chat.js) hands over what it has of
// the chat: { root, launcher, options, mount(), widget?, append(), over? }.
//
// A call answers with a promise. Calls are done one after the other, in the order in which they were made.

import { THEMES, dress } from "./adopt.js";
import { extra } from "./extra.js";

// The same numbers are in src/view/attend.rs.
const ADDRESS = 7;
const PREFILL = 10;
const SEND = 11;

// For so long a message waits for the visitor's session: 30 seconds.
const TRY_MS = 250;
const TRIES_MAX = 120;

const NAME_CHARS_MAX = 64;
const VALUE_CHARS_MAX = 512;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const wrong = (text) => {
  throw new TypeError("[prilavok] " + text);
};
const a_text = (value, call) => (typeof value == "string" ? value : wrong(call + " takes a text"));

const is_open = (chat) => chat.launcher.getAttribute("aria-expanded") == "true";
const panel_of = (chat) => chat.root.querySelector(".panel");
const tell = (chat, what, text) => panel_of(chat).tell(what, text);

// Once there is a session: its token.
const token_of = async (chat) => {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const token = chat.widget && tell(chat, ADDRESS, "").split("\n")[1];
    if (token) return token;
    await wait(TRY_MS);
  }
  wrong("the relay cannot be reached");
};

// The chat as it is, anew: for another visitor or in another language.
const again = async (chat) => {
  if (!chat.widget) return;
  const was_open = is_open(chat);
  chat.widget.mount(chat.options);
  if (was_open) chat.widget.open();
};

// What this browser keeps of the visitor (src/memory.rs, js/kept.js).
const forget = (chat) => {
  const name = "prilavok:" + chat.options.key;
  for (const kept of [() => localStorage, () => sessionStorage]) {
    try {
      const storage = kept();
      for (const key of Object.keys(storage)) {
        if (key == name || key.startsWith(name + ":")) storage.removeItem(key);
      }
    } catch {
      // A browser that forbids it keeps nothing.
    }
  }
  try {
    indexedDB.deleteDatabase("prilavok");
  } catch {
    // As above.
  }
};

const checked = (attributes) => {
  if (!attributes || typeof attributes != "object") wrong("setAttributes takes an object");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.length > NAME_CHARS_MAX) wrong(`the attribute's name is longer than ${NAME_CHARS_MAX}: ${name}`);
    const is_scalar = value === null || ["string", "number", "boolean"].includes(typeof value);
    if (!is_scalar) wrong(`the attribute ${name} is no text, number or boolean`);
    if (String(value).length > VALUE_CHARS_MAX) wrong(`the attribute ${name} is longer than ${VALUE_CHARS_MAX}`);
  }
  return attributes;
};

// The relay keeps what a page says of somebody who has written. Until it has their message, this waits here.
const WRITTEN = ".msg.mine .tick:not(.sending):not(.failed)";
const send_attributes = async (chat) => {
  const { key, relay } = chat.options;
  const attributes = chat.attributes;
  if (!attributes || !chat.root.querySelector(WRITTEN)) return;
  chat.attributes = null;
  try {
    const token = await token_of(chat);
    const identity = window.prilavokIdentity;
    const body = { key, token, attributes };
    const vouched = (await (typeof identity == "function" ? identity() : identity)) || chat.options.identity;
    if (vouched) body.identity = vouched;
    const answer = await fetch(relay + "/v1/widget/sessions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    if (!answer.ok) throw Error((await answer.json()).detail);
  } catch (error) {
    chat.attributes = { ...attributes, ...chat.attributes };
    console.warn("[prilavok] setAttributes:", error);
  }
};

const watch = (chat) => {
  const log = panel_of(chat)?.querySelector(".log");
  if (!log || log == chat.watched) return;
  chat.watched = log;
  const look = () => send_attributes(chat);
  new MutationObserver(look).observe(log, { childList: true, subtree: true, attributeFilter: ["class"] });
  look();
};

const on = (chat, name, listener) => {
  if (typeof listener != "function") wrong("on takes a name and a function");
  const hear = (event) => listener(event.detail);
  (chat.listeners ||= []).push([name, listener, hear]);
  chat.root.host.addEventListener("prilavok:" + name, hear);
  if (name == "ready") Promise.resolve().then(() => listener({}));
};

const off = (chat, name, listener) => {
  chat.listeners = (chat.listeners || []).filter(([of, known, hear]) => {
    const goes = of == name && (!listener || known == listener);
    if (goes) chat.root.host.removeEventListener("prilavok:" + name, hear);
    return !goes;
  });
};

// What a page may give as a way to its people.
const CONTACT = /^(https?:|mailto:|tel:|\/)/i;

const ECOMMERCE = ["detail", "add", "remove", "purchase"];

const CALLS = {
  async open(chat) {
    chat.root.host.hidden = false;
    const widget = await chat.mount();
    if (!is_open(chat)) widget.open();
  },
  close(chat) {
    if (is_open(chat)) chat.widget.close();
  },
  toggle: (chat) => (is_open(chat) ? CALLS.close(chat) : CALLS.open(chat)),
  show(chat) {
    chat.root.host.hidden = false;
  },
  hide(chat) {
    CALLS.close(chat);
    chat.root.host.hidden = true;
  },
  identify(chat, identity) {
    window.prilavokIdentity = a_text(identity, "identify");
    return again(chat);
  },
  logout(chat) {
    delete window.prilavokIdentity;
    delete chat.options.identity;
    chat.attributes = chat.has_written = null;
    // No page has a line any more when what was kept goes.
    chat.widget?.unmount();
    forget(chat);
    return again(chat);
  },
  async setAttributes(chat, attributes) {
    chat.attributes = { ...chat.attributes, ...checked(attributes) };
    await send_attributes(chat);
  },
  setProduct(chat, product) {
    const { name = null, url = location.href, sku = null, price = null } = product || wrong("setProduct takes an object");
    return CALLS.setAttributes(chat, { product: name, product_url: url, product_sku: sku, product_price: price });
  },
  // What the cart is worth, for triggers.
  setCart(chat, total) {
    chat.cart = Number.isFinite(total) ? total : wrong("setCart takes a number");
  },
  // Onto the page's data layer, for Yandex.Metrica: ("detail" | "add" | "remove", products) or ("purchase", order, products).
  async ecommerce(chat, action, ...details) {
    const part = await chat.parts.load("ecommerce.js");
    if (!ECOMMERCE.includes(action)) wrong("ecommerce takes one of " + ECOMMERCE.join(", "));
    part.push(part[action](...details));
  },
  // The shop's triggers run on this page (data-triggers).
  async triggers(chat) {
    const part = await chat.parts.load("triggers.js");
    await part.run(chat);
  },
  async setLocale(chat, locale) {
    const words = await chat.words(a_text(locale, "setLocale"));
    Object.assign(chat.options, { locale, words });
    return again(chat);
  },
  async setTheme(chat, theme) {
    if (!THEMES[theme]) wrong('setTheme takes "light", "dark" or "auto"');
    chat.options.theme = theme;
    await chat.mount();
    dress(chat.root);
  },
  async prefill(chat, text) {
    await chat.mount();
    tell(chat, PREFILL, a_text(text, "prefill"));
  },
  async send(chat, text) {
    a_text(text, "send");
    await chat.mount();
    await token_of(chat);
    const refused = tell(chat, SEND, text);
    if (refused) wrong("send: " + refused);
  },
  destroy(chat) {
    CALLS.close(chat);
    for (const [name, listener] of chat.listeners || []) off(chat, name, listener);
    chat.widget?.unmount();
    chat.widget = null;
    chat.over = true;
    chat.done = null;
    chat.root.host.remove();
  },
  // The parts of the chat did not come, or may not run: the page's developer is told why, the visitor whom to ask.
  async failed(chat, oops, error) {
    const { origin } = new URL(chat.parts.address("widget_bg.wasm"), location);
    const socket = chat.options.relay.replace(/^http/, "ws");
    console.error(
      `[prilavok] The chat did not load. If the page has a Content-Security-Policy, add to it: script-src ${origin} 'wasm-unsafe-eval'; connect-src ${chat.options.relay} ${socket}; img-src ${chat.options.relay}`,
      error,
    );
    const { contact, locale } = chat.options;
    const more = await extra(chat, await chat.words(locale));
    oops.textContent = more[EXTRA.not_loaded];
    if (!contact || !CONTACT.test(contact)) return;
    const link = document.createElement("a");
    link.href = contact;
    link.textContent = more[EXTRA.contact_us];
    link.onclick = (event) => event.stopPropagation();
    link.style.cssText = "display:block;margin-top:6px;color:inherit";
    oops.append(link);
  },
  // Another tag on the page: nothing, or the way back after `destroy`.
  again(chat, options) {
    if (chat.over) {
      chat.over = false;
      Object.assign(chat.options, options);
      chat.append();
    } else if (options.key && options.key != chat.options.key) {
      console.warn("[prilavok] Второй тег пропущен: чат на странице уже есть");
    }
  },
};

// These do not wait for calls that are still being done.
const AT_ONCE = { on, off };

export async function run(chat, name, args) {
  // A script in the head may come before there is a body.
  if (!chat.root && document.readyState == "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done));
  if (!chat.root) wrong('there is no chat: the tag needs data-key="pk_..."');
  if (name == "push") return Promise.all(args.map(([name, ...args]) => run(chat, name, args)));
  if (AT_ONCE[name]) return AT_ONCE[name](chat, ...args);
  const call = Object.hasOwn(CALLS, name)
    ? CALLS[name]
    : () => wrong(`there is no call "${String(name)}". There are: ${Object.keys(CALLS).join(", ")}, on, off`);
  if (!chat.done) {
    watch(chat);
    // A chat that is mounted tells how its connection is.
    on(chat, "status", () => watch(chat));
  }
  const done = (chat.done || Promise.resolve()).then(() => call(chat, ...args));
  chat.done = done.catch(() => {});
  return done;
}
