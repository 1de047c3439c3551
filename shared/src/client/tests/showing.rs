//! What is shown: events and pages together give what the relay holds, once and without gaps.

use super::*;
use crate::limits::{BULKS_KEPT, CHATS_PAGE, RECONNECT_MAX_MS, TYPING_TTL_MS};
use crate::message::Message;

fn page_of(ids: std::ops::RangeInclusive<i64>, has_more: bool) -> Value {
    history(&ids.map(|id| message(id, "user", None)).collect::<Vec<_>>(), has_more)
}

fn come_back(page: &mut Page, offset: i64, resumed: bool) {
    page.lose_connection();
    page.client.connect(page.now);
    page.open();
    page.welcome(offset, resumed);
}

#[test]
fn an_event_that_was_applied_is_not_applied_again() {
    let mut page = Page::operator();
    page.event("new_message", new_message(5, None), Some(3));
    for offset in [3, 2, 1] {
        page.event("new_message", new_message(5, None), Some(offset));
        page.event("new_message", new_message(6, None), Some(offset));
    }
    assert_eq!((page.ids(), page.chat().unread, page.arrived.as_slice()), (vec![5], 2, [5].as_slice()));
    assert_eq!(page.client.position().unwrap().offset, 3);
}

#[test]
fn an_event_that_is_not_known_counts_all_the_same() {
    let mut page = Page::visitor();
    page.event("of_tomorrow", json!({"user_id": VISITOR}), Some(7));
    assert_eq!(page.client.position().unwrap().offset, 7);
    page.event("user_online", json!({"user_id": VISITOR}), None);
    assert_eq!(page.client.position().unwrap().offset, 7);
}

#[test]
fn scrolling_up_loads_page_after_page_until_the_beginning() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    assert!(page.client.is_loading());
    page.answer("history", page_of(21..=40, true));
    assert!(!page.client.is_loading());
    page.client.load_older(page.now, VISITOR);
    page.client.load_older(page.now, VISITOR);
    page.perform();
    assert_eq!(page.sent.len(), 1, "one question for one page");
    let frame = page.answer("history", page_of(1..=20, false));
    assert_eq!(frame["before"], 21);
    assert_eq!(page.ids(), (1..=40).collect::<Vec<_>>());
    page.client.load_older(page.now, VISITOR);
    page.perform();
    assert!(page.sent.is_empty() && !page.chat().has_more());
}

#[test]
fn after_a_resync_the_page_is_replaced_and_no_gap_is_left() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    page.answer("history", page_of(1..=20, false));
    come_back(&mut page, 500, false);
    page.event("resync", json!({"epoch": "e", "offset": 500}), None);
    assert_eq!(page.ids().len(), 20, "what is there stays until its replacement comes");
    assert_eq!(page.sent.len(), 1);
    page.event("new_message", new_message(101, None), Some(501));
    page.answer("history", page_of(82..=101, true));
    assert_eq!(page.ids(), (82..=101).collect::<Vec<_>>());
    assert!(page.chat().has_more());
    assert_eq!(page.client.position().unwrap().offset, 501);
    page.client.load_older(page.now, VISITOR);
    page.perform();
    assert_eq!(page.take("history")["before"], 82);
}

#[test]
fn an_older_page_that_was_asked_for_before_a_resync_does_not_come_in_after_it() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    page.answer("history", page_of(21..=40, true));
    page.client.load_older(page.now, VISITOR);
    page.perform();
    come_back(&mut page, 500, false);
    let frame = page.answer("history", page_of(82..=101, true));
    assert_eq!(frame.get("before"), None);
    assert!(page.sent.is_empty());
    assert_eq!(page.ids(), (82..=101).collect::<Vec<_>>());
}

#[test]
fn a_load_that_was_not_answered_is_asked_for_again_over_the_next_connection() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    page.lose_connection();
    page.client.connect(page.now);
    page.open();
    page.welcome(0, true);
    page.answer("history", page_of(1..=3, false));
    assert_eq!(page.ids(), [1, 2, 3]);
}

