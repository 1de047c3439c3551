// Messages that wait, in the page's title: "(2) Чайники". The title is the page's, which may change it at any time: all that is
// done to it is a mark before it, which goes again and leaves it as it is.

// The title with this mark in place of the last one.
export const marked = (text, last, mark) => mark + (text.startsWith(last) ? text.slice(last.length) : text);

export function titled() {
  let node;
  let mark = "";
  // Only the text itself is changed: a page's framework may hold on to its node.
  const put = (to) => {
    const now = document.querySelector("head > title")?.firstChild;
    if (node && node != now) node.data = marked(node.data, mark, "");
    node = now;
    // Where somebody else has put theirs before ours, there is one.
    if (now && (to != mark || !now.data.includes(to))) now.data = marked(now.data, mark, to);
    mark = to;
  };
  const observer = new MutationObserver(() => put(mark));
  return (count) => {
    const to = count ? `(${count}) ` : "";
    if (to == mark) return;
    put(to);
    observer.disconnect();
    if (to) observer.observe(document.head, { childList: true, subtree: true, characterData: true });
  };
}
