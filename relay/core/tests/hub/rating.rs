//! Ratings: asked for by a message, given by its visitor, replaced by the next.

use crate::bench;

use bench::people::{operator, visitor};
use bench::screen::Screen;
use bench::{Bench, SHOP};
use relay_core::hub::{Command, Rating, Request};
use serde_json::{Value, json};
use shared::limits::RATING_COMMENT_CHARS_MAX;
use shared::problem::Code;
use shared::token::Claims;

const USER: i64 = -7;

fn rate(bench: &mut Bench, claims: &Claims, rating: (i64, i64, Option<&str>)) -> Result<Value, Code> {
    let (message_id, score, comment) = rating;
    let rating = Rating { message_id, score, comment: comment.map(Into::into) };
    let request = Request::Rate { claims: claims.clone(), origin: Some(SHOP.into()), rating };
    bench.request(request).map_err(|problem| problem.code)
}

/// A chat in which the organization has asked for a rating, and the message that asks.
fn asked(bench: &mut Bench) -> (u64, i64) {
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Спасибо");
    let action = json!({"action": "send_message", "user_id": USER, "text": "Оцените", "content": {"rating": true}});
    let sent = bench.ask(desk, action).unwrap();
    bench.clear();
    (desk, sent["message"]["message_id"].as_i64().unwrap())
}

#[test]
fn a_rating_is_kept_with_its_message_and_told_to_staff_only() {
    let mut bench = Bench::new();
    let (desk, asking) = asked(&mut bench);
    let widget = bench.connect(&visitor(USER));
    bench.clear();
    let answer = rate(&mut bench, &visitor(USER), (asking, 4, Some("Быстро"))).unwrap();
    assert_eq!(answer, json!({"message_id": asking, "score": 4, "comment": "Быстро"}));
    let told = bench.only(desk, "rating");
    assert_eq!(told[0]["data"], json!({"user_id": USER, "message_id": asking, "score": 4, "comment": "Быстро"}));
    assert!(told[0]["offset"].is_i64() && bench.take(widget).is_empty());
    // Said again as it was, it is said already; otherwise it replaces the former.
    rate(&mut bench, &visitor(USER), (asking, 4, Some("Быстро"))).unwrap();
    assert!(bench.take(desk).is_empty());
    rate(&mut bench, &visitor(USER), (asking, 2, Some(" "))).unwrap();
    assert_eq!(bench.only(desk, "rating")[0]["data"]["comment"], Value::Null);
    bench.hibernate();
    let kept = json!({"rating": {"score": 2, "comment": null}});
    for conn in [widget, desk] {
        assert_eq!(bench.history(conn, USER)["messages"][1]["content"], kept);
    }
    let export = bench.administer(Command::ExportUser { user_id: USER, after: None, limit: None }).unwrap();
    assert_eq!(export["messages"][1]["content"], kept);
    bench.administer(Command::DeleteUser { user_id: USER }).unwrap();
    assert_eq!(rate(&mut bench, &visitor(USER), (asking, 5, None)), Err(Code::TokenRevoked));
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [0]);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM events WHERE body LIKE '%Быстро%'"), [0]);
}

#[test]
fn only_what_was_asked_of_this_visitor_is_rated() {
    let mut bench = Bench::new();
    let (desk, asking) = asked(&mut bench);
    let plain = bench.operator_writes(desk, USER, "Просто текст");
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "И я");
    bench.clear();
    for (claims, id) in [(visitor(USER), plain), (visitor(USER), 1), (visitor(USER), 999), (visitor(-8), asking)] {
        assert_eq!(rate(&mut bench, &claims, (id, 5, None)), Err(Code::NotFound), "{id}");
    }
    assert_eq!(rate(&mut bench, &operator("Анна"), (asking, 5, None)), Err(Code::Forbidden));
    let mut foreign = visitor(USER);
    foreign.org = "elsewhere".into();
    assert_eq!(rate(&mut bench, &foreign, (asking, 5, None)), Err(Code::Forbidden));
    for origin in [None, Some("https://evil.ru".to_owned())] {
        let rating = Rating { message_id: asking, score: 5, comment: None };
        let refused = bench.request(Request::Rate { claims: visitor(USER), origin, rating });
        assert_eq!(refused.unwrap_err().code, Code::OriginNotAllowed);
    }
    for score in [0, 6, -1, i64::MAX] {
        assert_eq!(rate(&mut bench, &visitor(USER), (asking, score, None)), Err(Code::Invalid), "{score}");
    }
    let long = "я".repeat(RATING_COMMENT_CHARS_MAX + 1);
    assert_eq!(rate(&mut bench, &visitor(USER), (asking, 1, Some(&long))), Err(Code::TooLarge));
    assert!(bench.take(desk).is_empty());
    let long = "я".repeat(RATING_COMMENT_CHARS_MAX);
    assert!(rate(&mut bench, &visitor(USER), (asking, 1, Some(&long))).is_ok());
}

#[test]
fn an_inbox_that_hears_of_a_rating_shows_what_a_fresh_one_loads() {
    let mut bench = Bench::new();
    let (_, asking) = asked(&mut bench);
    let mut inbox = Screen::open(&mut bench, &operator("Олег"));
    inbox.client.open_chat(bench.now, USER);
    inbox.run(&mut bench);
    rate(&mut bench, &visitor(USER), (asking, 3, Some("\"Так\" } себе"))).unwrap();
    inbox.run(&mut bench);
    let mut fresh = Screen::open(&mut bench, &operator("Олег"));
    fresh.client.open_chat(bench.now, USER);
    fresh.run(&mut bench);
    let shown = |screen: &Screen| screen.client.state().chat(USER).unwrap().messages().cloned().collect::<Vec<_>>();
    assert_eq!(shown(&inbox), shown(&fresh));
    assert!(shown(&inbox)[1].content.as_ref().unwrap().as_str().contains("\"score\":3"));
}
