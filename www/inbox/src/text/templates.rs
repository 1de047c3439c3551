//! The words of the page of templates, and of choosing one in a conversation.

use shared::limits::{
    OZON_TEXT_CHARS_MAX, TEMPLATE_NAME_CHARS_MAX, TEMPLATE_TITLE_CHARS_MAX, TEMPLATE_VALUE_CHARS_MAX,
    TEMPLATE_VARIABLES_MAX, TEXT_CHARS_MAX,
};

pub const LOADING: &str = "Загружаем шаблоны";
pub const LIST: &str = "Список шаблонов";
pub const HELP: &str = "Готовые ответы с переменными. В чате их открывает кнопка «Шаблоны» или знак / в начале ответа.";
pub const NEW: &str = "Новый шаблон";
pub const BUILT_IN: &str = "встроенный";
pub const CHANGED: &str = "изменён";
pub const NOT_SAVED: &str = "не сохранён";
pub const CHOOSE: &str = "Выберите шаблон";
pub const CHOOSE_HELP: &str = "Слева список: откройте шаблон, чтобы прочитать или изменить его, или создайте новый";
pub const BACK: &str = "К списку шаблонов";
pub const TITLE: &str = "Название";
pub const TEXT: &str = "Текст";
pub const TEXT_HELP: &str = "Переменная — имя в двойных скобках: {{имя}}. Значение спросим при вставке в чат.";
pub const VARIABLES: &str = "Переменные";
pub const NO_VARIABLES: &str = "Нет: текст вставится как есть";
pub const PREVIEW: &str = "Как увидит покупатель";
pub const NO_PREVIEW: &str = "Здесь появится пример, когда в тексте всё будет верно";
pub const NO_TITLE: &str = "Назовите шаблон";
pub const NO_TEXT: &str = "Напишите текст";
pub const DELETE: &str = "Удалить";
pub const DELETE_SURE: &str = "Удалить шаблон? Его не станет у всех операторов.";
pub const RESTORE: &str = "Вернуть исходный";
pub const RESTORE_SURE: &str = "Вернуть исходный текст? Ваша правка пропадёт у всех операторов.";
pub const UNDO: &str = "Отменить правку";
pub const TOO_LONG_FOR_OZON: &str = "Длиннее, чем принимает Ozon: там его придётся отправлять частями";

pub const PICK: &str = "Шаблоны";
pub const PICK_HINT: &str = "Шаблоны: / в начале ответа";
pub const SEARCH: &str = "Поиск по шаблонам";
pub const NOTHING_FOUND: &str = "Ничего не нашлось";
pub const NONE: &str = "Шаблонов пока нет";
pub const INSERT: &str = "Вставить";
pub const TO_ALL: &str = "К списку";
pub const FILL_IN: &str = "Заполните";
pub const FILL_ALL_IN: &str = "Заполните все переменные, и можно вставлять";

pub fn title_too_long() -> String {
    format!("Не больше {TEMPLATE_TITLE_CHARS_MAX} знаков")
}

pub fn text_too_long() -> String {
    format!("Слишком длинно: не больше {TEXT_CHARS_MAX} знаков")
}

pub fn too_many_variables() -> String {
    format!("Слишком много переменных: не больше {TEMPLATE_VARIABLES_MAX}")
}

pub fn value_too_long() -> String {
    format!("Не больше {TEMPLATE_VALUE_CHARS_MAX} знаков")
}

/// Braces are open. `rest` is what stands from them on.
pub fn unclosed(rest: &str) -> String {
    format!("Скобки не закрыты: «{rest}». Допишите }}}}")
}

/// Between the braces stands no name.
pub fn no_name(name: &str) -> String {
    let name: String = name.chars().take(TEMPLATE_NAME_CHARS_MAX).collect();
    format!("«{{{{{name}}}}}» — не переменная. Имя: до {TEMPLATE_NAME_CHARS_MAX} букв, цифр и знаков _, без пробелов")
}

/// How long a text is, against what Ozon takes.
pub fn counted(chars: usize) -> String {
    format!("{chars} / {OZON_TEXT_CHARS_MAX}")
}

/// How many templates a search has found.
pub fn found(count: usize) -> String {
    format!("Найдено: {count}")
}

/// A variable as people call it; one that we do not know keeps its own name.
pub fn variable(name: &str) -> &str {
    match name {
        "tracking_number" => "Трек-номер",
        "delivery_date" => "Дата доставки",
        "tracking_url" => "Ссылка для отслеживания",
        "new_date" => "Новая дата доставки",
        "reason" => "Причина",
        "care_instructions" => "Рекомендации по уходу",
        "posting_number" => "Номер отправления",
        "name" | "user_name" | "customer_name" => "Имя покупателя",
        _ => name,
    }
}

/// What may stand in a variable's place.
pub fn example(name: &str) -> String {
    match name {
        "tracking_number" => "80104591234567".to_owned(),
        "delivery_date" => "25 июля".to_owned(),
        "tracking_url" => "https://www.pochta.ru/tracking".to_owned(),
        "new_date" => "28 июля".to_owned(),
        "reason" => "товар задержался на складе".to_owned(),
        "care_instructions" => "Стирать при 30 °C, не отжимать".to_owned(),
        "posting_number" => "39268230-0002-3".to_owned(),
        "name" | "user_name" | "customer_name" => "Анна".to_owned(),
        name => format!("[{name}]"),
    }
}
