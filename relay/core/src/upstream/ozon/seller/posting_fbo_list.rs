//! `POST /v3/posting/fbo/list`: postings that Ozon sends (UPSTREAMS 1.8).

use shared::problem::Problem;

use super::posting;
pub use super::posting::{Query, read};
use crate::upstream::Request;
use crate::upstream::ozon::Account;

/// The method's path.
pub const PATH: &str = "/v3/posting/fbo/list";

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    posting::request(account, PATH, query)
}
