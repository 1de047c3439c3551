//! The words that the pages beside the chats have in common.

use shared::problem::Code;

use super::reason;
use crate::ask::Refusal;
use crate::tools::Page;

pub const PAGES: &str = "Разделы";
pub const NOT_LOADED: &str = "Не удалось загрузить";
pub const NO_RIGHT: &str = "Нет доступа";
pub const READ_ONLY: &str = "По вашему токену здесь можно только смотреть. Чтобы менять, попросите у администратора токен с правом tools:write.";
pub const SAVE: &str = "Сохранить";
pub const SAVING: &str = "Сохраняем…";
pub const SAVED: &str = "Сохранено";

/// A page's name.
pub fn page(page: Page) -> &'static str {
    match page {
        Page::Chats => super::CHATS,
        Page::Templates => "Шаблоны",
        Page::Bulk => "Рассылки",
        Page::AutoReplies => "Автоответы",
        Page::Report => "Отчёт",
    }
}

/// The tab's title on such a page.
pub fn title(page: Page, unread: i64) -> String {
    let rest = format!("{} — {}", self::page(page), super::TITLE);
    if unread > 0 { format!("({unread}) {rest}") } else { rest }
}

/// A number that has little room.
pub fn at_most_99(number: i64) -> String {
    if number > 99 { "99+".to_owned() } else { number.to_string() }
}

/// What the relay has refused, and what to do about it.
pub fn why(refusal: &Refusal) -> String {
    let told = |words: &str| match refusal.detail.as_str() {
        "" => words.to_owned(),
        detail => format!("{words}: {detail}"),
    };
    match refusal.code {
        None => "Нет связи с сервером. Проверьте интернет и повторите".to_owned(),
        Some(Code::Forbidden) => {
            "У вашего токена нет на это права. Попросите у администратора токен с правом tools:write".to_owned()
        }
        // Here the relay says what of it is wrong.
        Some(Code::Malformed | Code::Invalid) => told("Сервер не принял"),
        Some(Code::Conflict) => told("Так нельзя"),
        Some(Code::TooLarge) => told("Слишком много. Сократите и повторите"),
        Some(Code::EmptyText) => "Текст пуст. Напишите что-нибудь".to_owned(),
        Some(Code::NotFound) => "Этого уже нет: кто-то удалил. Обновите страницу".to_owned(),
        Some(Code::RateLimited) => "Слишком много запросов подряд. Повторите через минуту".to_owned(),
        Some(Code::StorageFailed) => "Серверу не удалось сохранить. Повторите".to_owned(),
        code => reason(code, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_something_and_a_detail_is_passed_on_where_it_helps() {
        for code in [None].into_iter().chain(Code::ALL.iter().copied().map(Some)) {
            assert!(!why(&Refusal { code, detail: String::new() }).is_empty(), "{code:?}");
        }
        let refusal = Refusal { code: Some(Code::Invalid), detail: "rows: 3".into() };
        assert_eq!(why(&refusal), "Сервер не принял: rows: 3");
    }

    #[test]
    fn a_title_begins_with_what_waits() {
        assert_eq!(title(Page::Report, 0), "Отчёт — Прилавок");
        assert_eq!(title(Page::Report, 3), "(3) Отчёт — Прилавок");
        assert_eq!([at_most_99(99), at_most_99(100)], ["99", "99+"]);
    }
}
