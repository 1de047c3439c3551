//! The door of this isolate: limits on how often, before an organization wakes.

use std::cell::RefCell;

use relay_core::metrics::Counter;
use relay_core::policy::door::{Door, Refusal};
use shared::problem::Problem;
use shared::token::Claims;
use worker::{Env, Request};

use crate::{address, clock, config, log, metrics};

thread_local! {
    static DOOR: RefCell<Door> = RefCell::default();
}

type Outcome = Result<(), Problem>;

/// Any request.
pub fn request(request: &Request, env: &Env) -> Outcome {
    let (factor, address) = (config::rate_factor(env), address::of(request, env));
    told(DOOR.with_borrow_mut(|door| door.request(clock::now(), factor, address)))
}

/// A request that makes a new visitor.
pub fn new_session(request: &Request, env: &Env) -> Outcome {
    let (factor, address) = (config::rate_factor(env), address::of(request, env));
    told(DOOR.with_borrow_mut(|door| door.new_session(clock::now(), factor, address)))
}

/// A request with a token that was checked.
pub fn holder(env: &Env, claims: &Claims) -> Outcome {
    let factor = config::rate_factor(env);
    told(DOOR.with_borrow_mut(|door| door.holder(clock::now(), factor, claims)))
}

/// A request to an organization without a token.
pub fn stranger(env: &Env, organization: &str) -> Outcome {
    let factor = config::rate_factor(env);
    told(DOOR.with_borrow_mut(|door| door.stranger(clock::now(), factor, organization)))
}

fn told(outcome: Result<(), Refusal>) -> Outcome {
    outcome.map_err(|(limit, problem)| {
        metrics::count_by(Counter::Limited, &[("limit", limit.as_str())]);
        log::write(log::warning("limited").word("limit", limit.as_str()));
        problem
    })
}
