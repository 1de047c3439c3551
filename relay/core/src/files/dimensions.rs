//! An image's width and height, read from its header. Whatever the bytes are, the answer is a size or none.

use shared::file::FileType;

/// Width and height in pixels, as the image is shown: a photograph taken on its side counts as turned.
#[must_use]
pub fn of(file_type: FileType, bytes: &[u8]) -> Option<(i64, i64)> {
    let (width, height) = match file_type {
        FileType::Png => png(bytes),
        FileType::Jpeg => jpeg(bytes),
        FileType::Webp => webp(bytes),
        FileType::Pdf | FileType::Csv => None,
    }?;
    (width > 0 && height > 0).then_some((width, height))
}

/// PNG: the first chunk is `IHDR`.
fn png(bytes: &[u8]) -> Option<(i64, i64)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((be32(bytes, 16)?, be32(bytes, 20)?))
}

/// JPEG: the first frame header among the marker segments.
fn jpeg(bytes: &[u8]) -> Option<(i64, i64)> {
    let mut at = 2_usize;
    let mut turned = false;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at.checked_add(1)?)?;
        match marker {
            // A marker may be filled up with any number of these.
            0xff => {
                at = at.checked_add(1)?;
                continue;
            }
            // Markers without a segment.
            0x01 | 0xd0..=0xd8 => {
                at = at.checked_add(2)?;
                continue;
            }
            // The end, or the picture itself: too late for a header.
            0xd9 | 0xda => return None,
            _ => {}
        }
        let length = usize::from(be16(bytes, at.checked_add(2)?)?);
        if length < 2 {
            return None;
        }
        let body = at.checked_add(4)?;
        match marker {
            // Frame headers; the three left out are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = i64::from(be16(bytes, body.checked_add(1)?)?);
                let width = i64::from(be16(bytes, body.checked_add(3)?)?);
                return Some(if turned { (height, width) } else { (width, height) });
            }
            0xe1 => {
                let end = at.checked_add(2)?.checked_add(length)?;
                turned = bytes.get(body..end).is_some_and(exif_is_turned);
            }
            _ => {}
        }
        at = at.checked_add(2)?.checked_add(length)?;
    }
}

/// Whether EXIF says that the picture is shown turned by a quarter: orientations 5 to 8.
fn exif_is_turned(segment: &[u8]) -> bool {
    fn orientation(segment: &[u8]) -> Option<u16> {
        const ORIENTATION: u16 = 0x0112;
        let tiff = segment.strip_prefix(b"Exif\0\0")?;
        let is_little = match tiff.get(..4)? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        let short = |at: usize| {
            let value = be16(tiff, at)?;
            Some(if is_little { value.swap_bytes() } else { value })
        };
        let high = usize::from(short(if is_little { 6 } else { 4 })?);
        let low = usize::from(short(if is_little { 4 } else { 6 })?);
        let directory = high.checked_mul(0x1_0000)?.checked_add(low)?;
        let count = usize::from(short(directory)?);
        (0..count).find_map(|index| {
            let entry = directory.checked_add(2)?.checked_add(index.checked_mul(12)?)?;
            if short(entry)? == ORIENTATION { short(entry.checked_add(8)?) } else { None }
        })
    }
    orientation(segment).is_some_and(|orientation| (5..=8).contains(&orientation))
}

/// WebP: the first chunk is one of three, each with its own header.
fn webp(bytes: &[u8]) -> Option<(i64, i64)> {
    match bytes.get(12..16)? {
        b"VP8X" => Some((le24(bytes, 24)?.checked_add(1)?, le24(bytes, 27)?.checked_add(1)?)),
        b"VP8 " => {
            if bytes.get(23..26)? != [0x9d, 0x01, 0x2a] {
                return None;
            }
            Some((i64::from(le16(bytes, 26)? & 0x3fff), i64::from(le16(bytes, 28)? & 0x3fff)))
        }
        b"VP8L" => {
            if *bytes.get(20)? != 0x2f {
                return None;
            }
            let bits = i64::from(le16(bytes, 21)?) | i64::from(le16(bytes, 23)?) << 16;
            Some(((bits & 0x3fff).checked_add(1)?, (bits >> 14 & 0x3fff).checked_add(1)?))
        }
        _ => None,
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<i64> {
    array(bytes, at).map(|bytes| i64::from(u32::from_be_bytes(bytes)))
}

fn le24(bytes: &[u8], at: usize) -> Option<i64> {
    let [low, middle, high] = array(bytes, at)?;
    Some(i64::from(u32::from_le_bytes([low, middle, high, 0])))
}
