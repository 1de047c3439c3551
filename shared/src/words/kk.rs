//! Kazakh.

use super::Plural::{One, Other};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "Дүкенмен чат",
        Word::Presence => "Осы чатта жауап береміз",
        Word::Unavailable => "Чат қолжетімсіз",
        Word::Open => "Чатты ашу",
        Word::OpenUnread => {
            return Text::Many(&[
                (One, "Чатты ашу, {} оқылмаған хабарлама"),
                (Other, "Чатты ашу, {} оқылмаған хабарлама"),
            ]);
        }
        Word::Close => "Чатты жабу",
        Word::Log => "Хат алмасу",
        Word::Loading => "Хабарламалар жүктеліп жатыр",
        Word::Greeting => "Сәлеметсіз бе!",
        Word::Invitation => "Бізге жазыңыз, біз көмектесеміз",
        Word::Typing => "{} жазып жатыр…",
        Word::TypingSomebody => "Дүкен жазып жатыр…",
        Word::Input => "Хабарлама",
        Word::Send => "Жіберу",
        Word::CharsLeft => "{} таңба қалды",
        Word::CharsOver => return Text::Many(&[(One, "{} таңба артық"), (Other, "{} таңба артық")]),
        Word::OutboxFull => "Жіберілмеген хабарлама көп. Байланыс орнағанша күте тұрыңыз",
        Word::Offline => "Байланыс жоқ. Хабарламалар байланыс орнағанда жіберіледі",
        Word::Reconnecting => "Қосылып жатырмыз… Хабарламалар жоғалмайды",
        Word::Sending => "Жіберіліп жатыр",
        Word::Sent => "Жіберілді",
        Word::Delivered => "Жеткізілді",
        Word::Read => "Оқылды",
        Word::Failed => "Жіберілмеді",
        Word::TooLarge => "Хабарлама тым ұзын",
        Word::UnsupportedType => "Мұндай файл жіберілмейді. JPEG, PNG, WebP, PDF және CSV жіберуге болады",
        Word::QuotaExceeded => "Дүкенде файлдарға орын қалмады",
        Word::EmptyText => "Хабарлама бос",
        Word::NotFromHere => "Дүкен бұл жерден хабарлама қабылдамайды",
        Word::TooOld => "Чат тым ұзақ ашық тұрды. Бетті жаңартыңыз",
        Word::TooOften => "Тым жиі жіберіп жатырсыз. Сәл күте тұрыңыз",
        Word::NotTaken => "Дүкен хабарламаны қабылдай алмады",
        Word::Attach => "Файл тіркеу",
        Word::NoFiles => "Файл жіберілмеді. Оны қайта таңдаңыз",
        Word::Retry => "Қайта жіберу",
        Word::Today => "Бүгін",
        Word::Yesterday => "Кеше",
        Word::New => "Жаңа хабарламалар",
        Word::RateQuestion => "Көмегімізді бағалаңыз",
        Word::UnknownKey => "Чат бапталмаған",
        Word::UnknownKeyText => "Сайт иесіне: кілт сәйкес келмеді. script тегіндегі data-key мәнін тексеріңіз.",
        Word::OriginNotAllowed => "Чат бұл сайтқа қосылмаған",
        Word::OriginNotAllowedText => "Сайт иесіне: {} мекенжайын чаттың рұқсат етілген мекенжайлар тізіміне қосыңыз.",
        Word::Gone => "Чат өшірілген",
        Word::GoneText => "Сайт иесіне: мұндай ұйым енді жоқ. Оны қайта құрыңыз немесе script тегін алып тастаңыз.",
        Word::Replaced => "Чат басқа қойындыда ашық",
        Word::ReplacedText => "Ашық қойындылар тым көп, сондықтан чат бұл жерде тоқтатылды.",
        Word::Resume => "Осы жерде жалғастыру",
        Word::Broken => "Чат ашылмады",
        Word::BrokenText => "Сәлден соң қайталап көріңіз. Сайт иесіне: толық мәлімет браузер консолінде.",
        Word::Again => "Қайталап көру",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "Файл жіберіліп жатыр",
        Extra::Cancel => "Бас тарту",
        Extra::Save => "Жүктеп алу",
        Extra::Leave => "Жабу",
        Extra::Bytes => "{} Б",
        Extra::Kilobytes => "{} КБ",
        Extra::Megabytes => "{} МБ",
        Extra::FileTooLarge => "Файл көлемі {} МБ-тан асады",
        Extra::FileFailed => "Файлды жіберу мүмкін болмады",
        Extra::NoConnection => "Байланыс жоқ",
        Extra::Copy => "Көшіру",
        Extra::Copied => "Көшірілді",
        Extra::ToNewest => "Жаңа хабарламаларға өту",
        Extra::NewMessages => return Text::Many(&[(One, "{} жаңа хабарлама"), (Other, "{} жаңа хабарлама")]),
        Extra::Emoji => "Эмодзи",
        Extra::Menu => "Чат мәзірі",
        Extra::Sound => "Дыбыс",
        Extra::Notifications => "Хабарландырулар",
        Extra::NotificationsDenied => "Браузерде хабарландыруларға тыйым салынған",
        Extra::PopOut => "Бөлек терезеде ашу",
        Extra::Closed => "Қазір жұмыс уақыты емес",
        Extra::OpensToday => "Бүгін сағат {} болған соң жауап береміз",
        Extra::OpensTomorrow => "Ертең сағат {} болған соң жауап береміз",
        Extra::OpensOn => "Жауап береміз: {}",
        Extra::AnswersAtOnce => "Әдетте бірден жауап береміз",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (One, "Әдетте {} минут ішінде жауап береміз"),
                (Other, "Әдетте {} минут ішінде жауап береміз"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (One, "Әдетте {} сағат ішінде жауап береміз"),
                (Other, "Әдетте {} сағат ішінде жауап береміз"),
            ]);
        }
        Extra::AnswersInADay => "Әдетте бір күн ішінде жауап береміз",
        Extra::FormHeading => "Танысайық",
        Extra::FormClosed => "Байланыс деректеріңізді қалдырыңыз, жұмыс басталғанда жауап береміз",
        Extra::FormStart => "Чатты бастау",
        Extra::FieldOptional => "міндетті емес",
        Extra::FieldMissing => "Бұл өрісті толтырыңыз",
        Extra::FieldEmail => "Электрондық пошта мекенжайын тексеріңіз",
        Extra::FieldPhone => "Телефон нөмірін тексеріңіз",
        Extra::FieldChoose => "Таңдаңыз",
        Extra::ConsentMissing => "Келісіміңізсіз чатты бастай алмаймыз",
        Extra::FormFailed => "Жіберу мүмкін болмады. Қайталап көріңіз",
        Extra::RateStar => "5 жұлдыздан {}",
        Extra::RateComment => "Нені жақсартуға болады?",
        Extra::RateSend => "Пікірді жіберу",
        Extra::RateThanks => "Баға бергеніңізге рақмет!",
        Extra::RateFailed => "Баға жіберілмеді. Қайталап көріңіз",
        Extra::CardOpen => "Толығырақ",
        Extra::Replies => "Жауап нұсқалары",
        Extra::Dismiss => "Жасыру",
        Extra::NotLoaded => "Чат жүктелмеді. Қайта басып көріңіз",
        Extra::ContactUs => "Бізге жазу",
    })
}
