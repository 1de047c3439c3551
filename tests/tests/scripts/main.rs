//! The scripts of widget and playground without a browser. The sharing of one socket by several tabs (widget/js/tabs.js) has the browser's part
//! played: locks, channels, sockets. What real tabs do is in browser_outbox.rs; here are the moments that a real browser cannot
//! be brought to.

use std::process::Command;

use tests::world::place;

#[test]
fn tabs_share_one_socket_and_hand_it_on() {
    run("tabs.mjs");
}

#[test]
fn links_and_markdown_are_found_and_nothing_else_is() {
    run("rich.mjs");
}

#[test]
fn the_parts_that_come_after_the_panel_decide_well() {
    run("more.mjs");
}

#[test]
fn hours_forms_triggers_and_what_the_page_knows_are_judged_well() {
    run("around.mjs");
}

#[test]
fn the_playground_writes_the_tag_and_tells_what_is_wrong() {
    run("tag.mjs");
}

fn run(name: &str) {
    let script = place::root().join("tests/tests/scripts").join(name);
    let played = Command::new(place::node_bin().join("node")).arg(script).output().expect("node");
    let told = [played.stdout, played.stderr].concat();
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&told));
}
