//! A chat that was deleted is shown no more, whether one heard of it or was away.

use super::*;

fn shown(page: &Page) -> Vec<UserId> {
    page.client.state().chats().iter().map(|chat| chat.user_id).collect()
}

/// An operator who has opened the one chat there is.
fn reading() -> Page {
    let mut page = Page::operator();
    page.client.open_chat(page.now, VISITOR);
    page.perform();
    page.answer("history", history(&[message(1, "user", None)], false));
    assert_eq!(shown(&page), [VISITOR]);
    page
}

#[test]
fn a_deleted_chat_goes_at_once() {
    let mut page = reading();
    page.event("chat_deleted", json!({"user_id": -8}), Some(1));
    assert_eq!(shown(&page), [VISITOR]);
    page.event("chat_deleted", json!({"user_id": VISITOR}), Some(2));
    assert_eq!(shown(&page), Vec::<UserId>::new());
    assert_eq!(page.client.state().unread(), 0);
}

#[test]
fn a_chat_that_was_deleted_in_the_meantime_goes_when_its_history_is_not_there() {
    let mut page = reading();
    page.lose_connection();
    page.client.connect(page.now);
    page.open();
    page.welcome(500, false);
    page.answer("chats", json!({"chats": [], "next": null}));
    let asked = page.take("history");
    page.refuse(&asked, Code::NotFound, None);
    assert_eq!(shown(&page), Vec::<UserId>::new());
}
