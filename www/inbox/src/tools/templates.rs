//! The page of templates: the list, and one of them to be written.

use leptos::ev::SubmitEvent;
use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits::OZON_TEXT_CHARS_MAX;
use shared::template::variables;

use super::asked::shown;
use super::parts::{Empty, ReadOnly, Why};
use super::shelf::{NEW, Shelf};
use super::template::{Edit, Template, malformed, preview};
use super::{Page, Sheet, focus};
use crate::desk::Desk;
use crate::text;

#[component]
pub fn TemplatesPage() -> impl IntoView {
    let shelf = Shelf::here();
    // Others may have changed them meanwhile.
    shelf.load();
    let open = Memo::new(move |_| shelf.open.get());
    let two = move || {
        view! {
                    <ReadOnly/>
                    <div class="two" class:one-open=move || open.get().is_some()>
                        <Index/>
                        {move || match open.get() {
                            Some(template_id) => view! { <Editor template_id=template_id/> }.into_any(),
                            None => view! {
                                <div class="choose">
        <Empty title=text::templates::CHOOSE help=text::templates::CHOOSE_HELP/>
        </div>
                            }
                            .into_any(),
                        }}
                    </div>
                }
        .into_any()
    };
    let retry = Callback::new(move |()| shelf.load());
    view! {
        <Sheet page=Page::Templates>
            <p class="help">{text::templates::HELP}</p>
            {shown(shelf.templates, text::templates::LOADING, retry, two)}
        </Sheet>
    }
}

