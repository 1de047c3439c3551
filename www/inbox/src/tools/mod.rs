//! The pages beside the chats: templates, bulk sends, automatic replies, the report. Which page is open stands in the address, so
//! that "back" leads to the one before.

mod asked;
mod auto_replies;
pub mod bulk;
mod parts;
mod picker;
mod rail;
mod replies;
pub mod report;
mod rules;
mod save;
mod shelf;
mod template;
mod templates;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::text;

pub use auto_replies::AutoRepliesPage;
pub use bulk::BulkPage;
pub use picker::{Picked, Picker};
pub use rail::Rail;
pub use replies::Replies;
pub use report::ReportPage;
pub use rules::Unit;
pub use shelf::Shelf;
pub use template::inserted;
pub use templates::TemplatesPage;

/// A page of the operator's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The list of chats and a conversation.
    #[default]
    Chats,
    /// Texts with variables.
    Templates,
    /// Sending to many.
    Bulk,
    /// What is answered by itself.
    AutoReplies,
    /// Figures.
    Report,
}

impl Page {
    /// Every one of them, in the order of the rail.
    pub const ALL: [Self; 5] = [Self::Chats, Self::Templates, Self::Bulk, Self::AutoReplies, Self::Report];

    /// Its fragment of the address, with the `#`.
    pub fn hash(self) -> &'static str {
        match self {
            Self::Chats => "#chats",
            Self::Templates => "#templates",
            Self::Bulk => "#bulk",
            Self::AutoReplies => "#auto-replies",
            Self::Report => "#report",
        }
    }

    /// The page of a fragment; the chats, if it is none of ours.
    pub fn of_hash(hash: &str) -> Self {
        Self::ALL.into_iter().find(|page| page.hash() == hash).unwrap_or_default()
    }

    /// The page that the address names now.
    pub fn of_address() -> Self {
        Self::of_hash(&location().hash().unwrap_or_default())
    }
}

/// Puts the focus on the first element of these that is there.
fn focus(css: &str) {
    let found = document().query_selector(css).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What every page of the tools stands in.
#[component]
pub fn Sheet(page: Page, children: Children) -> impl IntoView {
    view! {
        <main class="tools-page" id=page.hash().trim_start_matches('#').to_owned() + "-page">
            <div class="sheet">
                <h1>{text::tools::page(page)}</h1>
                {children()}
            </div>
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_an_address_of_its_own_and_what_is_none_leads_to_the_chats() {
        for page in Page::ALL {
            assert_eq!(Page::of_hash(page.hash()), page);
        }
        for hash in ["", "#", "#token=a.b.c", "#nothing", "templates", "#Templates"] {
            assert_eq!(Page::of_hash(hash), Page::Chats, "{hash}");
        }
    }
}
