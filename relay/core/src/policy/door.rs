//! Who may come in how often, decided before an organization wakes. One of these stands in each of the runtime's isolates:
//! alone on a server that is one, on Cloudflare it is one in every place that people come from, so there a sender who
//! spreads over places may come as often in each.

use shared::limits::{
    ADDRESS_REQUESTS, DOOR_KEYS_MAX, NEW_SESSIONS_ADDRESS, ORGANIZATION_REQUESTS, ORGANIZATION_STRANGERS, Rate,
    STAFF_REQUESTS, VISITOR_REQUESTS,
};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::Claims;

use super::address::Address;
use super::rate::scaled;
use super::table::Table;

/// What was asked for too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Requests of one address.
    Address,
    /// New visitors of one address.
    NewSessions,
    /// Requests with one visitor's or holder's token.
    Holder,
    /// Requests with tokens of one organization.
    Organization,
    /// Requests to one organization without a token: sessions and notifications.
    Strangers,
}

impl Limit {
    /// Its name in logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::NewSessions => "new_sessions",
            Self::Holder => "holder",
            Self::Organization => "organization",
            Self::Strangers => "strangers",
        }
    }
}

/// A refusal and the limit it is for.
pub type Refusal = (Limit, Problem);

/// The buckets of one isolate.
#[derive(Debug)]
pub struct Door {
    addresses: Table<Address>,
    new_sessions: Table<Address>,
    holders: Table<(String, String)>,
    organizations: Table<String>,
    strangers: Table<String>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            addresses: Table::new(DOOR_KEYS_MAX),
            new_sessions: Table::new(DOOR_KEYS_MAX),
            holders: Table::new(DOOR_KEYS_MAX),
            organizations: Table::new(DOOR_KEYS_MAX),
            strangers: Table::new(DOOR_KEYS_MAX),
        }
    }
}

impl Door {
    /// Any request. `factor` makes every limit so many times as generous.
    ///
    /// # Errors
    /// If its address has asked too often.
    pub fn request(&mut self, now: Timestamp, factor: i64, address: Option<Address>) -> Result<(), Refusal> {
        let taken = self.addresses.take(sender(address), now, scaled(ADDRESS_REQUESTS, factor));
        refused(Limit::Address, taken, "too many requests from this address")
    }

    /// A request that makes a new visitor.
    ///
    /// # Errors
    /// If its address has made too many.
    pub fn new_session(&mut self, now: Timestamp, factor: i64, address: Option<Address>) -> Result<(), Refusal> {
        let taken = self.new_sessions.take(sender(address), now, scaled(NEW_SESSIONS_ADDRESS, factor));
        refused(Limit::NewSessions, taken, "too many new visitors from this address")
    }

    /// A request with a token that was checked.
    ///
    /// # Errors
    /// If its holder, or the organization as a whole, has asked too often.
    pub fn holder(&mut self, now: Timestamp, factor: i64, claims: &Claims) -> Result<(), Refusal> {
        // A visitor is one however many tokens they got; the members of staff are told apart by theirs.
        let (holder, rate): (String, Rate) = if claims.role.is_staff() {
            (claims.jti.clone(), STAFF_REQUESTS)
        } else {
            (claims.sub.to_string(), VISITOR_REQUESTS)
        };
        let taken = self.holders.take((claims.org.clone(), holder), now, scaled(rate, factor));
        refused(Limit::Holder, taken, "too many requests with this token")?;
        let taken = self.organizations.take(claims.org.clone(), now, scaled(ORGANIZATION_REQUESTS, factor));
        refused(Limit::Organization, taken, "too many requests to this organization")
    }

    /// A request to an organization by somebody who has no token. Counted apart from those who have one: whoever knows no
    /// more than an organization's id must not be able to shut its people out.
    ///
    /// # Errors
    /// If strangers have asked too often.
    pub fn stranger(&mut self, now: Timestamp, factor: i64, organization: &str) -> Result<(), Refusal> {
        let taken = self.strangers.take(organization.to_owned(), now, scaled(ORGANIZATION_STRANGERS, factor));
        refused(Limit::Strangers, taken, "too many requests to this organization")
    }
}

