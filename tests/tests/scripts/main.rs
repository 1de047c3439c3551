//! The sharing of one socket by several tabs (widget/js/tabs.js), with the browser's part played: locks, channels, sockets.
//! What real tabs do is in browser_outbox.rs; here are the moments that a real browser cannot be brought to.

use std::process::Command;

use tests::world::place;

#[test]
fn tabs_share_one_socket_and_hand_it_on() {
    let script = place::root().join("tests/tests/tabs/tabs.mjs");
    let played = Command::new(place::node_bin().join("node")).arg(script).output().expect("node");
    let told = [played.stdout, played.stderr].concat();
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&told));
}
