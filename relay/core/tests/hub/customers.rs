//! Customers whom the merchant vouches for: the same on every device, never merged with anybody, and never anybody without a
//! fresh identity.

use crate::bench;

use bench::people::operator;
use bench::visits::jwt;
use bench::{Bench, SEALING};
use relay_core::auth::keyring::Keyring;
use relay_core::hub::{Command, Visit};
use serde_json::{Value, json};
use shared::limits::VOUCHED_TOKEN_TTL_S;
use shared::problem::Code;
use shared::token::Claims;

fn anonymous(bench: &mut Bench, previous: Option<Claims>) -> Claims {
    let session = bench.visit(Visit { previous, ..Visit::default() }).unwrap();
    assert_eq!(session["verified"], false);
    bench.claims_of(&session)
}

fn profile(bench: &mut Bench, user_id: i64) -> Value {
    bench.administer(Command::ReadUser { user_id }).unwrap()
}

#[test]
fn a_customer_is_the_same_on_every_device_and_after_a_restart() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    let phone = bench.customer(&voucher, "42", "Анна");
    let conn = bench.connect(&phone);
    bench.visitor_writes(conn, "С телефона");
    bench.crash();
    let laptop = bench.customer(&voucher, "42", "Анна");
    assert_eq!(laptop.sub, phone.sub);
    assert_eq!(laptop.exp, bench.now.seconds() + VOUCHED_TOKEN_TTL_S);
    let conn = bench.connect(&laptop);
    assert_eq!(bench.texts(conn, laptop.sub), ["С телефона"]);
    let other = bench.customer(&voucher, "43", "Анна");
    assert_ne!(other.sub, phone.sub);
    assert_eq!(profile(&mut bench, phone.sub)["user_name"], "Анна");
}

#[test]
fn an_anonymous_visitor_who_identifies_gets_the_customers_chat_and_theirs_stays_apart() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    let before = anonymous(&mut bench, None);
    let conn = bench.connect(&before);
    bench.visitor_writes(conn, "Пока никто");
    let claims = json!({"sub": "42", "exp": bench.now.seconds() + 60});
    let identity = Some(voucher.identity(&claims));
    let session = bench.visit(Visit { previous: Some(before.clone()), identity, ..Visit::default() }).unwrap();
    assert_eq!(session["verified"], true);
    let customer = bench.claims_of(&session);
    assert_ne!(customer.sub, before.sub);
    let own = bench.connect(&customer);
    assert_eq!(bench.texts(own, customer.sub), Vec::<String>::new());
    assert_eq!(bench.ask(own, json!({"action": "history", "user_id": before.sub})), Err("forbidden".into()));
    // And back: whoever leaves the account is nobody in particular again, or the one they were before.
    bench.visitor_writes(own, "Я — сорок второй");
    let left = anonymous(&mut bench, Some(customer.clone()));
    assert!(left.sub != customer.sub && left.sub != before.sub);
    assert_eq!(anonymous(&mut bench, Some(before.clone())).sub, before.sub);
}

#[test]
fn an_identity_that_is_expired_forged_or_anothers_opens_nothing_and_leaves_nothing() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    let now = bench.now.seconds();
    let good = json!({"sub": "42", "exp": now + 60});
    let replayed = voucher.identity(&good);
    let head = json!({"alg": "HS256"});
    for (identity, code) in [
        (jwt("another secret", &head, &good), Code::Unauthorized),
        (jwt("", &head, &good), Code::Unauthorized),
        (jwt(&voucher.secret, &json!({"alg": "none"}), &good), Code::Unauthorized),
        (voucher.identity(&json!({"sub": "42", "exp": now})), Code::TokenExpired),
        (voucher.identity(&json!({"sub": "42"})), Code::Invalid),
        ("garbage".into(), Code::Unauthorized),
    ] {
        let refused = bench.visit(Visit { identity: Some(identity), ..Visit::default() });
        assert_eq!(refused.unwrap_err().code, code);
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM customers"), [0]);
    assert!(bench.visit(Visit { identity: Some(replayed.clone()), ..Visit::default() }).is_ok());
    bench.advance(60_000);
    let refused = bench.visit(Visit { identity: Some(replayed), ..Visit::default() });
    assert_eq!(refused.unwrap_err().code, Code::TokenExpired);
}

