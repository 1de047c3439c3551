//! One bulk send: how far it is, what can be done about it, and what became of its rows.

use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::event::BulkState;
use shared::limits::BULK_PAGE_MAX;
use shared::route;

use super::Room;
use super::outcomes::Outcomes;
use super::record::Bulk;
use crate::ask::Refusal;
use crate::desk::Desk;
use crate::tools::parts::Why;
use crate::tools::save;
use crate::{text, when};

/// The address of a bulk send's part.
pub fn path(bulk_id: i64, part: &str) -> String {
    format!("{}/{bulk_id}/{part}", route::BULK)
}

#[component]
pub fn Card(room: Room, bulk_id: i64) -> impl IntoView {
    let desk = room.desk;
    let bulk = Memo::new(move |_| {
        room.bulks.with(|bulks| bulks.and_then(|all| all.iter().find(|bulk| bulk.bulk_id == bulk_id).cloned()))
    });
    // A card is there for as long as its bulk send is in the list.
    let of = move |look: fn(&Bulk) -> i64| bulk.with(|bulk| bulk.as_ref().map_or(0, look));
    let state = Memo::new(move |_| bulk.with(|bulk| bulk.as_ref().map_or(BulkState::Done, |bulk| bulk.state)));
    let (is_busy, why, is_asked) = (RwSignal::new(false), RwSignal::new(None), RwSignal::new(false));
    let is_shown = RwSignal::new(false);
    let step = move |name: &'static str| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        why.set(None);
        spawn_local(async move {
            let answer = desk.change("POST", &path(bulk_id, name), None).await;
            if is_busy.try_set(false).is_some() {
                return;
            }
            is_asked.set(false);
            match answer.and_then(|answer| Bulk::of_step(&answer).ok_or_else(Refusal::default)) {
                Ok(bulk) => room.put(bulk),
                Err(refusal) => why.set(Some(text::bulk::not_stepped(&refusal))),
            }
        });
    };
    let heading = move || {
        let template_id = bulk.with(|bulk| bulk.as_ref().and_then(|bulk| bulk.template_id.clone()));
        text::bulk::heading(bulk_id, room.title(template_id.as_deref()).as_deref())
    };
    let reason = move || bulk.with(|bulk| bulk.as_ref().and_then(|bulk| bulk.reason)).map(text::bulk::paused_by);
    let ended = move || of(|bulk| bulk.total.saturating_sub(bulk.waiting())).to_string();
    let figure = move |word: &'static str, class: &'static str, count: fn(&Bulk) -> i64, is_always: bool| {
        let is_shown = move || is_always || of(count) > 0;
        view! {
            <div class=class hidden=move || !is_shown()>
                <dt>{word}</dt>
                <dd>{move || of(count)}</dd>
            </div>
        }
    };
    let made = move || bulk.with(|bulk| bulk.as_ref().map(made_by).unwrap_or_default());
    let rows_id = format!("bulk-{bulk_id}-rows");
    let controls = move || {
        let may = desk.may_change.get();
        let (is_running, is_paused) = (state.get() == BulkState::Running, state.get() == BulkState::Paused);
        view! {
            {(may && is_running).then(|| view! {
                <button type="button" class="tool pause" disabled=move || is_busy.get() on:click=move |_| step("pause")>
                    {text::bulk::PAUSE}
                </button>
            })}
            {(may && is_paused).then(|| view! {
                <button type="button" class="tool resume" disabled=move || is_busy.get() on:click=move |_| step("resume")>
                    {text::bulk::RESUME}
                </button>
            })}
            {(may && (is_running || is_paused)).then(|| view! {
                <button type="button" class="tool cancel" on:click=move |_| is_asked.set(true)>{text::bulk::CANCEL}</button>
            })}
        }
    };
    let is_sure = move || {
        let is_live = matches!(state.get(), BulkState::Running | BulkState::Paused);
        (is_asked.get() && is_live).then(|| {
            view! {
                <SureToCancel
                    count=Signal::derive(move || of(Bulk::waiting))
                    is_busy=is_busy
                    cancel=Callback::new(move |()| step("cancel"))
                    keep=Callback::new(move |()| is_asked.set(false))
                />
            }
        })
    };
    view! {
        <section class="bulk" aria-labelledby=format!("bulk-{bulk_id}") data-state=move || state.get().as_str()>
            <header>
                <h2 id=format!("bulk-{bulk_id}")>{heading}</h2>
                <p class="state" role="status">{move || text::bulk::state(state.get())}</p>
            </header>
            <p class="made">{made}</p>
            <progress max=move || of(|bulk| bulk.total.max(1)).to_string() value=ended aria-label=text::bulk::PROGRESS></progress>
            <dl class="counts">
                {figure(text::bulk::SENT, "sent", |bulk| bulk.sent, true)}
                {figure(text::bulk::FAILED, "failed", |bulk| bulk.failed, false)}
                {figure(text::bulk::WAITING, "waiting", Bulk::waiting, true)}
                {figure(text::bulk::CANCELLED, "cancelled", |bulk| bulk.cancelled, false)}
            </dl>
            <p class="made pace" hidden=move || !bulk.with(|bulk| bulk.as_ref().is_some_and(Bulk::is_live))>
                {move || text::bulk::pace(of(|bulk| bulk.rate_per_minute), of(Bulk::minutes_left))}
            </p>
            <Why why=Signal::derive(reason)/>
            <Why why=why/>
            {is_sure}
            <div class="do">
                {controls}
                <button type="button" class="tool rows" aria-expanded=move || is_shown.get().to_string()
                    aria-controls=rows_id.clone() on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)>
                    {text::bulk::ROWS}
                </button>
                <button type="button" class="tool download" disabled=move || is_busy.get()
                    on:click=move |_| download(desk, bulk_id, is_busy, why)>
                    {text::bulk::DOWNLOAD}
                </button>
            </div>
            <div id=rows_id>
                {move || is_shown.get().then(|| view! { <Outcomes desk=desk bulk_id=bulk_id bulk=bulk/> })}
            </div>
        </section>
    }
}

