//! The settings of automatic replies as a form: what stands in its fields, what is wrong with it, and the document that it makes.

use std::collections::BTreeMap;

use shared::auto_reply::{is_automatic, meets, whole_text, words};
use shared::json::Object;
use shared::limits::{
    AUTO_REPLIES_BYTES_MAX, AUTO_REPLIES_PER_DAY_MAX, AUTO_REPLY_COOLDOWN_S_MAX, AUTO_REPLY_COOLDOWN_S_MIN,
    AUTO_REPLY_KEYWORD_CHARS_MAX, AUTO_REPLY_KEYWORDS_MAX, AUTO_REPLY_RULES_MAX, AUTO_REPLY_TEXT_CHARS_MAX,
    TEMPLATE_TITLE_CHARS_MAX,
};
use shared::node::{Node, member};

use crate::text::auto_replies as say;

/// In what the pause is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
}

impl Unit {
    pub const ALL: [Self; 3] = [Self::Seconds, Self::Minutes, Self::Hours];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
        }
    }

    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|unit| unit.as_str() == word).unwrap_or(Self::Seconds)
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
        }
    }

    /// The greatest one that a time is whole in.
    fn of(seconds: i64) -> Self {
        let is_whole = |unit: &Self| seconds.checked_rem(unit.seconds()) == Some(0);
        Self::ALL.into_iter().rev().find(is_whole).unwrap_or(Self::Seconds)
    }
}

/// A rule in its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleForm {
    /// Which one it is on the page, wherever it stands.
    pub key: u32,
    pub id: String,
    pub title: String,
    /// With commas between them.
    pub keywords: String,
    pub text: String,
    /// With commas between them; of none, of all.
    pub sources: String,
    pub enabled: bool,
    pub hand_over: bool,
}

/// A field of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleField {
    Title,
    Keywords,
    Text,
}

impl RuleField {
    /// Its member of the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Keywords => "keywords",
            Self::Text => "text",
        }
    }
}

/// Where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Pause,
    PerDay,
    Quiet,
    Rules,
    /// A field of the rule with this key.
    Rule(u32, RuleField),
}

/// The whole form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub enabled: bool,
    pub pause: String,
    pub unit: Unit,
    pub per_day: String,
    pub is_quiet: bool,
    pub from: String,
    pub to: String,
    /// `+03:00`
    pub utc_offset: String,
    pub rules: Vec<RuleForm>,
}

impl Form {
    /// The document as the relay has it. `utc_offset` is that of the operator's clock, for who sets quiet hours first.
    pub fn read<N: Node>(document: &N, utc_offset: &str) -> Option<Self> {
        let cooldown_s: i64 = member(document, "cooldown_s")?;
        let unit = Unit::of(cooldown_s);
        let quiet = document.get("quiet").filter(|quiet| !quiet.is_null());
        let time = |name: &str, usual: &str| quiet.as_ref().map_or(Some(usual.to_owned()), |quiet| member(quiet, name));
        let rules = document.get("rules")?.elements()?;
        let rules = rules.iter().zip(0_u32..).map(|(rule, key)| read_rule(rule, key)).collect::<Option<_>>()?;
        Some(Self {
            enabled: member(document, "enabled")?,
            pause: cooldown_s.checked_div(unit.seconds())?.to_string(),
            unit,
            per_day: member::<i64, N>(document, "per_day_max")?.to_string(),
            is_quiet: quiet.is_some(),
            from: time("from", "22:00")?,
            to: time("to", "08:00")?,
            utc_offset: time("utc_offset", utc_offset)?,
            rules,
        })
    }

    /// The document that the relay is to have.
    pub fn document(&self) -> String {
        let rules: Vec<String> = self.rules.iter().map(RuleForm::document).collect();
        let quiet =
            Object::new().string("from", &self.from).string("to", &self.to).string("utc_offset", &self.utc_offset);
        let quiet = if self.is_quiet { quiet.finish() } else { "null".to_owned() };
        Object::new()
            .boolean("enabled", self.enabled)
            .integer("cooldown_s", self.cooldown_s().unwrap_or_default())
            .integer("per_day_max", self.per_day.trim().parse().unwrap_or_default())
            .raw("quiet", &quiet)
            .raw("rules", &["[", &rules.join(","), "]"].concat())
            .finish()
    }

