//! The words of the bulk sends.

use shared::event::BulkState;
use shared::limits::{BULK_RATE_MAX, BULKS_LIVE_MAX, OZON_TEXT_CHARS_MAX};
use shared::message::source;
use shared::problem::Code;

use super::{reason, source_name};
use crate::ask::Refusal;
use crate::tools::bulk::{POSTING_NUMBER, TableTrouble};

pub const LOADING: &str = "Загружаем рассылки";
pub const NONE: &str = "Рассылок пока нет";
pub const NONE_HELP: &str =
    "Рассылка отправляет сообщение по шаблону покупателям из списка отправлений Ozon, каждому — со своими данными";
pub const NEW: &str = "Новая рассылка";
pub const TEMPLATE: &str = "Шаблон";
pub const CHOOSE_TEMPLATE: &str = "Выберите шаблон";
pub const LOADING_TEMPLATES: &str = "Загружаем шаблоны";
pub const TABLE: &str = "Кому и с какими данными";
pub const FILE: &str = "Загрузить файл CSV";
pub const PACE: &str = "Темп, сообщений в минуту";
pub const PACE_HELP: &str = "Медленнее — спокойнее: отвечать на вопросы придётся людям";
pub const CHECK: &str = "Проверить";
pub const CHECKING: &str = "Проверяем…";
pub const START: &str = "Начать рассылку";
pub const STARTING: &str = "Начинаем…";
pub const START_AGAIN: &str = "Повторить запуск";
pub const BACK: &str = "Назад";
pub const CLOSE: &str = "Свернуть";
pub const NO_UNDO: &str = "Отправленное не отозвать.";
pub const UNSURE: &str =
    "Сервер не ответил, и неизвестно, началась ли рассылка. Нажмите «Повторить запуск»: второй рассылки не будет";
pub const CHECKED: &str = "Что будет отправлено";
pub const ROW: &str = "Строка";
pub const POSTING: &str = "Отправление";
pub const MESSAGE: &str = "Сообщение или что не так";
pub const RESULT: &str = "Результат";
pub const OPEN_CHAT: &str = "Чат";
pub const ROWS: &str = "Результаты по строкам";
pub const LOADING_ROWS: &str = "Загружаем результаты";
pub const DOWNLOAD: &str = "Скачать CSV";
pub const EARLIER_ROWS: &str = "Предыдущие";
pub const LATER_ROWS: &str = "Следующие";
pub const PAUSE: &str = "Пауза";
pub const RESUME: &str = "Продолжить";
pub const CANCEL: &str = "Отменить рассылку";
pub const KEEP: &str = "Не отменять";
pub const SENT: &str = "Отправлено";
pub const FAILED: &str = "С ошибкой";
pub const WAITING: &str = "Ждут";
pub const CANCELLED: &str = "Отменено";
pub const PROGRESS: &str = "Сколько сделано";
pub const NOT_READ: &str = "Файл не прочитать. Сохраните таблицу как CSV и попробуйте ещё раз";
pub const NO_TEMPLATE: &str = "Выберите шаблон";

/// What the table has to look like.
pub fn table_help(variables: &[String]) -> String {
    let names = std::iter::once(POSTING_NUMBER).chain(variables.iter().map(String::as_str)).collect::<Vec<_>>();
    format!(
        "Первая строка — имена столбцов: {}. Дальше по строке на отправление. Можно вставить из Excel или загрузить CSV",
        names.join(", ")
    )
}

/// A bulk send's heading. `template`: its template's title, if it is known.
pub fn heading(bulk_id: i64, template: Option<&str>) -> String {
    match template {
        Some(template) => format!("№ {bulk_id} · {template}"),
        None => format!("Рассылка № {bulk_id}"),
    }
}

pub fn state(state: BulkState) -> &'static str {
    match state {
        BulkState::Running => "Идёт",
        BulkState::Paused => "На паузе",
        BulkState::Cancelled => "Отменена",
        BulkState::Done => "Завершена",
    }
}

/// Why the relay itself has paused it.
pub fn paused_by(code: Code) -> String {
    format!("Приостановлена: {}. Исправьте и нажмите «Продолжить»", reason(Some(code), source_name(source::OZON)))
}

/// How fast it goes, and how long the rest takes.
pub fn pace(rate_per_minute: i64, minutes_left: i64) -> String {
    let pace = format!("{rate_per_minute} в минуту");
    match minutes_left {
        0 => pace,
        minutes @ 1..=90 => format!("{pace}, осталось около {minutes} мин"),
        minutes => format!("{pace}, осталось около {} ч", (minutes + 30) / 60),
    }
}

