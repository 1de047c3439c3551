//! The messages, and where the visitor is among them.
//!
//! The log stays at its end while the visitor is there. Otherwise what they look at stays in its place, also when older
//! messages are put above it. A message counts as seen once its end has been in view.

use shared::content::Raw;
use shared::file::Attachment;
use shared::id::MessageId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::bubble;
use super::rows::Rows;
use crate::store::{Kind, Shown};
use crate::text::Words;

/// So far from the end, in pixels, the visitor still counts as being there: less than the smallest message.
const END_PX: i32 = 32;

/// So far from the top, in pixels, older messages are asked for: before the visitor gets there.
const TOP_PX: i32 = 160;

/// The log.
pub struct Log {
    element: Option<HtmlElement>,
    rows: Rows,
    is_at_end: bool,
}

impl Log {
    /// A log without lines in its element.
    pub fn new(element: Option<Element>) -> Self {
        Self { element: element.map(JsCast::unchecked_into), rows: Rows::default(), is_at_end: true }
    }

    /// Shows these lines.
    pub fn show(&mut self, words: &'static Words, shown: &Shown) {
        let Some(log) = &self.element else { return };
        let top = log.scroll_top();
        // Messages stay where they are; a day's heading moves up to what is put in below it.
        let messages =
            self.rows.iter().filter(|(line, _)| matches!(line.kind, Kind::Theirs { .. } | Kind::Mine { .. }));
        let anchor =
            messages.map(|(_, element)| element.clone()).find(|element| bottom(element) > log.offset_top() + top);
        let before = anchor.as_ref().map(HtmlElement::offset_top);
        self.rows.show(log, &shown.lines, |line| bubble::line(words, line));
        if self.is_at_end {
            log.set_scroll_top(log.scroll_height());
        } else if let (Some(anchor), Some(before)) = (anchor, before) {
            let moved = anchor.offset_top() - before;
            // To be put where one is would end a smooth scroll.
            if moved != 0 {
                log.set_scroll_top(top + moved);
            }
        }
    }

    /// The key of a line, counted from the top.
    pub fn key(&self, index: usize) -> Option<&str> {
        self.rows.iter().nth(index).map(|(line, _)| line.key.as_str())
    }

    /// The messages with files, with their elements.
    pub fn files(&self) -> impl Iterator<Item = (&HtmlElement, &Attachment)> {
        self.rows.iter().filter_map(|(line, element)| match &line.kind {
            Kind::Theirs { file, .. } | Kind::Mine { file, .. } => Some((element, file.as_ref()?)),
            _ => None,
        })
    }

    /// The messages of the shop that carry more, with their elements, and whether they are the newest message.
    pub fn contents(&self) -> impl Iterator<Item = (&HtmlElement, MessageId, &Raw, bool)> {
        let mut is_last = true;
        self.rows.iter().rev().filter_map(move |(line, element)| match &line.kind {
            Kind::Theirs { message_id, content, .. } => {
                let was_last = std::mem::take(&mut is_last);
                Some((element, *message_id, content.as_ref()?, was_last))
            }
            Kind::Mine { .. } => {
                is_last = false;
                None
            }
            _ => None,
        })
    }

    /// Goes to the end, where the visitor's next message will be.
    pub fn go_to_end(&mut self) {
        self.is_at_end = true;
        if let Some(log) = &self.element {
            log.set_scroll_top(log.scroll_height());
        }
    }

    /// Notes where the visitor is. Says whether they are near the top.
    pub fn scrolled(&mut self) -> bool {
        // A log that is not displayed has no height, and tells nothing about where the visitor is.
        let Some(log) = self.element.as_ref().filter(|log| log.client_height() > 0) else { return false };
        self.is_at_end = log.scroll_height() - log.scroll_top() - log.client_height() < END_PX;
        log.scroll_top() < TOP_PX
    }

    /// The newest message of the shop whose end is in view, or above it.
    pub fn seen(&self) -> Option<MessageId> {
        let log = self.element.as_ref().filter(|log| log.client_height() > 0)?;
        let end = log.offset_top() + log.scroll_top() + log.client_height();
        self.rows.iter().rev().find_map(|(line, element)| match line.kind {
            Kind::Theirs { message_id, .. } if bottom(element) <= end => Some(message_id),
            _ => None,
        })
    }
}

fn bottom(element: &HtmlElement) -> i32 {
    element.offset_top() + element.offset_height()
}
