//! A socket that is refused is opened, told why, and closed with a code that says whether to come back.

use serde_json::json;
use shared::close;
use shared::problem::Code;
use shared::route::{EVENTS, SUBPROTOCOL, WIDGET_SOCKET};
use tests::world::{ORIGIN, Socket, World, browser_request, request, until};
use tokio_tungstenite::tungstenite::handshake::client::Request;

use crate::tokens::{expired_token, forged};

/// Fails unless a socket is refused in full: opened, told why in one frame, closed with the code that goes with it.
async fn assert_refused(request: Request, code: Code) {
    let mut socket = Socket::open(request).await;
    let error = socket.event("error").await;
    assert_eq!(error["data"]["code"], code.as_str(), "{error}");
    assert!(error["data"]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{error}");
    let (closed, reason) = socket.closed().await;
    assert_eq!((closed, reason.as_str()), (close::code_of(code), code.as_str()));
    assert_eq!(socket.texts().len(), 1, "{:#?}", socket.texts());
}

#[tokio::test]
async fn a_socket_is_refused_with_an_error_and_a_close_code() {
    let world = World::shared().await;
    let shop = world.organization("socket").await;
    let (operator, visitor) = (shop.operator("Анна").await, shop.visitor().await);
    let expired = expired_token(&shop).await;
    let [bad_signature, bad_claims] = forged(&operator);
    let bearer = |path: &str, token: Option<&str>, origin| request(world.url(), path, "", token, origin);
    let rows = [
        (bearer(EVENTS, None, None), Code::Unauthorized),
        (bearer(EVENTS, Some("garbage"), None), Code::Unauthorized),
        (bearer(EVENTS, Some(&bad_signature), None), Code::Unauthorized),
        (bearer(EVENTS, Some(&bad_claims), None), Code::Unauthorized),
        (bearer(EVENTS, Some(&expired), None), Code::TokenExpired),
        (bearer(EVENTS, Some(&visitor.token), None), Code::Forbidden),
        (bearer(WIDGET_SOCKET, Some(&operator), Some(ORIGIN)), Code::Forbidden),
        (bearer(WIDGET_SOCKET, None, Some(ORIGIN)), Code::Unauthorized),
        // A good token that was carried to another page opens nothing.
        (bearer(WIDGET_SOCKET, Some(&visitor.token), Some("https://evil.example")), Code::OriginNotAllowed),
        (bearer(WIDGET_SOCKET, Some(&visitor.token), None), Code::OriginNotAllowed),
        // The same for browsers, whose token is a subprotocol.
        (browser_request(world.url(), EVENTS, "", &visitor.token, ORIGIN), Code::Forbidden),
        (browser_request(world.url(), WIDGET_SOCKET, "", "garbage", ORIGIN), Code::Unauthorized),
        (
            browser_request(world.url(), WIDGET_SOCKET, "", &visitor.token, "https://evil.example"),
            Code::OriginNotAllowed,
        ),
    ];
    for (request, code) in rows {
        assert_refused(request, code).await;
    }
    assert_eq!(close::code_of(Code::Forbidden), 4403);

    // A plain request to a socket's path gets a problem.
    world.http().get(EVENTS).await.expect_problem(Code::Unauthorized);
    shop.api(&operator).get(EVENTS).await.expect_problem(Code::Invalid);
    shop.api(&operator).get(WIDGET_SOCKET).await.expect_problem(Code::Forbidden);
}

#[tokio::test]
async fn a_browsers_socket_answers_with_its_subprotocol_and_without_the_token() {
    let world = World::shared().await;
    let shop = world.organization("subprotocol").await;
    let visitor = shop.visitor().await;
    for token in [visitor.token.as_str(), "garbage"] {
        let request = browser_request(world.url(), WIDGET_SOCKET, "", token, ORIGIN);
        let (_, response) = tokio_tungstenite::connect_async(request).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
        assert!(!format!("{:?}", response.headers()).contains(token));
    }
}

#[tokio::test]
async fn a_token_that_expires_on_an_open_socket_ends_it_with_the_next_action() {
    let shop = World::shared().await.organization("expiry").await;
    let token = shop.token("operator", "Анна", 2).await;
    let mut socket = shop.events(&token).await;
    socket.event("welcome").await;
    let api = shop.api(&token);
    until("the token's end", async || (api.get("/v1/chats").await.status == 401).then_some(())).await;
    assert_eq!(socket.ask(json!({"action": "chats"})).await.unwrap_err()["code"], "token_expired");
    assert_eq!(socket.closed().await.0, close::UNAUTHORIZED);
}
