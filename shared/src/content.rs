//! What a message of the organization carries beside its text: cards, quick replies, a request to rate.
//!
//! On the wire it is an object. Clients keep it as the JSON it came as ([`Raw`]), and take it apart where they show it; the
//! relay judges it ([`Content::asked`]) before it is kept.

use crate::json::Object;
use crate::node::{FromNode, Node};

#[cfg(feature = "serde")]
pub use typed::{Button, Card, Content, Rating};

/// A content as JSON text: an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw(Box<str>);

/// How a kept request to rate begins. Within a JSON string its quotes would be escaped, and cards have no such member.
const RATING: &str = "\"rating\":{";

impl Raw {
    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with this rating in it, if it has a request to rate.
    #[must_use]
    pub fn rated(&self, score: i64, comment: Option<&str>) -> Self {
        let parts = self.0.split_once(RATING).and_then(|(before, rest)| Some((before, after_object(rest)?)));
        let Some((before, after)) = parts else { return self.clone() };
        let rating = match comment {
            Some(comment) => Object::new().string("comment", comment),
            None => Object::new().raw("comment", "null"),
        };
        Self([before, "\"rating\":", &rating.integer("score", score).finish(), after].concat().into())
    }
}

/// What follows an object without inner ones, from its inside on.
fn after_object(inside: &str) -> Option<&str> {
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b'}' if !in_string => return inside.get(at.saturating_add(1)..),
            _ => {}
        }
    }
    None
}

impl FromNode for Raw {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Some(node.to_json()).filter(|json| json.starts_with('{')).map(|json| Self(json.into()))
    }
}

