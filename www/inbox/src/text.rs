//! Every word on the operator's screen. Russian; times and counts are put in by those who show them.

pub mod auto_replies;
pub mod bulk;
pub mod report;
pub mod templates;
pub mod tools;

use shared::client::LinkStatus;
use shared::close;
use shared::id::UserId;
use shared::limits::{LABEL_CHARS_MAX, REPLIES_MAX};
use shared::message::{Status, source};
use shared::problem::Code;
use shared::upstream_problem::explain;

use crate::ask::Refusal;
use crate::enclosure::{Field, Trouble};

pub const TITLE: &str = "Прилавок";
pub const INBOX: &str = "Входящие";

pub const SIGN_IN: &str = "Вход для оператора";
pub const SIGN_IN_HELP: &str =
    "Токен выдаёт администратор магазина. Он хранится только в этой вкладке, пока вы не закроете её или не выйдете.";
pub const TOKEN: &str = "Токен";
pub const ENTER: &str = "Войти";
pub const NOT_A_TOKEN: &str = "Это не похоже на токен. Скопируйте его целиком, без пробелов.";
pub const TOKEN_REFUSED: &str = "Токен не подошёл: он неверный, отозван или истёк. Попросите у администратора новый.";
pub const NOT_AN_OPERATOR: &str = "По этому токену нельзя открыть входящие. Нужен токен оператора.";
pub const NO_ORGANIZATION: &str = "Магазина, для которого выдан этот токен, больше нет. Спросите администратора.";

pub const LEAVE: &str = "Выйти";
pub const LEAVE_UNSENT: &str = "Есть неотправленные сообщения, при выходе они пропадут. Всё равно выйти?";
pub const STOPPED: &str = "Сервер закрыл соединение.";
pub const CONNECT: &str = "Подключиться";

pub const CHATS: &str = "Чаты";
pub const LOADING_CHATS: &str = "Загружаем чаты";
pub const NO_CHATS: &str = "Пока нет чатов";
pub const NO_CHATS_HELP: &str = "Как только кто-нибудь напишет, чат появится здесь";
pub const CHATS_FAILED: &str = "Не удалось загрузить чаты";
pub const RELOAD: &str = "Обновить страницу";
pub const MORE_CHATS: &str = "Показать ещё";
pub const UNREAD: &str = "Непрочитанных: ";
pub const YOU: &str = "Вы";
pub const NOT_SENT: &str = "Не отправлено";
pub const TYPING: &str = "печатает…";
pub const FILE: &str = "Файл";
pub const PHOTO: &str = "Фото";
pub const CARD: &str = "Карточка";
pub const REPLIES: &str = "Быстрые ответы";
pub const RATING_ASKED: &str = "Просьба об оценке";
pub const RATING_AWAITED: &str = "Ждём оценку";

pub const CHOOSE: &str = "Выберите чат";
pub const CHOOSE_HELP: &str = "Сообщения с сайта, Ozon, Wildberries и из мессенджеров собираются в одном списке";

pub const BACK: &str = "К списку чатов";
pub const LOG: &str = "Переписка";
pub const LOADING_LOG: &str = "Загружаем переписку";
pub const LOG_FAILED: &str = "Не удалось загрузить переписку";
pub const NO_MESSAGES: &str = "Сообщений пока нет";
pub const EARLIER: &str = "Показать раньше";
pub const USER_TYPES: &str = "Покупатель печатает";
/// Beside a message's time.
pub const EDITED: &str = "изменено";
pub const HOURS_TO_REPLY: &str = " ч на ответ";
pub const MINUTES_TO_REPLY: &str = " мин на ответ";
pub const HOURS_TO_WRITE: &str = " ч, чтобы написать";
pub const MINUTES_TO_WRITE: &str = " мин, чтобы написать";
pub const BUYER_FIRST: &str = "Сначала пишет покупатель";
pub const REPLY_OVER: &str = "Срок вышел";
pub const SEND_IN_PARTS: &str = "Отправить частями: ";

pub const ONLINE: &str = "В сети";
pub const NOT_ONLINE: &str = "Не в сети";

