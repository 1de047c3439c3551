//! What is known of a user, as rows: who they are, and where on the site they are.

use js_sys::Object;
use shared::node::{Node, member};
use wasm_bindgen::{JsCast, JsValue};
use widget::node::JsNode;

use crate::address::{bare, is_web};
use crate::text;

/// Who somebody is: first, and in this order.
const WHO: [&str; 3] = ["name", "email", "phone"];

/// Where they are and how they came, with what the panel calls it; `page_title`, `product_url` belong to other rows.
const VISIT: [&str; 10] = [
    "page",
    "product",
    "product_price",
    "product_sku",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
];

/// Attributes that stand in the row of another one: theirs is the address or the words of it.
const BESIDE: [(&str, &str); 2] = [("page", "page_title"), ("product", "product_url")];

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Where a press on it leads.
    pub address: Option<String>,
    /// Whether the merchant's server says so.
    pub is_verified: bool,
}

/// What is known of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub who: Vec<Fact>,
    pub visit: Vec<Fact>,
    /// Whether somebody has said anything of them: a name alone may be one that we gave.
    pub has_attributes: bool,
}

impl Profile {
    /// `GET /v1/users/{user_id}`
    pub fn read(answer: &JsNode) -> Self {
        let names = answer.get("attributes").map(JsValue::from).filter(JsValue::is_object);
        let names = names.map(|attributes| Object::keys(attributes.unchecked_ref::<Object>()));
        let names = names.into_iter().flatten().filter_map(|name| name.as_string()).collect();
        Self::of(answer, names)
    }

    /// The rows of the attributes of these names.
    fn of<N: Node>(answer: &N, mut names: Vec<String>) -> Self {
        names.sort();
        let attributes: Vec<Fact> = names.iter().filter_map(|name| attribute(answer, name)).collect();
        let find = |name: &str| attributes.iter().find(|fact| fact.label == name);
        let is_placed = |name: &str| {
            WHO.contains(&name) || VISIT.contains(&name) || BESIDE.iter().any(|(_, beside)| *beside == name)
        };
        let mut who: Vec<Fact> =
            WHO.iter().filter_map(|name| find(name).cloned().or_else(|| given(answer, name))).collect();
        who.extend(customer(answer));
        who.extend(attributes.iter().filter(|fact| !is_placed(&fact.label)).cloned());
        let visit = VISIT.iter().filter_map(|name| {
            let beside = BESIDE.iter().find(|(beside, _)| beside == name).and_then(|(_, other)| find(other));
            placed(name, find(name), beside)
        });
        let visit = visit.collect();
        let named = |fact: Fact| Fact { label: text::attribute(&fact.label).to_owned(), ..fact };
        Self { who: who.into_iter().map(named).collect(), visit, has_attributes: !attributes.is_empty() }
    }
}

/// An attribute under its own name.
fn attribute<N: Node>(answer: &N, name: &str) -> Option<Fact> {
    let attribute = answer.get("attributes")?.get(name)?;
    let value = attribute.get("value").filter(|value| !value.is_null())?;
    let value = value
        .string()
        .or_else(|| value.boolean().map(|flag| text::flag(flag).to_owned()))
        .or_else(|| value.integer().map(|number| number.to_string()))
        .unwrap_or_else(|| value.to_json());
    let is_verified = attribute.get("verified").and_then(|flag| flag.boolean()).unwrap_or_default();
    Some(Fact { label: name.to_owned(), value, address: None, is_verified })
        .filter(|fact| !fact.value.trim().is_empty())
}

/// The name that the chat has, where no attribute tells.
fn given<N: Node>(answer: &N, name: &str) -> Option<Fact> {
    let given: Option<String> = member(answer, "user_name")?;
    let value = given.filter(|given| name == "name" && !given.trim().is_empty())?;
    Some(Fact { label: name.to_owned(), value, ..Fact::default() })
}

/// The merchant's own id of them, which only its server can have told.
fn customer<N: Node>(answer: &N) -> Option<Fact> {
    let value: Option<String> = member(answer, "customer_id")?;
    Some(Fact { label: "customer_id".to_owned(), value: value?, address: None, is_verified: true })
}