#[test]
fn two_secrets_live_at_a_time_and_a_removed_one_vouches_no_more() {
    let mut bench = Bench::new();
    let (old, new) = (bench.voucher(), bench.voucher());
    assert_eq!(bench.administer(Command::AddIdentitySecret).unwrap_err().code, Code::Conflict);
    let sub = bench.customer(&old, "42", "Анна").sub;
    assert_eq!(bench.customer(&new, "42", "Анна").sub, sub);
    let list = bench.administer(Command::IdentitySecrets).unwrap();
    assert_eq!(list["identity_secrets"].as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains(&old.secret));
    bench.administer(Command::RemoveIdentitySecret { kid: old.kid.clone() }).unwrap();
    assert_eq!(
        bench.administer(Command::RemoveIdentitySecret { kid: old.kid.clone() }).unwrap_err().code,
        Code::NotFound
    );
    let identity = old.identity(&json!({"sub": "42", "exp": bench.now.seconds() + 60}));
    let refused = bench.visit(Visit { identity: Some(identity), ..Visit::default() });
    assert_eq!(refused.unwrap_err().code, Code::Unauthorized);
    assert_eq!(bench.customer(&new, "42", "Анна").sub, sub);
    bench.administer(Command::AddIdentitySecret).unwrap();
    assert!(!bench.column("SELECT sealed FROM identity_secrets").join(" ").contains(&new.secret));
}

#[test]
fn signed_attributes_win_over_what_a_script_says() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    let attributes = json!({"vip": false, "note": "из корзины"}).as_object().unwrap().clone().into_iter().collect();
    let say =
        json!({"sub": "42", "exp": bench.now.seconds() + 60, "name": "Анна", "attributes": {"vip": true, "tier": 2}});
    let identity = Some(voucher.identity(&say));
    let session = bench.visit(Visit { identity, attributes, ..Visit::default() }).unwrap();
    let sub = bench.claims_of(&session).sub;
    let seen = profile(&mut bench, sub);
    assert_eq!(seen["customer_id"], "42");
    assert_eq!(
        seen["attributes"],
        json!({
            "name": {"value": "Анна", "verified": true}, "tier": {"value": 2, "verified": true},
            "vip": {"value": true, "verified": true}, "note": {"value": "из корзины", "verified": false},
        })
    );
    // A later identity says all that is signed: what it leaves out is signed no more.
    bench.customer(&voucher, "42", "Анна Павловна");
    let seen = profile(&mut bench, sub);
    assert_eq!(seen["attributes"]["vip"], json!({"value": false, "verified": false}));
    assert_eq!(seen["attributes"].get("tier"), None);
}

#[test]
fn what_a_script_says_of_somebody_who_never_wrote_is_not_kept() {
    let mut bench = Bench::new();
    let attributes: relay_core::auth::identity::Attributes = [("cart".to_owned(), json!(3))].into();
    let session = bench.visit(Visit { attributes: attributes.clone(), ..Visit::default() }).unwrap();
    let claims = bench.claims_of(&session);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM attributes"), [0]);
    let conn = bench.connect(&claims);
    bench.visitor_writes(conn, "Здравствуйте");
    bench.visit(Visit { previous: Some(claims.clone()), attributes, ..Visit::default() }).unwrap();
    assert_eq!(profile(&mut bench, claims.sub)["attributes"], json!({"cart": {"value": 3, "verified": false}}));
    let many = (0..33).map(|n| (n.to_string(), json!(n))).collect();
    let refused = bench.visit(Visit { previous: Some(claims), attributes: many, ..Visit::default() });
    assert_eq!(refused.unwrap_err().code, Code::Invalid);
}

#[test]
fn a_chat_bears_the_name_that_was_vouched_for() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    let claims = bench.customer(&voucher, "42", "Анна");
    let desk = bench.connect(&operator("Олег"));
    let conn = bench.connect(&claims);
    bench.visitor_writes(conn, "Здравствуйте");
    assert_eq!(bench.only(desk, "new_chat")[0]["data"]["user_name"], "Анна");
    bench.customer(&voucher, "42", "Анна Павловна");
    bench.visitor_writes(conn, "Ещё");
    assert_eq!(bench.only(desk, "new_message")[0]["data"]["user_name"], "Анна Павловна");
}

#[test]
fn a_new_sealing_key_takes_over_what_the_old_one_sealed() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    bench.connect_ozon().unwrap();
    let sub = bench.customer(&voucher, "42", "Анна").sub;
    let ring = |json: &str| Keyring::parse(json).unwrap();
    let two = r#""k2":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM""#;
    bench.config.sealing = ring(&SEALING.replace('}', &format!(",{two}}}")));
    bench.hibernate();
    let sealed = "SELECT sealed FROM identity_secrets UNION ALL SELECT sealed FROM accounts";
    assert!(bench.column(sealed).iter().all(|sealed| sealed.starts_with("k2.")));
    bench.config.sealing = ring(&format!("{{{two}}}"));
    bench.hibernate();
    assert_eq!(bench.customer(&voucher, "42", "Анна").sub, sub);
}
