// What the visitor does with the panel, told to the stay: `tell(what, text)`. Listened to here, since a listener is a tenth
// of what it weighs in wasm. What files need on the screen is fetched with the first file (files.js).

import { count } from "./words.js";

// The same numbers are in src/view/attend.rs.
const CLOSE = 0;
const SCROLLED = 1;
const RETRY = 2;
const TRY_AGAIN = 3;
const WRITE = 4;
const SEND = 5;
const NO_FILES = 6;

// What may be a link or Markdown: rich.js knows.
const MAYBE_RICH = /[*_`~\]@]|:\/\/|www\./;

// What a key reports that belongs to an input method (on Safari also the Enter that ends a composition).
const IN_COMPOSITION = 229;

// As in theme/widget.css.
const PHONE = "(max-width: 479.98px), (max-height: 479.98px)";

// For so long what is read out stays where it is read from; later it would be read twice by who goes through the page.
const SAID_MS = 10_000;

// So far from the end, in pixels, the visitor still counts as being there (src/view/log.rs).
const END_PX = 32;

// What the visitor looks at stays where it is while something in the log or below it grows or goes: the end, or what is below
// the message.
const keeping = (log, message, grow) => {
  const { scrollHeight, scrollTop, clientHeight } = log;
  const is_above = message && message.offsetTop - log.offsetTop < scrollTop;
  const is_at_end = scrollHeight - scrollTop - clientHeight < END_PX;
  grow();
  const grown = log.scrollHeight - scrollHeight;
  if (is_at_end) log.scrollTop = log.scrollHeight;
  // To be put where one is would end a smooth scroll.
  else if (is_above && grown) log.scrollTop = scrollTop + grown;
};

export function attend(panel, tell, words) {
  const root = panel.getRootNode();
  const at = (selector) => panel.querySelector(selector);
  const [launcher, badge] = [".launcher", ".badge"].map((name) => root.querySelector(name));
  const [log, form, input, pick] = [".log", "form", ".input", ".pick"].map(at);
  let board, opening;
  let tries = 0;

  // Some browsers remember a failed import for the life of the page, hence the query on later attempts.
  const files = () =>
    (opening ||= (tries ? import(new URL("files.js?" + tries, import.meta.url)) : import("./files.js"))
      .then((part) => part.open(stay))
      .then(
        (opened) => (board = opened),
        () => {
          opening = null;
          tries++;
          tell(NO_FILES, "");
        },
      ));
  const take = (event, source) => {
    const taken = [...(source?.files || [])];
    if (taken[0]) {
      event.preventDefault();
      files().then((board) => taken.forEach((file) => board?.add(file)));
    }
  };

  // What is loaded is not read out: only what somebody of the shop has just written is, here, where nobody sees it.
  const voice = document.createElement("div");
  voice.className = "sr voice";
  voice.setAttribute("aria-live", "polite");
  log.setAttribute("aria-live", "off");
  log.after(voice);
  let hush;
  const read_out = async (author, text, more) => {
    const body = document.createElement("p");
    body.textContent = text;
    // As it is shown: marks and addresses of links are not read.
    if (MAYBE_RICH.test(text)) await import("./rich.js").then((part) => part.enrich(body, true), () => {});
    const lines = [body.textContent, ...more].filter(Boolean).map((said, index) => {
      const line = document.createElement("p");
      line.textContent = index || !author ? said : author + ": " + said;
      return line;
    });
    if (is_over) return;
    voice.append(...lines);
    clearTimeout(hush);
    hush = setTimeout(() => voice.replaceChildren(), SAID_MS);
  };

  // For the page, after whatever is being drawn: a listener may do anything.
  const emit = (name, detail) =>
    queueMicrotask(() => root.host?.dispatchEvent(new CustomEvent("prilavok:" + name, { detail })));
  let last = [false, 0, false, "idle"];

  // What nobody needs in order to write is fetched when the browser has nothing else to do (more/), and what the shop's
  // settings and the contents of messages need with the first of them (around/).
  const stay = { panel, root, chat: root.chat, tell, words, keeping };
  const parts = [];
  let around, answer, is_over;
  const begin = async (loading) => {
    try {
      const part = await (await loading).begin(stay);
      if (is_over) part.end();
      else {
        parts.push(part);
        part.shown(...last);
      }
      return part;
    } catch {
      // The chat is a chat without it.
    }
  };
  const surroundings = () =>
    (around ||= begin(import("./around.js")).then((part) => {
      if (answer) part?.session(answer);
      return part;
    }));
  (window.requestIdleCallback || setTimeout)(() => is_over || begin(import("./more.js")));

  // Texts are drawn as they are; what has more to it is fetched with the first that needs it. Without it they stay texts.
  const enrich = (message) => {
    const body = message.querySelector?.(".body");
    if (!MAYBE_RICH.test(body?.textContent)) return;
    import("./rich.js").then(
      (part) => keeping(log, message, () => part.enrich(body, message.matches(".theirs"))),
      () => {},
    );
  };
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(enrich))).observe(log, {
    childList: true,
  });

  // On a phone the chat is the whole screen, and "back" closes it. Where the browser cannot say so, by an entry of the history.
  let watcher;
  const back = () => {
    watcher = null;
    tell(CLOSE, "");
  };
  const watch = () => {
    if (!matchMedia(PHONE).matches) return;
    if (window.CloseWatcher) {
      watcher = new CloseWatcher();
      watcher.onclose = back;
    } else {
      history.pushState(history.state, "");
      addEventListener("popstate", back, { once: true });
      watcher = {
        destroy() {
          removeEventListener("popstate", back);
          history.back();
        },
      };
    }
  };
  const leave = () => {
    const left = watcher;
    watcher = null;
    left?.destroy();
  };

  const { theme } = root.chat.options;
  if (theme) window.prilavok.setTheme(theme);

  panel.tell = tell;
  // A page's shortcuts and its handlers of every click are not for what is done here.
  panel.onclick = panel.onkeyup = panel.onkeypress = (event) => event.stopPropagation();
  panel.onkeydown = (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key == "Escape" && !board?.leave()) tell(CLOSE, "");
    if (event.key == "Enter" && event.target == input && !event.shiftKey && event.keyCode != IN_COMPOSITION) {
      event.preventDefault();
      tell(SEND, "");
    }
  };
  panel.ondragover = (event) => event.preventDefault();
  panel.ondrop = (event) => take(event, event.dataTransfer);
  panel.onpaste = (event) => take(event, event.clipboardData);
  pick.onchange = (event) => {
    take(event, pick);
    pick.value = "";
  };
  at(".close").onclick = () => tell(CLOSE, "");
  at(".fatal button").onclick = () => tell(TRY_AGAIN, "");
  log.onscroll = () => tell(SCROLLED, "");
  log.onclick = ({ target }) => {
    if (target.matches(".retry")) tell(RETRY, [...log.children].indexOf(target.closest(".msg")) + "");
  };
  input.oninput = () => tell(WRITE, "");
  form.onsubmit = (event) => {
    event.preventDefault();
    tell(SEND, "");
  };

  return {
    // Tells the page what has changed: open or closed, unread messages, somebody writing, the connection.
    shown(...now) {
      const [is_open, unread, is_typing, status] = now;
      const [was_open, had_unread, was_typing, had_status] = last;
      last = now;
      const label = unread ? count(words, WORD.open_unread, unread) : words[WORD.open];
      launcher.setAttribute("aria-expanded", is_open);
      launcher.setAttribute("aria-label", is_open ? words[WORD.close] : label);
      badge.textContent = unread;
      badge.hidden = !unread;
      if (is_open != was_open) {
        emit(is_open ? "open" : "close", {});
        if (is_open) watch();
        else {
          launcher.focus();
          leave();
        }
      }
      if (unread != had_unread) emit("unread", { count: unread });
      if (is_typing != was_typing) emit("typing", { typing: is_typing });
      if (status != had_status) emit("status", { status });
      parts.forEach((part) => part.shown(...now));
    },
    // A message of a side, or what went wrong; of the shop's also who wrote it, its file's name, and what it holds besides.
    told(side, text, message_id, author, file, json) {
      if (side) emit("message", { side, text, message_id: message_id || null });
      else emit("error", { detail: text });
      const { cards = [], replies = [], rating } = JSON.parse(json || "{}");
      const more = [file, ...cards.map(({ title }) => title), rating && !text && words[WORD.rate_question]];
      if (side == "operator" && last[0]) read_out(author, text, [...more, ...replies]);
      // In one line, as somebody would say it who does not see it.
      parts.forEach((part) => part.told(side, [text, ...more].filter(Boolean).join("\n"), message_id));
    },
    // What the relay says of the shop and the visitor.
    session(now) {
      answer = now;
      const { widget, consent, answers } = answer;
      const asks = consent?.required || widget?.form;
      if (asks) panel.classList.add("asks");
      // (Goals go to the page's own counter, too.)
      if (around) around.then((part) => part?.session(answer));
      else if (asks || widget || answers?.median_s != null || window.ym)
        surroundings().then((part) => part || panel.classList.remove("asks"));
    },
    // Shows what a message holds besides text and file.
    content(bubble, message_id, json, is_last) {
      surroundings().then((part) => part?.content(bubble, { ...JSON.parse(json), message_id }, is_last));
    },
    end() {
      is_over = true;
      clearTimeout(hush);
      parts.forEach((part) => part.end());
    },
    // Shows the file of a message; `url` is empty until there is a link.
    draw(...file) {
      files().then((board) => board?.draw(...file));
    },
  };
}