/// Who made it, and when.
fn made_by(bulk: &Bulk) -> String {
    let now = widget::browser::now();
    let at = |at| format!("{}, {}", when::day_words(at, now), when::clock(at));
    let made = bulk.created_at.map(at);
    [made, bulk.author.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[component]
fn SureToCancel(
    count: Signal<i64>,
    is_busy: RwSignal<bool>,
    cancel: Callback<()>,
    keep: Callback<()>,
) -> impl IntoView {
    let first = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(first) = first.get() {
            request_animation_frame(move || {
                let _ = first.focus();
            });
        }
    });
    view! {
        <div class="sure" role="group" aria-label=text::bulk::CANCEL>
            <p>{move || text::bulk::sure_to_cancel(count.get())}</p>
            <button type="button" class="tool keep" node_ref=first on:click=move |_| keep.run(())>{text::bulk::KEEP}</button>
            <button type="button" class="tool yes" disabled=move || is_busy.get() on:click=move |_| cancel.run(())>
                {text::bulk::CANCEL}
            </button>
        </div>
    }
}

/// Saves what became of all rows: page after page, as one table.
fn download(desk: Desk, bulk_id: i64, is_busy: RwSignal<bool>, why: RwSignal<Option<String>>) {
    is_busy.set(true);
    why.set(None);
    spawn_local(async move {
        let table = whole(desk, bulk_id).await;
        if is_busy.try_set(false).is_some() {
            return;
        }
        match table {
            Ok(table) => save::table(&text::bulk::file_name(bulk_id), &table),
            Err(refusal) => why.set(Some(text::bulk::not_stepped(&refusal))),
        }
    });
}

async fn whole(desk: Desk, bulk_id: i64) -> Result<String, Refusal> {
    let (mut table, mut after) = (String::new(), "0".to_owned());
    loop {
        let query = format!("rows?format=csv&limit={BULK_PAGE_MAX}&after={after}");
        let (page, next) = desk.ask_text(&path(bulk_id, &query)).await?;
        // Each page begins with the names.
        let rows = if table.is_empty() { Some(page.as_str()) } else { page.split_once("\r\n").map(|(_, rows)| rows) };
        table.push_str(rows.unwrap_or_default());
        match next {
            Some(next) if next != after => after = next,
            _ => return Ok(table),
        }
    }
}
