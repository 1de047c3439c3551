// What the playground knows without a page: which settings there are, what is wrong with one, the text to copy, the colours'
// contrast, and how all of it is kept in an address. Runs in the browser and in Node.js.

// What the relay takes as a key (relay/core/src/auth/key.rs).
const KEY = /^pk_[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?_[A-Za-z0-9-]{8,64}$/;
const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
// The same rule is in widget/js/sdk.js.
const CONTACT = /^(https?:\/\/|mailto:|tel:|\/)\S+$/i;
// A phrase. It travels in the page of every visitor, and in this page's address.
const GREETING_CHARS_MAX = 500;
const Z_MAX = 2147483647;

// Stands in the tag until there is a key.
export const NO_KEY = "pk_…";

// The properties that a page's styles may set on the element, with what holds without them. Sizes are in pixels.
const PROPERTIES = {
  accent: { name: "--prilavok-accent", initial: "#1b6b52" },
  width: { name: "--prilavok-width", initial: 380, min: 300, max: 560, unit: "px" },
  radius: { name: "--prilavok-radius", initial: 20, min: 0, max: 32, unit: "px" },
  x: { name: "--prilavok-x", initial: 20, min: 0, max: 160, unit: "px" },
  y: { name: "--prilavok-y", initial: 20, min: 0, max: 160, unit: "px" },
  z: { name: "--prilavok-z", initial: 2147483000, min: -Z_MAX, max: Z_MAX, unit: "" },
};

// The data attributes that are one of several words; the first is what holds without it.
const CHOICES = {
  locale: ["", "ru", "en", "kk", "uz", "zh", "tr", "ar"],
  position: ["right", "left"],
  theme: ["auto", "light", "dark"],
};

// Every setting as it is when nobody has touched it. `home` is the origin of the relay that serves this page.
export function initial(home) {
  const settings = { key: "", relay: home, contact: "", greeting: "" };
  for (const [name, [first]] of Object.entries(CHOICES)) settings[name] = first;
  for (const [name, property] of Object.entries(PROPERTIES)) settings[name] = String(property.initial);
  return settings;
}

// The origin that is meant by what was typed, or null.
export function origin_of(text) {
  try {
    const url = new URL(text.trim());
    const is_bare = url.pathname == "/" && !url.search && !url.hash && !url.username && !url.password;
    return is_bare && /^https?:$/.test(url.protocol) && url.host ? url.origin : null;
  } catch {
    return null;
  }
}

const RULES = {
  key(text) {
    // None yet is not wrong; what else is needed is said elsewhere.
    if (!text || KEY.test(text)) return "";
    if (!text.startsWith("pk_")) return "Ключ для страницы начинается с pk_. Другие ключи и токены на страницу не ставят.";
    return "Ключ выглядит так: pk_<организация>_<случайные буквы и цифры>. Скопируйте его ещё раз целиком.";
  },
  relay(text) {
    if (origin_of(text)) return "";
    if (!/^https?:\/\//i.test(text)) return "Адрес начинается с https:// — например, https://chat.lavka.ru";
    return "Нужен только адрес сервера, без пути — например, https://chat.lavka.ru";
  },
  contact(text) {
    if (!text || CONTACT.test(text)) return "";
    return "Начните с mailto:, tel: или https:// — например, mailto:help@lavka.ru";
  },
  accent: (text) => (COLOUR.test(text) ? "" : "Цвет записывают так: #1b6b52"),
  greeting: (text) => ([...text].length <= GREETING_CHARS_MAX ? "" : `Не длиннее ${GREETING_CHARS_MAX} знаков.`),
};

// What is wrong with a setting, in words for its field; empty when nothing is.
export function wrong(name, text) {
  if (RULES[name]) return RULES[name](name == "greeting" ? text : text.trim());
  if (CHOICES[name]) return CHOICES[name].includes(text) ? "" : "Такого варианта нет.";
  const { min, max } = PROPERTIES[name];
  const is_within = /^-?\d{1,10}$/.test(text.trim()) && min <= Number(text) && Number(text) <= max;
  return is_within ? "" : `Нужно целое число от ${min} до ${max}.`.replace(/-/g, "−");
}

// The settings with what is wrong left out, each in its one way of writing.
export function clean(settings, home) {
  const cleaned = initial(home);
  for (const name of Object.keys(cleaned)) {
    const text = settings[name] ?? cleaned[name];
    if (!wrong(name, text)) cleaned[name] = name == "greeting" ? text : text.trim();
  }
  cleaned.relay = origin_of(cleaned.relay) || home;
  cleaned.accent = long_colour(cleaned.accent);
  for (const [name, property] of Object.entries(PROPERTIES)) {
    if (property.min != null) cleaned[name] = String(Number(cleaned[name]));
  }
  return cleaned;
}

const long_colour = (text) => {
  const digits = text.slice(1).toLowerCase();
  return "#" + (digits.length == 3 ? [...digits].map((one) => one + one).join("") : digits);
};

// Luminance by WCAG 2.2. The loader puts white on what is darker than 0.18, black on the rest.
const luminance = (colour) => {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(long_colour(colour).slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

// The contrast of white and of black text on a colour, and which of them the chat takes.
export function contrast(colour) {
  const light = luminance(colour);
  return { white: 1.05 / (light + 0.05), black: (light + 0.05) / 0.05, taken: light < 0.18 ? "white" : "black" };
}

// Rounded down: 4.49 is not yet the 4.5 that is asked for.
export function shown_contrast(ratio) {
  return (Math.floor(ratio * 10 + 1e-9) / 10).toFixed(1).replace(".", ",") + "\u00a0:\u00a01";
}

// Name and value of every custom property that is not as it would be anyway.
export function properties(settings) {
  return Object.entries(PROPERTIES)
    .filter(([name, { initial }]) => settings[name] != String(initial))
    .map(([name, property]) => [property.name, settings[name] + (property.unit || "")]);
}

// Name and value of every data attribute that is not as it would be anyway, the key first.
export function attributes(settings) {
  const words = Object.keys(CHOICES).filter((name) => settings[name] != CHOICES[name][0]);
  const names = ["key", ...words, ...(settings.contact ? ["contact"] : [])];
  return names.map((name) => [name, settings[name] || NO_KEY]);
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// A text inside of a script of the page: no part of it may end the script.
const literal = (text) => JSON.stringify(text).replace(/[<\u2028\u2029]/g, (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"));

const rule = (settings) => {
  const lines = properties(settings).map(([name, value]) => `  ${name}: ${value};`);
  return lines.length ? `prilavok-chat {\n${lines.join("\n")}\n}` : "";
};

const indented = (text) => text.replace(/^/gm, "  ");

// For a page: styles, calls, and the tag. Only what differs from the defaults.
export function tag_text(settings) {
  const parts = [];
  const css = rule(settings);
  if (css) parts.push(`<style>\n${indented(css)}\n</style>`);
  if (settings.greeting) {
    // When the visitor opens the chat, and once: the text by itself would load the whole chat on every page.
    const calls = `window.prilavok = window.prilavok || [];
prilavok.push(["on", "open", function first() {
  prilavok.off("open", first);
  prilavok.prefill(${literal(settings.greeting)});
}]);`;
    parts.push(`<script>\n${indented(calls)}\n</script>`);
  }
  const given = attributes(settings).map(([name, value]) => `data-${name}="${escaped(value)}"`);
  const between = given.length > 1 ? "\n  " : " ";
  parts.push([`<script async src="${settings.relay}/prilavok.js"`, ...given].join(between) + "></script>");
  return parts.join("\n");
}

// The same for a page that bundles its scripts.
export function package_text(settings) {
  const [key, ...rest] = attributes(settings);
  const options = [key, ["relay", settings.relay], ...rest].map(([name, value]) => `  ${name}: ${literal(value)},`);
  const lines = ['import { prilavok } from "prilavok";', "", `const chat = prilavok({\n${options.join("\n")}\n});`];
  if (settings.greeting) {
    lines.push(`chat.on("open", function first() {\n  chat.off("open", first);\n  chat.prefill(${literal(settings.greeting)});\n});`);
  }
  const css = rule(settings);
  if (css) lines.push("", "/* В стилях магазина: */", css);
  return lines.join("\n");
}

// What comes after "#": every setting that is right and not as it would be anyway. What is wrong might be a secret.
export function to_hash(settings, home) {
  const [plain, cleaned] = [initial(home), clean(settings, home)];
  const kept = Object.entries(cleaned).filter(([name, value]) => value != plain[name]);
  return new URLSearchParams(kept).toString();
}

// The settings of an address, with the defaults for what it does not say. What it says may be wrong.
export function from_hash(hash, home) {
  const [settings, said] = [initial(home), new URLSearchParams(hash.replace(/^#/, ""))];
  for (const name of Object.keys(settings)) settings[name] = said.get(name) ?? settings[name];
  return settings;
}
