//! The relay's secrets: made once, by chance, never in the repository. `wrangler dev` reads them from relay/.dev.vars, a
//! relay alone on a server from a file in its folder; on Cloudflare the same names are set by `wrangler secret put`.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::progress::note;

/// Key ids sort as text; the relay signs and seals with the greatest and still reads what the others wrote.
const FIRST_KEY_ID: &str = "k1";

/// What has to be secret.
pub const NAMES: [&str; 3] = ["ADMIN_TOKEN", "SIGNING_KEYS", "SEALING_KEYS"];

/// Writes relay/.dev.vars unless it is there.
pub fn ensure(paths: &Paths) -> Result<(), Failure> {
    let heading =
        "# Secrets of this machine's relay. Delete the file to get new ones; tokens made with the old ones then end.";
    let path = paths.dev_vars();
    if ensure_file(&path, heading).doing(|| format!("write {}", paths.shown(&path)))? {
        note(format!("made {} with fresh secrets", paths.shown(&path)));
    }
    Ok(())
}

/// Writes a file with fresh secrets, for its owner's eyes only, unless it is there. Says whether it was made.
pub fn ensure_file(path: &Path, heading: &str) -> Result<bool, Failure> {
    if path.is_file() {
        return Ok(false);
    }
    let content = format!(
        "{heading}\nADMIN_TOKEN='adm_{}'\nSIGNING_KEYS='{{\"{FIRST_KEY_ID}\":\"{}\"}}'\nSEALING_KEYS='{{\"{FIRST_KEY_ID}\":\"{}\"}}'\n",
        random_32()?,
        random_32()?,
        random_32()?,
    );
    write_private(path, &content).doing(|| "keep fresh secrets".into())?;
    Ok(true)
}

/// 256 bits: the size of an AES-256 key, and of HMAC-SHA-256's output.
fn random_32() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).doing(|| "get random bytes from the system".into())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn write_private(path: &Path, content: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, content.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_no_two_are_alike() {
        let (Ok(one), Ok(other)) = (random_32(), random_32()) else {
            panic!("no random bytes");
        };
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).map(|bytes| bytes.len()), Ok(32));
        assert_ne!(one, other);
    }
}
