//! What a message is to carry beside its text, while it is being written: a card, quick replies, or both.
//!
//! The relay has the last word (`shared::content`); what it would refuse is told here in the operator's words.

use shared::json::Object;
use shared::limits::{
    ADDRESS_BYTES_MAX, CARD_PRICE_CHARS_MAX, CARD_TEXT_CHARS_MAX, CARD_TITLE_CHARS_MAX, CONTENT_BYTES_MAX,
    LABEL_CHARS_MAX, MESSAGE_BYTES_MAX, REPLIES_MAX, TEXT_CHARS_MAX,
};

use crate::ask::Refusal;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The message's text, which the composer has, too.
    Text,
    Title,
    Price,
    About,
    Url,
    Image,
    Replies,
}

impl Field {
    /// Its name in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Price => "price",
            Self::About => "about",
            Self::Url => "url",
            Self::Image => "image",
            Self::Replies => "replies",
        }
    }
}

/// Why it was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Neither a card nor a reply.
    Nothing,
    /// A card, but no title.
    NoTitle,
    /// Replies, but neither a text nor a card.
    NoText,
    /// So many characters at most.
    TooLong(Field, usize),
    NoAddress(Field),
    TooManyReplies,
    ReplyTooLong,
    /// The whole is too much for one message.
    TooMuch,
    /// The relay's answer, or none.
    Refused(Refusal),
}

impl Trouble {
    /// Where it is.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::Nothing | Self::NoTitle => Some(Field::Title),
            Self::NoText => Some(Field::Text),
            Self::TooLong(field, _) | Self::NoAddress(field) => Some(*field),
            Self::TooManyReplies | Self::ReplyTooLong => Some(Field::Replies),
            Self::TooMuch | Self::Refused(_) => None,
        }
    }
}

/// One form, as far as it is filled in. The message's text is the draft of its chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// The message's id: one for the form, so that pressing again after a lost answer makes no second message.
    pub client_id: String,
    pub is_open: bool,
    pub is_sending: bool,
    pub trouble: Option<Trouble>,
    /// The text that it was last sent with.
    pub sent: Option<String>,
    title: String,
    price: String,
    about: String,
    url: String,
    image: String,
    replies: String,
}

impl Enclosure {
    /// An empty form, whose message has this id.
    pub fn new(client_id: String) -> Self {
        Self { client_id, ..Self::default() }
    }

