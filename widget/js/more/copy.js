// Copies a message: one button, which is beside whichever message the mouse or the focus is on. In the log, the arrows go from
// message to message. Touch has the browser's own selection.

import { button, make } from "./dom.js";

// Where the arrows lead from a message, or from none: to the next, or to the one at that end of what is in view.
export const next_of = (messages, from, is_up, is_in_view) => {
  const index = messages.indexOf(from);
  if (index >= 0) return messages[index + (is_up ? -1 : 1)];
  const seen = messages.filter(is_in_view);
  return seen[is_up ? seen.length - 1 : 0];
};

const write = async (text, panel) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No such thing, or not allowed here: as it was done before.
    const root = panel.getRootNode();
    const from = root.activeElement;
    const field = make("textarea", { class: "sr", readonly: "" });
    field.value = text;
    panel.append(field);
    field.select();
    const is_done = document.execCommand("copy");
    field.remove();
    from?.focus();
    return is_done;
  }
};

export function copying(panel, texts, say) {
  const log = panel.querySelector(".log");
  const element = button("copy", texts[EXTRA.copy], "M9 9h10v11H9zM15 5H5v10");
  // Its coming is no news in the log.
  element.setAttribute("aria-live", "off");
  const body_of = (message) => message?.querySelector(".body");
  const has_focus = () => panel.getRootNode().activeElement == element;

  element.onclick = async () => {
    if (await write(body_of(element.parentNode).innerText, panel)) say(texts[EXTRA.copied]);
  };
  // A button that has the focus would lose it when it is moved.
  const put = (message) => {
    if (body_of(message)?.textContent && !has_focus() && element.parentNode != message) message.append(element);
  };
  log.onpointerover = ({ target, pointerType }) => pointerType == "mouse" && put(target.closest(".msg"));
  log.onpointerleave = () => has_focus() || element.remove();
  log.addEventListener("focusout", ({ target, relatedTarget }) => {
    // No message can be focused but by the arrows: a click in it selects text.
    if (target.matches(".msg")) target.removeAttribute("tabindex");
    if (!element.parentNode?.contains(relatedTarget)) element.remove();
  });
  log.onkeydown = (event) => {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (!/^Arrow(Up|Down)$/.test(key) || altKey || ctrlKey || metaKey || shiftKey) return;
    const { top, bottom } = log.getBoundingClientRect();
    const is_in_view = (message) => {
      const its = message.getBoundingClientRect();
      return its.bottom > top && its.top < bottom;
    };
    const messages = [...log.querySelectorAll(".msg:not(.typing)")];
    const message = next_of(messages, target.closest(".msg"), key == "ArrowUp", is_in_view);
    if (!message) return;
    event.preventDefault();
    message.tabIndex = -1;
    message.focus();
    put(message);
  };
}
