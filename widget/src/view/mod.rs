//! The panel on the screen: a function of [`Shown`], drawn by Leptos.
//!
//! Leptos' renderer builds the panel once and afterwards touches only what differs (`Render::rebuild`). There are no
//! signals, since the whole state is one value already: with them a visitor would download 17 KB more. Nor is there a
//! `view!`, which sets static parts as HTML: pages that demand trusted types forbid that, and we do not do it at all.
//! Each file is one part of the panel; the classes are listed at the head of theme/widget.css.

mod attend;
mod bubble;
mod composer;
mod header;
mod log;
mod notice;
mod panel;
mod rows;

use shared::file::Attachment;
use shared::id::MessageId;
use shared::message::Message;
use tachys::view::{Mountable, Render};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

use crate::browser::Subscription;
use crate::options::Options;
use crate::store::Shown;
use crate::text::Words;
use crate::visit::Here;
use attend::Panel;
use log::Log;

pub use bubble::typing;

/// What is on the screen.
pub struct Screen {
    words: &'static Words,
    shown: Shown,
    container: HtmlElement,
    draw: Box<dyn FnMut(&Shown)>,
    log: Log,
    panel: Option<Panel>,
    _viewport: Option<Subscription>,
}

impl Screen {
    /// Mounts an empty panel, closed, into `container`.
    pub fn mount(here: &Here, container: HtmlElement, options: &Options) -> Self {
        let words = options.words;
        let shown = Shown::default();
        let draw = keep(&container, &shown, move |shown| panel::panel(words, shown));
        let panel = find(&container, ".panel");
        Self {
            words,
            log: Log::new(find(&container, ".log")),
            panel: panel.as_ref().map(|panel| Panel::of(here, panel, options.words)),
            _viewport: panel::keep_above_keyboard(panel),
            shown,
            container,
            draw,
        }
    }

    /// Shows this, and nothing of what was before.
    pub fn show(&mut self, shown: Shown) {
        if self.shown == shown {
            return;
        }
        (self.draw)(&shown);
        self.log.show(self.words, &shown);
        if let Some(panel) = &self.panel {
            panel.changed(&shown);
            for (bubble, message_id, content, is_last) in self.log.contents() {
                panel.show_content(bubble, message_id, content, is_last);
            }
        }
        self.shown = shown;
    }

    /// The text in the message field.
    #[must_use]
    pub fn input(&self) -> String {
        self.field().map(|field| field.value()).unwrap_or_default()
    }

    /// Puts a text into the message field.
    pub fn set_input(&self, text: &str) {
        if let Some(field) = self.field() {
            field.set_value(text);
        }
    }

    /// The visitor's next message will be at the end of the log.
    pub fn go_to_end(&mut self) {
        self.log.go_to_end();
    }

    /// The visitor can write.
    pub fn focus_input(&self) {
        if let Some(field) = self.field() {
            let _ = field.focus();
        }
    }

    /// The key of a line of the log, counted from the top.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<&str> {
        self.log.key(index)
    }

    /// The messages with files, with their elements.
    #[must_use]
    pub fn files(&self) -> Vec<(HtmlElement, Attachment)> {
        self.log.files().map(|(element, file)| (element.clone(), file.clone())).collect()
    }

    /// Shows the file of a message; `url` is empty until there is a link.
    pub fn show_file(&self, bubble: &HtmlElement, file: &Attachment, url: &str) {
        if let Some(panel) = &self.panel {
            panel.show(bubble, file, url);
        }
    }

    /// Tells the page of what the visitor has written. No side: of an error.
    pub fn tell(&self, side: &str, text: &str) {
        if let Some(panel) = &self.panel {
            panel.tell(side, text);
        }
    }

    /// Tells the page of what somebody of the shop has just written, and has it read out.
    pub fn tell_of(&self, message: &Message) {
        if let Some(panel) = &self.panel {
            panel.tell_of(message);
        }
    }

    /// Hands over what the relay said of the shop and the visitor.
    pub fn settle(&self, answer: &JsValue) {
        if let Some(panel) = &self.panel {
            panel.settle(answer);
        }
    }

    /// The log was scrolled. Says whether older messages are wanted.
    pub fn scrolled(&mut self) -> bool {
        self.log.scrolled()
    }

    /// The newest message of the shop that the visitor has before their eyes.
    #[must_use]
    pub fn seen(&self) -> Option<MessageId> {
        self.log.seen()
    }

    fn field(&self) -> Option<HtmlTextAreaElement> {
        find(&self.container, ".composer .input").map(JsCast::unchecked_into)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.container.remove();
        if let Some(panel) = &self.panel {
            panel.leave();
        }
    }
}

/// Builds a view, and gives what shows it another state.
fn keep<V: Render>(
    container: &HtmlElement,
    first: &Shown,
    draw: impl Fn(&Shown) -> V + 'static,
) -> Box<dyn FnMut(&Shown)>
where
    V::State: 'static,
{
    let mut state = draw(first).build();
    state.mount(container, None);
    Box::new(move |shown| draw(shown).rebuild(&mut state))
}

fn find(container: &HtmlElement, selector: &str) -> Option<Element> {
    container.query_selector(selector).ok()?
}