    fn cooldown_s(&self) -> Option<i64> {
        self.pause.trim().parse::<i64>().ok()?.checked_mul(self.unit.seconds())
    }

    /// All that is wrong with it. The relay would say the same, one at a time.
    pub fn wrong(&self) -> BTreeMap<Place, String> {
        let mut wrong = BTreeMap::new();
        let pause = self.cooldown_s();
        if pause.is_none_or(|pause| !(AUTO_REPLY_COOLDOWN_S_MIN..=AUTO_REPLY_COOLDOWN_S_MAX).contains(&pause)) {
            wrong.insert(Place::Pause, say::BAD_PAUSE.to_owned());
        }
        let per_day = self.per_day.trim().parse::<i64>().ok();
        if per_day.is_none_or(|count| !(1..=AUTO_REPLIES_PER_DAY_MAX).contains(&count)) {
            wrong.insert(Place::PerDay, say::bad_per_day());
        }
        if self.is_quiet && !(is_time(&self.from) && is_time(&self.to)) {
            wrong.insert(Place::Quiet, say::BAD_TIME.to_owned());
        } else if self.is_quiet && self.from == self.to {
            wrong.insert(Place::Quiet, say::SAME_TIME.to_owned());
        }
        if self.rules.len() > AUTO_REPLY_RULES_MAX {
            wrong.insert(Place::Rules, say::too_many_rules());
        } else if self.document().len() > AUTO_REPLIES_BYTES_MAX {
            wrong.insert(Place::Rules, say::TOO_MUCH.to_owned());
        }
        for rule in &self.rules {
            rule.wrong(&mut wrong);
        }
        wrong
    }

    /// Where the relay has found something wrong, by the path with which its words begin.
    pub fn place_of(&self, detail: &str) -> Option<Place> {
        let path = detail.strip_prefix("auto_replies.")?;
        let path = path.split(' ').next()?;
        if let Some(rest) = path.strip_prefix("rules[") {
            let (index, member) = rest.split_once(']')?;
            let rule = self.rules.get(index.parse::<usize>().ok()?)?;
            let member = member.strip_prefix('.')?.split('[').next()?;
            let fields = [RuleField::Title, RuleField::Keywords, RuleField::Text];
            return fields.into_iter().find(|field| field.as_str() == member).map(|field| Place::Rule(rule.key, field));
        }
        match path.split('.').next()? {
            "cooldown_s" => Some(Place::Pause),
            "per_day_max" => Some(Place::PerDay),
            "quiet" => Some(Place::Quiet),
            "rules" => Some(Place::Rules),
            _ => None,
        }
    }

    /// A rule to be written, after the others.
    pub fn add(&mut self) -> u32 {
        let key = self.rules.iter().map(|rule| rule.key.saturating_add(1)).max().unwrap_or_default();
        let is_taken = |id: &String| self.rules.iter().any(|rule| rule.id == *id);
        let ids = (1_u32..).map(|number| format!("rule-{number}"));
        let id = ids.into_iter().find(|id| !is_taken(id)).unwrap_or_default();
        self.rules.push(RuleForm { key, id, enabled: true, hand_over: true, ..RuleForm::default() });
        key
    }

    /// Moves a rule so many places down, or up by a negative number, as far as there are places.
    pub fn shift(&mut self, key: u32, by: isize) {
        let Some(from) = self.rules.iter().position(|rule| rule.key == key) else { return };
        let to = from.saturating_add_signed(by).min(self.rules.len().saturating_sub(1));
        let rule = self.rules.remove(from);
        self.rules.insert(to, rule);
    }

