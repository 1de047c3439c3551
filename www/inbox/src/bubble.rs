//! One message in the log, and what became of it.

use leptos::html::Span;
use leptos::prelude::*;
use shared::id::UserId;
use shared::message::{Side, Status, source};
use widget::rich;

use crate::address::safe_address;
use crate::composer::focus_composer;
use crate::content::{Content, content_view};
use crate::desk::Desk;
use crate::entry::Bubble;
use crate::file::FileView;
use crate::ozon_file::OzonFileView;
use crate::ozon_text::{self, Kind, Piece};
use crate::{text, when};

#[component]
pub fn BubbleView(user_id: UserId, bubble: Memo<Bubble>, source: Memo<String>) -> impl IntoView {
    let is_failed = Memo::new(move |_| bubble.with(|bubble| bubble.status == Some(Status::Failed)));
    let class = move || match (bubble.with(|bubble| bubble.side), is_failed.get()) {
        (Side::User, _) => "msg in",
        (Side::Operator, false) => "msg out",
        (Side::Operator, true) => "msg out failed",
    };
    let author = Memo::new(move |_| bubble.with(|bubble| bubble.author.clone()));
    let file = Memo::new(move |_| bubble.with(|bubble| bubble.file.clone()));
    let attachment = Memo::new(move |_| bubble.with(|bubble| bubble.attachment.clone()));
    let content = Memo::new(move |_| bubble.with(|bubble| bubble.content.as_ref().map(Content::of)));
    let at = Memo::new(move |_| bubble.with(|bubble| bubble.at));
    let is_edited = Memo::new(move |_| bubble.with(|bubble| bubble.is_edited));
    let status = Memo::new(move |_| bubble.with(|bubble| bubble.status));
    let text = Memo::new(move |_| bubble.with(|bubble| bubble.text.clone()));
    // What a visitor of the site wrote is shown as written; whoever else writes may mean Markdown.
    let has_styles =
        Memo::new(move |_| bubble.with(|bubble| bubble.side == Side::Operator) || source.get() != source::WIDGET);
    // Ozon's files and links are marked in its own way.
    let pieces = Memo::new(move |_| {
        let is_marked = source.get() == source::OZON && text.with(|text| text.contains('['));
        is_marked.then(|| text.with(|text| ozon_text::pieces(text)))
    });
    view! {
        <div class=class>
            {move || author.get().map(|author| view! { <div class="author">{author}</div> })}
            {move || attachment.get().map(|attachment| view! { <FileView attachment=attachment/> })}
            {move || match pieces.get() {
                None => view! { <Words text=text has_styles=has_styles/> }.into_any(),
                Some(pieces) => pieces.into_iter().map(piece_view).collect_view().into_any(),
            }}
            {move || file.get().map(|path| file_link(&path))}
            {move || content.get().map(content_view)}
            <span class="meta">
                <time class="time" datetime=move || at.get().to_rfc3339()>{move || when::clock(at.get())}</time>
                {move || is_edited.get().then(|| view! { " " <span class="edited">{text::EDITED}</span> })}
                {move || {
                    status.get().map(|status| {
                        view! { " " <span class=format!("status {}", status.as_str())>{text::status(status)}</span> }
                    })
                }}
            </span>
            {move || is_failed.get().then(|| view! { <Failure user_id=user_id bubble=bubble source=source/> })}
        </div>
    }
}

/// A text with its links and styles.
#[component]
fn Words(#[prop(into)] text: Signal<String>, #[prop(into)] has_styles: Signal<bool>) -> impl IntoView {
    let body = NodeRef::<Span>::new();
    Effect::new(move |_| {
        if let Some(body) = body.get() {
            body.set_text_content(Some(&text.get()));
            rich::enrich(&body, has_styles.get());
        }
    });
    view! { <span class="body" node_ref=body></span> }
}

/// A part of what Ozon has marked. Files stand in lines of their own.
fn piece_view(piece: Piece) -> AnyView {
    match piece.kind {
        Kind::Text => {
            let text = piece.raw.trim_matches('\n').to_owned();
            (!text.trim().is_empty()).then(|| view! { <Words text=text has_styles=true/> }).into_any()
        }
        Kind::Link { label, url } => view! {
            <span class="body">
                <a href=url target="_blank" rel="noopener noreferrer nofollow">{label}</a>
            </span>
        }
        .into_any(),
        Kind::File(file) => view! { <OzonFileView file=file/> }.into_any(),
    }
}

/// Why it was not sent, and what can be done.
#[component]
fn Failure(user_id: UserId, bubble: Memo<Bubble>, source: Memo<String>) -> impl IntoView {
    let desk = Desk::here();
    let why = move || {
        let source = source.get();
        bubble.with(|bubble| text::reason(bubble.reason, text::source_name(&source)))
    };
    let waiting = Memo::new(move |_| bubble.with(|bubble| bubble.waiting.clone()));
    // What the relay has already tried is written anew, as another message: the operator may have to change it.
    let rewrite = move |_| {
        let (mut draft, text) = (desk.draft(user_id), bubble.with(|bubble| bubble.text.clone()));
        if !draft.is_empty() {
            draft.push('\n');
        }
        draft.push_str(&text);
        desk.set_draft(user_id, draft);
        focus_composer();
    };
    view! {
        <p class="why">{why}</p>
        {move || match waiting.get() {
            Some(client_id) => {
                let discarded = client_id.clone();
                let retry = move |_| desk.act(|client, now| client.retry(now, &client_id));
                let discard = move |_| desk.act(|client, _| client.discard(&discarded));
                view! {
                    <button type="button" class="retry" on:click=retry>{text::RETRY}</button>
                    " "
                    <button type="button" class="retry" on:click=discard>{text::DISCARD}</button>
                }
                .into_any()
            }
            None => {
                view! { <button type="button" class="retry" on:click=rewrite>{text::REWRITE}</button> }.into_any()
            }
        }}
    }
}

fn file_link(path: &str) -> impl IntoView + use<> {
    safe_address(path).map(|address| {
        let name = file_name(&address).to_owned();
        view! { <a class="file" href=address target="_blank" rel="noopener noreferrer">{name}</a> }
    })
}

fn file_name(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(text::FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_the_last_part_of_its_path() {
        assert_eq!(file_name("https://cdn.example/f/a.jpg?x=1/2#3"), "a.jpg");
        assert_eq!(file_name("https://cdn.example/"), text::FILE);
    }
}
