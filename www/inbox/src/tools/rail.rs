//! The way from page to page: a rail at the left, on a phone a bar at the bottom, which a conversation covers.

use leptos::prelude::*;

use super::Page;
use crate::desk::Desk;
use crate::text;

/// The strokes of a page's sign, in a square of 24.
fn sign(page: Page) -> &'static str {
    match page {
        Page::Chats => "M4 5h16v11H10l-5 4v-4H4z",
        Page::Templates => "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
        Page::Bulk => "M21 3 3 10l7 3.5L13.5 21zM21 3 10 13.5",
        Page::AutoReplies => "M5 9h14v10H5zM12 9V4M9.5 13v2M14.5 13v2M2 13v3M22 13v3",
        Page::Report => "M5 20v-8M12 20V4M19 20v-5",
    }
}

#[component]
pub fn Rail() -> impl IntoView {
    let desk = Desk::here();
    let unread = Memo::new(move |_| desk.look(|client| client.state().unread()));
    let link = move |page: Page| {
        let waiting = move || {
            let unread = unread.get();
            (page == Page::Chats && unread > 0).then(|| {
                view! {
                    <span class="unread">
                        <span class="sr">{text::UNREAD}</span>
                        {text::tools::at_most_99(unread)}
                    </span>
                }
            })
        };
        view! {
            <a href=page.hash() aria-current=move || (desk.page.get() == page).then_some("page")>
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d=sign(page)></path></svg>
                <span class="to">{text::tools::page(page)}</span>
                {waiting}
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=text::tools::PAGES>
            {Page::ALL.map(link).into_iter().collect_view()}
        </nav>
    }
}
