//! What is taken as a file, what it is taken for, and under which name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use proptest::prelude::*;
use relay_core::files::{dimensions, judge, name, sniff};
use shared::file::FileType;
use shared::limits::{FILE_BYTES_MAX, FILE_NAME_CHARS_MAX, FILE_NAME_HEADER_BYTES_MAX};
use shared::problem::Code;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0]);
    bytes
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xff, marker];
    bytes.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn frame(marker: u8, width: u16, height: u16) -> Vec<u8> {
    let mut body = vec![8];
    body.extend(height.to_be_bytes());
    body.extend(width.to_be_bytes());
    body.extend([3, 1, 0x22, 0]);
    segment(marker, &body)
}

fn jpeg(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    parts.iter().for_each(|part| bytes.extend(part));
    bytes.extend([0xff, 0xda, 0, 2, 0, 0xff, 0xd9]);
    bytes
}

fn exif(is_little: bool, orientation: u16) -> Vec<u8> {
    let short = |value: u16| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
    let mut body = b"Exif\0\0".to_vec();
    body.extend(if is_little { b"II\x2a\0" } else { b"MM\0\x2a" });
    body.extend(long(8));
    body.extend(short(2));
    for (tag, value) in [(0x0100_u16, 1_u16), (0x0112, orientation)] {
        body.extend(short(tag));
        body.extend(short(3));
        body.extend(long(1));
        body.extend(short(value));
        body.extend([0, 0]);
    }
    segment(0xe1, &body)
}

fn webp(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
    bytes.extend(kind);
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(body);
    bytes
}

fn webp_lossy(width: u16, height: u16) -> Vec<u8> {
    let mut body = vec![0x30, 1, 0, 0x9d, 0x01, 0x2a];
    body.extend(width.to_le_bytes());
    body.extend(height.to_le_bytes());
    webp(b"VP8 ", &body)
}

fn webp_lossless(width: u32, height: u32) -> Vec<u8> {
    let mut body = vec![0x2f];
    body.extend(((width - 1) | (height - 1) << 14).to_le_bytes());
    webp(b"VP8L", &body)
}

fn webp_extended(width: u32, height: u32) -> Vec<u8> {
    let mut body = vec![0x10, 0, 0, 0];
    body.extend(&(width - 1).to_le_bytes()[..3]);
    body.extend(&(height - 1).to_le_bytes()[..3]);
    webp(b"VP8X", &body)
}

/// Name, media type, bytes, and the size of the picture.
type Good = (&'static str, &'static str, Vec<u8>, Option<(i64, i64)>);

/// One good file of each kind.
fn good() -> Vec<Good> {
    vec![
        ("a.png", "image/png", png(640, 480), Some((640, 480))),
        ("a.jpg", "image/jpeg", jpeg(&[segment(0xe0, b"JFIF\0"), frame(0xc0, 1600, 1200)]), Some((1600, 1200))),
        ("a.jpeg", "image/jpeg", jpeg(&[frame(0xc2, 3, 5)]), Some((3, 5))),
        ("a.webp", "image/webp", webp_lossy(550, 368), Some((550, 368))),
        ("a.webp", "image/webp", webp_lossless(16_384, 100), Some((16_384, 100))),
        ("a.webp", "image/webp", webp_extended(4000, 3000), Some((4000, 3000))),
        ("a.pdf", "application/pdf", b"%PDF-1.7\n%\xe2\xe3".to_vec(), None),
        ("a.csv", "text/csv", "артикул;цена\r\n1;2\r\n".into(), None),
    ]
}

#[test]
fn each_kind_is_taken_for_what_it_is() {
    for (name, declared, bytes, expected) in good() {
        let judged = judge(name, declared, &bytes).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        assert_eq!((judged.file_type.as_str(), judged.dimensions), (declared, expected), "{name}");
    }
}

#[test]
fn a_photograph_taken_on_its_side_has_the_size_that_is_seen() {
    for is_little in [true, false] {
        for orientation in 0..=9 {
            let bytes = jpeg(&[exif(is_little, orientation), frame(0xc0, 40, 30)]);
            let expected = if (5..=8).contains(&orientation) { (30, 40) } else { (40, 30) };
            assert_eq!(judge("a.jpg", "", &bytes).unwrap().dimensions, Some(expected), "{orientation}");
        }
    }
}

