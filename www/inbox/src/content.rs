//! What a message carries beside its text, in its bubble: cards, quick replies, a request to rate and its answer.

use leptos::prelude::*;
use shared::content::Raw;
use shared::node::{FromNode, Node, member};
use widget::node::JsNode;

use crate::address::{host, is_picture, is_web};
use crate::text;

/// The best score.
const SCORE_MAX: i64 = 5;

/// What a message carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    pub cards: Vec<Card>,
    /// Answers that the visitor sends by a tap.
    pub replies: Vec<String>,
    pub rating: Option<Rating>,
}

/// A product or an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    pub title: String,
    pub text: Option<String>,
    pub image: Option<String>,
    pub url: Option<String>,
    pub price: Option<String>,
    pub buttons: Vec<Button>,
}

/// A button of a card; without an address the visitor sends its text by a tap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    pub text: String,
    pub url: Option<String>,
}

/// A request to rate; without a score nobody has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rating {
    /// 1 to 5.
    pub score: Option<i64>,
    pub comment: Option<String>,
}

impl Content {
    /// What came, as far as it is known here.
    pub fn of(raw: &Raw) -> Self {
        JsNode::parse(raw.as_str()).as_ref().and_then(Self::from_node).unwrap_or_default()
    }
}

impl FromNode for Content {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        let rating = node.get("rating").filter(|rating| !rating.is_null());
        Some(Self {
            cards: list(node, "cards"),
            replies: list(node, "replies"),
            rating: rating.as_ref().and_then(Rating::from_node),
        })
    }
}

impl FromNode for Card {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Some(Self {
            title: member(node, "title")?,
            text: said(node, "text"),
            image: said(node, "image").filter(|address| is_picture(address)),
            url: said(node, "url").filter(|address| is_web(address)),
            price: said(node, "price"),
            buttons: list(node, "buttons"),
        })
    }
}

impl FromNode for Button {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Some(Self { text: member(node, "text")?, url: said(node, "url").filter(|address| is_web(address)) })
    }
}

impl FromNode for Rating {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        let score = node.get("score").and_then(|score| score.integer());
        Some(Self { score: score.filter(|score| (1..=SCORE_MAX).contains(score)), comment: said(node, "comment") })
    }
}

/// What of a list can be read: one bad element takes nothing from the others.
fn list<T: FromNode, N: Node>(node: &N, key: &str) -> Vec<T> {
    let elements = node.get(key).and_then(|list| list.elements()).unwrap_or_default();
    elements.iter().filter_map(T::from_node).collect()
}

/// A text that says something.
fn said<N: Node>(node: &N, key: &str) -> Option<String> {
    node.get(key)?.string().filter(|text| !text.trim().is_empty())
}

/// A score as stars.
fn stars(score: i64) -> String {
    (1..=SCORE_MAX).map(|star| if star <= score { '★' } else { '☆' }).collect()
}

/// All of it. Nothing can be pressed but links: the rest is for the visitor.
pub fn content_view(content: Content) -> impl IntoView + use<> {
    let Content { cards, replies, rating } = content;
    view! {
        {(!cards.is_empty())
            .then(|| view! { <div class="cards">{cards.into_iter().map(card_view).collect_view()}</div> })}
        {(!replies.is_empty()).then(|| replies_view(replies))}
        {rating.map(rating_view)}
    }
}

/// Quick replies, as the visitor gets them.
pub fn replies_view(replies: Vec<String>) -> impl IntoView + use<> {
    view! {
        <ul class="replies" aria-label=text::REPLIES>
            {replies.into_iter().map(|reply| view! { <li class="choice">{reply}</li> }).collect_view()}
        </ul>
    }
}

fn card_view(card: Card) -> impl IntoView + use<> {
    let Card { title, text, image, url, price, buttons } = card;
    let is_lost = RwSignal::new(false);
    view! {
        <div class="card">
            {image.map(|address| {
                view! {
                    // Its place is kept by the styles.
                    <img
                        class="shot"
                        alt=""
                        loading="lazy"
                        referrerpolicy="no-referrer"
                        src=address
                        hidden=move || is_lost.get()
                        on:error=move |_| is_lost.set(true)
                    />
                }
            })}
            <strong class="title">{title}</strong>
            {price.map(|price| view! { <span class="price">{price}</span> })}
            {text.map(|text| view! { <p class="about-it">{text}</p> })}
            {url.map(|url| {
                let whose = host(&url).to_owned();
                view! { <a class="go" href=url target="_blank" rel="noopener noreferrer nofollow">{whose}</a> }
            })}
            {(!buttons.is_empty())
                .then(|| view! { <div class="acts">{buttons.into_iter().map(button_view).collect_view()}</div> })}
        </div>
    }
}

