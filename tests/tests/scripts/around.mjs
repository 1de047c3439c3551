// What surrounds a chat (widget/js/around/, triggers.js, ecommerce.js), as far as it can be thought out: hours, patience, the
// form's fields, a page's product, goals, e-commerce, and when a visitor is spoken to.
import assert from "node:assert/strict";
import { check, phone } from "../../../widget/js/around/check.js";
import { context } from "../../../widget/js/around/context.js";
import { link, pick, picture } from "../../../widget/js/around/elements.js";
import { hue, initials } from "../../../widget/js/around/faces.js";
import { hours } from "../../../widget/js/around/hours.js";
import { counters, reach } from "../../../widget/js/around/metrica.js";
import { patience } from "../../../widget/js/around/patience.js";
import { product } from "../../../widget/js/around/product.js";
import { add, detail, purchase, push, remove } from "../../../widget/js/ecommerce.js";
import { decide, is_like } from "../../../widget/js/triggers.js";

// Hours: zone, week, the moment, then: open?, the next change, and on which day of a visitor in that zone it is.
const DAY = [["09:00", "18:00"]];
const WORKDAYS = [DAY, DAY, DAY, DAY, DAY, [], []];
const EVERY = Array(7).fill([["00:00", "24:00"]]);
const LATE = Array(7).fill([["10:00", "24:00"]]);
const NIGHT = Array(7).fill([["02:30", "05:00"]]);
const EVENING = Array(7).fill([["00:00", "02:30"]]);
const TABLE = [
  // A Tuesday in Moscow, three hours before UTC.
  ["Europe/Moscow", WORKDAYS, "2026-06-02T05:59:59Z", false, "2026-06-02T06:00Z", 0],
  ["Europe/Moscow", WORKDAYS, "2026-06-02T06:00:00Z", true, "2026-06-02T15:00Z", 0],
  ["Europe/Moscow", WORKDAYS, "2026-06-02T14:59:59Z", true, "2026-06-02T15:00Z", 0],
  ["Europe/Moscow", WORKDAYS, "2026-06-02T15:00:00Z", false, "2026-06-03T06:00Z", 1],
  // In Moscow it is Wednesday already.
  ["Europe/Moscow", WORKDAYS, "2026-06-02T21:30:00Z", false, "2026-06-03T06:00Z", 0],
  ["Europe/Moscow", WORKDAYS, "2026-06-05T15:00:00Z", false, "2026-06-08T06:00Z", 3],
  // A break.
  ["Europe/Moscow", Array(7).fill([["14:00", "18:00"], ["09:00", "13:00"]]), "2026-06-02T10:00Z", false, "2026-06-02T11:00Z", 0],
  ["Europe/Moscow", Array(7).fill([["09:00", "13:00"], ["13:00", "18:00"]]), "2026-06-02T07:00Z", true, "2026-06-02T15:00Z", 0],
  // Midnight.
  ["Europe/Moscow", LATE, "2026-06-02T20:59:59Z", true, "2026-06-02T21:00Z", 1],
  ["Europe/Moscow", LATE, "2026-06-02T21:00:00Z", false, "2026-06-03T07:00Z", 0],
  ["Europe/Moscow", [[["10:00", "24:00"]], [["00:00", "02:00"]], [], [], [], [], []], "2026-06-01T20:00Z", true, "2026-06-01T23:00Z", 1],
  ["Europe/Moscow", EVERY, "2026-06-02T20:59:59Z", true, null],
  ["Europe/Moscow", Array(7).fill([]), "2026-06-02T12:00Z", false, null],
  // Five hours.
  ["Asia/Yekaterinburg", WORKDAYS, "2026-06-02T03:59Z", false, "2026-06-02T04:00Z", 0],
  ["Asia/Yekaterinburg", WORKDAYS, "2026-06-02T12:59Z", true, "2026-06-02T13:00Z", 0],
  ["Asia/Yekaterinburg", WORKDAYS, "2026-06-02T19:00Z", false, "2026-06-03T04:00Z", 0],
  // Berlin: one hour in winter, two in summer. Clocks go forward on 29 March 2026 and back on 25 October, at 01:00 UTC.
  ["Europe/Berlin", WORKDAYS, "2026-03-27T08:00Z", true, "2026-03-27T17:00Z", 0],
  ["Europe/Berlin", WORKDAYS, "2026-03-27T17:00Z", false, "2026-03-30T07:00Z", 3],
  ["Europe/Berlin", WORKDAYS, "2026-03-30T06:59Z", false, "2026-03-30T07:00Z", 0],
  ["Europe/Berlin", EVERY, "2026-03-29T00:59Z", true, null],
  // 02:30 does not exist, and is 03:30.
  ["Europe/Berlin", NIGHT, "2026-03-29T01:29Z", false, "2026-03-29T01:30Z", 0],
  ["Europe/Berlin", NIGHT, "2026-03-29T01:30Z", true, "2026-03-29T03:00Z", 0],
  ["Europe/Berlin", EVENING, "2026-03-29T01:29Z", true, "2026-03-29T01:30Z", 0],
  ["Europe/Berlin", WORKDAYS, "2026-10-23T16:00Z", false, "2026-10-26T08:00Z", 3],
  ["Europe/Berlin", WORKDAYS, "2026-10-26T07:59Z", false, "2026-10-26T08:00Z", 0],
  // 02:30 is twice: opens at the first, closes at the last.
  ["Europe/Berlin", NIGHT, "2026-10-25T00:29Z", false, "2026-10-25T00:30Z", 0],
  ["Europe/Berlin", NIGHT, "2026-10-25T01:15Z", true, "2026-10-25T04:00Z", 0],
  ["Europe/Berlin", EVENING, "2026-10-25T01:29Z", true, "2026-10-25T01:30Z", 0],
  ["Europe/Berlin", EVENING, "2026-10-25T01:30Z", false, "2026-10-25T23:00Z", 1],
  // Every hour of a day of 23 and of 25 hours is open.
  ["Europe/Berlin", LATE, "2026-10-25T22:59Z", true, "2026-10-25T23:00Z", 1],
  ["Europe/Berlin", LATE, "2026-03-29T21:59Z", true, "2026-03-29T22:00Z", 1],
];
for (const [time_zone, week, now, open, at, days_from_now] of TABLE) {
  const next = at && { at: Date.parse(at), days_from_now };
  assert.deepEqual(hours({ time_zone, week, closed: [] }, Date.parse(now), time_zone), { open, next }, `${time_zone} ${now}`);
}
const moscow = (closed, now, visitor = "Europe/Moscow") =>
  hours({ time_zone: "Europe/Moscow", week: WORKDAYS, closed }, Date.parse(now), visitor);
