//! The books of files: who uploads what to which chat, who opens it, and what becomes of what nobody sends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use crate::bench;

use bench::people::{integration, operator, visitor};
use bench::{Bench, SHOP};
use relay_core::files::Judged;
use relay_core::files::place::{self, Place};
use relay_core::hub::{Command, Input, Request};
use serde_json::{Value, json};
use shared::file::FileType;
use shared::limits::{
    FILE_ARRIVING_TTL_MS, FILE_BYTES_MAX, FILE_CHUNK_BYTES, FILE_REMOVAL_RETRY_MS, FILE_UNSENT_TTL_MS,
    FILES_LET_GO_AT_ONCE, FILES_QUOTA_BYTES, FILES_UNSENT_MAX,
};
use shared::problem::Code;
use shared::token::Claims;

fn begin(bench: &mut Bench, claims: &Claims, user_id: Option<i64>, size: i64, place: Place) -> Result<String, Code> {
    begin_at(bench, claims, Some(SHOP), user_id, size, place)
}

fn begin_at(
    bench: &mut Bench,
    claims: &Claims,
    origin: Option<&str>,
    user_id: Option<i64>,
    size: i64,
    place: Place,
) -> Result<String, Code> {
    let entropy = bench.entropy();
    let judged = Judged { file_type: FileType::Png, name: "снимок.png".into(), dimensions: Some((640, 480)) };
    let claims = claims.clone();
    let origin = origin.map(Into::into);
    let begun = bench.request(Request::BeginFile { claims, origin, user_id, judged, size, place, entropy });
    begun.map(|begun| begun["file_id"].as_str().unwrap().to_owned()).map_err(|problem| problem.code)
}

fn chunk(bench: &mut Bench, file_id: &str, number: i64, bytes: Vec<u8>) -> Result<Value, Code> {
    bench.request(Request::KeepChunk { file_id: file_id.into(), number, bytes }).map_err(|problem| problem.code)
}

fn finish(bench: &mut Bench, file_id: &str) -> Result<Value, Code> {
    bench.request(Request::FinishFile { file_id: file_id.into() }).map_err(|problem| problem.code)
}

/// A small file, all of it kept.
fn upload(bench: &mut Bench, claims: &Claims, user_id: Option<i64>, place: Place) -> String {
    let file_id = begin(bench, claims, user_id, 3, place).unwrap();
    if place == Place::Sqlite {
        chunk(bench, &file_id, 0, vec![1, 2, 3]).unwrap();
    }
    finish(bench, &file_id).unwrap();
    file_id
}

fn open(bench: &mut Bench, claims: Option<&Claims>, file_id: &str) -> Result<Value, Code> {
    let request = Request::OpenFile { claims: claims.cloned(), file_id: file_id.into() };
    bench.request(request).map_err(|problem| problem.code)
}

fn count(bench: &Bench, what: &str) -> i64 {
    bench.integers(&format!("SELECT COUNT(*) FROM {what}"))[0]
}

#[test]
fn a_file_is_uploaded_sent_once_and_told_to_both_sides() {
    let mut bench = Bench::new();
    let (page, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    let file_id = upload(&mut bench, &visitor(-7), None, Place::Sqlite);
    bench.clear();
    let action = json!({"action": "send_message", "text": "", "client_id": "c1", "file_id": file_id});
    let sent = bench.ask(page, action.clone()).unwrap();
    let attachment = json!({
        "file_id": file_id, "name": "снимок.png", "type": "image/png", "size": 3, "width": 640, "height": 480,
    });
    assert_eq!(sent["message"]["attachment"], attachment);
    assert_eq!(sent["message"]["file_path"], format!("/v1/files/{file_id}"));
    let told = bench.only(desk, "new_message").remove(0);
    assert_eq!(told["data"]["attachment"], attachment);
    assert_eq!(told["data"]["file_path"], format!("/v1/files/{file_id}"));
    assert_eq!(told["data"]["text"], "");
    // The same message again is the same message; the same file in another one is refused.
    assert_eq!(bench.ask(page, action), Ok(sent));
    let other = json!({"action": "send_message", "text": "ещё", "client_id": "c2", "file_id": file_id});
    assert_eq!(bench.ask(page, other), Err("conflict".into()));
    bench.hibernate();
    let history = bench.history(desk, -7);
    assert_eq!(history["messages"][0]["attachment"], attachment);
    assert_eq!(history["messages"].as_array().unwrap().len(), 1);
}

#[test]
fn an_empty_text_needs_a_file_and_a_blank_one_is_none() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    assert_eq!(bench.ask(page, json!({"action": "send_message", "text": ""})), Err("empty_text".into()));
    let file_id = upload(&mut bench, &visitor(-7), None, Place::Bucket);
    let blank = json!({"action": "send_message", "text": " ", "file_id": file_id});
    assert_eq!(bench.ask(page, blank), Err("empty_text".into()));
    let caption = json!({"action": "send_message", "text": "вот", "file_id": file_id});
    assert_eq!(bench.ask(page, caption).unwrap()["message"]["text"], "вот");
}

