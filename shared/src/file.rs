//! Files that messages carry: what may be sent, and what everybody is told of one.

use crate::json::Object;
use crate::node::{FromNode, Node, member, words};

words! {
    /// What may be sent, by its media type. The relay looks at the bytes; a name or a header alone is believed nothing.
    pub enum FileType {
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A picture or a screenshot.
        Png = "image/png",
        /// A picture.
        Webp = "image/webp",
        /// A document.
        Pdf = "application/pdf",
        /// A table.
        Csv = "text/csv",
    }
}

impl FileType {
    /// Whether it is shown where it stands, and not only downloaded.
    #[must_use]
    pub fn is_image(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => true,
            Self::Pdf | Self::Csv => false,
        }
    }

    /// How the names of such files end, without the dot, in small letters; the usual one first.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jfif"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Csv => &["csv"],
        }
    }
}

/// What a message tells of its file. Written as `{file_id, name, type, size, width?, height?}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Attachment {
    /// The file.
    pub file_id: String,
    /// Its name, made safe to show and to save under.
    pub name: String,
    /// Its media type: one of [`FileType`], or one that a newer relay takes.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// An image's width in pixels.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub width: Option<i64>,
    /// An image's height in pixels.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub height: Option<i64>,
}

impl Attachment {
    /// An image's width and height, so that its place can be kept before it is here.
    #[must_use]
    pub fn dimensions(&self) -> Option<(i64, i64)> {
        self.width.zip(self.height).filter(|(width, height)| *width > 0 && *height > 0)
    }
}

impl Attachment {
    /// As [`Attachment::from_node`] reads it.
    #[must_use]
    pub fn to_object(&self) -> Object {
        let object = Object::new().string("file_id", &self.file_id).string("name", &self.name);
        let object = object.string("type", &self.media_type).integer("size", self.size);
        object.optional_integer("width", self.width).optional_integer("height", self.height)
    }
}

impl FromNode for Attachment {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Some(Self {
            file_id: member(node, "file_id")?,
            name: member(node, "name")?,
            media_type: member(node, "type")?,
            size: member(node, "size")?,
            width: member(node, "width")?,
            height: member(node, "height")?,
        })
    }
}
