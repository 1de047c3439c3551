// E-commerce in Yandex.Metrica's form (not that of Google Analytics 4, which it does not count): what goes onto the page's
// data layer. The builders are pure. https://yandex.com/support/metrica/en/ecommerce/data

const TEXTS = ["id", "name", "brand", "category", "variant", "coupon", "list"];
const NUMBERS = ["price", "quantity", "discount", "position"];

const wrong = (text) => {
  throw new TypeError("[prilavok] " + text);
};

const kept = (source, texts, numbers) => {
  const known = {};
  for (const name of texts) if (source[name] != null && source[name] !== "") known[name] = String(source[name]);
  for (const name of numbers) {
    if (source[name] == null) continue;
    known[name] = Number(source[name]);
    if (!Number.isFinite(known[name])) wrong(`${name} is no number: ${source[name]}`);
  }
  return known;
};

const items = (products) => {
  const list = [products].flat();
  if (!list.length) wrong("there is no product");
  return list.map((product) => {
    const known = kept({ id: product?.sku, ...product }, TEXTS, NUMBERS);
    return known.id || known.name ? known : wrong("a product has an id or a name");
  });
};

const payload = (action, details, currency = "RUB") => ({ ecommerce: { currencyCode: currency, [action]: details } });

// One product or several: { id or sku, name, price, quantity, brand, category, variant, coupon, discount, position, list }.
export const detail = (products, currency) => payload("detail", { products: items(products) }, currency);
export const add = (products, currency) => payload("add", { products: items(products) }, currency);
export const remove = (products, currency) => payload("remove", { products: items(products) }, currency);

// An order: { id, revenue, coupon, goal_id }.
export const purchase = (order, products, currency) => {
  const actionField = kept(order || {}, ["id", "coupon"], ["revenue", "goal_id"]);
  if (!actionField.id) wrong("an order has an id");
  return payload("purchase", { actionField, products: items(products) }, currency);
};

// Onto the data layer of a page; Metrica reads it if its counter says `ecommerce: "dataLayer"`.
export const push = (told, page = window) => void (page.dataLayer ||= []).push(told);
