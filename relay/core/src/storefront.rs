//! What an organization says of its widget on the storefront: greeting, working hours, form, triggers. One document, judged
//! here as a whole, kept as JSON, and read by the widget; the relay itself reads little of it.

use serde_json::Value;
use shared::document::At;
use shared::id::SAFE_INTEGER_MAX;
use shared::limits::{
    CLOSED_DAYS_MAX, FORM_FIELDS_MAX, FORM_LABEL_CHARS_MAX, FORM_OPTIONS_MAX, GREETING_HEADING_CHARS_MAX,
    GREETING_TEXT_CHARS_MAX, LABEL_CHARS_MAX, REPLIES_MAX, SPANS_MAX, TEAM_MAX, TEAM_NAME_CHARS_MAX,
    TIME_ZONE_BYTES_MAX, TRIGGER_AFTER_S_MAX as AFTER_S_MAX, TRIGGER_TEXT_CHARS_MAX, TRIGGER_URL_CHARS_MAX,
    TRIGGERS_MAX, WIDGET_BYTES_MAX, WIDGET_NAME_BYTES_MAX,
};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

/// The languages that a text may be given in.
pub const LANGUAGES: [&str; 7] = ["ru", "en", "kk", "uz", "zh", "tr", "ar"];

type Judged = Result<(), Problem>;

/// Whether a document can be the widget's settings.
///
/// # Errors
/// [`Code::Invalid`] with the path of the member that is wrong, [`Code::TooLarge`].
pub fn judge(document: &Value) -> Judged {
    let root = At::root("widget", document);
    let members =
        root.object(&["greeting", "replies", "hours", "form", "triggers", "rating", "context", "metrica", "team"])?;
    if document.to_string().len() > WIDGET_BYTES_MAX {
        return Err(Problem::new(Code::TooLarge, format!("widget has at most {WIDGET_BYTES_MAX} bytes of JSON")));
    }
    if let Some(greeting) = members.get("greeting") {
        let members = greeting.object(&["heading", "text"])?;
        optional(members.get("heading"), |text| localized(text, GREETING_HEADING_CHARS_MAX))?;
        optional(members.get("text"), |text| localized(text, GREETING_TEXT_CHARS_MAX))?;
    }
    each(members.get("replies"), 0, REPLIES_MAX, |reply| localized(reply, LABEL_CHARS_MAX))?;
    optional(members.get("hours"), hours)?;
    optional(members.get("form"), form)?;
    each(members.get("triggers"), 0, TRIGGERS_MAX, trigger)?;
    unique(members.get("triggers"), "id")?;
    optional(members.get("rating"), |rating| rating.flag().map(drop))?;
    optional(members.get("context"), |context| context.flag().map(drop))?;
    optional(members.get("metrica"), |counter| counter.integer(1, SAFE_INTEGER_MAX).map(drop))?;
    each(members.get("team"), 0, TEAM_MAX, |person| {
        let members = person.object(&["name", "avatar"])?;
        members.require("name")?.text(TEAM_NAME_CHARS_MAX)?;
        optional(members.get("avatar"), |avatar| avatar.address().map(drop))
    })
}

/// Whether visitors are asked to rate a conversation that is finished.
#[must_use]
pub fn asks_to_rate(document: &Value) -> bool {
    document.get("rating").and_then(Value::as_bool) == Some(true)
}

fn optional<'a>(at: Option<At<'a>>, judge: impl Fn(&At<'a>) -> Judged) -> Judged {
    at.map_or(Ok(()), |at| judge(&at))
}

fn each<'a>(at: Option<At<'a>>, min: usize, max: usize, judge: impl Fn(&At<'a>) -> Judged) -> Judged {
    at.map_or(Ok(()), |at| at.list(min, max)?.iter().try_for_each(judge))
}

/// A text in one language for all, or in several.
fn localized(at: &At<'_>, chars_max: usize) -> Judged {
    let Some(texts) = at.value().as_object() else { return at.text(chars_max).map(drop) };
    let members = at.object(&LANGUAGES)?;
    let texts = texts.keys().filter_map(|language| members.get(language)).collect::<Vec<_>>();
    if texts.is_empty() {
        return Err(at.wrong("is a text, or has one for each language"));
    }
    texts.iter().try_for_each(|text| text.text(chars_max).map(drop))
}

/// Refuses the element whose name another one has, too.
fn unique(at: Option<At<'_>>, name: &str) -> Judged {
    let mut seen = Vec::new();
    for element in at.map_or(Ok(Vec::new()), |at| at.list(0, usize::MAX))? {
        let own = element.value().get(name).and_then(Value::as_str);
        if own.is_some() && seen.contains(&own) {
            return Err(element.wrong(&format!("has the {name} of another one")));
        }
        seen.push(own);
    }
    Ok(())
}