#[test]
fn a_file_belongs_to_one_chat_and_the_side_that_uploaded_it() {
    let mut bench = Bench::new();
    let (page, other, desk) =
        (bench.connect(&visitor(-7)), bench.connect(&visitor(-8)), bench.connect(&operator("Анна")));
    bench.visitor_writes(page, "да");
    bench.visitor_writes(other, "да");
    let theirs = upload(&mut bench, &visitor(-7), None, Place::Bucket);
    let ours = upload(&mut bench, &operator("Анна"), Some(-7), Place::Bucket);
    let send = |user_id: Option<i64>, file_id: &str| {
        let mut action = json!({"action": "send_message", "text": "", "file_id": file_id});
        if let Some(user_id) = user_id {
            action["user_id"] = json!(user_id);
        }
        action
    };
    for (conn, user_id, file_id) in [
        (other, None, &theirs),
        (other, None, &ours),
        (page, None, &ours),
        (desk, Some(-7), &theirs),
        (desk, Some(-8), &ours),
        (desk, Some(-7), &"made-up".to_owned()),
    ] {
        assert_eq!(bench.ask(conn, send(user_id, file_id)), Err("not_found".into()), "{user_id:?}");
    }
    assert!(bench.ask(page, send(None, &theirs)).is_ok());
    assert!(bench.ask(desk, send(Some(-7), &ours)).is_ok());
}

