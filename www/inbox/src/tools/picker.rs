//! A template for the conversation that is open: it is searched for, its variables are filled in, and the text goes into the field.
//! Nothing is sent from here.

use std::collections::BTreeMap;

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::id::UserId;
use shared::limits::TEMPLATE_VALUE_CHARS_MAX;
use shared::template::{TemplateError, render, variables};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::asked::shown;
use super::focus;
use super::shelf::Shelf;
use super::template::{Template, found, is_for_name, known};
use crate::desk::Desk;
use crate::text;

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// With this text.
    Text(String),
    /// Without one.
    Nothing,
}

/// What stands in the list.
const LIST: &str = "picker-list";

#[component]
pub fn Picker(user_id: UserId, done: Callback<Picked>) -> impl IntoView {
    let shelf = Shelf::here();
    shelf.load();
    let chosen = RwSignal::new(None::<Template>);
    let choose = Callback::new(move |template: Template| {
        if variables(&template.text).is_empty() {
            // There is nothing to fill in, and the field shows it whole.
            done.run(Picked::Text(template.text));
        } else {
            chosen.set(Some(template));
        }
    });
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            // The chat stays.
            event.stop_propagation();
            done.run(Picked::Nothing);
        }
    };
    let retry = Callback::new(move |()| shelf.load());
    let content = move || match chosen.get() {
        Some(template) => {
            let back = Callback::new(move |()| chosen.set(None));
            view! { <Filling user_id=user_id template=template back=back done=done/> }.into_any()
        }
        None => view! { <Search choose=choose/> }.into_any(),
    };
    view! {
        <section class="picker" aria-label=text::templates::PICK on:keydown=pressed>
            <header class="bar">
                <h2>{move || chosen.get().map_or(text::templates::PICK.to_owned(), |chosen| chosen.title)}</h2>
                <button
                    type="button"
                    class="stop"
                    aria-label=text::CLOSE
                    on:click=move |_| done.run(Picked::Nothing)
                >
                    "×"
                </button>
            </header>
            {shown(shelf.templates, text::templates::LOADING, retry, move || view! { <div class="inner">{content}</div> }.into_any())}
        </section>
    }
}