pub const FINISH: &str = "Завершить";
pub const FINISHED: &str = "Завершён";
pub const ABOUT: &str = "О посетителе";
pub const LOADING_ABOUT: &str = "Узнаём о посетителе";
pub const VISIT: &str = "На сайте";
pub const NOTHING_KNOWN: &str = "Больше о посетителе ничего не известно";
pub const VERIFIED: &str = "Подтверждено магазином";

pub const REPLY: &str = "Ответ";
pub const SEND: &str = "Отправить";
pub const SEND_HINT: &str = "Enter — отправить, Shift+Enter — новая строка";
pub const OFFLINE: &str = "Нет связи. Ответы отправятся, когда она появится";
pub const DISCONNECTED: &str = "Отключено. Кнопка «Подключиться» — над списком чатов";
pub const AFTER_FILE: &str = "Ozon принимает файл и текст по отдельности: текст уйдёт сразу после файла";
pub const OUTBOX_FULL: &str = "Слишком много ответов ждут отправки. Дождитесь связи и попробуйте ещё раз";
pub const RETRY: &str = "Повторить";
pub const DISCARD: &str = "Удалить";
pub const REWRITE: &str = "Написать ещё раз";

pub const ENCLOSE: &str = "Карточка и быстрые ответы";
pub const SENDING: &str = "Отправляем…";

pub const TODAY: &str = "Сегодня";
pub const YESTERDAY: &str = "Вчера";
pub const MONTHS: [&str; 12] = [
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
/// How much of a month's word stands for it in the list of chats.
pub const MONTH_SHORT_CHARS: usize = 3;

/// A file's size as Ozon writes it (`123KB`), in Russian.
pub fn file_size(size: &str) -> String {
    let unit = size.trim_start_matches(|char: char| !char.is_alphabetic());
    let (number, unit) = (size.strip_suffix(unit).unwrap_or_default().trim(), unit.to_uppercase());
    let russian = [("B", "Б"), ("KB", "КБ"), ("MB", "МБ"), ("GB", "ГБ")];
    let unit = russian.into_iter().find(|(theirs, _)| *theirs == unit).map_or(unit.as_str(), |(_, ours)| ours);
    format!("{}\u{a0}{unit}", number.replace('.', ","))
}

/// The tab's title. The number comes first: a narrow tab shows only the start.
pub fn title(unread: i64) -> String {
    if unread > 0 { format!("({unread}) {TITLE}") } else { TITLE.to_owned() }
}

/// What a person without a name is called.
pub fn guest(user_id: UserId) -> String {
    format!("Гость {:04}", user_id.unsigned_abs() % 10_000)
}

pub fn chat_with(name: &str) -> String {
    format!("Чат: {name}")
}

/// A source as people call it; one that we do not know keeps its own name.
pub fn source_name(name: &str) -> &str {
    match name {
        source::WIDGET => "Сайт",
        source::OZON => "Ozon",
        "wildberries" => "Wildberries",
        "telegram" => "Telegram",
        "whatsapp" => "WhatsApp",
        "avito" => "Avito",
        "vk" => "ВКонтакте",
        "max" => "MAX",
        _ => name,
    }
}

/// The connection in two or three words.
pub fn link(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Live => "На связи",
        LinkStatus::Connecting | LinkStatus::Off => "Подключаемся…",
        LinkStatus::Waiting => "Нет связи",
        LinkStatus::Stopped(_) => "Отключено",
    }
}

/// Why the relay said to stay away, where signing in again would not help.
pub fn stopped(code: u16) -> &'static str {
    match code {
        close::REPLACED => "Открыто слишком много соединений: это закрыто ради более нового.",
        close::TOO_LARGE => "Сервер закрыл соединение: сообщение оказалось слишком большим.",
        _ => STOPPED,
    }
}

pub const ATTACH: &str = "Прикрепить файл";
pub const UPLOADING: &str = "Отправляется файл";
pub const CANCEL: &str = "Отменить";
pub const SAVE: &str = "Скачать";
pub const CLOSE: &str = "Закрыть";

