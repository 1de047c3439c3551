// What makes the chat comfortable, and is fetched when the browser has nothing else to do after mounting: messages that wait in
// the page's title, sound and notifications, the way to the newest, copying, emoji, the menu, a window of its own, parts for
// the merchant's styles.
//
// `begin(stay)` gives { shown, told, end }: js/panel.js tells what has changed, and ends it all.

import { adopt } from "../adopt.js";
import { extra } from "../extra.js";
import { copying } from "./copy.js";
import { make } from "./dom.js";
import { emoji } from "./emoji.js";
import { menu } from "./menu.js";
import { newest } from "./newest.js";
import { name_parts } from "./parts.js";
import { ringing } from "./ring.js";
import { settings } from "./settings.js";
import { titled } from "./title.js";
import { is_window } from "./window.js";

// A short notice is there for so long.
const NOTICE_MS = 3000;

export async function begin(stay) {
  const { panel, root, chat, words } = stay;
  const texts = await extra(chat, words);
  // STYLE is the build's: the text of more.css.
  adopt(root, STYLE);
  const log = panel.querySelector(".log");

  // What lies over the end of the log takes no room in it.
  const notice = make("p", { class: "notice", role: "status" });
  const ledge = make("div", { class: "ledge" }, notice);
  let timer;
  const say = (text) => {
    clearTimeout(timer);
    // The same text again is news, too.
    notice.textContent = "";
    timer = setTimeout(() => {
      notice.textContent = text;
      timer = setTimeout(() => (notice.textContent = ""), NOTICE_MS);
    });
  };
  log.after(ledge);

  const kept = settings(chat.options.key);
  const parts = name_parts(root, log);
  const title = titled();
  const ring = ringing(stay, kept);
  const jump = newest(panel, ledge, texts, words);
  copying(panel, texts, say);
  const hides = [emoji(panel, texts), menu(stay, texts, kept, say)];

  let is_open = false;
  let unread = 0;
  const update = () => {
    title(!is_open || document.hidden ? unread : 0);
    ring.seen();
  };
  document.addEventListener("visibilitychange", update);

  return {
    shown(open_now, unread_now) {
      const was_open = is_open;
      [is_open, unread] = [open_now, unread_now];
      update();
      jump.update();
      if (!was_open || is_open) return;
      hides.forEach((hide) => hide());
      // The chat was closed, not taken out: so is its window.
      if (is_window(root) && panel.isConnected) window.close();
    },
    told(side, text, message_id) {
      ring.told(side, text, message_id);
      if (side == "operator") jump.arrived();
    },
    end() {
      document.removeEventListener("visibilitychange", update);
      clearTimeout(timer);
      title(0);
      ring.end();
      parts.disconnect();
      hides.forEach((hide) => hide());
    },
  };
}
