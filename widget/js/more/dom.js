// Elements, and boxes that open at a button.

import { step } from "./step.js";

const SVG = "http://www.w3.org/2000/svg";

export const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const one of Object.entries(attributes)) element.setAttribute(...one);
  element.append(...inside);
  return element;
};

// A button with a drawing of 24 by 24. A pointer leaves the focus where it is: a phone's keyboard stays open.
export const button = (name, label, shape) => {
  const [drawing, path] = ["svg", "path"].map((tag) => document.createElementNS(SVG, tag));
  drawing.setAttribute("viewBox", "0 0 24 24");
  path.setAttribute("d", shape);
  drawing.append(path);
  const element = make("button", { type: "button", class: name, "aria-label": label }, drawing);
  element.onmousedown = (event) => event.preventDefault();
  return element;
};

// A finger, and a keyboard on the screen.
export const is_touched = () => matchMedia("(pointer: coarse)").matches;

// A box of buttons that opens at a button. Arrows go from one to the next; Esc and what is done elsewhere close it, and the
// focus is where it was. `takes_focus`: also when it was opened by a pointer. Gives what closes it.
export const popup = (panel, opener, box, takes_focus) => {
  const root = panel.getRootNode();
  let from;
  const all = () => [...box.querySelectorAll("button:not([hidden])")];
  // One of them is on the way of the Tab key.
  const turn_to = (index) => {
    all().forEach((item, place) => (item.tabIndex = place == index ? 0 : -1));
    return all()[index];
  };
  const hide = () => {
    box.hidden = true;
    opener.setAttribute("aria-expanded", false);
    removeEventListener("click", elsewhere, true);
    panel.removeEventListener("keydown", key, true);
  };
  const close = () => {
    hide();
    (from || opener).focus();
  };
  const elsewhere = (event) => {
    const path = event.composedPath();
    if (path.includes(box) || path.includes(opener)) return;
    const is_lost = box.contains(root.activeElement) || document.activeElement == document.body;
    hide();
    // What was clicked may have taken the focus.
    if (is_lost) (from || opener).focus();
  };
  const key = (event) => {
    if (event.key == "Escape") {
      // Not for the panel, which would close.
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    if (!box.contains(event.target)) return event.target.matches(".input") && hide();
    const items = all();
    const columns = items.filter((item) => item.offsetTop == items[0].offsetTop).length;
    const next = step(event.key, items.indexOf(event.target), items.length, columns, panel.dir);
    if (next == null) return;
    event.preventDefault();
    turn_to(next).focus();
  };
  hide();
  opener.onclick = (event) => {
    if (!box.hidden) return close();
    from = root.activeElement;
    box.hidden = false;
    opener.setAttribute("aria-expanded", true);
    addEventListener("click", elsewhere, true);
    panel.addEventListener("keydown", key, true);
    const first = turn_to(0);
    // A click without a count comes from the keyboard.
    if (takes_focus || !event.detail) first.focus();
  };
  box.addEventListener("focusout", ({ relatedTarget: to }) => {
    if (to && to != opener && !box.contains(to)) hide();
  });
  return hide;
};
