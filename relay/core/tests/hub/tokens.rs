//! Tokens of operators and integrations: what they are good for, and what a withdrawal does.

use crate::bench;

use bench::people::{operator, visitor};
use bench::{Bench, ORGANIZATION, SIGNING};
use relay_core::auth::keyring::Keyring;
use relay_core::auth::token;
use relay_core::hub::{Command, Request};
use serde_json::{Value, json};
use shared::access::Scope;
use shared::close;
use shared::limits::{HOLDER_BYTES_MAX, TOKEN_ROWS_KEEP_MS, TOKENS_LIVE_MAX};
use shared::problem::{Code, Problem};
use shared::token::{Claims, Role};

fn wish(name: &str, scopes: Option<&[Scope]>, holder: Option<&str>) -> Command {
    Command::IssueToken {
        role: Role::Integration,
        name: name.into(),
        ttl_s: 3600,
        scopes: scopes.map(<[Scope]>::to_vec),
        holder: holder.map(Into::into),
    }
}

fn claims_of(bench: &Bench, answer: &Value) -> Claims {
    token::verify_live(&Keyring::parse(SIGNING).unwrap(), answer["token"].as_str().unwrap(), bench.now).unwrap()
}

fn issue(bench: &mut Bench, scopes: &[Scope]) -> Claims {
    let answer = bench.administer(wish("CRM", Some(scopes), None)).unwrap();
    claims_of(bench, &answer)
}

fn act(bench: &mut Bench, claims: &Claims, action: Value) -> Result<Value, Problem> {
    let action = shared::action::decode(&action.to_string()).action.unwrap();
    bench.request(Request::Act { claims: claims.clone(), action })
}

fn revoke(bench: &mut Bench, token_id: &str) -> Result<Value, Problem> {
    bench.administer(Command::RevokeToken { token_id: token_id.into() })
}

fn listed(bench: &mut Bench) -> Vec<Value> {
    let page = bench.administer(Command::Tokens { before: None, limit: Some(100) }).unwrap();
    page["tokens"].as_array().unwrap().clone()
}

/// A shop with one chat.
fn shop() -> Bench {
    let mut bench = Bench::new();
    let widget = bench.connect(&visitor(-7));
    bench.visitor_writes(widget, "Здравствуйте");
    bench
}

#[test]
fn a_token_does_what_its_scopes_say_and_nothing_else() {
    let mut bench = shop();
    let read = json!({"action": "history", "user_id": -7});
    let write = json!({"action": "send_message", "user_id": -7, "text": "Да"});
    let typing = json!({"action": "typing", "user_id": -7});
    let mark = json!({"action": "message_read", "user_id": -7, "last_read_message_id": 1});
    let chats = json!({"action": "chats"});
    for scope in Scope::ALL {
        let claims = issue(&mut bench, &[*scope]);
        for (action, needed) in [
            (&read, Scope::ChatsRead),
            (&chats, Scope::ChatsRead),
            (&write, Scope::ChatsWrite),
            (&typing, Scope::ChatsWrite),
            (&mark, Scope::ChatsWrite),
        ] {
            let answer = act(&mut bench, &claims, action.clone());
            let expected = if *scope == needed { None } else { Some(Code::Forbidden) };
            assert_eq!(answer.err().map(|problem| problem.code), expected, "{scope:?} {action}");
        }
        let conn = bench.connect(&claims);
        let expected = if *scope == Scope::ChatsRead { None } else { Some(close::FORBIDDEN) };
        assert_eq!(bench.closed(conn), expected, "{scope:?}");
        let commands = [
            Command::Tokens { before: None, limit: None },
            Command::RevokeToken { token_id: claims.jti.clone() },
            Command::Audit { after: None, limit: None },
        ];
        for command in commands.into_iter().filter(|command| command.scope() != Some(*scope)) {
            assert_eq!(bench.administer_by(&claims, command.clone()).unwrap_err().code, Code::Forbidden, "{command:?}");
        }
    }
    // A socket that may only listen.
    let listener = issue(&mut bench, &[Scope::ChatsRead]);
    let conn = bench.connect(&listener);
    assert_eq!(bench.ask(conn, write), Err("forbidden".into()));
    assert!(bench.ask(conn, read).is_ok());
}

