//! What the demo's buyers say. Ozon gives no names, so a buyer's name appears only where he writes it himself. Each line
//! after the first has to sound right after whatever the seller answered.

/// One conversation: who begins it and what they say, an answer of the seller's between every two lines.
pub(crate) struct Story {
    /// The buyer; the same one writes in the same chat again.
    pub(crate) buyer: u8,
    /// The last line wants no answer.
    pub(crate) lines: &'static [&'static str],
}

/// The buyers take turns, so that a newcomer sees several chats before one comes back.
pub(crate) const STORIES: [Story; 10] = [
    Story {
        buyer: 0,
        lines: &[
            "Здравствуйте! Это Марина, заказала у вас заварочный чайник на 800 мл. Подскажите, когда отправите?",
            "Поняла, спасибо! А упаковываете как следует? Боюсь, что разобьётся по дороге.",
            "Тогда спокойна. Хорошего вам дня!",
        ],
    },
    Story {
        buyer: 1,
        lines: &[
            "Добрый день. Пришла кружка со сколом на ручке 😕 Что можно сделать?",
            "Хорошо. Фото прислать сюда или в заявку на возврат?",
            "Всё понял, сделаю. Спасибо, что быстро ответили. Игорь",
        ],
    },
    Story {
        buyer: 2,
        lines: &["Подойдёт ли эта тарелка для микроволновки?", "А в посудомойку её можно?", "Отлично, беру две!"],
    },
    Story {
        buyer: 3,
        lines: &[
            "Здравствуйте, это Олег Викторович. Нужен набор к юбилею, на шесть человек. Успеете доставить до пятницы?",
            "А подарочная упаковка у вас есть?",
            "Договорились, оформляю заказ. Благодарю!",
        ],
    },
    Story {
        buyer: 4,
        lines: &[
            "Привет! А цвет на фото совпадает с настоящим? На экране то ли серый, то ли голубой",
            "ага, спасибо) и ещё: оно тяжёлое?",
            "супер, тогда заказываю",
        ],
    },
    Story {
        buyer: 0,
        lines: &[
            "Это снова Марина. Чайник приехал целый, очень красивый! Крышку к нему можно купить отдельно?",
            "Жаль, если что — напишу ещё. Отзыв оставлю обязательно 🙂",
        ],
    },
    Story {
        buyer: 2,
        lines: &[
            "Добрый вечер! Можно ли изменить адрес пункта выдачи в уже оплаченном заказе?",
            "Ясно, попробую через приложение.",
        ],
    },
    Story {
        buyer: 1,
        lines: &[
            "Здравствуйте, Игорь. Замена дошла, теперь всё отлично. Такие же кружки на 300 мл ещё будут?",
            "Буду ждать, спасибо.",
        ],
    },
    Story {
        buyer: 4, lines: &["а скидка на второй предмет ещё действует?", "понятно) тогда возьму ещё один"]
    },
    Story {
        buyer: 3,
        lines: &[
            "Олег Викторович беспокоит. Заказ третий день «в пути», это нормально?",
            "Хорошо, подожду до завтра. Спасибо за внимание.",
        ],
    },
];
