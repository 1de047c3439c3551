//! One user's data: all of it comes out, all of it goes, and nothing brings it back.

use crate::bench;

use bench::people::{operator, visitor};
use bench::{Bench, SIGNING};
use relay_core::auth::keyring::Keyring;
use relay_core::hub::{Change, Command, Request, Visit};
use relay_core::storage::{Sql, Value as SqlValue};
use serde_json::{Value, json};
use shared::close;
use shared::id::Position;
use shared::problem::Code;
use shared::token::Claims;

const SECRET: &str = "Мой адрес: Тверская, 1";

/// A shop with a customer who has left everything that a user can leave, and another user.
fn shop() -> (Bench, Claims) {
    let mut bench = Bench::new();
    let consent: Change = serde_json::from_value(json!({"consent": {"version": "1", "text": "Согласен"}})).unwrap();
    bench.administer(Command::ChangeOrganization { change: consent }).unwrap();
    let voucher = bench.voucher();
    let customer = bench.customer(&voucher, "customer-42", "Анна Секретова");
    let previous = Some(customer.clone());
    let attributes = [("phone".to_owned(), json!("+7 900 000-00-00"))].into();
    let conn = bench.connect(&customer);
    bench.visitor_writes(conn, SECRET);
    bench.ask(conn, json!({"action": "consent", "version": "1", "given": true})).unwrap();
    let say = json!({"sub": "customer-42", "exp": bench.now.seconds() + 60, "name": "Анна Секретова"});
    let identity = Some(voucher.identity(&say));
    bench.visit(Visit { previous, attributes, identity, ..Visit::default() }).unwrap();
    let desk = bench.connect(&operator("Олег"));
    let answered = bench.operator_writes(desk, customer.sub, "Секретова, приедем завтра");
    bench.ask(conn, json!({"action": "message_read", "last_read_message_id": answered})).unwrap();
    bench.execute(
        "INSERT INTO files (file_id, user_id, side, name, media_type, size, place, state, message_id, created_at)
         VALUES ('f-1', ?, 'user', 'секретова.pdf', 'application/pdf', 7, 'sqlite', 'sent', 1, 1)",
        vec![customer.sub.into()],
    );
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "Чужое");
    bench.hang_up(conn);
    bench.hang_up(desk);
    bench.hang_up(other);
    (bench, customer)
}

/// Every value of every table, as text.
fn everything(bench: &Bench) -> String {
    let mut all = String::new();
    for table in bench.column("SELECT name FROM sqlite_master WHERE type = 'table'") {
        for row in bench.store.query(&format!("SELECT * FROM \"{table}\""), &[]).unwrap() {
            for value in row.0 {
                match value {
                    SqlValue::Integer(number) => all.push_str(&number.to_string()),
                    SqlValue::Text(text) => all.push_str(&text),
                    _ => {}
                }
                all.push('\n');
            }
        }
    }
    all
}

fn export(bench: &mut Bench, user_id: i64, after: Option<i64>, limit: i64) -> Result<Value, Code> {
    let command = Command::ExportUser { user_id, after, limit: Some(limit) };
    bench.administer(command).map_err(|problem| problem.code)
}

fn delete(bench: &mut Bench, user_id: i64) -> Result<Value, Code> {
    bench.administer(Command::DeleteUser { user_id }).map_err(|problem| problem.code)
}

fn verify(bench: &mut Bench, receipt: &str) -> Value {
    bench.administer(Command::VerifyReceipt { receipt: receipt.into() }).unwrap()
}

