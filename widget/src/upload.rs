//! Files on their way from here: taken from the picker, a drop or the clipboard, and uploaded one after the other, with
//! progress, a way to stop, and a way to try again. What has arrived becomes a message by its owner's hand.
//!
//! The inbox has them; the widget, which pays for every byte, has js/files.js instead. The callbacks over lists of files and
//! the upload itself are js/upload.js.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use shared::file::Attachment;
use shared::limits::FILE_BYTES_MAX;
use shared::node::{FromNode, Node};
use shared::problem::Code;
use wasm_bindgen::prelude::*;

use crate::node::JsNode;

#[wasm_bindgen(module = "/js/upload.js")]
extern "C" {
    fn take_files(element: &JsValue, take: &Closure<dyn Fn(JsValue)>);
    fn picked_files(input: &JsValue, take: &Closure<dyn Fn(JsValue)>);
    fn upload_file(url: &str, token: &str, file: &JsValue, tell: &Tell) -> JsValue;
    fn stop_upload(request: &JsValue);
    fn save_file(url: &str);
}

/// Has a browser save what an address answers with.
pub fn save(url: &str) {
    save_file(url);
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its turn has not come.
    Waiting,
    /// So many hundredths are sent.
    Sent(u8),
    /// It did not arrive. `None`: nobody answered.
    Failed(Option<Code>),
}

/// A file on its way, as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number here.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// How far it has come.
    pub progress: Progress,
}

/// Hears of an upload: bytes sent and no status yet, or the status and the answer.
type Tell = Closure<dyn Fn(f64, i32, String)>;

struct Item {
    row: Row,
    file: JsValue,
    /// Whom it is for; the uploads know nothing of chats.
    target: i64,
    request: Option<(JsValue, Tell)>,
}

/// What the owner of the uploads gives and hears.
pub struct Owner {
    /// Where to, and with which token. `None` while there is neither.
    pub address: Box<dyn Fn(i64) -> Option<(String, String)>>,
    /// A file has arrived. Says whether it was taken up as a message.
    pub arrived: Box<dyn Fn(i64, Attachment) -> bool>,
    /// Something to show has changed.
    pub changed: Box<dyn Fn()>,
}

/// The files on their way, oldest first.
pub struct Uploads {
    owner: Owner,
    items: RefCell<(u32, Vec<Item>)>,
    /// What was sent last may be what calls: it is let go with the next.
    spent: RefCell<Option<Tell>>,
    here: Weak<Self>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new(owner: Owner) -> Rc<Self> {
        Rc::new_cyclic(|here| Self { owner, items: RefCell::default(), spent: RefCell::default(), here: here.clone() })
    }

    /// What there is to show.
    #[must_use]
    pub fn rows(&self, target: i64) -> Vec<Row> {
        let items = self.items.borrow();
        items.1.iter().filter(|item| item.target == target).map(|item| item.row.clone()).collect()
    }

    /// Takes a file of the browser's.
    pub fn add(&self, target: i64, file: JsValue) {
        let node = JsNode::from(file.clone());
        let name = node.get("name").and_then(|name| name.string()).unwrap_or_default();
        let size = node.get("size").and_then(|size| size.integer()).unwrap_or_default();
        let too_large = usize::try_from(size).is_ok_and(|size| size > FILE_BYTES_MAX);
        let progress = if too_large { Progress::Failed(Some(Code::TooLarge)) } else { Progress::Waiting };
        {
            let mut items = self.items.borrow_mut();
            items.0 += 1;
            let row = Row { id: items.0, name, size, progress };
            items.1.push(Item { row, file, target, request: None });
        }
        self.go_on();
    }

    /// Takes the files that a picker has.
    pub fn add_picked(&self, target: i64, input: &JsValue) {
        picked_files(input, &self.taker(move || Some(target)));
    }

    /// Takes, from now on, the files that are dropped on an element or pasted into it.
    pub fn listen(&self, element: &JsValue, target: impl Fn() -> Option<i64> + 'static) {
        let taker = self.taker(target);
        take_files(element, &taker);
        // The element has it now, for as long as it lives.
        taker.forget();
    }

    /// Stops a file and lets it go.
    pub fn cancel(&self, id: u32) {
        let gone = {
            let mut items = self.items.borrow_mut();
            let place = items.1.iter().position(|item| item.row.id == id);
            place.map(|place| items.1.remove(place))
        };
        if let Some((request, _)) = gone.and_then(|item| item.request) {
            stop_upload(&request);
        }
        self.go_on();
    }

