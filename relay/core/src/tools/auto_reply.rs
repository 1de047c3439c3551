//! Automatic replies: rules of keywords, and when none of them may speak.
//!
//! What a keyword meets and how a reply looks both ends know: see [`shared::auto_reply`].

use serde_json::{Value as Json, json};
use shared::auto_reply::{is_automatic, meets, whole_text, words};
use shared::document::At;
use shared::limits::{
    AUTO_REPLIES_BYTES_MAX, AUTO_REPLIES_PER_DAY, AUTO_REPLIES_PER_DAY_MAX, AUTO_REPLY_COOLDOWN_S,
    AUTO_REPLY_COOLDOWN_S_MAX, AUTO_REPLY_COOLDOWN_S_MIN, AUTO_REPLY_KEYWORD_CHARS_MAX, AUTO_REPLY_KEYWORDS_MAX,
    AUTO_REPLY_RULES_MAX, AUTO_REPLY_SOURCES_MAX, AUTO_REPLY_TEXT_CHARS_MAX, TEMPLATE_TITLE_CHARS_MAX,
};
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::{DAY_MIN, minute_of_day, offset_text, time_text, utc_offset_min};

/// Who writes automatic replies, as people see it.
pub const AUTHOR: &str = "Автоответ";

/// What is answered to which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name for programs.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Beginnings of words, any of which is enough.
    pub keywords: Vec<String>,
    /// What is answered, without the robot and the closing sentence.
    pub text: String,
    /// To users of which sources; of all if there are none.
    pub sources: Vec<String>,
    /// Whether it is in use.
    pub enabled: bool,
    /// Whether the chat still waits for a person after it.
    pub hand_over: bool,
}

/// Hours of the day, every day, by a clock that is so many minutes ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The first minute of the day.
    pub from_min: i64,
    /// The minute of the day that is none of them any more; before `from_min` it is the next day's.
    pub to_min: i64,
    /// Minutes ahead of UTC.
    pub utc_offset_min: i64,
}

impl Quiet {
    fn holds(self, now: Timestamp) -> bool {
        let minute = now.0.div_euclid(60_000).saturating_add(self.utc_offset_min).rem_euclid(DAY_MIN);
        if self.from_min <= self.to_min {
            (self.from_min..self.to_min).contains(&minute)
        } else {
            minute >= self.from_min || minute < self.to_min
        }
    }
}

/// What an organization says of its automatic replies. One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether there are any.
    pub enabled: bool,
    /// How long a chat is left alone after a reply, or after a person's answer.
    pub cooldown_s: i64,
    /// How many a chat gets in 24 hours.
    pub per_day_max: i64,
    /// When nothing is replied.
    pub quiet: Option<Quiet>,
    /// The first one that matches is the one that speaks.
    pub rules: Vec<Rule>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            cooldown_s: AUTO_REPLY_COOLDOWN_S,
            per_day_max: AUTO_REPLIES_PER_DAY,
            quiet: None,
            rules: built_in(),
        }
    }
}

/// The four rules that are there from the beginning. They speak of Ozon, and so to its buyers only.
fn built_in() -> Vec<Rule> {
    let rule = |id: &str, title: &str, keywords: &[&str], text: &str| Rule {
        id: id.into(),
        title: title.into(),
        keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
        text: text.into(),
        sources: vec![source::OZON.into()],
        enabled: true,
        hand_over: true,
    };
    vec![
        rule(
            "tracking",
            "Где заказ",
            &["где", "заказ", "трек", "отслед"],
            "Для отслеживания заказа используйте трек-номер в личном кабинете OZON или на сайте службы доставки. Если трек-номера нет, заказ еще готовится к отправке.",
        ),
        rule(
            "delivery",
            "Сроки доставки",
            &["когда", "доставк", "получ"],
            "Сроки доставки зависят от вашего региона и выбранного способа доставки. Обычно доставка занимает 1-5 рабочих дней с момента отправки.",
        ),
        rule(
            "returns",
            "Возврат и обмен",
            &["возврат", "верн", "обмен"],
            "Вы можете оформить возврат через ваш личный кабинет в разделе \"Мои заказы\" в течение 14 дней с момента получения товара. Товар должен быть в оригинальной упаковке.",
        ),
        rule(
            "size",
            "Размер",
            &["размер", "не подход", "мал", "велик"],
            "При проблемах с размером вы можете оформить обмен или возврат. Рекомендуем обратиться в службу поддержки OZON для быстрого решения вопроса.",
        ),
    ]
}