/// All templates, and a button for another one.
#[component]
fn Index() -> impl IntoView {
    let (desk, shelf) = (Desk::here(), Shelf::here());
    let open = move |template_id: String| {
        shelf.open.set(Some(template_id));
        request_animation_frame(|| focus(".editor h2"));
    };
    let row = move |template: Template| {
        let id = StoredValue::new(template.template_id.clone());
        let now = Memo::new(move |_| id.with_value(|id| shelf.find(id)).unwrap_or_else(|| template.clone()));
        let is_open = move || shelf.open.with(|open| id.with_value(|id| open.as_deref() == Some(id)));
        let mark = move || {
            let now = now.get();
            if id.with_value(|id| shelf.is_edited(id)) {
                text::templates::NOT_SAVED
            } else if now.is_changed {
                text::templates::CHANGED
            } else if now.is_builtin {
                text::templates::BUILT_IN
            } else {
                ""
            }
        };
        view! {
            <li>
                <button
                    type="button"
                    class="item"
                    aria-current=move || is_open().then_some("true")
                    on:click=move |_| open(id.get_value())
                >
                    <span class="name">{move || now.get().title}</span>
                    <span class="mark-word">{mark}</span>
                    <span class="last">{move || now.get().text.split_whitespace().collect::<Vec<_>>().join(" ")}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="index">
            {move || {
                desk.may_change.get().then(|| {
                    view! {
                        <button type="button" class="earlier new" on:click=move |_| open(NEW.to_owned())>
                            {text::templates::NEW}
                        </button>
                    }
                })
            }}
            <ul aria-label=text::templates::LIST>
                <For each=move || shelf.templates.get().unwrap_or_default() key=|it| it.template_id.clone() children=row/>
            </ul>
        </div>
    }
}

#[component]
fn Editor(template_id: String) -> impl IntoView {
    let (desk, shelf) = (Desk::here(), Shelf::here());
    let id = StoredValue::new(template_id);
    let is_new = id.with_value(|id| id == NEW);
    let edit = Memo::new(move |_| id.with_value(|id| shelf.edit(id)));
    let kept = Memo::new(move |_| id.with_value(|id| shelf.find(id)));
    let is_edited = Memo::new(move |_| id.with_value(|id| shelf.is_edited(id)));
    // What is missing is said when saving was tried; what is wrong in the text, at once.
    let was_tried = RwSignal::new(false);
    let is_saving = RwSignal::new(false);
    let is_saved = move || shelf.saved.with(|saved| id.with_value(|id| saved.as_ref() == Some(id)));
    let refused = RwSignal::new(None::<String>);
    let wrong_title = Memo::new(move |_| edit.get().wrong().0.filter(|_| was_tried.get()));
    let wrong_text = Memo::new(move |_| {
        let edit = edit.get();
        if was_tried.get() { edit.wrong().1 } else { malformed(&edit.text) }
    });
    let write = move |change: fn(&mut Edit, String), value: String| {
        let mut edit = edit.get_untracked();
        change(&mut edit, value);
        shelf.saved.set(None);
        refused.set(None);
        id.with_value(|id| shelf.write(id, edit));
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if is_saving.get_untracked() {
            return;
        }
        was_tried.set(true);
        let edit = edit.get_untracked();
        match edit.wrong() {
            (Some(_), _) => return focus(".editor [name=title]"),
            (None, Some(_)) => return focus(".editor [name=text]"),
            (None, None) => {}
        }
        is_saving.set(true);
        refused.set(None);
        spawn_local(async move {
            let done = shelf.save(&id.get_value(), edit).await;
            // Another template may be open by now.
            is_saving.try_set(false);
            match done {
                Ok(()) => {
                    was_tried.try_set(false);
                }
                Err(refusal) => {
                    refused.try_set(Some(text::tools::why(&refusal)));
                }
            }
        });
    };
    let undo = move |_| {
        id.with_value(|id| shelf.undo(id));
        was_tried.set(false);
        refused.set(None);
        if is_new {
            shelf.open.set(None);
        }
        focus(".editor h2");
    };
    let names = Memo::new(move |_| variables(&edit.get().text).into_iter().map(str::to_owned).collect::<Vec<_>>());
    let example = Memo::new(move |_| {
        Some(edit.get().text).filter(|text| !text.trim().is_empty()).and_then(|text| preview(&text))
    });
    let chars = Memo::new(move |_| edit.get().text.chars().count());
    let heading = move || {
        if is_new { text::templates::NEW.to_owned() } else { kept.get().map(|it| it.title).unwrap_or_default() }
    };
    let may_change = move || desk.may_change.get();
    view! {
        <form class="editor" novalidate on:submit=save>
            <header class="bar">
                <button
                    type="button"
                    class="back"
                    aria-label=text::templates::BACK
                    on:click=move |_| {
                        shelf.open.set(None);
                        request_animation_frame(|| focus(".index .item, .index .new"));
                    }
                ></button>
                <h2 tabindex="-1">{heading}</h2>
            </header>
            <label class="line">
                <span>{text::templates::TITLE}</span>
                <input
                    class="field"
                    name="title"
                    autocomplete="off"
                    readonly=move || !may_change()
                    prop:value=move || edit.get().title
                    aria-invalid=move || wrong_title.get().map(|_| "true")
                    aria-describedby="title-why"
                    on:input=move |event| write(|edit, value| edit.title = value, event_target_value(&event))
                />
            </label>
            <p class="why" id="title-why" role="alert">{wrong_title}</p>
            <label class="line">
                <span>{text::templates::TEXT}</span>
                <textarea
                    class="field"
                    name="text"
                    rows="8"
                    readonly=move || !may_change()
                    prop:value=move || edit.get().text
                    aria-invalid=move || wrong_text.get().map(|_| "true")
                    aria-describedby="text-why text-help text-count"
                    on:input=move |event| write(|edit, value| edit.text = value, event_target_value(&event))
                ></textarea>
            </label>
            <div class="under">
                <p class="help" id="text-help">{text::templates::TEXT_HELP}</p>
                <p class="counter" id="text-count" class:over=move || { chars.get() > OZON_TEXT_CHARS_MAX }>
                    {move || text::templates::counted(chars.get())}
                </p>
            </div>
            <p class="why" id="text-why" role="alert">{wrong_text}</p>
            <p class="help" role="status">
                {move || (chars.get() > OZON_TEXT_CHARS_MAX).then_some(text::templates::TOO_LONG_FOR_OZON)}
            </p>
            <section class="said" aria-label=text::templates::PREVIEW>
                <h3>{text::templates::VARIABLES}</h3>
                {move || {
                    let names = names.get();
                    if names.is_empty() {
                        return view! { <p class="help">{text::templates::NO_VARIABLES}</p> }.into_any();
                    }
                    let chip = |name: String| {
                        let known = Some(text::templates::variable(&name).to_owned()).filter(|known| *known != name);
                        view! { <li><code>{name}</code> {known.map(|known| view! { <span>{known}</span> })}</li> }
                    };
                    view! { <ul class="variables">{names.into_iter().map(chip).collect_view()}</ul> }.into_any()
                }}
                <h3>{text::templates::PREVIEW}</h3>
                {move || match example.get() {
                    Some(example) => {
                        view! { <div class="msg out"><span class="body">{example}</span></div> }.into_any()
                    }
                    None => view! { <p class="help">{text::templates::NO_PREVIEW}</p> }.into_any(),
                }}
            </section>
            <Why why=refused/>
            {move || {
                may_change().then(|| {
                    view! {
                        <div class="do">
                            <button type="submit" class="primary" aria-disabled=move || is_saving.get().then_some("true")>
                                {move || if is_saving.get() { text::tools::SAVING } else { text::tools::SAVE }}
                            </button>
                            <button
                                type="button"
                                class="parts undo"
                                hidden=move || !(is_edited.get() || is_new) || is_saving.get()
                                on:click=undo
                            >
                                {if is_new { text::CANCEL } else { text::templates::UNDO }}
                            </button>
                            <p class="done" role="status">
                                {move || (is_saved() && !is_edited.get()).then_some(text::tools::SAVED)}
                            </p>
                            <Remove id=id kept=kept refused=refused/>
                        </div>
                    }
                })
            }}
        </form>
    }
}

/// Removes a template, or takes a built-in one's change back, once it was asked whether that is meant.
#[component]
fn Remove(id: StoredValue<String>, kept: Memo<Option<Template>>, refused: RwSignal<Option<String>>) -> impl IntoView {
    let shelf = Shelf::here();
    let is_asking = RwSignal::new(false);
    let is_removing = StoredValue::new(false);
    let can =
        Memo::new(move |_| kept.get().filter(|kept| !kept.is_builtin || kept.is_changed).map(|kept| kept.is_builtin));
    let (first, no) = (NodeRef::<Button>::new(), NodeRef::<Button>::new());
    let ask = move |_| {
        is_asking.set(true);
        request_animation_frame(move || press_next(no));
    };
    let leave = move |_| {
        is_asking.set(false);
        request_animation_frame(move || press_next(first));
    };
    let remove = move |_| {
        if is_removing.get_value() {
            return;
        }
        is_removing.set_value(true);
        refused.set(None);
        spawn_local(async move {
            let done = shelf.remove(&id.get_value()).await;
            is_removing.try_set_value(false);
            is_asking.try_set(false);
            match done {
                Ok(()) => request_animation_frame(|| focus(".editor h2, .index .item")),
                Err(refusal) => {
                    refused.try_set(Some(text::tools::why(&refusal)));
                }
            }
        });
    };
    move || {
        can.get().map(|is_builtin| {
            let (word, sure) = if is_builtin {
                (text::templates::RESTORE, text::templates::RESTORE_SURE)
            } else {
                (text::templates::DELETE, text::templates::DELETE_SURE)
            };
            if is_asking.get() {
                view! {
                    <div class="sure-of-it" role="group" aria-label=sure>
                        <p>{sure}</p>
                        <button type="button" class="parts bad" on:click=remove>{word}</button>
                        <button type="button" class="parts" node_ref=no on:click=leave>{text::CANCEL}</button>
                    </div>
                }
                .into_any()
            } else {
                view! { <button type="button" class="parts bad" node_ref=first on:click=ask>{word}</button> }.into_any()
            }
        })
    }
}

fn press_next(button: NodeRef<Button>) {
    if let Some(button) = button.try_get_untracked().flatten() {
        let _ = button.focus();
    }
}
