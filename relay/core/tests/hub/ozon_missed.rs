//! Messages whose push never came are found, each once, whatever order pushes, looks and our own messages come in.

use crate::bench;

use bench::Call;
use bench::ozon::{CHAT, FakeOzon, Market, answered, limited, new_message};
use relay_core::hub::{Chore, Job};
use relay_core::upstream::Answered;
use serde_json::{Value, json};
use shared::limits::{
    CHORE_RETRY_MAX_MS, GATE_SHARE_CHORES, OZON_BACKFILL_MS, OZON_CATCH_PAGE, OZON_FIRST_PAGES, OZON_LAG_TRIES_MAX,
    OZON_POLL_HEALTHY_MS, OZON_POLL_MS, OZON_POLL_SOON_MS, TELL_READ_AFTER_MS,
};

const OTHER_CHAT: &str = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";

fn chore_of(call: &Call) -> Chore {
    match &call.job {
        Job::Chore { errand } => errand.chore,
        other => panic!("{other:?} is no chore"),
    }
}

/// Serves chores and whatever else is called, and lets time pass.
fn live(market: &mut Market, ms: i64) {
    let end = market.bench.now.plus_ms(ms);
    loop {
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            let answered = market.ozon.serve(&call);
            market.bench.answer(call.job, answered);
        }
        market.serve_all();
        if !market.bench.chores.is_empty() {
            continue;
        }
        let left = end.since_ms(market.bench.now);
        if left <= 0 {
            return;
        }
        let next = market.bench.next_alarm().map_or(left, |at| at.since_ms(market.bench.now).clamp(0, left));
        market.bench.advance(next.max(1).min(left));
    }
}

fn texts(market: &mut Market) -> Vec<String> {
    let (operator, buyer) = (market.operator, market.buyer);
    market.bench.texts(operator, buyer)
}

/// The next look is due; a hub that is restored knows so.
fn look_now(market: &mut Market) {
    market.bench.execute("UPDATE chores SET due_at = 0 WHERE kind = 'walk'", vec![]);
    market.bench.hibernate();
}

/// A market that looks for what it missed.
fn looking() -> Market {
    let mut market = Market::new();
    market.bench.look().unwrap();
    market
}

/// A market that has looked through Ozon's list already.
fn settled() -> Market {
    let mut market = looking();
    live(&mut market, OZON_POLL_MS);
    market.bench.clear();
    market
}

#[test]
fn a_message_whose_push_never_came_is_found_with_its_own_time() {
    let mut market = settled();
    market.ozon.now = "2026-01-10T15:30:07Z".into();
    market.ozon.buyer_writes(CHAT, "Вы меня слышите?");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    assert_eq!(texts(&mut market), ["Есть в наличии?", "Вы меня слышите?"]);
    let told = market.bench.only(market.operator, "new_message");
    assert_eq!(
        (told.len(), &told[0]["data"]["text"], &told[0]["timestamp"]),
        (1, &json!("Вы меня слышите?"), &json!("2026-01-10T15:30:07Z"))
    );
    // The push comes after all, and the look comes again: it stays one.
    let id = market.ozon.last_id(CHAT);
    let secret = market.secret.clone();
    market.bench.push(&secret, &new_message(CHAT, id, "Вы меня слышите?")).unwrap();
    live(&mut market, OZON_POLL_HEALTHY_MS);
    assert_eq!(texts(&mut market).len(), 2);
}

#[test]
fn a_gap_before_a_push_that_came_is_filled() {
    let mut market = settled();
    market.ozon.buyer_writes(CHAT, "потеряно");
    market.buyer_writes(CHAT, "пришло");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    let mut texts = texts(&mut market);
    texts.sort();
    assert_eq!(texts, ["Есть в наличии?", "потеряно", "пришло"]);
}

