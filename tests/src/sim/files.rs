//! Files for the marketplace's buyers: uploaded as the edge does it, read as the shell does it, and known again as the buyer
//! has them.

use relay_core::files::Judged;
use relay_core::files::place::{self, Place};
use relay_core::hub::{Opened, Request};
use relay_core::upstream::ozon::chat_send_file;
use serde_json::Value as Json;
use shared::file::{Attachment, FileType};
use shared::id::UserId;
use shared::node::FromNode;
use shared::token::Role;

use super::neighbour::Shop;
use super::shell::claims;
use super::world::World;

impl World {
    /// An operator uploads a file for a buyer. None if it could not be kept.
    pub(super) fn uploads(&mut self, user_id: UserId, name: String) -> Option<Attachment> {
        let (entropy, place) = (self.chance.entropy(), Place::Sqlite);
        let bytes = name.as_bytes().to_vec();
        let size = bytes.len() as i64;
        let judged = if name.ends_with("jpg") {
            Judged { file_type: FileType::Jpeg, name, dimensions: Some((640, 480)) }
        } else {
            Judged { file_type: FileType::Pdf, name, dimensions: None }
        };
        let claims = claims(Shop::Ours, Role::Operator, 0, "Ольга", 24 * 3_600_000);
        let user_id = Some(user_id);
        let begun =
            self.ask(Request::BeginFile { claims, origin: None, user_id, judged, size, place, entropy })?.ok()?;
        let file_id = begun["file_id"].as_str()?.to_owned();
        self.ask(Request::KeepChunk { file_id: file_id.clone(), number: 0, bytes })?.ok()?;
        let kept = self.ask(Request::FinishFile { file_id })?.ok()?;
        Attachment::from_node(&kept)
    }

    /// The bytes of a file, if its place has them today.
    pub(super) fn read_file(&mut self, file: &Opened) -> Option<Vec<u8>> {
        if self.active && self.chance.percent(2) {
            self.saw("file unread");
            return None;
        }
        let store = &self.relay.store;
        let pieces = place::pieces(0, file.size).map(|piece| place::read(store, &file.file_id, piece));
        pieces.collect::<Result<Vec<_>, _>>().ok().map(|pieces| pieces.concat())
    }
}

/// How the vendor shows a file that it was sent, if it was one.
pub(super) fn shown(body: &Json, id: u64) -> Option<String> {
    let name = body["name"].as_str()?;
    body["base64_content"].as_str()?;
    let address = format!("https://api-seller.ozon.ru/v2/chat/file/messenger/{id}");
    Some(if name.ends_with("jpg") { format!("![]({address})") } else { format!("[{name} (1KB)]({address})") })
}

/// Whether what the vendor has is this message of ours.
pub(super) fn is_same(kept: &str, text: &str, attachment: Option<&Attachment>) -> bool {
    match attachment {
        Some(file) => chat_send_file::shows(kept, &file.name, file.name.ends_with("jpg")),
        None => kept == text,
    }
}
