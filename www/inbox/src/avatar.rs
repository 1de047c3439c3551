//! The coloured circle with a person's initials.

use leptos::prelude::*;
use shared::id::UserId;

/// Colours in inbox.css, `hue-0` to `hue-7`.
const HUES: u64 = 8;

/// Fibonacci hashing: 2^64 over the golden ratio spreads neighbouring ids.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The circle, and the dot of somebody who is here.
pub fn avatar(user_id: UserId, name: &str, online: Memo<bool>) -> impl IntoView + use<> {
    view! {
        <span class=format!("avatar hue-{}", hue(user_id)) aria-hidden="true">
            {initials(name)} {move || online.get().then(|| view! { <span class="online"></span> })}
        </span>
    }
}

/// The same person has the same colour everywhere.
fn hue(user_id: UserId) -> u64 {
    (user_id.cast_unsigned().wrapping_mul(SPREAD) >> 32) % HUES
}

/// The first characters of the first two words; of a telephone number, its start.
fn initials(name: &str) -> String {
    let name = name.trim();
    if name.starts_with('+') {
        return name.chars().take(2).collect();
    }
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_two_words_at_most() {
        for (name, expected) in [
            ("Гость 4821", "Г4"),
            ("марина к.", "МК"),
            ("Ольга", "О"),
            ("+7 916 000", "+7"),
            ("", ""),
            (" А  Б В", "АБ"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn every_person_has_one_of_the_colours() {
        let hues: std::collections::BTreeSet<u64> = (-50..50).map(hue).collect();
        assert_eq!(hues, (0..HUES).collect());
    }
}