#[test]
fn who_may_open_what() {
    let mut bench = Bench::new();
    let (page, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    bench.visitor_writes(page, "да");
    let theirs = upload(&mut bench, &visitor(-7), None, Place::Bucket);
    let ours = upload(&mut bench, &operator("Анна"), Some(-7), Place::Bucket);
    let arriving = begin(&mut bench, &visitor(-7), None, 3, Place::Bucket).unwrap();
    let opens = |bench: &mut Bench, claims: &Claims, file_id: &str| open(bench, Some(claims), file_id).is_ok();
    for staff in [operator("Борис"), integration("CRM")] {
        assert!(opens(&mut bench, &staff, &theirs) && opens(&mut bench, &staff, &ours));
        assert!(!opens(&mut bench, &staff, &arriving));
    }
    assert!(opens(&mut bench, &visitor(-7), &theirs));
    assert!(!opens(&mut bench, &visitor(-7), &ours), "an operator's file that is not sent");
    assert!(!opens(&mut bench, &visitor(-7), &arriving));
    bench.ask(desk, json!({"action": "send_message", "user_id": -7, "text": "", "file_id": ours})).unwrap();
    assert!(opens(&mut bench, &visitor(-7), &ours));
    for file_id in [&theirs, &ours] {
        assert_eq!(open(&mut bench, Some(&visitor(-8)), file_id), Err(Code::NotFound));
        let stranger = Claims { org: "another".into(), ..operator("Анна") };
        assert_eq!(open(&mut bench, Some(&stranger), file_id), Err(Code::Forbidden));
        assert!(open(&mut bench, None, file_id).is_ok(), "a signed link was checked before");
        let link = json!({"action": "file_link", "file_id": file_id});
        let other = bench.connect(&visitor(-8));
        assert_eq!(bench.ask(other, link.clone()), Err("not_found".into()));
        let url = bench.ask(page, link).unwrap()["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with(&format!("/v1/files/lavka/{file_id}?expires=")), "{url}");
    }
    assert_eq!(count(&bench, "events WHERE body LIKE '%signature%'"), 0, "no link is in the log");
}

#[test]
fn a_page_that_is_not_on_the_list_uploads_nothing() {
    let mut bench = Bench::new();
    for origin in [None, Some("https://evil.ru")] {
        let refused = begin_at(&mut bench, &visitor(-7), origin, None, 3, Place::Bucket);
        assert_eq!(refused, Err(Code::OriginNotAllowed), "{origin:?}");
    }
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "да");
    assert!(begin_at(&mut bench, &operator("Анна"), None, Some(-7), 3, Place::Bucket).is_ok());
}

#[test]
fn an_upload_names_a_chat_that_can_take_it() {
    let mut bench = Bench::new();
    assert_eq!(begin(&mut bench, &operator("Анна"), Some(-7), 3, Place::Bucket), Err(Code::NotFound));
    assert_eq!(begin(&mut bench, &operator("Анна"), None, 3, Place::Bucket), Err(Code::Invalid));
    assert_eq!(begin(&mut bench, &visitor(-7), Some(-8), 3, Place::Bucket), Err(Code::Forbidden));
    assert!(begin(&mut bench, &visitor(-7), Some(-7), 3, Place::Bucket).is_ok(), "a first message may be a file");
    let stranger = Claims { org: "another".into(), ..visitor(-7) };
    assert_eq!(begin(&mut bench, &stranger, None, 3, Place::Bucket), Err(Code::Forbidden));
    bench.execute(
        "INSERT INTO chats (user_id, source, external_id, user_name, created_at)
         VALUES (5, 'ozon', 'x', 'Покупатель', 0), (6, 'telegram', 'y', 'Покупатель', 0)",
        vec![],
    );
    let to = |bench: &mut Bench, user_id| begin(bench, &operator("Анна"), Some(user_id), 3, Place::Bucket);
    assert_eq!([to(&mut bench, 5), to(&mut bench, 6)], [Err(Code::UpstreamNotConnected), Err(Code::Invalid)]);
    bench.connect_ozon().unwrap();
    assert!(to(&mut bench, 5).is_ok());
    assert_eq!(to(&mut bench, 6), Err(Code::Invalid));
}

#[test]
fn a_made_up_organization_has_no_files_and_keeps_no_trace() {
    let mut bench = Bench::empty();
    assert_eq!(begin(&mut bench, &visitor(-7), None, 3, Place::Sqlite), Err(Code::NotFound));
    assert_eq!(open(&mut bench, None, "f"), Err(Code::NotFound));
    assert_eq!(finish(&mut bench, "f"), Err(Code::NotFound));
    assert_eq!(chunk(&mut bench, "f", 0, vec![1]), Err(Code::NotFound));
    assert_eq!(bench.integers("SELECT COUNT(*) FROM sqlite_master"), [0]);
}

#[test]
fn chunks_come_back_as_the_bytes_they_were() {
    let mut bench = Bench::new();
    let bytes =
        (0..251).collect::<Vec<u8>>().repeat(FILE_CHUNK_BYTES * 2 / 251 + 1)[..FILE_CHUNK_BYTES * 2 + 5].to_vec();
    let file_id = begin(&mut bench, &visitor(-7), None, bytes.len() as i64, Place::Sqlite).unwrap();
    assert_eq!(finish(&mut bench, &file_id), Err(Code::Internal), "nothing is here yet");
    for (number, part) in bytes.chunks(FILE_CHUNK_BYTES).enumerate() {
        assert_eq!(finish(&mut bench, &file_id), Err(Code::Internal), "{number} chunks are here");
        chunk(&mut bench, &file_id, number as i64, part.to_vec()).unwrap();
    }
    chunk(&mut bench, &file_id, 1, bytes[FILE_CHUNK_BYTES..FILE_CHUNK_BYTES * 2].to_vec())
        .expect("a repeat does no harm");
    for (number, length) in [(0, 5), (2, 4), (2, 6), (3, 1), (-1, 5), (0, FILE_CHUNK_BYTES + 1)] {
        assert_eq!(chunk(&mut bench, &file_id, number, vec![0; length]), Err(Code::Internal), "{number} {length}");
    }
    finish(&mut bench, &file_id).unwrap();
    assert_eq!(
        chunk(&mut bench, &file_id, 2, bytes[FILE_CHUNK_BYTES * 2..].to_vec()),
        Err(Code::NotFound),
        "it is complete"
    );
    let chunk_bytes = FILE_CHUNK_BYTES as i64;
    for (offset, length) in
        [(0, bytes.len() as i64), (chunk_bytes - 1, 2), (chunk_bytes, chunk_bytes), (2 * chunk_bytes + 4, 1), (7, 0)]
    {
        let read = place::pieces(offset, length).map(|piece| place::read(&bench.store, &file_id, piece).unwrap());
        let read = read.collect::<Vec<_>>().concat();
        assert!(read == bytes[offset as usize..(offset + length) as usize], "{offset} {length}");
    }
    let beyond = place::pieces(bytes.len() as i64, 1).next().unwrap();
    assert!(place::read(&bench.store, &file_id, beyond).is_err());
}

#[test]
fn the_quota_is_filled_to_the_byte_and_not_one_further_and_given_back() {
    let mut bench = Bench::new();
    bench.execute("UPDATE file_usage SET bytes = ?", vec![(FILES_QUOTA_BYTES - 3).into()]);
    assert_eq!(begin(&mut bench, &visitor(-7), None, 4, Place::Sqlite), Err(Code::QuotaExceeded));
    assert!(begin(&mut bench, &visitor(-8), None, 4, Place::Bucket).is_ok(), "a bucket has no quota of ours");
    let file_id = begin(&mut bench, &visitor(-7), None, 3, Place::Sqlite).unwrap();
    assert_eq!(begin(&mut bench, &visitor(-7), None, 1, Place::Sqlite), Err(Code::QuotaExceeded));
    bench.request(Request::AbandonFile { file_id }).unwrap();
    assert_eq!(bench.integers("SELECT bytes FROM file_usage"), [FILES_QUOTA_BYTES - 3]);
    assert!(begin(&mut bench, &visitor(-7), None, 3, Place::Sqlite).is_ok());
}

#[test]
fn the_largest_file_is_announced_and_one_byte_more_is_not() {
    let mut bench = Bench::new();
    let largest = FILE_BYTES_MAX as i64;
    assert!(begin(&mut bench, &visitor(-7), None, largest, Place::Sqlite).is_ok());
    assert_eq!(begin(&mut bench, &visitor(-7), None, largest + 1, Place::Sqlite), Err(Code::TooLarge));
    assert_eq!(begin(&mut bench, &visitor(-7), None, 0, Place::Sqlite), Err(Code::TooLarge));
}

#[test]
fn a_side_of_a_chat_has_so_many_unsent_files_and_not_one_more() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "да");
    for _ in 1..FILES_UNSENT_MAX {
        upload(&mut bench, &visitor(-7), None, Place::Bucket);
    }
    let last = upload(&mut bench, &visitor(-7), None, Place::Bucket);
    assert_eq!(begin(&mut bench, &visitor(-7), None, 3, Place::Bucket), Err(Code::RateLimited));
    assert!(begin(&mut bench, &visitor(-8), None, 3, Place::Bucket).is_ok(), "another chat");
    assert!(begin(&mut bench, &operator("Анна"), Some(-7), 3, Place::Bucket).is_ok(), "the other side");
    bench.ask(page, json!({"action": "send_message", "text": "", "file_id": last})).unwrap();
    assert!(begin(&mut bench, &visitor(-7), None, 3, Place::Bucket).is_ok(), "one was sent");
}

