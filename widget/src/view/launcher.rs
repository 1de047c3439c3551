//! The button that the loader has painted: kept true while the chat is mounted.

use web_sys::HtmlElement;

use crate::options::Options;
use crate::store::Shown;
use crate::text::Words;

/// The launcher with its badge.
pub struct Launcher {
    button: HtmlElement,
    badge: HtmlElement,
}

impl Launcher {
    /// Takes over what the loader has painted.
    pub fn new(options: &Options) -> Self {
        Self { button: options.launcher.clone(), badge: options.badge.clone() }
    }

    /// Says whether the chat is open, and how many messages wait.
    pub fn show(&self, words: &Words, shown: &Shown) {
        let label = match shown.unread {
            _ if shown.is_open => words.close.to_owned(),
            0 => words.open.to_owned(),
            unread => (words.open_unread)(unread),
        };
        let _ = self.button.set_attribute("aria-expanded", if shown.is_open { "true" } else { "false" });
        let _ = self.button.set_attribute("aria-label", &label);
        self.badge.set_text_content(Some(&shown.unread.to_string()));
        self.badge.set_hidden(shown.unread == 0);
    }

    /// Gives it the focus.
    pub fn focus(&self) {
        let _ = self.button.focus();
    }
}
