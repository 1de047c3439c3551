//! Texts with named variables, `{{tracking_number}}`. A text is filled in whole or not at all: a variable without a value, a
//! value without its variable and a brace left open are errors before anything is sent. Values go in as they are, once: what
//! looks like a variable in one of them stays as it is.

use std::collections::BTreeMap;

use crate::limits::{
    TEMPLATE_NAME_CHARS_MAX, TEMPLATE_TITLE_CHARS_MAX, TEMPLATE_VALUE_CHARS_MAX, TEMPLATE_VARIABLES_MAX,
};
use crate::problem::{Code, Problem};
use crate::text;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// A template that every organization has, until it gives it other words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its id.
    pub template_id: &'static str,
    /// Its name in lists.
    pub title: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// The four that are there from the beginning.
pub const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn {
        template_id: "order_shipped",
        title: "Заказ отправлен",
        text: "📦 Ваш заказ отправлен!\n\n🚚 Трек-номер: {{tracking_number}}\n📅 Ожидаемая доставка: {{delivery_date}}\n\n📍 Отследить можно по ссылке: {{tracking_url}}",
    },
    BuiltIn {
        template_id: "order_delayed",
        title: "Задержка заказа",
        text: "⏰ К сожалению, ваш заказ задерживается.\n\n📅 Новая дата доставки: {{new_date}}\n💬 Причина: {{reason}}\n\nПриносим извинения за неудобства!",
    },
    BuiltIn {
        template_id: "thank_you",
        title: "Благодарность за покупку",
        text: "🎉 Спасибо за покупку!\n\n⭐ Будем благодарны за отзыв о товаре.\n📞 При возникновении вопросов обращайтесь в чат.\n\n🛍️ Ждем вас снова!",
    },
    BuiltIn {
        template_id: "product_care",
        title: "Уход за товаром",
        text: "🛡️ Рекомендации по уходу за товаром:\n\n{{care_instructions}}\n\n📖 Подробную инструкцию можно найти в упаковке.\n❓ Есть вопросы? Пишите нам!",
    },
];

/// The built-in template of this id.
#[must_use]
pub fn built_in(template_id: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|template| template.template_id == template_id)
}

/// Why a text cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// A `{{` has no `}}`.
    Unclosed {
        /// How many characters stand before it.
        at: usize,
    },
    /// Between the braces stands no name.
    Name {
        /// What stands there.
        name: String,
    },
    /// The values are not those that the text asks for.
    Values {
        /// Variables without a value, or with a blank one, in their order.
        missing: Vec<String>,
        /// Values whose variables the text does not have.
        unknown: Vec<String>,
        /// Variables whose values are too long.
        too_long: Vec<String>,
    },
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unclosed { at } => write!(formatter, "{OPEN} at character {at} has no {CLOSE}"),
            Self::Name { name } => {
                let name: String = name.chars().take(TEMPLATE_NAME_CHARS_MAX).collect();
                write!(
                    formatter,
                    "{OPEN}{name}{CLOSE} is no variable: a name is 1 to {TEMPLATE_NAME_CHARS_MAX} letters, digits and _"
                )
            }
            Self::Values { missing, unknown, too_long } => {
                let mut said = Vec::new();
                for (what, names) in [("missing", missing), ("unknown", unknown), ("too long", too_long)] {
                    if !names.is_empty() {
                        said.push(format!("{what}: {}", names.join(", ")));
                    }
                }
                formatter.write_str(&said.join("; "))
            }
        }
    }
}

impl std::error::Error for TemplateError {}

