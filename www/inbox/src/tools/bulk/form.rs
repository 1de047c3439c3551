//! The form for a new bulk send: a template, a table, a pace; a dry run; and the beginning, which is asked for twice and made once.

use js_sys::futures::JsFuture;
use js_sys::{ArrayBuffer, encode_uri_component};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits::{BULK_BYTES_MAX, BULK_RATE, BULK_RATE_MAX};
use shared::problem::Code;
use shared::route;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement, TextDecoder, TextDecoderOptions};
use widget::browser;

use super::record::{Bulk, Rehearsal, Rehearsed, Said};
use super::table::{self, POSTING_NUMBER};
use super::{Room, Template};
use crate::ask::Refusal;
use crate::text;
use crate::tools::parts::Why;

/// What is typed, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    is_open: bool,
    template_id: String,
    table: String,
    rate: String,
    /// Under which the relay begins it once, however often it is asked to. Empty until it is asked the first time.
    client_id: String,
    /// Nobody has answered: it may have begun. Until that is known, nothing is changed.
    is_unsure: bool,
}

impl Draft {
    /// The pace, or nothing if it is none.
    fn rate(&self) -> Option<i64> {
        match self.rate.trim() {
            "" => Some(BULK_RATE),
            rate => rate.parse().ok().filter(|rate| (1..=BULK_RATE_MAX).contains(rate)),
        }
    }

    /// What is asked of the relay: the address and the table.
    fn request(&self, is_dry_run: bool) -> Result<(String, String), String> {
        if self.template_id.is_empty() {
            return Err(text::bulk::NO_TEMPLATE.to_owned());
        }
        let rate = self.rate().ok_or_else(text::bulk::wrong_pace)?;
        let table = table::tidy(&self.table).map_err(|trouble| text::bulk::table_trouble(trouble).to_owned())?;
        let last = if is_dry_run { "&dry_run=1".to_owned() } else { ["&client_id=", &self.client_id].concat() };
        let template_id: String = encode_uri_component(&self.template_id).into();
        Ok((format!("{}?template_id={template_id}&rate_per_minute={rate}{last}", route::BULK), table))
    }
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Busy {
    Checking,
    Starting,
}

/// What the parts of the form share. Copied freely.
#[derive(Clone, Copy)]
struct Desktop {
    room: Room,
    draft: RwSignal<Draft>,
    busy: RwSignal<Option<Busy>>,
    rehearsal: RwSignal<Option<Rehearsal>>,
    is_asked: RwSignal<bool>,
    why: RwSignal<Option<String>>,
}

impl Desktop {
    /// Something was typed: what was found out is of something else.
    fn edit(self, edit: impl FnOnce(&mut Draft)) {
        self.draft.update(edit);
        self.rehearsal.set(None);
        self.is_asked.set(false);
        self.why.set(None);
    }

    fn check(self) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.rehearsal.set(None);
        self.why.set(None);
        let (path, table) = match self.draft.with_untracked(|draft| draft.request(true)) {
            Ok(request) => request,
            Err(why) => return self.why.set(Some(why)),
        };
        self.busy.set(Some(Busy::Checking));
        spawn_local(async move {
            let answer = self.room.desk.hand_over(&path, &table).await;
            // The page may be gone.
            if self.busy.try_set(None).is_some() {
                return;
            }
            match answer.and_then(|answer| Rehearsal::read(&answer).ok_or_else(Refusal::default)) {
                Ok(rehearsal) => self.rehearsal.set(Some(rehearsal)),
                Err(refusal) => self.why.set(Some(text::bulk::refused(&refusal))),
            }
        });
    }