#[test]
fn a_chat_that_nobody_was_told_of_begins_and_one_that_is_long_over_does_not() {
    let mut market = settled();
    market.ozon.buyer_writes(OTHER_CHAT, "Новый вопрос");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    let told = market.bench.only(market.operator, "new_chat");
    assert_eq!((told.len(), &told[0]["data"]["first_message"]), (1, &json!("Новый вопрос")));

    let mut market = Market::new();
    market.ozon.buyer_writes(OTHER_CHAT, "Давно");
    market.bench.advance(OZON_BACKFILL_MS + 3_600_000);
    market.bench.look().unwrap();
    live(&mut market, OZON_POLL_MS);
    assert!(market.bench.only(market.operator, "new_chat").is_empty());
    // Until they write again.
    market.ozon.now = "2026-01-18T15:31:00Z".into();
    market.ozon.buyer_writes(OTHER_CHAT, "Снова я");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    let told = market.bench.only(market.operator, "new_chat");
    assert_eq!((told.len(), &told[0]["data"]["first_message"]), (1, &json!("Снова я")));
}

#[test]
fn what_the_merchant_writes_at_ozon_is_seen_here_and_ours_is_not_seen_twice() {
    let mut market = settled();
    let ours = market.writes("Да, есть");
    live(&mut market, 10_000);
    market.ozon.seller_writes(CHAT, "Пишу из кабинета");
    market.buyer_writes(CHAT, "Беру");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    let mut all = texts(&mut market);
    all.sort();
    assert_eq!(all, ["Беру", "Да, есть", "Есть в наличии?", "Пишу из кабинета"]);
    assert_eq!(market.status(ours), "sent");
    let told = market.bench.only(market.operator, "operator_message");
    assert_eq!(told[1]["data"]["operator_name"], "Кабинет Ozon");
    // And it is nobody's to send.
    assert_eq!(market.ozon.seller_texts(CHAT), ["Да, есть", "Пишу из кабинета"]);
}

#[test]
fn a_look_while_a_message_of_ours_is_on_its_way_does_not_take_it_for_somebody_elses() {
    let mut market = settled();
    let ours = market.writes("Сейчас проверю");
    // Ozon has it, its answer is lost, and before anything is found out the list is looked through.
    let call = market.bench.call();
    market.ozon.serve(&call);
    market.buyer_writes(CHAT, "Жду");
    let until = market.bench.now.plus_ms(OZON_POLL_SOON_MS);
    look_now(&mut market);
    market.bench.advance(1);
    while market.bench.now < until {
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            let answered = market.ozon.serve(&call);
            market.bench.answer(call.job, answered);
        }
        market.bench.advance(500);
    }
    let copies = texts(&mut market).iter().filter(|text| *text == "Сейчас проверю").count();
    assert_eq!(copies, 1);
    market.bench.answer(call.job, Answered::Lost);
    live(&mut market, OZON_POLL_HEALTHY_MS);
    assert_eq!((market.status(ours).as_str(), texts(&mut market).len()), ("sent", 3));
    assert_eq!(market.ozon.seller_texts(CHAT), ["Сейчас проверю"]);
}

#[test]
fn a_message_that_counted_as_lost_is_recognised_when_it_shows() {
    let mut market = settled();
    let ours = market.writes("Дошло?");
    let call = market.bench.call();
    market.bench.answer(call.job, Answered::Lost);
    // Nobody can read the history, until the message is given up.
    while market.status(ours) != "failed" {
        while !market.bench.calls.is_empty() {
            let call = market.bench.call();
            market.bench.answer(call.job, answered(500, ""));
        }
        market.bench.chores.clear();
        market.bench.advance(1_000);
    }
    assert_eq!(market.bench.status(ours).1.as_deref(), Some("delivery_unknown"));
    market.ozon.seller_writes(CHAT, "Дошло?");
    market.buyer_writes(CHAT, "Дошло");
    live(&mut market, OZON_POLL_HEALTHY_MS * 2);
    assert_eq!((market.status(ours).as_str(), texts(&mut market).len()), ("sent", 3));
}

