//! The lines of the log in the DOM. Each keeps its element for as long as it is shown, so that a selection, a screen
//! reader's place and the scroll position outlive every event; and only a line that has changed is looked at.
//!
//! Leptos' own `For` keeps elements by key, too, but never draws a kept one again; its plain lists draw all of them.

use tachys::view::Mountable;
use tachys::view::{Render, any_view::AnyView};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use crate::store::Line;

/// The lines that are shown.
#[derive(Default)]
pub struct Rows {
    rows: Vec<Row>,
}

struct Row {
    line: Line,
    state: <AnyView as Render>::State,
    element: Option<HtmlElement>,
}

impl Rows {
    /// The lines with their elements.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Line, &HtmlElement)> {
        self.rows.iter().filter_map(|row| Some((&row.line, row.element.as_ref()?)))
    }

    /// Makes `parent` show `lines`.
    pub fn show(&mut self, parent: &HtmlElement, lines: &[Line], draw: impl Fn(&Line) -> AnyView) {
        let mut before = std::mem::take(&mut self.rows);
        for line in lines {
            // Lines come and go at the ends, so the first of those left is nearly always the one.
            let row = match before.iter().position(|row| row.line.key == line.key) {
                Some(index) => {
                    let mut row = before.remove(index);
                    if row.line != *line {
                        draw(line).rebuild(&mut row.state);
                        row.line.clone_from(line);
                    }
                    row
                }
                None => {
                    let state = draw(line).build();
                    let element = state.elements().into_iter().next().map(JsCast::unchecked_into);
                    Row { line: line.clone(), state, element }
                }
            };
            self.rows.push(row);
        }
        for mut gone in before {
            gone.state.unmount();
        }
        let mut place: Option<Node> = parent.first_child();
        for row in &mut self.rows {
            let node = row.element.as_ref().map(AsRef::<Node>::as_ref);
            if node.is_some() && node == place.as_ref() {
                place = place.and_then(|node| node.next_sibling());
            } else {
                row.state.mount(parent, place.as_ref());
            }
        }
    }
}
