// Links and a part of Markdown in messages, as elements: what is not known stays text, and nothing becomes HTML. `parse` is
// pure; `enrich` builds what it found.

// What a link may lead to.
const LINK = /^(https?:\/\/|mailto:|tel:)/i;

// How deep one style may stand in another.
const DEPTH_MAX = 4;

// In this order at each place. None can run on: each ends at the line, or at its own end.
const BLOCK = /```(?:\w+\n)?\n?([^]+?)\n?```/y;
const CODE = /`([^`\n]+)`/y;
const NAMED = /\[([^[\]\n]+)\]\(([^\s()<>]+)\)/y;
const URL_ = /(?:https?:\/\/|www\.)[^\s<>"'`«»]+/iy;
const MAIL = /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/y;
const STYLES = [
  [/\*\*(?=[^\s*])([^\n]*?[^\s*])\*\*/y, "strong"],
  [/__(?=[^\s_])([^\n]*?[^\s_])__/y, "strong"],
  [/~~(?=[^\s~])([^\n]*?[^\s~])~~/y, "del"],
  [/\*(?=[^\s*])([^*\n]*?[^\s*])\*/y, "em"],
  [/_(?=[^\s_])([^_\n]*?[^\s_])_/y, "em"],
];

// What ends a sentence does not belong to the address before it; nor does a bracket that was opened outside of it.
const trimmed = (url) => {
  let end = url.length;
  for (; end; end--) {
    const last = url[end - 1];
    const is_open = last == ")" && url.slice(0, end).split("(").length > url.slice(0, end).split(")").length - 1;
    if (!/[.,:;!?)\]}*_~]/.test(last) || is_open) break;
  }
  return url.slice(0, end);
};

const at = (rule, text, place) => {
  rule.lastIndex = place;
  return rule.exec(text);
};

const is_word = (char) => !!char && /[\p{L}\p{N}]/u.test(char);

// Pieces: a text, or [tag, pieces, address?]. Without `styles` only links are found: what a visitor wrote is shown as written.
export function parse(text, styles, depth = 0) {
  const pieces = [];
  let plain = "";
  const put = (length, piece) => {
    if (plain) pieces.push(plain);
    plain = "";
    pieces.push(piece);
    return length;
  };
  const found = (place) => {
    let match;
    const before = text[place - 1];
    if (styles) {
      if ((match = at(BLOCK, text, place))) return put(match[0].length, ["pre", [match[1]]]);
      if ((match = at(CODE, text, place))) return put(match[0].length, ["code", [match[1]]]);
      if ((match = at(NAMED, text, place)) && LINK.test(match[2]))
        return put(match[0].length, ["a", parse(match[1], true, DEPTH_MAX), match[2]]);
    }
    if (!is_word(before)) {
      if ((match = at(URL_, text, place))) {
        const url = trimmed(match[0]);
        return put(url.length, ["a", [url], /^www/i.test(url) ? "https://" + url : url]);
      }
      if ((match = at(MAIL, text, place))) return put(match[0].length, ["a", [match[0]], "mailto:" + match[0]]);
      for (const [rule, tag] of styles && depth < DEPTH_MAX ? STYLES : []) {
        // In the middle of a word a mark is a mark: 2*3*4, snake_case.
        if ((match = at(rule, text, place)) && !is_word(text[place + match[0].length]))
          return put(match[0].length, [tag, parse(match[1], true, depth + 1)]);
      }
    }
    return 0;
  };
  const is_inside_link = depth == DEPTH_MAX;
  for (let place = 0; place < text.length; ) {
    const length = is_inside_link ? 0 : found(place);
    if (!length) plain += text[place];
    place += length || 1;
  }
  if (plain) pieces.push(plain);
  return pieces;
}

const built = (pieces) =>
  pieces.map((piece) => {
    if (typeof piece == "string") return piece;
    const [tag, inside, href] = piece;
    const element = document.createElement(tag);
    if (href) Object.assign(element, { href, target: "_blank", rel: "noopener noreferrer nofollow" });
    element.append(...built(inside));
    return element;
  });

// Puts the elements in the place of an element's text.
export function enrich(element, styles) {
  const pieces = parse(element.textContent, styles);
  if (pieces.some((piece) => typeof piece != "string")) element.replaceChildren(...built(pieces));
}