impl From<TemplateError> for Problem {
    fn from(error: TemplateError) -> Self {
        Self::new(Code::Invalid, error.to_string())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// A text in pieces, as far as it can be read, and why no farther.
fn read(template: &str) -> (Vec<Piece<'_>>, Option<TemplateError>) {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let Some((before, after)) = rest.split_once(OPEN) {
        pieces.push(Piece::Text(before));
        let Some((name, after)) = after.split_once(CLOSE) else {
            let at = template.chars().count().saturating_sub(after.chars().count()).saturating_sub(OPEN.len());
            return (pieces, Some(TemplateError::Unclosed { at }));
        };
        let name = name.trim();
        if !is_name(name) {
            return (pieces, Some(TemplateError::Name { name: name.into() }));
        }
        pieces.push(Piece::Variable(name));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    (pieces, None)
}

/// Whether a variable may be called this.
#[must_use]
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().nth(TEMPLATE_NAME_CHARS_MAX).is_none()
        && name.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// The variables of a text, each once, in the order of their first appearance; of a text that cannot be read to its end,
/// those before that.
#[must_use]
pub fn variables(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in read(template).0 {
        match piece {
            Piece::Variable(name) if !names.contains(&name) => names.push(name),
            Piece::Variable(_) | Piece::Text(_) => {}
        }
    }
    names
}

/// The text with its values.
///
/// # Errors
/// What is wrong with the text, or all that is wrong with the values.
pub fn render(template: &str, values: &BTreeMap<String, String>) -> Result<String, TemplateError> {
    let (pieces, error) = read(template);
    if let Some(error) = error {
        return Err(error);
    }
    let names = variables(template);
    let is_blank = |name: &&&str| values.get(**name).is_none_or(|value| value.trim().is_empty());
    let is_long = |value: &str| value.chars().nth(TEMPLATE_VALUE_CHARS_MAX).is_some();
    let missing: Vec<String> = names.iter().filter(is_blank).map(|name| (*name).to_owned()).collect();
    let unknown: Vec<String> = values.keys().filter(|name| !names.contains(&name.as_str())).cloned().collect();
    let too_long: Vec<String> =
        values.iter().filter(|(_, value)| is_long(value)).map(|(name, _)| name.clone()).collect();
    if !(missing.is_empty() && unknown.is_empty() && too_long.is_empty()) {
        return Err(TemplateError::Values { missing, unknown, too_long });
    }
    let filled = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => values.get(*name).map_or("", String::as_str),
    });
    Ok(filled.collect())
}

/// Whether a title and a text can be a template.
///
/// # Errors
/// [`Code::Invalid`], or what is wrong with the text as with that of a message.
pub fn check(title: &str, template: &str) -> Result<(), Problem> {
    if title.trim().is_empty() || title.chars().nth(TEMPLATE_TITLE_CHARS_MAX).is_some() {
        return Err(Problem::new(Code::Invalid, format!("title has 1 to {TEMPLATE_TITLE_CHARS_MAX} characters")));
    }
    check_text(template)
}

