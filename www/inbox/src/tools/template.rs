//! A template as the pages know it, what is wrong with one that is being written, and what one says before it is sent.

use std::collections::BTreeMap;

use shared::limits::{TEMPLATE_TITLE_CHARS_MAX, TEMPLATE_VARIABLES_MAX, TEXT_CHARS_MAX};
use shared::node::{FromNode, Node, member};
use shared::template::{TemplateError, render, variables};
use shared::text::length;

use crate::text;

/// A template of the organization's, or a built-in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pub template_id: String,
    pub title: String,
    pub text: String,
    pub is_builtin: bool,
    /// A built-in one that has other words now.
    pub is_changed: bool,
}

impl FromNode for Template {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Some(Self {
            template_id: member(node, "template_id")?,
            title: member(node, "title")?,
            text: member(node, "text")?,
            is_builtin: member(node, "is_builtin")?,
            is_changed: member(node, "is_changed")?,
        })
    }
}

/// What `GET /v1/templates` says: the templates, and whether this token may change them.
pub fn read_list<N: Node>(answer: &N) -> Option<(Vec<Template>, bool)> {
    Some((member(answer, "templates")?, member(answer, "may_change")?))
}

/// A template being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub title: String,
    pub text: String,
}

impl Edit {
    pub fn of(template: &Template) -> Self {
        Self { title: template.title.clone(), text: template.text.clone() }
    }

    /// Why it cannot be saved: of the title, and of the text. The relay would say the same.
    pub fn wrong(&self) -> (Option<String>, Option<String>) {
        let title = match self.title.trim() {
            "" => Some(text::templates::NO_TITLE.to_owned()),
            _ if self.title.chars().nth(TEMPLATE_TITLE_CHARS_MAX).is_some() => Some(text::templates::title_too_long()),
            _ => None,
        };
        let empty = self.text.trim().is_empty().then(|| text::templates::NO_TEXT.to_owned());
        (title, empty.or_else(|| malformed(&self.text)))
    }
}

/// Why a text that says something is no template.
pub fn malformed(template: &str) -> Option<String> {
    if length(template) > TEXT_CHARS_MAX {
        return Some(text::templates::text_too_long());
    }
    if let Err(error) = render(template, &examples(template)) {
        return Some(match error {
            TemplateError::Unclosed { at } => text::templates::unclosed(&after(template, at)),
            TemplateError::Name { name } => text::templates::no_name(&name),
            // Every variable has its example.
            TemplateError::Values { .. } => error.to_string(),
        });
    }
    (variables(template).len() > TEMPLATE_VARIABLES_MAX).then(text::templates::too_many_variables)
}

/// What stands from a character on, as much as a line shows.
fn after(template: &str, at: usize) -> String {
    const SHOWN: usize = 20;
    template.chars().skip(at).take(SHOWN).collect()
}

/// A value for each variable, to see what the text looks like.
pub fn examples(template: &str) -> BTreeMap<String, String> {
    variables(template).into_iter().map(|name| (name.to_owned(), text::templates::example(name))).collect()
}

/// What the text looks like with examples. `None` if it is no template.
pub fn preview(template: &str) -> Option<String> {
    render(template, &examples(template)).ok()
}

/// The templates whose title or text has all the words that were searched for, those with them in the title first.
pub fn found(templates: &[Template], search: &str) -> Vec<Template> {
    let search = search.to_lowercase();
    let has = |text: &str| {
        let text = text.to_lowercase();
        search.split_whitespace().all(|word| text.contains(word))
    };
    let (mut found, others): (Vec<&Template>, Vec<&Template>) =
        templates.iter().partition(|template| has(&template.title));
    found.extend(others.into_iter().filter(|template| has(&template.text)));
    found.into_iter().cloned().collect()
}

/// A draft with a text put in where the caret is, counted in UTF-16 units as browsers do, and where the caret is then. The text
/// does not run into what stands beside it.
pub fn inserted(draft: &str, caret: u32, text: &str) -> (String, u32) {
    let mut units = 0_u32;
    let at = draft.char_indices().find_map(|(at, char)| {
        let is_there = units >= caret;
        units = units.saturating_add(char.len_utf16() as u32);
        is_there.then_some(at)
    });
    let (before, after) = draft.split_at_checked(at.unwrap_or(draft.len())).unwrap_or((draft, ""));
    let gap_before = if before.is_empty() || before.ends_with(char::is_whitespace) { "" } else { "\n" };
    let gap_after = if after.is_empty() || after.starts_with(char::is_whitespace) { "" } else { "\n" };
    let until = [before, gap_before, text].concat();
    let caret = until.encode_utf16().count().try_into().unwrap_or(u32::MAX);
    ([&until, gap_after, after].concat(), caret)
}

/// What is known of a user under the name of a variable: an attribute, or the name of the chat.
pub fn known<N: Node>(user: &N, name: &str) -> Option<String> {
    let value = user.get("attributes").and_then(|attributes| attributes.get(name)).and_then(|it| it.get("value"));
    let told = value.and_then(|value| value.string().or_else(|| value.integer().map(|number| number.to_string())));
    told.filter(|told| !told.trim().is_empty())
}

