//! Tokens that are none: of yesterday, and of somebody else's making.

use tests::world::{Organization, until};

/// A token that was good until a moment ago.
pub async fn expired_token(shop: &Organization<'_>) -> String {
    let token = shop.token("operator", "Вчерашняя", 1).await;
    let api = shop.api(&token);
    until("the token's end", async || (api.get("/v1/chats").await.status == 401).then_some(())).await;
    token
}

/// A token with another signature, and one whose claims were changed under the old one.
pub fn forged(token: &str) -> [String; 2] {
    let parts: Vec<&str> = token.split('.').collect();
    let flip = |text: &str| {
        let middle = text.len() / 2;
        let other = if text.as_bytes()[middle] == b'A' { 'B' } else { 'A' };
        format!("{}{other}{}", &text[..middle], &text[middle + 1..])
    };
    [format!("{}.{}.{}", parts[0], parts[1], flip(parts[2])), format!("{}.{}.{}", parts[0], flip(parts[1]), parts[2])]
}
