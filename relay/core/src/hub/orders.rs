//! What is known of the orders that Ozon's chats are about, and so whether a chat may be written to ([`shared::window`]).
//!
//! A chat's history names its order, a chore looks the order up, and looks again while a delivery could still open the chat.
//! Pushes about postings make it look at once, and are alone in saying when something was delivered. A message is refused here
//! only if Ozon would surely refuse it: whoever knows nothing, or only what was true some hours ago, asks Ozon.

use shared::event::{Event, OrderUpdated};
use shared::limits::{
    OZON_ORDER_CHATS_MAX, OZON_ORDER_FOLLOW_MS, OZON_ORDER_HOLDS_MS, OZON_ORDER_LOOK_MS, OZON_ORDER_NUMBER_BYTES_MAX,
    OZON_ORDER_SPAN_MS, OZON_POSTINGS_LIMIT_MAX,
};
use shared::message::source;
use shared::problem::Code;
use shared::time::Timestamp;
use shared::window::{Order, Reason, Scheme, Window};

use super::chores::{Chore, Errand};
use super::draft::Draft;
use super::messages::ChatRow;
use super::{Decision, Refused};
use crate::storage::{Row, SqlError};
use crate::upstream::ozon::UserType;
use crate::upstream::ozon::chat_history::HistoryMessage;
use crate::upstream::ozon::seller::posting::Posting;
use crate::upstream::ozon::seller::{posting_fbo_list, posting_fbs_list};
use crate::upstream::{Answered, Failure, Request};

const DAY_MS: i64 = 24 * 3_600_000;

/// Who carries what Ozon does not.
const CARRIED_BY_MERCHANT: &str = "non_integrated";

/// Messages of the buyer's among which the last one is looked for: one that was found late may stand behind it.
const LAST_MESSAGES: i64 = 20;

const COLUMNS: &str =
    "chat_id, order_number, user_wrote_at, scheme, paid_at, delivered_at, delivered_by, is_final, looked_at";

/// A row of `ozon_orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OrderRow {
    chat_id: String,
    /// Empty if the chat is about several orders.
    order_number: String,
    user_wrote_at: Option<Timestamp>,
    scheme: Option<Scheme>,
    paid_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    delivered_by: Option<Timestamp>,
    /// Whether nothing more can become of it.
    is_final: bool,
    looked_at: Option<Timestamp>,
}

impl OrderRow {
    fn read(row: &Row) -> Decision<Self> {
        let scheme = row
            .optional_text(3)?
            .map(|word| Scheme::parse(&word).ok_or_else(|| SqlError("an order's scheme is none we know".into())));
        let time = |place: usize| row.optional_integer(place).map(|at| at.map(Timestamp));
        Ok(Self {
            chat_id: row.text(0)?,
            order_number: row.text(1)?,
            user_wrote_at: time(2)?,
            scheme: scheme.transpose()?,
            paid_at: time(4)?,
            delivered_at: time(5)?,
            delivered_by: time(6)?,
            is_final: row.integer(7)? == 1,
            looked_at: time(8)?,
        })
    }

    /// What clients are told.
    fn order(&self) -> Option<Order> {
        Some(Order {
            order_number: self.order_number.clone(),
            scheme: self.scheme?,
            paid_at: self.paid_at,
            delivered_at: self.delivered_at,
            delivered_by: self.delivered_by,
            user_wrote_at: self.user_wrote_at,
        })
    }
}

