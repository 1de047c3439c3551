//! The words of the report.

use shared::limits::REPORT_DAYS_MAX;

use crate::tools::report::{PeriodTrouble, Traffic};

pub const LOADING: &str = "Считаем";
pub const PERIOD: &str = "За какие дни";
pub const TODAY: &str = "Сегодня";
pub const WEEK: &str = "7 дней";
pub const MONTH: &str = "30 дней";
pub const OWN: &str = "Свои даты";
pub const FROM: &str = "С";
pub const TO: &str = "По";
pub const SHOW: &str = "Показать";
pub const CSV: &str = "Скачать CSV";
pub const JSON: &str = "Скачать JSON";
pub const NOTHING: &str = "За эти дни никто не писал";

pub const NOW: &str = "Сейчас";
pub const CHATS: &str = "Всего чатов";
pub const OPEN: &str = "Открыто";
pub const CLOSED: &str = "Завершено";
pub const UNREAD_CHATS: &str = "Непрочитанных чатов";
pub const UNREAD_MESSAGES: &str = "Непрочитанных сообщений";
pub const OF_PERIOD: &str = "За период";
pub const ACTIVE: &str = "Чатов с сообщениями";
pub const IN: &str = "От покупателей";
pub const OUT: &str = "Ответов";
pub const AUTOMATIC: &str = "Автоматических";
pub const FIRST_RESPONSE: &str = "До первого ответа в среднем";
pub const ANSWERS: &str = "Первых ответов";

pub const MESSAGES_BY_DAY: &str = "Сообщения по дням";
pub const CHATS_BY_DAY: &str = "Чаты по дням";
pub const NEW_CHATS: &str = "Новых чатов";
pub const RESPONSE_BY_DAY: &str = "Время до первого ответа по дням";
pub const BY_DAY: &str = "Таблица по дням";
pub const BY_OPERATOR: &str = "По операторам";
pub const BY_SOURCE: &str = "По источникам";
pub const DAY: &str = "День";
pub const OPERATOR: &str = "Оператор";
pub const SOURCE: &str = "Источник";
pub const NO_NAME: &str = "Без имени";
pub const NO_OPERATORS: &str = "Никто из операторов в эти дни не отвечал";
pub const KEYS: &str = "Стрелки переводят с дня на день";

/// What there is not.
pub const NONE: &str = "—";

const MONTHS: [&str; 12] = ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];

/// How many characters [`short_day`] has at most.
pub const SHORT_DAY_CHARS: usize = 6;

/// `2026-01-10` as `10 янв`.
pub fn short_day(day: &str) -> String {
    let mut parts = day.split('-').skip(1).map(|part| part.parse::<usize>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(month), Some(day)) => {
            let month = month.checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
            format!("{day} {month}")
        }
        _ => day.to_owned(),
    }
}

/// One day, or the first and the last of several.
pub fn days(first: &str, last: &str) -> String {
    if first == last { short_day(first) } else { format!("{} – {}", short_day(first), short_day(last)) }
}

/// How long something took, in one or two units.
pub fn duration(ms: i64) -> String {
    let seconds = ms.saturating_add(500).div_euclid(1_000);
    let two = |large: i64, unit: &str, small: i64, other: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {other}"),
    };
    match seconds {
        ..60 => format!("{seconds} с"),
        60..3_600 => two(seconds / 60, "мин", seconds % 60, "с"),
        3_600..86_400 => two(seconds / 3_600, "ч", seconds % 3_600 / 60, "мин"),
        _ => two(seconds / 86_400, "д", seconds % 86_400 / 3_600, "ч"),
    }
}

/// The same of an average that may be missing.
pub fn average(ms: Option<i64>) -> String {
    ms.map_or_else(|| NONE.to_owned(), duration)
}

/// What a day's bar of the messages says.
pub fn messages(traffic: &Traffic) -> String {
    let Traffic { messages_in, messages_out, automatic_messages, .. } = traffic;
    format!("от покупателей {messages_in}, ответов {messages_out}, автоматических {automatic_messages}")
}

pub fn chats(new_chats: i64, active_chats: i64) -> String {
    format!("чатов с сообщениями {active_chats}, новых {new_chats}")
}

pub fn response(traffic: &Traffic) -> String {
    match traffic.average_ms {
        Some(average) => format!("в среднем {}, первых ответов {}", duration(average), traffic.answers),
        None => "первых ответов не было".to_owned(),
    }
}

/// What is wrong with the chosen days.
pub fn period_trouble(trouble: PeriodTrouble) -> String {
    match trouble {
        PeriodTrouble::Missing => "Выберите обе даты".to_owned(),
        PeriodTrouble::Order => "Первая дата позже второй".to_owned(),
        PeriodTrouble::TooLong => format!("В отчёте может быть не больше {REPORT_DAYS_MAX} дней"),
    }
}

/// The name under which the report is saved.
pub fn file_name(first: &str, last: &str, ending: &str) -> String {
    format!("отчёт-{first}-{last}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_one_or_two_units() {
        for (ms, told) in [
            (0, "0 с"),
            (1_400, "1 с"),
            (59_499, "59 с"),
            (59_500, "1 мин"),
            (90_000, "1 мин 30 с"),
            (3_600_000, "1 ч"),
            (7_500_000, "2 ч 5 мин"),
            (90_000_000, "1 д 1 ч"),
        ] {
            assert_eq!(duration(ms), told, "{ms}");
        }
        assert_eq!(average(None), NONE);
    }

    #[test]
    fn days_are_short() {
        assert_eq!(short_day("2026-01-10"), "10 янв");
        assert_eq!(days("2026-01-10", "2026-01-10"), "10 янв");
        assert_eq!(days("2025-12-29", "2026-01-04"), "29 дек – 4 янв");
        assert_eq!(short_day("?"), "?");
        assert!((1..=12).all(|month| short_day(&format!("2026-{month:02}-30")).chars().count() <= SHORT_DAY_CHARS));
    }
}
