//! Russian.

use shared::problem::Code;

use super::{Notice, Obstacle, Words};

/// Russian words.
pub static RU: Words = Words {
    lang: "ru",
    title: "Чат с магазином",
    presence: "Ответим здесь, в чате",
    unavailable: "Чат недоступен",
    open: "Открыть чат",
    open_unread: |count| {
        let unread = plural(count.unsigned_abs(), "непрочитанное", "непрочитанных", "непрочитанных");
        ["Открыть чат, ", &count.to_string(), " ", unread].concat()
    },
    close: "Закрыть чат",
    log: "Переписка",
    loading: "Загружаем переписку",
    greeting: "Здравствуйте!",
    invitation: "Напишите нам, мы на связи",
    typing: |name| [if name.is_empty() { "Магазин" } else { name }, " печатает…"].concat(),
    input: "Сообщение",
    send: "Отправить",
    chars_left: |count| ["Осталось ", &count.to_string()].concat(),
    chars_over: |count| {
        ["Больше на ", &count.to_string(), " ", plural(count as u64, "знак", "знака", "знаков")].concat()
    },
    outbox_full: "Много неотправленных сообщений. Дождитесь связи",
    offline: "Нет связи. Сообщения отправятся, когда она появится",
    reconnecting: "Соединяемся… Сообщения не потеряются",
    sending: "Отправляется",
    sent: "Отправлено",
    delivered: "Доставлено",
    read: "Прочитано",
    failed: "Не отправлено",
    why,
    attach: "Прикрепить файл",
    no_files: "Файл не отправлен. Выберите его ещё раз",
    retry: "Повторить",
    today: "Сегодня",
    yesterday: "Вчера",
    date: |day, month, year| {
        const MONTHS: [&str; 12] = [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ];
        let month = MONTHS.get(month as usize).copied().unwrap_or_default();
        let mut date = [&day.to_string(), " ", month].concat();
        if let Some(year) = year {
            date.push(' ');
            date.push_str(&year.to_string());
        }
        date
    },
    obstacle,
};

fn why(code: Code) -> &'static str {
    match code {
        Code::TooLarge => "Слишком длинное сообщение",
        Code::UnsupportedType => "Такой файл не отправить: можно JPEG, PNG, WebP, PDF и CSV",
        Code::QuotaExceeded => "У магазина закончилось место для файлов",
        Code::EmptyText => "Пустое сообщение",
        Code::Forbidden | Code::OriginNotAllowed | Code::UnknownKey | Code::NotFound => {
            "Магазин не принимает сообщения отсюда"
        }
        Code::Unauthorized | Code::TokenExpired | Code::TokenRevoked => "Чат открыт слишком давно. Обновите страницу",
        Code::RateLimited | Code::UpstreamRateLimited => "Слишком часто. Подождите немного",
        Code::Malformed
        | Code::UnknownAction
        | Code::Invalid
        | Code::MethodNotAllowed
        | Code::Conflict
        | Code::StorageFailed
        | Code::NotConfigured
        | Code::UnsupportedVersion
        | Code::Internal
        | Code::UpstreamUnauthorized
        | Code::UpstreamForbidden
        | Code::UpstreamRejected
        | Code::UpstreamUnavailable
        | Code::DeliveryUnknown
        | Code::UpstreamNotConnected => "Магазин не смог принять сообщение",
    }
}

fn obstacle(obstacle: Obstacle, origin: &str) -> Notice {
    const AGAIN: &str = "Попробовать снова";
    match obstacle {
        Obstacle::UnknownKey => Notice {
            heading: "Чат не настроен",
            text: "Владельцу сайта: ключ не подошёл. Проверьте data-key в теге script.".into(),
            button: AGAIN,
        },
        Obstacle::OriginNotAllowed => Notice {
            heading: "Чат не подключён",
            text: ["Владельцу сайта: добавьте ", origin, " в список разрешённых адресов чата."].concat(),
            button: AGAIN,
        },
        Obstacle::Gone => Notice {
            heading: "Чат отключён",
            text: "Владельцу сайта: такой организации больше нет. Создайте её снова или уберите тег script.".into(),
            button: AGAIN,
        },
        Obstacle::Replaced => Notice {
            heading: "Чат открыт в другой вкладке",
            text: "Открытых вкладок слишком много, поэтому здесь чат остановлен.".into(),
            button: "Продолжить здесь",
        },
        Obstacle::Broken => Notice {
            heading: "Чат не открылся",
            text: "Попробуйте ещё раз чуть позже. Владельцу сайта: подробности в консоли браузера.".into(),
            button: AGAIN,
        },
    }
}

/// The form of a noun after a number: 1 знак, 2 знака, 5 знаков, 11 знаков, 21 знак.
fn plural(count: u64, one: &'static str, few: &'static str, many: &'static str) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_number() {
        for (count, words) in [(1, "1 знак"), (2, "2 знака"), (5, "5 знаков"), (11, "11 знаков"), (21, "21 знак")]
        {
            assert_eq!((RU.chars_over)(count), ["Больше на ", words].concat());
        }
        assert_eq!((RU.open_unread)(1), "Открыть чат, 1 непрочитанное");
        assert_eq!((RU.open_unread)(12), "Открыть чат, 12 непрочитанных");
    }

    #[test]
    fn a_date_names_its_month_and_the_year_only_if_it_is_another() {
        assert_eq!((RU.date)(8, 2, None), "8 марта");
        assert_eq!((RU.date)(31, 11, Some(2025)), "31 декабря 2025");
    }
}
