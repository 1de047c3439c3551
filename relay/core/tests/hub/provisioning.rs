//! The organization, its tokens and its visitors' sessions.

use crate::bench;

use bench::people::{integration, operator, visitor};
use bench::{Bench, KEY, SHOP, SIGNING};
use relay_core::auth::keyring::Keyring;
use relay_core::auth::token;
use relay_core::hub::{Actor, Command, Request, Visit};
use relay_core::storage::is_provisioned;
use relay_core::upstream::ozon::Credentials;
use serde_json::{Value, json};
use shared::id::{SAFE_INTEGER_MAX, is_visitor};
use shared::limits::{
    NAME_CHARS_MAX, ORGANIZATION_ID_BYTES_MAX, ORIGINS_MAX, TOKEN_BYTES_MAX, TOKEN_TTL_MAX_S, VISITOR_TOKEN_RENEW_S,
    VISITOR_TOKEN_TTL_S,
};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::{Claims, Role};

fn claims_of(bench: &Bench, answer: &Value) -> Claims {
    let keyring = Keyring::parse(SIGNING).unwrap();
    token::verify_live(&keyring, answer["token"].as_str().unwrap(), bench.now).unwrap()
}

fn session(bench: &mut Bench, key: &str, origin: Option<&str>, previous: Option<Claims>) -> Result<Value, Problem> {
    let entropy = bench.entropy();
    let visit = Visit { key: key.into(), origin: origin.map(Into::into), previous, ..Visit::default() };
    bench.request(Request::WidgetSession { visit, entropy })
}

fn issue(bench: &mut Bench, role: Role, name: &str, ttl_s: i64) -> Result<Value, Problem> {
    bench.administer(Command::IssueToken { role, name: name.into(), ttl_s, scopes: None, holder: None })
}