    fn start(self) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.draft.update(|draft| {
            if draft.client_id.is_empty() {
                draft.client_id = browser::client_id();
            }
        });
        self.why.set(None);
        let draft = self.draft.get_untracked();
        let (path, table) = match draft.request(false) {
            Ok(request) => request,
            Err(why) => return self.why.set(Some(why)),
        };
        self.busy.set(Some(Busy::Starting));
        spawn_local(async move {
            let answer = self.room.desk.hand_over(&path, &table).await;
            let answer = answer.and_then(|answer| Bulk::of_step(&answer).ok_or_else(Refusal::default));
            let is_here = self.busy.try_set(None).is_none();
            match answer {
                Ok(bulk) => {
                    self.has_begun(&draft.client_id);
                    if is_here {
                        self.room.put(bulk);
                    }
                }
                Err(refusal) => {
                    // A mistake of the relay's may have come after the beginning.
                    let is_unsure = matches!(refusal.code, None | Some(Code::Internal));
                    self.draft.update(|now| now.is_unsure = is_unsure && now.client_id == draft.client_id);
                    if is_here {
                        self.is_asked.set(is_unsure);
                        self.why.set((!is_unsure).then(|| text::bulk::refused(&refusal)));
                    }
                }
            }
        });
    }

    /// It is there: the next one is another one.
    fn has_begun(self, client_id: &str) {
        if self.draft.with_untracked(|draft| draft.client_id == client_id) {
            self.draft.set(Draft::default());
            let _ = self.rehearsal.try_set(None);
            let _ = self.is_asked.try_set(false);
        }
    }

    fn template(self) -> Option<Template> {
        let template_id = self.draft.with(|draft| draft.template_id.clone());
        self.room.templates.with(|templates| templates?.iter().find(|of| of.template_id == template_id).cloned())
    }

    fn take_file(self, input: &HtmlInputElement) {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file chosen again is a change, too.
        input.set_value("");
        if file.size() > BULK_BYTES_MAX as f64 {
            return self.why.set(Some(text::bulk::table_trouble(super::TableTrouble::TooLarge).to_owned()));
        }
        spawn_local(async move {
            let read = read(&file).await;
            if self.busy.try_get_untracked().is_none() {
                return;
            }
            match read {
                Some(table) => self.edit(|draft| draft.table = table),
                None => self.why.set(Some(text::bulk::NOT_READ.to_owned())),
            }
        });
    }
}

/// A file's text: UTF-8, or what Excel writes in Russia.
async fn read(file: &File) -> Option<String> {
    let bytes: ArrayBuffer = JsFuture::from(file.array_buffer()).await.ok()?.unchecked_into();
    let strict = TextDecoderOptions::new();
    strict.set_fatal(true);
    let utf_8 = TextDecoder::new_with_label_and_options("utf-8", &strict).ok()?;
    match utf_8.decode_with_buffer_source(&bytes) {
        Ok(text) => Some(text),
        Err(_) => TextDecoder::new_with_label("windows-1251").ok()?.decode_with_buffer_source(&bytes).ok(),
    }
}

#[component]
pub fn Form(room: Room) -> impl IntoView {
    let desktop = Desktop {
        room,
        draft: room.desk.bulk,
        busy: RwSignal::new(None),
        rehearsal: RwSignal::new(None),
        is_asked: RwSignal::new(false),
        why: RwSignal::new(None),
    };
    // Somebody who was not answered finds it in the list.
    Effect::new(move |_| {
        let client_id = desktop.draft.with(|draft| draft.is_unsure.then(|| draft.client_id.clone()));
        let Some(client_id) = client_id else { return };
        let is_there = |bulk: &Bulk| bulk.client_id == client_id;
        if room.bulks.with(|bulks| bulks.is_some_and(|bulks| bulks.iter().any(is_there))) {
            desktop.has_begun(&client_id);
        }
    });
    let is_open = Memo::new(move |_| desktop.draft.with(|draft| draft.is_open));
    let open = move |_| desktop.edit(|draft| draft.is_open = true);
    move || {
        if is_open.get() {
            return view! { <Fields desktop=desktop/> }.into_any();
        }
        view! {
            <button type="button" class="primary new-bulk" hidden=move || !room.desk.may_change.get() on:click=open>
                {text::bulk::NEW}
            </button>
        }
        .into_any()
    }
}