// Holidays, in the merchant's calendar.
assert.deepEqual(moscow(["2026-06-02"], "2026-06-02T07:00Z"), {
  open: false,
  next: { at: Date.parse("2026-06-03T06:00Z"), days_from_now: 1 },
});
assert.deepEqual(moscow(["2026-06-02"], "2026-06-03T07:00Z").open, true);
assert.deepEqual(hours({ time_zone: "Europe/Moscow", week: EVERY, closed: ["2026-06-03"] }, Date.parse("2026-06-02T07:00Z"), "UTC"), {
  open: true,
  next: { at: Date.parse("2026-06-02T21:00Z"), days_from_now: 0 },
});
// Two weeks of New Year.
const january = [...Array(12).keys()].map((day) => "2026-01-" + String(day + 1).padStart(2, "0"));
assert.equal(moscow(["2025-12-31", ...january], "2025-12-31T10:00Z").next.at, Date.parse("2026-01-13T06:00Z"));
// The days are those of the visitor: in Vladivostok it is Wednesday afternoon when Moscow opens; in New York it was Tuesday.
assert.equal(moscow([], "2026-06-02T18:00Z", "Asia/Vladivostok").next.days_from_now, 0);
assert.equal(moscow([], "2026-06-02T18:00Z", "America/New_York").next.days_from_now, 1);
assert.equal(moscow([], "2026-06-02T18:00Z", "Asia/Kolkata").next.days_from_now, 1);
// No hours, or none that can be understood: open.
for (const wrong of [null, undefined, {}, { time_zone: "Europe/Prilavok", week: WORKDAYS }, { time_zone: "Europe/Moscow" }])
  assert.deepEqual(hours(wrong, 0), { open: true, next: null });
assert.equal(moscow(null, "2026-06-02T07:00Z").open, true);
for (const crooked of [["18:00", "09:00"], ["09:00", "09:00"], ["nine", "18:00"], []])
  assert.deepEqual(hours({ time_zone: "UTC", week: Array(7).fill([crooked]) }, 0, "UTC"), { open: false, next: null });