#[cfg(feature = "serde")]
mod typed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
    use serde_json::Value;

    use super::Raw;
    use crate::document::At;
    use crate::limits::{
        CARD_BUTTONS_MAX, CARD_PRICE_CHARS_MAX, CARD_TEXT_CHARS_MAX, CARD_TITLE_CHARS_MAX, CARDS_MAX,
        CONTENT_BYTES_MAX, LABEL_CHARS_MAX, MESSAGE_BYTES_MAX, RATING_BYTES_MAX, REPLIES_MAX,
    };
    use crate::problem::{Code, Problem};
    use crate::text;

    /// What a message carries beside its text.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Content {
        /// Products, orders: one beside the other.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub cards: Vec<Card>,
        /// Answers that the visitor sends by a tap.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub replies: Vec<String>,
        /// Asks the visitor to rate the conversation, and how they did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rating: Option<Rating>,
    }

    /// A product or an order.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Card {
        /// Its name.
        pub title: String,
        /// What there is to say of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
        /// A picture's address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image: Option<String>,
        /// Its page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        /// Its price, as it is to be shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub price: Option<String>,
        /// What can be done with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub buttons: Vec<Button>,
    }

    /// A button of a card.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Button {
        /// What stands on it, and without an address is sent by a tap.
        pub text: String,
        /// The page it opens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
    }

    /// A request to rate, and its answer.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Rating {
        /// From 1 to 5; absent while nobody has answered.
        pub score: Option<i64>,
        /// What they said to it.
        pub comment: Option<String>,
    }

    impl Content {
        /// The content that somebody wants to send beside a text, judged.
        ///
        /// # Errors
        /// [`Code::Invalid`] with the place of what is wrong; [`Code::TooLarge`].
        pub fn asked(raw: &Raw, text: &str) -> Result<Self, Problem> {
            if raw.0.len() > CONTENT_BYTES_MAX {
                let detail = format!("content has at most {CONTENT_BYTES_MAX} bytes of JSON");
                return Err(Problem::new(Code::TooLarge, detail));
            }
            let value: Value =
                serde_json::from_str(&raw.0).map_err(|_| Problem::new(Code::Invalid, "content is an object"))?;
            let root = At::root("content", &value);
            let members = root.object(&["cards", "replies", "rating"])?;
            let content = Self {
                cards: list(members.get("cards"), 1, CARDS_MAX, card)?,
                replies: list(members.get("replies"), 1, REPLIES_MAX, |reply| reply.text(LABEL_CHARS_MAX))?,
                rating: members.get("rating").map(|rating| asked_rating(&rating)).transpose()?,
            };
            if content == Self::default() {
                return Err(root.wrong("has cards, replies or a rating"));
            }
            let room = if content.rating.is_some() { RATING_BYTES_MAX } else { 0 };
            let bytes = raw.0.len().saturating_add(room).saturating_add(text::length(text).saturating_mul(2));
            if bytes > MESSAGE_BYTES_MAX {
                let detail = format!(
                    "a text and its content together have at most {MESSAGE_BYTES_MAX} bytes; send two messages"
                );
                return Err(Problem::new(Code::TooLarge, detail));
            }
            Ok(content)
        }

        /// Whether it says something without a text beside it.
        #[must_use]
        pub fn speaks(&self) -> bool {
            !self.cards.is_empty() || self.rating.is_some()
        }

        /// As it is kept and told. `None` never happens; serde's signature.
        #[must_use]
        pub fn to_raw(&self) -> Option<Raw> {
            serde_json::to_value(self).ok().map(|value| Raw(value.to_string().into()))
        }

        /// What was kept.
        #[must_use]
        pub fn kept(raw: &Raw) -> Option<Self> {
            serde_json::from_str(&raw.0).ok()
        }
    }

    fn list<'a, T>(
        at: Option<At<'a>>,
        min: usize,
        max: usize,
        read: impl Fn(&At<'a>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        at.map_or(Ok(Vec::new()), |at| at.list(min, max)?.iter().map(read).collect())
    }

    fn card(at: &At<'_>) -> Result<Card, Problem> {
        let members = at.object(&["title", "text", "image", "url", "price", "buttons"])?;
        Ok(Card {
            title: members.require("title")?.text(CARD_TITLE_CHARS_MAX)?,
            text: members.get("text").map(|text| text.text(CARD_TEXT_CHARS_MAX)).transpose()?,
            image: members.get("image").map(|image| image.address()).transpose()?,
            url: members.get("url").map(|url| url.address()).transpose()?,
            price: members.get("price").map(|price| price.text(CARD_PRICE_CHARS_MAX)).transpose()?,
            buttons: list(members.get("buttons"), 1, CARD_BUTTONS_MAX, button)?,
        })
    }

    fn button(at: &At<'_>) -> Result<Button, Problem> {
        let members = at.object(&["text", "url"])?;
        Ok(Button {
            text: members.require("text")?.text(LABEL_CHARS_MAX)?,
            url: members.get("url").map(|url| url.address()).transpose()?,
        })
    }

    fn asked_rating(at: &At<'_>) -> Result<Rating, Problem> {
        if at.flag()? { Ok(Rating::default()) } else { Err(at.wrong("is true, or left out")) }
    }

    impl Serialize for Raw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serde_json::from_str::<Value>(&self.0).map_err(ser::Error::custom)?.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Raw {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let value = Value::deserialize(deserializer)?;
            if value.is_object() {
                Ok(Self(value.to_string().into()))
            } else {
                Err(de::Error::custom("content is an object"))
            }
        }
    }

    impl From<Value> for Raw {
        /// For tests and programs: anything but an object is refused by the relay.
        fn from(value: Value) -> Self {
            Self(value.to_string().into())
        }
    }
}