/// A field to search by, and the list of what it finds (a combobox, WAI-ARIA APG).
#[component]
fn Search(choose: Callback<Template>) -> impl IntoView {
    let shelf = Shelf::here();
    let search = RwSignal::new(String::new());
    let hits = Memo::new(move |_| {
        search.with(|search| shelf.templates.with(|all| found(all.map(Vec::as_slice).unwrap_or_default(), search)))
    });
    let active = RwSignal::new(0_usize);
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || {
                let _ = field.focus();
            });
        }
    });
    let go = move |place: usize| {
        active.set(place);
        request_animation_frame(move || show(place));
    };
    let pressed = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let (now, count) = (active.get_untracked(), hits.with_untracked(Vec::len));
        let last = count.saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => go(if now >= last { 0 } else { now.saturating_add(1) }),
            "ArrowUp" => go(now.checked_sub(1).unwrap_or(last)),
            "Enter" => {
                if let Some(hit) = hits.with_untracked(|hits| hits.get(now).cloned()) {
                    choose.run(hit);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let is_empty = Memo::new(move |_| hits.with(Vec::is_empty));
    let option = move |(place, hit): (usize, Template)| {
        let (title, line) = (hit.title.clone(), hit.text.split_whitespace().collect::<Vec<_>>().join(" "));
        view! {
            <li
                role="option"
                class="item"
                id=option_id(place)
                aria-selected=move || (active.get() == place).to_string()
                // The field keeps the focus.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| choose.run(hit.clone())
            >
                <span class="name">{title}</span>
                <span class="last">{line}</span>
            </li>
        }
    };
    view! {
        <input
            class="field"
            name="search"
            type="text"
            role="combobox"
            autocomplete="off"
            aria-autocomplete="list"
            aria-label=text::templates::SEARCH
            placeholder=text::templates::SEARCH
            aria-controls=LIST
            aria-expanded=move || (!is_empty.get()).to_string()
            aria-activedescendant=move || (!is_empty.get()).then(|| option_id(active.get()))
            node_ref=field
            prop:value=search
            on:input=move |event| {
                active.set(0);
                search.set(event_target_value(&event));
            }
            on:keydown=pressed
        />
        <ul role="listbox" id=LIST aria-label=text::templates::PICK hidden=is_empty>
            {move || hits.get().into_iter().enumerate().map(option).collect_view()}
        </ul>
        <p class="help" role="status">
            {move || {
                let is_all = search.with(|search| search.trim().is_empty());
                match (is_empty.get(), is_all) {
                    (true, true) => text::templates::NONE.to_owned(),
                    (true, false) => text::templates::NOTHING_FOUND.to_owned(),
                    (false, true) => String::new(),
                    (false, false) => text::templates::found(hits.with(Vec::len)),
                }
            }}
        </p>
    }
}

fn option_id(place: usize) -> String {
    format!("pick-{place}")
}

/// Scrolls the list so far that an option can be seen.
fn show(place: usize) {
    if let Some(option) = document().get_element_by_id(&option_id(place)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// The variables of a template, what it says with them, and the button that puts it into the field.
#[component]
fn Filling(user_id: UserId, template: Template, back: Callback<()>, done: Callback<Picked>) -> impl IntoView {
    let desk = Desk::here();
    let names: Vec<String> = variables(&template.text).into_iter().map(str::to_owned).collect();
    let values = RwSignal::new(BTreeMap::<String, String>::new());
    prefill(desk, user_id, &names, values);
    let was_tried = RwSignal::new(false);
    let template = StoredValue::new(template.text);
    let shown = Memo::new(move |_| template.with_value(|template| values.with(|values| so_far(template, values))));
    let insert = move |event: SubmitEvent| {
        event.prevent_default();
        was_tried.set(true);
        let filled = template.with_value(|template| values.with_untracked(|values| render(template, values)));
        match filled {
            Ok(filled) => done.run(Picked::Text(filled)),
            Err(error) => focus_wrong(&error),
        }
    };
    let line = move |name: String| {
        let label = text::templates::variable(&name).to_owned();
        let why_id = format!("why-{name}");
        let name = StoredValue::new(name);
        let value = Memo::new(move |_| {
            name.with_value(|name| values.with(|values| values.get(name).cloned().unwrap_or_default()))
        });
        let why = Memo::new(move |_| {
            let value = value.get();
            if value.chars().nth(TEMPLATE_VALUE_CHARS_MAX).is_some() {
                Some(text::templates::value_too_long())
            } else {
                (was_tried.get() && value.trim().is_empty()).then(|| text::templates::FILL_IN.to_owned())
            }
        });
        view! {
            <div>
                <label class="line">
                    <span>{label}</span>
                    <input
                        class="field"
                        name=name.get_value()
                        autocomplete="off"
                        aria-invalid=move || why.get().map(|_| "true")
                        aria-describedby=why_id.clone()
                        prop:value=value
                        on:input=move |event| {
                            values.update(|values| {
                                values.insert(name.get_value(), event_target_value(&event));
                            });
                        }
                    />
                </label>
                <p class="why" id=why_id>{why}</p>
            </div>
        }
    };
    request_animation_frame(|| focus(".picker .field"));
    let is_short = Memo::new(move |_| {
        was_tried.get() && values.with(|values| template.with_value(|template| render(template, values).is_err()))
    });
    view! {
        <form class="filling" novalidate on:submit=insert>
            <div class="lines">{names.into_iter().map(line).collect_view()}</div>
            <section class="said" aria-label=text::templates::PREVIEW>
                <h3>{text::templates::PREVIEW}</h3>
                <div class="msg out"><span class="body">{shown}</span></div>
            </section>
            <div class="do">
                <button type="button" class="parts" on:click=move |_| back.run(())>{text::templates::TO_ALL}</button>
                <p class="why" role="alert">{move || is_short.get().then_some(text::templates::FILL_ALL_IN)}</p>
                <button type="submit" class="primary">{text::templates::INSERT}</button>
            </div>
        </form>
    }
}

/// The text with the values that are there, and the names of those that are not.
fn so_far(template: &str, values: &BTreeMap<String, String>) -> String {
    let value = |name: &str| {
        let typed = values.get(name).filter(|value| !value.trim().is_empty());
        typed.cloned().unwrap_or_else(|| format!("[{}]", text::templates::variable(name)))
    };
    let all = variables(template).into_iter().map(|name| (name.to_owned(), value(name))).collect();
    // A value that is too long is said beside its field.
    render(template, &all).unwrap_or_else(|_| template.to_owned())
}

/// Fills in what is known of the user, where nobody has typed.
fn prefill(desk: Desk, user_id: UserId, names: &[String], values: RwSignal<BTreeMap<String, String>>) {
    let user_name = untrack(|| desk.look(|client| client.state().chat(user_id).map(|chat| chat.user_name.clone())));
    let user_name = user_name.filter(|name| !name.trim().is_empty());
    for name in names.iter().filter(|name| is_for_name(name)) {
        if let Some(user_name) = &user_name {
            values.update(|values| {
                values.insert(name.clone(), user_name.clone());
            });
        }
    }
    let names = names.to_vec();
    spawn_local(async move {
        let Ok(user) = desk.ask("GET", &["/v1/users/", &user_id.to_string()].concat(), None).await else { return };
        let told = names.into_iter().filter_map(|name| known(&user, &name).map(|value| (name, value)));
        let told: Vec<(String, String)> = told.collect();
        // The form may be gone.
        values.try_update(|values| {
            for (name, value) in told {
                values.entry(name).or_insert(value);
            }
        });
    });
}

fn focus_wrong(error: &TemplateError) {
    let TemplateError::Values { missing, too_long, .. } = error else { return };
    if let Some(name) = missing.first().or(too_long.first()) {
        // A name is letters, digits and `_` only.
        focus(&[".picker [name=\"", name, "\"]"].concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_filled_in_yet_is_called_by_its_name() {
        let values = [("reason".to_owned(), "снег".to_owned()), ("new_date".to_owned(), " ".to_owned())];
        let shown = so_far("До {{new_date}}: {{reason}}, {{x}}", &values.into_iter().collect());
        assert_eq!(shown, "До [Новая дата доставки]: снег, [x]");
    }
}