impl Settings {
    /// The document that an organization sends, or that was kept. What is left out is as it is from the beginning.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the path of the member that is wrong, [`Code::TooLarge`].
    pub fn read(document: &Json) -> Result<Self, Problem> {
        let root = At::root("auto_replies", document);
        let members = root.object(&["enabled", "cooldown_s", "per_day_max", "quiet", "rules"])?;
        if document.to_string().len() > AUTO_REPLIES_BYTES_MAX {
            let detail = format!("auto_replies has at most {AUTO_REPLIES_BYTES_MAX} bytes of JSON");
            return Err(Problem::new(Code::TooLarge, detail));
        }
        let usual = Self::default();
        let rules = match members.get("rules") {
            Some(rules) => rules.list(0, AUTO_REPLY_RULES_MAX)?.iter().map(rule).collect::<Result<Vec<_>, _>>()?,
            None => usual.rules,
        };
        for (index, rule) in rules.iter().enumerate() {
            if rules.iter().take(index).any(|earlier| earlier.id == rule.id) {
                let detail = format!("auto_replies.rules[{index}].id is that of another rule");
                return Err(Problem::new(Code::Invalid, detail));
            }
        }
        let integer =
            |name: &str, min: i64, max: i64, usual: i64| members.get(name).map_or(Ok(usual), |at| at.integer(min, max));
        Ok(Self {
            enabled: members.get("enabled").map_or(Ok(usual.enabled), |at| at.flag())?,
            cooldown_s: integer("cooldown_s", AUTO_REPLY_COOLDOWN_S_MIN, AUTO_REPLY_COOLDOWN_S_MAX, usual.cooldown_s)?,
            per_day_max: integer("per_day_max", 1, AUTO_REPLIES_PER_DAY_MAX, usual.per_day_max)?,
            quiet: members.get("quiet").map(|at| quiet(&at)).transpose()?,
            rules,
        })
    }

    /// The document, as [`Settings::read`] reads it.
    #[must_use]
    pub fn described(&self) -> Json {
        let rules = self.rules.iter().map(|rule| {
            json!({
                "id": rule.id, "title": rule.title, "keywords": rule.keywords, "text": rule.text,
                "sources": rule.sources,
                "enabled": rule.enabled, "hand_over": rule.hand_over,
            })
        });
        let quiet = self.quiet.map(|quiet| {
            json!({
                "from": time_text(quiet.from_min), "to": time_text(quiet.to_min),
                "utc_offset": offset_text(quiet.utc_offset_min),
            })
        });
        json!({
            "enabled": self.enabled, "cooldown_s": self.cooldown_s, "per_day_max": self.per_day_max, "quiet": quiet,
            "rules": rules.collect::<Vec<_>>(),
        })
    }
}

fn rule(at: &At<'_>) -> Result<Rule, Problem> {
    let members = at.object(&["id", "title", "keywords", "text", "sources", "enabled", "hand_over"])?;
    let keywords = members.require("keywords")?;
    let keyword = |at: &At<'_>| {
        let keyword = at.text(AUTO_REPLY_KEYWORD_CHARS_MAX)?;
        if words(&keyword).is_empty() { Err(at.wrong("has a letter or a digit")) } else { Ok(keyword) }
    };
    let flag = |name: &str| members.get(name).map_or(Ok(true), |at| at.flag());
    let word = |at: &At<'_>| -> Result<String, Problem> {
        crate::storefront::named(at, '-')?;
        Ok(at.value().as_str().unwrap_or_default().to_owned())
    };
    let sources = members.get("sources").map_or(Ok(Vec::new()), |at| at.list(0, AUTO_REPLY_SOURCES_MAX))?;
    Ok(Rule {
        id: word(&members.require("id")?)?,
        title: members.require("title")?.text(TEMPLATE_TITLE_CHARS_MAX)?,
        keywords: keywords.list(1, AUTO_REPLY_KEYWORDS_MAX)?.iter().map(keyword).collect::<Result<_, _>>()?,
        text: members.require("text")?.text(AUTO_REPLY_TEXT_CHARS_MAX)?,
        sources: sources.iter().map(word).collect::<Result<_, _>>()?,
        enabled: flag("enabled")?,
        hand_over: flag("hand_over")?,
    })
}

