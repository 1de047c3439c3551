//! Files in Ozon's chats, as messages name them (UPSTREAMS 1.4): what the relay and the operator's page both read in such a
//! link.

use crate::limits::ADDRESS_BYTES_MAX;

/// Where files are, at Ozon and below the relay's own path for Ozon.
pub const PREFIX: &str = "/v2/chat/file/";

/// Whether what stands after [`PREFIX`] stays where it is put, however it is read: no empty or dotted step, nothing that
/// could be one when decoded, no query.
#[must_use]
pub fn is_path(path: &str) -> bool {
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let is_taken = match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let decoded = high.zip(low).and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
                decoded.is_some_and(|byte| !byte.is_ascii_control() && !b"/\\.%?#".contains(&byte))
            }
            byte => byte.is_ascii_alphanumeric() || b"/-._~!$&'*+,;=:@".contains(&byte),
        };
        if !is_taken {
            return false;
        }
    }
    path.len() <= ADDRESS_BYTES_MAX && path.split('/').all(|step| !step.is_empty() && step != "." && step != "..")
}

/// `name.pdf` and `123KB` of `name.pdf (123KB)`. The name may be empty, the size may be missing.
#[must_use]
pub fn name_and_size(label: &str) -> (&str, Option<&str>) {
    let label = label.trim();
    let size = label.strip_suffix(')').and_then(|label| label.rsplit_once('(')).filter(|(_, size)| is_size(size));
    size.map_or((label, None), |(name, size)| (name.trim(), Some(size.trim())))
}

/// Whether it reads like `123KB`.
fn is_size(text: &str) -> bool {
    let unit =
        text.trim_start_matches(|character: char| character.is_ascii_digit() || matches!(character, '.' | ',' | ' '));
    let units = ["B", "KB", "MB", "GB", "Б", "КБ", "МБ", "ГБ"];
    text.len() > unit.len() && units.contains(&unit.to_uppercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_its_place() {
        for path in ["a", "a.jpg", "messenger/1/a_b-c~1.JPG", "a/%D0%B0%20b.pdf", "a/...b", "a/b@2x.png"] {
            assert!(is_path(path), "{path}");
        }
        for path in [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/%2e%2e", "a%2Fb", "a%", "a%zz", "a?b", "a#b",
            "a b", "а",
        ] {
            assert!(!is_path(path), "{path}");
        }
        let of = |bytes: usize| is_path(&"a".repeat(bytes));
        assert_eq!([of(ADDRESS_BYTES_MAX), of(ADDRESS_BYTES_MAX + 1)], [true, false]);
    }

    #[test]
    fn a_size_behind_a_name_is_no_part_of_it() {
        for (label, expected) in [
            ("чек.pdf (123KB)", ("чек.pdf", Some("123KB"))),
            ("акт [1] (копия).docx (1,5 МБ)", ("акт [1] (копия).docx", Some("1,5 МБ"))),
            (" (5MB)", ("", Some("5MB"))),
            ("отчёт (12)", ("отчёт (12)", None)),
            ("отчёт (KB)", ("отчёт (KB)", None)),
            ("отчёт (1 ИП)", ("отчёт (1 ИП)", None)),
            ("", ("", None)),
            (")", (")", None)),
        ] {
            assert_eq!(name_and_size(label), expected, "{label}");
        }
    }
}
