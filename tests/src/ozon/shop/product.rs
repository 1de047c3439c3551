//! The seller's catalogue: enough products for a list of several pages.

use serde::{Deserialize, Serialize};

/// One product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Product {
    pub(crate) product_id: u64,
    pub(crate) sku: u64,
    pub(crate) offer_id: String,
    pub(crate) name: String,
    /// Roubles, as the vendor writes prices: a string.
    pub(crate) price: String,
    pub(crate) old_price: String,
    pub(crate) is_archived: bool,
    /// Pieces at the seller's own warehouse.
    pub(crate) fbs_present: u32,
    pub(crate) fbs_reserved: u32,
    /// Pieces at Ozon's warehouses.
    pub(crate) fbo_present: u32,
}

const NAMES: [&str; 6] = [
    "Заварочный чайник, 800 мл",
    "Кружка «Утро», 300 мл",
    "Тарелка для завтрака, 21 см",
    "Набор для чая на шесть человек",
    "Ваза «Капля», серо-голубая",
    "Сахарница с ложкой",
];

/// How many products a first day has.
const FIRST: usize = 12;

impl Product {
    /// The product that stands at `index` in the catalogue.
    pub(crate) fn numbered(index: usize, offer_id: String) -> Self {
        let number = index as u64;
        let name = NAMES.get(index % NAMES.len()).copied().unwrap_or("Товар").to_owned();
        let roubles = 490 + 100 * (number % 20);
        Self {
            product_id: 1_000_123_456 + 7 * number,
            sku: 1_904_686_181 + 13 * number,
            offer_id,
            name,
            price: format!("{roubles}.00"),
            old_price: format!("{}.00", roubles + roubles / 5),
            is_archived: index % FIRST == FIRST - 1,
            fbs_present: (number % 5 * 10) as u32,
            fbs_reserved: (number % 3) as u32,
            fbo_present: (number % 4 * 25) as u32,
        }
    }

    /// The catalogue of a first day.
    pub(super) fn first() -> Vec<Self> {
        (0..FIRST).map(|index| Self::numbered(index, format!("TEA-{:03}", index + 1))).collect()
    }
}