/// Whether a text can be filled in at all.
///
/// # Errors
/// As [`check`].
pub fn check_text(template: &str) -> Result<(), Problem> {
    text::check(template)?;
    if let Some(error) = read(template).1 {
        return Err(error.into());
    }
    if variables(template).len() > TEMPLATE_VARIABLES_MAX {
        return Err(Problem::new(Code::Invalid, format!("a text has at most {TEMPLATE_VARIABLES_MAX} variables")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{OZON_TEXT_CHARS_MAX, TEXT_CHARS_MAX};
    use proptest::prelude::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn wrong(template: &str, pairs: &[(&str, &str)]) -> String {
        render(template, &values(pairs)).unwrap_err().to_string()
    }

    #[test]
    fn the_four_of_the_beginning_are_read_and_fit_ozon() {
        let variables_of = |id: &str| variables(built_in(id).unwrap().text);
        assert_eq!(variables_of("order_shipped"), ["tracking_number", "delivery_date", "tracking_url"]);
        assert_eq!(variables_of("order_delayed"), ["new_date", "reason"]);
        assert_eq!(variables_of("thank_you"), [""; 0]);
        assert_eq!(variables_of("product_care"), ["care_instructions"]);
        for template in BUILT_IN {
            assert_eq!(check(template.title, template.text), Ok(()), "{}", template.template_id);
            assert!(template.text.chars().count() < OZON_TEXT_CHARS_MAX / 4);
        }
        assert_eq!(built_in("nothing"), None);
    }

    #[test]
    fn a_text_is_filled_in_with_each_value_wherever_its_name_stands() {
        let text = render("{{a}}, {{ б_2 }} и ещё раз {{a}}", &values(&[("a", "раз"), ("б_2", "два")]));
        assert_eq!(text.as_deref(), Ok("раз, два и ещё раз раз"));
        assert_eq!(render("без всего } { }}", &BTreeMap::new()).as_deref(), Ok("без всего } { }}"));
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        let values = values(&[("a", "{{b}}"), ("b", "}} {{a}} {{")]);
        assert_eq!(render("{{a}}|{{b}}", &values).as_deref(), Ok("{{b}}|}} {{a}} {{"));
    }

    #[test]
    fn what_is_missing_and_what_nobody_asked_for_is_said_at_once() {
        assert_eq!(wrong("{{a}} {{b}} {{c}}", &[("b", " \n"), ("c", "в"), ("d", "г")]), "missing: a, b; unknown: d");
        let long = "я".repeat(TEMPLATE_VALUE_CHARS_MAX);
        assert!(render("{{a}}", &values(&[("a", &long)])).is_ok());
        assert_eq!(wrong("{{a}}", &[("a", &format!("{long}я"))]), "too long: a");
    }

    #[test]
    fn a_text_that_cannot_be_read_is_refused_by_its_place() {
        assert_eq!(wrong("Да {{a", &[("a", "1")]), "{{ at character 3 has no }}");
        assert_eq!(wrong("Да {{a}} и {{", &[("a", "1")]), "{{ at character 11 has no }}");
        for name in ["", " ", "a b", "a-b", "{a", "a {{b"] {
            assert!(wrong(&format!("{{{{{name}}}}}"), &[]).contains("is no variable"), "{name:?}");
        }
        let longest = "я".repeat(TEMPLATE_NAME_CHARS_MAX);
        assert!(is_name(&longest) && !is_name(&format!("{longest}я")));
        assert_eq!(variables("{{a}} {{b}} {{c"), ["a", "b"]);
    }

    #[test]
    fn a_template_is_good_up_to_each_limit_and_refused_one_past_it() {
        let code = |title: &str, text: &str| check(title, text).err().map(|problem| problem.code);
        let (title, text) = ("я".repeat(TEMPLATE_TITLE_CHARS_MAX), "я".repeat(TEXT_CHARS_MAX));
        assert_eq!(code(&title, &text), None);
        assert_eq!(code(&format!("{title}я"), "да"), Some(Code::Invalid));
        assert_eq!(code("т", &format!("{text}я")), Some(Code::TooLarge));
        assert_eq!(
            [code(" ", "да"), code("т", " "), code("т", "{{")],
            [Some(Code::Invalid), Some(Code::EmptyText), Some(Code::Invalid)]
        );
        let with = |count: usize| (0..count).map(|number| format!("{{{{v{number}}}}}")).collect::<String>();
        assert_eq!(code("т", &with(TEMPLATE_VARIABLES_MAX)), None);
        assert_eq!(code("т", &with(TEMPLATE_VARIABLES_MAX + 1)), Some(Code::Invalid));
    }

    proptest! {
        #[test]
        fn a_text_of_pieces_is_their_sum(pieces in proptest::collection::vec(("[^{}]{0,8}", "[a-zа-я_0-9]{1,8}", "\\PC{0,8}x"), 0..8)) {
            let template: String = pieces.iter().map(|(text, name, _)| format!("{text}{{{{{name}}}}}")).collect();
            let values: BTreeMap<String, String> =
                pieces.iter().map(|(_, name, value)| (name.clone(), value.clone())).collect();
            let expected: String = pieces.iter().map(|(text, name, _)| format!("{text}{}", values[name])).collect();
            prop_assert_eq!(render(&template, &values), Ok(expected));
        }

        #[test]
        fn any_text_is_read_without_a_panic(template in "[{}a б]{0,20}|\\PC{0,20}") {
            let names = variables(&template);
            let values: BTreeMap<String, String> = names.iter().map(|name| ((*name).to_owned(), "1".into())).collect();
            let filled = render(&template, &values);
            prop_assert_eq!(filled.is_err(), read(&template).1.is_some());
        }
    }
}