/// A row of the visit: words, and where they lead.
fn placed(name: &str, own: Option<&Fact>, beside: Option<&Fact>) -> Option<Fact> {
    let fact = own.or(beside)?;
    let web = |fact: Option<&Fact>| fact.map(|fact| fact.value.clone()).filter(|address| is_web(address));
    let (address, words) = match name {
        "page" => (web(own), beside.or(own)),
        "product" => (web(beside), own.or(beside)),
        "referrer" => (web(own), own),
        _ => (None, own),
    };
    // The address may be somebody else's word than its name.
    let is_verified = own.into_iter().chain(beside).all(|fact| fact.is_verified);
    let words = words.map(|fact| fact.value.as_str()).unwrap_or(&fact.value);
    let value = if address.as_deref() == Some(words) { bare(words) } else { words };
    Some(Fact { label: text::attribute(name).to_owned(), value: value.to_owned(), address, is_verified })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, flag, number, object, text as words};

    fn told(attributes: &[(&str, Json, bool)]) -> Profile {
        profile(attributes, Json::Null, words("Гость 17"))
    }

    fn profile(attributes: &[(&str, Json, bool)], customer_id: Json, user_name: Json) -> Profile {
        let names = attributes.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let attributes: Vec<(&str, Json)> = attributes
            .iter()
            .map(|(name, value, verified)| (*name, object(&[("value", value.clone()), ("verified", flag(*verified))])))
            .collect();
        let answer = [("user_name", user_name), ("customer_id", customer_id), ("attributes", object(&attributes))];
        Profile::of(&object(&answer), names)
    }

    fn rows(facts: &[Fact]) -> Vec<(&str, &str)> {
        facts.iter().map(|fact| (fact.label.as_str(), fact.value.as_str())).collect()
    }

    #[test]
    fn of_a_stranger_only_the_name_is_known() {
        let profile = told(&[]);
        assert_eq!(rows(&profile.who), [("Имя", "Гость 17")]);
        assert!(profile.visit.is_empty() && !profile.has_attributes);
        assert_eq!(super::Profile::of(&object(&[]), vec!["x".into()]), Profile::default());
    }

    #[test]
    fn what_the_merchant_says_counts_before_the_given_name_and_is_marked() {
        let attributes = [
            ("vip", flag(true), true),
            ("name", words("Анна"), true),
            ("tier", number(2), true),
            ("note", words("?"), false),
        ];
        let profile = profile(&attributes, words("customer-42"), words("Гость 17"));
        assert_eq!(
            rows(&profile.who),
            [("Имя", "Анна"), ("Номер покупателя", "customer-42"), ("note", "?"), ("tier", "2"), ("vip", "Да")]
        );
        let marks: Vec<bool> = profile.who.iter().map(|fact| fact.is_verified).collect();
        assert_eq!(marks, [true, true, false, true, true]);
    }

    #[test]
    fn pages_and_products_are_links_under_their_names() {
        let visit = told(&[
            ("page", words("https://shop.ru/tea"), false),
            ("page_title", words("Чай"), false),
            ("product", words("Чайник"), false),
            ("product_url", words("https://shop.ru/p/1"), false),
            ("referrer", words("https://ya.ru/"), false),
            ("utm_source", words("https://not.a/link"), false),
        ])
        .visit;
        let links: Vec<_> = visit.iter().map(|fact| (fact.value.as_str(), fact.address.as_deref())).collect();
        assert_eq!(
            links,
            [
                ("Чай", Some("https://shop.ru/tea")),
                ("Чайник", Some("https://shop.ru/p/1")),
                ("ya.ru", Some("https://ya.ru/")),
                ("https://not.a/link", None),
            ]
        );
    }

    #[test]
    fn what_is_no_address_of_the_web_is_no_link() {
        let visit = told(&[
            ("page", words("javascript:alert(1)"), false),
            ("product", words("Чайник"), true),
            ("product_url", words("data:text/html,x"), false),
            ("referrer", words("ftp://a.ru"), false),
        ])
        .visit;
        assert!(visit.iter().all(|fact| fact.address.is_none()), "{visit:?}");
        assert_eq!(visit.len(), 3);
        assert!(!visit.iter().any(|fact| fact.is_verified), "its address is a script's word");
    }

    #[test]
    fn what_is_blank_is_no_row() {
        let profile = told(&[("email", words(" "), true), ("phone", Json::Null, true)]);
        assert_eq!(rows(&profile.who), [("Имя", "Гость 17")]);
    }
}
