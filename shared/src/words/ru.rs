//! Russian.

use super::Plural::{Few, Many, One};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "Чат с магазином",
        Word::Presence => "Ответим здесь, в чате",
        Word::Unavailable => "Чат недоступен",
        Word::Open => "Открыть чат",
        Word::OpenUnread => {
            return Text::Many(&[
                (One, "Открыть чат, {} непрочитанное"),
                (Few, "Открыть чат, {} непрочитанных"),
                (Many, "Открыть чат, {} непрочитанных"),
            ]);
        }
        Word::Close => "Закрыть чат",
        Word::Log => "Переписка",
        Word::Loading => "Загружаем переписку",
        Word::Greeting => "Здравствуйте!",
        Word::Invitation => "Напишите нам, мы поможем",
        Word::Typing => "{} печатает…",
        Word::TypingSomebody => "Магазин печатает…",
        Word::Input => "Сообщение",
        Word::Send => "Отправить",
        Word::CharsLeft => "Осталось {}",
        Word::CharsOver => {
            return Text::Many(&[
                (One, "Больше на {} знак"),
                (Few, "Больше на {} знака"),
                (Many, "Больше на {} знаков"),
            ]);
        }
        Word::OutboxFull => "Много неотправленных сообщений. Дождитесь связи",
        Word::Offline => "Нет связи. Сообщения отправятся, когда она появится",
        Word::Reconnecting => "Соединяемся… Сообщения не потеряются",
        Word::Sending => "Отправляется",
        Word::Sent => "Отправлено",
        Word::Delivered => "Доставлено",
        Word::Read => "Прочитано",
        Word::Failed => "Не отправлено",
        Word::TooLarge => "Слишком длинное сообщение",
        Word::UnsupportedType => "Такой файл не отправить: можно JPEG, PNG, WebP, PDF и CSV",
        Word::QuotaExceeded => "У магазина закончилось место для файлов",
        Word::EmptyText => "Пустое сообщение",
        Word::NotFromHere => "Магазин не принимает сообщения отсюда",
        Word::TooOld => "Чат открыт слишком давно. Обновите страницу",
        Word::TooOften => "Слишком часто. Подождите немного",
        Word::NotTaken => "Магазин не смог принять сообщение",
        Word::Attach => "Прикрепить файл",
        Word::NoFiles => "Файл не отправлен. Выберите его ещё раз",
        Word::Retry => "Повторить",
        Word::Today => "Сегодня",
        Word::Yesterday => "Вчера",
        Word::New => "Новые сообщения",
        Word::RateQuestion => "Оцените, как мы помогли",
        Word::UnknownKey => "Чат не настроен",
        Word::UnknownKeyText => "Владельцу сайта: ключ не подошёл. Проверьте data-key в теге script.",
        Word::OriginNotAllowed => "Чат не подключён",
        Word::OriginNotAllowedText => "Владельцу сайта: добавьте {} в список разрешённых адресов чата.",
        Word::Gone => "Чат отключён",
        Word::GoneText => "Владельцу сайта: такой организации больше нет. Создайте её снова или уберите тег script.",
        Word::Replaced => "Чат открыт в другой вкладке",
        Word::ReplacedText => "Открытых вкладок слишком много, поэтому здесь чат остановлен.",
        Word::Resume => "Продолжить здесь",
        Word::Broken => "Чат не открылся",
        Word::BrokenText => "Попробуйте ещё раз чуть позже. Владельцу сайта: подробности в консоли браузера.",
        Word::Again => "Попробовать снова",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "Отправляется файл",
        Extra::Cancel => "Отменить",
        Extra::Save => "Скачать",
        Extra::Leave => "Закрыть",
        Extra::Bytes => "{} Б",
        Extra::Kilobytes => "{} КБ",
        Extra::Megabytes => "{} МБ",
        Extra::FileTooLarge => "Файл больше {} МБ",
        Extra::FileFailed => "Не получилось отправить файл",
        Extra::NoConnection => "Нет связи",
        Extra::Copy => "Скопировать",
        Extra::Copied => "Скопировано",
        Extra::ToNewest => "К новым сообщениям",
        Extra::NewMessages => {
            return Text::Many(&[
                (One, "{} новое сообщение"),
                (Few, "{} новых сообщения"),
                (Many, "{} новых сообщений"),
            ]);
        }
        Extra::Emoji => "Смайлики",
        Extra::Menu => "Меню чата",
        Extra::Sound => "Звук",
        Extra::Notifications => "Уведомления",
        Extra::NotificationsDenied => "Уведомления запрещены в браузере",
        Extra::PopOut => "В отдельном окне",
        Extra::Closed => "Сейчас мы не работаем",
        Extra::OpensToday => "Ответим сегодня после {}",
        Extra::OpensTomorrow => "Ответим завтра после {}",
        Extra::OpensOn => "Ответим: {}",
        Extra::AnswersAtOnce => "Обычно отвечаем сразу",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (One, "Обычно отвечаем за {} минуту"),
                (Few, "Обычно отвечаем за {} минуты"),
                (Many, "Обычно отвечаем за {} минут"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (One, "Обычно отвечаем за {} час"),
                (Few, "Обычно отвечаем за {} часа"),
                (Many, "Обычно отвечаем за {} часов"),
            ]);
        }
        Extra::AnswersInADay => "Обычно отвечаем в течение дня",
        Extra::FormHeading => "Познакомимся?",
        Extra::FormClosed => "Оставьте контакт, и мы ответим, когда откроемся",
        Extra::FormStart => "Начать чат",
        Extra::FieldOptional => "необязательно",
        Extra::FieldMissing => "Заполните это поле",
        Extra::FieldEmail => "Проверьте адрес почты",
        Extra::FieldPhone => "Проверьте номер телефона",
        Extra::FieldChoose => "Выберите",
        Extra::ConsentMissing => "Без согласия мы не можем начать чат",
        Extra::FormFailed => "Не получилось отправить. Попробуйте ещё раз",
        Extra::RateStar => "{} из 5",
        Extra::RateComment => "Что можно улучшить?",
        Extra::RateSend => "Отправить отзыв",
        Extra::RateThanks => "Спасибо за оценку!",
        Extra::RateFailed => "Оценка не отправлена. Попробуйте ещё раз",
        Extra::CardOpen => "Подробнее",
        Extra::Replies => "Варианты ответа",
        Extra::Dismiss => "Скрыть",
        Extra::NotLoaded => "Чат не загрузился. Нажмите ещё раз",
        Extra::ContactUs => "Написать нам",
    })
}
