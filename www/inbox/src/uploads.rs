//! Files on their way from here, above the composer.

use leptos::prelude::*;
use shared::id::UserId;
use widget::upload::Progress;

use crate::desk::Desk;
use crate::text;

#[component]
pub fn UploadRows(user_id: UserId) -> impl IntoView {
    let desk = Desk::here();
    let rows = Memo::new(move |_| desk.uploading(user_id));
    let row = move |row: widget::upload::Row| {
        let id = row.id;
        let now = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.progress)));
        let sent = move || if let Some(Progress::Sent(share)) = now.get() { share.to_string() } else { "0".to_owned() };
        let why =
            move || if let Some(Progress::Failed(code)) = now.get() { Some(text::file_reason(code)) } else { None };
        let retry = move |_| desk.uploads(|uploads| uploads.retry(id));
        let cancel = move |_| desk.uploads(|uploads| uploads.cancel(id));
        view! {
            <div class="up">
                <span class="name">{row.name}</span>
                <span class="size">{text::size(row.size)}</span>
                <progress max="100" value=sent hidden=move || why().is_some() aria-label=text::UPLOADING></progress>
                <p class="why" role="alert" hidden=move || why().is_none()>{why}</p>
                <button type="button" class="retry" hidden=move || why().is_none() on:click=retry>{text::RETRY}</button>
                <button type="button" class="stop" aria-label=text::CANCEL on:click=cancel>"×"</button>
            </div>
        }
    };
    view! {
        <div class="ups" hidden=move || rows.with(Vec::is_empty)>
            <For each=move || rows.get() key=|row| row.id children=row/>
        </div>
    }
}