#[test]
fn what_is_not_finished_or_not_sent_is_let_go_in_time_and_what_is_sent_stays() {
    for place in [Place::Sqlite, Place::Bucket] {
        let mut bench = Bench::new();
        let page = bench.connect(&visitor(-7));
        let arriving = begin(&mut bench, &visitor(-7), None, 3, place).unwrap();
        let unsent = upload(&mut bench, &visitor(-7), None, place);
        let sent = upload(&mut bench, &visitor(-7), None, place);
        bench.ask(page, json!({"action": "send_message", "text": "", "file_id": sent})).unwrap();
        let left = |bench: &Bench| {
            [&arriving, &unsent, &sent].map(|file_id| count(bench, &format!("files WHERE file_id = '{file_id}'")) == 1)
        };
        bench.advance(FILE_ARRIVING_TTL_MS - 1);
        assert_eq!(left(&bench), [true, true, true], "{place:?}");
        bench.advance(1);
        assert_eq!(left(&bench), [false, true, true], "{place:?}");
        assert_eq!(finish(&mut bench, &arriving), Err(Code::NotFound));
        bench.advance(FILE_UNSENT_TTL_MS - FILE_ARRIVING_TTL_MS - 1);
        assert_eq!(left(&bench), [false, true, true], "{place:?}");
        bench.crash();
        bench.advance(1);
        assert_eq!(left(&bench), [false, false, true], "{place:?}: a restart keeps the alarm");
        assert_eq!(open(&mut bench, None, &unsent), Err(Code::NotFound));
        let keys = std::mem::take(&mut bench.removals);
        bench.feed(Input::FilesRemoved { keys });
        bench.advance(10 * FILE_UNSENT_TTL_MS);
        assert!(open(&mut bench, None, &sent).is_ok());
        if place == Place::Sqlite {
            assert_eq!(bench.integers("SELECT bytes FROM file_usage"), [3]);
            assert_eq!(count(&bench, "file_chunks"), 1);
            assert!(bench.removals.is_empty());
        }
    }
}

