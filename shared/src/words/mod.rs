//! Every word that the widget shows, in every language it speaks.
//!
//! A language is a function from a word to its text, exhaustive by `match`: a word cannot be forgotten in any of them. The build
//! writes each language into two files, in the order of the enums: what the open panel needs, and what its other parts need
//! (www/widget/words). A visitor downloads those of one language.

mod ar;
mod en;
mod kk;
mod ru;
mod tr;
mod uz;
mod zh;

/// A text: the same whatever the number, or one for each form of the language's plural.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// The text. `{}` in it stands for a name or a number.
    One(&'static str),
    /// A text for each plural category of the language (Unicode CLDR), `{}` in it for the number.
    Many(&'static [(Plural, &'static str)]),
}

use Plural::{Few, Many as ManyOf, One as OneOf, Other, Two, Zero};

/// A plural category (Unicode Technical Standard 35, part 3), as `Intl.PluralRules` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// Arabic: none.
    Zero,
    /// Russian: 1, 21, 31.
    One,
    /// Arabic: two.
    Two,
    /// Russian: 2 to 4, 22 to 24.
    Few,
    /// Russian: 5 to 20, 25 to 30.
    Many,
    /// All else.
    Other,
}

impl Plural {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// A language of the widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
    /// Kazakh.
    Kk,
    /// Uzbek, in Latin letters.
    Uz,
    /// Chinese, simplified.
    Zh,
    /// Turkish.
    Tr,
    /// Arabic, from right to left.
    Ar,
}

impl Language {
    /// All of them. The first is for whoever speaks none of them.
    pub const ALL: [Self; 7] = [Self::Ru, Self::En, Self::Kk, Self::Uz, Self::Zh, Self::Tr, Self::Ar];

    /// Its tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
            Self::Kk => "kk",
            Self::Uz => "uz",
            Self::Zh => "zh",
            Self::Tr => "tr",
            Self::Ar => "ar",
        }
    }

    /// The direction of its writing, for `dir`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::Ru | Self::En | Self::Kk | Self::Uz | Self::Zh | Self::Tr => "ltr",
        }
    }

    /// The plural categories that its whole numbers have.
    #[must_use]
    pub const fn plurals(self) -> &'static [Plural] {
        match self {
            Self::Ru => &[OneOf, Few, ManyOf],
            Self::En | Self::Kk | Self::Uz | Self::Tr => &[OneOf, Other],
            Self::Zh => &[Other],
            Self::Ar => &[Zero, OneOf, Two, Few, ManyOf, Other],
        }
    }

    /// A word of the panel.
    #[must_use]
    pub fn word(self, word: Word) -> Text {
        match word {
            Word::Lang => return Text::One(self.tag()),
            Word::Dir => return Text::One(self.direction()),
            _ => {}
        }
        match self {
            Self::Ru => ru::word(word),
            Self::En => en::word(word),
            Self::Kk => kk::word(word),
            Self::Uz => uz::word(word),
            Self::Zh => zh::word(word),
            Self::Tr => tr::word(word),
            Self::Ar => ar::word(word),
        }
    }

    /// A word of what is fetched later.
    #[must_use]
    pub fn extra(self, word: Extra) -> Text {
        match self {
            Self::Ru => ru::extra(word),
            Self::En => en::extra(word),
            Self::Kk => kk::extra(word),
            Self::Uz => uz::extra(word),
            Self::Zh => zh::extra(word),
            Self::Tr => tr::extra(word),
            Self::Ar => ar::extra(word),
        }
    }
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name under which scripts know its number.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

