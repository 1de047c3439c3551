//! The types of pushes that a seller can subscribe to, in the vendor's words.

use serde::{Deserialize, Serialize};

/// A type of push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum PushType {
    #[serde(rename = "TYPE_NEW_MESSAGE")]
    NewMessage,
    #[serde(rename = "TYPE_UPDATE_MESSAGE")]
    UpdateMessage,
    #[serde(rename = "TYPE_MESSAGE_READ")]
    MessageRead,
    #[serde(rename = "TYPE_CHAT_CLOSED")]
    ChatClosed,
    #[serde(rename = "TYPE_NEW_POSTING")]
    NewPosting,
    #[serde(rename = "TYPE_POSTING_SHIPPED")]
    PostingShipped,
    #[serde(rename = "TYPE_POSTING_CANCELLED")]
    PostingCancelled,
    #[serde(rename = "TYPE_STATE_CHANGED")]
    StateChanged,
    #[serde(rename = "TYPE_DELIVERY_DATE_CHANGED")]
    DeliveryDateChanged,
    #[serde(rename = "TYPE_CUTOFF_DATE_CHANGED")]
    CutoffDateChanged,
    #[serde(rename = "TYPE_CREATE_ITEM")]
    CreateItem,
    #[serde(rename = "TYPE_UPDATE_ITEM")]
    UpdateItem,
    #[serde(rename = "TYPE_CREATE_OR_UPDATE_ITEM")]
    CreateOrUpdateItem,
    #[serde(rename = "TYPE_STOCKS_CHANGED")]
    StocksChanged,
}

impl PushType {
    pub(crate) const ALL: [Self; 14] = [
        Self::NewMessage,
        Self::UpdateMessage,
        Self::MessageRead,
        Self::ChatClosed,
        Self::NewPosting,
        Self::PostingShipped,
        Self::PostingCancelled,
        Self::StateChanged,
        Self::DeliveryDateChanged,
        Self::CutoffDateChanged,
        Self::CreateItem,
        Self::UpdateItem,
        Self::CreateOrUpdateItem,
        Self::StocksChanged,
    ];

    /// The type of this name, if there is one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// What `/v1/notification/push-type/list` says of it.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::NewMessage => "Новое сообщение в чате",
            Self::UpdateMessage => "Сообщение в чате изменено",
            Self::MessageRead => "Сообщение прочитано",
            Self::ChatClosed => "Чат закрыт",
            Self::NewPosting => "Новое отправление",
            Self::PostingShipped => "Отправление отгружено",
            Self::PostingCancelled => "Отмена отправления",
            Self::StateChanged => "Изменение статуса отправления",
            Self::DeliveryDateChanged => "Изменение даты доставки отправления",
            Self::CutoffDateChanged => "Изменение даты отгрузки отправления",
            Self::CreateItem => "Создание товара",
            Self::UpdateItem => "Обновление товара",
            Self::CreateOrUpdateItem => "Создание или обновление товара",
            Self::StocksChanged => "Изменение остатков на складах продавца",
        }
    }
}