#[component]
fn Fields(desktop: Desktop) -> impl IntoView {
    let Desktop { room, draft, busy, rehearsal, is_asked, why } = desktop;
    let is_locked = Memo::new(move |_| busy.get().is_some() || draft.with(|draft| draft.is_unsure));
    let template = Memo::new(move |_| desktop.template());
    let variables = move || template.get().map(|template| template.variables).unwrap_or_default();
    let may_start = move || rehearsal.with(|found| found.as_ref().is_some_and(|found| found.faults == 0));
    let total = move || rehearsal.with(|found| found.as_ref().map_or(0, |found| found.total));
    let is_unsure = Memo::new(move |_| draft.with(|draft| draft.is_unsure));
    let ask_first = move |_| is_asked.set(true);
    view! {
        <form class="bulk-form" aria-labelledby="new-bulk" on:submit=move |event| {
            event.prevent_default();
            desktop.check();
        }>
            <header class="bar">
                <h2 id="new-bulk">{text::bulk::NEW}</h2>
                <button type="button" class="stop" aria-label=text::bulk::CLOSE disabled=move || is_locked.get()
                    on:click=move |_| desktop.edit(|draft| draft.is_open = false)>"×"</button>
            </header>
            <fieldset disabled=move || is_locked.get()>
                <TemplateField desktop=desktop/>
                {move || template.get().map(|template| view! { <p class="quote">{template.text}</p> })}
                <label class="line" for="bulk-table"><span>{text::bulk::TABLE}</span></label>
                <textarea class="field" id="bulk-table" name="table" rows="6" spellcheck="false" aria-describedby="bulk-table-help"
                    placeholder=move || table::example(&variables())
                    prop:value=move || draft.with(|draft| draft.table.clone())
                    on:input=move |event| desktop.edit(|draft| draft.table = event_target_value(&event))></textarea>
                <p class="help" id="bulk-table-help">{move || text::bulk::table_help(&variables())}</p>
                <label class="upload">
                    <input type="file" class="sr" accept=".csv,.txt,text/csv,text/plain"
                        on:change=move |event| desktop.take_file(&event_target(&event))/>
                    <span>{text::bulk::FILE}</span>
                </label>
                <label class="line">
                    <span>{text::bulk::PACE}</span>
                    <input class="field rate" type="number" name="rate" inputmode="numeric" min="1" max=BULK_RATE_MAX.to_string()
                        placeholder=BULK_RATE.to_string() aria-describedby="bulk-rate-help"
                        prop:value=move || draft.with(|draft| draft.rate.clone())
                        on:input=move |event| desktop.edit(|draft| draft.rate = event_target_value(&event))/>
                </label>
                <p class="help" id="bulk-rate-help">{text::bulk::PACE_HELP}</p>
            </fieldset>
            <Why why=why/>
            {move || rehearsal.get().map(|found| view! { <Found found=found/> })}
            <div class="do">
                {move || match (is_unsure.get(), is_asked.get(), may_start()) {
                    (true, ..) => view! {
                        <p class="why" role="alert">{text::bulk::UNSURE}</p>
                        <button type="button" class="primary start" disabled=move || busy.get().is_some()
                            on:click=move |_| desktop.start()>
                            {move || if busy.get().is_some() { text::bulk::STARTING } else { text::bulk::START_AGAIN }}
                        </button>
                    }
                    .into_any(),
                    (false, true, true) => view! { <Sure desktop=desktop total=total()/> }.into_any(),
                    (false, _, may_start) => view! {
                        <button type="submit" class:primary=!may_start class="tool check" disabled=move || busy.get().is_some()>
                            {move || if busy.get().is_some() { text::bulk::CHECKING } else { text::bulk::CHECK }}
                        </button>
                        {may_start.then(|| view! {
                            <button type="button" class="primary ask" on:click=ask_first>{text::bulk::START}</button>
                        })}
                    }
                    .into_any(),
                }}
            </div>
            {move || room.templates.trouble().map(|refusal| view! {
                <p class="why" role="alert">
                    {text::tools::why(&refusal)} " "
                    <button type="button" class="retry" on:click=move |_| room.load_templates()>{text::RETRY}</button>
                </p>
            })}
        </form>
    }
}

