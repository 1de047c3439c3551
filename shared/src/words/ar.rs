//! Arabic.

use super::Plural::{Few, Many, One, Other, Two, Zero};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "الدردشة مع المتجر",
        Word::Presence => "نردّ عليك هنا في الدردشة",
        Word::Unavailable => "الدردشة غير متاحة",
        Word::Open => "فتح الدردشة",
        Word::OpenUnread => {
            return Text::Many(&[
                (Zero, "فتح الدردشة، لا رسائل غير مقروءة"),
                (One, "فتح الدردشة، رسالة واحدة غير مقروءة"),
                (Two, "فتح الدردشة، رسالتان غير مقروءتين"),
                (Few, "فتح الدردشة، {} رسائل غير مقروءة"),
                (Many, "فتح الدردشة، {} رسالة غير مقروءة"),
                (Other, "فتح الدردشة، {} رسالة غير مقروءة"),
            ]);
        }
        Word::Close => "إغلاق الدردشة",
        Word::Log => "المحادثة",
        Word::Loading => "جارٍ تحميل المحادثة",
        Word::Greeting => "مرحبًا!",
        Word::Invitation => "راسلنا وسنساعدك",
        Word::Typing => "{}: جارٍ الكتابة…",
        Word::TypingSomebody => "المتجر يكتب الآن…",
        Word::Input => "رسالتك",
        Word::Send => "إرسال",
        Word::CharsLeft => "الأحرف المتبقية: {}",
        Word::CharsOver => {
            return Text::Many(&[
                (Zero, "لا أحرف زائدة"),
                (One, "حرف واحد زائد"),
                (Two, "حرفان زائدان"),
                (Few, "{} أحرف زائدة"),
                (Many, "{} حرفًا زائدًا"),
                (Other, "{} حرف زائد"),
            ]);
        }
        Word::OutboxFull => "رسائل كثيرة لم تُرسل بعد. يُرجى انتظار عودة الاتصال",
        Word::Offline => "لا يوجد اتصال. ستُرسل الرسائل عند عودته",
        Word::Reconnecting => "جارٍ الاتصال… لن تضيع رسائلك",
        Word::Sending => "جارٍ الإرسال",
        Word::Sent => "تم الإرسال",
        Word::Delivered => "تم التسليم",
        Word::Read => "تمت القراءة",
        Word::Failed => "تعذّر الإرسال",
        Word::TooLarge => "الرسالة طويلة جدًا",
        Word::UnsupportedType => "لا يمكن إرسال هذا الملف. الأنواع المسموح بها: JPEG وPNG وWebP وPDF وCSV",
        Word::QuotaExceeded => "لم تعد لدى المتجر مساحة للملفات",
        Word::EmptyText => "الرسالة فارغة",
        Word::NotFromHere => "لا يستقبل المتجر رسائل من هنا",
        Word::TooOld => "الدردشة مفتوحة منذ وقت طويل. يُرجى تحديث الصفحة",
        Word::TooOften => "رسائل كثيرة في وقت قصير. يُرجى الانتظار قليلًا",
        Word::NotTaken => "تعذّر على المتجر استلام الرسالة",
        Word::Attach => "إرفاق ملف",
        Word::NoFiles => "لم يُرسل الملف. يُرجى اختياره مجددًا",
        Word::Retry => "إعادة الإرسال",
        Word::Today => "اليوم",
        Word::Yesterday => "أمس",
        Word::New => "رسائل جديدة",
        Word::RateQuestion => "ما تقييمك لمساعدتنا؟",
        Word::UnknownKey => "لم يتم إعداد الدردشة",
        Word::UnknownKeyText => "لمالك الموقع: المفتاح غير مطابق. يُرجى التحقق من data-key في وسم script.",
        Word::OriginNotAllowed => "الدردشة غير مرتبطة بهذا الموقع",
        Word::OriginNotAllowedText => "لمالك الموقع: يُرجى إضافة {} إلى قائمة العناوين المسموح بها للدردشة.",
        Word::Gone => "تم إيقاف الدردشة",
        Word::GoneText => "لمالك الموقع: لم تعد هذه المؤسسة موجودة. يُرجى إنشاؤها من جديد أو إزالة وسم script.",
        Word::Replaced => "الدردشة مفتوحة في علامة تبويب أخرى",
        Word::ReplacedText => "علامات التبويب المفتوحة كثيرة جدًا، لذلك توقفت الدردشة هنا.",
        Word::Resume => "المتابعة هنا",
        Word::Broken => "تعذّر فتح الدردشة",
        Word::BrokenText => "يُرجى المحاولة بعد قليل. لمالك الموقع: التفاصيل في وحدة تحكم المتصفح.",
        Word::Again => "إعادة المحاولة",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "جارٍ إرسال الملف",
        Extra::Cancel => "إلغاء",
        Extra::Save => "تنزيل",
        Extra::Leave => "إغلاق",
        Extra::Bytes => "{} بايت",
        Extra::Kilobytes => "{} كيلوبايت",
        Extra::Megabytes => "{} ميغابايت",
        Extra::FileTooLarge => "حجم الملف أكبر من {} ميغابايت",
        Extra::FileFailed => "تعذّر إرسال الملف",
        Extra::NoConnection => "لا يوجد اتصال",
        Extra::Copy => "نسخ",
        Extra::Copied => "تم النسخ",
        Extra::ToNewest => "الانتقال إلى أحدث الرسائل",
        Extra::NewMessages => {
            return Text::Many(&[
                (Zero, "لا رسائل جديدة"),
                (One, "رسالة جديدة واحدة"),
                (Two, "رسالتان جديدتان"),
                (Few, "{} رسائل جديدة"),
                (Many, "{} رسالة جديدة"),
                (Other, "{} رسالة جديدة"),
            ]);
        }
        Extra::Emoji => "الرموز التعبيرية",
        Extra::Menu => "قائمة الدردشة",
        Extra::Sound => "الصوت",
        Extra::Notifications => "الإشعارات",
        Extra::NotificationsDenied => "الإشعارات محظورة في المتصفح",
        Extra::PopOut => "فتح في نافذة منفصلة",
        Extra::Closed => "نحن خارج أوقات العمل حاليًا",
        Extra::OpensToday => "سنردّ اليوم بعد الساعة {}",
        Extra::OpensTomorrow => "سنردّ غدًا بعد الساعة {}",
        Extra::OpensOn => "موعد الرد: {}",
        Extra::AnswersAtOnce => "نردّ عادةً على الفور",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (Zero, "نردّ عادةً خلال أقل من دقيقة"),
                (One, "نردّ عادةً خلال دقيقة واحدة"),
                (Two, "نردّ عادةً خلال دقيقتين"),
                (Few, "نردّ عادةً خلال {} دقائق"),
                (Many, "نردّ عادةً خلال {} دقيقة"),
                (Other, "نردّ عادةً خلال {} دقيقة"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (Zero, "نردّ عادةً خلال أقل من ساعة"),
                (One, "نردّ عادةً خلال ساعة واحدة"),
                (Two, "نردّ عادةً خلال ساعتين"),
                (Few, "نردّ عادةً خلال {} ساعات"),
                (Many, "نردّ عادةً خلال {} ساعة"),
                (Other, "نردّ عادةً خلال {} ساعة"),
            ]);
        }
        Extra::AnswersInADay => "نردّ عادةً خلال يوم",
        Extra::FormHeading => "نودّ التعرّف عليك",
        Extra::FormClosed => "يُرجى ترك بيانات التواصل، وسنردّ عليك عند بدء العمل",
        Extra::FormStart => "بدء الدردشة",
        Extra::FieldOptional => "اختياري",
        Extra::FieldMissing => "يُرجى ملء هذا الحقل",
        Extra::FieldEmail => "يُرجى التحقق من البريد الإلكتروني",
        Extra::FieldPhone => "يُرجى التحقق من رقم الهاتف",
        Extra::FieldChoose => "يُرجى الاختيار",
        Extra::ConsentMissing => "لا يمكننا بدء الدردشة دون موافقتك",
        Extra::FormFailed => "تعذّر الإرسال. يُرجى المحاولة مجددًا",
        Extra::RateStar => "{} من 5",
        Extra::RateComment => "ما الذي يمكننا تحسينه؟",
        Extra::RateSend => "إرسال التعليق",
        Extra::RateThanks => "شكرًا على تقييمك!",
        Extra::RateFailed => "لم يُرسل التقييم. يُرجى المحاولة مجددًا",
        Extra::CardOpen => "عرض التفاصيل",
        Extra::Replies => "خيارات الرد",
        Extra::Dismiss => "إخفاء",
        Extra::NotLoaded => "تعذّر تحميل الدردشة. يُرجى الضغط مجددًا",
        Extra::ContactUs => "تواصل معنا",
    })
}