#[test]
fn a_long_gap_is_read_page_by_page_in_order_and_survives_crashes() {
    let mut market = settled();
    let count = OZON_CATCH_PAGE * 5 + 7;
    for number in 0..count {
        market.ozon.buyer_writes(CHAT, &format!("{number:04}"));
    }
    look_now(&mut market);
    let mut pages = 0;
    while market.bench.integers("SELECT COUNT(*) FROM messages")[0] < i64::from(count) + 1 {
        market.bench.advance(1_000);
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            let is_page = chore_of(&call) == Chore::Catch;
            pages += usize::from(is_page);
            let answered = market.ozon.serve(&call);
            market.bench.answer(call.job, answered);
            if is_page && pages % 2 == 0 {
                market.bench.crash();
                market.operator = market.bench.connect(&bench::people::operator("Анна"));
            }
        }
    }
    let kept = market.bench.column("SELECT text FROM messages WHERE side = 'user' ORDER BY message_id");
    let expected: Vec<String> = (0..count).map(|number| format!("{number:04}")).collect();
    assert_eq!(kept[1..], expected);
    assert!(pages <= 9, "{pages} pages");
}

#[test]
fn the_first_look_takes_the_newest_chats_and_none_of_ozons_own() {
    let mut market = looking();
    market.ozon.crowd(usize::try_from(OZON_FIRST_PAGES + 2).unwrap() * 100);
    let mut pages = 0;
    for _ in 0..2_000 {
        market.bench.advance(100);
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            pages += usize::from(chore_of(&call) == Chore::Walk);
            let answered = market.ozon.serve(&call);
            market.bench.answer(call.job, answered);
        }
        if pages > usize::try_from(OZON_FIRST_PAGES).unwrap() {
            break;
        }
    }
    // The pages of the first look, and the first one of the next, which goes no further.
    assert_eq!(pages, usize::try_from(OZON_FIRST_PAGES).unwrap() + 1);
    assert!(market.bench.integers("SELECT COUNT(*) FROM chats")[0] == 1, "notifications are no chats of ours");
}

#[test]
fn looks_are_rare_while_pushes_come_and_frequent_while_they_do_not() {
    let looks = |market: &mut Market, ms: i64| {
        let end = market.bench.now.plus_ms(ms);
        let mut count = 0;
        while market.bench.now < end {
            market.bench.advance(1_000);
            while !market.bench.chores.is_empty() {
                let call = market.bench.chores.remove(0);
                count += i64::from(chore_of(&call) == Chore::Walk);
                let answered = market.ozon.serve(&call);
                market.bench.answer(call.job, answered);
            }
        }
        count
    };
    let mut market = settled();
    looks(&mut market, OZON_POLL_HEALTHY_MS * 4);
    let secret = market.secret.clone();
    let ping = json!({"message_type": "TYPE_PING", "time": "2026-01-10T15:31:00Z"});
    market.bench.push(&secret, &ping).unwrap();
    let quiet = looks(&mut market, OZON_POLL_HEALTHY_MS * 4);
    assert!((3..=5).contains(&quiet), "{quiet} looks");
    market.bench.advance(3_600_000);
    looks(&mut market, OZON_POLL_MS);
    let silent = looks(&mut market, OZON_POLL_HEALTHY_MS);
    let expected = OZON_POLL_HEALTHY_MS / OZON_POLL_MS;
    assert!((expected - 2..=expected + 1).contains(&silent), "{silent} looks");
}

#[test]
fn chores_keep_to_their_share_of_the_gate_and_wait_as_they_are_asked_to() {
    let mut market = settled();
    for number in 0..100 {
        market.ozon.buyer_writes(&format!("{OTHER_CHAT}-{number}"), "?");
    }
    look_now(&mut market);
    market.bench.advance(1);
    let walk = market.bench.chores.remove(0);
    let page = market.ozon.serve(&walk);
    market.bench.answer(walk.job, page);
    market.bench.advance(100);
    assert!(market.bench.chores.len() < GATE_SHARE_CHORES, "{}", market.bench.chores.len());
    assert!(!market.bench.chores.is_empty());
    live(&mut market, 60_000);
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM chats")[0], 101);

    let mut market = settled();
    look_now(&mut market);
    for (answer, wait) in [(limited(Some("7")), 7_000), (answered(403, "{}"), CHORE_RETRY_MAX_MS)] {
        market.bench.advance(1);
        let walk = market.bench.chores.remove(0);
        market.bench.answer(walk.job, answer);
        market.bench.advance(wait - 2);
        assert!(market.bench.chores.is_empty());
        market.bench.advance(2);
        assert_eq!(market.bench.chores.len(), 1);
    }
}

