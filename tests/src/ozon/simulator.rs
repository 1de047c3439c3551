//! A simulator within the process that asks for it; ends when it is dropped.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::control::{self, client::Control};
use super::market::Market;
use super::options::Options;
use super::push::delivery::Outcome;
use super::push::types::PushType;
use super::push::{check, courier};
use super::{demo, serve};

/// A running marketplace. Every control call is a method of it, by way of [`Control`].
pub struct Simulator {
    control: Control,
    market: Arc<Market>,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Opens the state, listens, resumes the pushes that were on their way.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((options.host.as_str(), options.port)).await?;
        let url = format!("http://{}", reachable(&options.host, listener.local_addr()?.port()));
        let control = Control::at(&url).map_err(io::Error::other)?;
        let (market, due) = Market::open(options, url)?;

        market.spawn(courier::run(Arc::clone(&market), due));
        resume_pushes(&market);
        if market.options().demo {
            market.spawn(demo::run(Arc::clone(&market)));
        }
        let server = tokio::spawn(serve::serve(listener, control::router(Arc::clone(&market))));
        Ok(Self { control, market, server })
    }

    /// Ends it and waits until its port is free.
    pub async fn stop(mut self) {
        self.market.end_tasks();
        self.server.abort();
        // The outcome of a task that was told to end says nothing.
        let _ = (&mut self.server).await;
    }
}

/// What was not delivered before the restart is due now; a URL from the options takes the place of the kept one.
fn resume_pushes(market: &Arc<Market>) {
    let given = market.options().push.clone();
    let now_ms = market.now_ms();
    let unchecked: Vec<u64> = market.change(|shop| {
        if let Some(given) = given.filter(|given| shop.endpoints.iter().all(|endpoint| endpoint.url != *given)) {
            shop.endpoints.clear();
            shop.add_endpoint(given, PushType::ALL.into(), now_ms);
        }
        let unchecked = shop.endpoints.iter().filter(|endpoint| !endpoint.is_active && !endpoint.is_suspended);
        unchecked.map(|endpoint| endpoint.id).collect()
    });
    for id in unchecked {
        market.spawn(check::recheck(Arc::clone(market), id));
    }
    let pending: Vec<u64> = market.read(|shop| {
        let pending = shop.deliveries.iter().filter(|delivery| delivery.outcome == Outcome::Pending);
        pending.map(|delivery| delivery.id).collect()
    });
    for id in pending {
        market.push_is_due(id);
    }
}

/// An address that a client of this machine can use, also when the simulator listens on all of them.
fn reachable(host: &str, port: u16) -> String {
    match host {
        "0.0.0.0" | "::" => format!("127.0.0.1:{port}"),
        host if host.contains(':') => format!("[{host}]:{port}"),
        host => format!("{host}:{port}"),
    }
}

impl Deref for Simulator {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.market.end_tasks();
        self.server.abort();
    }
}