#[test]
fn a_header_after_tables_restarts_and_fill_bytes_is_found() {
    let parts = [vec![0xff, 0xff, 0xff, 0xd0], segment(0xc4, &[0; 40]), vec![0xff, 0x01], frame(0xc1, 7, 9)];
    assert_eq!(judge("a.jpg", "", &jpeg(&parts)).unwrap().dimensions, Some((7, 9)));
}

#[test]
fn a_name_and_a_declared_type_have_to_say_what_the_bytes_are() {
    let code =
        |name: &str, declared: &str, bytes: &[u8]| judge(name, declared, bytes).err().map(|problem| problem.code);
    let goods = good();
    for (name, _, bytes, _) in &goods {
        assert_eq!(code(name, "", bytes), None, "{name} undeclared");
        assert_eq!(code(name, "application/octet-stream", bytes), None, "{name} declared as bytes");
        for wrong in ["a.html", "a.svg", "a", "a.", "png", "a.exe", "a.png.html", "", "..", "a.gif"] {
            assert_eq!(code(wrong, "", bytes), Some(Code::UnsupportedType), "{name} called {wrong:?}");
        }
        for wrong in ["text/html", "image/svg+xml", "application/javascript", "image/gif", "nonsense"] {
            assert_eq!(code(name, wrong, bytes), Some(Code::UnsupportedType), "{name} declared as {wrong}");
        }
        for (other, declared, ..) in &goods {
            let same = name.rsplit('.').next().unwrap().replace("jpeg", "jpg")
                == other.rsplit('.').next().unwrap().replace("jpeg", "jpg");
            assert_eq!(code(other, declared, bytes).is_none(), same, "{name} as {other}");
        }
    }
    let csv = "a;b\n1;2\n".as_bytes();
    for declared in ["text/csv; charset=utf-8", "TEXT/CSV", "text/plain", "application/vnd.ms-excel"] {
        assert_eq!(code("a.CSV", declared, csv), None, "{declared}");
    }
}

