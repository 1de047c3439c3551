//! Files that the tests send, and how they are uploaded.

use reqwest::Method;

use super::{Answer, ORIGIN, Organization, Visitor};
use shared::route::{FILES, WIDGET_FILES};

/// A picture's header with `bytes` bytes after all: the relay looks no further than that.
pub fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file.extend([8, 6, 0, 0, 0]);
    // No two chunks alike, so that none can stand for another.
    let mut at = 0_u32;
    while file.len() < bytes {
        file.extend(at.wrapping_mul(2_654_435_761).to_le_bytes());
        at += 1;
    }
    file.truncate(bytes);
    file
}

impl Organization<'_> {
    /// As the widget uploads. `name` is percent-encoded already.
    pub async fn upload_as_visitor(&self, visitor: &Visitor, name: &str, bytes: Vec<u8>) -> Answer {
        let http = self.api(&visitor.token).with("origin", ORIGIN).with("x-file-name", name);
        http.call(Method::POST, WIDGET_FILES, bytes.into()).await
    }

    /// As the inbox and programs do.
    pub async fn upload_as_staff(&self, token: &str, user_id: i64, name: &str, bytes: Vec<u8>) -> Answer {
        let path = format!("{FILES}?user_id={user_id}");
        self.api(token).with("x-file-name", name).call(Method::POST, &path, bytes.into()).await
    }
}
