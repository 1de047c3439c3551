//! Everybody who could call: with a token of each kind, with none, and with all sorts of bad ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relay_core::auth::keyring::Keyring;
use relay_core::auth::token;
use serde_json::{Value, json};
use shared::access::Scope;
use shared::id::UserId;
use shared::route::OZON;
use shared::token::{Claims, Role};
use tests::world::{Organization, Seller, Visitor, World, now, png};

/// One caller; a column of the table of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No token.
    Nobody,
    /// A token that is none: garbage, unsigned, signed by others, or with changed claims.
    Forger,
    /// An operator whose token's time is over, or whose key is no longer in use.
    Expired,
    /// An operator whose token was withdrawn.
    Revoked,
    /// The visitor whose chat it is.
    Visitor,
    /// Another visitor of the same shop.
    OtherVisitor,
    /// A visitor of another shop.
    VisitorElsewhere,
    /// An operator with the usual scopes.
    Operator,
    /// A program with the usual scopes.
    Integration,
    /// An operator with no scope at all.
    Scopeless,
    /// An operator with every scope.
    Manager,
    /// The same in another organization.
    ManagerElsewhere,
    /// Whoever runs the relay.
    Administrator,
}

impl Caller {
    /// The columns, in the tables' order.
    pub const ALL: [Self; 13] = [
        Self::Nobody,
        Self::Forger,
        Self::Expired,
        Self::Revoked,
        Self::Visitor,
        Self::OtherVisitor,
        Self::VisitorElsewhere,
        Self::Operator,
        Self::Integration,
        Self::Scopeless,
        Self::Manager,
        Self::ManagerElsewhere,
        Self::Administrator,
    ];
}

/// Two shops and everybody at them.
pub struct Stage {
    pub shop: Organization<'static>,
    pub elsewhere: Organization<'static>,
    pub visitor: Visitor,
    pub other_visitor: Visitor,
    pub visitor_elsewhere: Visitor,
    pub operator: String,
    pub integration: String,
    /// May read chats, and nothing else.
    pub reader: String,
    pub manager: String,
    scopeless: String,
    manager_elsewhere: String,
    expired: [String; 2],
    revoked: String,
    administrator: String,
    forged: Vec<String>,
    /// The shop's account at Ozon.
    pub seller: Seller,
    /// A file that a buyer has sent to the shop, at the relay.
    pub ozon_file: String,
    /// A token of the shop that may be withdrawn.
    pub spare_token: String,
    /// An identity secret of the shop that may be removed.
    pub kid: String,
    /// An organization that may be deleted.
    pub doomed: String,
    /// A file that the visitor has uploaded.
    pub file_id: String,
    /// A signed link to it.
    pub file_link: String,
}

impl Stage {
    pub async fn set() -> Self {
        let world = World::shared().await;
        let (shop, elsewhere) = (world.organization("access").await, world.organization("elsewhere").await);
        let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let (revoked, revoked_id) = issue(&shop, "Уволенный", Some(&scopes)).await;
        let path = format!("/v1/tokens/{revoked_id}?organization={}", shop.id);
        let admin = world.admin();
        admin.call(reqwest::Method::DELETE, &path, reqwest::Body::default()).await.expect(200);
        let seller = shop.connect_ozon().await;
        let ozon_file = format!("{OZON}{}", seller.buyer_sends("chat-with-a-file", "a.png", &png(1, 1, 64)).await);
        let address = format!("/v1/organizations/{}", shop.id);
        let consent = json!({"consent": {"version": "1", "text": "Согласен"}}).to_string();
        admin.call(reqwest::Method::PATCH, &address, consent.into()).await.expect(200);
        let secret = admin.post(&format!("{address}/identity-secrets"), &json!({})).await.expect(201);
        let operator = shop.operator("Анна").await;
        let keys = world.signing_keys().await;
        let visitor = shop.visitor().await;
        let uploaded = shop.upload_as_visitor(&visitor, "a.png", png(1, 1, 64)).await.expect(201);
        let file_id = uploaded["file_id"].as_str().expect("an id").to_owned();
        let mut desk = shop.events(&operator).await;
        let link = desk.result(json!({"action": "file_link", "file_id": file_id})).await;
        let claims = claims_of(&operator);
        let own = Keyring::parse(&keys).expect("the relay's own keys");
        let expired = Claims { exp: now().seconds() - 1, jti: "expired".into(), ..claims.clone() };
        Self {
            visitor,
            file_id,
            file_link: link["url"].as_str().expect("a link").to_owned(),
            other_visitor: shop.visitor().await,
            visitor_elsewhere: elsewhere.visitor().await,
            integration: shop.integration("CRM").await,
            reader: issue(&shop, "Читатель", Some(&["chats:read"])).await.0,
            manager: issue(&shop, "Хозяин", Some(&scopes)).await.0,
            scopeless: issue(&shop, "Немой", Some(&[])).await.0,
            manager_elsewhere: issue(&elsewhere, "Сосед", Some(&scopes)).await.0,
            expired: [token::sign(&own, &expired).expect("a signature"), signed_by_a_key_that_is_gone(&claims, &keys)],
            revoked,
            administrator: world.admin_token().to_owned(),
            forged: forged(&operator, &claims, &keys),
            seller,
            ozon_file,
            kid: secret["kid"].as_str().expect("a kid").to_owned(),
            doomed: world.organization("doomed").await.id,
            spare_token: issue(&shop, "Запасной", None).await.1,
            operator,
            shop,
            elsewhere,
        }
    }