/// A file's size.
pub fn size(bytes: i64) -> String {
    widget::upload::size(bytes, ["Б", "КБ", "МБ"], ",")
}

/// A visitor's score.
pub fn rated(score: i64) -> String {
    format!("Оценка: {score} из 5")
}

pub fn flag(value: bool) -> &'static str {
    if value { "Да" } else { "Нет" }
}

/// An attribute as people call it; one that we do not know keeps its own name.
pub fn attribute(name: &str) -> &str {
    match name {
        "name" => "Имя",
        "email" => "Почта",
        "phone" => "Телефон",
        "customer_id" => "Номер покупателя",
        "page" => "Страница",
        "product" => "Товар",
        "product_price" => "Цена",
        "product_sku" => "Артикул",
        "referrer" => "Пришёл с сайта",
        "utm_source" => "Источник (utm_source)",
        "utm_medium" => "Канал (utm_medium)",
        "utm_campaign" => "Кампания (utm_campaign)",
        "utm_content" => "Объявление (utm_content)",
        "utm_term" => "Запрос (utm_term)",
        _ => name,
    }
}

/// Why nothing is known of a visitor.
pub fn not_known(code: Option<Code>) -> String {
    match code {
        Some(Code::Forbidden) => "Нет права смотреть данные посетителя".to_owned(),
        code => format!("Не удалось узнать о посетителе. {}", answered(code)),
    }
}

/// Why a conversation was not finished.
pub fn not_finished(code: Option<Code>) -> String {
    format!("Чат не завершён. {}", answered(code))
}

fn answered(code: Option<Code>) -> String {
    code.map_or_else(|| "Нет связи с сервером".to_owned(), |code| reason(Some(code), ""))
}

/// A field of the form for cards and quick replies.
pub fn field(field: Field) -> &'static str {
    match field {
        Field::Text => "Текст сообщения",
        Field::Title => "Название",
        Field::Price => "Цена",
        Field::About => "Описание",
        Field::Url => "Ссылка",
        Field::Image => "Ссылка на картинку",
        Field::Replies => "Быстрые ответы, через запятую",
    }
}

/// How it may be filled in.
pub fn example(field: Field) -> Option<&'static str> {
    match field {
        Field::Price => Some("5 990 ₽"),
        Field::Url | Field::Image => Some("https://…"),
        Field::Replies => Some("Да, Нет, Покажите ещё"),
        Field::Text | Field::Title | Field::About => None,
    }
}

/// Why a card or quick replies were not sent, and what to do.
pub fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Nothing => "Заполните карточку или быстрые ответы".to_owned(),
        Trouble::NoTitle => "У карточки должно быть название".to_owned(),
        Trouble::NoText => "К быстрым ответам нужен текст сообщения или карточка".to_owned(),
        Trouble::TooLong(of, chars_max) => format!("{}: не больше {chars_max} знаков", field(*of)),
        Trouble::NoAddress(of) => format!("{}: нужен полный адрес, https://…", field(*of)),
        Trouble::TooManyReplies => format!("Быстрых ответов может быть не больше {REPLIES_MAX}"),
        Trouble::ReplyTooLong => format!("Быстрый ответ: не больше {LABEL_CHARS_MAX} знаков"),
        Trouble::TooMuch => "Слишком много для одного сообщения. Сократите ссылки или текст".to_owned(),
        Trouble::Refused(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> String {
    match (refusal.code, refusal.detail.as_str()) {
        (None, _) => "Сервер не ответил. Нажмите ещё раз: второго сообщения не будет".to_owned(),
        // Here it says what of it is wrong.
        (Some(Code::Invalid | Code::TooLarge), detail) if !detail.is_empty() => format!("Сервер не принял: {detail}"),
        (code, _) => reason(code, source_name(source::WIDGET)),
    }
}

pub const LOADING_PHOTO: &str = "Загружаем фото";
pub const LOADING_FILE: &str = "Загружаем…";

/// Why a file of Ozon's is not here; without a code nobody has answered.
pub fn ozon_file_trouble(code: Option<Code>) -> String {
    match code {
        None => "Нет связи с сервером".to_owned(),
        Some(Code::TooLarge) => "Файл больше 10 МБ. Откройте его в кабинете Ozon".to_owned(),
        Some(Code::NotFound | Code::UpstreamNotFound) => "Этого файла у Ozon больше нет".to_owned(),
        Some(Code::RateLimited | Code::UpstreamUnavailable | Code::UpstreamRateLimited) => {
            "Ozon сейчас не отвечает".to_owned()
        }
        Some(Code::UpstreamRejected) => "Ozon не отдал файл".to_owned(),
        Some(Code::Forbidden) => "Нет права смотреть файлы чата".to_owned(),
        code => reason(code, ""),
    }
}

/// Why a file did not arrive; without a code nobody has answered.
pub fn file_reason(code: Option<Code>) -> String {
    match code {
        None => "Нет связи с сервером".to_owned(),
        Some(Code::TooLarge) => "Файл больше 10 МБ".to_owned(),
        code => reason(code, ""),
    }
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Queued => "в очереди",
        Status::Sending => "отправляется",
        Status::Checking => "проверяем доставку",
        Status::Sent => "отправлено",
        Status::Delivered => "доставлено",
        Status::Read => "прочитано",
        Status::Failed => "не отправлено",
    }
}

