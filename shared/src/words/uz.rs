//! Uzbek.

use super::Plural::{One, Other};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "Doʻkon bilan chat",
        Word::Presence => "Shu chatda javob beramiz",
        Word::Unavailable => "Chat ishlamayapti",
        Word::Open => "Chatni ochish",
        Word::OpenUnread => {
            return Text::Many(&[
                (One, "Chatni ochish, {} ta oʻqilmagan xabar"),
                (Other, "Chatni ochish, {} ta oʻqilmagan xabar"),
            ]);
        }
        Word::Close => "Chatni yopish",
        Word::Log => "Yozishmalar",
        Word::Loading => "Yozishmalar yuklanmoqda",
        Word::Greeting => "Assalomu alaykum!",
        Word::Invitation => "Bizga yozing, yordam beramiz",
        Word::Typing => "{} yozmoqda…",
        Word::TypingSomebody => "Doʻkon yozmoqda…",
        Word::Input => "Xabar",
        Word::Send => "Yuborish",
        Word::CharsLeft => "{} ta belgi qoldi",
        Word::CharsOver => return Text::Many(&[(One, "{} ta belgi ortiqcha"), (Other, "{} ta belgi ortiqcha")]),
        Word::OutboxFull => "Yuborilmagan xabarlar koʻp. Aloqa tiklanishini kuting",
        Word::Offline => "Aloqa yoʻq. Xabarlar aloqa tiklangach yuboriladi",
        Word::Reconnecting => "Ulanmoqda… Xabarlar yoʻqolmaydi",
        Word::Sending => "Yuborilmoqda",
        Word::Sent => "Yuborildi",
        Word::Delivered => "Yetkazildi",
        Word::Read => "Oʻqildi",
        Word::Failed => "Yuborilmadi",
        Word::TooLarge => "Xabar juda uzun",
        Word::UnsupportedType => "Bunday faylni yuborib boʻlmaydi. JPEG, PNG, WebP, PDF va CSV yuborish mumkin",
        Word::QuotaExceeded => "Doʻkonda fayllar uchun joy qolmadi",
        Word::EmptyText => "Xabar boʻsh",
        Word::NotFromHere => "Doʻkon bu yerdan xabar qabul qilmaydi",
        Word::TooOld => "Chat juda uzoq vaqt ochiq turdi. Sahifani yangilang",
        Word::TooOften => "Juda tez-tez yuboryapsiz. Biroz kutib turing",
        Word::NotTaken => "Doʻkon xabarni qabul qila olmadi",
        Word::Attach => "Fayl biriktirish",
        Word::NoFiles => "Fayl yuborilmadi. Uni qayta tanlang",
        Word::Retry => "Qayta yuborish",
        Word::Today => "Bugun",
        Word::Yesterday => "Kecha",
        Word::New => "Yangi xabarlar",
        Word::RateQuestion => "Yordamimizni baholang",
        Word::UnknownKey => "Chat sozlanmagan",
        Word::UnknownKeyText => "Sayt egasiga: kalit mos kelmadi. script tegidagi data-key qiymatini tekshiring.",
        Word::OriginNotAllowed => "Chat bu saytga ulanmagan",
        Word::OriginNotAllowedText => {
            "Sayt egasiga: {} manzilini chatning ruxsat etilgan manzillari roʻyxatiga qoʻshing."
        }
        Word::Gone => "Chat oʻchirilgan",
        Word::GoneText => {
            "Sayt egasiga: bunday tashkilot endi yoʻq. Uni qaytadan yarating yoki script tegini olib tashlang."
        }
        Word::Replaced => "Chat brauzerning boshqa varagʻida ochiq",
        Word::ReplacedText => "Ochiq varaqlar juda koʻp, shuning uchun chat bu yerda toʻxtatildi.",
        Word::Resume => "Shu yerda davom etish",
        Word::Broken => "Chat ochilmadi",
        Word::BrokenText => "Birozdan keyin qayta urinib koʻring. Sayt egasiga: tafsilotlar brauzer konsolida.",
        Word::Again => "Qayta urinish",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "Fayl yuborilmoqda",
        Extra::Cancel => "Bekor qilish",
        Extra::Save => "Yuklab olish",
        Extra::Leave => "Yopish",
        Extra::Bytes => "{} B",
        Extra::Kilobytes => "{} KB",
        Extra::Megabytes => "{} MB",
        Extra::FileTooLarge => "Fayl hajmi {} MB dan katta",
        Extra::FileFailed => "Faylni yuborib boʻlmadi",
        Extra::NoConnection => "Aloqa yoʻq",
        Extra::Copy => "Nusxalash",
        Extra::Copied => "Nusxalandi",
        Extra::ToNewest => "Yangi xabarlarga oʻtish",
        Extra::NewMessages => return Text::Many(&[(One, "{} ta yangi xabar"), (Other, "{} ta yangi xabar")]),
        Extra::Emoji => "Emoji",
        Extra::Menu => "Chat menyusi",
        Extra::Sound => "Ovoz",
        Extra::Notifications => "Bildirishnomalar",
        Extra::NotificationsDenied => "Brauzerda bildirishnomalar taqiqlangan",
        Extra::PopOut => "Alohida oynada ochish",
        Extra::Closed => "Hozir ish vaqtimiz emas",
        Extra::OpensToday => "Bugun soat {} dan keyin javob beramiz",
        Extra::OpensTomorrow => "Ertaga soat {} dan keyin javob beramiz",
        Extra::OpensOn => "Javob beramiz: {}",
        Extra::AnswersAtOnce => "Odatda darhol javob beramiz",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (One, "Odatda {} daqiqa ichida javob beramiz"),
                (Other, "Odatda {} daqiqa ichida javob beramiz"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (One, "Odatda {} soat ichida javob beramiz"),
                (Other, "Odatda {} soat ichida javob beramiz"),
            ]);
        }
        Extra::AnswersInADay => "Odatda bir kun ichida javob beramiz",
        Extra::FormHeading => "Tanishib olaylik",
        Extra::FormClosed => "Aloqa maʼlumotlaringizni qoldiring, ish boshlanganda javob beramiz",
        Extra::FormStart => "Chatni boshlash",
        Extra::FieldOptional => "ixtiyoriy",
        Extra::FieldMissing => "Bu maydonni toʻldiring",
        Extra::FieldEmail => "Elektron pochta manzilini tekshiring",
        Extra::FieldPhone => "Telefon raqamini tekshiring",
        Extra::FieldChoose => "Tanlang",
        Extra::ConsentMissing => "Roziligingizsiz chatni boshlay olmaymiz",
        Extra::FormFailed => "Yuborib boʻlmadi. Qayta urinib koʻring",
        Extra::RateStar => "5 yulduzdan {}",
        Extra::RateComment => "Nimani yaxshilash mumkin?",
        Extra::RateSend => "Fikrni yuborish",
        Extra::RateThanks => "Baholaganingiz uchun rahmat!",
        Extra::RateFailed => "Baho yuborilmadi. Qayta urinib koʻring",
        Extra::CardOpen => "Batafsil",
        Extra::Replies => "Javob variantlari",
        Extra::Dismiss => "Yashirish",
        Extra::NotLoaded => "Chat yuklanmadi. Qayta bosib koʻring",
        Extra::ContactUs => "Bizga yozish",
    })
}