// How soon: never less than it takes.
for (const [median_s, ...told] of [
  [0, "at_once"],
  [59.9, "at_once"],
  [60, "minutes", 1],
  [61, "minutes", 2],
  [180, "minutes", 3],
  [181, "minutes", 5],
  [600.5, "minutes", 15],
  [1800, "minutes", 30],
  [2700, "minutes", 45],
  [2701, "hours", 1],
  [3600, "hours", 1],
  [3601, "hours", 2],
  [43_200, "hours", 12],
  [43_201, "a_day"],
  [1e9, "a_day"],
])
  assert.deepEqual(patience(median_s), told, median_s);
for (const nobody of [null, undefined, NaN, -1, "60"]) assert.equal(patience(nobody), null);

// Telephone numbers.
for (const [typed, number] of [
  ["+7 (916) 123-45-67", "+79161234567"],
  ["8 916 123 45 67", "+79161234567"],
  ["8(916)123‑45‑67", "+79161234567"],
  ["79161234567", "+79161234567"],
  ["9161234567", "+79161234567"],
  ["495 123 45 67", "+74951234567"],
  ["8 800 555-35-35", "+78005553535"],
  ["+7 701 123 4567", "+77011234567"],
  ["+375 29 123-45-67", "+375291234567"],
  ["375291234567", "+375291234567"],
  ["0049 30 1234567", "+49301234567"],
  ["+44 20 7946 0958", "+442079460958"],
  ["+1.415.555.2671", "+14155552671"],
  ["+86 138 0013 8000", "+8613800138000"],
  ["+998 90 123 45 67", "+998901234567"],
])
  assert.equal(phone(typed), number, typed);
for (const wrong of ["", "+", "12345", "+7 916 123 45 6", "+7 916 123 45 678", "8916123456", "телефон", "+7916123456a"])
  assert.equal(phone(wrong), "", wrong);
for (const wrong of ["+0123456789", "0123456789", "+1234567", "+1234567890123456", "88888888888888", "+7+9161234567", "1234567890"])
  assert.equal(phone(wrong), "", wrong);

// The form.
const FIELDS = [
  { name: "name", type: "text", required: true },
  { name: "email", type: "email", required: false },
  { name: "phone", type: "phone", required: false },
  { name: "topic", type: "select", required: true },
];
const form = (typed, values, errors = {}) => assert.deepEqual(check(FIELDS, typed), { values, errors });
form({ name: " Анна ", topic: "Заказ" }, { name: "Анна", topic: "Заказ" });
form(
  { name: "Анна", email: " a@b.ru", phone: "8 916 123 45 67", topic: "x" },
  { name: "Анна", email: "a@b.ru", phone: "+79161234567", topic: "x" },
);
form({ name: "  ", email: "a@b", phone: "1" }, {}, { name: "missing", email: "email", phone: "phone", topic: "choose" });
form({ name: "А", topic: "x", undefined: "on" }, { name: "А", topic: "x" });
const email = (text) => !check([{ name: "e", type: "email", required: true }], { e: text }).errors.e;
for (const good of ["a@b.ru", "имя@почта.рф", "a.b+c@d-e.co.uk", `${"a".repeat(249)}@b.ru`]) assert(email(good), good);
for (const bad of ["a", "a@", "@b.ru", "a@b", "a b@c.ru", "a@b@c.ru", "a@.ru", "a@b.", "a@b..ru", `${"a".repeat(250)}@b.ru`])
  assert(!email(bad), bad);
// However long: it comes to an end.
email("a@" + "a.".repeat(100_000));
phone("+" + "1".repeat(100_000));