/// A name for programs: small letters, digits and these signs.
pub(crate) fn named(at: &At<'_>, sign: char) -> Judged {
    let is_good = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_' || char == sign;
    let name = at.value().as_str().unwrap_or_default();
    if (1..=WIDGET_NAME_BYTES_MAX).contains(&name.len()) && name.chars().all(is_good) {
        Ok(())
    } else {
        Err(at.wrong(&format!("is 1 to {WIDGET_NAME_BYTES_MAX} small letters, digits and {sign}")))
    }
}

fn one_of(at: &At<'_>, words: &[&str]) -> Judged {
    let is_one = at.value().as_str().is_some_and(|word| words.contains(&word));
    if is_one { Ok(()) } else { Err(at.wrong(&format!("is one of {}", words.join(", ")))) }
}

fn hours(at: &At<'_>) -> Judged {
    let members = at.object(&["time_zone", "week", "closed"])?;
    let zone = members.require("time_zone")?;
    let is_good = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '+' | '-' | '/');
    let name = zone.value().as_str().unwrap_or_default();
    if !(1..=TIME_ZONE_BYTES_MAX).contains(&name.len()) || !name.chars().all(is_good) {
        return Err(zone.wrong("is a time zone's name, like Europe/Moscow"));
    }
    for day in members.require("week")?.list(7, 7)? {
        let mut free_from = 0;
        for span in day.list(0, SPANS_MAX)? {
            let ends = span.list(2, 2)?;
            let times = ends.iter().map(|end| end.value().as_str().and_then(minute)).collect::<Option<Vec<_>>>();
            match times.as_deref() {
                Some([from, to]) if *from >= free_from && from < to => free_from = *to,
                Some(_) => return Err(span.wrong("begins before it ends, and not before the one before has ended")),
                None => return Err(span.wrong("is two times, like [\"09:00\", \"18:00\"]")),
            }
        }
    }
    each(members.get("closed"), 0, CLOSED_DAYS_MAX, |day| {
        let is_day = day.value().as_str().is_some_and(is_day);
        if is_day { Ok(()) } else { Err(day.wrong("is a day, like 2026-01-01")) }
    })
}

/// The minute of the day that `HH:MM` is; the last is the day's end.
pub(crate) fn minute(time: &str) -> Option<i64> {
    let two = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let (hour, minute): (i64, i64) =
        time.split_once(':').and_then(|(hour, minute)| Some((two(hour)?, two(minute)?)))?;
    let at = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && at <= 24 * 60).then_some(at)
}

/// Whether there is such a day.
fn is_day(text: &str) -> bool {
    let noon = Timestamp::parse(&[text, "T12:00:00Z"].concat());
    // A day beyond its month's end would be told as one of the next.
    noon.is_some_and(|noon| noon.to_rfc3339().get(..10) == Some(text))
}

fn form(at: &At<'_>) -> Judged {
    let members = at.object(&["when", "fields"])?;
    one_of(&members.require("when")?, &["always", "closed"])?;
    let fields = members.require("fields")?;
    for field in fields.list(1, FORM_FIELDS_MAX)? {
        let members = field.object(&["name", "label", "type", "required", "options"])?;
        named(&members.require("name")?, '_')?;
        localized(&members.require("label")?, FORM_LABEL_CHARS_MAX)?;
        let kind = members.require("type")?;
        one_of(&kind, &["text", "email", "phone", "select"])?;
        optional(members.get("required"), |required| required.flag().map(drop))?;
        match (kind.value().as_str() == Some("select"), members.get("options")) {
            (true, _) => {
                let options = members.require("options")?.list(2, FORM_OPTIONS_MAX)?;
                options.iter().try_for_each(|option| localized(option, FORM_LABEL_CHARS_MAX))?;
            }
            (false, Some(options)) => return Err(options.wrong("is for a field of type select")),
            (false, None) => {}
        }
    }
    unique(Some(fields), "name")
}

