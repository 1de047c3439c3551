// The script tag of a storefront:
//   <script async src="https://<relay>/prilavok.js" data-key="pk_..."></script>
//
// data-key       publishable key, required          data-locale    ru, en, kk, uz, zh, tr or ar; the page's own by default
// data-relay     the script's own origin by default  data-position  "right" (default) or "left"
// data-theme     "auto" (default), "light" or "dark"  data-triggers  the shop's triggers run on this page
// data-identity  a JWT by which the shop's server vouches for its customer; or window.prilavokIdentity, a text or function
// data-accent    any CSS colour
// data-contact   where visitors can ask when the chat cannot load: an address, mailto: or tel:
//
// The page's styles may set on prilavok-chat: --prilavok-accent, --prilavok-font, --prilavok-radius, --prilavok-width,
// --prilavok-x and --prilavok-y (distance from the edges), --prilavok-z; and style its ::part()s.
//
// The same attributes may stand on an element <prilavok-chat> of the page. Calls before this script has come are queued:
//   window.prilavok = window.prilavok || []; prilavok.push(["open"]);
// From then on prilavok.open() and the others of widget/sdk.js can be called as well.

import { begin } from "./chat.js";

// A tag manager or type="module" hides the current script; the tag itself can still be found.
const { src, dataset } = document.currentScript || document.querySelector("script[src*=prilavok]");
const { prilavok } = window;
// PARTS is the build's: a folder that is named by its content.
const address = (name) => new URL(PARTS + name, src).href;
// Some browsers remember a failed import for the life of the page, hence the query on later attempts.
const load = (name, attempt) => import(address(name) + (attempt ? "?" + attempt : ""));

// A second tag, or the same one again on a page that changes without being loaded.
if (prilavok?.parts) prilavok.again(dataset);
else {
  window.prilavok = begin({ address, load }, { relay: new URL(src).origin, ...dataset });
  // (An element of the page with this id is there under the same name.)
  prilavok?.forEach?.((call) => window.prilavok.push(call));
}