// What a page says of its product.
const PAGE = "https://shop.ru/p/1?utm_source=x";
const ld = (...values) => values.map((value) => (typeof value == "string" ? value : JSON.stringify(value)));
const KETTLE = { "@type": "Product", name: "Чайник", sku: "Ч-1", offers: { price: "1990.00", priceCurrency: "RUB" } };
const KNOWN = { product: "Чайник", product_url: PAGE, product_price: "1990.00 RUB", product_sku: "Ч-1" };
const shown = (texts, attributes) => assert.deepEqual(product(texts, PAGE), attributes, texts.join());
shown(ld(KETTLE), KNOWN);
shown(ld([{ "@type": "WebSite", name: "x" }, KETTLE]), KNOWN);
shown(ld({ "@context": "https://schema.org", "@graph": [{ "@type": "Organization" }, KETTLE] }), KNOWN);
shown(ld({ "@type": "ItemPage", mainEntity: KETTLE }), KNOWN);
shown(ld({ ...KETTLE, "@type": ["Thing", "http://schema.org/Product"] }), KNOWN);
shown(ld("{broken", "", "null", "[]", '"x"', "12", KETTLE), KNOWN);
shown(ld({ ...KETTLE, url: "/p/1", offers: [{}, { "@type": "AggregateOffer", lowPrice: 5, priceCurrency: "USD" }] }), {
  ...KNOWN,
  product_url: "https://shop.ru/p/1",
  product_price: "5 USD",
});
shown(ld({ ...KETTLE, sku: undefined, mpn: 77, offers: { priceSpecification: [{ price: 3, priceCurrency: "EUR" }] } }), {
  ...KNOWN,
  product_price: "3 EUR",
  product_sku: "77",
});
shown(ld({ ...KETTLE, url: "http://[", offers: null }), { product: "Чайник", product_url: PAGE, product_sku: "Ч-1" });
// One of several is meant if the page is its own; else none, and nothing that is listed in it.
const CUP = { "@type": "Product", name: "Чашка", url: "https://shop.ru/p/2" };
shown(ld(CUP, { ...KETTLE, url: "https://shop.ru/p/1#x" }), { ...KNOWN, product_url: "https://shop.ru/p/1#x" });
shown(ld(CUP, KETTLE), {});
shown(ld({ "@type": "ItemList", itemListElement: [KETTLE] }, { "@type": "Article", about: KETTLE }), {});
for (const odd of [{ "@type": "Product" }, { "@type": 7 }, { "@type": ["x", null] }, { "@type": "Product", name: {} }, { "@type": "ProductX" }])
  shown(ld(odd), {});
for (const offers of ["x", 7, [null], [[]], { price: {} }, { price: null, lowPrice: [] }])
  assert.equal(product(ld({ ...KETTLE, offers }), PAGE).product, "Чайник");
// So deep, and no deeper.
const nested = (depth) => [...Array(depth)].reduce((inner) => ({ mainEntity: inner }), KETTLE);
shown(ld(nested(6)), KNOWN);
shown(ld(nested(7)), {});
shown(["[".repeat(50_000), "[".repeat(50_000) + "]".repeat(50_000)], {});

const page = (href, referrer, texts = []) => ({
  location: { href },
  title: "Чайник — магазин",
  referrer,
  querySelectorAll: () => texts.map((textContent) => ({ textContent })),
});
assert.deepEqual(context(page(PAGE + "&utm_term=#r", "https://ya.ru/search?text=чайник", ld(KETTLE))), {
  page: "https://shop.ru/p/1?utm_source=x&utm_term=",
  page_title: "Чайник — магазин",
  referrer: "https://ya.ru/search",
  utm_source: "x",
  ...KNOWN,
  product_url: "https://shop.ru/p/1?utm_source=x&utm_term=",
});
const long = context({ ...page("https://a.ru/" + "x".repeat(999), ""), title: "🫖".repeat(600) });
assert.equal(long.page.length, 512);
assert.equal(long.page_title, "🫖".repeat(512));
assert(!("referrer" in long));

// Goals: to the shop's counter or to the page's, and whatever the page does, nothing is thrown.
const goals = (page, counter) => {
  const heard = [];
  reach({ ...page, ym: Object.assign((...call) => heard.push(call), page.ym) }, counter, "prilavok_opened", {});
  return heard.map(([id, what, name]) => (assert.deepEqual([what, name], ["reachGoal", "prilavok_opened"]), id));
};
const Ya = { _metrika: { getCounters: () => [{ id: 11 }, { id: "12" }] }, Metrika2: { counters: () => [{ id: 12 }, { id: 0 }] } };
assert.deepEqual(goals({ Ya }, 5), [5]);
assert.deepEqual(goals({ Ya }, 0), [11, 12]);
assert.deepEqual(goals({ ym: { a: [[21, "init", {}], [22, "hit"]] } }, 0), [21]);
assert.deepEqual(goals({}, 0), []);
assert.deepEqual(counters({}), []);
assert.deepEqual(counters({ Ya: { Metrika: { counters: () => 7 } }, ym: { a: [null] } }), []);
reach({}, 5, "x");
reach({ ym: "x" }, 5, "x");
reach({ ym: () => assert.fail("the page's own mistake") }, 5, "x");