#[cfg(all(test, feature = "serde"))]
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use crate::limits::{
        ADDRESS_BYTES_MAX, CARD_BUTTONS_MAX, CARD_PRICE_CHARS_MAX, CARD_TEXT_CHARS_MAX, CARD_TITLE_CHARS_MAX,
        CARDS_MAX, CONTENT_BYTES_MAX, LABEL_CHARS_MAX, MESSAGE_BYTES_MAX, RATING_BYTES_MAX, RATING_COMMENT_CHARS_MAX,
        REPLIES_MAX, TEXT_CHARS_MAX,
    };
    use crate::problem::Code;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn asked(content: Value) -> Result<Content, (Code, String)> {
        Content::asked(&Raw::from(content), "").map_err(|problem| (problem.code, problem.detail))
    }

    fn place(content: Value) -> String {
        let Err((code, detail)) = asked(content.clone()) else { panic!("{content} is taken") };
        assert_eq!(code, Code::Invalid, "{detail}");
        detail.split(' ').next().unwrap_or_default().to_owned()
    }

    fn of(letter: &str, chars: usize) -> String {
        letter.repeat(chars)
    }

    #[test]
    fn a_content_is_good_up_to_each_limit_and_refused_one_past_it() {
        let card = |member: &str, value: Value| json!({"cards": [{"title": "т", member: value}]});
        let button = |button: Value| json!({"cards": [{"title": "т", "buttons": [button]}]});
        let url = |bytes: usize| format!("https://a.ru/{}", of("a", bytes - 13));
        let many = |count: usize, one: Value| Value::from(vec![one; count]);
        let title = json!({"title": "т"});
        let label = json!({"text": "Да"});
        for (good, past, at) in [
            (
                json!({"cards": many(CARDS_MAX, title.clone())}),
                json!({"cards": many(CARDS_MAX + 1, title)}),
                "content.cards",
            ),
            (
                json!({"replies": many(REPLIES_MAX, json!("Да"))}),
                json!({"replies": many(REPLIES_MAX + 1, json!("Да"))}),
                "content.replies",
            ),
            (
                json!({"replies": [of("я", LABEL_CHARS_MAX)]}),
                json!({"replies": ["а", of("я", LABEL_CHARS_MAX + 1)]}),
                "content.replies[1]",
            ),
            (
                json!({"cards": [{"title": of("я", CARD_TITLE_CHARS_MAX)}]}),
                json!({"cards": [{"title": of("я", CARD_TITLE_CHARS_MAX + 1)}]}),
                "content.cards[0].title",
            ),
            (
                card("text", json!(of("я", CARD_TEXT_CHARS_MAX))),
                card("text", json!(of("я", CARD_TEXT_CHARS_MAX + 1))),
                "content.cards[0].text",
            ),
            (
                card("price", json!(of("9", CARD_PRICE_CHARS_MAX))),
                card("price", json!(of("9", CARD_PRICE_CHARS_MAX + 1))),
                "content.cards[0].price",
            ),
            (
                card("url", json!(url(ADDRESS_BYTES_MAX))),
                card("url", json!(url(ADDRESS_BYTES_MAX + 1))),
                "content.cards[0].url",
            ),
            (
                card("image", json!("https://a.ru/x.png")),
                card("image", json!("http://a.ru/x.png")),
                "content.cards[0].image",
            ),
            (
                card("buttons", many(CARD_BUTTONS_MAX, label.clone())),
                card("buttons", many(CARD_BUTTONS_MAX + 1, label)),
                "content.cards[0].buttons",
            ),
            (
                button(json!({"text": of("я", LABEL_CHARS_MAX)})),
                button(json!({"text": of("я", LABEL_CHARS_MAX + 1)})),
                "content.cards[0].buttons[0].text",
            ),
            (
                button(json!({"text": "Да", "url": "http://localhost:1/"})),
                button(json!({"text": "Да", "url": "javascript:1"})),
                "content.cards[0].buttons[0].url",
            ),
            (json!({"rating": true}), json!({"rating": false}), "content.rating"),
        ] {
            assert!(asked(good.clone()).is_ok(), "{good}: {:?}", asked(good.clone()));
            assert_eq!(place(past), at);
        }
    }

    #[test]
    fn what_nobody_knows_is_refused_by_its_place() {
        for (content, at) in [
            (json!({}), "content"),
            (json!([]), "content"),
            (json!({"cards": []}), "content.cards"),
            (json!({"cards": [{}]}), "content.cards[0].title"),
            (json!({"cards": ["т"]}), "content.cards[0]"),
            (json!({"cards": [{"title": " "}]}), "content.cards[0].title"),
            (json!({"cards": [{"title": "т", "html": "<b>"}]}), "content.cards[0].html"),
            (json!({"cards": [{"title": "т", "buttons": [{"text": "а", "id": 1}]}]}), "content.cards[0].buttons[0].id"),
            (json!({"rating": {"score": 5}}), "content.rating"),
            (json!({"form": 1}), "content.form"),
        ] {
            assert_eq!(place(content), at);
        }
    }

    #[test]
    fn a_content_and_its_text_fit_a_line_together() {
        let bytes = |count: usize| {
            let mut content = json!({"cards": vec![json!({"title": "т", "text": "a"}); 8]});
            for card in 0..8 {
                let left = count - content.to_string().len();
                content["cards"][card]["text"] = json!(of("a", 1 + left.min(499)));
            }
            assert_eq!(content.to_string().len(), count);
            content
        };
        let code = |content: &Value, text: &str| {
            Content::asked(&Raw::from(content.clone()), text).err().map(|problem| problem.code)
        };
        let largest = bytes(CONTENT_BYTES_MAX);
        assert_eq!([code(&largest, ""), code(&bytes(CONTENT_BYTES_MAX + 1), "")], [None, Some(Code::TooLarge)]);
        let most = (MESSAGE_BYTES_MAX - CONTENT_BYTES_MAX) / 2;
        assert_eq!([code(&largest, &of("я", most)), code(&largest, &of("я", most + 1))], [None, Some(Code::TooLarge)]);
        // The rating's answer will be in it.
        let rating = json!({"rating": true});
        let most = (MESSAGE_BYTES_MAX - RATING_BYTES_MAX - rating.to_string().len()) / 2;
        assert_eq!([code(&rating, &of("я", most)), code(&rating, &of("я", most + 1))], [None, Some(Code::TooLarge)]);
        assert!(most > TEXT_CHARS_MAX / 2);
        let raw = Content::asked(&Raw::from(rating), "").unwrap().to_raw().unwrap();
        let answered = raw.rated(5, Some(&of("я", RATING_COMMENT_CHARS_MAX)));
        assert!(answered.as_str().len() <= RATING_BYTES_MAX + 15, "{}", answered.as_str().len());
    }

    #[test]
    fn the_kept_form_says_how_it_was_rated() {
        let content = asked(json!({"rating": true, "replies": ["Да"], "cards": [{"title": "\"rating\":{"}]})).unwrap();
        let raw = content.to_raw().unwrap();
        assert_eq!(
            raw.as_str(),
            r#"{"cards":[{"title":"\"rating\":{"}],"rating":{"comment":null,"score":null},"replies":["Да"]}"#
        );
        assert_eq!(Content::kept(&raw), Some(content.clone()));
        let rated = raw.rated(4, Some("} \"хорошо\\"));
        let expected = Rating { score: Some(4), comment: Some("} \"хорошо\\".into()) };
        assert_eq!(Content::kept(&rated), Some(Content { rating: Some(expected), ..content.clone() }));
        assert_eq!(rated.rated(1, None), raw.rated(1, None), "said again, it replaces the former");
        let plain = Raw::from(json!({"replies": ["Да"]}));
        assert_eq!(plain.rated(5, None), plain);
    }

    proptest! {
        #[test]
        fn any_comment_is_kept_as_it_is_and_replaced(comment in any::<String>(), score in 1..=5_i64, title in "\\PC{1,20}") {
            let content = Content { cards: vec![Card { title, ..Card::default() }], rating: Some(Rating::default()), ..Content::default() };
            let raw = content.to_raw().unwrap();
            let rated = raw.rated(score, Some(&comment));
            let rating = Some(Rating { score: Some(score), comment: Some(comment) });
            let again = Content { rating, ..content };
            prop_assert_eq!(Some(rated.clone()), again.to_raw());
            prop_assert_eq!(rated.rated(2, None), raw.rated(2, None));
        }
    }
}
