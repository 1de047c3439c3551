// What the parts around a chat are built of. Texts become text nodes, and addresses are looked at before they are followed.

// What a link may lead to.
const LINK = /^(https?:\/\/|mailto:|tel:)/i;

export const make = (tag, name, ...inside) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
};

export const button = (name, act, text) => {
  const element = make("button", name, text);
  element.type = "button";
  element.onclick = act;
  return element;
};

// Opens beside the page. Nothing if it is no address that one follows.
export const link = (name, href, text) => {
  if (!LINK.test(href)) return "";
  return Object.assign(make("a", name, text), { href, target: "_blank", rel: "noopener" });
};

// The address of a picture: by https, or the relay's. Empty if it is another.
export const picture = (address, relay) => {
  try {
    const url = new URL(address, relay);
    return url.protocol == "https:" || url.origin == new URL(relay).origin ? url.href : "";
  } catch {
    return "";
  }
};

// A text of the shop's settings in a language: of one that is given by language, else Russian, else the first.
export const pick = (text, language) =>
  typeof text == "string" ? text : text ? text[language] ?? text.ru ?? Object.values(text)[0] ?? "" : "";