impl Draft<'_> {
    /// What is known of a chat's order.
    pub(super) fn order_of(&self, chat_id: &str) -> Decision<Option<Order>> {
        Ok(self.order_row(chat_id)?.and_then(|row| row.order()))
    }

    /// A page of a chat's history says what the chat is about.
    pub(super) fn notice_order(&mut self, chat_id: &str, messages: &[HistoryMessage]) -> Decision {
        let mut numbers = messages.iter().filter_map(|message| message.context.as_ref()?.order_number.as_deref());
        let Some(number) = numbers.next().filter(|number| is_order_number(number)) else { return Ok(()) };
        let is_one = numbers.all(|other| other == number);
        match self.order_row(chat_id)? {
            Some(known) if known.order_number.is_empty() || (is_one && known.order_number == number) => Ok(()),
            // Any of several could open the chat, and which one counts is not known.
            Some(known) => {
                let several = OrderRow { order_number: String::new(), scheme: None, ..known.clone() };
                self.keep_order(&known, &several)
            }
            None => {
                let number = if is_one { number } else { "" };
                // What was written before the account was connected is not taken over, and is answered all the same.
                let wrote = messages.iter().filter(|message| message.user_type == UserType::Customer);
                let wrote_at = wrote.filter_map(|message| message.created_at).max();
                self.write_all(
                    "INSERT INTO ozon_orders (chat_id, order_number, user_wrote_at) VALUES (?, ?, ?)
                     ON CONFLICT (chat_id) DO NOTHING",
                    vec![chat_id.into(), number.into(), wrote_at.map(|at| at.0).into()],
                );
                if is_one {
                    self.ask_for(Chore::Order, chat_id, self.now);
                }
                Ok(())
            }
        }
    }

    /// A push says that something became of a posting.
    pub(super) fn posting_changed(&mut self, posting_number: &str, delivered_at: Option<Timestamp>) -> Decision {
        for known in self.orders_of_posting(posting_number)? {
            let row = OrderRow {
                delivered_at: known.delivered_at.max(delivered_at),
                delivered_by: known.delivered_by.max(delivered_at),
                is_final: false,
                ..known.clone()
            };
            self.keep_order(&known, &row)?;
            self.ask_for(Chore::Order, &known.chat_id, self.now);
        }
        Ok(())
    }

    pub(super) fn order_request(&mut self, errand: &Errand) -> Decision<Option<Request>> {
        let Some(row) = self.order_row(&errand.chat_id)?.filter(|row| !row.order_number.is_empty()) else {
            return Ok(None);
        };
        let account = self.ozon_account()?;
        let (since, to) = (self.now.plus_ms(-OZON_ORDER_SPAN_MS), self.now.plus_ms(DAY_MS));
        let (statuses, order_numbers, limit) = (Vec::new(), vec![row.order_number], OZON_POSTINGS_LIMIT_MAX);
        let cursor = String::new();
        let request = if errand.chore == Chore::FboOrder {
            let query = posting_fbo_list::Query { since, to, statuses, order_numbers, limit, cursor };
            posting_fbo_list::request(&account, &query)
        } else {
            let query = posting_fbs_list::Query { since, to, statuses, order_numbers, limit, cursor };
            posting_fbs_list::request(&account, &query)
        };
        Ok(Some(request?))
    }

    /// The order's postings are here.
    pub(super) fn order_seen(&mut self, errand: &Errand, answered: &Answered) -> Decision<Option<Failure>> {
        let known = self.order_row(&errand.chat_id)?.filter(|row| !row.order_number.is_empty());
        let Some(known) = known else {
            self.chore_over(errand);
            return Ok(None);
        };
        let is_fbo = errand.chore == Chore::FboOrder;
        let page = if is_fbo { posting_fbo_list::read(answered) } else { posting_fbs_list::read(answered) };
        let postings: Vec<Posting> = match page {
            Ok(page) => page.postings.into_iter().filter(|posting| is_of(posting, &known.order_number)).collect(),
            Err(failure) => {
                let is_old = known.looked_at.is_some_and(|at| self.now.since_ms(at) > OZON_ORDER_HOLDS_MS);
                let is_refused = matches!(failure, Failure::Refused(_));
                if !known.is_final && (is_old || is_refused) {
                    self.keep_order(&known, &OrderRow { scheme: None, ..known.clone() })?;
                }
                if is_refused {
                    // The key may not see orders, or Ozon does not know this one. Nothing depends on it.
                    self.chore_over(errand);
                    return Ok(None);
                }
                return Ok(Some(failure));
            }
        };
        let mut row = OrderRow { looked_at: Some(self.now), ..known.clone() };
        if postings.is_empty() && !is_fbo {
            self.chore_over(errand);
            self.ask_for(Chore::FboOrder, &known.chat_id, self.now);
            return Ok(None);
        }
        if is_fbo {
            // Nothing but the buyer's own message opens its chat.
            row.scheme = Some(Scheme::Fbo).filter(|_| !postings.is_empty());
            row.is_final = row.scheme.is_some();
            self.keep_order(&known, &row)?;
            self.chore_over(errand);
            return Ok(None);
        }
        let is_own = postings.iter().all(|posting| posting.tpl_integration_type == CARRIED_BY_MERCHANT);
        row.scheme = Some(if is_own { Scheme::Rfbs } else { Scheme::Fbs });
        row.paid_at = postings.iter().filter_map(|posting| posting.in_process_at).max();
        let kept: Vec<&Posting> = postings.iter().filter(|posting| !posting.status.starts_with("cancelled")).collect();
        let delivered = kept.iter().filter(|posting| posting.status == "delivered").count();
        row.is_final = delivered == kept.len();
        if delivered > 0 && kept.len() == 1 && row.delivered_at.is_some() {
            row.delivered_by = row.delivered_at;
        } else if delivered > 0 && !(known.is_final && known.delivered_by.is_some()) {
            // It says that it was, and not when: some time before now.
            row.delivered_by = Some(self.now);
        }
        if row.is_final {
            self.keep_order(&known, &row)?;
            self.chore_over(errand);
            return Ok(None);
        }
        let follow_until = row.paid_at.unwrap_or(self.now).plus_ms(OZON_ORDER_FOLLOW_MS);
        if self.now >= follow_until {
            // It may be delivered unseen from here on.
            self.keep_order(&known, &OrderRow { scheme: None, ..row })?;
            self.chore_over(errand);
            return Ok(None);
        }
        let wrote_at = self.user_wrote_at(&known.chat_id)?;
        let open_until = row.order().and_then(|order| order.window(self.now, wrote_at).until);
        self.keep_order(&known, &row)?;
        let look = self.now.plus_ms(OZON_ORDER_LOOK_MS);
        self.go_on(errand, None, open_until.map_or(look, |until| until.max(look)).min(follow_until));
        Ok(None)
    }

    /// Refuses what is written to a chat that is surely closed.
    pub(super) fn require_open_window(&self, chat: &ChatRow) -> Decision {
        let Some(row) = chat.external_id.as_deref().map(|chat_id| self.order_row(chat_id)).transpose()?.flatten()
        else {
            return Ok(());
        };
        match self.row_surely_closed(&row)? {
            Some(window) => Err(Refused::new(closed_code(window), closed_words(window))),
            None => Ok(()),
        }
    }

    /// The window of a posting, if it is surely closed; nothing of one that no chat here is about.
    pub(super) fn posting_surely_closed(&self, posting_number: &str) -> Decision<Option<Window>> {
        let mut closed = None;
        for row in self.orders_of_posting(posting_number)? {
            closed = self.row_surely_closed(&row)?;
            if closed.is_none() {
                break;
            }
        }
        Ok(closed)
    }

    fn row_surely_closed(&self, row: &OrderRow) -> Decision<Option<Window>> {
        let holds = row.is_final || row.looked_at.is_some_and(|at| self.now.since_ms(at) <= OZON_ORDER_HOLDS_MS);
        let Some(order) = row.order().filter(|_| holds) else { return Ok(None) };
        // What is being read may be the buyer's.
        let statement = "SELECT 1 FROM chores WHERE kind = ? AND chat_id = ?";
        if self.sql.first(statement, &[Chore::Catch.as_str().into(), row.chat_id.as_str().into()])?.is_some() {
            return Ok(None);
        }
        Ok(order.surely_closed(self.now, self.user_wrote_at(&row.chat_id)?))
    }

    fn user_wrote_at(&self, chat_id: &str) -> Decision<Option<Timestamp>> {
        let row = self.sql.first(
            "SELECT MAX(created_at) FROM (SELECT created_at FROM messages WHERE side = 'user' AND user_id = (
               SELECT user_id FROM chats WHERE source = 'ozon' AND external_id = ?) ORDER BY message_id DESC LIMIT ?)",
            &[chat_id.into(), LAST_MESSAGES.into()],
        )?;
        Ok(row.map(|row| row.optional_integer(0)).transpose()?.flatten().map(Timestamp))
    }

    fn orders_of_posting(&self, posting_number: &str) -> Decision<Vec<OrderRow>> {
        let Some((order_number, _)) = posting_number.rsplit_once('-').filter(|(number, _)| !number.is_empty()) else {
            return Ok(Vec::new());
        };
        let statement = format!("SELECT {COLUMNS} FROM ozon_orders WHERE order_number = ? LIMIT ?");
        let rows = self.sql.query(&statement, &[order_number.into(), OZON_ORDER_CHATS_MAX.into()])?;
        rows.iter().map(OrderRow::read).collect()
    }

    fn order_row(&self, chat_id: &str) -> Decision<Option<OrderRow>> {
        let statement = format!("SELECT {COLUMNS} FROM ozon_orders WHERE chat_id = ?");
        self.sql.first(&statement, &[chat_id.into()])?.as_ref().map(OrderRow::read).transpose()
    }

    /// Keeps what is known now, and tells of it if it is news.
    fn keep_order(&mut self, known: &OrderRow, row: &OrderRow) -> Decision {
        if known == row {
            return Ok(());
        }
        self.write_all(
            "UPDATE ozon_orders SET order_number = ?, scheme = ?, paid_at = ?, delivered_at = ?, delivered_by = ?,
             is_final = ?, looked_at = ? WHERE chat_id = ?",
            vec![
                row.order_number.as_str().into(),
                row.scheme.map(Scheme::as_str).into(),
                row.paid_at.map(|at| at.0).into(),
                row.delivered_at.map(|at| at.0).into(),
                row.delivered_by.map(|at| at.0).into(),
                row.is_final.into(),
                row.looked_at.map(|at| at.0).into(),
                row.chat_id.as_str().into(),
            ],
        );
        let order = row.order();
        if order != known.order()
            && let Some(chat) = self.chat_at(source::OZON, &row.chat_id)?
        {
            self.publish(&Event::OrderUpdated(OrderUpdated { user_id: chat.user_id, order }))?;
        }
        Ok(())
    }
}

