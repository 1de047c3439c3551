//! Ozon's words for kinds of users, chats and states. Ozon writes them in small, capital and title case, depending on the
//! method and its version, and adds new ones without notice (UPSTREAMS 1.2, 1.7): they are compared folded, and one that we
//! do not know is kept as it came.

/// An enum of known words plus `Other`. The first word is the one of today's methods, the second, where it differs, the one
/// of pushes and older methods.
macro_rules! kinds {
    ($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $variant:ident = $word:literal $(or $title:literal)?,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$says])* $variant,)*
            /// A word that we do not know, as it came.
            Other(String),
        }

        impl $name {
            /// Reads Ozon's word, in whatever case.
            #[must_use]
            pub fn parse(word: &str) -> Self {
                $(if folded(word).eq(folded($word)) { return Self::$variant; })*
                Self::Other(word.to_owned())
            }

            /// The word as today's methods write it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// The word as pushes and older methods write it.
            #[must_use]
            pub fn as_title(&self) -> &str {
                $($(if *self == Self::$variant { return $title; })?)*
                self.as_str()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer).map(|word| Self::parse(&word))
            }
        }
    };
}

kinds! {
    /// Who wrote a message.
    UserType {
        /// The buyer.
        Customer = "Customer",
        /// The merchant.
        Seller = "Seller",
        /// Ozon's support.
        Support = "Support",
        /// The courier.
        Courier = "Courier",
        /// Ozon's system.
        Crm = "Crm",
        /// Ozon's notifications, since 2026-03-13.
        NotificationUser = "NotificationUser",
        /// Ozon's machine that answers buyers: seen, not documented.
        ChatBot = "ChatBot",
    }
}

kinds! {
    /// What a chat is about and with whom.
    ChatType {
        /// Not said.
        Unspecified = "UNSPECIFIED" or "Unspecified",
        /// With Ozon's support.
        SellerSupport = "SELLER_SUPPORT" or "Seller_Support",
        /// With a buyer.
        BuyerSeller = "BUYER_SELLER" or "Buyer_Seller",
        /// With a buyer of Ozon Select.
        BuyerSellerSelect = "BUYER_SELLER_SELECT" or "Buyer_Seller_Select",
        /// News of the API.
        SellerApiUpdates = "SELLER_API_UPDATES" or "Seller_API_Updates",
        /// Notifications of the API.
        SellerApiNotifications = "SELLER_API_NOTIFICATIONS" or "Seller_API_Notifications",
        /// Notifications, in pushes.
        SellerNotification = "SELLER_NOTIFICATION" or "Seller_Notification",
        /// Notifications about logistics.
        SellerNotificationLogistics = "SELLER_NOTIFICATION_LOGISTICS" or "Seller_Notification_Logistics",
        /// Notifications about products' pages.
        SellerNotificationUpdateContent = "SELLER_NOTIFICATION_UPDATE_CONTENT" or "Seller_Notification_Update_Content",
        /// With a personal manager.
        SellerPersonalManagerUnityCrm = "SELLER_PERSONAL_MANAGER_UNITY_CRM" or "Seller_Personal_Manager_Unity_CRM",
        /// With those who look after the merchant's growth.
        SellerBusinessDevelopmentGroup = "SELLER_BUSINESS_DEVELOPMENT_GROUP" or "Seller_Business_Development_Group",
    }
}

/// How every kind of chat with a buyer begins.
const BUYERS: &str = "buyer_seller";

impl ChatType {
    /// Whether it is with a buyer, as every kind is whose name begins so.
    #[must_use]
    pub fn is_of_buyer(&self) -> bool {
        folded(self.as_str()).take(BUYERS.len()).eq(BUYERS.chars())
    }
}

kinds! {
    /// Whether a chat can still be written to.
    ChatStatus {
        /// Not said.
        Unspecified = "UNSPECIFIED" or "Unspecified",
        /// Open.
        Opened = "OPENED" or "Opened",
        /// Closed.
        Closed = "CLOSED" or "Closed",
    }
}

kinds! {
    /// What Ozon's moderation has decided about an image.
    ModerateImageStatus {
        /// It may be seen.
        Success = "SUCCESS",
        /// It is being looked at.
        Moderation = "MODERATION",
        /// It may not be seen.
        Failed = "FAILED",
    }
}

kinds! {
    /// A merchant's subscription.
    Subscription {
        /// None that is known.
        Unknown = "UNKNOWN",
        /// Too small for chats with buyers.
        Premium = "PREMIUM",
        /// The one that chats need.
        PremiumPlus = "PREMIUM_PLUS",
        /// A greater one.
        PremiumPro = "PREMIUM_PRO",
    }
}

/// A word, comparable: small letters, and Latin `c` where Ozon's texts have the Cyrillic `С` (U+0421).
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().map(|character| match character {
        'С' | 'с' => 'c',
        other => other.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_in_every_case_and_with_the_cyrillic_letter() {
        for word in ["Customer", "customer", "CUSTOMER", "Сustomer", "сustomer"] {
            assert_eq!(UserType::parse(word), UserType::Customer, "{word}");
        }
        for word in ["BUYER_SELLER", "Buyer_Seller", "buyer_seller"] {
            assert_eq!(ChatType::parse(word), ChatType::BuyerSeller, "{word}");
        }
        assert_eq!(ChatType::parse("Seller_API_Updates"), ChatType::SellerApiUpdates);
        assert_eq!(ChatStatus::parse("Opened"), ChatStatus::Opened);
    }

    #[test]
    fn an_unknown_word_is_kept_as_it_came() {
        assert_eq!(UserType::parse("Робот").as_str(), "Робот");
        assert_eq!(ChatType::parse("Seller_Notification_FBS"), ChatType::Other("Seller_Notification_FBS".into()));
        assert_eq!(ChatType::parse("Seller_Notification_FBS").as_title(), "Seller_Notification_FBS");
    }

    #[test]
    fn todays_word_and_the_older_one_read_as_the_same() {
        for word in ["SELLER_SUPPORT", "BUYER_SELLER_SELECT", "SELLER_PERSONAL_MANAGER_UNITY_CRM", "UNSPECIFIED"] {
            let kind = ChatType::parse(word);
            assert_eq!((kind.as_str(), ChatType::parse(kind.as_title())), (word, kind.clone()));
        }
    }

    #[test]
    fn every_kind_that_begins_as_a_chat_with_a_buyer_is_one() {
        for (word, expected) in [
            ("Buyer_Seller", true),
            ("BUYER_SELLER_SELECT", true),
            ("Buyer_Seller_Next_Year", true),
            ("SELLER_SUPPORT", false),
            ("Seller_Notification", false),
            ("", false),
        ] {
            assert_eq!(ChatType::parse(word).is_of_buyer(), expected, "{word}");
        }
    }
}
