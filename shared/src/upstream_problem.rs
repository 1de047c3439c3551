//! What a problem with an upstream means to the merchant's people: in words, whose move it is, and whether trying again
//! helps. What an upstream's answer is which code, its dialect decides (`relay/core/src/upstream`).

use crate::problem::Code;

/// What there is to know of a problem with an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// In Russian: what happened and what to do. Whole sentences without the last full stop.
    pub ru: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// Whose move it is.
    pub fault: Fault,
    /// Whether trying again helps.
    pub retry: Retry,
}

/// Who could have avoided it, or can put it right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The merchant: their key, their contract, what they asked for.
    Merchant,
    /// The merchant's customer: it goes on when they write.
    Customer,
    /// The upstream.
    Upstream,
    /// The relay, or whoever runs it.
    Relay,
}

/// Whether the same thing can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It fails again.
    Never,
    /// After a while, as it is.
    Later,
    /// When something else has been changed first.
    AfterChange,
}

/// What a problem with an upstream means; nothing for all other problems.
#[must_use]
pub fn explain(code: Code) -> Option<Explanation> {
    use Fault::{Customer, Merchant, Relay, Upstream};
    use Retry::{AfterChange, Later, Never};
    let (ru, en, fault, retry) = match code {
        Code::UpstreamUnauthorized => (
            "Ключ магазина не подходит. Администратору нужно обновить подключение",
            "The merchant's key is wrong. An administrator has to connect the account again",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamKeyExpired => (
            "Ключ магазина отключён или истёк. Создайте новый ключ в личном кабинете и обновите подключение",
            "The merchant's key was deactivated or has expired. Make a new one in the seller's account and connect it",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamKeyRestricted => (
            "Ключ магазина работает только с указанных IP-адресов. Снимите это ограничение в личном кабинете",
            "The merchant's key works from certain IP addresses only. Lift this restriction in the seller's account",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamRoleMissing => (
            "У ключа магазина нет нужной роли. Выдайте её в личном кабинете или создайте другой ключ",
            "The merchant's key lacks the role for this. Grant it in the seller's account or make another key",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamSubscription => (
            "Нужна подписка Premium Plus или Premium Pro",
            "This needs a Premium Plus or Premium Pro subscription",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamOfferNotSigned => (
            "Оферта не подписана. Подпишите её в личном кабинете",
            "The offer is not signed. Sign it in the seller's account",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamForbidden => (
            "Площадка этого не разрешает. Проверьте подписку и права ключа в личном кабинете",
            "The marketplace does not allow this. Check the subscription and the key's rights in the seller's account",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamNotConnected => (
            "Магазин не подключён. Сообщите администратору",
            "The account is not connected. Tell an administrator",
            Merchant,
            AfterChange,
        ),
        Code::UpstreamNotFound => (
            "Такого чата, отправления или товара нет. Проверьте номер",
            "There is no such chat, posting or product. Check the number",
            Merchant,
            Never,
        ),
        Code::UpstreamConflict => (
            "Это уже есть или сейчас меняется. Проверьте в личном кабинете",
            "It is there already, or being changed. Look into the seller's account",
            Merchant,
            Never,
        ),
        Code::UpstreamWindowClosed => (
            "Срок вышел: теперь ответить можно, только когда покупатель напишет снова",
            "The time is over: an answer is possible only after the buyer writes again",
            Customer,
            AfterChange,
        ),
        Code::UpstreamStartNotAllowed => {
            ("Этот чат может начать только покупатель", "Only the buyer may begin this chat", Customer, AfterChange)
        }
        Code::UpstreamRejected => (
            "Площадка не приняла запрос. Если с последнего сообщения покупателя прошло больше 48 часов, ответить уже нельзя",
            "The marketplace did not accept the request. More than 48 hours after the buyer's last message no answer is possible",
            Relay,
            Never,
        ),
        Code::UpstreamRateLimited => (
            "Площадка просит обращаться реже. Повторите через несколько минут",
            "The marketplace asks for fewer requests. Try again in a few minutes",
            Merchant,
            Later,
        ),
        Code::UpstreamCircleOpen => (
            "Площадка закрыла этот метод на несколько минут из-за частых обращений. Повторите позже",
            "The marketplace has closed this method for some minutes after too many requests. Try again later",
            Merchant,
            Later,
        ),
        Code::UpstreamUnavailable => (
            "Площадка не отвечает, сообщение не доставлено. Повторите позже",
            "The marketplace does not answer, and the message was not delivered. Try again later",
            Upstream,
            Later,
        ),
        Code::DeliveryUnknown => (
            "Доставка не подтверждена. Проверьте чат в личном кабинете, прежде чем писать снова",
            "Delivery was not confirmed. Look into the chat in the seller's account before writing again",
            Upstream,
            Never,
        ),
        Code::Malformed
        | Code::UnknownAction
        | Code::TooLarge
        | Code::UnsupportedType
        | Code::QuotaExceeded
        | Code::EmptyText
        | Code::Invalid
        | Code::Unauthorized
        | Code::TokenExpired
        | Code::TokenRevoked
        | Code::Forbidden
        | Code::UnknownKey
        | Code::OriginNotAllowed
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::UnsupportedVersion
        | Code::Conflict
        | Code::RateLimited
        | Code::StorageFailed
        | Code::NotConfigured
        | Code::Internal
        | Code::FileGone => return None,
    };
    Some(Explanation { ru, en, fault, retry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_with_an_upstream_is_explained_and_no_other() {
        for code in Code::ALL {
            let is_upstreams = code.as_str().starts_with("upstream_") || *code == Code::DeliveryUnknown;
            assert_eq!(explain(*code).is_some(), is_upstreams, "{code:?}");
            let row = format!("| `{}` |", code.as_str());
            assert_eq!(
                include_str!("../PROTOCOL.md").contains(&row),
                is_upstreams,
                "the table of PROTOCOL.md: {code:?}"
            );
        }
    }

    #[test]
    fn the_texts_are_in_their_language_whole_and_each_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for explained in Code::ALL.iter().filter_map(|code| explain(*code)) {
            let Explanation { ru, en, .. } = explained;
            assert!(ru.chars().any(|letter| matches!(letter, 'а'..='я')), "{ru}");
            assert!(en.is_ascii() && !en.is_empty(), "{en}");
            assert!(!ru.ends_with('.') && !en.ends_with('.'), "{ru} {en}");
            assert!(seen.insert(ru) && seen.insert(en), "{ru} {en}");
        }
    }

    #[test]
    fn what_time_cures_is_what_may_be_tried_again_later() {
        for code in Code::ALL {
            if let Some(explained) = explain(*code) {
                assert_eq!(code.is_temporary(), explained.retry == Retry::Later, "{code:?}");
            }
        }
    }
}