#[component]
fn TemplateField(desktop: Desktop) -> impl IntoView {
    let Desktop { room, draft, .. } = desktop;
    let first = move || match room.templates.with(|templates| templates.is_some()) {
        true => text::bulk::CHOOSE_TEMPLATE,
        false => text::bulk::LOADING_TEMPLATES,
    };
    let options = move || {
        let chosen = draft.with(|draft| draft.template_id.clone());
        let templates = room.templates.get().unwrap_or_default();
        let option = |template: Template| {
            let is_chosen = template.template_id == chosen;
            view! { <option value=template.template_id selected=is_chosen>{template.title}</option> }
        };
        templates.into_iter().map(option).collect_view()
    };
    view! {
        <label class="line">
            <span>{text::bulk::TEMPLATE}</span>
            <select class="field" name="template"
                on:change=move |event| desktop.edit(|draft| draft.template_id = event_target_value(&event))>
                <option value="">{first}</option>
                {options}
            </select>
        </label>
    }
}

/// The last question before it begins.
#[component]
fn Sure(desktop: Desktop, total: i64) -> impl IntoView {
    let Desktop { busy, is_asked, .. } = desktop;
    let start = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        if let Some(start) = start.get() {
            request_animation_frame(move || {
                let _ = start.focus();
            });
        }
    });
    view! {
        <div class="sure" role="group" aria-labelledby="bulk-sure">
            <p id="bulk-sure">{text::bulk::sure(total)}</p>
            <button type="button" class="primary start" node_ref=start disabled=move || busy.get().is_some()
                on:click=move |_| desktop.start()>
                {move || if busy.get().is_some() { text::bulk::STARTING.to_owned() } else { text::bulk::send_to(total) }}
            </button>
            <button type="button" class="tool" disabled=move || busy.get().is_some() on:click=move |_| is_asked.set(false)>
                {text::bulk::BACK}
            </button>
        </div>
    }
}

/// What the dry run says: first what is wrong.
#[component]
fn Found(found: Rehearsal) -> impl IntoView {
    let Rehearsal { total, faults, rows } = found;
    let is_good = faults == 0;
    let (bad, good): (Vec<Rehearsed>, Vec<Rehearsed>) =
        rows.into_iter().partition(|row| matches!(row.said, Said::Bad { .. }));
    let shown = bad.into_iter().chain(good).take(SHOWN_MAX);
    let row = |row: Rehearsed| {
        let (is_bad, said) = match row.said {
            Said::Good { text: Some(text), .. } => (false, text),
            Said::Good { chars, text: None } => (false, text::bulk::chars(chars)),
            Said::Bad { code, detail } => (true, text::bulk::fault(code, &detail)),
        };
        view! {
            <tr class:bad=is_bad>
                <td>{row.row}</td>
                <td>{row.posting_number}</td>
                <td>{said}</td>
            </tr>
        }
    };
    view! {
        <p class="found" class:good=is_good role="status">{text::bulk::found(total, faults)}</p>
        <div class="scroll" tabindex="0" role="group" aria-label=text::bulk::CHECKED>
            <table class="figures" data-column=POSTING_NUMBER>
                <thead>
                    <tr>
                        <th scope="col">{text::bulk::ROW}</th>
                        <th scope="col">{text::bulk::POSTING}</th>
                        <th scope="col">{text::bulk::MESSAGE}</th>
                    </tr>
                </thead>
                <tbody>{shown.map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Rows of a dry run that are shown: nobody reads more, and ten thousand would hold the page up.
const SHOWN_MAX: usize = 200;
