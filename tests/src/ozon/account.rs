//! `POST /v1/roles` and `POST /v1/seller/info`: what a key may do and whose it is. Clients use both as a cheap check.

use serde_json::json;

use super::clock;
use super::market::Market;
use super::options::Subscription;
use super::refusal::Answer;
use super::vendor::METHODS;

/// `POST /v1/roles` `{}`.
pub(crate) fn roles(market: &Market) -> Answer {
    let account = market.account();
    let methods: Vec<_> = METHODS.iter().filter(|method| !account.denied.contains(**method)).collect();
    let expires_at = clock::rfc3339(account.key_until_ms);
    Ok(json!({"expires_at": expires_at, "roles": [{"name": "Admin", "methods": methods}]}))
}

/// `POST /v1/seller/info` `{}`.
pub(crate) fn seller_info(market: &Market) -> Answer {
    let subscription = market.account().subscription(market.now_ms());
    let is_premium = subscription != Subscription::Unknown;
    Ok(json!({
        "company": {
            "country": "RU",
            "currency": "RUB",
            "inn": "7700000000",
            "legal_name": "ООО «Прилавок»",
            "name": "Прилавок",
            "ogrn": "1027700000000",
            "ownership_form": "ООО",
            "tax_system": "USN",
        },
        "ratings": [{
            "current_value": {"date_from": "", "date_to": "", "formatted": "4,9", "status": {"danger": false, "premium": true, "warning": false}, "value": 4.9},
            "name": "Рейтинг продавца",
            "rating": "rating_price",
            "status": "OK",
            "value_type": "RATIO",
        }],
        "subscription": {"is_premium": is_premium, "type": subscription},
    }))
}
