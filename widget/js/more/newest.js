// The way back to the newest messages, once the visitor is far from them or there are new ones.

import { count } from "../words.js";
import { button } from "./dom.js";

// So far from the end, in pixels, the visitor still counts as being there (src/view/log.rs).
const END_PX = 32;

// Whether to show it: `left` pixels below a screen of so many, `arrived` messages since the visitor left the end.
export const is_wanted = (left, screen, arrived) => left > END_PX && (arrived > 0 || left > screen);

export function newest(panel, ledge, texts, words) {
  const log = panel.querySelector(".log");
  const element = button("newest", "", "M12 5v14m-6-6 6 6 6-6");
  let arrived = 0;
  const update = () => {
    const left = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (left <= END_PX) arrived = 0;
    element.hidden = !is_wanted(left, log.clientHeight, arrived);
    // Drawn by the styles: the label says it in words.
    element.dataset.count = arrived || "";
    const many = count(texts, EXTRA.new_messages, arrived, words[WORD.lang]);
    element.setAttribute("aria-label", arrived ? many : texts[EXTRA.to_newest]);
  };
  element.onclick = () => {
    // The button is about to go, and the focus with it.
    if (panel.getRootNode().activeElement == element) log.focus();
    const is_still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.scrollTo({ top: log.scrollHeight, behavior: is_still ? "auto" : "smooth" });
  };
  ledge.append(element);
  log.addEventListener("scroll", update, { passive: true });
  update();
  return {
    update,
    arrived() {
      arrived++;
      update();
    },
  };
}
