// The tag that the playground writes (www/playground/tag.js): its text, what is wrong with a field, contrast, and the address.
import assert from "node:assert/strict";
import * as tag from "../../../www/playground/tag.js";

const HOME = "https://chat.lavka.ru";
const KEY = "pk_lavka_0a1B2c3D";
const some = (settings) => tag.clean({ ...tag.initial(HOME), key: KEY, ...settings }, HOME);

// Nothing but the key: one line. Every attribute that is set: one line each.
assert.equal(tag.tag_text(some({})), `<script async src="${HOME}/prilavok.js" data-key="${KEY}"></script>`);
assert.equal(
  tag.tag_text(some({ locale: "kk", position: "left", theme: "dark", contact: "tel:+74950000000", relay: "http://127.0.0.1:8787/" })),
  `<script async src="http://127.0.0.1:8787/prilavok.js"
  data-key="${KEY}"
  data-locale="kk"
  data-position="left"
  data-theme="dark"
  data-contact="tel:+74950000000"></script>`,
);
assert.equal(tag.tag_text(some({ key: "" })), `<script async src="${HOME}/prilavok.js" data-key="pk_…"></script>`);

// Styles, only those that differ.
assert.equal(
  tag.tag_text(some({ accent: "#A30", width: "420", radius: "20", x: "0", z: "10" })),
  `<style>
  prilavok-chat {
    --prilavok-accent: #aa3300;
    --prilavok-width: 420px;
    --prilavok-x: 0px;
    --prilavok-z: 10;
  }
</style>
<script async src="${HOME}/prilavok.js" data-key="${KEY}"></script>`,
);
assert.deepEqual(tag.properties(some({ accent: "#1B6B52", width: "0380" })), []);

// A text for the field. It ends neither its quotes nor the script, and what the script means is the text.
for (const greeting of ['Здравствуйте! "Чай" есть?', "</script><script>alert(1)</script>", "две\nстроки \\ \u2028 конец"]) {
  const text = tag.tag_text(some({ greeting }));
  assert.equal(text.split("</script>").length, 3, greeting);
  const pushed = [];
  const offs = [];
  const page = { push: (call) => pushed.push(call), off: (...all) => offs.push(all), prefill: (said) => pushed.push(said) };
  const body = text.slice(text.indexOf(">") + 1, text.indexOf("</script>"));
  new Function("window", "prilavok", body)({ prilavok: page }, page);
  const [[call, event, first]] = pushed;
  assert.deepEqual([call, event], ["on", "open"]);
  first();
  assert.deepEqual([pushed[1], offs], [greeting, [["open", first]]]);
}
assert.ok(tag.tag_text(some({ contact: 'https://a.ru/?q="><script>' })).includes('data-contact="https://a.ru/?q=&quot;&gt;&lt;script&gt;"'));

// The package.
assert.equal(
  tag.package_text(some({ locale: "en", accent: "#000000" })),
  `import { prilavok } from "prilavok";

const chat = prilavok({
  key: "${KEY}",
  relay: "${HOME}",
  locale: "en",
});

/* В стилях магазина: */
prilavok-chat {
  --prilavok-accent: #000000;
}`,
);
assert.ok(tag.package_text(some({ greeting: "Есть?" })).includes('chat.prefill("Есть?");'));

// Keys, at the limits of the relay and one past them.
const org = (length) => "a".repeat(length);
for (const key of ["", KEY, ` ${KEY} `, "pk_demo_storefront", "pk_a-b_12345678", `pk_${org(48)}_${"x".repeat(64)}`]) assert.equal(tag.wrong("key", key), "", key);
const bad_keys = ["pk_demo_short", "pk_demo", "demo", "adm_0123456789abcdef", "pk_Demo_storefront", "pk_-a_12345678", "pk_a-_12345678", "pk__12345678"];
for (const key of [...bad_keys, "pk_a_1234 5678", `pk_${org(49)}_12345678`, `pk_a_${"x".repeat(65)}`]) assert.notEqual(tag.wrong("key", key), "", key);

// Relays, ways to people, colours, numbers.
const right = { relay: [HOME, HOME + "/", "http://localhost:8787"], contact: ["", "/help", "mailto:a@b.ru"], accent: ["#fff", "#1B6B52"], width: ["300", "560"], z: ["-1", "0"], greeting: ["я".repeat(500)], locale: ["", "ar"] };
const bad = { relay: ["", "chat.lavka.ru", "ftp://a.ru", HOME + "/path", "https://a@b.ru", "https://", "javascript:alert(1)"], contact: ["help@lavka.ru", "javascript:alert(1)", "mailto:"], accent: ["", "red", "#12345", "#0000001"], width: ["299", "561", "", "1e2", "20.5", "3x"], z: ["2147483648"], greeting: ["я".repeat(501)], locale: ["de"] };
for (const [name, texts] of Object.entries(right)) for (const text of texts) assert.equal(tag.wrong(name, text), "", `${name}: ${text}`);
for (const [name, texts] of Object.entries(bad)) for (const text of texts) assert.notEqual(tag.wrong(name, text), "", `${name}: ${text}`);

// Contrast, as WCAG computes it, never rounded up; the chat takes what is legible.
const told = (colour) => {
  const { white, black, taken } = tag.contrast(colour);
  return [...[white, black].map((ratio) => tag.shown_contrast(ratio).replace(/\u00a0/g, " ")), taken];
};
assert.deepEqual(told("#000"), ["21,0 : 1", "1,0 : 1", "white"]);
assert.deepEqual(told("#ffffff"), ["1,0 : 1", "21,0 : 1", "black"]);
assert.deepEqual(told("#767676"), ["4,5 : 1", "4,6 : 1", "black"]);
assert.deepEqual(told("#777777"), ["4,4 : 1", "4,6 : 1", "black"]);
assert.equal(tag.shown_contrast(4.4999), "4,4\u00a0:\u00a01");
for (let red = 0; red < 256; red += 15) {
  for (let green = 0; green < 256; green += 15) {
    const colour = "#" + [red, green, 90].map((part) => part.toString(16).padStart(2, "0")).join("");
    const { taken, ...ratios } = tag.contrast(colour);
    assert.ok(ratios[taken] >= 4.5, colour);
  }
}

// An address keeps what differs and is right, and gives it back.
const shared = some({ accent: "#a30", greeting: "Чай & «мёд»\n#1", contact: "mailto:a@b.ru", position: "left", relay: "https://b.ru" });
assert.deepEqual(tag.from_hash("#" + tag.to_hash(shared, HOME), HOME), shared);
assert.equal(tag.to_hash(tag.initial(HOME), HOME), "");
assert.equal(tag.to_hash({ ...tag.initial(HOME), key: "adm_a-secret", width: "9" }, HOME), "", "what is wrong might be a secret");
assert.equal(tag.from_hash("#key=nonsense&other=1", HOME).key, "nonsense", "what was said is shown beside its mistake");
assert.equal("other" in tag.from_hash("#other=1&__proto__=2", HOME), false);
