// Links and Markdown in messages (widget/js/rich.js): what is found, and what stays text.
import assert from "node:assert/strict";
import { parse } from "../../../widget/js/rich.js";

const a = (text, href = text) => ["a", [text], href];
const found = (text, pieces, styles = true) => assert.deepEqual(parse(text, styles), pieces, text);

// Addresses end where the sentence does.
found("Смотрите https://a.ru/x_(1), и (https://b.ru/y).", [
  "Смотрите ",
  a("https://a.ru/x_(1)"),
  ", и (",
  a("https://b.ru/y"),
  ").",
]);
found("www.x.ru a@b.ru", [a("www.x.ru", "https://www.x.ru"), " ", a("a@b.ru", "mailto:a@b.ru")]);
found("https://a.ru/?q=1&x=**2**", [a("https://a.ru/?q=1&x=**2")].concat("**"));
found("http:// и https://", ["http:// и https://"]);

// A link leads to a page, a letter or a call, and to nothing else.
for (const bad of ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "//a.ru", "file:///etc", ""])
  found(`[Тут](${bad})`, [`[Тут](${bad})`]);
found("[Тут](https://a.ru) [Нам](tel:+74950000000)", [a("Тут", "https://a.ru"), " ", a("Нам", "tel:+74950000000")]);

// A picture is never loaded: its address is a link, or text.
found("![кот](https://a.ru/x.png)", ["!", a("кот", "https://a.ru/x.png")]);
found("![](https://a.ru/x.png)", ["![](", a("https://a.ru/x.png"), ")"]);
for (const bad of ["javascript:alert(1)", "data:image/svg+xml,<svg>", "//a.ru/x.png"])
  for (const alt of ["кот", ""]) found(`![${alt}](${bad})`, [`![${alt}](${bad})`]);

// Styles, and marks that are none.
found("**жирно** и *курсив*, _тоже_, ~~нет~~ `code *x*`", [
  ["strong", ["жирно"]],
  " и ",
  ["em", ["курсив"]],
  ", ",
  ["em", ["тоже"]],
  ", ",
  ["del", ["нет"]],
  " ",
  ["code", ["code *x*"]],
]);
found("**a *b* c**", [["strong", ["a ", ["em", ["b"]], " c"]]]);
for (const plain of ["2*3*4", "snake_case_name", "* пункт\n* пункт", "****", "** не так **", "5 * 4 = 20", "~~~", "```", "`"])
  found(plain, [plain]);
found("```js\nlet x;\n```", [["pre", ["let x;"]]]);
found("<b>не жирно</b> <img src=x onerror=alert(1)>", ["<b>не жирно</b> <img src=x onerror=alert(1)>"]);

// What a visitor wrote is shown as written, but for links.
found("**не** https://a.ru", ["**не** ", a("https://a.ru")], false);

// As long and as crooked as can be: nothing is lost, and it comes to an end.
const text_of = (pieces) => pieces.map((piece) => (typeof piece == "string" ? piece : text_of(piece[1]))).join("");
for (const piece of ["*", "_a", "**a", "[", "[](", "`", "```", "https://", "(", ")", "a@", "~~", "*a **b _c "]) {
  const long = piece.repeat(Math.ceil(4000 / piece.length));
  const bare = (text) => text.replace(/[*_~`]/g, "");
  assert.equal(bare(text_of(parse(long, true))), bare(long), piece);
}
