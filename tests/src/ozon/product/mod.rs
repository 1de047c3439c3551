//! The catalogue's methods, one file each.

pub(crate) mod info_list;
pub(crate) mod list;
pub(crate) mod stocks;

use super::refusal::Refusal;
use super::shop::product::Product;

/// At most so many products, or identifiers of products, in one call.
const ITEMS_MAX: usize = 1_000;

/// The vendor's words for a `visibility`.
const VISIBILITIES: [&str; 28] = [
    "ALL",
    "VISIBLE",
    "INVISIBLE",
    "EMPTY_STOCK",
    "NOT_MODERATED",
    "MODERATED",
    "DISABLED",
    "STATE_FAILED",
    "READY_TO_SUPPLY",
    "VALIDATION_STATE_PENDING",
    "VALIDATION_STATE_FAIL",
    "VALIDATION_STATE_SUCCESS",
    "TO_SUPPLY",
    "IN_SALE",
    "REMOVED_FROM_SALE",
    "BANNED",
    "OVERPRICED",
    "CRITICALLY_OVERPRICED",
    "EMPTY_BARCODE",
    "BARCODE_EXISTS",
    "QUARANTINE",
    "ARCHIVED",
    "OVERPRICED_WITH_STOCK",
    "PARTIAL_APPROVED",
    "AUTO_ARCHIVED",
    "MANUAL_ARCHIVED",
    "SEASONAL_AUTO_ARCHIVED",
    "VISIBLE_WITH_FBO_STOCK",
];

/// Whether a product is among those of a `visibility`; only the words that the catalogue can tell apart have an effect.
fn is_visible_as(visibility: &str, product: &Product) -> bool {
    let has_stock = product.fbs_present + product.fbo_present > 0;
    match visibility {
        "VISIBLE" | "IN_SALE" => !product.is_archived && has_stock,
        "EMPTY_STOCK" => !product.is_archived && !has_stock,
        "ARCHIVED" | "MANUAL_ARCHIVED" => product.is_archived,
        "VISIBLE_WITH_FBO_STOCK" => !product.is_archived && product.fbo_present > 0,
        _ => true,
    }
}

/// The word, or `ALL` for none.
fn visibility(given: Option<&str>) -> Result<&str, Refusal> {
    match given.filter(|word| !word.is_empty()) {
        None => Ok("ALL"),
        Some(word) if VISIBILITIES.contains(&word) => Ok(word),
        Some(_) => Err(Refusal::invalid("Filter.Visibility", "value is not a visibility")),
    }
}

/// Two kinds of identifiers in one call are refused, and so are too many.
fn one_kind(counts: &[usize]) -> Result<(), Refusal> {
    if counts.iter().filter(|count| **count > 0).count() > 1 {
        return Err(Refusal::invalid("Filter", "use identifiers of one kind"));
    }
    if counts.iter().sum::<usize>() > ITEMS_MAX {
        return Err(Refusal::invalid("Filter", "value must contain no more than 1000 items"));
    }
    Ok(())
}