/// The next chore, once its time has come; everything else that is due before it is left unanswered.
fn next_of(market: &mut Market, chore: Chore) -> Call {
    for _ in 0..4_000 {
        let calls = std::mem::take(&mut market.bench.chores);
        if let Some(call) = calls.into_iter().find(|call| chore_of(call) == chore) {
            return call;
        }
        market.bench.advance(500);
    }
    panic!("{chore:?} was not done");
}

#[test]
fn a_history_that_lags_behind_the_list_is_read_until_it_shows_what_was_listed_or_never_will() {
    const NOTHING: &str = r#"{"messages":[],"has_next":false}"#;
    for shows_after in [1, OZON_LAG_TRIES_MAX, OZON_LAG_TRIES_MAX + 1] {
        let mut market = settled();
        market.ozon.buyer_writes(CHAT, "Вы здесь?");
        look_now(&mut market);
        let walk = next_of(&mut market, Chore::Walk);
        let page = market.ozon.serve(&walk);
        market.bench.answer(walk.job, page);
        market.bench.execute("DELETE FROM chores WHERE kind = 'walk'", vec![]);
        for _ in 0..shows_after {
            let call = next_of(&mut market, Chore::Catch);
            market.bench.answer(call.job, answered(200, NOTHING));
        }
        live(&mut market, CHORE_RETRY_MAX_MS);
        let expected: &[&str] = if shows_after > OZON_LAG_TRIES_MAX {
            &["Есть в наличии?"]
        } else {
            &["Есть в наличии?", "Вы здесь?"]
        };
        assert_eq!(texts(&mut market), expected, "{shows_after}");
        assert!(market.bench.column("SELECT kind FROM chores WHERE kind = 'catch'").is_empty());
    }
}

#[test]
fn what_is_asked_for_while_a_chat_is_read_is_read_after_it() {
    // The second call is to come, or under way already and about to be lost.
    for is_under_way in [false, true] {
        let mut market = settled();
        market.ozon.buyer_writes(CHAT, "Раз");
        look_now(&mut market);
        let walk = next_of(&mut market, Chore::Walk);
        let page = market.ozon.serve(&walk);
        market.bench.answer(walk.job, page);
        let first = next_of(&mut market, Chore::Catch);
        let first_page = market.ozon.serve(&first);
        // Another look finds more before the first answer is here.
        market.ozon.buyer_writes(CHAT, "Два");
        look_now(&mut market);
        let walk = next_of(&mut market, Chore::Walk);
        let page = market.ozon.serve(&walk);
        market.bench.answer(walk.job, page);
        let second = is_under_way.then(|| next_of(&mut market, Chore::Catch));
        market.bench.answer(first.job, first_page);
        if let Some(second) = second {
            market.bench.answer(second.job, Answered::Lost);
        }
        market.bench.execute("DELETE FROM chores WHERE kind = 'walk'", vec![]);
        live(&mut market, OZON_POLL_MS);
        assert_eq!(texts(&mut market), ["Есть в наличии?", "Раз", "Два"], "{is_under_way}");
    }
}

