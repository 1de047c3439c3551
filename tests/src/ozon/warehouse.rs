//! `POST /v2/warehouse/list`: the seller's own warehouses, one for FBS and one for rFBS.

use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};
use super::shop::posting::{FBS_WAREHOUSE_ID, RFBS_WAREHOUSE_ID};
use super::wire;

/// Not documented; more than any seller has.
const LIMIT_MAX: i64 = 1_000;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    cursor: Option<String>,
    #[serde(default, deserialize_with = "wire::integers")]
    warehouse_ids: Vec<u64>,
}

pub(crate) fn answer(body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let limit = wire::limit(request.limit, LIMIT_MAX, "WarehouseListRequest.Limit")?;
    let after: u64 = match request.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| Refusal::invalid("Cursor", "value is not a cursor"))?,
    };
    let mut ids = vec![FBS_WAREHOUSE_ID, RFBS_WAREHOUSE_ID];
    ids.retain(|id| *id > after && (request.warehouse_ids.is_empty() || request.warehouse_ids.contains(id)));
    let has_next = ids.len() > limit;
    ids.truncate(limit);
    let cursor = ids.last().map_or_else(String::new, u64::to_string);
    let warehouses: Vec<Value> = ids.into_iter().map(entry).collect();
    Ok(json!({"cursor": cursor, "warehouses": warehouses, "has_next": has_next}))
}

fn entry(warehouse_id: u64) -> Value {
    let is_rfbs = warehouse_id == RFBS_WAREHOUSE_ID;
    let made_at = "2026-01-11T11:57:51.811Z";
    json!({
        "warehouse_id": warehouse_id,
        "name": if is_rfbs { "Своя доставка" } else { "Основной склад" },
        "status": "created",
        "is_rfbs": is_rfbs,
        "is_kgt": false,
        "is_express": false,
        "is_comfort": false,
        "warehouse_type": "",
        "address_info": {"address": "Россия, Московская область, Софьино, 2", "latitude": 55.495093, "longitude": 38.172731, "utc": "UTC+03:00"},
        "first_mile": {"type": "DROP_OFF", "dropoff_point_id": "1020002075314000", "timeslot_from": "20:59",
            "timeslot_id": 287_231, "timeslot_to": "21:00", "first_mile_is_changing": false},
        "postings_limit": -1,
        "has_postings_limit": false,
        "working_days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
        "created_at": made_at,
        "updated_at": made_at,
    })
}
