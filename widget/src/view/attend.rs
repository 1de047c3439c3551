//! What the visitor does with the panel, as js/panel.js tells it, and what it asks for.

use shared::content::Raw;
use shared::file::Attachment;
use shared::id::MessageId;
use shared::message::Message;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

use crate::store::{Kind, Line, Shown};
use crate::text::Words;
use crate::visit::{Here, Visit};

#[wasm_bindgen(module = "/js/panel.js")]
extern "C" {
    /// The panel's part in JavaScript.
    pub type Panel;

    fn attend(panel: &Element, tell: &JsValue, words: &JsValue) -> Panel;

    #[wasm_bindgen(method)]
    fn shown(this: &Panel, is_open: bool, unread: f64, is_typing: bool, status: &str);

    #[wasm_bindgen(method)]
    fn told(this: &Panel, side: &str, text: &str, message_id: f64, author: &str, file: &str, content: &str);

    #[wasm_bindgen(method)]
    fn content(this: &Panel, bubble: &HtmlElement, message_id: f64, json: &str, is_last: bool);

    #[wasm_bindgen(method)]
    fn session(this: &Panel, answer: &JsValue);

    #[wasm_bindgen(method)]
    fn end(this: &Panel);

    #[wasm_bindgen(method)]
    #[allow(clippy::too_many_arguments)]
    fn draw(this: &Panel, bubble: &HtmlElement, id: &str, name: &str, size: f64, width: f64, height: f64, url: &str);
}

impl Panel {
    /// Listens to the panel.
    pub fn of(here: &Here, panel: &Element, words: &Words) -> Self {
        let here = here.clone();
        // It may be called for as long as there is a page; it knows the stay only as long as that lasts.
        let tell = Closure::<dyn Fn(u32, String) -> String>::new(move |what, text: String| {
            here.ask(|visit| hear(visit, what, &text)).unwrap_or_default()
        });
        attend(panel, &tell.into_js_value(), words.file())
    }

    /// Tells the page what has changed, if something has that it can listen for.
    pub fn changed(&self, shown: &Shown) {
        let is_typing = matches!(shown.lines.last(), Some(Line { kind: Kind::Typing(_), .. }));
        self.shown(shown.is_open, shown.unread as f64, is_typing, shown.status.as_str());
    }

    /// Tells the page of what the visitor has written. No side: of an error.
    pub fn tell(&self, side: &str, text: &str) {
        self.told(side, text, 0.0, "", "", "");
    }

    /// Tells the page of what somebody of the shop has just written, and has it read out.
    pub fn tell_of(&self, message: &Message) {
        let author = message.author.as_deref().unwrap_or_default();
        let file = message.attachment.as_ref().map_or("", |file| &file.name);
        let content = message.content.as_ref().map_or("", Raw::as_str);
        self.told("operator", &message.text, message.message_id as f64, author, file, content);
    }

    /// Hands over what the relay said of the shop and the visitor.
    pub fn settle(&self, answer: &JsValue) {
        self.session(answer);
    }

    /// Shows what a message carries besides text and file.
    pub fn show_content(&self, bubble: &HtmlElement, message_id: MessageId, content: &Raw, is_last: bool) {
        self.content(bubble, message_id as f64, content.as_str(), is_last);
    }

    /// Nothing of it goes on.
    pub fn leave(&self) {
        self.changed(&Shown::default());
        self.end();
    }

    /// Shows the file of a message; `url` is empty until there is a link.
    pub fn show(&self, bubble: &HtmlElement, file: &Attachment, url: &str) {
        let (width, height) = file.dimensions().unwrap_or_default();
        self.draw(bubble, &file.file_id, &file.name, file.size as f64, width as f64, height as f64, url);
    }
}

/// The numbers are those of js/panel.js, js/files.js and js/sdk.js.
fn hear(visit: &Visit, what: u32, text: &str) -> String {
    match what {
        0 => visit.close(),
        1 => visit.scrolled(),
        2 => visit.retry(text.parse().unwrap_or(usize::MAX)),
        3 => visit.try_again(),
        4 => visit.write(),
        5 => visit.send(),
        6 => visit.cannot_show_files(),
        7 => return visit.upload_address(),
        8 => return visit.send_file(text),
        9 => return visit.file_link(text),
        10 => visit.prefill(text),
        12 => visit.say_presence(text),
        13 => visit.say_greeting(text),
        14 => visit.note_writing(),
        _ => return visit.send_text(text),
    }
    String::new()
}
