//! What became of the rows of a bulk send: page by page, read anew as it goes on.

use leptos::prelude::*;

use super::card::path;
use super::record::{Bulk, Outcome, Outcomes as Page};
use crate::desk::Desk;
use crate::text;
use crate::tools::asked::{Asked, shown};

#[component]
pub fn Outcomes(desk: Desk, bulk_id: i64, bulk: Memo<Option<Bulk>>) -> impl IntoView {
    let page: Asked<Page> = Asked::new();
    // After which rows the pages up to this one begin.
    let steps = RwSignal::new(vec![0_i64]);
    let load = move || {
        let after = steps.with_untracked(|steps| steps.last().copied().unwrap_or(0));
        page.load(desk, &path(bulk_id, &format!("rows?after={after}")), Page::read);
    };
    Effect::new(move |_| {
        bulk.track();
        steps.track();
        load();
    });
    let earlier = move |_| {
        steps.update(|steps| {
            steps.pop();
        });
    };
    let later = move |_| {
        if let Some(next) = page.get().and_then(|page| page.next) {
            steps.update(|steps| steps.push(next));
        }
    };
    let has_earlier = move || steps.with(|steps| steps.len() > 1);
    let has_later = move || page.with(|page| page.is_some_and(|page| page.next.is_some()));
    let rows = move || page.get().map(|page| page.rows).unwrap_or_default();
    let row = move |row: Outcome| {
        let why = row.reason.map(|code| view! { <span class="why">{text::bulk::failed(code)}</span> });
        let chat = row.user_id.map(|user_id| {
            let label = format!("{} {}", text::bulk::OPEN_CHAT, row.posting_number);
            view! {
                <a class="to-chat" href="#chats" aria-label=label on:click=move |_| desk.open_chat(user_id)>
                    {text::bulk::OPEN_CHAT}
                </a>
            }
        });
        view! {
            <tr data-state=row.state.clone()>
                <td>{row.row}</td>
                <td>{row.posting_number}</td>
                <td><span class="outcome">{text::bulk::outcome(&row.state).to_owned()}</span> {why}</td>
                <td>{chat}</td>
            </tr>
        }
    };
    let table = move || {
        view! {
            <div class="scroll" tabindex="0" role="group" aria-label=text::bulk::ROWS>
                <table class="figures outcomes">
                    <thead>
                        <tr>
                            <th scope="col">{text::bulk::ROW}</th>
                            <th scope="col">{text::bulk::POSTING}</th>
                            <th scope="col">{text::bulk::RESULT}</th>
                            <th scope="col">{text::bulk::OPEN_CHAT}</th>
                        </tr>
                    </thead>
                    <tbody>{move || rows().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <div class="do" hidden=move || !(has_earlier() || has_later())>
                <button type="button" class="tool" disabled=move || !has_earlier() on:click=earlier>
                    {text::bulk::EARLIER_ROWS}
                </button>
                <button type="button" class="tool" disabled=move || !has_later() on:click=later>
                    {text::bulk::LATER_ROWS}
                </button>
            </div>
        }
        .into_any()
    };
    shown(page, text::bulk::LOADING_ROWS, Callback::new(move |()| load()), table)
}
