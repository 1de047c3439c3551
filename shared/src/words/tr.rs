//! Turkish.

use super::Plural::{One, Other};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "Mağazayla sohbet",
        Word::Presence => "Size buradan yanıt veririz",
        Word::Unavailable => "Sohbet kullanılamıyor",
        Word::Open => "Sohbeti aç",
        Word::OpenUnread => {
            return Text::Many(&[(One, "Sohbeti aç, {} okunmamış mesaj"), (Other, "Sohbeti aç, {} okunmamış mesaj")]);
        }
        Word::Close => "Sohbeti kapat",
        Word::Log => "Yazışmalar",
        Word::Loading => "Mesajlar yükleniyor",
        Word::Greeting => "Merhaba!",
        Word::Invitation => "Bize yazın, size yardımcı olalım",
        Word::Typing => "{} yazıyor…",
        Word::TypingSomebody => "Mağaza yazıyor…",
        Word::Input => "Mesajınız",
        Word::Send => "Gönder",
        Word::CharsLeft => "{} karakter kaldı",
        Word::CharsOver => return Text::Many(&[(One, "{} karakter fazla"), (Other, "{} karakter fazla")]),
        Word::OutboxFull => "Gönderilmeyi bekleyen çok mesaj var. Lütfen bağlantıyı bekleyin",
        Word::Offline => "Bağlantı yok. Mesajlar bağlantı kurulunca gönderilecek",
        Word::Reconnecting => "Bağlanılıyor… Mesajlarınız kaybolmaz",
        Word::Sending => "Gönderiliyor",
        Word::Sent => "Gönderildi",
        Word::Delivered => "İletildi",
        Word::Read => "Okundu",
        Word::Failed => "Gönderilemedi",
        Word::TooLarge => "Mesaj çok uzun",
        Word::UnsupportedType => "Bu dosya gönderilemez. JPEG, PNG, WebP, PDF ve CSV gönderebilirsiniz",
        Word::QuotaExceeded => "Mağazanın dosya alanı doldu",
        Word::EmptyText => "Mesaj boş",
        Word::NotFromHere => "Mağaza buradan mesaj kabul etmiyor",
        Word::TooOld => "Sohbet çok uzun süredir açık. Sayfayı yenileyin",
        Word::TooOften => "Çok sık gönderiyorsunuz. Lütfen biraz bekleyin",
        Word::NotTaken => "Mağaza mesajı alamadı",
        Word::Attach => "Dosya ekle",
        Word::NoFiles => "Dosya gönderilmedi. Lütfen yeniden seçin",
        Word::Retry => "Yeniden gönder",
        Word::Today => "Bugün",
        Word::Yesterday => "Dün",
        Word::New => "Yeni mesajlar",
        Word::RateQuestion => "Size ne kadar yardımcı olabildik?",
        Word::UnknownKey => "Sohbet ayarlanmamış",
        Word::UnknownKeyText => {
            "Site sahibi için: anahtar eşleşmedi. script etiketindeki data-key değerini kontrol edin."
        }
        Word::OriginNotAllowed => "Sohbet bu siteye bağlı değil",
        Word::OriginNotAllowedText => "Site sahibi için: {} adresini sohbetin izin verilen adresler listesine ekleyin.",
        Word::Gone => "Sohbet kapatılmış",
        Word::GoneText => "Site sahibi için: bu kuruluş artık yok. Yeniden oluşturun veya script etiketini kaldırın.",
        Word::Replaced => "Sohbet başka bir sekmede açık",
        Word::ReplacedText => "Çok fazla sekme açık olduğundan sohbet burada durduruldu.",
        Word::Resume => "Burada devam et",
        Word::Broken => "Sohbet açılamadı",
        Word::BrokenText => "Biraz sonra yeniden deneyin. Site sahibi için: ayrıntılar tarayıcı konsolunda.",
        Word::Again => "Yeniden dene",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "Dosya gönderiliyor",
        Extra::Cancel => "İptal et",
        Extra::Save => "İndir",
        Extra::Leave => "Kapat",
        Extra::Bytes => "{} B",
        Extra::Kilobytes => "{} KB",
        Extra::Megabytes => "{} MB",
        Extra::FileTooLarge => "Dosya {} MB sınırını aşıyor",
        Extra::FileFailed => "Dosya gönderilemedi",
        Extra::NoConnection => "Bağlantı yok",
        Extra::Copy => "Kopyala",
        Extra::Copied => "Kopyalandı",
        Extra::ToNewest => "En yeni mesajlara git",
        Extra::NewMessages => return Text::Many(&[(One, "{} yeni mesaj"), (Other, "{} yeni mesaj")]),
        Extra::Emoji => "Emoji",
        Extra::Menu => "Sohbet menüsü",
        Extra::Sound => "Ses",
        Extra::Notifications => "Bildirimler",
        Extra::NotificationsDenied => "Tarayıcı bildirimlere izin vermiyor",
        Extra::PopOut => "Ayrı pencerede aç",
        Extra::Closed => "Şu anda kapalıyız",
        Extra::OpensToday => "Bugün saat {} sonrasında yanıt vereceğiz",
        Extra::OpensTomorrow => "Yarın saat {} sonrasında yanıt vereceğiz",
        Extra::OpensOn => "Yanıt zamanı: {}",
        Extra::AnswersAtOnce => "Genellikle hemen yanıt veririz",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (One, "Genellikle {} dakika içinde yanıt veririz"),
                (Other, "Genellikle {} dakika içinde yanıt veririz"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (One, "Genellikle {} saat içinde yanıt veririz"),
                (Other, "Genellikle {} saat içinde yanıt veririz"),
            ]);
        }
        Extra::AnswersInADay => "Genellikle bir gün içinde yanıt veririz",
        Extra::FormHeading => "Tanışalım mı?",
        Extra::FormClosed => "İletişim bilgilerinizi bırakın, açıldığımızda size yanıt verelim",
        Extra::FormStart => "Sohbeti başlat",
        Extra::FieldOptional => "isteğe bağlı",
        Extra::FieldMissing => "Bu alanı doldurun",
        Extra::FieldEmail => "E-posta adresini kontrol edin",
        Extra::FieldPhone => "Telefon numarasını kontrol edin",
        Extra::FieldChoose => "Seçin",
        Extra::ConsentMissing => "Onayınız olmadan sohbeti başlatamayız",
        Extra::FormFailed => "Gönderilemedi. Lütfen yeniden deneyin",
        Extra::RateStar => "5 üzerinden {}",
        Extra::RateComment => "Neyi daha iyi yapabiliriz?",
        Extra::RateSend => "Yorumu gönder",
        Extra::RateThanks => "Değerlendirmeniz için teşekkürler!",
        Extra::RateFailed => "Değerlendirme gönderilemedi. Lütfen yeniden deneyin",
        Extra::CardOpen => "Ayrıntılar",
        Extra::Replies => "Yanıt seçenekleri",
        Extra::Dismiss => "Gizle",
        Extra::NotLoaded => "Sohbet yüklenemedi. Lütfen tekrar tıklayın",
        Extra::ContactUs => "Bize ulaşın",
    })
}
