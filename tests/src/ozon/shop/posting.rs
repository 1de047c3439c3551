//! One posting: what was ordered, by which scheme, when it was paid and delivered.

use serde::{Deserialize, Serialize};

use super::Shop;
use super::product::Product;
use crate::ozon::clock;
use crate::ozon::refusal::Refusal;

const HOUR_MS: i64 = 3_600 * 1_000;

/// Who stores and who delivers: Ozon both, the seller and Ozon, the seller both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Scheme {
    Fbo,
    #[default]
    Fbs,
    Rfbs,
}

/// A posting to be; the body of `POST /_sim/posting`. What is absent is made up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostingGiven {
    /// `0136123457-0001-1`; one of this number is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting_number: Option<String>,
    /// FBS unless given.
    #[serde(default)]
    pub scheme: Scheme,
    /// When it was paid, RFC 3339; now unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<String>,
    /// When it was delivered, RFC 3339; not yet unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// What was ordered; one piece of the first product unless given.
    #[serde(default)]
    pub products: Vec<OrderedGiven>,
}

/// One line of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedGiven {
    /// The seller's article; one that the catalogue lacks is added to it.
    pub offer_id: String,
    /// Pieces.
    pub quantity: u32,
}

/// A posting as the marketplace keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Posting {
    pub(crate) posting_number: String,
    pub(crate) order_id: u64,
    pub(crate) scheme: Scheme,
    /// The vendor's status word: `awaiting_packaging`, `delivering`, `delivered`, `cancelled`.
    pub(crate) status: String,
    pub(crate) paid_ms: i64,
    /// When it was handed over to the carrier.
    pub(crate) delivering_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    /// Until when it has to be packed.
    pub(crate) shipment_ms: i64,
    /// The day it is promised for.
    pub(crate) delivery_ms: i64,
    pub(crate) tracking_number: String,
    pub(crate) products: Vec<Ordered>,
}

/// One line of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ordered {
    pub(crate) sku: u64,
    pub(crate) offer_id: String,
    pub(crate) name: String,
    /// Roubles, as the vendor writes prices: a string.
    pub(crate) price: String,
    pub(crate) quantity: u32,
}

impl Posting {
    /// `0136123457-0001` of `0136123457-0001-1`.
    pub(crate) fn order_number(&self) -> &str {
        self.posting_number.rsplit_once('-').map_or("", |(order, _)| order)
    }

    /// Where the seller's goods lie; Ozon's own warehouses are another list.
    pub(crate) fn warehouse_id(&self) -> u64 {
        match self.scheme {
            Scheme::Rfbs => RFBS_WAREHOUSE_ID,
            Scheme::Fbs => FBS_WAREHOUSE_ID,
            Scheme::Fbo => FBO_WAREHOUSE_ID,
        }
    }

    pub(crate) fn is_fbo(&self) -> bool {
        self.scheme == Scheme::Fbo
    }
}

pub(crate) const FBS_WAREHOUSE_ID: u64 = 20_605_650_762_000;
pub(crate) const RFBS_WAREHOUSE_ID: u64 = 1_020_005_003_107_121;
pub(crate) const FBO_WAREHOUSE_ID: u64 = 17_717_042_026_000;

impl Shop {
    /// Adds a posting, or replaces the one of its number.
    pub(crate) fn add_posting(&mut self, given: PostingGiven, now_ms: i64) -> Result<Posting, Refusal> {
        let time = |text: &str| clock::parse_ms(text).ok_or_else(|| Refusal::invalid("posting", "no RFC 3339 time"));
        let paid_ms = given.paid_at.as_deref().map(time).transpose()?.unwrap_or(now_ms);
        let delivered_ms = given.delivered_at.as_deref().map(time).transpose()?;
        let order_id = self.postings.iter().map(|posting| posting.order_id).max().unwrap_or(33_301_885_133) + 1;
        let posting_number = given.posting_number.unwrap_or_else(|| format!("0136123457-{:04}-1", order_id % 10_000));
        if !is_posting_number(&posting_number) {
            return Err(Refusal::invalid("posting_number", "it looks like 0136123457-0001-1"));
        }
        let lines = if given.products.is_empty() {
            let offer_id = self.products.first().map_or_else(|| "TEA-001".into(), |product| product.offer_id.clone());
            vec![OrderedGiven { offer_id, quantity: 1 }]
        } else {
            given.products
        };
        let products = lines.into_iter().map(|line| self.ordered(line)).collect();
        let posting = Posting {
            order_id,
            scheme: given.scheme,
            status: if delivered_ms.is_some() { "delivered" } else { "awaiting_packaging" }.into(),
            paid_ms,
            // One that is there already was handed over when it had to be, or as late as it could.
            delivering_ms: delivered_ms.map(|delivered| delivered.min(paid_ms + 24 * HOUR_MS)),
            delivered_ms,
            shipment_ms: paid_ms + 24 * HOUR_MS,
            delivery_ms: paid_ms + 96 * HOUR_MS,
            tracking_number: String::new(),
            products,
            posting_number,
        };
        self.postings.retain(|known| known.posting_number != posting.posting_number);
        self.postings.push(posting.clone());
        Ok(posting)
    }

    fn ordered(&mut self, line: OrderedGiven) -> Ordered {
        let product = match self.products.iter().find(|product| product.offer_id == line.offer_id) {
            Some(product) => product.clone(),
            None => {
                let product = Product::numbered(self.products.len(), line.offer_id.clone());
                self.products.push(product.clone());
                product
            }
        };
        let Product { sku, offer_id, name, price, .. } = product;
        Ordered { sku, offer_id, name, price, quantity: line.quantity }
    }

    pub(crate) fn posting(&self, posting_number: &str) -> Result<&Posting, Refusal> {
        let found = self.postings.iter().find(|posting| posting.posting_number == posting_number);
        found.ok_or_else(|| Refusal::not_found("posting"))
    }

    pub(crate) fn posting_mut(&mut self, posting_number: &str) -> Result<&mut Posting, Refusal> {
        let found = self.postings.iter_mut().find(|posting| posting.posting_number == posting_number);
        found.ok_or_else(|| Refusal::not_found("posting"))
    }

    /// The postings of a first day: one of each scheme, and one that was delivered long ago.
    pub(super) fn first_postings(&mut self, now_ms: i64) {
        let long_ago_ms = now_ms - 30 * 24 * HOUR_MS;
        for (number, scheme, paid_ms, delivered_ms) in [
            ("0136123457-0001-1", Scheme::Fbs, now_ms, None),
            ("0136123457-0002-1", Scheme::Rfbs, now_ms, None),
            ("0136123457-0003-1", Scheme::Fbo, now_ms, None),
            ("0136123457-0004-1", Scheme::Fbs, long_ago_ms, Some(long_ago_ms + 96 * HOUR_MS)),
        ] {
            let given = PostingGiven {
                posting_number: Some(number.into()),
                scheme,
                paid_at: Some(clock::rfc3339(paid_ms)),
                delivered_at: delivered_ms.map(clock::rfc3339),
                products: Vec::new(),
            };
            // Every number and time above is well formed.
            let _ = self.add_posting(given, now_ms);
        }
    }
}

/// `0136123457-0001-1`: digits in three groups.
pub(crate) fn is_posting_number(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 3 && groups.iter().all(|group| !group.is_empty() && group.chars().all(|c| c.is_ascii_digit()))
}