#[test]
fn an_export_holds_everything_and_comes_in_pages() {
    let (mut bench, customer) = shop();
    let first = export(&mut bench, customer.sub, None, 1).unwrap();
    assert_eq!(first["customer"]["customer_id"], "customer-42");
    assert_eq!(first["chat"]["user_name"], "Анна Секретова");
    assert_eq!((&first["chat"]["user_read"], &first["consents"][0]["given"]), (&json!(2), &json!(true)));
    let attributes = first["attributes"].as_array().unwrap();
    assert_eq!(
        attributes.iter().map(|a| (&a["name"], &a["verified"])).collect::<Vec<_>>(),
        [(&json!("name"), &json!(true)), (&json!("phone"), &json!(false))]
    );
    assert_eq!((&first["messages"][0]["text"], &first["messages"][0]["side"]), (&json!(SECRET), &json!("user")));
    assert_eq!((&first["files"][0]["name"], &first["files"][0]["size"]), (&json!("секретова.pdf"), &json!(7)));
    let second = export(&mut bench, customer.sub, first["next"].as_i64(), 1).unwrap();
    assert_eq!(second["messages"][0]["text"], "Секретова, приедем завтра");
    assert_eq!((&second["next"], second.get("chat")), (&Value::Null, None));
    assert!(!first.to_string().contains("Чужое"));
    assert_eq!(export(&mut bench, -99, None, 1), Err(Code::NotFound));
}

#[test]
fn after_a_deletion_no_table_holds_the_id_or_a_word() {
    let (mut bench, customer) = shop();
    let id = customer.sub.unsigned_abs().to_string();
    let words = ["Секретова", "секретова.pdf", "Тверская", "900 000", "customer-42", id.as_str()];
    let before = everything(&bench);
    assert!(words.iter().all(|word| before.contains(word)), "the search finds what there is");
    let deleted = delete(&mut bench, customer.sub).unwrap();
    let after = everything(&bench);
    for word in words {
        assert!(!after.contains(word), "{word} is still there");
    }
    assert!(after.contains("Чужое"));
    let counts = &deleted["content"]["counts"];
    assert_eq!(
        (&counts["messages"], &counts["chats"], &counts["consents"], &counts["customers"], &counts["attributes"]),
        (&json!(2), &json!(1), &json!(1), &json!(1), &json!(2))
    );
    assert!(counts["events"].as_i64().unwrap() >= 4);
    assert!(!deleted.to_string().contains(&id));
    assert_eq!(export(&mut bench, customer.sub, None, 1), Err(Code::NotFound));
    assert_eq!(delete(&mut bench, customer.sub), Err(Code::NotFound));
}

#[test]
fn everybody_is_told_at_once_or_starts_from_a_snapshot() {
    let (mut bench, customer) = shop();
    let absent = bench.connect(&operator("В отпуске"));
    let welcome = bench.only(absent, "welcome").remove(0);
    let position = |offset: &Value| Position {
        epoch: welcome["data"]["epoch"].as_str().unwrap().into(),
        offset: offset.as_i64().unwrap(),
    };
    let seen = position(&welcome["data"]["offset"]);
    bench.hang_up(absent);
    let (desk, widget, stranger) =
        (bench.connect(&operator("Олег")), bench.connect(&customer), bench.connect(&visitor(-8)));
    bench.clear();
    delete(&mut bench, customer.sub).unwrap();
    let told = bench.only(desk, "chat_deleted");
    assert_eq!(told[0]["data"], json!({"user_id": customer.sub}));
    assert_eq!(bench.names(stranger), Vec::<String>::new());
    assert_eq!(bench.closed(widget), Some(close::UNAUTHORIZED));
    assert_eq!(bench.only(widget, "error")[0]["data"]["code"], "token_revoked");

    // Who has heard goes on from there, who has not fetches a snapshot, before and after the next event.
    let heard = position(&told[0]["offset"]);
    for again in [false, true] {
        if again {
            bench.visitor_writes(stranger, "Дальше");
            bench.hibernate();
        }
        let back = bench.resume(&operator("В отпуске"), &seen);
        let frames = bench.take(back);
        assert_eq!((&frames[0]["data"]["resumed"], &frames[1]["event"]), (&json!(false), &json!("resync")));
        assert!(frames.iter().all(|frame| !frame.to_string().contains("Секретова")));
        let on = bench.resume(&operator("Олег"), &heard);
        let frames = bench.take(on);
        assert_eq!(frames[0]["data"]["resumed"], true);
        assert_eq!(frames.iter().filter(|frame| frame["event"] == "new_message").count(), usize::from(again));
    }
    let chats = bench.ask(desk, json!({"action": "chats"})).unwrap();
    assert_eq!(chats["chats"].as_array().unwrap().len(), 1);
    assert_eq!(bench.ask(desk, json!({"action": "history", "user_id": customer.sub})), Err("not_found".into()));
}