vocabulary! {
    /// What the open panel needs.
    pub enum Word {
        /// The language's tag.
        Lang = "lang",
        /// The direction of its writing.
        Dir = "dir",
        /// The chat's name where the shop's is not known.
        Title = "title",
        /// Under the title, when nobody writes.
        Presence = "presence",
        /// Under the title, when the chat cannot be used.
        Unavailable = "unavailable",
        /// The launcher.
        Open = "open",
        /// The launcher, with so many messages that wait to be read.
        OpenUnread = "open_unread",
        /// The button that closes the chat.
        Close = "close",
        /// The name of the list of messages.
        Log = "log",
        /// While the messages are being fetched.
        Loading = "loading",
        /// An empty chat: its heading.
        Greeting = "greeting",
        /// An empty chat: the line below.
        Invitation = "invitation",
        /// Somebody with a name is writing.
        Typing = "typing",
        /// Somebody of the shop is writing.
        TypingSomebody = "typing_somebody",
        /// The field for the message.
        Input = "input",
        /// The button that sends.
        Send = "send",
        /// The limit of a text is near: so many characters left.
        CharsLeft = "chars_left",
        /// A text is over its limit: so many characters too many.
        CharsOver = "chars_over",
        /// Too many messages wait already.
        OutboxFull = "outbox_full",
        /// The browser knows that there is no network.
        Offline = "offline",
        /// The relay cannot be reached, for whatever reason.
        Reconnecting = "reconnecting",
        /// A message on its way.
        Sending = "sending",
        /// A message that the shop has.
        Sent = "sent",
        /// A message that has reached somebody of the shop.
        Delivered = "delivered",
        /// A message that somebody of the shop has seen.
        Read = "read",
        /// A message that was refused.
        Failed = "failed",
        /// Why: its text is too long.
        TooLarge = "too_large",
        /// Why: such files are not taken.
        UnsupportedType = "unsupported_type",
        /// Why: the shop has no room for files.
        QuotaExceeded = "quota_exceeded",
        /// Why: there is no text.
        EmptyText = "empty_text",
        /// Why: the shop takes no messages from here.
        NotFromHere = "not_from_here",
        /// Why: the page has been open for too long.
        TooOld = "too_old",
        /// Why: too many at once.
        TooOften = "too_often",
        /// Why: the shop could not take it.
        NotTaken = "not_taken",
        /// The button that picks files.
        Attach = "attach",
        /// What files need on the screen could not be fetched.
        NoFiles = "no_files",
        /// Sends a refused message again.
        Retry = "retry",
        /// Above the messages of this day.
        Today = "today",
        /// Above the messages of the day before.
        Yesterday = "yesterday",
        /// Above the messages that the visitor has not seen.
        New = "new",
        /// Asks for a rating.
        RateQuestion = "rate_question",
        /// No chat: the key is not the organization's.
        UnknownKey = "unknown_key",
        /// What the site's owner can do about it.
        UnknownKeyText = "unknown_key_text",
        /// No chat: the page is not on the organization's list.
        OriginNotAllowed = "origin_not_allowed",
        /// What the site's owner can do about it; `{}` is the page's origin.
        OriginNotAllowedText = "origin_not_allowed_text",
        /// No chat: the organization is no more.
        Gone = "gone",
        /// What the site's owner can do about it.
        GoneText = "gone_text",
        /// No chat: a newer page of this visitor took its place.
        Replaced = "replaced",
        /// Why.
        ReplacedText = "replaced_text",
        /// The button that takes it back.
        Resume = "resume",
        /// No chat, for whatever reason.
        Broken = "broken",
        /// What the visitor, and the site's owner, can do.
        BrokenText = "broken_text",
        /// The button that tries again.
        Again = "again",
    }
}