    /// What stands in a field.
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Text => "",
            Field::Title => &self.title,
            Field::Price => &self.price,
            Field::About => &self.about,
            Field::Url => &self.url,
            Field::Image => &self.image,
            Field::Replies => &self.replies,
        }
    }

    /// Somebody has written.
    pub fn write(&mut self, field: Field, value: String) {
        self.trouble = None;
        match field {
            Field::Text => {}
            Field::Title => self.title = value,
            Field::Price => self.price = value,
            Field::About => self.about = value,
            Field::Url => self.url = value,
            Field::Image => self.image = value,
            Field::Replies => self.replies = value,
        }
    }

    /// The quick replies: one a line, or between commas.
    pub fn quick_replies(&self) -> Vec<String> {
        let replies = self.replies.split([',', '\n']).map(str::trim);
        replies.filter(|reply| !reply.is_empty()).map(str::to_owned).collect()
    }

    /// The content as JSON, to be sent beside a text.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn content(&self, text: &str) -> Result<String, Trouble> {
        let (card, replies) = (self.card()?, self.quick_replies());
        if card.is_none() && replies.is_empty() {
            return Err(Trouble::Nothing);
        }
        if replies.len() > REPLIES_MAX {
            return Err(Trouble::TooManyReplies);
        }
        if replies.iter().any(|reply| !fits(reply, LABEL_CHARS_MAX)) {
            return Err(Trouble::ReplyTooLong);
        }
        if card.is_none() && text.trim().is_empty() {
            return Err(Trouble::NoText);
        }
        let length = shared::text::length(text);
        if length > TEXT_CHARS_MAX {
            return Err(Trouble::TooLong(Field::Text, TEXT_CHARS_MAX));
        }
        let mut content = Object::new();
        if let Some(card) = card {
            content = content.raw("cards", &array(std::iter::once(card)));
        }
        if !replies.is_empty() {
            content = content.raw("replies", &array(replies.iter().map(|reply| quoted(reply))));
        }
        let content = content.finish();
        let bytes = content.len().saturating_add(length.saturating_mul(2));
        if content.len() > CONTENT_BYTES_MAX || bytes > MESSAGE_BYTES_MAX {
            return Err(Trouble::TooMuch);
        }
        Ok(content)
    }

    /// The card, if anything of one is filled in.
    fn card(&self) -> Result<Option<String>, Trouble> {
        let members = [
            ("title", Field::Title),
            ("text", Field::About),
            ("image", Field::Image),
            ("url", Field::Url),
            ("price", Field::Price),
        ]
        .map(|(name, field)| (name, field, self.field(field).trim()));
        if members.iter().all(|(.., value)| value.is_empty()) {
            return Ok(None);
        }
        if self.title.trim().is_empty() {
            return Err(Trouble::NoTitle);
        }
        let mut card = Object::new();
        for (name, field, value) in members.into_iter().filter(|(.., value)| !value.is_empty()) {
            let chars_max = match field {
                Field::Title => CARD_TITLE_CHARS_MAX,
                Field::Price => CARD_PRICE_CHARS_MAX,
                Field::About => CARD_TEXT_CHARS_MAX,
                Field::Url | Field::Image if !is_address(value) => return Err(Trouble::NoAddress(field)),
                Field::Url | Field::Image | Field::Text | Field::Replies => ADDRESS_BYTES_MAX,
            };
            if !fits(value, chars_max) {
                return Err(Trouble::TooLong(field, chars_max));
            }
            card = card.string(name, value);
        }
        Ok(Some(card.finish()))
    }
}

fn fits(text: &str, chars_max: usize) -> bool {
    text.chars().nth(chars_max).is_none()
}

/// What the relay takes for an address, but for those of the machine itself, which are for developers.
fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let hides = |char: char| char.is_whitespace() || char.is_control() || char == '\\';
    host.is_some_and(|host| !host.is_empty() && !host.starts_with(':') && !host.contains('@'))
        && !text.contains(hides)
        && text.len() <= ADDRESS_BYTES_MAX
}

fn array(elements: impl Iterator<Item = String>) -> String {
    ["[", &elements.collect::<Vec<_>>().join(","), "]"].concat()
}

