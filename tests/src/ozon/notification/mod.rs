//! The management of push URLs, one file each method. In beta at the vendor's. `push-type/list` shows one URL to each type:
//! so a type that has a URL is refused to another one.

pub(crate) mod check;
pub(crate) mod delete;
pub(crate) mod enable;
pub(crate) mod list;
pub(crate) mod push_type_list;
pub(crate) mod set;
pub(crate) mod update;

use std::collections::BTreeSet;

use super::push::types::PushType;
use super::refusal::Refusal;
use super::shop::Shop;

/// The types of these names; none of them is an error here, and so is one that does not exist.
fn types(names: &[String]) -> Result<BTreeSet<PushType>, Refusal> {
    if names.is_empty() {
        return Err(Refusal::invalid("Types", "value must contain at least 1 item"));
    }
    let named = |name: &String| PushType::named(name).ok_or_else(|| Refusal::invalid("Types", "value is not a type"));
    names.iter().map(named).collect()
}

/// That no other URL has one of these types.
fn are_free(shop: &Shop, types: &BTreeSet<PushType>, but: Option<u64>) -> Result<(), Refusal> {
    let mut others = shop.endpoints.iter().filter(|endpoint| Some(endpoint.id) != but);
    match others.any(|endpoint| !endpoint.types.is_disjoint(types)) {
        true => Err(Refusal::conflict("notification type is already connected to another URL")),
        false => Ok(()),
    }
}

fn is_url(text: &str) -> Result<&str, Refusal> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if is_web { Ok(text) } else { Err(Refusal::invalid("Url", "value must be a URL")) }
}