fn sender(address: Option<Address>) -> Address {
    address.map_or_else(Address::unknown, Address::sender)
}

fn refused(limit: Limit, taken: Result<(), i64>, detail: &str) -> Result<(), Refusal> {
    taken.map_err(|ms| (limit, Problem::later(Code::RateLimited, detail, ms)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use shared::token::Role;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn address(last: u32) -> Option<Address> {
        Address::parse(&format!("203.0.{}.{}", last / 256, last % 256))
    }

    fn claims(role: Role, sub: i64, jti: &str) -> Claims {
        serde_json::from_value(serde_json::json!({
            "org": "acme", "role": role, "sub": sub, "name": "", "iat": 0, "exp": 9, "jti": jti,
        }))
        .unwrap()
    }

    /// How many of them go through at once, and that the next one is told to wait for no longer than one token takes.
    fn admitted(rate: Rate, mut ask: impl FnMut() -> Result<(), Refusal>, limit: Limit) {
        for n in 0..rate.burst {
            assert_eq!(ask(), Ok(()), "number {n} of {}", rate.burst);
        }
        let (which, problem) = ask().unwrap_err();
        assert_eq!((which, problem.code), (limit, Code::RateLimited));
        let wait = problem.retry_after_ms.unwrap();
        assert!((1..=rate.every_ms).contains(&wait), "{wait}");
    }

    #[test]
    fn each_limit_holds_at_its_burst_and_refuses_one_past_it() {
        let mut door = Door::default();
        admitted(ADDRESS_REQUESTS, || door.request(NOW, 1, address(7)), Limit::Address);
        admitted(NEW_SESSIONS_ADDRESS, || door.new_session(NOW, 1, address(7)), Limit::NewSessions);
        let visitor = claims(Role::Visitor, -7, "t1");
        admitted(VISITOR_REQUESTS, || door.holder(NOW, 1, &visitor), Limit::Holder);
        let operator = claims(Role::Operator, 0, "t2");
        admitted(STAFF_REQUESTS, || door.holder(NOW, 1, &operator), Limit::Holder);
        admitted(ORGANIZATION_STRANGERS, || door.stranger(NOW, 1, "acme"), Limit::Strangers);
        let mut door = Door::default();
        let mut sub = 0;
        let crowd = || {
            sub -= 1;
            door.holder(NOW, 1, &claims(Role::Visitor, sub, "t"))
        };
        admitted(ORGANIZATION_REQUESTS, crowd, Limit::Organization);
    }

    #[test]
    fn nobody_pays_for_somebody_else() {
        let mut door = Door::default();
        while door.request(NOW, 1, address(7)).is_ok() {}
        assert_eq!(door.request(NOW, 1, address(8)), Ok(()));
        let (one, other) = (claims(Role::Visitor, -7, "t1"), claims(Role::Visitor, -8, "t2"));
        while door.holder(NOW, 1, &one).is_ok() {}
        assert_eq!(door.holder(NOW, 1, &other), Ok(()));
        assert!(door.holder(NOW, 1, &claims(Role::Visitor, -7, "another")).is_err(), "a new token is no new visitor");
        while door.stranger(NOW, 1, "acme").is_ok() {}
        assert_eq!(door.holder(NOW, 1, &other), Ok(()), "strangers do not shut the organization's people out");
        assert_eq!(door.stranger(NOW, 1, "another"), Ok(()));
    }

    #[test]
    fn those_without_an_address_are_counted_together() {
        let mut door = Door::default();
        while door.request(NOW, 1, None).is_ok() {}
        assert_eq!(door.request(NOW, 1, address(7)), Ok(()));
    }
}