// E-commerce, in Metrica's form.
assert.deepEqual(detail({ sku: "Ч-1", name: "Чайник", price: "1990", size: "L" }), {
  ecommerce: { currencyCode: "RUB", detail: { products: [{ id: "Ч-1", name: "Чайник", price: 1990 }] } },
});
assert.deepEqual(add([{ id: 7, quantity: 2, brand: "", category: null }], "KZT"), {
  ecommerce: { currencyCode: "KZT", add: { products: [{ id: "7", quantity: 2 }] } },
});
assert.deepEqual(remove({ name: "Чайник" }).ecommerce.remove, { products: [{ name: "Чайник" }] });
assert.deepEqual(purchase({ id: "O1", revenue: 100, goal_id: 3, email: "a@b.ru" }, { id: "7" }), {
  ecommerce: {
    currencyCode: "RUB",
    purchase: { actionField: { id: "O1", revenue: 100, goal_id: 3 }, products: [{ id: "7" }] },
  },
});
for (const wrong of [[], null, {}, [{}], { id: "" }, { id: "1", price: "дорого" }]) assert.throws(() => detail(wrong), TypeError);
assert.throws(() => purchase({}, { id: "7" }), TypeError);
assert.throws(() => purchase(null, { id: "7" }), TypeError);
const layer = {};
push(detail({ id: "1" }), layer);
push(add({ id: "1" }), layer);
assert.deepEqual(layer.dataLayer.map(({ ecommerce }) => Object.keys(ecommerce)[1]), ["detail", "add"]);

// When a visitor is spoken to.
for (const [rule, url, is] of [
  ["/cart", "/cart", true],
  ["/cart", "/ru/cart?x=1", true],
  ["/cart*", "/cart/2?x", true],
  ["/cart*", "/ru/cart", false],
  ["*/cart", "/ru/cart", true],
  ["*/cart", "/ru/cart?x", false],
  ["/p/*/reviews*", "/p/12/reviews?page=2", true],
  ["/p/*/reviews", "/p/reviews", false],
  ["*", "/", true],
  ["**", "/", true],
  ["a*a", "a", false],
  ["utm_source=vk", "/?utm_source=vk", true],
  ["/p.x", "/pax", false],
  ["", "/", true],
])
  assert.equal(is_like(rule, url), is, `${rule} ${url}`);
assert(!is_like("*a".repeat(5000) + "*b", "a".repeat(100_000)));
const now = { seconds_on_page: 30, url: "/cart?x=1", exit: false, cart: 5000 };
for (const [rule, is] of [
  [{}, true],
  [{ after_s: 30 }, true],
  [{ after_s: 31 }, false],
  [{ url: "/cart*" }, true],
  [{ url: "/p/*" }, false],
  [{ exit: true }, false],
  [{ exit: false }, true],
  [{ cart_from: 5000 }, true],
  [{ cart_from: 5001 }, false],
  [{ after_s: 10, url: "cart", cart_from: 1 }, true],
  [{ after_s: 10, url: "cart", cart_from: 1, exit: true }, false],
]) {
  assert.equal(decide(rule, now), is, JSON.stringify(rule));
}
assert(decide({ exit: true, after_s: 10 }, { ...now, exit: true }));
assert(!decide({ exit: true, after_s: 40 }, { ...now, exit: true }));
assert(!decide({ cart_from: 1 }, { ...now, cart: undefined }));

// Texts by language, addresses, faces.
for (const [text, is] of [
  ["Да", "Да"],
  [{ ru: "Да", en: "Yes" }, "Yes"],
  [{ ru: "Да", tr: "Evet" }, "Да"],
  [{ tr: "Evet", zh: "是" }, "Evet"],
  [{}, ""],
  [null, ""],
  [undefined, ""],
])
  assert.equal(pick(text, "en"), is);
const RELAY = "http://localhost:8787";
assert.equal(picture("https://cdn.ru/a b.png", RELAY), "https://cdn.ru/a%20b.png");
assert.equal(picture("/v1/files/1", RELAY), "http://localhost:8787/v1/files/1");
for (const bad of ["http://cdn.ru/a.png", "javascript:alert(1)", "data:image/png;base64,x", "blob:https://a.ru/1", "http://localhost:1/x"])
  assert.equal(picture(bad, RELAY), "", bad);
for (const bad of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//a.ru", "/x", ""]) assert.equal(link("", bad, "x"), "");
for (const [name, is] of [
  ["Анна Петрова", "АП"],
  ["анна", "А"],
  ["  Jean-Luc  Picard d'Or ", "JP"],
  ["А.С. Пушкин", "АС"],
  ["(Анна) — магазин", "АМ"],
  ["王小明", "王"],
  ["", ""],
  ["—", ""],
])
  assert.equal(initials(name), is, name);
assert.equal(hue("Анна"), hue("Анна"));
assert(hue("Анна") != hue("Олег") && hue("") >= 0 && hue("x".repeat(10_000)) < 360);
