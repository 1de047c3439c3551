//! `POST /v1/notification/push-type/list` `{}`: every type, with the URL it is connected to.

use serde_json::{Value, json};

use crate::ozon::market::Market;
use crate::ozon::push::types::PushType;
use crate::ozon::refusal::Answer;

pub(crate) fn answer(market: &Market) -> Answer {
    market.read(|shop| {
        let entry = |kind: PushType| {
            let endpoint = shop.endpoints.iter().find(|endpoint| endpoint.types.contains(&kind));
            let endpoint = endpoint.map(|endpoint| json!({"id": endpoint.id, "url": endpoint.url}));
            json!({"type": kind, "description": kind.description(), "seller_endpoint": endpoint})
        };
        Ok(json!({"types": PushType::ALL.into_iter().map(entry).collect::<Vec<Value>>()}))
    })
}
