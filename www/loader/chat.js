// The part of the chat that every page carries: paints the launcher button, and fetches the chat itself (module, styles, wasm)
// on the visitor's or the page's intent, or when the page is idle for a visitor who has written here before. Until then: no
// request, no storage write, no cookie, no layout shift. Runs under a strict CSP: no inline style, no inline script, no eval.
//
// `begin(parts, options)` returns the page's handle, `window.prilavok`: whatever is called on it goes to sdk.js, which is fetched
// with the first call. `parts` knows where they lie: load(name, attempt) imports widget.js or sdk.js, address(name) is that of
// widget.css or widget_bg.wasm. The module's side: default({module_or_path}), mount(options), open(), close(), toggle(),
// unmount().
//
// The launcher is styled here while it is closed; what shows only after mounting (badge, the open launcher, the panel) is in
// widget.css. The mounted chat keeps the launcher's aria-expanded and aria-label and the badge true.

const TAG = "prilavok-chat";

// The host is out of the flow and keeps its reset against page rules such as `* { all: unset }`. What lies on the accent is
// black or white by the accent's luminance (at 0.18 both have a contrast of 4.5): any accent is legible.
const STYLE = `
:host{all:initial!important;position:fixed!important;z-index:var(--prilavok-z,2147483000)!important;--accent:var(--prilavok-accent,#1b6b52)!important;--on:#fff!important;--x:var(--prilavok-x,20px)!important;--y:var(--prilavok-y,20px)!important}
@supports (color:rgb(from red r g b)){:host{--w:clamp(0,(.18 - .2126*r - .7152*g - .0722*b)*9999,1);--on:color(from var(--accent) srgb-linear var(--w) var(--w) var(--w))!important}}
.launcher,.oops{position:fixed;right:calc(var(--x) + env(safe-area-inset-right));bottom:calc(var(--y) + env(safe-area-inset-bottom));border:2px solid transparent;background:var(--accent);color:var(--on);box-shadow:0 4px 18px #0005;cursor:pointer}
.launcher{width:60px;height:60px;padding:0;border-radius:50%;display:grid;place-items:center;touch-action:manipulation}
.oops{margin-bottom:72px;max-width:220px;padding:10px 14px;border-radius:14px;background:#222;color:#fff;font:15px/1.4 system-ui,sans-serif}
:host([data-position=left]) :is(.launcher,.oops){right:auto;left:calc(var(--x) + env(safe-area-inset-left))}
.launcher:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.launcher:before{content:"";width:32px;height:32px;background:currentColor;forced-color-adjust:none;clip-path:path(evenodd,"M4 28l2-7a11 11 0 1 1 5 5zM9 16a2 2 0 1 0 4 0 2 2 0 1 0-4 0m6 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0m6 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0")}
[hidden],:host([hidden]){display:none!important}
.launcher.loading:after{content:"";position:absolute;inset:5px;border:3px solid;border-right-color:#0000;border-radius:50%;animation:s 1s linear infinite}
@keyframes s{to{transform:rotate(1turn)}}
@media print{:host{display:none!important}}`;

const add = (parent, name, attributes = {}) => {
  const element = document.createElement(name);
  for (const one of Object.entries(attributes)) element.setAttribute(...one);
  parent.append(element);
  return element;
};

const adopt = (root, text) => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Safari before 16.4 has no constructable sheets.
    add(root, "style").textContent = text;
  }
};

export function begin(parts, options) {
  const get = async (name) => {
    const response = await fetch(parts.address(name));
    if (!response.ok) throw Error(response.url);
    return response;
  };

  // The words of a language that the chat speaks, or else of Russian.
  const words = async (locale) => {
    const [language] = /^(en|kk|uz|zh|tr|ar)\b/i.exec(locale) || ["ru"];
    return (await parts.load(language.toLowerCase() + ".js", attempt)).default;
  };

  // No promise, though a promise is what asks for `then`.
  const append = () => chat.over || host?.isConnected || document.body.append(host || document.createElement(TAG));
  const chat = { parts, append, words, then: undefined };
  let loaded, oops, host;
  let attempt = 0;

  const load = () =>
    (loaded ||= Promise.all([
      parts.load("widget.js", attempt),
      get("widget_bg.wasm"),
      get("widget.css").then((response) => response.text()),
      words(chat.options.locale),
    ])
      .then(async ([module, wasm, css, words]) => {
        await module.default({ module_or_path: wasm });
        adopt(chat.root, css);
        chat.options.words = words;
        return module;
      })
      .catch((error) => {
        loaded = null;
        attempt++;
        throw error;
      }));

  const mount = async () => {
    const module = await load();
    if (!chat.widget) module.mount(chat.options);
    return (chat.widget = module);
  };

  const call = (name, args) => parts.load("sdk.js").then(({ run }) => run(chat, name, args));

  const press = async () => {
    const { launcher, widget, root } = chat;
    if (widget) return widget.toggle();
    if (launcher.classList.contains("loading")) return;
    oops?.remove();
    launcher.classList.toggle("loading");
    try {
      (await mount()).open();
    } catch (error) {
      oops = add(root, "div", { class: "oops", role: "alert" });
      oops.textContent = "Чат не загрузился. Нажмите ещё раз";
      oops.onclick = press;
      // Says why, if at least that can be fetched.
      call("failed", [oops, error]).catch(() => {});
    }
    launcher.classList.toggle("loading");
  };

  const paint = (element) => {
    host = element;
    const root = host.attachShadow({ mode: "open" });
    options = { locale: document.documentElement.lang, ...options, ...host.dataset, root };
    const { key, locale, accent, triggers } = options;
    if (!key) return console.error("[prilavok] data-key is missing");
    adopt(root, STYLE);
    host.dataset.position = options.position;
    if (accent) host.style.setProperty("--prilavok-accent", accent);
    const launcher = add(root, "button", {
      type: "button",
      class: "launcher",
      part: "launcher",
      "aria-label": /^[^r]/.test(locale) ? "Chat" : "Открыть чат",
      "aria-expanded": false,
    });
    add(launcher, "span", { class: "badge", hidden: "" });
    root.chat = Object.assign(chat, { root, launcher, mount, options });

    launcher.onclick = press;
    // A finger enters, too.
    launcher.onpointerenter = launcher.onfocus = () => load().catch(() => {});
    const idle = () =>
      (window.requestIdleCallback || setTimeout)(() => {
        if (triggers != null) call("triggers", []);
        try {
          if (localStorage["prilavok:" + key]) mount().catch(() => {});
        } catch {
          // Storage is forbidden: nobody can be known to return.
        }
      });
    if (document.readyState == "complete") idle();
    else addEventListener("load", idle);
  };

  customElements.define(
    TAG,
    class extends HTMLElement {
      connectedCallback() {
        if (!host) paint(this);
      }
      // A page that changes without being loaded (Turbo, a router) throws the host out with the rest: it comes back as it was.
      disconnectedCallback() {
        queueMicrotask(append);
      }
    },
  );

  if (document.body) append();
  else addEventListener("DOMContentLoaded", append);

  return new Proxy(chat, { get: (_, name) => (name in chat ? chat[name] : (...all) => call(name, all)) });
}
