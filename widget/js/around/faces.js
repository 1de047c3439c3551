// The faces of the shop's people, beside the names above their messages: a picture, or coloured initials.

import { picture } from "./elements.js";

// Of two words at most.
export const initials = (name) =>
  name
    .split(/[\s.]+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, 2)
    .map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0].toUpperCase())
    .join("");

// A colour that is always the same person's.
export const hue = (name) => [...name].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 360, 7);

export const faces = (log, team, relay) => {
  log.classList.toggle("faces", team.length > 0);
  if (!team.length) return;
  for (const author of log.querySelectorAll(".author")) {
    const name = author.textContent;
    if (author.dataset.face == name) continue;
    const known = team.find((one) => one.name == name);
    const source = known?.avatar && picture(known.avatar, relay);
    author.dataset.face = name;
    author.dataset.initials = initials(name);
    author.style.setProperty("--hue", hue(name));
    author.style.setProperty("--face", source ? `url(${JSON.stringify(source)})` : "none");
  }
};
