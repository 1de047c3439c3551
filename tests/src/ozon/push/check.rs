//! The check of a URL before anything is pushed to it: one `TYPE_PING`, judged in the vendor's words.

use std::sync::Arc;
use std::time::Duration;

use super::body;
use super::courier::send;
use super::judge::{PushCheck, PushError};
use super::types::PushType;
use crate::ozon::market::Market;

/// How soon a URL that the control surface gave and that failed its check is checked again. The vendor leaves that to the
/// seller's button; a relay that starts after the marketplace should be found without one.
const RECHECK: Duration = Duration::from_secs(1);

/// Makes a URL the only one, for every type, and checks it once; one that fails is checked again in the background until it
/// answers. No URL ends the pushes.
pub(crate) async fn subscribe(market: &Arc<Market>, url: Option<String>) -> PushCheck {
    let now_ms = market.now_ms();
    let endpoint = market.change(|shop| {
        shop.endpoints.clear();
        url.map(|url| (shop.add_endpoint(url.clone(), PushType::ALL.into(), now_ms), url))
    });
    let Some((id, url)) = endpoint else { return PushCheck { is_active: false, errors: Vec::new() } };
    let verdict = check(market, &url).await;
    if !verdict.is_active {
        market.spawn(recheck(Arc::clone(market), id));
    }
    verdict
}

/// Checks a URL again and again until it answers or another one takes its place.
pub(crate) async fn recheck(market: Arc<Market>, id: u64) {
    let url = |market: &Market| {
        market.read(|shop| shop.endpoint(id).map(|endpoint| (endpoint.revision, endpoint.url.clone())))
    };
    let Some((revision, address)) = url(&market) else { return };
    while url(&market).is_some_and(|(now, _)| now == revision) {
        if check(&market, &address).await.is_active {
            return;
        }
        tokio::time::sleep(RECHECK).await;
    }
}

/// Checks a URL once; if it is one of the seller's, the verdict holds for it.
pub(crate) async fn check(market: &Market, url: &str) -> PushCheck {
    let errors: Vec<PushError> = send(market, url, &body::ping(market.now_ms())).await.error.into_iter().collect();
    market.change(|shop| {
        for endpoint in shop.endpoints.iter_mut().filter(|endpoint| endpoint.url == url) {
            endpoint.checked(errors.clone());
        }
    });
    PushCheck { is_active: errors.is_empty(), errors }
}