    /// What would be replied to a message from a source, and by which rule's name; as the relay decides it, but for pauses, quiet
    /// hours and whether automatic replies are on.
    pub fn answer(&self, message: &str, source: &str) -> Option<(String, String)> {
        if is_automatic(self.rules.iter().map(|rule| rule.text.trim()), message) {
            return None;
        }
        let said = words(message);
        let is_for = |rule: &RuleForm| {
            let sources = parts(&rule.sources);
            sources.is_empty() || sources.iter().any(|one| one == source)
        };
        let rule =
            self.rules.iter().find(|rule| rule.enabled && is_for(rule) && meets(&parts(&rule.keywords), &said))?;
        Some((rule.title.clone(), whole_text(rule.text.trim(), rule.hand_over)))
    }
}

impl RuleForm {
    fn document(&self) -> String {
        let list = |values: &str| {
            let values: Vec<String> = parts(values).iter().map(|value| quoted(value)).collect();
            ["[", &values.join(","), "]"].concat()
        };
        Object::new()
            .string("id", &self.id)
            .string("title", self.title.trim())
            .raw("keywords", &list(&self.keywords))
            .string("text", self.text.trim())
            .raw("sources", &list(&self.sources))
            .boolean("enabled", self.enabled)
            .boolean("hand_over", self.hand_over)
            .finish()
    }

    fn wrong(&self, wrong: &mut BTreeMap<Place, String>) {
        let mut say_of = |field, words: String| wrong.insert(Place::Rule(self.key, field), words);
        let is_long = |text: &str, most: usize| text.chars().nth(most).is_some();
        if self.title.trim().is_empty() {
            say_of(RuleField::Title, say::NO_TITLE.to_owned());
        } else if is_long(self.title.trim(), TEMPLATE_TITLE_CHARS_MAX) {
            say_of(RuleField::Title, say::not_longer(TEMPLATE_TITLE_CHARS_MAX));
        }
        let keywords = parts(&self.keywords);
        if keywords.is_empty() {
            say_of(RuleField::Keywords, say::NO_KEYWORDS.to_owned());
        } else if keywords.len() > AUTO_REPLY_KEYWORDS_MAX {
            say_of(RuleField::Keywords, say::too_many_keywords());
        } else if let Some(long) = keywords.iter().find(|keyword| is_long(keyword, AUTO_REPLY_KEYWORD_CHARS_MAX)) {
            say_of(RuleField::Keywords, say::keyword_too_long(long));
        } else if let Some(blank) = keywords.iter().find(|keyword| words(keyword).is_empty()) {
            say_of(RuleField::Keywords, say::keyword_without_letters(blank));
        }
        if self.text.trim().is_empty() {
            say_of(RuleField::Text, say::NO_TEXT.to_owned());
        } else if is_long(self.text.trim(), AUTO_REPLY_TEXT_CHARS_MAX) {
            say_of(RuleField::Text, say::not_longer(AUTO_REPLY_TEXT_CHARS_MAX));
        }
    }
}

fn read_rule<N: Node>(rule: &N, key: u32) -> Option<RuleForm> {
    let list = |name: &str| Some(member::<Vec<String>, N>(rule, name)?.join(", "));
    Some(RuleForm {
        key,
        id: member(rule, "id")?,
        title: member(rule, "title")?,
        keywords: list("keywords")?,
        text: member(rule, "text")?,
        sources: list("sources")?,
        enabled: member(rule, "enabled")?,
        hand_over: member(rule, "hand_over")?,
    })
}

