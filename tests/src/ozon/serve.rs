//! Accepting connections. Not the web framework's own loop, because that one cannot close a line without an answer.

use std::io;
use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Marks a response that is to be replaced by a closed connection.
#[derive(Clone, Copy)]
pub(crate) struct Cut;

impl Cut {
    pub(crate) fn response() -> Response {
        let mut response = Body::empty().into_response();
        response.extensions_mut().insert(Self);
        response
    }
}

/// Marks a request with where it comes from.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Serves until it is dropped, and every connection with it.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    connections.spawn(connection(stream, Peer(from.ip()), router.clone()));
                }
                // Out of descriptors or a client that gave up at once: the next one may do better.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, peer: Peer, router: Router) {
    let inner = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        let answer = inner.call(request);
        async move {
            let Ok(response) = answer.await;
            match response.extensions().get::<Cut>() {
                Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    // How a connection ends is the caller's affair: there is nobody here to tell.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}
