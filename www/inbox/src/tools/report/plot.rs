//! A chart as it stands on the page: drawn as wide as there is room, each day within reach of a mouse and of the arrow keys.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::svg;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver, SvgElement};

use super::chart::{Chart, Slot, Unit};
use crate::text;

/// Before the page is laid out: what a phone has.
const WIDTH: f64 = 320.0;

/// One of the figures that are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: &'static str,
    /// Its colour.
    pub class: &'static str,
}

/// `names` and `short` are the days' names; `days` has the figures of each, and what they are in words.
#[component]
pub fn Plot(
    id: &'static str,
    title: &'static str,
    unit: Unit,
    series: Vec<Series>,
    names: Vec<String>,
    short: Vec<String>,
    days: Vec<(Vec<Option<i64>>, String)>,
) -> impl IntoView {
    let room = NodeRef::<Div>::new();
    let width = RwSignal::new(WIDTH);
    Effect::new(move |_| {
        let room = room.get()?;
        let seen = room.clone();
        Some(Widths::of(&room, move || width.set(f64::from(seen.client_width()))))
    });
    let count = days.len();
    // The day that the keys are at: one stop of the tab key, however many days there are.
    let at = RwSignal::new(count.saturating_sub(1));
    let is_told = RwSignal::new(false);
    let (values, words): (Vec<_>, Vec<String>) = days.into_iter().unzip();
    let told: Vec<String> = names.iter().zip(&words).map(|(name, words)| format!("{name}: {words}")).collect();
    let readout = {
        let told = told.clone();
        move || if is_told.get() { told.get(at.get()).cloned().unwrap_or_default() } else { String::new() }
    };
    let label = move |value: i64| match unit {
        Unit::Count => value.to_string(),
        Unit::Time => text::report::duration(value),
    };
    let chart = Memo::new(move |_| Chart::of(&values, unit, width.get(), text::report::SHORT_DAY_CHARS, label));
    let bars = NodeRef::<svg::G>::new();
    let keys = move |event: KeyboardEvent| {
        let now = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowRight" => now.saturating_add(1).min(count.saturating_sub(1)),
            "Home" => 0,
            "End" => count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        at.set(to);
        let slot = bars.get_untracked().and_then(|bars| bars.children().item(to as u32));
        if let Some(slot) = slot.and_then(|slot| slot.dyn_into::<SvgElement>().ok()) {
            let _ = slot.focus();
        }
    };
    let classes: Vec<&'static str> = series.iter().map(|series| series.class).collect();
    let slots = move || {
        let chart = chart.get();
        let (floor, top) =
            (chart.lines.first().map_or(0.0, |line| line.y), chart.lines.last().map_or(0.0, |line| line.y));
        let slot = |(index, slot): (usize, Slot)| {
            let Slot { x, width, pieces, .. } = slot;
            let classes = &classes;
            let pieces = pieces.into_iter().map(|piece| {
                let class = classes.get(piece.series).copied().unwrap_or_default();
                view! { <rect class=class x=piece.x y=piece.y width=piece.width height=piece.height></rect> }
            });
            let tell = move || {
                at.set(index);
                is_told.set(true);
            };
            view! {
                <g
                    class="slot"
                    role="img"
                    aria-label=told.get(index).cloned().unwrap_or_default()
                    tabindex=move || if at.get() == index { "0" } else { "-1" }
                    on:focus=move |_| tell()
                    on:mouseenter=move |_| tell()
                    on:click=move |_| tell()
                >
                    <rect class="place" x=x y=top width=width height=floor - top></rect>
                    {pieces.collect_view()}
                </g>
            }
        };
        chart.slots.into_iter().enumerate().map(slot).collect_view()
    };
    let axis = move || {
        let Chart { width, left, lines, .. } = chart.get();
        let line = |line: super::chart::Line| {
            view! {
                <line x1=left y1=line.y x2=width y2=line.y></line>
                <text x=left - 8.0 y=line.y + 4.0 text-anchor="end">{line.label}</text>
            }
        };
        lines.into_iter().map(line).collect_view()
    };
    let day_names = move || {
        let Chart { names_y, slots, width, .. } = chart.get();
        let named = slots.into_iter().zip(&short).filter(|(slot, _)| slot.is_named);
        let name = |(slot, name): (Slot, &String)| {
            let middle = slot.x + slot.width / 2.0;
            // The last of many is narrow: its name ends where the chart does.
            let half = name.chars().count() as f64 * 3.5;
            let (x, anchor) = if middle + half > width { (width, "end") } else { (middle, "middle") };
            view! { <text x=x y=names_y text-anchor=anchor>{name.clone()}</text> }
        };
        named.map(name).collect_view()
    };
    let legend = move |series: Series| {
        view! {
            <li>
                <span class=format!("swatch {}", series.class) aria-hidden="true"></span>
                {series.name}
            </li>
        }
    };
    view! {
        <figure class="plot" id=id aria-labelledby=format!("{id}-title")>
            <figcaption>
                <h2 id=format!("{id}-title")>{title}</h2>
                <ul class="legend">{series.into_iter().map(legend).collect_view()}</ul>
            </figcaption>
            <div class="room" node_ref=room>
                <svg
                    role="group"
                    aria-label=format!("{title}. {}", text::report::KEYS)
                    viewBox=move || chart.with(|chart| format!("0 0 {} {}", chart.width, chart.height))
                    width=move || chart.with(|chart| chart.width)
                    height=move || chart.with(|chart| chart.height)
                    on:keydown=keys
                    on:mouseleave=move |_| is_told.set(false)
                    on:focusout=move |_| is_told.set(false)
                >
                    <g class="axis" aria-hidden="true">{axis}</g>
                    <g class="axis" aria-hidden="true">{day_names}</g>
                    <g class="bars" node_ref=bars>{slots}</g>
                </svg>
            </div>
            // What the bar itself says to a screen reader.
            <p class="readout" aria-hidden="true">{readout}</p>
        </figure>
    }
}

/// Tells when the room has become wider or narrower, for as long as it is kept.
struct Widths {
    observer: Option<ResizeObserver>,
    _callback: Closure<dyn FnMut()>,
}

impl Widths {
    fn of(element: &HtmlElement, changed: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(changed);
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _callback: callback }
    }
}

impl Drop for Widths {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