#[test]
fn ozon_is_told_how_far_operators_have_read() {
    let mut market = settled();
    market.buyer_writes(CHAT, "Первое");
    let (operator, buyer) = (market.operator, market.buyer);
    let read = |market: &mut Market| {
        let newest = market.bench.integers("SELECT last_message_id FROM chats ORDER BY user_id")[0];
        market
            .bench
            .ask(operator, json!({"action": "message_read", "user_id": buyer, "last_read_message_id": newest}))
            .unwrap();
    };
    read(&mut market);
    market.bench.advance(TELL_READ_AFTER_MS - 1);
    assert!(market.bench.chores.is_empty());
    market.bench.advance(1);
    let call = market.bench.chores.remove(0);
    let body: Value = serde_json::from_slice(call.request.body()).unwrap();
    assert_eq!(
        (call.request.uri().path(), &body),
        ("/v2/chat/read", &json!({"chat_id": CHAT, "from_message_id": market.ozon.last_id(CHAT)}))
    );
    // While that is under way they read on: it is told, too.
    market.buyer_writes(CHAT, "Второе");
    read(&mut market);
    let served = market.ozon.serve(&call);
    market.bench.answer(call.job, served);
    live(&mut market, TELL_READ_AFTER_MS + 1);
    assert_eq!(market.ozon.read_up_to(CHAT), market.ozon.last_id(CHAT));
    assert!(market.bench.column("SELECT kind FROM chores WHERE kind = 'tell_read'").is_empty());
    // Not told before a crash is told after it.
    market.buyer_writes(CHAT, "Третье");
    read(&mut market);
    market.bench.crash();
    live(&mut market, 60_000);
    assert_eq!(market.ozon.read_up_to(CHAT), market.ozon.last_id(CHAT));
    let _: &FakeOzon = &market.ozon;
}

#[test]
fn what_was_read_at_ozon_is_read_here_and_what_the_buyer_read_is_ticked() {
    let mut market = settled();
    let ours = market.writes("Вот ссылка");
    live(&mut market, 5_000);
    market.ozon.buyer_writes(CHAT, "Спасибо");
    market.ozon.all_read(CHAT);
    live(&mut market, OZON_POLL_HEALTHY_MS);
    assert_eq!(market.status(ours), "read");
    let told = market.bench.only(market.operator, "operator_read");
    assert_eq!(told.last().unwrap()["data"]["unread"], 0);
}

#[test]
fn a_page_that_cannot_be_read_whole_loses_nothing_for_good() {
    let mut market = settled();
    market.ozon.buyer_writes(CHAT, "Раз");
    look_now(&mut market);
    market.bench.advance(1);
    let walk = market.bench.chores.remove(0);
    let page = market.ozon.serve(&walk);
    market.bench.answer(walk.job, page);
    market.bench.advance(1);
    for nonsense in [answered(200, "<html>"), answered(200, "{}"), Answered::Lost, answered(500, "")] {
        let call = market.bench.chores.remove(0);
        assert_eq!(chore_of(&call), Chore::Catch);
        market.bench.answer(call.job, nonsense);
        while market.bench.chores.iter().all(|call| chore_of(call) != Chore::Catch) {
            market.bench.advance(500);
            market.bench.chores.retain(|call| chore_of(call) == Chore::Catch);
        }
    }
    live(&mut market, OZON_POLL_MS);
    assert_eq!(texts(&mut market), ["Есть в наличии?", "Раз"]);
}

#[test]
fn a_first_message_whose_push_was_lost_is_found_behind_the_second_and_the_past_is_left_alone() {
    let mut market = Market::new();
    // Long before the account was connected, and after it, and then a push that came.
    market.ozon.now = "2026-01-09T15:00:00Z".into();
    market.ozon.buyer_writes(OTHER_CHAT, "Прошлое");
    market.ozon.now = "2026-01-10T15:30:01Z".into();
    market.ozon.buyer_writes(OTHER_CHAT, "Первое");
    let user_id = market.buyer_writes(OTHER_CHAT, "Второе");
    market.bench.look().unwrap();
    live(&mut market, OZON_POLL_HEALTHY_MS);
    let operator = market.operator;
    assert_eq!(market.bench.texts(operator, user_id), ["Второе", "Первое"]);
    // From here on it is read forwards.
    market.ozon.buyer_writes(OTHER_CHAT, "Третье");
    live(&mut market, OZON_POLL_HEALTHY_MS);
    assert_eq!(market.bench.texts(operator, user_id), ["Второе", "Первое", "Третье"]);
}