#[test]
fn a_token_gives_away_no_more_than_it_has() {
    let mut bench = shop();
    let giver = issue(&mut bench, &[Scope::TokensWrite, Scope::ChatsRead]);
    let more = bench.administer_by(&giver, wish("Бот", Some(&[Scope::ChatsRead, Scope::UsersDelete]), None));
    assert_eq!(more.unwrap_err().code, Code::Forbidden);
    assert_eq!(bench.administer_by(&giver, wish("Бот", None, None)).unwrap_err().code, Code::Forbidden);
    let given = bench.administer_by(&giver, wish("Бот", Some(&[Scope::ChatsRead]), None)).unwrap();
    assert_eq!(given["scopes"], json!(["chats:read"]));
    let mut foreign = giver.clone();
    foreign.org = "drugaya".into();
    assert_eq!(bench.administer_by(&foreign, wish("Бот", Some(&[]), None)).unwrap_err().code, Code::Forbidden);
    assert_eq!(
        bench.administer_by(&visitor(-7), Command::Tokens { before: None, limit: None }).unwrap_err().code,
        Code::Forbidden
    );
}

#[test]
fn a_withdrawn_token_opens_nothing_and_what_it_opened_is_closed_in_the_same_turn() {
    let mut bench = shop();
    let (claims, other) = (issue(&mut bench, Scope::ALL), issue(&mut bench, Scope::ALL));
    let (open, too, stays) = (bench.connect(&claims), bench.connect(&claims), bench.connect(&other));
    bench.clear();
    revoke(&mut bench, &claims.jti).unwrap();
    for conn in [open, too] {
        assert_eq!(bench.only(conn, "error")[0]["data"]["code"], "token_revoked");
        assert_eq!(bench.closed(conn), Some(close::UNAUTHORIZED));
    }
    assert_eq!(bench.closed(stays), None);
    for hibernates in [false, true] {
        if hibernates {
            bench.hibernate();
        }
        assert_eq!(act(&mut bench, &claims, json!({"action": "chats"})).unwrap_err().code, Code::TokenRevoked);
        assert_eq!(
            bench.administer_by(&claims, Command::Audit { after: None, limit: None }).unwrap_err().code,
            Code::TokenRevoked
        );
        let conn = bench.connect(&claims);
        assert_eq!(bench.names(conn), ["error"]);
        assert_eq!(bench.closed(conn), Some(close::UNAUTHORIZED));
    }
    let widget = bench.connect(&visitor(-7));
    bench.visitor_writes(widget, "Ещё");
    assert_eq!(bench.names(open), Vec::<String>::new());
    assert!(bench.names(stays).contains(&"new_message".to_owned()));
}

#[test]
fn withdrawing_twice_is_as_good_as_once_and_an_unknown_token_is_not_found() {
    let mut bench = Bench::new();
    let claims = issue(&mut bench, &[]);
    let first = revoke(&mut bench, &claims.jti).unwrap();
    bench.advance(60_000);
    assert_eq!(revoke(&mut bench, &claims.jti).unwrap(), first);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM audit WHERE action = 'token.revoked'"), [1]);
    assert_eq!(revoke(&mut bench, "nobody").unwrap_err().code, Code::NotFound);
}

#[test]
fn the_list_shows_every_token_without_what_would_make_it_usable() {
    let mut bench = Bench::new();
    let (live, gone) = (issue(&mut bench, &[Scope::ChatsRead]), issue(&mut bench, &[]));
    revoke(&mut bench, &gone.jti).unwrap();
    let tokens = listed(&mut bench);
    let seen = |id: &str| tokens.iter().find(|token| token["token_id"] == id).unwrap().clone();
    assert_eq!(tokens.len(), 2);
    assert_eq!((&seen(&live.jti)["state"], &seen(&gone.jti)["state"]), (&json!("live"), &json!("revoked")));
    assert_eq!(seen(&live.jti)["scopes"], json!(["chats:read"]));
    let signature = bench.administer(wish("CRM", None, None)).unwrap()["token"].as_str().unwrap().to_owned();
    let dump = bench.administer(Command::Tokens { before: None, limit: None }).unwrap().to_string();
    assert!(!dump.contains(signature.rsplit('.').next().unwrap()));
    bench.advance(3_600_000);
    assert!(listed(&mut bench).iter().all(|token| token["state"] != "live"));
    // Rows go some time after their tokens, with the next token that is issued.
    bench.advance(TOKEN_ROWS_KEEP_MS);
    issue(&mut bench, &[]);
    assert_eq!(listed(&mut bench).len(), 1);
}

