//! A file in one of Ozon's chats: a picture in its place, or a row to save by. Ozon gives it to holders of the merchant's key
//! only, so it comes by way of the relay, for the operator's token, and is shown from memory.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat_file::PREFIX;
use shared::problem::Code;
use shared::route::OZON;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, Url};

use crate::desk::Desk;
use crate::ozon_text::File;
use crate::text;

/// How far from being seen a picture is asked for: about as far as one scrolls while it comes.
const NEAR: &str = "400px";

/// As what pictures come (the relay lets no others through as pictures).
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Asleep,
    Loading,
    Here,
    Failed(Option<Code>),
}

/// The bytes under an address of this page's, until it is dropped.
struct Held {
    url: String,
    is_picture: bool,
}

impl Held {
    fn of(blob: &Blob) -> Option<Self> {
        let is_picture = PICTURES.contains(&blob.type_().as_str());
        // What is no picture is bytes to be saved: the address is of this page's own origin.
        let plain = || blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), "application/octet-stream").ok();
        let blob = if is_picture { blob.clone() } else { plain()? };
        Some(Self { url: Url::create_object_url_with_blob(&blob).ok()?, is_picture })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.url);
    }
}

#[component]
pub fn OzonFileView(file: File) -> impl IntoView {
    let desk = Desk::here();
    let state = RwSignal::new(State::Asleep);
    // Goes with the view, and the bytes with it.
    let held: StoredValue<Option<Held>, LocalStorage> = StoredValue::new_local(None);
    let is_shown = RwSignal::new(file.is_picture);
    let wants_save = StoredValue::new(false);
    let file = StoredValue::new(file);
    let put =
        move || held.with_value(|held| held.as_ref().map(|held| file.with_value(|file| save(&held.url, &file.name))));
    let load = move || {
        if matches!(state.get_untracked(), State::Loading | State::Here) {
            return;
        }
        state.set(State::Loading);
        let path = file.with_value(|file| [OZON, PREFIX, &file.path].concat());
        spawn_local(async move {
            let answer = desk.fetch(&path).await;
            let (next, got) = match answer.map(|blob| Held::of(&blob)) {
                Ok(Some(got)) => (State::Here, Some(got)),
                Ok(None) => (State::Failed(None), None),
                Err(refusal) => (State::Failed(refusal.code), None),
            };
            let is_picture = got.as_ref().is_some_and(|held| held.is_picture);
            // If the view is gone, so are the bytes: what could not be set is dropped.
            if held.try_set_value(got).is_some() {
                return;
            }
            if next == State::Here && !is_picture {
                is_shown.set(false);
            }
            state.set(next);
            if next == State::Here && wants_save.get_value() {
                put();
            }
            wants_save.set_value(false);
        });
    };
    let take = move || {
        if put().is_none() {
            wants_save.set_value(true);
            load();
        }
    };
    move || {
        if is_shown.get() { picture(file, state, held, load, take, is_shown) } else { row(file, state, take) }
    }
}

fn picture(
    file: StoredValue<File>,
    state: RwSignal<State>,
    held: StoredValue<Option<Held>, LocalStorage>,
    load: impl Fn() + Copy + Send + 'static,
    take: impl Fn() + Copy + Send + 'static,
    is_shown: RwSignal<bool>,
) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let name = move || file.with_value(|file| file.name.clone());
    let url = move || held.with_value(|held| held.as_ref().map(|held| held.url.clone()));
    let is_open = RwSignal::new(false);
    Effect::new(move |_| frame.get().and_then(|frame| Nearness::of(&frame, load)));
    view! {
        // It has its place from the first moment on, whatever comes.
        <div class="photo" node_ref=frame>
            {move || match state.get() {
                State::Asleep | State::Loading => view! {
                    <div class="loading" role="status"><i></i><i></i><i></i><span class="sr">{text::LOADING_PHOTO}</span></div>
                }
                .into_any(),
                State::Here => view! {
                    <button type="button" class="pic" aria-label=name on:click=move |_| is_open.set(true)>
                        <img src=url alt="" on:error=move |_| is_shown.set(false)/>
                    </button>
                }
                .into_any(),
                State::Failed(code) => trouble(code, load),
            }}
        </div>
        {move || {
            is_open.get().then(|| {
                view! {
                    <div class="viewer" on:click=move |_| is_open.set(false)>
                        <img src=url alt=name/>
                        <button type="button" class="save" on:click=move |_| take()>{text::SAVE}</button>
                        <button type="button" class="away" aria-label=text::CLOSE>"×"</button>
                    </div>
                }
            })
        }}
    }
    .into_any()
}

fn row(file: StoredValue<File>, state: RwSignal<State>, take: impl Fn() + Copy + Send + 'static) -> AnyView {
    let size = move || match state.get() {
        State::Loading => text::LOADING_FILE.to_owned(),
        _ => file.with_value(|file| file.size.clone()).unwrap_or_else(|| text::SAVE.to_owned()),
    };
    view! {
        <button type="button" class="doc" aria-busy=move || (state.get() == State::Loading).then_some("true") on:click=move |_| take()>
            <span class="name">{file.with_value(|file| file.name.clone())}</span>
            <span class="size">{size}</span>
        </button>
        {move || if let State::Failed(code) = state.get() { Some(trouble(code, take)) } else { None }}
    }
    .into_any()
}

/// Why it is not here, and what can be done.
fn trouble(code: Option<Code>, again: impl Fn() + Copy + Send + 'static) -> AnyView {
    let retry = move || {
        view! { <button type="button" class="retry" on:click=move |_| again()>{text::RETRY}</button> }
    };
    view! {
        <div class="lost" role="status">
            <p class="why">{text::ozon_file_trouble(code)}</p>
            // It would be as large again.
            {(code != Some(Code::TooLarge)).then(retry)}
        </div>
    }
    .into_any()
}

fn save(url: &str, name: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.set_attribute("href", url);
        let _ = link.set_attribute("download", name);
        link.click();
    }
}

/// Calls once when an element comes near to being seen.
struct Nearness {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(js_sys::Array)>,
}

impl Nearness {
    fn of(element: &HtmlElement, near: impl Fn() + 'static) -> Option<Self> {
        let mut is_done = false;
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let is_near =
                entries.iter().any(|entry| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
            if is_near && !is_done {
                is_done = true;
                near();
            }
        });
        let options = IntersectionObserverInit::new();
        // Margins count for the box that scrolls, and for no other.
        options.set_root(element.closest(".log").ok().flatten().as_ref());
        options.set_root_margin(NEAR);
        let observer = IntersectionObserver::new_with_options(callback.as_ref().unchecked_ref(), &options).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Nearness {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
