// The script tag of a storefront:
//   <script async src="https://<relay>/prilavok.js" data-key="pk_..."></script>
// Paints the launcher button and nothing else. The chat itself (module, styles, wasm) is fetched on the visitor's
// intent, or when the page is idle for a visitor who has written here before. Until then: no request, no storage
// write, no cookie, no layout shift. Runs under a strict CSP: no inline style, no inline script, no eval.
//
// data-key       publishable key, required          data-locale    "ru" by default
// data-relay     the script's own origin by default  data-position  "right" (default) or "left"
// data-identity  a JWT by which the shop's server vouches for its customer; or window.prilavokIdentity, a text or function
// data-accent    any CSS colour; the page may set --prilavok-accent and --prilavok-z in its own styles instead
//
// The parts lie beside this file: widget/widget.js, widget/widget.css, widget/widget_bg.wasm. The module's side:
//   default({module_or_path}), mount({root, host, launcher, badge, key, relay, locale, identity}), open(), toggle().
// The loader styles the closed launcher; what shows only after mounting (badge, the open launcher, the panel) is in
// widget.css. The mounted widget keeps the launcher's aria-expanded and aria-label and the badge true.
(() => {
  const TAG = "prilavok-chat";
  // A tag manager or type="module" hides the current script; the tag itself can still be found.
  const script = document.currentScript || document.querySelector("script[data-key][src*=prilavok]");
  const { key, relay, locale = "ru", position, accent, identity } = script?.dataset || {};

  if (customElements.get(TAG)) return console.warn("[prilavok] Второй тег пропущен: чат на странице уже есть");
  if (!key) return console.error('[prilavok] Нет ключа. В теге script нужен data-key="pk_..."');

  const { origin } = new URL(script.src);

  // The host is out of the flow and keeps its reset against page rules such as `* { all: unset }`. What lies on the
  // accent is black or white by the accent's luminance (at 0.18 both have a contrast of 4.5): any accent is legible.
  const STYLE = `
:host{all:initial!important;position:fixed!important;z-index:var(--prilavok-z,2147483000)!important;--accent:var(--prilavok-accent,#1b6b52)!important;--on:#fff!important}
@supports (color:rgb(from red r g b)){:host{--w:clamp(0,(.18 - .2126*r - .7152*g - .0722*b)*9999,1);--on:color(from var(--accent) srgb-linear var(--w) var(--w) var(--w))!important}}
.launcher,.oops{position:fixed;right:calc(20px + env(safe-area-inset-right));bottom:calc(20px + env(safe-area-inset-bottom));border:2px solid transparent;background:var(--accent);color:var(--on);box-shadow:0 4px 18px #0005;cursor:pointer}
.launcher{width:60px;height:60px;padding:0;border-radius:50%;display:grid;place-items:center;touch-action:manipulation}
.oops{margin-bottom:72px;max-width:220px;padding:10px 14px;border-radius:14px;background:#222;color:#fff;font:15px/1.4 -apple-system,"Segoe UI",Roboto,sans-serif}
:host([data-position=left]) :is(.launcher,.oops){right:auto;left:calc(20px + env(safe-area-inset-left))}
.launcher:hover{filter:brightness(1.1)}
.launcher:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
svg{width:30px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
[hidden],:host([hidden]){display:none!important}
.launcher.loading svg{opacity:.3}
.launcher.loading:after{content:"";position:absolute;inset:5px;border:3px solid;border-right-color:transparent;border-radius:50%;animation:s 1s linear infinite}
@keyframes s{to{transform:rotate(1turn)}}
@media print{:host{display:none!important}}`;

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

  const add = (parent, name, attributes = {}, namespace = "http://www.w3.org/1999/xhtml") => {
    const element = document.createElementNS(namespace, name);
    for (const attribute in attributes) element.setAttribute(attribute, attributes[attribute]);
    parent.append(element);
    return element;
  };

  const part = (name) => new URL("widget/" + name, script.src).href;

  const get = async (name) => {
    const response = await fetch(part(name));
    if (!response.ok) throw Error(response.url);
    return response;
  };

  const paint = (host) => {
    const root = host.attachShadow({ mode: "open" });
    adopt(root, STYLE);
    if (position) host.dataset.position = position;
    if (accent) host.style.setProperty("--prilavok-accent", accent);

    const launcher = add(root, "button", {
      type: "button",
      class: "launcher",
      part: "launcher",
      "aria-label": "Открыть чат",
      "aria-expanded": false,
    });
    const SVG = "http://www.w3.org/2000/svg";
    const svg = add(launcher, "svg", { viewBox: "0 0 24 24" }, SVG);
    add(svg, "path", { d: "M4 20l1-4a7.500 7.500 0 1 1 3 3zM8 12h.01M12 12h.01M16 12h.01" }, SVG);
    const badge = add(launcher, "span", { class: "badge", hidden: "" });

    let parts, mounted, widget, oops;
    let attempt = 0;

    // Some browsers remember a failed import for the life of the page, hence the query on later attempts.
    const load = () =>
      (parts ||= Promise.all([
        import(part("widget.js") + (attempt ? "?" + attempt : "")),
        get("widget_bg.wasm"),
        get("widget.css").then((response) => response.text()),
      ]).then(async (loaded) => {
        await loaded[0].default({ module_or_path: loaded[1] });
        return loaded;
      }));

    const mount = () =>
      (mounted ||= load().then(async ([module, , css]) => {
        adopt(root, css);
        await module.mount({ root, host, launcher, badge, key, relay: relay || origin, locale, identity });
        widget = module;
      }));

    const forget = () => {
      parts = mounted = null;
      attempt++;
    };

    const press = async () => {
      if (widget) return widget.toggle();
      if (launcher.classList.contains("loading")) return;
      oops?.remove();
      launcher.classList.add("loading");
      try {
        await mount();
        widget.open();
      } catch (error) {
        forget();
        console.error(
          `[prilavok] Чат не загрузился. Если у страницы есть CSP, добавьте: script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin} wss:`,
          error,
        );
        oops = add(root, "div", { class: "oops", role: "alert" });
        oops.textContent = "Не удалось загрузить чат. Нажмите ещё раз";
        oops.onclick = press;
      }
      launcher.classList.remove("loading");
    };

    launcher.onclick = press;
    for (const intent of ["pointerenter", "focus", "touchstart"]) {
      launcher.addEventListener(intent, () => load().catch(forget), { once: true, passive: true });
    }

    const idle = () =>
      (window.requestIdleCallback || setTimeout)(() => {
        try {
          if (localStorage["prilavok:" + key]) mount().catch(forget);
        } catch {
          // Storage is forbidden: nobody can be known to return.
        }
      });
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle);
  };

  customElements.define(
    TAG,
    class extends HTMLElement {
      connectedCallback() {
        if (!this.shadowRoot) paint(this);
      }
    },
  );

  const append = () => document.querySelector(TAG) || add(document.body, TAG);
  if (document.body) append();
  else addEventListener("DOMContentLoaded", append);
})();