#[test]
fn a_load_that_is_refused_for_now_is_asked_for_again_and_one_for_good_is_not() {
    for (code, again) in [(Code::StorageFailed, true), (Code::RateLimited, true), (Code::Forbidden, false)] {
        let mut page = Page::new(Identity::Visitor(VISITOR));
        page.connect(0, false);
        let frame = page.take("history");
        page.refuse(&frame, code, None);
        assert!(page.sent.is_empty(), "not at once");
        page.advance(3_000);
        assert_eq!(page.sent.len(), usize::from(again), "{code:?}");
    }
}

#[test]
fn a_visitors_answer_to_a_resend_leaves_no_gap_either() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    page.answer("history", page_of(1..=3, false));
    page.send("раз", "c-1");
    come_back(&mut page, 500, false);
    // It had arrived long ago: so much was written since that the page does not reach back to it.
    page.answer("history", page_of(82..=101, true));
    page.answer("send_message", sent(4, "user", "c-1"));
    assert_eq!(page.ids(), (82..=101).collect::<Vec<_>>());
    assert!(page.outgoing().is_empty());
}

#[test]
fn reading_is_told_once_counts_at_once_and_is_told_again_if_it_was_not_answered() {
    let mut page = Page::visitor();
    for id in 5..=7 {
        page.event("operator_message", operator_message(id, None), Some(id));
    }
    assert_eq!((page.chat().unread, page.arrived.as_slice()), (3, [5, 6, 7].as_slice()));
    page.client.read(page.now, VISITOR, 6);
    page.client.read(page.now, VISITOR, 6);
    page.client.read(page.now, VISITOR, 5);
    page.perform();
    assert_eq!((page.chat().unread, page.sent.len()), (1, 1));
    come_back(&mut page, 7, true);
    assert_eq!(page.take("message_read")["last_read_message_id"], 6);
    page.client.read(page.now, VISITOR, 7);
    page.perform();
    come_back(&mut page, 7, true);
    assert_eq!(page.sent.len(), 1, "the later mark says both");
    page.answer("message_read", Value::Null);
    come_back(&mut page, 7, true);
    assert!(page.sent.is_empty());
}

