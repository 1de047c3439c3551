//! What a merchant asks about the shop itself (UPSTREAMS 1.1 and 1.8): products, stocks, postings, warehouses, figures, and
//! what the key may do. One file for each method; members that we do not name are ignored, ids are exact, prices are text.

pub mod analytics_data;
pub mod info;
pub mod posting;
pub mod posting_fbo_list;
pub mod posting_fbs_list;
pub mod posting_fbs_list_v3;
pub mod product_info_list;
pub mod product_info_stocks;
pub mod product_list;
pub mod roles;
pub mod warehouse_list;

use serde::Serialize;

use super::OzonId;

/// Which products are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Products {
    /// By the merchant's articles; all if none.
    pub offer_ids: Vec<String>,
    /// By Ozon's ids; all if none.
    pub product_ids: Vec<OzonId>,
}

/// The filter of products in Ozon's form: ids as strings.
#[derive(Serialize)]
struct Filter<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    offer_id: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    product_id: Vec<String>,
    visibility: &'static str,
}

impl Products {
    fn filter(&self) -> Filter<'_> {
        Filter { offer_id: &self.offer_ids, product_id: texts(&self.product_ids), visibility: "ALL" }
    }
}

fn texts(ids: &[OzonId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
