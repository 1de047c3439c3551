//! Sessions of pages, and customers whom a merchant vouches for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use relay_core::auth::keyring::Keyring;
use relay_core::auth::token;
use relay_core::hub::{Command, Request, Visit};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::problem::Problem;
use shared::token::Claims;

use super::{Bench, KEY, SHOP, SIGNING};

/// A secret by which this merchant vouches.
pub struct Voucher {
    pub kid: String,
    pub secret: String,
}

impl Voucher {
    /// What the merchant's server signs for a customer.
    pub fn identity(&self, claims: &Value) -> String {
        jwt(&self.secret, &json!({"alg": "HS256", "kid": self.kid}), claims)
    }
}

pub fn jwt(secret: &str, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

impl Bench {
    pub fn voucher(&mut self) -> Voucher {
        let made = self.administer(Command::AddIdentitySecret).unwrap();
        let word = |name: &str| made[name].as_str().unwrap().to_owned();
        Voucher { kid: word("kid"), secret: word("secret") }
    }

    /// A page of the shop asks for a session.
    pub fn visit(&mut self, visit: Visit) -> Result<Value, Problem> {
        let entropy = self.entropy();
        let visit = Visit { key: KEY.into(), origin: Some(SHOP.into()), ..visit };
        self.request(Request::WidgetSession { visit, entropy })
    }

    /// The same for a customer, for whom the identity is good for a minute.
    pub fn customer(&mut self, voucher: &Voucher, id: &str, name: &str) -> Claims {
        let claims = json!({"sub": id, "exp": self.now.seconds() + 60, "name": name});
        let identity = Some(voucher.identity(&claims));
        let session = self.visit(Visit { identity, ..Visit::default() }).unwrap();
        self.claims_of(&session)
    }

    pub fn claims_of(&self, answer: &Value) -> Claims {
        token::verify_live(&Keyring::parse(SIGNING).unwrap(), answer["token"].as_str().unwrap(), self.now).unwrap()
    }
}