/// The code of a closed window.
pub(super) fn closed_code(window: Window) -> Code {
    match window.reason {
        Reason::BuyerFirst => Code::UpstreamStartNotAllowed,
        _ => Code::UpstreamWindowClosed,
    }
}

fn closed_words(window: Window) -> String {
    let (reason, words) = (window.reason.as_str(), window.reason.english());
    match window.until {
        Some(until) => format!("{reason}: {words}; it was open until {}", until.to_rfc3339()),
        None => format!("{reason}: {words}"),
    }
}

/// Whether a text can be an order's number.
fn is_order_number(text: &str) -> bool {
    (1..=OZON_ORDER_NUMBER_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_of(posting: &Posting, order_number: &str) -> bool {
    posting.order_number == order_number
        || posting.posting_number.rsplit_once('-').is_some_and(|(number, _)| number == order_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orders_number_is_one_up_to_its_limit_and_none_past_it() {
        let digits = |count: usize| is_order_number(&"7".repeat(count));
        assert_eq!(
            [0, 1, OZON_ORDER_NUMBER_BYTES_MAX, OZON_ORDER_NUMBER_BYTES_MAX + 1].map(digits),
            [false, true, true, false]
        );
        assert!(is_order_number("0136123457-0001") && !is_order_number("1 OR 1=1") && !is_order_number("заказ"));
    }
}
