// The page that the visitor is on, as attributes of theirs. Pure: the page is an argument.

import { product } from "./product.js";

// What the relay keeps of a value (shared/src/limits.rs, ATTRIBUTE_VALUE_CHARS_MAX).
const VALUE_CHARS_MAX = 512;

const CAMPAIGN = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];

const without = (url, rest) => url.replace(rest, "");

export const context = (page) => {
  const { href } = page.location;
  const query = new URL(href).searchParams;
  const told = {
    page: without(href, /#.*/),
    page_title: page.title,
    // Where they came from, and nothing of what they did there.
    referrer: without(page.referrer, /[?#].*/),
    ...Object.fromEntries(CAMPAIGN.map((name) => [name, query.get(name)])),
    ...product(
      [...page.querySelectorAll('script[type="application/ld+json"]')].map((script) => script.textContent),
      without(href, /#.*/),
    ),
  };
  return Object.fromEntries(
    Object.entries(told)
      .filter(([, value]) => value)
      .map(([name, value]) => [name, [...value].slice(0, VALUE_CHARS_MAX).join("")]),
  );
};