#[test]
fn a_read_outlives_a_resync() {
    let mut page = Page::visitor();
    page.event("operator_message", operator_message(5, None), Some(1));
    page.client.read(page.now, VISITOR, 5);
    come_back(&mut page, 500, false);
    let actions: Vec<&str> = page.sent.iter().map(|frame| frame["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["message_read", "history"]);
}

#[test]
fn another_tabs_reading_is_ones_own() {
    let mut page = Page::visitor();
    for id in 5..=7 {
        page.event("operator_message", operator_message(id, None), Some(id));
    }
    page.event("message_read", json!({"user_id": VISITOR, "last_read_message_id": 6}), Some(8));
    assert_eq!((page.chat().unread, page.chat().user_read), (1, 6));
}

#[test]
fn a_mark_before_what_is_loaded_is_counted_by_the_relay() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(0, false);
    let mut newest = history(&(21..=40).map(|id| message(id, "operator", None)).collect::<Vec<_>>(), true);
    newest["unread"] = json!(40);
    page.answer("history", newest.clone());
    assert_eq!(page.chat().unread, 40);
    // Another tab, which has loaded more, has read a little.
    page.event("message_read", json!({"user_id": VISITOR, "last_read_message_id": 3}), Some(1));
    newest["unread"] = json!(37);
    page.answer("history", newest);
    assert_eq!(page.chat().unread, 37);
    assert_eq!(page.ids().len(), 20);
}

#[test]
fn typing_holds_for_six_seconds_or_until_the_message() {
    let mut page = Page::visitor();
    let typing = json!({"user_id": VISITOR, "operator_name": "Анна"});
    page.event("operator_typing", typing.clone(), None);
    assert_eq!(page.chat().typing.as_ref().unwrap().1.as_deref(), Some("Анна"));
    page.advance(TYPING_TTL_MS - 1);
    page.pong();
    assert!(page.chat().typing.is_some());
    page.advance(1);
    assert!(page.chat().typing.is_none());
    page.event("operator_typing", typing.clone(), None);
    page.event("operator_message", operator_message(5, None), Some(1));
    assert!(page.chat().typing.is_none());
    page.event("operator_typing", typing, None);
    page.lose_connection();
    assert!(page.chat().typing.is_none(), "nobody is heard over a lost connection");
}

#[test]
fn who_has_left_is_not_shown_typing() {
    let mut page = Page::operator();
    page.event("user_online", json!({"user_id": VISITOR}), None);
    page.event("user_typing", json!({"user_id": VISITOR, "user_name": "Иван"}), None);
    assert!(page.chat().typing.is_some());
    page.event("user_offline", json!({"user_id": VISITOR}), None);
    assert!(page.chat().typing.is_none());
}

#[test]
fn ones_own_side_is_not_shown_typing() {
    let mut page = Page::visitor();
    page.event("user_typing", json!({"user_id": VISITOR, "user_name": "Иван"}), None);
    assert!(page.chat().typing.is_none());
    let mut page = Page::operator();
    page.event("operator_typing", json!({"user_id": VISITOR, "operator_name": "Олег"}), None);
    assert!(page.chat().typing.is_none());
    page.event("user_typing", json!({"user_id": VISITOR, "user_name": "Иван"}), None);
    assert!(page.chat().typing.is_some());
}

#[test]
fn who_is_here_is_asked_anew_over_each_line_and_kept_until_the_answer() {
    let mut page = Page::operator();
    page.event("user_online", json!({"user_id": VISITOR}), None);
    for (online, complete, is_shown) in [(vec![], false, true), (vec![], true, false), (vec![VISITOR], false, true)] {
        let shown_before = page.chat().online;
        come_back(&mut page, 0, true);
        assert_eq!(page.chat().online, shown_before, "nobody flickers");
        let asked = page.who_is_here.pop().unwrap();
        page.acknowledge(&asked, json!({"online": online, "complete": complete}));
        assert_eq!(page.chat().online, is_shown, "{online:?} {complete}");
    }
    page.event("user_offline", json!({"user_id": VISITOR}), None);
    assert!(!page.chat().online);
}

#[test]
fn a_status_reaches_the_message_in_the_chat_and_in_the_list() {
    let mut page = Page::operator();
    page.event("operator_message", operator_message(5, None), Some(1));
    page.event(
        "message_status",
        json!({"message_id": 5, "user_id": VISITOR, "status": "failed", "reason": "upstream_forbidden"}),
        Some(2),
    );
    for shown in [page.chat().newest().unwrap(), page.chat().messages().next().unwrap()] {
        assert_eq!(shown.status, Some(crate::message::Status::Failed));
        assert_eq!(shown.reason.as_deref(), Some("upstream_forbidden"));
    }
}

#[test]
fn a_status_that_was_missed_comes_with_the_list() {
    let mut page = Page::operator();
    page.event("operator_message", operator_message(5, None), Some(1));
    come_back(&mut page, 500, false);
    let mut listed = summary(VISITOR, 5, 1);
    listed["last_message"] = message(5, "operator", None);
    listed["last_message"]["status"] = json!("failed");
    page.answer("chats", json!({"chats": [listed], "next": null}));
    assert_eq!(page.chat().newest().unwrap().status, Some(crate::message::Status::Failed));
}

#[test]
fn a_new_chat_is_on_top_with_its_one_message() {
    let mut page = Page::operator();
    let new = json!({"user_id": -8, "user_name": "Пётр", "username": null, "source": "telegram", "first_message": "Привет!", "message_id": 9});
    page.event("new_chat", new, Some(1));
    let mut first = new_message(9, None);
    first["user_id"] = json!(-8);
    page.event("new_message", first, Some(2));
    let chats = page.client.state().chats();
    assert_eq!(chats.iter().map(|chat| chat.user_id).collect::<Vec<_>>(), [-8, VISITOR]);
    assert_eq!((chats[0].user_name.as_str(), chats[0].source.as_str(), chats[0].unread), ("Пётр", "telegram", 1));
    assert_eq!(chats[0].messages().count(), 1);
    assert!(page.sent.is_empty(), "there is nothing else to load");
}

#[test]
fn a_chat_beyond_the_list_comes_into_it_with_its_next_message() {
    for name in ["new_message", "operator_message"] {
        let mut page = Page::operator();
        let mut data = if name == "new_message" { new_message(9, None) } else { operator_message(9, None) };
        data["user_id"] = json!(-8);
        page.event(name, data, Some(1));
        let mut listed = summary(-8, 9, 4);
        listed["online"] = json!(true);
        page.answer("chats", json!({"chats": [listed, summary(VISITOR, 1, 1)], "next": null}));
        let chat = page.client.state().chat(-8).unwrap();
        assert_eq!((chat.user_name.as_str(), chat.unread, chat.online), ("Иван", 4, true), "{name}");
    }
}

#[test]
fn after_a_resync_what_the_list_does_not_show_is_not_shown_from_memory() {
    let mut page = Page::new(Identity::Staff);
    page.connect(0, false);
    page.answer("chats", json!({"chats": [summary(-7, 20, 1)], "next": 20}));
    page.client.load_more_chats(page.now);
    page.perform();
    page.answer("chats", json!({"chats": [summary(-8, 10, 5), summary(-9, 5, 2)], "next": null}));
    assert_eq!(page.client.state().unread(), 8);
    page.client.open_chat(page.now, -9);
    page.perform();
    let mut opened = history(&[], false);
    opened["user_id"] = json!(-9);
    page.answer("history", opened.clone());

    come_back(&mut page, 500, false);
    page.answer("chats", json!({"chats": [summary(-7, 20, 1)], "next": 20}));
    page.answer("history", opened);
    let shown = |page: &Page| page.client.state().chats().iter().map(|chat| chat.user_id).collect::<Vec<_>>();
    assert_eq!(shown(&page), [-7, -8, -9], "the first screen is not complete: what it had stays");
    page.answer("chats", json!({"chats": [summary(-9, 5, 0)], "next": null}));
    assert_eq!(shown(&page), [-7, -9], "it is complete, and one is gone");
}

#[test]
fn after_a_resync_a_full_first_screen_replaces_all_that_is_not_on_it() {
    let mut page = Page::new(Identity::Staff);
    page.connect(0, false);
    page.answer("chats", json!({"chats": [summary(-7, 20, 1)], "next": null}));
    come_back(&mut page, 500, false);
    let full: Vec<Value> = (0..CHATS_PAGE as i64).map(|n| summary(-100 - n, 200 - n, 0)).collect();
    page.answer("chats", json!({"chats": full, "next": 151}));
    assert!(page.client.state().chat(-7).is_none(), "it comes back with its page");
    assert!(!page.client.is_loading_chats(), "which nobody has asked for yet");
}

#[test]
fn a_chat_known_from_an_event_alone_is_looked_for_until_its_page_is_here() {
    let mut page = Page::new(Identity::Staff);
    page.connect(0, false);
    page.answer("chats", json!({"chats": [summary(-7, 20, 1)], "next": null}));
    let mut unknown = new_message(21, None);
    unknown["user_id"] = json!(-8);
    page.event("new_message", unknown, Some(1));
    page.answer("chats", json!({"chats": [summary(-7, 22, 2)], "next": 22}));
    assert!(page.client.is_loading_chats(), "the first piece of the list was not enough");
    page.answer("chats", json!({"chats": [summary(-8, 21, 5)], "next": 21}));
    assert_eq!(page.client.state().chat(-8).unwrap().unread, 5);
    assert!(!page.client.is_loading_chats());
}

#[test]
fn a_chat_known_from_its_first_message_has_no_older_ones_though_its_page_is_full() {
    let mut page = Page::new(Identity::Staff);
    page.connect(0, false);
    page.answer("chats", json!({"chats": [], "next": null}));
    let new = json!({"user_id": VISITOR, "user_name": "Иван", "username": null, "source": "widget", "first_message": "номер 1", "message_id": 1});
    page.event("new_chat", new, Some(1));
    for id in 1..=25 {
        page.event("new_message", new_message(id, None), Some(id + 1));
    }
    page.client.open_chat(page.now, VISITOR);
    page.perform();
    page.answer("history", page_of(6..=25, true));
    assert_eq!((page.ids(), page.chat().has_more()), ((1..=25).collect::<Vec<_>>(), false));
}

#[test]
fn opening_a_chat_loads_it_once() {
    let mut page = Page::operator();
    assert!(!page.chat().is_loaded());
    page.client.open_chat(page.now, VISITOR);
    page.client.open_chat(page.now, VISITOR);
    page.perform();
    let frame = page.answer("history", page_of(1..=1, false));
    assert_eq!(frame["user_id"], VISITOR);
    page.client.open_chat(page.now, VISITOR);
    page.perform();
    assert!(page.sent.is_empty() && page.chat().is_loaded());
}

#[test]
fn the_revision_moves_with_what_is_shown() {
    let mut page = Page::visitor();
    let mut last = page.client.revision();
    let mut moved = |page: &Page| std::mem::replace(&mut last, page.client.revision()) != page.client.revision();
    page.event("operator_message", operator_message(5, None), Some(1));
    assert!(moved(&page));
    page.client.read(page.now, VISITOR, 5);
    assert!(moved(&page));
    page.send("раз", "c-1");
    assert!(moved(&page));
    page.lose_connection();
    assert!(moved(&page));
    page.advance(RECONNECT_MAX_MS);
    assert!(moved(&page));
}

#[test]
fn a_changed_message_says_what_it_says_now_in_its_chat_and_in_the_list() {
    let mut page = Page::operator();
    page.event("new_message", new_message(5, None), Some(1));
    let change = |id: i64, at: &str| json!({"message_id": id, "user_id": VISITOR, "text": "иначе", "edited_at": at});
    page.event("message_updated", change(5, "2026-01-10T15:31:00Z"), Some(2));
    let edited_at = Timestamp::parse("2026-01-10T15:31:00Z");
    let said = |message: &Message| (message.text.clone(), message.edited_at);
    assert_eq!(page.chat().newest().map(said), Some(("иначе".into(), edited_at)));
    assert_eq!(page.chat().messages().last().map(said), Some(("иначе".into(), edited_at)));
    assert_eq!((page.chat().unread, page.arrived.as_slice()), (2, [5].as_slice()), "it is not another one");
    // Of a message or a chat that is not here, nothing is made up.
    page.event("message_updated", change(4, "2026-01-10T15:31:00Z"), Some(3));
    let mut of_another = change(5, "2026-01-10T15:31:00Z");
    of_another["user_id"] = json!(77);
    page.event("message_updated", of_another, Some(4));
    assert_eq!((page.ids(), page.client.state().chats().len()), (vec![5], 1));
}

#[test]
fn of_a_bulk_send_the_last_that_was_heard_is_shown_and_of_many_the_newest() {
    let mut page = Page::operator();
    let progress = |bulk_id: i64, sent: i64| json!({"bulk_id": bulk_id, "state": "running", "reason": null, "total": 9, "sent": sent, "failed": 0, "cancelled": 0});
    let before = page.client.revision();
    page.event("bulk_progress", progress(1, 1), None);
    page.event("bulk_progress", progress(1, 2), None);
    assert!(page.client.revision() > before, "the views are told");
    let shown = |page: &Page| page.client.state().bulks().map(|bulk| (bulk.bulk_id, bulk.sent)).collect::<Vec<_>>();
    assert_eq!(shown(&page), [(1, 2)]);
    page.event("bulk_progress", progress(BULKS_KEPT, 0), None);
    assert_eq!(shown(&page), [(1, 2), (BULKS_KEPT, 0)]);
    page.event("bulk_progress", progress(BULKS_KEPT + 1, 0), None);
    assert_eq!(shown(&page), [(BULKS_KEPT, 0), (BULKS_KEPT + 1, 0)]);
}