#[test]
fn the_list_comes_in_pages() {
    let mut bench = Bench::new();
    let ids: Vec<String> = (0..5).map(|_| issue(&mut bench, &[]).jti).collect();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = bench.administer(Command::Tokens { before, limit: Some(2) }).unwrap();
        seen.extend(page["tokens"].as_array().unwrap().iter().map(|t| t["token_id"].as_str().unwrap().to_owned()));
        before = page["next"].as_i64();
        if before.is_none() {
            break;
        }
    }
    seen.reverse();
    assert_eq!(seen, ids);
}

#[test]
fn there_are_as_many_live_tokens_as_the_limit_says() {
    let mut bench = Bench::new();
    for number in 0..TOKENS_LIVE_MAX - 1 {
        let id = number.to_string().into();
        bench.execute(
            "INSERT INTO tokens (token_id, holder, role, name, scopes, issued_at, expires_at) VALUES (?, 'h', 'operator', 'Анна', '', 0, 9007199254740991)",
            vec![id],
        );
    }
    let last = issue(&mut bench, &[]);
    assert_eq!(bench.administer(wish("CRM", None, None)).unwrap_err().code, Code::Conflict);
    revoke(&mut bench, &last.jti).unwrap();
    issue(&mut bench, &[]);
}

#[test]
fn a_holder_is_the_same_over_renewals_and_namesakes_are_two() {
    let mut bench = shop();
    let mut holder = |name: Option<&str>| {
        let answer = bench.administer(wish("Анна", None, name)).unwrap();
        (claims_of(&bench, &answer), answer["holder"].as_str().unwrap().to_owned())
    };
    let ((first, _), (renewed, _), (namesake, own)) = (holder(Some("anna")), holder(Some("anna")), holder(None));
    assert_eq!(own, namesake.jti);
    let say = json!({"action": "send_message", "user_id": -7, "text": "Да", "client_id": "c-1"});
    let id = |answer: Value| answer["message"]["message_id"].as_i64().unwrap();
    let sent = id(act(&mut bench, &first, say.clone()).unwrap());
    assert_eq!(id(act(&mut bench, &renewed, say.clone()).unwrap()), sent);
    assert_ne!(id(act(&mut bench, &namesake, say.clone()).unwrap()), sent);
    // Whoever got their token before tokens were listed goes by role and name, as their messages were kept.
    let old = id(act(&mut bench, &operator("Анна"), say.clone()).unwrap());
    assert_eq!(id(act(&mut bench, &operator("Анна"), say).unwrap()), old);
    let mut writers = bench.column("SELECT DISTINCT writer FROM messages WHERE side = 'operator'");
    writers.sort();
    let mut expected = [format!("holder:{own}"), "holder:anna".into(), "operator:Анна".into()];
    expected.sort();
    assert_eq!(writers, expected);
}

#[test]
fn a_holder_is_a_short_plain_word() {
    let mut bench = Bench::new();
    let long = "a".repeat(HOLDER_BYTES_MAX);
    for (holder, good) in [(long.as_str(), true), ("anna@lavka.ru", true), ("", false), ("a b", false), ("Анна", false)]
    {
        assert_eq!(bench.administer(wish("Анна", None, Some(holder))).is_ok(), good, "{holder}");
    }
    assert!(bench.administer(wish("Анна", None, Some(&(long.clone() + "a")))).is_err());
}

#[test]
fn a_renewal_of_the_signing_key_keeps_tokens_their_scopes_and_their_withdrawals() {
    let mut bench = shop();
    let old = bench.administer(wish("CRM", Some(&[Scope::ChatsRead]), None)).unwrap();
    let ring = |json: &str| Keyring::parse(json).unwrap();
    let rotated = ring(&SIGNING.replace('}', r#","k2":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"}"#));
    bench.config.signing = rotated.clone();
    bench.hibernate();
    let text = old["token"].as_str().unwrap();
    let claims = token::verify_live(&rotated, text, bench.now).unwrap();
    assert!(act(&mut bench, &claims, json!({"action": "chats"})).is_ok());
    let new = bench.administer(wish("CRM", None, None)).unwrap();
    assert!(token::verify_live(&ring(SIGNING), new["token"].as_str().unwrap(), bench.now).is_err());
    revoke(&mut bench, &claims.jti).unwrap();
    assert_eq!(act(&mut bench, &claims, json!({"action": "chats"})).unwrap_err().code, Code::TokenRevoked);
    assert_eq!(claims.org, ORGANIZATION);
}