    /// Tries a failed file again.
    pub fn retry(&self, id: u32) {
        self.set(id, Progress::Waiting);
        self.go_on();
    }

    fn taker(&self, target: impl Fn() -> Option<i64> + 'static) -> Closure<dyn Fn(JsValue)> {
        let here = self.here.clone();
        Closure::new(move |file| {
            if let (Some(uploads), Some(target)) = (here.upgrade(), target()) {
                uploads.add(target, file);
            }
        })
    }

    fn set(&self, id: u32, progress: Progress) {
        if let Some(item) = self.items.borrow_mut().1.iter_mut().find(|item| item.row.id == id) {
            item.row.progress = progress;
        }
    }

    /// Starts the next file if none is on its way.
    fn go_on(&self) {
        {
            let mut items = self.items.borrow_mut();
            let is_busy = items.1.iter().any(|item| matches!(item.row.progress, Progress::Sent(_)));
            let next = items.1.iter_mut().find(|item| item.row.progress == Progress::Waiting);
            if let Some(item) = next.filter(|_| !is_busy) {
                match (self.owner.address)(item.target) {
                    Some((url, token)) => {
                        let (here, id) = (self.here.clone(), item.row.id);
                        let tell = Tell::new(move |sent, status, answer| {
                            if let Some(uploads) = here.upgrade() {
                                uploads.told(id, sent, status, answer);
                            }
                        });
                        item.row.progress = Progress::Sent(0);
                        item.request = Some((upload_file(&url, &token, &item.file, &tell), tell));
                    }
                    None => item.row.progress = Progress::Failed(None),
                }
            }
        }
        (self.owner.changed)();
    }

    fn told(&self, id: u32, sent: f64, status: i32, answer: String) {
        if status < 0 {
            let size = self.items.borrow().1.iter().find(|item| item.row.id == id).map(|item| item.row.size);
            let share = sent * 100.0 / size.unwrap_or(1).max(1) as f64;
            self.set(id, Progress::Sent(share.min(100.0) as u8));
            (self.owner.changed)();
            return;
        }
        let target = {
            let mut items = self.items.borrow_mut();
            let Some(item) = items.1.iter_mut().find(|item| item.row.id == id) else { return };
            let spent = item.request.take().map(|(_, tell)| tell);
            self.spent.replace(spent);
            item.target
        };
        let node = JsNode::parse(&answer);
        let attachment = node.as_ref().filter(|_| status == 201).and_then(Attachment::from_node);
        let progress = match attachment {
            Some(attachment) => {
                if (self.owner.arrived)(target, attachment) {
                    return self.cancel(id);
                }
                // The outbox is full.
                Progress::Failed(Some(Code::RateLimited))
            }
            None => {
                let code = node.and_then(|node| node.get("code")?.string()).and_then(|word| Code::parse(&word));
                Progress::Failed(code)
            }
        };
        self.set(id, progress);
        self.go_on();
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        for (request, _) in self.items.get_mut().1.iter().filter_map(|item| item.request.as_ref()) {
            stop_upload(request);
        }
    }
}

/// A size for people: `640 КБ`, `1,4 МБ`. `units` are the words for bytes, kilobytes and megabytes.
#[must_use]
pub fn size(bytes: i64, units: [&str; 3], point: &str) -> String {
    const KB: i64 = 1024;
    let [b, kb, mb] = units;
    if bytes < KB {
        [&bytes.to_string(), "\u{a0}", b].concat()
    } else if bytes < KB * KB {
        [&(bytes / KB).to_string(), "\u{a0}", kb].concat()
    } else {
        let tenths = bytes * 10 / (KB * KB);
        [&(tenths / 10).to_string(), point, &(tenths % 10).to_string(), "\u{a0}", mb].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_said_in_the_largest_unit_that_it_fills() {
        let said = |bytes| size(bytes, ["Б", "КБ", "МБ"], ",");
        assert_eq!(said(0), "0\u{a0}Б");
        assert_eq!(said(1023), "1023\u{a0}Б");
        assert_eq!(said(1024), "1\u{a0}КБ");
        assert_eq!(said(1024 * 1024 - 1), "1023\u{a0}КБ");
        assert_eq!(said(1_572_864), "1,5\u{a0}МБ");
        assert_eq!(said(10 * 1024 * 1024), "10,0\u{a0}МБ");
    }
}
