// The npm package's module: the same chat, begun by a call. Every part is named in a way that bundlers understand.

import { begin } from "./chat.js";

const MODULES = {
  "widget.js": () => import("./widget/widget.js"),
  "sdk.js": () => import("./widget/sdk.js"),
  "rich.js": () => import("./widget/rich.js"),
  "triggers.js": () => import("./widget/triggers.js"),
  "ecommerce.js": () => import("./widget/ecommerce.js"),
  "ru.js": () => import("./widget/ru.js"),
  "ru-more.js": () => import("./widget/ru-more.js"),
  "en.js": () => import("./widget/en.js"),
  "en-more.js": () => import("./widget/en-more.js"),
  "kk.js": () => import("./widget/kk.js"),
  "kk-more.js": () => import("./widget/kk-more.js"),
  "uz.js": () => import("./widget/uz.js"),
  "uz-more.js": () => import("./widget/uz-more.js"),
  "zh.js": () => import("./widget/zh.js"),
  "zh-more.js": () => import("./widget/zh-more.js"),
  "tr.js": () => import("./widget/tr.js"),
  "tr-more.js": () => import("./widget/tr-more.js"),
  "ar.js": () => import("./widget/ar.js"),
  "ar-more.js": () => import("./widget/ar-more.js"),
};
const FILES = {
  "widget.css": new URL("./widget/widget.css", import.meta.url).href,
  "widget_bg.wasm": new URL("./widget/widget_bg.wasm", import.meta.url).href,
};

const parts = { address: (name) => FILES[name], load: (name) => MODULES[name]() };

// One chat a page: asked again, the same one.
export function prilavok(options) {
  const { prilavok: there } = window;
  if (there?.parts) {
    there.again(options);
    return there;
  }
  if (!options?.relay) throw new TypeError("[prilavok] prilavok() needs { key, relay }: the relay's address, https://...");
  const handle = (window.prilavok = begin(parts, { ...options, triggers: options.triggers || undefined }));
  if (Array.isArray(there)) handle.push(...there);
  return handle;
}