/// What stands between commas or line breaks.
fn parts(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A string of JSON.
fn quoted(value: &str) -> String {
    // An object's only member, without what stands around its value.
    let object = Object::new().string("", value).finish();
    object.strip_prefix("{\"\":").and_then(|rest| rest.strip_suffix('}')).unwrap_or("\"\"").to_owned()
}

fn is_time(time: &str) -> bool {
    let two = |digits: &str, below: u32| {
        digits.len() == 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<u32>().is_ok_and(|number| number < below)
    };
    time.split_once(':').is_some_and(|(hours, minutes)| two(hours, 24) && two(minutes, 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, flag, list, number, object, text as word};
    use shared::message::source;

    fn rule(id: &str, keywords: &[&str], sources: &[&str]) -> Json {
        let all = |all: &[&str]| list(&all.iter().map(|one| word(one)).collect::<Vec<_>>());
        object(&[
            ("id", word(id)),
            ("title", word(&["О ", id].concat())),
            ("keywords", all(keywords)),
            ("text", word("Ответ")),
            ("sources", all(sources)),
            ("enabled", flag(true)),
            ("hand_over", flag(true)),
        ])
    }

    fn form() -> Form {
        let rules = [rule("tracking", &["где", "трек"], &["ozon"]), rule("size", &["не подход", "мал"], &[])];
        let document = object(&[
            ("enabled", flag(false)),
            ("cooldown_s", number(43_200)),
            ("per_day_max", number(3)),
            ("quiet", Json::Null),
            ("rules", list(&rules)),
        ]);
        Form::read(&document, "+03:00").expect("a document")
    }

    #[test]
    fn the_document_is_read_into_fields_and_written_from_them() {
        let mut form = form();
        assert_eq!((form.pause.as_str(), form.unit, form.per_day.as_str()), ("12", Unit::Hours, "3"));
        assert_eq!((form.rules[0].keywords.as_str(), form.rules[1].sources.as_str()), ("где, трек", ""));
        assert_eq!(form.wrong(), BTreeMap::new());
        assert_eq!(
            form.document(),
            "{\"enabled\":false,\"cooldown_s\":43200,\"per_day_max\":3,\"quiet\":null,\"rules\":[\
             {\"id\":\"tracking\",\"title\":\"О tracking\",\"keywords\":[\"где\",\"трек\"],\"text\":\"Ответ\",\"sources\":[\"ozon\"],\"enabled\":true,\"hand_over\":true},\
             {\"id\":\"size\",\"title\":\"О size\",\"keywords\":[\"не подход\",\"мал\"],\"text\":\"Ответ\",\"sources\":[],\"enabled\":true,\"hand_over\":true}]}"
        );
        form.is_quiet = true;
        form.rules.truncate(0);
        assert!(form.document().contains("\"quiet\":{\"from\":\"22:00\",\"to\":\"08:00\",\"utc_offset\":\"+03:00\"}"));
        assert_eq!(quoted("a\"б\n"), "\"a\\\"б\\n\"");
    }

    #[test]
    fn a_pause_is_shown_in_the_greatest_unit_that_it_is_whole_in() {
        for (seconds, unit) in [(3600, Unit::Hours), (5400, Unit::Minutes), (61, Unit::Seconds), (60, Unit::Minutes)] {
            assert_eq!(Unit::of(seconds), unit, "{seconds}");
            assert_eq!(Unit::parse(unit.as_str()), unit);
        }
    }

    #[test]
    fn what_is_wrong_is_said_of_every_field_at_once() {
        let mut form = form();
        form.pause = "0".into();
        form.per_day = "много".into();
        (form.is_quiet, form.from, form.to) = (true, "25:00".into(), "08:00".into());
        let key = form.add();
        let places: Vec<Place> = form.wrong().into_keys().collect();
        let of = |field| Place::Rule(key, field);
        assert_eq!(
            places,
            [
                Place::Pause,
                Place::PerDay,
                Place::Quiet,
                of(RuleField::Title),
                of(RuleField::Keywords),
                of(RuleField::Text)
            ]
        );
        form.from = "08:00".into();
        assert_eq!(form.wrong().get(&Place::Quiet).map(String::as_str), Some(say::SAME_TIME));
    }

    #[test]
    fn a_form_is_good_up_to_each_limit_and_refused_one_past_it() {
        let refused = |change: &dyn Fn(&mut Form)| {
            let mut form = form();
            change(&mut form);
            !form.wrong().is_empty()
        };
        for (most, of) in [(AUTO_REPLIES_PER_DAY_MAX, 0), (AUTO_REPLY_COOLDOWN_S_MAX, 1)] {
            for (over, expected) in [(0, false), (1, true)] {
                let change = |form: &mut Form| match of {
                    0 => form.per_day = (most + over).to_string(),
                    _ => (form.pause, form.unit) = ((most + over).to_string(), Unit::Seconds),
                };
                assert_eq!(refused(&change), expected);
            }
        }
        assert!(
            refused(&|form| (form.pause, form.unit) = ((AUTO_REPLY_COOLDOWN_S_MIN - 1).to_string(), Unit::Seconds))
        );
        for (over, expected) in [(0, false), (1, true)] {
            assert_eq!(refused(&|form| form.rules[0].title = "я".repeat(TEMPLATE_TITLE_CHARS_MAX + over)), expected);
            assert_eq!(refused(&|form| form.rules[0].text = "я".repeat(AUTO_REPLY_TEXT_CHARS_MAX + over)), expected);
            let keyword = "я".repeat(AUTO_REPLY_KEYWORD_CHARS_MAX + over);
            assert_eq!(refused(&|form| form.rules[0].keywords = keyword.clone()), expected);
            let keywords = vec!["да"; AUTO_REPLY_KEYWORDS_MAX + over].join(",");
            assert_eq!(refused(&|form| form.rules[0].keywords = keywords.clone()), expected);
            let rules = |form: &mut Form| {
                form.rules = (0_u32..)
                    .map(|key| RuleForm { key, ..form.rules[0].clone() })
                    .take(AUTO_REPLY_RULES_MAX + over)
                    .collect()
            };
            assert_eq!(refused(&rules), expected);
        }
        assert!(refused(&|form| form.rules[0].keywords = "где, !!!".into()));
    }

    #[test]
    fn what_the_relay_refuses_is_said_beside_its_field() {
        let mut form = form();
        form.shift(0, 1);
        for (detail, place) in [
            ("auto_replies.rules[1].text is a text of 1 to 800 characters", Some(Place::Rule(0, RuleField::Text))),
            ("auto_replies.rules[0].keywords[2] has a letter", Some(Place::Rule(1, RuleField::Keywords))),
            ("auto_replies.cooldown_s is a whole number", Some(Place::Pause)),
            ("auto_replies.quiet.from is a time", Some(Place::Quiet)),
            ("auto_replies.rules is an array of 0 to 50", Some(Place::Rules)),
            ("auto_replies.rules[9].text is", None),
            ("auto_replies.rules[0].id is that of another rule", None),
            ("something else", None),
        ] {
            assert_eq!(form.place_of(detail), place, "{detail}");
        }
    }

    #[test]
    fn a_rule_goes_up_and_down_and_a_new_one_has_an_id_of_its_own() {
        let mut form = form();
        form.rules[1].id = "rule-1".into();
        let key = form.add();
        assert_eq!((key, form.rules[2].id.as_str()), (2, "rule-2"));
        let keys = |form: &Form| form.rules.iter().map(|rule| rule.key).collect::<Vec<_>>();
        form.shift(2, -1);
        assert_eq!(keys(&form), [0, 2, 1]);
        form.shift(0, -1);
        form.shift(1, 1);
        form.shift(7, 1);
        assert_eq!(keys(&form), [0, 2, 1]);
    }

    #[test]
    fn what_would_be_replied_is_what_the_first_rule_that_is_on_says() {
        let mut form = form();
        let by = |form: &Form, message: &str, source: &str| form.answer(message, source).map(|(title, _)| title);
        assert_eq!(by(&form, "Где мой заказ? Мало!", source::OZON).as_deref(), Some("О tracking"));
        assert_eq!(by(&form, "Где? Маловат!", source::WIDGET).as_deref(), Some("О size"), "the first is for Ozon");
        assert_eq!(by(&form, "нормально", source::OZON), None);
        form.rules[1].enabled = false;
        assert_eq!(by(&form, "маловат", source::WIDGET), None);
        let reply = form.answer("где", source::OZON).expect("a reply").1;
        assert_eq!(form.answer(&reply, source::OZON), None, "it does not answer itself");
    }
}
