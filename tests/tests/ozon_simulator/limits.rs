//! How often a seller may call, and what the simulator tells of it.

use std::time::Duration;

use serde_json::json;
use tests::ozon::Limits;

use super::seller::{Seller, market};

const ROLES: &str = "/v1/roles";

/// The clock is moved past whatever was counted, so that nothing depends on when a test began.
const PAST_ANY_SECOND: Duration = Duration::from_secs(2);

#[tokio::test]
async fn the_busiest_second_is_told_whatever_was_answered() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    assert_eq!(ozon.state().await.unwrap().peak_per_second, 0);
    for _ in 0..3 {
        seller.ok(ROLES, json!({})).await;
    }
    let before = ozon.state().await.unwrap().peak_per_second;
    assert!((1..=3).contains(&before), "{before}");
    ozon.advance(PAST_ANY_SECOND).await.unwrap();
    let strict = Limits { per_second: 2, ..Limits::default() };
    ozon.limits(&strict).await.unwrap();
    let calls = (0..20).map(|_| seller.post(ROLES, json!({})));
    let said = futures_util::future::join_all(calls).await;
    let state = ozon.state().await.unwrap();
    let refused = said.iter().filter(|said| said.status == 429).count();
    assert_eq!(state.refused_by_rate, refused as u64);
    assert!(state.peak_per_second > 3 && state.peak_per_second <= 20, "{}", state.peak_per_second);
    assert!(refused > 0);
}

#[tokio::test]
async fn the_fifty_first_call_passes_when_the_second_is_over() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let calls = (0..80).map(|_| seller.post(ROLES, json!({})));
    let said = futures_util::future::join_all(calls).await;
    assert!(said.iter().any(|said| said.status == 429), "80 calls at once all passed");
    ozon.advance(PAST_ANY_SECOND).await.unwrap();
    seller.ok(ROLES, json!({})).await;
}

#[tokio::test]
async fn a_retry_after_is_told_only_on_request() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    for retry_after_s in [None, Some(7)] {
        ozon.limits(&Limits { per_second: 0, retry_after_s, ..Limits::default() }).await.unwrap();
        let answer = seller.request(reqwest::Method::POST, ROLES).send().await.unwrap();
        assert_eq!(answer.status(), 429);
        let told = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(told, retry_after_s.map(|seconds: u32| seconds.to_string()));
    }
}

#[tokio::test]
async fn the_circle_of_a_hammered_method_opens_for_minutes() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    ozon.limits(&Limits { per_second: 1, circle_after: 5, ..Limits::default() }).await.unwrap();
    let calls = (0..40).map(|_| seller.post(ROLES, json!({})));
    let said = futures_util::future::join_all(calls).await;
    let open: Vec<_> = said.iter().filter(|said| said.body["message"] == "Circle is open").collect();
    assert!(!open.is_empty(), "40 calls did not open the circle");
    assert_eq!((open[0].status, &open[0].body["code"]), (503, &json!(14)));

    ozon.advance(PAST_ANY_SECOND).await.unwrap();
    seller.refused(ROLES, json!({}), 503, 14).await;
    seller.ok("/v1/seller/info", json!({})).await;
    ozon.advance(Duration::from_secs(5 * 60)).await.unwrap();
    seller.ok(ROLES, json!({})).await;
}