vocabulary! {
    /// What the parts need that are fetched later.
    pub enum Extra {
        /// A file is on its way.
        Uploading = "uploading",
        /// Stops it.
        Cancel = "cancel",
        /// Saves a file.
        Save = "save",
        /// Leaves what is shown in full.
        Leave = "leave",
        /// A file's size: so many bytes.
        Bytes = "bytes",
        /// So many kilobytes.
        Kilobytes = "kilobytes",
        /// So many megabytes.
        Megabytes = "megabytes",
        /// A file is over the limit of so many megabytes.
        FileTooLarge = "file_too_large",
        /// A file could not be sent, for whatever reason.
        FileFailed = "file_failed",
        /// There is no connection.
        NoConnection = "no_connection",
        /// The button that copies a message.
        Copy = "copy",
        /// It was copied.
        Copied = "copied",
        /// The button that goes to the newest messages.
        ToNewest = "to_newest",
        /// The same, with so many new ones.
        NewMessages = "new_messages",
        /// The button that opens the emoji.
        Emoji = "emoji",
        /// The button that opens the menu.
        Menu = "menu",
        /// The menu: a sound with each answer.
        Sound = "sound",
        /// The menu: notifications of the computer.
        Notifications = "notifications",
        /// The browser does not allow them.
        NotificationsDenied = "notifications_denied",
        /// The menu: a window of its own.
        PopOut = "pop_out",
        /// The shop is closed.
        Closed = "closed",
        /// It answers today at that time.
        OpensToday = "opens_today",
        /// It answers tomorrow at that time.
        OpensTomorrow = "opens_tomorrow",
        /// It answers on that day, at that time.
        OpensOn = "opens_on",
        /// It usually answers within a minute.
        AnswersAtOnce = "answers_at_once",
        /// It usually answers within so many minutes.
        AnswersInMinutes = "answers_in_minutes",
        /// It usually answers within so many hours.
        AnswersInHours = "answers_in_hours",
        /// It usually answers within a day.
        AnswersInADay = "answers_in_a_day",
        /// Above the form before a chat.
        FormHeading = "form_heading",
        /// Above the form of a shop that is closed.
        FormClosed = "form_closed",
        /// The button that begins the chat.
        FormStart = "form_start",
        /// Beside a field that may stay empty.
        FieldOptional = "field_optional",
        /// A field is empty.
        FieldMissing = "field_missing",
        /// That is no e-mail address.
        FieldEmail = "field_email",
        /// That is no telephone number.
        FieldPhone = "field_phone",
        /// A list of which nothing is chosen.
        FieldChoose = "field_choose",
        /// The visitor has not consented.
        ConsentMissing = "consent_missing",
        /// The form was not sent.
        FormFailed = "form_failed",
        /// A star: so many of five.
        RateStar = "rate_star",
        /// The field for what could be better.
        RateComment = "rate_comment",
        /// Sends the comment.
        RateSend = "rate_send",
        /// After a rating.
        RateThanks = "rate_thanks",
        /// The rating was not sent.
        RateFailed = "rate_failed",
        /// A card's link.
        CardOpen = "card_open",
        /// The choices under a message.
        Replies = "replies",
        /// Hides a message beside the launcher.
        Dismiss = "dismiss",
        /// The chat could not be fetched.
        NotLoaded = "not_loaded",
        /// The link to the shop's people where there is no chat.
        ContactUs = "contact_us",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (Language, &'static str, Text)> {
        Language::ALL.into_iter().flat_map(|language| {
            let words = Word::ALL.iter().map(move |word| (language, word.name(), language.word(*word)));
            words.chain(Extra::ALL.iter().map(move |word| (language, word.name(), language.extra(*word))))
        })
    }

    fn texts(text: Text) -> Vec<&'static str> {
        match text {
            Text::One(text) => vec![text],
            Text::Many(forms) => forms.iter().map(|(_, text)| *text).collect(),
        }
    }

    #[test]
    fn no_text_is_empty_or_has_space_around_it() {
        for (language, name, text) in all() {
            for text in texts(text) {
                assert!(!text.is_empty() && text.trim() == text, "{} {name}: {text:?}", language.tag());
            }
        }
    }

    #[test]
    fn a_plural_has_each_form_of_its_language_once_and_no_other() {
        for (language, name, text) in all() {
            if let Text::Many(forms) = text {
                let named: Vec<_> = forms.iter().map(|(plural, _)| *plural).collect();
                assert_eq!(named, language.plurals(), "{} {name}", language.tag());
            }
        }
    }

    #[test]
    fn what_stands_for_something_does_so_in_every_language() {
        let russian: Vec<_> = all().filter(|(language, ..)| *language == Language::Ru).collect();
        for (language, name, text) in all() {
            let (.., known) = russian.iter().find(|(_, known, _)| *known == name).copied().unwrap();
            let places = |text| texts(text).iter().map(|text| text.matches("{}").count()).max();
            assert_eq!(places(text), places(known), "{} {name}", language.tag());
            assert_eq!(matches!(text, Text::Many(_)), matches!(known, Text::Many(_)), "{} {name}", language.tag());
        }
    }

    #[test]
    fn no_language_has_taken_over_a_sentence_of_another() {
        // Words that are written alike in two of them.
        const ALIKE: [&str; 5] = ["lang", "dir", "bytes", "kilobytes", "megabytes"];
        for (language, name, text) in all().filter(|(_, name, _)| !ALIKE.contains(name)) {
            for (other, _, known) in all().filter(|(other, known, _)| *other != language && *known == name) {
                let same = texts(text).iter().any(|text| text.chars().count() > 8 && texts(known).contains(text));
                assert!(!same, "{} and {} {name}: {text:?}", language.tag(), other.tag());
            }
        }
    }

    #[test]
    fn names_are_of_one_thing_each() {
        let mut names: Vec<_> = Word::ALL.iter().map(|word| word.name()).collect();
        names.extend(Extra::ALL.iter().map(|word| word.name()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
