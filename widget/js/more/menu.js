// The menu in the header: what the visitor wants to hear and see, and a window of its own.

import { button, is_touched, make, popup } from "./dom.js";
import { is_window, open_window, tag_of } from "./window.js";

export function menu(stay, texts, kept, say) {
  const { panel, root, chat } = stay;
  const opener = button("more", texts[EXTRA.menu], "M5 12h.1M12 12h.1M19 12h.1");
  const box = make("div", { class: "menu", role: "menu", "aria-label": texts[EXTRA.menu] });
  const close = panel.querySelector(".close");
  opener.setAttribute("aria-haspopup", "menu");

  const add = (text, role, act) => {
    const item = make("button", { type: "button", role }, make("i", { class: "tick" }), text);
    item.onclick = () => act(item);
    box.append(item);
    return item;
  };
  const checks = [];
  const check = (word, is_on, change) => {
    const item = add(texts[word], "menuitemcheckbox", async () => {
      await change(!is_on());
      update();
    });
    checks.push([item, is_on]);
  };
  const update = () => checks.forEach(([item, is_on]) => item.setAttribute("aria-checked", is_on()));

  check(
    EXTRA.sound,
    () => !kept.has("quiet"),
    (is_on) => kept.set("quiet", !is_on),
  );
  // A computer's: phones have neither, or elsewhere.
  const is_computer = !is_touched();
  if (is_computer && window.Notification) {
    check(
      EXTRA.notifications,
      () => kept.has("notify") && Notification.permission == "granted",
      async (is_on) => {
        if (is_on) await Notification.requestPermission();
        const is_denied = Notification.permission == "denied";
        if (is_on && is_denied) say(texts[EXTRA.notifications_denied]);
        kept.set("notify", is_on && Notification.permission == "granted");
      },
    );
  }
  const tag = tag_of(document.scripts, chat.options.key);
  if (is_computer && tag && !is_window(root)) {
    add(texts[EXTRA.pop_out], "menuitem", (item) => {
      if (open_window(tag, stay)) close.click();
      else item.hidden = true;
    });
  }

  close.before(opener, box);
  const hide = popup(panel, opener, box, true);
  // Another tab may have changed it.
  opener.addEventListener("click", update);
  update();
  return hide;
}
