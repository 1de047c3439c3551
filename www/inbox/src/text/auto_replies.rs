//! The words of the page of automatic replies.

use shared::limits::{
    AUTO_REPLIES_PER_DAY_MAX, AUTO_REPLY_KEYWORD_CHARS_MAX, AUTO_REPLY_KEYWORDS_MAX, AUTO_REPLY_RULES_MAX,
    AUTO_REPLY_TEXT_CHARS_MAX,
};

use crate::tools::Unit;

pub const LOADING: &str = "Загружаем автоответы";
pub const HELP: &str =
    "Ответы на частые вопросы, пока оператор занят. Они отмечены значком 🤖, и в них сказано, как дождаться человека.";
pub const ENABLED: &str = "Отвечать автоматически";
pub const WHEN: &str = "Когда отвечать";
pub const PAUSE: &str = "Пауза в одном чате";
pub const PAUSE_HELP: &str = "Столько чат не получает новых автоответов — после автоответа и после ответа оператора";
pub const UNIT: &str = "Единица паузы";
pub const PER_DAY: &str = "Не больше автоответов в чате за сутки";
pub const QUIET: &str = "Тихие часы: не отвечать";
pub const FROM: &str = "С";
pub const TO: &str = "До";
pub const RULES: &str = "Правила";
pub const RULES_HELP: &str = "Отвечает первое правило, чьё слово есть в сообщении: порядок важен";
pub const NO_RULES: &str = "Правил нет: отвечать нечем. Добавьте правило.";
pub const ADD: &str = "Добавить правило";
pub const TITLE: &str = "Название";
pub const KEYWORDS: &str = "Слова, через запятую";
pub const KEYWORDS_HELP: &str =
    "Начало слова: «трек» найдёт и «трека». В словосочетании все слова, кроме последнего, целиком.";
pub const TEXT: &str = "Ответ";
pub const SOURCES: &str = "Кому";
pub const RULE_ENABLED: &str = "Правило включено";
pub const HAND_OVER: &str = "Передать человеку: чат останется непрочитанным, пока не ответит оператор";
pub const OFF: &str = "выключено";
pub const UP: &str = "Выше";
pub const DOWN: &str = "Ниже";
pub const DELETE: &str = "Удалить правило";
pub const NEW_RULE: &str = "Новое правило";
pub const CHECK: &str = "Проверить";
pub const CHECK_HELP: &str = "Напишите, как покупатель: увидите, какое правило ответит. Никуда не отправится.";
pub const CHECK_MESSAGE: &str = "Сообщение покупателя";
pub const CHECK_EXAMPLE: &str = "Где мой заказ?";
pub const CHECK_SOURCE: &str = "Откуда";
pub const NOBODY_ANSWERS: &str = "Ни одно правило не ответит: сообщение дождётся оператора";
pub const IS_OFF: &str = "Сейчас автоответы выключены.";
pub const UNDO: &str = "Отменить правку";
pub const CHECK_FIELDS: &str = "Исправьте отмеченное и сохраните ещё раз";
pub const NOT_SAVED: &str = "Есть несохранённые изменения";

pub const BAD_PAUSE: &str = "От 1 минуты до 7 дней";
pub const BAD_TIME: &str = "Укажите время, например 22:00";
pub const SAME_TIME: &str = "Начало и конец совпадают";
pub const NO_TITLE: &str = "Назовите правило";
pub const NO_KEYWORDS: &str = "Напишите хотя бы одно слово";
pub const NO_TEXT: &str = "Напишите ответ";
pub const TOO_MUCH: &str = "Правила вместе слишком длинные. Сократите ответы";

pub fn bad_per_day() -> String {
    format!("От 1 до {AUTO_REPLIES_PER_DAY_MAX}")
}

pub fn too_many_rules() -> String {
    format!("Не больше {AUTO_REPLY_RULES_MAX} правил")
}

pub fn too_many_keywords() -> String {
    format!("Не больше {AUTO_REPLY_KEYWORDS_MAX} слов")
}

pub fn keyword_too_long(keyword: &str) -> String {
    format!("«{keyword}» — длиннее {AUTO_REPLY_KEYWORD_CHARS_MAX} знаков")
}

pub fn keyword_without_letters(keyword: &str) -> String {
    format!("В «{keyword}» нет ни буквы, ни цифры")
}

pub fn not_longer(chars_max: usize) -> String {
    format!("Не больше {chars_max} знаков")
}

pub fn counted(chars: usize) -> String {
    format!("{chars} / {AUTO_REPLY_TEXT_CHARS_MAX}")
}

pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "секунд",
        Unit::Minutes => "минут",
        Unit::Hours => "часов",
    }
}

/// By whose clock quiet hours are.
pub fn clock(utc_offset: &str) -> String {
    format!("По часам UTC{utc_offset}, каждый день")
}

/// To whom a rule speaks.
pub fn sources(sources: &str) -> String {
    if sources.is_empty() {
        return "Всем".to_owned();
    }
    sources.split(',').map(|source| super::source_name(source.trim())).collect::<Vec<_>>().join(", ")
}

/// A rule's buttons say of which rule they are.
pub fn of_rule(word: &str, title: &str) -> String {
    format!("{word}: {title}")
}

pub fn answers(title: &str) -> String {
    format!("Ответит правило «{title}»:")
}