#[test]
fn an_organization_is_made_once_and_stays_as_it_was() {
    let mut bench = Bench::empty();
    let made = bench.provision("lavka", &[SHOP], None).unwrap();
    let key = made["publishable_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("pk_lavka_"));
    assert_eq!((&made["id"], &made["origins"]), (&json!("lavka"), &json!([SHOP])));
    for _ in 0..2 {
        let again = bench.provision("lavka", &["https://evil.ru"], Some("pk_lavka_anotherkey"));
        assert_eq!(again.unwrap_err().code, Code::Conflict);
        assert!(session(&mut bench, &key, Some(SHOP), None).is_ok());
        assert_eq!(session(&mut bench, &key, Some("https://evil.ru"), None).unwrap_err().code, Code::OriginNotAllowed);
        bench.crash();
    }
}

#[test]
fn what_cannot_be_an_organization_is_refused_and_leaves_no_trace() {
    let mut bench = Bench::empty();
    let long = "a".repeat(ORGANIZATION_ID_BYTES_MAX + 1);
    for id in ["", "Lavka", "лавка", "a b", "-a", "a-", "a/b", "a_b", long.as_str()] {
        assert_eq!(bench.provision(id, &[SHOP], None).unwrap_err().code, Code::Invalid, "{id}");
    }
    for origin in ["", "*", "shop.ru", "https://shop.ru/", "https://*", "javascript://x", "https://a b", "https://"] {
        assert_eq!(bench.provision("lavka", &[origin], None).unwrap_err().code, Code::Invalid, "{origin}");
    }
    let many = vec![SHOP; ORIGINS_MAX + 1];
    assert_eq!(bench.provision("lavka", &many, None).unwrap_err().code, Code::Invalid);
    assert_eq!(bench.provision("lavka", &[SHOP], Some("pk_drugaya_storefront")).unwrap_err().code, Code::Invalid);
    for key in ["", "pk_lavka", "sk_lavka_storefront", "pk_lavka_short"] {
        assert_eq!(bench.provision("lavka", &[SHOP], Some(key)).unwrap_err().code, Code::UnknownKey, "{key}");
    }
    for name in ["".to_owned(), "  ".into(), "я".repeat(NAME_CHARS_MAX + 1)] {
        let id = "lavka".to_owned();
        let refused = bench.request(Request::Provision {
            id,
            name,
            origins: vec![],
            publishable_key: None,
            actor: Actor::administrator(None),
            entropy: [1; 32],
        });
        assert_eq!(refused.unwrap_err().code, Code::Invalid);
    }
    assert!(!is_provisioned(&bench.store).unwrap());
    assert!(bench.provision(&"a".repeat(ORGANIZATION_ID_BYTES_MAX), &vec![SHOP; ORIGINS_MAX], None).is_ok());
}

#[test]
fn staffs_tokens_say_who_they_are_for_and_how_long() {
    let mut bench = Bench::new();
    for (role, ttl_s) in [(Role::Operator, 1), (Role::Integration, TOKEN_TTL_MAX_S)] {
        let name = "Я".repeat(NAME_CHARS_MAX);
        let answer = issue(&mut bench, role, &name, ttl_s).unwrap();
        let claims = claims_of(&bench, &answer);
        assert_eq!((claims.org.as_str(), claims.role, claims.sub, &claims.name), ("lavka", role, 0, &name));
        assert_eq!(claims.exp, bench.now.seconds() + ttl_s);
        assert_eq!(Timestamp::parse(answer["expires_at"].as_str().unwrap()).unwrap().seconds(), claims.exp);
        assert!(answer["token"].as_str().unwrap().len() < TOKEN_BYTES_MAX);
        let conn = bench.connect(&claims);
        assert_eq!(bench.take(conn)[0]["data"]["role"], json!(role));
    }
}

#[test]
fn a_token_needs_a_staff_role_a_name_and_a_reasonable_life() {
    let mut bench = Bench::new();
    assert_eq!(issue(&mut bench, Role::Visitor, "Анна", 60).unwrap_err().code, Code::Invalid);
    for ttl_s in [i64::MIN, -1, 0, TOKEN_TTL_MAX_S + 1, i64::MAX] {
        assert_eq!(issue(&mut bench, Role::Operator, "Анна", ttl_s).unwrap_err().code, Code::Invalid, "{ttl_s}");
    }
    for name in ["".to_owned(), "\t".into(), "Я".repeat(NAME_CHARS_MAX + 1)] {
        assert_eq!(issue(&mut bench, Role::Operator, &name, 60).unwrap_err().code, Code::Invalid);
    }
}

#[test]
fn a_session_makes_a_visitor_of_their_own() {
    let mut bench = Bench::new();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let answer = session(&mut bench, KEY, Some(SHOP), None).unwrap();
        let claims = claims_of(&bench, &answer);
        assert_eq!((claims.org.as_str(), claims.role), ("lavka", Role::Visitor));
        assert_eq!(claims.exp, bench.now.seconds() + VISITOR_TOKEN_TTL_S);
        assert_eq!(answer["user_id"], json!(claims.sub));
        assert!(is_visitor(claims.sub) && claims.sub >= -SAFE_INTEGER_MAX);
        let conn = bench.connect(&claims);
        assert_eq!(bench.names(conn), ["welcome"]);
        ids.push(claims.sub);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_session_needs_the_key_and_a_page_on_the_list() {
    let mut bench = Bench::empty();
    bench.provision("lavka", &[SHOP, "https://*.shop.ru"], Some(KEY)).unwrap();
    for key in ["", "pk_lavka_storefronT", "pk_lavka_storefron", "pk_lavka_storefrontt", "pk_drugaya_storefront"] {
        assert_eq!(session(&mut bench, key, Some(SHOP), None).unwrap_err().code, Code::UnknownKey, "{key}");
    }
    for origin in [None, Some("null"), Some("https://evil.ru"), Some("http://shop.ru"), Some("https://eshop.ru")] {
        assert_eq!(session(&mut bench, KEY, origin, None).unwrap_err().code, Code::OriginNotAllowed, "{origin:?}");
    }
    for origin in [SHOP, "https://m.shop.ru", "https://SHOP.ru"] {
        assert!(session(&mut bench, KEY, Some(origin), None).is_ok(), "{origin}");
    }
}

#[test]
fn a_renewal_keeps_the_visitor_to_the_last_second_and_not_beyond() {
    let mut bench = Bench::new();
    let first = session(&mut bench, KEY, Some(SHOP), None).unwrap();
    let claims = claims_of(&bench, &first);
    let last_second = VISITOR_TOKEN_TTL_S + VISITOR_TOKEN_RENEW_S - 1;
    for (after_s, is_kept) in [
        (0, true),
        (VISITOR_TOKEN_TTL_S - 1, true),
        (VISITOR_TOKEN_TTL_S, true),
        (last_second, true),
        (last_second + 1, false),
        (last_second * 2, false),
    ] {
        bench.now = bench::START.plus_ms(after_s * 1000);
        let renewed = session(&mut bench, KEY, Some(SHOP), Some(claims.clone())).unwrap();
        assert_eq!(renewed["user_id"] == first["user_id"], is_kept, "after {after_s} s");
        let fresh = claims_of(&bench, &renewed);
        assert_eq!(fresh.exp, bench.now.seconds() + VISITOR_TOKEN_TTL_S);
        assert_ne!(fresh.jti, claims.jti);
    }
}

#[test]
fn claims_that_are_no_visitors_of_this_shop_renew_nothing() {
    let mut bench = Bench::new();
    let mut foreign = visitor(-7);
    foreign.org = "drugaya".into();
    let mut staff = operator("Анна");
    staff.sub = -7;
    let mut program = integration("CRM");
    program.sub = -7;
    for claims in [foreign, staff, program] {
        let answer = session(&mut bench, KEY, Some(SHOP), Some(claims.clone())).unwrap();
        assert_ne!(answer["user_id"], json!(-7), "{claims:?}");
        assert_eq!(claims_of(&bench, &answer).role, Role::Visitor);
    }
    assert_eq!(session(&mut bench, KEY, Some(SHOP), Some(visitor(-7))).unwrap()["user_id"], json!(-7));
}

#[test]
fn an_ozon_key_is_kept_sealed_and_the_hooks_address_outlives_a_new_key() {
    let mut bench = Bench::new();
    let first = bench.connect_ozon().unwrap();
    let hook = first["hook"].as_str().unwrap();
    assert!(hook.starts_with("/hooks/ozon/lavka/") && hook.len() >= "/hooks/ozon/lavka/".len() + 26);
    let sealed = relay_core::storage::Sql::query(&bench.store, "SELECT sealed FROM accounts", &[]).unwrap();
    assert!(!format!("{sealed:?}").contains("0f9d2a7e-secret"));
    assert_eq!(bench.connect_ozon().unwrap(), first);
    let again = relay_core::storage::Sql::query(&bench.store, "SELECT sealed FROM accounts", &[]).unwrap();
    assert_ne!(sealed, again, "a seal is never made twice with one nonce");
    assert_eq!(again.len(), 1);
}

#[test]
fn what_cannot_be_an_ozon_key_is_refused() {
    let mut bench = Bench::new();
    let long = "1".repeat(21);
    for (client_id, api_key) in [
        ("", "0f9d2a7e-secret"),
        ("-836", "0f9d2a7e-secret"),
        ("abc", "0f9d2a7e-secret"),
        (long.as_str(), "0f9d2a7e-secret"),
        ("836", ""),
        ("836", "short"),
        ("836", "with a space"),
        ("836", "with\r\nX-Evil: 1"),
        ("836", "ключ-ключ"),
    ] {
        let credentials = Credentials { client_id: client_id.into(), api_key: api_key.into() };
        let refused = bench.administer(Command::ConnectOzon { credentials });
        assert_eq!(refused.unwrap_err().code, Code::Invalid, "{client_id} {api_key}");
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM accounts"), [0]);
}