#[test]
fn what_only_looks_like_a_kind_is_refused() {
    let refused = |name: &str, bytes: &[u8]| {
        assert_eq!(
            judge(name, "", bytes).err().map(|problem| problem.code),
            Some(Code::UnsupportedType),
            "{name} {bytes:?}"
        );
    };
    // A page, a script, a picture that can hold one, an archive, an executable, an animation.
    for bytes in [
        &b"<!doctype html><script>alert(1)</script>"[..],
        b"  <svg onload=alert(1)>",
        b"PK\x03\x04",
        b"MZ\x90\0",
        b"GIF89a\x01\0",
    ] {
        for name in ["a.png", "a.jpg", "a.webp", "a.pdf", "a.csv"] {
            refused(name, bytes);
        }
    }
    refused("a.csv", b"\xef\xbb\xbf<html>");
    refused("a.csv", b"a;b\0c");
    refused("a.csv", b"a;b\x1b[31m");
    refused("a.csv", b"\xff\xfea\0;\0");
    refused("a.csv", b"caf\xe9;1");
    // Junk in front of the magic number, which some readers pass over.
    refused("a.pdf", b"junk%PDF-1.7");
    refused("a.pdf", b"%pdf-1.7");
    // Cut off before the size, with no size, and with the picture before its header.
    refused("a.png", &png(1, 1)[..20]);
    refused("a.png", &png(0, 5));
    refused("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dtEXt\0\0\0\0\0\0\0\0\0\0\0\0");
    refused("a.jpg", &jpeg(&[]));
    refused("a.jpg", &[0xff, 0xd8, 0xff]);
    refused("a.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0, 0]);
    refused("a.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xc0]);
    refused("a.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]);
    refused("a.webp", b"RIFF\0\0\0\0WEBPVP8 ");
    refused("a.webp", &webp(b"ALPH", &[0; 32]));
    refused("a.webp", b"RIFF\0\0\0\0WAVEfmt ");
}

#[test]
fn a_picture_with_a_page_behind_it_is_a_picture_and_nothing_else() {
    let mut bytes = png(2, 2);
    bytes.extend(b"<script>alert(1)</script>");
    assert_eq!(judge("a.png", "image/png", &bytes).unwrap().file_type, FileType::Png);
    assert_eq!(judge("a.html", "text/html", &bytes).unwrap_err().code, Code::UnsupportedType);
    assert!(!sniff::is_table(&bytes));
}

#[test]
fn the_largest_file_is_taken_and_one_byte_more_is_not() {
    let mut bytes = png(1, 1);
    bytes.resize(FILE_BYTES_MAX, 0);
    assert!(judge("a.png", "", &bytes).is_ok());
    bytes.push(0);
    assert_eq!(judge("a.png", "", &bytes).unwrap_err().code, Code::TooLarge);
    assert_eq!(judge("a.png", "", &[]).unwrap_err().code, Code::Invalid);
}

#[test]
fn a_picture_may_have_sixty_four_million_pixels_and_not_one_row_more() {
    assert!(judge("a.png", "", &png(8000, 8000)).is_ok());
    for (width, height) in [(8000, 8001), (u32::MAX, u32::MAX), (1, 64_000_001)] {
        assert_eq!(judge("a.png", "", &png(width, height)).unwrap_err().code, Code::TooLarge, "{width} {height}");
    }
}

#[test]
fn a_name_is_made_safe_and_keeps_its_extension() {
    let long = format!("{}.PDF", "я".repeat(300));
    for (given, clean) in [
        ("Гарантия.pdf", "Гарантия.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\Анна\фото.JPG", "фото.jpg"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie_ x.csv"),
        ("otchet\u{202e}fdp.exe", "otchetfdp.exe"),
        ("  ..отчёт...csv ", "отчёт.csv"),
        (".png", "png"),
        ("/.png/", "file"),
        ("", "file"),
        ("...", "file"),
        ("a<b>:\"|?*.png", "a_b______.png"),
        ("\u{0}\u{7f}\u{feff}.csv", "csv"),
    ] {
        assert_eq!(name::clean(given), clean, "{given:?}");
    }
    let cleaned = name::clean(&long);
    assert_eq!(cleaned.chars().count(), FILE_NAME_CHARS_MAX);
    assert!(cleaned.ends_with("я.pdf"));
}

#[test]
fn a_header_carries_any_name_and_refuses_what_is_none() {
    assert_eq!(name::from_header("%D0%A7%D0%B5%D0%BA%20%E2%84%961.pdf").unwrap(), "Чек №1.pdf");
    assert_eq!(name::from_header("plain.csv").unwrap(), "plain.csv");
    let longest = "a".repeat(FILE_NAME_HEADER_BYTES_MAX);
    assert!(name::from_header(&longest).is_ok());
    for wrong in ["%", "%2", "%zz", "%ff", "%+1", &format!("{longest}a")] {
        assert_eq!(name::from_header(wrong).unwrap_err().code, Code::Invalid, "{wrong:.9}");
    }
}

#[test]
fn a_disposition_says_the_name_twice_and_breaks_no_header() {
    assert_eq!(
        name::disposition("attachment", "Чек №1 \"x\"\\%.pdf"),
        "attachment; filename=\"___ _1 _x___.pdf\"; filename*=UTF-8''%D0%A7%D0%B5%D0%BA%20%E2%84%961%20%22x%22%5C%25.pdf"
    );
    assert_eq!(name::disposition("inline", "a.png"), "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
}

fn broken(mut bytes: Vec<u8>, cut: usize, changes: &[(usize, u8)]) -> Vec<u8> {
    for (place, value) in changes {
        let length = bytes.len();
        bytes[place % length] = *value;
    }
    bytes.truncate(cut % (bytes.len() + 1));
    bytes
}

proptest! {
    #[test]
    fn no_bytes_make_the_judge_panic(
        kind in 0_usize..8,
        cut in any::<usize>(),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        tail in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let (name, declared, bytes, _) = good().swap_remove(kind);
        let mut bytes = broken(bytes, cut, &changes);
        bytes.extend(tail);
        let _ = judge(name, declared, &bytes);
        for file_type in FileType::ALL {
            if let Some((width, height)) = dimensions::of(*file_type, &bytes) {
                prop_assert!(width > 0 && height > 0);
            }
        }
    }

    #[test]
    fn any_name_comes_out_clean_and_stays_so(given in any::<String>()) {
        let clean = name::clean(&given);
        prop_assert!(!clean.is_empty() && clean.chars().count() <= FILE_NAME_CHARS_MAX);
        let forbidden = ['/', '\\', '\r', '\n', '\0', '"', '\u{202e}'];
        prop_assert!(!clean.contains(forbidden));
        prop_assert!(!clean.starts_with('.'));
        prop_assert_eq!(&name::clean(&clean), &clean);
        let disposition = name::disposition("attachment", &clean);
        prop_assert!(disposition.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", disposition);
        let encoded = disposition.rsplit("''").next().unwrap_or_default();
        prop_assert_eq!(name::from_header(encoded).unwrap(), clean);
    }

    #[test]
    fn any_header_is_read_without_a_panic(value in any::<String>()) {
        let _ = name::from_header(&value);
    }
}
