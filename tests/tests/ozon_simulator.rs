//! The simulated Ozon, seen from outside by a plain HTTP client: its shapes, its refusals, its pushes, its faults. What
//! these tests claim is what the vendor's documents and recorded answers say.

#[path = "ozon_simulator/account.rs"]
mod account;
#[path = "ozon_simulator/chats.rs"]
mod chats;
#[path = "ozon_simulator/faults.rs"]
mod faults;
#[path = "ozon_simulator/goods.rs"]
mod goods;
#[path = "ozon_simulator/limits.rs"]
mod limits;
#[path = "ozon_simulator/notifications.rs"]
mod notifications;
#[path = "ozon_simulator/process.rs"]
mod process;
#[path = "ozon_simulator/pushes.rs"]
mod pushes;
#[path = "ozon_simulator/quirks.rs"]
mod quirks;
#[path = "ozon_simulator/seller.rs"]
mod seller;
#[path = "ozon_simulator/seller_hook.rs"]
mod seller_hook;
#[path = "ozon_simulator/windows.rs"]
mod windows;