fn button_view(button: Button) -> AnyView {
    let Button { text, url } = button;
    match url {
        Some(url) => view! { <a class="choice" href=url target="_blank" rel="noopener noreferrer nofollow">{text}</a> }
            .into_any(),
        None => view! { <span class="choice">{text}</span> }.into_any(),
    }
}

fn rating_view(rating: Rating) -> impl IntoView + use<> {
    let score = match rating.score {
        Some(score) => {
            view! { <span class="stars" role="img" aria-label=text::rated(score)>{stars(score)}</span> }.into_any()
        }
        None => view! { <span class="wait">{text::RATING_AWAITED}</span> }.into_any(),
    };
    view! { <div class="rating">{score} {rating.comment.map(|comment| view! { <p class="comment">{comment}</p> })}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, flag, list, number, object, text};

    fn read(json: &Json) -> Content {
        Content::from_node(json).unwrap_or_default()
    }

    #[test]
    fn what_the_relay_tells_is_read() {
        let button = object(&[("text", text("Купить")), ("url", text("https://shop.ru/buy"))]);
        let card = object(&[
            ("title", text("Самокат")),
            ("text", text("До 60 кг")),
            ("image", text("https://shop.ru/s.jpg")),
            ("url", text("https://shop.ru/s")),
            ("price", text("5 990 ₽")),
            ("buttons", list(&[button, object(&[("text", text("Есть синий?"))])])),
        ]);
        let rating = object(&[("score", number(4)), ("comment", text("Быстро"))]);
        let content = read(&object(&[("cards", list(&[card])), ("replies", list(&[text("Да")])), ("rating", rating)]));
        assert_eq!(
            content,
            Content {
                cards: vec![Card {
                    title: "Самокат".into(),
                    text: Some("До 60 кг".into()),
                    image: Some("https://shop.ru/s.jpg".into()),
                    url: Some("https://shop.ru/s".into()),
                    price: Some("5 990 ₽".into()),
                    buttons: vec![
                        Button { text: "Купить".into(), url: Some("https://shop.ru/buy".into()) },
                        Button { text: "Есть синий?".into(), url: None },
                    ],
                }],
                replies: vec!["Да".into()],
                rating: Some(Rating { score: Some(4), comment: Some("Быстро".into()) }),
            }
        );
    }

    #[test]
    fn what_is_left_out_or_wrong_is_not_there_and_the_rest_is() {
        assert_eq!(read(&object(&[])), Content::default());
        assert_eq!(read(&object(&[("cards", text("?")), ("rating", Json::Null)])), Content::default());
        let cards = list(&[number(1), object(&[("text", text("без названия"))]), object(&[("title", text("Чай"))])]);
        let titles: Vec<String> = read(&object(&[("cards", cards)])).cards.into_iter().map(|card| card.title).collect();
        assert_eq!(titles, ["Чай"]);
    }

    #[test]
    fn what_is_no_address_of_the_web_is_no_link_and_no_picture() {
        let card = object(&[
            ("title", text("Чай")),
            ("url", text("javascript:alert(1)")),
            ("image", text("http://shop.ru/s.jpg")),
            ("buttons", list(&[object(&[("text", text("Купить")), ("url", text("data:text/html,x"))])])),
        ]);
        let read = read(&object(&[("cards", list(&[card]))])).cards;
        let button = Button { text: "Купить".into(), url: None };
        assert_eq!(read, [Card { title: "Чай".into(), buttons: vec![button], ..Card::default() }]);
    }

    #[test]
    fn a_request_to_rate_waits_until_there_is_a_score_of_one_to_five() {
        let score = |score: Json| {
            let rating = object(&[("score", score), ("comment", text(" "))]);
            read(&object(&[("rating", rating)])).rating
        };
        for wrong in [Json::Null, number(0), number(6), flag(true)] {
            assert_eq!(score(wrong), Some(Rating::default()));
        }
        assert_eq!(score(number(1)), Some(Rating { score: Some(1), comment: None }));
        assert_eq!([stars(1), stars(4), stars(5)], ["★☆☆☆☆", "★★★★☆", "★★★★★"]);
    }
}