/// A number of buyers: `1 покупатель`, `2 покупателя`, `5 покупателей`.
pub fn buyers(count: i64) -> String {
    format!("{count} {}", plural(count, ["покупатель", "покупателя", "покупателей"]))
}

/// The same of those to whom something goes.
fn to_buyers(count: i64) -> String {
    format!("{count} {}", plural(count, ["покупателю", "покупателям", "покупателям"]))
}

/// What is asked before it begins.
pub fn sure(count: i64) -> String {
    let receive = plural(count, ["получит", "получат", "получат"]);
    format!("Сообщение {receive} {}. {NO_UNDO}", buyers(count))
}

pub fn send_to(count: i64) -> String {
    format!("Отправить {}", to_buyers(count))
}

/// What is asked before it is cancelled.
pub fn sure_to_cancel(count: i64) -> String {
    format!("Отменить рассылку? Сообщение не уйдёт {}, продолжить её потом нельзя.", to_buyers(count))
}

/// What a dry run has found.
pub fn found(total: i64, faults: i64) -> String {
    let rows = |count: i64| format!("{count} {}", plural(count, ["строка", "строки", "строк"]));
    match faults {
        0 => format!("Всё в порядке: {}, ничего ещё не отправлено", rows(total)),
        faults => format!("Из {} с ошибками: {faults}. Исправьте таблицу и проверьте ещё раз", of_rows(total)),
    }
}

fn of_rows(count: i64) -> String {
    format!("{count} {}", plural(count, ["строки", "строк", "строк"]))
}

/// How long a message that is not shown is.
pub fn chars(count: i64) -> String {
    format!("{count} {}", plural(count, ["знак", "знака", "знаков"]))
}

