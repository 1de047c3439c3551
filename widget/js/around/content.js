// What a message holds besides its text: cards and quick replies. A press sends a text as the visitor's message, or opens a page.

import { button, link, make, picture } from "./elements.js";

// Choices, each of which is sent as it reads.
export const replies = (texts, label, send) => {
  const element = make("div", "replies", ...texts.map((text) => button("choice", () => send(text), text)));
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  return element;
};

const card = ({ title, text, image, url, price, buttons }, relay, more, send) => {
  const source = image && picture(image, relay);
  const shown = source ? make("img") : "";
  if (shown) {
    // Its place is kept by the styles.
    shown.onerror = () => (shown.hidden = true);
    Object.assign(shown, { alt: title, loading: "lazy", decoding: "async", src: source });
  }
  const go = url ? link("go", url, more[EXTRA.card_open]) : "";
  if (go) go.setAttribute("aria-label", go.textContent + ": " + title);
  const acts = [...(buttons || [])].map(({ text, url }) =>
    url ? link("choice", url, text) : button("choice", () => send(text), text),
  );
  return make(
    "div",
    "card",
    shown,
    make("strong", "", title),
    price ? make("span", "price", price) : "",
    text ? make("p", "", text) : "",
    go,
    ...acts,
  );
};

// One beside the other.
export const cards = (list, relay, more, send) => {
  const row = make("div", "cards", ...list.map((one) => card(one, relay, more, send)));
  // A row that scrolls is scrolled by keys as well.
  if (list.length > 1) row.tabIndex = 0;
  return row;
};