const UNKNOWN_REASON: &str = "Причина неизвестна";

/// Why a message was not sent, and what to do. `source` is the source as people call it.
pub fn reason(code: Option<Code>, source: &str) -> String {
    let Some(code) = code else { return UNKNOWN_REASON.to_owned() };
    match code {
        Code::Malformed | Code::UnknownAction | Code::Invalid | Code::MethodNotAllowed | Code::Conflict => {
            "Сервер не понял страницу. Обновите её и отправьте ещё раз".to_owned()
        }
        Code::TooLarge => format!("Сообщение длиннее, чем принимает {source}. Сократите его"),
        Code::UnsupportedType => "Такой файл не отправить: можно JPEG, PNG, WebP, PDF и CSV".to_owned(),
        Code::QuotaExceeded => "Место для файлов закончилось. Сообщите администратору".to_owned(),
        Code::EmptyText => "В сообщении нет текста".to_owned(),
        Code::Unauthorized | Code::TokenExpired => "Вход устарел. Выйдите и войдите с новым токеном".to_owned(),
        Code::TokenRevoked => "Доступ отозван. Обратитесь к администратору".to_owned(),
        Code::Forbidden | Code::UnknownKey | Code::OriginNotAllowed => "Нет права писать в этот чат".to_owned(),
        Code::NotFound => "Этого чата больше нет".to_owned(),
        Code::RateLimited => "Слишком много сообщений подряд. Повторите через минуту".to_owned(),
        Code::StorageFailed => "Серверу не удалось сохранить сообщение. Повторите".to_owned(),
        Code::FileGone => "Файла больше нет на сервере, он не отправлен. Прикрепите его ещё раз".to_owned(),
        Code::UnsupportedVersion => "Страница устарела. Обновите её".to_owned(),
        Code::NotConfigured => "Сервер настроен не до конца. Сообщите администратору".to_owned(),
        Code::Internal => "Ошибка на сервере. Повторите".to_owned(),
        Code::UpstreamUnauthorized
        | Code::UpstreamForbidden
        | Code::UpstreamRejected
        | Code::UpstreamRateLimited
        | Code::UpstreamUnavailable
        | Code::DeliveryUnknown
        | Code::UpstreamNotConnected
        | Code::UpstreamSubscription
        | Code::UpstreamKeyExpired
        | Code::UpstreamKeyRestricted
        | Code::UpstreamRoleMissing
        | Code::UpstreamOfferNotSigned
        | Code::UpstreamNotFound
        | Code::UpstreamConflict
        | Code::UpstreamWindowClosed
        | Code::UpstreamStartNotAllowed
        | Code::UpstreamCircleOpen => match explain(code) {
            Some(explained) if source.is_empty() => explained.ru.to_owned(),
            Some(explained) => format!("{source}. {}", explained.ru),
            None => UNKNOWN_REASON.to_owned(),
        },
    }
}
