// The product that a page says it shows (JSON-LD of schema.org). Pure, and whatever stands there, nothing fails.

const DEPTH_MAX = 6;

const list = (value) => (Array.isArray(value) ? value : [value]);

const word = (value) => (typeof value == "string" ? value.trim() : Number.isFinite(value) ? String(value) : "");

// Also "http://schema.org/Product" and ["Thing", "Product"].
const is_product = ({ "@type": types }) => list(types).some((type) => /(^|[/:])Product(Group)?$/.test(word(type)));

// Only what a page is about: not what is listed, related or recommended in it.
const products = (value, depth = 0) => {
  if (!value || typeof value != "object" || depth > DEPTH_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((one) => products(one, depth + 1));
  if (is_product(value)) return [value];
  return ["@graph", "mainEntity"].flatMap((name) => products(value[name], depth + 1));
};

const price = (offers) => {
  for (const offer of list(offers)) {
    if (!offer || typeof offer != "object") continue;
    const from = [offer, ...list(offer.priceSpecification), ...list(offer.offers)].find(
      (one) => word(one?.price ?? one?.lowPrice),
    );
    if (from) return [word(from.price ?? from.lowPrice), word(from.priceCurrency) || word(offer.priceCurrency)].join(" ").trim();
  }
  return "";
};

const address = (url, page) => {
  try {
    return new URL(word(url) || page, page).href;
  } catch {
    return page;
  }
};

// Attributes for the texts of a page's JSON-LD; none if it is about no product, or about several and none has its address.
export const product = (texts, page) => {
  const found = texts.flatMap((text) => {
    try {
      return products(JSON.parse(text));
    } catch {
      return [];
    }
  });
  const named = found.filter(({ name }) => word(name));
  const path = (url) => address(url, page).replace(/[?#].*/, "");
  const is_one = new Set(named.map(({ name }) => word(name))).size == 1;
  const one = is_one ? named[0] : named.find(({ url }) => word(url) && path(url) == path(""));
  if (!one) return {};
  const attributes = {
    product: word(one.name),
    product_url: address(one.url, page),
    product_price: price(one.offers),
    product_sku: word(one.sku) || word(one.mpn),
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value));
};
