// The names by which a merchant's own styles reach the chat: prilavok-chat::part(header).

const PARTS = ["panel", "title", "log", "send", "launcher", "badge"];

// Names what is there; and the messages as they come, for as long as the log is there.
export const name_parts = (root, log) => {
  const put = (selector, part) => root.querySelector(selector).setAttribute("part", part);
  PARTS.forEach((part) => put("." + part, part));
  put(".top", "header");
  put(".composer .input", "input");
  const name = (line) => {
    if (line.matches?.(".msg")) line.setAttribute("part", "message " + (line.matches(".mine") ? "mine" : "theirs"));
  };
  [...log.children].forEach(name);
  const observer = new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(name)));
  observer.observe(log, { childList: true });
  return observer;
};