fn trigger(at: &At<'_>) -> Judged {
    let members = at.object(&["id", "text", "after_s", "exit", "url", "cart_from", "opens"])?;
    named(&members.require("id")?, '-')?;
    localized(&members.require("text")?, TRIGGER_TEXT_CHARS_MAX)?;
    optional(members.get("after_s"), |after| after.integer(0, AFTER_S_MAX).map(drop))?;
    optional(members.get("exit"), |exit| exit.flag().map(drop))?;
    optional(members.get("url"), |url| url.text(TRIGGER_URL_CHARS_MAX).map(drop))?;
    optional(members.get("cart_from"), |cart| {
        let is_sum = cart.value().as_f64().is_some_and(|sum| sum >= 0.0);
        if is_sum { Ok(()) } else { Err(cart.wrong("is a sum, from 0")) }
    })?;
    optional(members.get("opens"), |opens| opens.flag().map(drop))?;
    let leaves = members.get("exit").is_some_and(|exit| exit.value() == &Value::Bool(true));
    if leaves || ["after_s", "url", "cart_from"].iter().any(|condition| members.get(condition).is_some()) {
        Ok(())
    } else {
        Err(at.wrong("needs a condition: after_s, exit, url or cart_from"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(document: &Value) -> String {
        let problem = judge(document).expect_err(&document.to_string());
        assert_eq!(problem.code, Code::Invalid, "{}", problem.detail);
        problem.detail.split(' ').next().unwrap_or_default().to_owned()
    }

    fn of(chars: usize) -> Value {
        json!("я".repeat(chars))
    }

    fn many(count: usize, one: impl Fn(usize) -> Value) -> Value {
        (0..count).map(one).collect()
    }

    fn week(day: Value) -> Value {
        json!({"hours": {"time_zone": "Europe/Moscow", "week": [[], [], day, [], [], [], []]}})
    }

    fn field(member: &str, value: Value) -> Value {
        let mut field = json!({"name": "a", "label": "Имя", "type": "text"});
        field[member] = value;
        json!({"form": {"when": "always", "fields": [field]}})
    }

    fn select(options: Value) -> Value {
        json!({"form": {"when": "closed", "fields": [{"name": "a", "label": "Тема", "type": "select", "options": options}]}})
    }

    fn trigger_with(member: &str, value: Value) -> Value {
        let mut trigger = json!({"id": "a", "text": "Помочь?", "after_s": 1});
        trigger[member] = value;
        json!({"triggers": [trigger]})
    }

    fn document() -> Value {
        json!({
            "greeting": {"heading": {"ru": "Здравствуйте!", "en": "Hello!"}, "text": "Спросите нас"},
            "replies": ["Где заказ?", {"ru": "Возврат", "kk": "Қайтару"}],
            "hours": {
                "time_zone": "Europe/Moscow",
                "week": [[["09:00", "13:00"], ["13:00", "24:00"]], [], [], [], [], [["00:00", "00:01"]], []],
                "closed": ["2026-01-01", "2028-02-29"],
            },
            "form": {"when": "closed", "fields": [
                {"name": "email", "label": {"en": "E-mail"}, "type": "email", "required": true},
                {"name": "topic", "label": "Тема", "type": "select", "options": ["Заказ", {"ru": "Другое"}]},
            ]},
            "triggers": [
                {"id": "cart-1", "text": "Помочь?", "cart_from": 999.5, "opens": false},
                {"id": "leave", "text": {"ru": "Уже уходите?"}, "exit": true, "url": "/cart"},
            ],
            "rating": true, "context": false, "metrica": 12_345_678,
            "team": [{"name": "Анна", "avatar": "https://shop.ru/anna.jpg"}, {"name": "Олег"}],
        })
    }

    #[test]
    fn a_whole_document_is_good_and_so_is_an_empty_one() {
        for good in [document(), json!({}), json!({"replies": [], "triggers": [], "team": [], "hours": null})] {
            assert_eq!(judge(&good), Ok(()), "{good}");
        }
        assert!(asks_to_rate(&document()) && !asks_to_rate(&json!({})) && !asks_to_rate(&json!({"rating": false})));
    }

    #[test]
    #[allow(clippy::too_many_lines)]
    fn each_rule_holds_at_its_limit_and_not_one_past_it() {
        let person = |name: Value| json!({"team": [{"name": name}]});
        let closed = |count| json!({"hours": {"time_zone": "UTC", "week": many(7, |_| json!([])), "closed": many(count, |_| json!("2026-01-01"))}});
        let zone = |name: &str| json!({"hours": {"time_zone": name, "week": many(7, |_| json!([]))}});
        let fields = |count| json!({"form": {"when": "always", "fields": many(count, |n| json!({"name": format!("f{n}"), "label": "Имя", "type": "text"}))}});
        let triggers =
            |count| json!({"triggers": many(count, |n| json!({"id": format!("t{n}"), "text": "Да", "exit": true}))});
        for (good, past, at) in [
            (
                json!({"greeting": {"heading": of(GREETING_HEADING_CHARS_MAX)}}),
                json!({"greeting": {"heading": of(GREETING_HEADING_CHARS_MAX + 1)}}),
                "widget.greeting.heading",
            ),
            (
                json!({"greeting": {"text": {"ru": of(GREETING_TEXT_CHARS_MAX)}}}),
                json!({"greeting": {"text": {"ru": of(GREETING_TEXT_CHARS_MAX + 1)}}}),
                "widget.greeting.text.ru",
            ),
            (
                json!({"replies": many(REPLIES_MAX, |_| json!("Да"))}),
                json!({"replies": many(REPLIES_MAX + 1, |_| json!("Да"))}),
                "widget.replies",
            ),
            (
                json!({"replies": [of(LABEL_CHARS_MAX)]}),
                json!({"replies": ["Да", of(LABEL_CHARS_MAX + 1)]}),
                "widget.replies[1]",
            ),
            (
                zone(&"a".repeat(TIME_ZONE_BYTES_MAX)),
                zone(&"a".repeat(TIME_ZONE_BYTES_MAX + 1)),
                "widget.hours.time_zone",
            ),
            (zone("Etc/GMT+3"), zone("Europe Moscow"), "widget.hours.time_zone"),
            (
                week(many(SPANS_MAX, |n| json!([format!("0{n}:00"), format!("0{n}:30")]))),
                week(many(SPANS_MAX + 1, |n| json!([format!("0{n}:00"), format!("0{n}:30")]))),
                "widget.hours.week[2]",
            ),
            (week(json!([["23:59", "24:00"]])), week(json!([["23:59", "24:01"]])), "widget.hours.week[2][0]"),
            (week(json!([["09:00", "09:01"]])), week(json!([["09:00", "09:00"]])), "widget.hours.week[2][0]"),
            (
                week(json!([["09:00", "10:00"], ["10:00", "11:00"]])),
                week(json!([["09:00", "10:00"], ["09:59", "11:00"]])),
                "widget.hours.week[2][1]",
            ),
            (closed(CLOSED_DAYS_MAX), closed(CLOSED_DAYS_MAX + 1), "widget.hours.closed"),
            (fields(FORM_FIELDS_MAX), fields(FORM_FIELDS_MAX + 1), "widget.form.fields"),
            (fields(1), fields(0), "widget.form.fields"),
            (field("name", json!("a".repeat(32))), field("name", json!("a".repeat(33))), "widget.form.fields[0].name"),
            (
                field("label", of(FORM_LABEL_CHARS_MAX)),
                field("label", of(FORM_LABEL_CHARS_MAX + 1)),
                "widget.form.fields[0].label",
            ),
            (select(many(2, |_| json!("Да"))), select(json!(["Да"])), "widget.form.fields[0].options"),
            (
                select(many(FORM_OPTIONS_MAX, |_| json!("Да"))),
                select(many(FORM_OPTIONS_MAX + 1, |_| json!("Да"))),
                "widget.form.fields[0].options",
            ),
            (triggers(TRIGGERS_MAX), triggers(TRIGGERS_MAX + 1), "widget.triggers"),
            (
                trigger_with("id", json!("a-_9".repeat(8))),
                trigger_with("id", json!("a".repeat(33))),
                "widget.triggers[0].id",
            ),
            (
                trigger_with("text", of(TRIGGER_TEXT_CHARS_MAX)),
                trigger_with("text", of(TRIGGER_TEXT_CHARS_MAX + 1)),
                "widget.triggers[0].text",
            ),
            (
                trigger_with("after_s", json!(AFTER_S_MAX)),
                trigger_with("after_s", json!(AFTER_S_MAX + 1)),
                "widget.triggers[0].after_s",
            ),
            (trigger_with("after_s", json!(0)), trigger_with("after_s", json!(-1)), "widget.triggers[0].after_s"),
            (
                trigger_with("url", of(TRIGGER_URL_CHARS_MAX)),
                trigger_with("url", of(TRIGGER_URL_CHARS_MAX + 1)),
                "widget.triggers[0].url",
            ),
            (
                trigger_with("cart_from", json!(0)),
                trigger_with("cart_from", json!(-0.01)),
                "widget.triggers[0].cart_from",
            ),
            (trigger_with("after_s", json!(5)), trigger_with("after_s", Value::Null), "widget.triggers[0]"),
            (json!({"metrica": 1}), json!({"metrica": 0}), "widget.metrica"),
            (
                json!({"team": many(TEAM_MAX, |_| json!({"name": "А"}))}),
                json!({"team": many(TEAM_MAX + 1, |_| json!({"name": "А"}))}),
                "widget.team",
            ),
            (person(of(TEAM_NAME_CHARS_MAX)), person(of(TEAM_NAME_CHARS_MAX + 1)), "widget.team[0].name"),
        ] {
            assert_eq!(judge(&good), Ok(()), "{good}");
            assert_eq!(place(&past), at);
        }
        let heavy = |bytes: usize| {
            let mut document = json!({"team": many(TEAM_MAX, |_| json!({"name": "А", "avatar": "https://a.ru/"}))});
            for person in 0..TEAM_MAX {
                let left = bytes - document.to_string().len();
                document["team"][person]["avatar"] = json!(format!("https://a.ru/{}", "a".repeat(left.min(200))));
            }
            assert_eq!(document.to_string().len(), bytes);
            judge(&document).err().map(|problem| problem.code)
        };
        assert_eq!([heavy(WIDGET_BYTES_MAX), heavy(WIDGET_BYTES_MAX + 1)], [None, Some(Code::TooLarge)]);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (wrong, at) in [
            (json!([]), "widget"),
            (json!({"colour": "red"}), "widget.colour"),
            (json!({"greeting": {"title": "т"}}), "widget.greeting.title"),
            (json!({"greeting": {"text": {"de": "Hallo"}}}), "widget.greeting.text.de"),
            (json!({"greeting": {"text": {}}}), "widget.greeting.text"),
            (json!({"greeting": {"text": 7}}), "widget.greeting.text"),
            (json!({"replies": "Да"}), "widget.replies"),
            (json!({"hours": {"week": []}}), "widget.hours.time_zone"),
            (json!({"hours": {"time_zone": "UTC"}}), "widget.hours.week"),
            (json!({"hours": {"time_zone": "UTC", "week": many(6, |_| json!([]))}}), "widget.hours.week"),
            (json!({"hours": {"time_zone": "UTC", "week": many(8, |_| json!([]))}}), "widget.hours.week"),
            (week(json!([["9:00", "10:00"]])), "widget.hours.week[2][0]"),
            (week(json!([["09:60", "10:00"]])), "widget.hours.week[2][0]"),
            (week(json!([["+9:00", "10:00"]])), "widget.hours.week[2][0]"),
            (week(json!([["09:00"]])), "widget.hours.week[2][0]"),
            (week(json!([["10:00", "09:00"]])), "widget.hours.week[2][0]"),
            (week(json!([["24:00", "24:00"]])), "widget.hours.week[2][0]"),
            (
                json!({"hours": {"time_zone": "UTC", "week": many(7, |_| json!([])), "closed": ["2026-02-29"]}}),
                "widget.hours.closed[0]",
            ),
            (
                json!({"hours": {"time_zone": "UTC", "week": many(7, |_| json!([])), "closed": ["1.1.2026"]}}),
                "widget.hours.closed[0]",
            ),
            (json!({"form": {"fields": []}}), "widget.form.when"),
            (json!({"form": {"when": "never", "fields": []}}), "widget.form.when"),
            (field("name", json!("Имя")), "widget.form.fields[0].name"),
            (field("name", json!("")), "widget.form.fields[0].name"),
            (field("type", json!("date")), "widget.form.fields[0].type"),
            (field("type", json!("select")), "widget.form.fields[0].options"),
            (field("options", json!(["Да", "Нет"])), "widget.form.fields[0].options"),
            (field("required", json!(1)), "widget.form.fields[0].required"),
            (
                json!({"form": {"when": "always", "fields": many(2, |_| json!({"name": "a", "label": "Имя", "type": "text"}))}}),
                "widget.form.fields[1]",
            ),
            (json!({"triggers": many(2, |_| json!({"id": "a", "text": "Да", "exit": true}))}), "widget.triggers[1]"),
            (json!({"triggers": [{"id": "a", "text": "Да", "exit": false, "opens": true}]}), "widget.triggers[0]"),
            (trigger_with("id", json!("a.b")), "widget.triggers[0].id"),
            (trigger_with("after_s", json!(1.5)), "widget.triggers[0].after_s"),
            (trigger_with("cart_from", json!("100")), "widget.triggers[0].cart_from"),
            (trigger_with("opens", json!("да")), "widget.triggers[0].opens"),
            (json!({"rating": 1}), "widget.rating"),
            (json!({"context": "да"}), "widget.context"),
            (json!({"metrica": "1"}), "widget.metrica"),
            (json!({"team": [{"avatar": "https://a.ru/"}]}), "widget.team[0].name"),
            (json!({"team": [{"name": "А", "avatar": "http://a.ru/"}]}), "widget.team[0].avatar"),
        ] {
            assert_eq!(place(&wrong), at, "{wrong}");
        }
    }
}