fn quiet(at: &At<'_>) -> Result<Quiet, Problem> {
    let members = at.object(&["from", "to", "utc_offset"])?;
    let time = |name: &str| {
        let at = members.require(name)?;
        at.value().as_str().and_then(minute_of_day).ok_or_else(|| at.wrong("is a time, like 22:00"))
    };
    let offset = members.require("utc_offset")?;
    let utc_offset_min = offset.value().as_str().and_then(utc_offset_min);
    let quiet = Quiet {
        from_min: time("from")?,
        to_min: time("to")?,
        utc_offset_min: utc_offset_min.ok_or_else(|| offset.wrong("is an offset from UTC, like +03:00"))?,
    };
    if quiet.from_min == quiet.to_min { Err(at.wrong("ends when it begins")) } else { Ok(quiet) }
}

/// What is known of the chat that a message came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Where it comes from.
    pub source: &'a str,
    /// Whether a person is at the other end: a buyer, a visitor, a user of a messenger, and not a marketplace's own voice.
    pub is_person: bool,
    /// The last automatic reply.
    pub replied_at: Option<Timestamp>,
    /// Automatic replies of the last 24 hours.
    pub replied_today: i64,
    /// The last word of a person of the organization, or of its own program.
    pub answered_at: Option<Timestamp>,
}

/// What is to be replied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// By which rule.
    pub rule_id: String,
    /// The whole text.
    pub text: String,
    /// Whether the chat still waits for a person.
    pub hand_over: bool,
}