/// A JSON string: [`Object`] writes them as members alone.
fn quoted(text: &str) -> String {
    let object = Object::new().string("", text).finish();
    object.strip_prefix("{\"\":").and_then(|rest| rest.strip_suffix('}')).unwrap_or("\"\"").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(fields: &[(Field, &str)]) -> Enclosure {
        let mut enclosure = Enclosure::default();
        for (field, value) in fields {
            enclosure.write(*field, (*value).to_owned());
        }
        enclosure
    }

    fn trouble(fields: &[(Field, &str)], text: &str) -> Option<Trouble> {
        filled(fields).content(text).err()
    }

    #[test]
    fn what_is_filled_in_is_sent_and_nothing_else() {
        let card =
            [(Field::Title, " Чайник \"Юн\" "), (Field::Price, "5 990 ₽"), (Field::Url, "https://shop.ru/p?a=1")];
        assert_eq!(
            filled(&card).content("").as_deref(),
            Ok(r#"{"cards":[{"title":"Чайник \"Юн\"","url":"https://shop.ru/p?a=1","price":"5 990 ₽"}]}"#)
        );
        assert_eq!(
            filled(&[(Field::Replies, "Да, Нет,\n ,Не знаю\n")]).content("Берёте?").as_deref(),
            Ok(r#"{"replies":["Да","Нет","Не знаю"]}"#)
        );
        let both = [(Field::Title, "Чай"), (Field::Replies, "Да")];
        assert_eq!(filled(&both).content("").as_deref(), Ok(r#"{"cards":[{"title":"Чай"}],"replies":["Да"]}"#));
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(trouble(&[], "текст"), Some(Trouble::Nothing));
        assert_eq!(trouble(&[(Field::Title, " "), (Field::Replies, " ,\n")], "текст"), Some(Trouble::Nothing));
        assert_eq!(trouble(&[(Field::Price, "1 ₽")], "текст"), Some(Trouble::NoTitle));
        assert_eq!(trouble(&[(Field::Replies, "Да")], " "), Some(Trouble::NoText));
    }

    #[test]
    fn every_field_is_good_up_to_its_limit_and_not_one_past_it() {
        let of = |chars: usize| "ы".repeat(chars);
        for (field, most) in [
            (Field::Title, CARD_TITLE_CHARS_MAX),
            (Field::Price, CARD_PRICE_CHARS_MAX),
            (Field::About, CARD_TEXT_CHARS_MAX),
        ] {
            let at = |chars: usize| trouble(&[(Field::Title, "Чай"), (field, &of(chars))], "");
            assert_eq!([at(most), at(most + 1)], [None, Some(Trouble::TooLong(field, most))]);
        }
        let replies = |count: usize, chars: usize| {
            trouble(&[(Field::Replies, &[of(chars), ",".into()].concat().repeat(count))], "?")
        };
        assert_eq!(
            [replies(REPLIES_MAX, LABEL_CHARS_MAX), replies(REPLIES_MAX + 1, 1)],
            [None, Some(Trouble::TooManyReplies)]
        );
        assert_eq!(replies(1, LABEL_CHARS_MAX + 1), Some(Trouble::ReplyTooLong));
        let text = |chars: usize| trouble(&[(Field::Replies, "Да")], &of(chars));
        assert_eq!(text(TEXT_CHARS_MAX + 1), Some(Trouble::TooLong(Field::Text, TEXT_CHARS_MAX)));
        let url = |bytes: usize| ["https://a.ru/", &"a".repeat(bytes - "https://a.ru/".len())].concat();
        for field in [Field::Url, Field::Image] {
            let at = |bytes: usize| trouble(&[(Field::Title, "Чай"), (field, &url(bytes))], "");
            assert_eq!([at(ADDRESS_BYTES_MAX), at(ADDRESS_BYTES_MAX + 1)], [None, Some(Trouble::NoAddress(field))]);
        }
    }

    #[test]
    fn the_whole_fits_one_message() {
        let long = |bytes: usize| ["https://a.ru/", &"a".repeat(bytes)].concat();
        let card = |bytes: usize| {
            let (url, about) = (long(2000), "a".repeat(bytes));
            filled(&[(Field::Title, "Чай"), (Field::Url, &url), (Field::Image, &long(1550)), (Field::About, &about)])
        };
        let spare = CONTENT_BYTES_MAX - card(1).content("").expect("it fits").len();
        assert!(card(1 + spare).content("").is_ok());
        assert_eq!(card(2 + spare).content(""), Err(Trouble::TooMuch));
        let room = (MESSAGE_BYTES_MAX - CONTENT_BYTES_MAX) / 2;
        assert!(card(1 + spare).content(&"ы".repeat(room)).is_ok());
        assert_eq!(card(1 + spare).content(&"ы".repeat(room + 1)), Err(Trouble::TooMuch));
    }

    #[test]
    fn an_address_is_of_https_and_hides_no_host() {
        for bad in
            ["shop.ru", "http://shop.ru", "https://", "https://shop.ru@evil.ru", "https://shop.ru/a b", "javascript:1"]
        {
            assert_eq!(
                trouble(&[(Field::Title, "Чай"), (Field::Url, bad)], ""),
                Some(Trouble::NoAddress(Field::Url)),
                "{bad}"
            );
        }
        assert_eq!(trouble(&[(Field::Title, "Чай"), (Field::Url, " https://пример.рф/ ")], ""), None);
    }
}