#[test]
fn a_removal_from_the_bucket_is_asked_for_until_it_is_reported() {
    let mut bench = Bench::new();
    let file_id = upload(&mut bench, &visitor(-7), None, Place::Bucket);
    let key = format!("lavka/{file_id}");
    bench.advance(FILE_UNSENT_TTL_MS);
    assert_eq!(std::mem::take(&mut bench.removals), std::slice::from_ref(&key));
    bench.crash();
    assert!(bench.removals.is_empty());
    bench.advance(FILE_REMOVAL_RETRY_MS);
    assert_eq!(std::mem::take(&mut bench.removals), std::slice::from_ref(&key), "the crash lost it");
    bench.feed(Input::FilesRemoved { keys: vec![key] });
    bench.advance(10 * FILE_REMOVAL_RETRY_MS);
    assert!(bench.removals.is_empty());
    assert_eq!(count(&bench, "file_removals"), 0);
}

#[test]
fn more_files_than_one_turn_lets_go_are_all_let_go() {
    let mut bench = Bench::new();
    let files = FILES_LET_GO_AT_ONCE * 2 + 1;
    for _ in 0..files {
        bench.execute(
            "INSERT INTO files (file_id, user_id, side, name, media_type, size, place, state, created_at, expires_at)
             VALUES (hex(randomblob(16)), -7, 'user', 'a.csv', 'text/csv', 1, 'bucket', 'unsent', 0, 1)",
            vec![],
        );
    }
    bench.hibernate();
    bench.advance(1_000);
    assert_eq!(count(&bench, "files"), 0);
    assert_eq!(bench.removals.len(), files);
}

#[test]
fn an_expired_file_is_not_sent() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let file_id = upload(&mut bench, &visitor(-7), None, Place::Sqlite);
    bench.advance(FILE_UNSENT_TTL_MS);
    let send = json!({"action": "send_message", "text": "", "file_id": file_id});
    assert_eq!(bench.ask(page, send), Err("not_found".into()));
}

#[test]
fn an_upload_that_could_not_be_kept_changes_nothing() {
    let mut bench = Bench::new();
    bench.store.failing_commits.set(1);
    assert_eq!(begin(&mut bench, &visitor(-7), None, 3, Place::Sqlite), Err(Code::StorageFailed));
    assert_eq!((count(&bench, "files"), bench.integers("SELECT bytes FROM file_usage")), (0, vec![0]));
}

#[test]
fn a_deleted_users_files_go_with_them_and_those_of_others_stay() {
    for place in [Place::Sqlite, Place::Bucket] {
        let mut bench = Bench::new();
        let (page, other) = (bench.connect(&visitor(-7)), bench.connect(&visitor(-8)));
        bench.visitor_writes(page, "да");
        bench.visitor_writes(other, "да");
        let sent = upload(&mut bench, &visitor(-7), None, place);
        bench.ask(page, json!({"action": "send_message", "text": "", "file_id": sent})).unwrap();
        let answered = upload(&mut bench, &operator("Анна"), Some(-7), place);
        let stays = upload(&mut bench, &visitor(-8), None, place);
        let deleted = bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
        assert_eq!(deleted["content"]["counts"]["files"], 2);
        assert_eq!(open(&mut bench, None, &sent), Err(Code::NotFound));
        assert_eq!(open(&mut bench, None, &answered), Err(Code::NotFound));
        assert!(open(&mut bench, None, &stays).is_ok());
        if place == Place::Bucket {
            let mut keys = [format!("lavka/{sent}"), format!("lavka/{answered}")];
            keys.sort();
            bench.removals.sort();
            assert_eq!(bench.removals, keys);
        } else {
            assert_eq!((count(&bench, "file_chunks"), bench.integers("SELECT bytes FROM file_usage")), (1, vec![3]));
        }
    }
}
