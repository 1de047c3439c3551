//! How files leave: headers, ranges, pieces of chunks, and links that open one file for a while.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use proptest::prelude::*;
use relay_core::auth::keyring::Keyring;
use relay_core::auth::token;
use relay_core::files::serving::{Serving, Wanted, serve};
use relay_core::files::{link, place};
use shared::limits::{FILE_CHUNK_BYTES, FILE_LINK_TTL_S};
use shared::problem::Code;
use shared::route::Route;
use shared::time::Timestamp;

const OLD: &str = r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;
const BOTH: &str =
    r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","k2":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
const NEW: &str = r#"{"k2":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;

fn ring(json: &str) -> Keyring {
    Keyring::parse(json).unwrap()
}

fn header<'a>(serving: &'a Serving, name: &str) -> Option<&'a str> {
    serving.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
}

#[test]
fn an_image_is_shown_and_everything_else_is_saved_and_nothing_runs() {
    let rows = [
        ("image/png", false, "inline", "image/png"),
        ("image/png", true, "attachment", "image/png"),
        ("application/pdf", false, "attachment", "application/pdf"),
        ("text/csv", false, "attachment", "text/csv; charset=utf-8"),
        ("text/html", false, "attachment", "application/octet-stream"),
    ];
    for (media_type, download, disposition, content_type) in rows {
        let serving = serve("f1", "имя.png", media_type, 10, &Wanted { download, ..Wanted::default() });
        assert_eq!((serving.status, serving.bytes), (200, Some((0, 10))));
        assert!(header(&serving, "Content-Disposition").unwrap().starts_with(&format!("{disposition}; filename=")));
        assert_eq!(header(&serving, "Content-Type"), Some(content_type));
        assert_eq!(header(&serving, "X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(header(&serving, "Content-Security-Policy"), Some("default-src 'none'; sandbox"));
        assert!(header(&serving, "Cache-Control").unwrap().starts_with("private"));
    }
}

#[test]
fn one_range_is_a_part_and_others_are_the_whole() {
    let part = |range: &'static str| {
        let serving = serve("f1", "a.csv", "text/csv", 1000, &Wanted { range: Some(range), ..Wanted::default() });
        (serving.status, serving.bytes, header(&serving, "Content-Range").map(str::to_owned))
    };
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(part("bytes=0-0"), (206, Some((0, 1)), of("bytes 0-0/1000")));
    assert_eq!(part("bytes=16000-"), (416, None, of("bytes */1000")));
    assert_eq!(part("bytes=1000-1001"), (416, None, of("bytes */1000")));
    assert_eq!(part("bytes=999-"), (206, Some((999, 1)), of("bytes 999-999/1000")));
    assert_eq!(part("bytes=10-5000"), (206, Some((10, 990)), of("bytes 10-999/1000")));
    assert_eq!(part("bytes=-1"), (206, Some((999, 1)), of("bytes 999-999/1000")));
    assert_eq!(part("bytes=-5000"), (206, Some((0, 1000)), of("bytes 0-999/1000")));
    assert_eq!(part("bytes=-0"), (416, None, of("bytes */1000")));
    assert_eq!(part("bytes=99999999999999999999-"), (416, None, of("bytes */1000")));
    for whole in
        ["", "bytes", "bytes=", "bytes=-", "bytes=5-1", "bytes=a-b", "bytes=0-1,5-6", "items=0-1", "bytes=+1-2"]
    {
        assert_eq!(part(whole), (200, Some((0, 1000)), None), "{whole}");
    }
}

#[test]
fn a_browser_that_has_it_gets_it_not_again() {
    let wanted = |wanted: Wanted<'static>| serve("f1", "a.png", "image/png", 9, &wanted).status;
    assert_eq!(wanted(Wanted { if_none_match: Some("\"f0\", W/\"f1\""), ..Wanted::default() }), 304);
    assert_eq!(wanted(Wanted { if_none_match: Some("*"), ..Wanted::default() }), 304);
    assert_eq!(wanted(Wanted { if_none_match: Some("\"f2\""), ..Wanted::default() }), 200);
    let (range, same, other) = (Some("bytes=1-"), Some("\"f1\""), Some("\"f2\""));
    assert_eq!(wanted(Wanted { range, if_range: same, ..Wanted::default() }), 206);
    assert_eq!(wanted(Wanted { range, if_range: other, ..Wanted::default() }), 200);
}

/// A link taken apart: organization, file, expiry, signature.
fn parts(url: &str) -> (String, String, String, String) {
    let (path, query) = url.split_once('?').unwrap();
    let Some(Route::SignedFile { organization, file_id }) = Route::parse(path) else { panic!("{path}") };
    let (expires, signature) = query.split_once('&').unwrap();
    let value = |text: &str, name: &str| text.strip_prefix(name).unwrap().to_owned();
    (organization, file_id, value(expires, "expires="), value(signature, "signature="))
}

#[test]
fn a_link_opens_its_file_until_its_second_and_no_other() {
    let (url, expires) = link::sign(&ring(OLD), "lavka", "f1", Timestamp(5_000)).unwrap();
    assert_eq!(expires, 5 + FILE_LINK_TTL_S);
    let (organization, file_id, at, signature) = parts(&url);
    let verify = |organization: &str, file_id: &str, at: &str, signature: &str, now_s: i64| {
        let now = Timestamp(now_s * 1000);
        link::verify(&ring(OLD), organization, file_id, Some(at), Some(signature), now).map_err(|problem| problem.code)
    };
    assert_eq!(verify(&organization, &file_id, &at, &signature, expires - 1), Ok(()));
    assert_eq!(verify(&organization, &file_id, &at, &signature, expires), Err(Code::TokenExpired));
    for (organization, file_id, at, signature) in [
        ("lavka2", "f1", at.clone(), signature.clone()),
        ("lavka", "f2", at.clone(), signature.clone()),
        ("lavk", "a\nf1", at.clone(), signature.clone()),
        ("lavka", "f1", (expires + 1).to_string(), signature.clone()),
        ("lavka", "f1", format!("+{at}"), signature.clone()),
        ("lavka", "f1", format!("0{at}"), signature.clone()),
        ("lavka", "f1", String::new(), signature.clone()),
        ("lavka", "f1", at.clone(), signature.replace("k1.", "k2.")),
        ("lavka", "f1", at.clone(), signature.replace("k1.", "")),
        ("lavka", "f1", at.clone(), signature[..signature.len() - 2].to_owned()),
        ("lavka", "f1", at.clone(), String::new()),
    ] {
        assert_eq!(
            verify(organization, file_id, &at, &signature, 5),
            Err(Code::Unauthorized),
            "{organization} {file_id} {at}"
        );
    }
    assert!(link::verify(&ring(OLD), "lavka", "f1", None, Some(&signature), Timestamp(0)).is_err());
    assert!(link::verify(&ring(OLD), "lavka", "f1", Some(&at), None, Timestamp(0)).is_err());
}

#[test]
fn a_rotation_keeps_links_alive_until_the_old_key_goes() {
    let (url, _) = link::sign(&ring(OLD), "lavka", "f1", Timestamp(0)).unwrap();
    let (_, _, at, signature) = parts(&url);
    let opens =
        |keys: &str| link::verify(&ring(keys), "lavka", "f1", Some(&at), Some(&signature), Timestamp(0)).is_ok();
    assert!(opens(BOTH));
    assert!(!opens(NEW));
    let (url, _) = link::sign(&ring(BOTH), "lavka", "f1", Timestamp(0)).unwrap();
    assert!(parts(&url).3.starts_with("k2."));
}

#[test]
fn a_link_is_no_token() {
    let (url, _) = link::sign(&ring(OLD), "lavka", "f1", Timestamp(0)).unwrap();
    let (_, _, at, signature) = parts(&url);
    for forged in [signature.clone(), format!("{at}.{signature}"), url] {
        assert!(token::verify(&ring(OLD), &forged, Timestamp(0)).is_err());
    }
}

proptest! {
    #[test]
    fn pieces_cover_a_range_once_and_in_order(offset in 0_i64..3_000_000, length in 0_i64..3_000_000) {
        let mut at = offset;
        for piece in place::pieces(offset, length) {
            prop_assert!(piece.from < piece.to && piece.to <= FILE_CHUNK_BYTES);
            prop_assert_eq!(piece.number * FILE_CHUNK_BYTES as i64 + piece.from as i64, at);
            at += (piece.to - piece.from) as i64;
        }
        prop_assert_eq!(at, offset + length);
    }

    #[test]
    fn a_range_never_reaches_outside_its_file(range in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 1_i64..5000) {
        let serving = serve("f1", "a.csv", "text/csv", size, &Wanted { range: Some(&range), ..Wanted::default() });
        if let Some((offset, length)) = serving.bytes {
            prop_assert!(offset >= 0 && length > 0 && offset + length <= size);
        } else {
            prop_assert_eq!(serving.status, 416);
        }
    }
}