    /// The tokens under which a caller comes, one after the other.
    pub fn tokens(&self, caller: Caller) -> Vec<Option<&str>> {
        let one = match caller {
            Caller::Nobody => return vec![None],
            Caller::Forger => return self.forged.iter().map(|token| Some(token.as_str())).collect(),
            Caller::Expired => return self.expired.iter().map(|token| Some(token.as_str())).collect(),
            Caller::Revoked => &self.revoked,
            Caller::Visitor => &self.visitor.token,
            Caller::OtherVisitor => &self.other_visitor.token,
            Caller::VisitorElsewhere => &self.visitor_elsewhere.token,
            Caller::Operator => &self.operator,
            Caller::Integration => &self.integration,
            Caller::Scopeless => &self.scopeless,
            Caller::Manager => &self.manager,
            Caller::ManagerElsewhere => &self.manager_elsewhere,
            Caller::Administrator => &self.administrator,
        };
        vec![Some(one)]
    }

    /// The chat of somebody who was never here.
    pub fn nobody(&self) -> UserId {
        987_654_321
    }
}

async fn issue(shop: &Organization<'_>, name: &str, scopes: Option<&[&str]>) -> (String, String) {
    let body = json!({"organization": shop.id, "role": "operator", "name": name, "ttl_s": 3600, "scopes": scopes, "holder": null});
    let made = shop.world().admin().post("/v1/tokens", &body).await.expect(201);
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("token"), text("token_id"))
}

fn claims_of(token: &str) -> Claims {
    let body = token.split('.').nth(1).expect("a token in three parts");
    let json = URL_SAFE_NO_PAD.decode(body).expect("base64url");
    serde_json::from_slice(&json).expect("claims")
}

fn signed_by(kid: &str, secret: &str, claims: &Claims) -> String {
    let keys = Keyring::parse(&json!({kid: secret}).to_string()).expect("a key");
    token::sign(&keys, claims).expect("a signature")
}

fn signed_by_a_key_that_is_gone(claims: &Claims, keys: &str) -> String {
    let keys: Value = serde_json::from_str(keys).expect("the relay's keys");
    let secret = keys.as_object().and_then(|keys| keys.values().next()).and_then(Value::as_str);
    signed_by("k0", secret.expect("a secret"), claims)
}

/// All that only looks like a token of ours.
fn forged(good: &str, claims: &Claims, keys: &str) -> Vec<String> {
    let parts: Vec<&str> = good.split('.').collect();
    let keys: Value = serde_json::from_str(keys).expect("the relay's keys");
    let kid = keys.as_object().and_then(|keys| keys.keys().next()).expect("a key");
    let admin = Claims { org: "*".into(), role: Role::Integration, ..claims.clone() };
    let encoded = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    vec![
        "garbage".into(),
        // Somebody else's secret under our key's id.
        signed_by(kid, &"A".repeat(43), claims),
        // Changed claims under a good signature; no signature; the algorithm "none".
        format!("{}.{}.{}", parts[0], encoded(serde_json::to_value(&admin).expect("claims")), parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.", encoded(json!({"alg": "none", "kid": kid})), parts[1]),
    ]
}