/// Whether a variable asks for the user's name.
pub fn is_for_name(variable: &str) -> bool {
    ["name", "user_name", "customer_name", "имя"].contains(&variable.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{flag, list, number, object, text as words};
    use shared::template::BUILT_IN;

    fn edit(title: &str, text: &str) -> Edit {
        Edit { title: title.into(), text: text.into() }
    }

    fn template(title: &str, text: &str) -> Template {
        Template { title: title.into(), text: text.into(), ..Template::default() }
    }

    #[test]
    fn the_relays_list_is_read() {
        let one = object(&[
            ("template_id", words("order_delayed")),
            ("title", words("Задержка")),
            ("text", words("До {{new_date}}")),
            ("variables", list(&[words("new_date")])),
            ("is_builtin", flag(true)),
            ("is_changed", flag(false)),
        ]);
        let answer = object(&[("templates", list(&[one])), ("may_change", flag(true))]);
        let (templates, may_change) = read_list(&answer).expect("a list");
        assert!(may_change && templates[0].is_builtin && !templates[0].is_changed);
        assert_eq!((templates[0].title.as_str(), templates[0].text.as_str()), ("Задержка", "До {{new_date}}"));
        assert_eq!(read_list(&object(&[("templates", list(&[]))])), None);
    }

    #[test]
    fn what_is_wrong_is_said_of_its_field_as_the_relay_would_refuse_it() {
        assert_eq!(edit("Скидка", "Скидка {{percent}}").wrong(), (None, None));
        assert_eq!(edit(" ", "да").wrong(), (Some(text::templates::NO_TITLE.into()), None));
        assert_eq!(edit("т", " \n").wrong(), (None, Some(text::templates::NO_TEXT.into())));
        for (wrong, part) in [("Ваш {{track", "{{track"), ("{{трек номер}}", "трек номер"), ("{{}}", "{{}}")]
        {
            let said = edit("т", wrong).wrong().1.expect("it is refused");
            assert!(said.contains(part), "{said}");
            assert!(shared::template::check("т", wrong).is_err());
        }
    }

    #[test]
    fn a_template_is_good_up_to_each_limit_and_refused_one_past_it() {
        let with = |count: usize| (0..count).map(|number| format!("{{{{v{number}}}}}")).collect::<String>();
        let title = "я".repeat(TEMPLATE_TITLE_CHARS_MAX);
        assert_eq!(edit(&title, &with(TEMPLATE_VARIABLES_MAX)).wrong(), (None, None));
        assert_eq!(edit("т", &"я".repeat(TEXT_CHARS_MAX)).wrong(), (None, None));
        let (title, text) = edit(&format!("{title}я"), &with(TEMPLATE_VARIABLES_MAX + 1)).wrong();
        assert!(title.is_some() && text.is_some());
        assert!(edit("т", &"я".repeat(TEXT_CHARS_MAX + 1)).wrong().1.is_some());
    }

    #[test]
    fn the_built_in_ones_are_shown_with_examples_and_without_braces() {
        for built_in in BUILT_IN {
            let shown = preview(built_in.text).expect("it is a template");
            assert!(!shown.contains("{{") && !shown.contains("}}"), "{shown}");
        }
        assert_eq!(preview("Скидка {{ percent }}").as_deref(), Some("Скидка [percent]"));
        assert_eq!(preview("{{"), None);
    }

    #[test]
    fn a_search_finds_by_all_words_and_titles_come_first() {
        let all =
            [template("Доставка", "Привезём завтра"), template("Завтра", "Закрыто"), template("Возврат", "14 дней")];
        let titles = |search: &str| found(&all, search).into_iter().map(|template| template.title).collect::<Vec<_>>();
        assert_eq!(titles(""), ["Доставка", "Завтра", "Возврат"]);
        assert_eq!(titles("ЗАВТРА"), ["Завтра", "Доставка"]);
        assert_eq!(titles("14 дней"), ["Возврат"]);
        assert_eq!(titles("слон"), [""; 0]);
    }

    #[test]
    fn a_text_goes_in_where_the_caret_is_and_runs_into_nothing() {
        assert_eq!(inserted("", 0, "Да"), ("Да".into(), 2));
        assert_eq!(inserted("Здравствуйте! ", 14, "Да"), ("Здравствуйте! Да".into(), 16));
        assert_eq!(inserted("ab", 1, "Да"), ("a\nДа\nb".into(), 4));
        // An emoji is two units: the caret may stand after it, never within.
        assert_eq!(inserted("🫖чай", 2, "Да"), ("🫖\nДа\nчай".into(), 5));
        assert_eq!(inserted("🫖", 1, "Да"), ("🫖\nДа".into(), 5));
        assert_eq!(inserted("a", 99, "Да"), ("a\nДа".into(), 4));
    }

    #[test]
    fn what_is_known_of_the_user_fills_the_variable_of_that_name() {
        let attribute = |value| object(&[("value", value), ("verified", flag(false))]);
        let user = object(&[(
            "attributes",
            object(&[
                ("order", attribute(number(42))),
                ("city", attribute(words("Тула"))),
                ("x", attribute(words(" "))),
            ]),
        )]);
        assert_eq!([known(&user, "order"), known(&user, "city")], [Some("42".into()), Some("Тула".into())]);
        assert_eq!([known(&user, "x"), known(&user, "nothing"), known(&object(&[]), "x")], [None, None, None]);
        assert!(is_for_name("Имя") && is_for_name("customer_name") && !is_for_name("surname"));
    }
}