/// What is replied to a user's message, if anything is.
#[must_use]
pub fn answer(now: Timestamp, settings: &Settings, text: &str, facts: &Facts<'_>) -> Option<Reply> {
    let cooldown_ms = settings.cooldown_s.saturating_mul(1000);
    let is_recent = |at: Option<Timestamp>| at.is_some_and(|at| now.since_ms(at) < cooldown_ms);
    if !settings.enabled
        || !facts.is_person
        || is_recent(facts.replied_at)
        || is_recent(facts.answered_at)
        || facts.replied_today >= settings.per_day_max
        || settings.quiet.is_some_and(|quiet| quiet.holds(now))
        || is_automatic(settings.rules.iter().map(|rule| rule.text.as_str()), text)
    {
        return None;
    }
    let said = words(text);
    let is_for = |rule: &Rule| rule.sources.is_empty() || rule.sources.iter().any(|source| source == facts.source);
    let speaks = |rule: &&Rule| rule.enabled && is_for(rule) && meets(&rule.keywords, &said);
    let rule = settings.rules.iter().find(speaks)?;
    Some(Reply { rule_id: rule.id.clone(), text: whole_text(&rule.text, rule.hand_over), hand_over: rule.hand_over })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use shared::limits::OZON_TEXT_CHARS_MAX;

    /// 2026-01-10T15:30:00Z
    const T: Timestamp = Timestamp(1_768_059_000_000);
    const HOUR_MS: i64 = 3_600_000;

    fn on() -> Settings {
        Settings { enabled: true, ..Settings::default() }
    }

    fn person() -> Facts<'static> {
        Facts { source: source::OZON, is_person: true, ..Facts::default() }
    }

    fn rule_of(text: &str) -> Option<String> {
        answer(T, &on(), text, &person()).map(|reply| reply.rule_id)
    }

    #[test]
    fn a_keyword_meets_its_forms_and_not_what_only_contains_it() {
        for (text, expected) in [
            ("Где мой заказ?", Some("tracking")),
            ("нет трека", Some("tracking")),
            ("ТРЕК-НОМЕР", Some("tracking")),
            ("как отследить", Some("tracking")),
            ("Когда привезут", Some("delivery")),
            ("не получил", Some("delivery")),
            ("хочу вернуть", Some("returns")),
            ("Обменяете?", Some("returns")),
            ("маловат", Some("size")),
            ("Он мне велик", Some("size")),
            ("не подходит", Some("size")),
            ("совсем не\nподходит!", Some("size")),
            // Parts of other words.
            ("всё нормально", None),
            ("сколько стоит электрика", None),
            ("нельзя подходить близко", None),
            ("подходит", None),
            ("не очень подходит", None),
            ("", None),
            ("🙂", None),
            ("Здравствуйте!", None),
        ] {
            assert_eq!(rule_of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_is_the_one_that_speaks() {
        assert_eq!(rule_of("Когда приедет заказ?").as_deref(), Some("tracking"));
        let mut settings = on();
        settings.rules[0].enabled = false;
        let reply = answer(T, &settings, "Когда приедет заказ?", &person());
        assert_eq!(reply.unwrap().rule_id, "delivery");
    }

    #[test]
    fn a_rule_speaks_to_its_sources_and_one_without_any_to_all() {
        let mut settings = on();
        let of = |source| Facts { source, ..person() };
        let speaks = |settings: &Settings, source| answer(T, settings, "где", &of(source)).is_some();
        assert_eq!([speaks(&settings, "ozon"), speaks(&settings, "widget")], [true, false]);
        settings.rules[0].sources = vec!["telegram".into(), "widget".into()];
        assert_eq!([speaks(&settings, "ozon"), speaks(&settings, "widget")], [false, true]);
        settings.rules[0].sources.clear();
        assert_eq!([speaks(&settings, "ozon"), speaks(&settings, "widget")], [true, true]);
    }

    #[test]
    fn letters_are_compared_small_and_without_their_marks() {
        let mut settings = on();
        settings.rules[0].keywords = vec!["ещЁ".into(), "мой".into()];
        for text in ["ЕЩЕ", "ещё", "еще\u{308}", "МОЙ", "мои\u{306}"] {
            assert!(answer(T, &settings, text, &person()).is_some(), "{text}");
        }
    }

    #[test]
    fn a_reply_shows_what_it_is_and_fits_ozon() {
        let reply = answer(T, &on(), "где", &person()).unwrap();
        assert!(reply.text.starts_with("🤖 Для отслеживания"), "{}", reply.text);
        assert!(
            reply
                .text
                .ends_with("\n\nЕсли это не ответило на ваш вопрос, наш специалист свяжется с вами в ближайшее время.")
        );
        assert!(reply.hand_over);
        let mut settings = on();
        for hand_over in [true, false] {
            settings.rules[0].hand_over = hand_over;
            settings.rules[0].text = "я".repeat(AUTO_REPLY_TEXT_CHARS_MAX);
            let reply = answer(T, &settings, "где", &person()).unwrap();
            assert!(reply.text.chars().count() <= OZON_TEXT_CHARS_MAX);
            assert_eq!(reply.text.contains("наш специалист свяжется"), hand_over);
        }
    }

    #[test]
    fn it_is_off_until_somebody_turns_it_on_and_silent_to_what_is_no_person() {
        assert_eq!(answer(T, &Settings::default(), "где", &person()), None);
        assert_eq!(answer(T, &on(), "где", &Facts::default()), None);
    }

    #[test]
    fn a_chat_is_left_alone_for_a_while_to_the_millisecond() {
        let settings = on();
        let cooldown_ms = settings.cooldown_s * 1000;
        for facts in [Facts { replied_at: Some(T), ..person() }, Facts { answered_at: Some(T), ..person() }] {
            for (after_ms, speaks) in [(-1, false), (0, false), (cooldown_ms - 1, false), (cooldown_ms, true)] {
                let now = T.plus_ms(after_ms);
                assert_eq!(answer(now, &settings, "где", &facts).is_some(), speaks, "{facts:?} {after_ms}");
            }
        }
        for (count, speaks) in [(settings.per_day_max - 1, true), (settings.per_day_max, false)] {
            let facts = Facts { replied_today: count, ..person() };
            assert_eq!(answer(T, &settings, "где", &facts).is_some(), speaks);
        }
    }

    #[test]
    fn quiet_hours_are_those_of_the_shops_clock() {
        // It is 18:30 in Moscow.
        let at = |from: i64, to: i64, ms: i64| {
            let quiet = Some(Quiet { from_min: from, to_min: to, utc_offset_min: 180 });
            answer(T.plus_ms(ms), &Settings { quiet, ..on() }, "где", &person()).is_none()
        };
        let now = 18 * 60 + 30;
        assert!(at(now, now + 1, 0) && at(now, now + 1, 59_999) && !at(now, now + 1, 60_000));
        assert!(!at(now + 1, now + 2, 0) && !at(now - 2, now, 0));
        // Over midnight.
        assert!(at(22 * 60, 8 * 60, 4 * HOUR_MS) && at(22 * 60, 8 * 60, 9 * HOUR_MS) && !at(22 * 60, 8 * 60, 0));
        assert!(at(now, now - 1, 0) && !at(now + 1, now, 0));
    }

    #[test]
    fn a_machine_is_not_answered_and_least_of_all_our_own() {
        let settings = on();
        let own = answer(T, &settings, "где", &person()).unwrap().text;
        let bare = format!("  {}\n", settings.rules[3].text.replace(' ', "\n"));
        for text in ["🤖 где ваш заказ", "  🤖где", &own, &bare] {
            assert_eq!(answer(T, &settings, text, &person()), None, "{text}");
        }
    }

    #[test]
    fn a_document_reads_and_prints_the_same_and_what_is_left_out_is_usual() {
        let document = json!({
            "enabled": true, "cooldown_s": 60, "per_day_max": 20,
            "quiet": {"from": "22:00", "to": "08:30", "utc_offset": "-05:30"},
            "rules": [{"id": "a-1", "title": "Да", "keywords": ["да"], "text": "Да", "sources": ["widget", "telegram"], "enabled": false, "hand_over": false}],
        });
        assert_eq!(Settings::read(&document).unwrap().described(), document);
        assert_eq!(Settings::read(&json!({})).unwrap(), Settings::default());
        assert_eq!(Settings::read(&Settings::default().described()).unwrap(), Settings::default());
        assert_eq!(Settings::read(&json!({"rules": []})).unwrap().rules, []);
    }

    #[test]
    fn a_document_is_good_up_to_each_limit_and_refused_one_past_it() {
        let rule = json!({"id": "a", "title": "т", "keywords": ["да"], "text": "да"});
        let with = |member: &str, value: Json| {
            let mut rule = rule.clone();
            rule[member] = value;
            json!({"rules": [rule]})
        };
        let rules = |count: usize| {
            let numbered = |number: usize| {
                let mut rule = rule.clone();
                rule["id"] = json!(format!("a{number}"));
                rule
            };
            json!({"rules": (0..count).map(numbered).collect::<Vec<_>>()})
        };
        let of = |count: usize| json!("я".repeat(count));
        let many = |count: usize| json!(vec!["да"; count]);
        for (good, past, at) in [
            (rules(AUTO_REPLY_RULES_MAX), rules(AUTO_REPLY_RULES_MAX + 1), "auto_replies.rules"),
            (
                with("text", of(AUTO_REPLY_TEXT_CHARS_MAX)),
                with("text", of(AUTO_REPLY_TEXT_CHARS_MAX + 1)),
                "auto_replies.rules[0].text",
            ),
            (
                with("title", of(TEMPLATE_TITLE_CHARS_MAX)),
                with("title", of(TEMPLATE_TITLE_CHARS_MAX + 1)),
                "auto_replies.rules[0].title",
            ),
            (
                with("keywords", many(AUTO_REPLY_KEYWORDS_MAX)),
                with("keywords", many(AUTO_REPLY_KEYWORDS_MAX + 1)),
                "auto_replies.rules[0].keywords",
            ),
            (
                with("keywords", json!([of(AUTO_REPLY_KEYWORD_CHARS_MAX)])),
                with("keywords", json!([of(AUTO_REPLY_KEYWORD_CHARS_MAX + 1)])),
                "auto_replies.rules[0].keywords[0]",
            ),
            (
                with("sources", json!(vec!["ozon"; AUTO_REPLY_SOURCES_MAX])),
                with("sources", json!(vec!["ozon"; AUTO_REPLY_SOURCES_MAX + 1])),
                "auto_replies.rules[0].sources",
            ),
            (
                json!({"cooldown_s": AUTO_REPLY_COOLDOWN_S_MIN}),
                json!({"cooldown_s": AUTO_REPLY_COOLDOWN_S_MIN - 1}),
                "auto_replies.cooldown_s",
            ),
            (
                json!({"cooldown_s": AUTO_REPLY_COOLDOWN_S_MAX}),
                json!({"cooldown_s": AUTO_REPLY_COOLDOWN_S_MAX + 1}),
                "auto_replies.cooldown_s",
            ),
            (
                json!({"per_day_max": AUTO_REPLIES_PER_DAY_MAX}),
                json!({"per_day_max": AUTO_REPLIES_PER_DAY_MAX + 1}),
                "auto_replies.per_day_max",
            ),
            (json!({"per_day_max": 1}), json!({"per_day_max": 0}), "auto_replies.per_day_max"),
        ] {
            assert!(Settings::read(&good).is_ok(), "{at}: {:?}", Settings::read(&good));
            let refused = Settings::read(&past).unwrap_err();
            assert_eq!((refused.code, refused.detail.split(' ').next()), (Code::Invalid, Some(at)));
        }
        let padded = |bytes: usize| {
            let mut document = rules(AUTO_REPLY_RULES_MAX);
            for at in 0..AUTO_REPLY_RULES_MAX {
                let left = bytes - document.to_string().len();
                let more = left.min(2 * AUTO_REPLY_TEXT_CHARS_MAX - 8);
                document["rules"][at]["text"] = json!("я".repeat(2 + more / 2) + &"a".repeat(more % 2));
            }
            document
        };
        let most = padded(AUTO_REPLIES_BYTES_MAX);
        assert_eq!(most.to_string().len(), AUTO_REPLIES_BYTES_MAX);
        assert!(Settings::read(&most).is_ok());
        assert_eq!(Settings::read(&padded(AUTO_REPLIES_BYTES_MAX + 1)).unwrap_err().code, Code::TooLarge);
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_place() {
        let rule = |id: &str, keyword: &str| json!({"id": id, "title": "т", "keywords": [keyword], "text": "да"});
        for (document, at) in [
            (json!([]), "auto_replies"),
            (json!({"on": true}), "auto_replies.on"),
            (json!({"enabled": 1}), "auto_replies.enabled"),
            (json!({"rules": [{"id": "a"}]}), "auto_replies.rules[0].keywords"),
            (json!({"rules": [rule("Я", "да")]}), "auto_replies.rules[0].id"),
            (json!({"rules": [rule("a", "?!")]}), "auto_replies.rules[0].keywords[0]"),
            (json!({"rules": [rule("a", "да"), rule("a", "нет")]}), "auto_replies.rules[1].id"),
            (json!({"quiet": {"from": "22:00", "to": "08:00"}}), "auto_replies.quiet.utc_offset"),
            (json!({"quiet": {"from": "24:00", "to": "08:00", "utc_offset": "Z"}}), "auto_replies.quiet.from"),
            (json!({"quiet": {"from": "22:00", "to": "22:00", "utc_offset": "Z"}}), "auto_replies.quiet"),
            (json!({"quiet": {"from": "22:00", "to": "08:00", "utc_offset": "МСК"}}), "auto_replies.quiet.utc_offset"),
        ] {
            let refused = Settings::read(&document).unwrap_err();
            assert_eq!(refused.detail.split(' ').next(), Some(at), "{document}");
        }
    }
}