#[test]
fn an_old_token_does_not_bring_the_id_back() {
    let (mut bench, _) = shop();
    let claims = visitor(-8);
    delete(&mut bench, -8).unwrap();
    for _ in 0..2 {
        let conn = bench.connect(&claims);
        assert_eq!(bench.closed(conn), Some(close::UNAUTHORIZED));
        let action = shared::action::decode(r#"{"action":"send_message","text":"Я вернулась"}"#).action.unwrap();
        let refused = bench.request(Request::Act { claims: claims.clone(), action });
        assert_eq!(refused.unwrap_err().code, Code::TokenRevoked);
        let session = bench.visit(Visit { previous: Some(claims.clone()), ..Visit::default() }).unwrap();
        assert_ne!(session["user_id"], json!(-8));
        bench.crash();
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats WHERE user_id = -8"), [0]);
}

#[test]
fn a_customer_who_comes_back_is_somebody_new() {
    let (mut bench, customer) = shop();
    delete(&mut bench, customer.sub).unwrap();
    bench.administer(Command::AddIdentitySecret).unwrap();
    let kid = bench.column("SELECT kid FROM identity_secrets ORDER BY created_at")[0].clone();
    bench.administer(Command::RemoveIdentitySecret { kid }).unwrap();
    let voucher = bench.voucher();
    let again = bench.customer(&voucher, "customer-42", "Анна Секретова");
    assert_ne!(again.sub, customer.sub);
    let conn = bench.connect(&again);
    assert_eq!(bench.texts(conn, again.sub), Vec::<String>::new());
}

#[test]
fn a_buyer_of_a_marketplace_goes_with_what_was_on_its_way_to_them() {
    let mut bench = Bench::new();
    bench.connect_ozon().unwrap();
    let secret = bench.hook_secret();
    bench.push(&secret, &bench::ozon::new_message("chat-1", 10, "Где заказ?")).unwrap();
    let desk = bench.connect(&operator("Олег"));
    bench.operator_writes(desk, 1, "Едет");
    let call = bench.call();
    delete(&mut bench, 1).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM sends"), [0]);
    bench.answer(call.job, bench::ozon::accepted());
    bench.advance(600_000);
    assert!(bench.calls.is_empty());
    assert!(!everything(&bench).contains("chat-1"));
}

#[test]
fn a_receipt_is_proven_by_its_signature_and_later_by_the_log() {
    let (mut bench, customer) = shop();
    let deleted = delete(&mut bench, customer.sub).unwrap();
    let receipt = deleted["receipt"].as_str().unwrap().to_owned();
    let proof = verify(&mut bench, &receipt);
    assert_eq!((&proof["valid"], &proof["by"]), (&json!(true), &json!("signature")));
    assert_eq!(proof["content"], deleted["content"]);
    let mut changed = receipt.clone().into_bytes();
    let place = changed.len() / 2;
    changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
    assert_eq!(verify(&mut bench, &String::from_utf8(changed).unwrap())["valid"], false);
    assert_eq!(verify(&mut bench, "garbage")["valid"], false);
    // The key goes, the log stays.
    bench.config.signing = Keyring::parse(&SIGNING.replace("k1", "k2")).unwrap();
    bench.hibernate();
    let proof = verify(&mut bench, &receipt);
    assert_eq!((&proof["valid"], &proof["by"]), (&json!(true), &json!("audit_log")));
    let forged = receipt.rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
    assert_eq!(verify(&mut bench, &forged)["valid"], false);
    // A token of ours is no receipt.
    let visit = bench.visit(Visit::default()).unwrap();
    assert_eq!(verify(&mut bench, visit["token"].as_str().unwrap())["valid"], false);
}