fn plural(count: i64, [one, few, many]: [&'static str; 3]) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// What is wrong with a row that was not sent yet. What is missing or unknown, the relay names.
pub fn fault(code: Option<Code>, detail: &str) -> String {
    let named: Vec<String> = detail
        .split("; ")
        .filter_map(|part| {
            let (what, names) = part.split_once(": ")?;
            let words = match what {
                "missing" => "Нет значения",
                "unknown" => "В шаблоне нет переменной",
                "too long" => "Слишком длинное значение",
                _ => return None,
            };
            Some(format!("{words}: {names}"))
        })
        .collect();
    match code {
        Some(Code::Invalid) if !named.is_empty() => named.join(". "),
        Some(Code::Invalid) => "Это не номер отправления Ozon".to_owned(),
        Some(Code::Conflict) => "Это отправление уже есть в таблице: покупатель получил бы два сообщения".to_owned(),
        Some(Code::TooLarge) => format!("Сообщение длиннее {OZON_TEXT_CHARS_MAX} знаков"),
        Some(Code::EmptyText) => "Сообщение вышло пустым".to_owned(),
        code => reason(code, source_name(source::OZON)),
    }
}

/// What became of a row.
pub fn outcome(state: &str) -> &str {
    match state {
        "queued" => "ждёт",
        "sending" => "отправляется",
        "sent" => "отправлено",
        "failed" => "не отправлено",
        "cancelled" => "отменено",
        other => other,
    }
}

/// Why a row has failed.
pub fn failed(code: Code) -> String {
    match code {
        Code::Invalid | Code::TooLarge => "Значения не подошли к шаблону".to_owned(),
        Code::NotFound => "Данные покупателя удалены".to_owned(),
        code => reason(Some(code), source_name(source::OZON)),
    }
}

/// Why there is no table to send.
pub fn table_trouble(trouble: TableTrouble) -> &'static str {
    match trouble {
        TableTrouble::Empty => "Добавьте таблицу: вставьте строки или загрузите файл",
        TableTrouble::TooLarge => "Таблица больше 2 МБ. Разделите её на несколько рассылок",
    }
}

pub fn wrong_pace() -> String {
    format!("Темп — целое число от 1 до {BULK_RATE_MAX}")
}

/// Why the relay has taken neither the table nor the bulk send.
pub fn refused(refusal: &Refusal) -> String {
    match refusal.code {
        Some(Code::Malformed) => not_a_table(&refusal.detail),
        Some(Code::Invalid) => {
            format!("Сервер не принял рассылку, ничего не отправлено. Проверьте её ещё раз. {}", refusal.detail)
        }
        Some(Code::TooLarge) => "В таблице слишком много строк. Разделите её на несколько рассылок".to_owned(),
        Some(Code::Conflict) => {
            format!(
                "Одновременно может идти не больше {BULKS_LIVE_MAX} рассылок. Дождитесь конца одной или отмените её"
            )
        }
        Some(Code::NotFound) => "Этого шаблона уже нет. Выберите другой".to_owned(),
        Some(code) if code.as_str().starts_with("upstream_") => reason(Some(code), source_name(source::OZON)),
        _ => super::tools::why(refusal),
    }
}

/// What is wrong with the table as a whole: the relay names the row or the column.
fn not_a_table(detail: &str) -> String {
    let number = |what: &str| {
        let rest = detail.strip_prefix(what)?.trim_start();
        rest.split(|char: char| !char.is_ascii_digit()).next().filter(|digits| !digits.is_empty())
    };
    if let Some(row) = number("row ") {
        format!("Строка {row}: ячеек не столько, сколько имён в первой строке, или не закрыта кавычка")
    } else if let Some(column) = number("column ") {
        format!("У столбца {column} нет имени, или такое имя уже есть")
    } else if detail.contains(POSTING_NUMBER) {
        format!("В первой строке таблицы нет столбца {POSTING_NUMBER}")
    } else {
        format!("Таблицу не прочитать. {detail}")
    }
}

/// The name under which the results are saved.
pub fn file_name(bulk_id: i64) -> String {
    format!("рассылка-{bulk_id}.csv")
}

/// Why a step was not taken.
pub fn not_stepped(refusal: &Refusal) -> String {
    match refusal.code {
        Some(Code::Conflict) => "Рассылка уже закончилась".to_owned(),
        Some(code) if code.as_str().starts_with("upstream_") => reason(Some(code), source_name(source::OZON)),
        _ => super::tools::why(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_row_is_named_in_russian() {
        let invalid = Some(Code::Invalid);
        assert_eq!(fault(invalid, "missing: day, track"), "Нет значения: day, track");
        assert_eq!(fault(invalid, "missing: day; unknown: dya"), "Нет значения: day. В шаблоне нет переменной: dya");
        assert_eq!(fault(invalid, "too long: day"), "Слишком длинное значение: day");
        assert_eq!(fault(invalid, "posting_number is no number of a posting"), "Это не номер отправления Ozon");
        assert_eq!(fault(Some(Code::TooLarge), ""), "Сообщение длиннее 1000 знаков");
        for code in [None].into_iter().chain(Code::ALL.iter().copied().map(Some)) {
            assert!(!fault(code, "").is_empty(), "{code:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_told_by_its_row() {
        for (detail, told) in [
            ("row 2 of the table has 3 cells, and its first line 2", "Строка 2: "),
            ("column 3 of the table has no name, or that of another one", "У столбца 3"),
            ("the table has no column posting_number", "нет столбца posting_number"),
            ("the table is empty", "Таблицу не прочитать"),
        ] {
            let said = refused(&Refusal { code: Some(Code::Malformed), detail: detail.into() });
            assert!(said.contains(told), "{said}");
        }
    }

    #[test]
    fn every_refusal_says_something() {
        for code in [None].into_iter().chain(Code::ALL.iter().copied().map(Some)) {
            let refusal = Refusal { code, detail: String::new() };
            assert!(!refused(&refusal).is_empty() && !not_stepped(&refusal).is_empty(), "{code:?}");
            assert!(code.is_none_or(|code| !failed(code).is_empty() && !paused_by(code).is_empty()));
        }
    }

    #[test]
    fn buyers_are_counted_as_russian_counts() {
        assert_eq!(
            [1, 2, 5, 11, 21, 112].map(buyers),
            ["1 покупатель", "2 покупателя", "5 покупателей", "11 покупателей", "21 покупатель", "112 покупателей"]
        );
        assert_eq!(sure(1), "Сообщение получит 1 покупатель. Отправленное не отозвать.");
        assert_eq!(send_to(21), "Отправить 21 покупателю");
        assert_eq!(found(21, 2), "Из 21 строки с ошибками: 2. Исправьте таблицу и проверьте ещё раз");
    }

    #[test]
    fn a_pace_says_how_long_it_takes() {
        assert_eq!([pace(60, 0), pace(60, 3)], ["60 в минуту", "60 в минуту, осталось около 3 мин"]);
        assert_eq!(pace(1, 600), "1 в минуту, осталось около 10 ч");
    }
}
