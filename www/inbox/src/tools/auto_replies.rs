//! The page of automatic replies: whether there are any, when, by which rules, and what they would reply.

use std::collections::{BTreeMap, BTreeSet};

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::message::source;

use super::asked::shown;
use super::parts::{ReadOnly, Why};
use super::replies::Replies;
use super::rules::{Form, Place, RuleField, RuleForm, Unit};
use super::shelf::Shelf;
use super::{Page, Sheet, focus};
use crate::desk::Desk;
use crate::text::{self, auto_replies as say};

/// What was found wrong when saving was tried, and which rules are open.
#[derive(Clone, Copy)]
struct Paper {
    wrong: RwSignal<BTreeMap<Place, String>>,
    open: RwSignal<BTreeSet<u32>>,
}

impl Paper {
    fn why(self, place: Place) -> Memo<Option<String>> {
        Memo::new(move |_| self.wrong.with(|wrong| wrong.get(&place).cloned()))
    }
}

#[component]
pub fn AutoRepliesPage() -> impl IntoView {
    let replies = Replies::here();
    replies.load();
    // It knows whether this token may change anything.
    Shelf::here().load();
    let retry = Callback::new(move |()| replies.load());
    view! {
        <Sheet page=Page::AutoReplies>
            <p class="help">{say::HELP}</p>
            {shown(replies.kept, say::LOADING, retry, || view! { <ReadOnly/> <Settings/> <Check/> }.into_any())}
        </Sheet>
    }
}

#[component]
fn Settings() -> impl IntoView {
    let (desk, replies) = (Desk::here(), Replies::here());
    let paper = Paper { wrong: RwSignal::default(), open: RwSignal::default() };
    let (is_saving, is_saved) = (RwSignal::new(false), RwSignal::new(false));
    let refused = RwSignal::new(None::<String>);
    let is_edited = Memo::new(move |_| replies.is_edited());
    let tell = move |wrong: BTreeMap<Place, String>| {
        paper.open.update(|open| {
            open.extend(
                wrong.keys().filter_map(|place| if let Place::Rule(key, _) = place { Some(*key) } else { None }),
            );
        });
        paper.wrong.set(wrong);
        refused.set(Some(say::CHECK_FIELDS.to_owned()));
        request_animation_frame(|| focus(".replies-form [aria-invalid=true]"));
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if is_saving.get_untracked() {
            return;
        }
        is_saved.set(false);
        let wrong = untrack(|| replies.with(Form::wrong)).unwrap_or_default();
        if !wrong.is_empty() {
            return tell(wrong);
        }
        is_saving.set(true);
        refused.set(None);
        paper.wrong.set(BTreeMap::new());
        spawn_local(async move {
            let done = replies.save().await;
            // The page may be gone.
            if is_saving.try_set(false).is_some() {
                return;
            }
            match done {
                Ok(()) => is_saved.set(true),
                Err(refusal) => match untrack(|| replies.with(|form| form.place_of(&refusal.detail))).flatten() {
                    Some(place) => tell(BTreeMap::from([(place, text::tools::why(&refusal))])),
                    None => refused.set(Some(text::tools::why(&refusal))),
                },
            }
        });
    };
    let undo = move |_| {
        replies.undo();
        paper.wrong.set(BTreeMap::new());
        refused.set(None);
    };
    let field = move |read: fn(&Form) -> String| Memo::new(move |_| replies.with(read).unwrap_or_default());
    let flag = move |read: fn(&Form) -> bool| Memo::new(move |_| replies.with(read).unwrap_or_default());
    let (pause_why, per_day_why) = (paper.why(Place::Pause), paper.why(Place::PerDay));
    let (quiet_why, rules_why) = (paper.why(Place::Quiet), paper.why(Place::Rules));
    let (is_quiet, utc_offset) = (flag(|form| form.is_quiet), field(|form| form.utc_offset.clone()));
    let unit = Memo::new(move |_| replies.with(|form| form.unit));
    let (pause, per_day) = (field(|form| form.pause.clone()), field(|form| form.per_day.clone()));
    let (from, to) = (field(|form| form.from.clone()), field(|form| form.to.clone()));
    let enabled = flag(|form| form.enabled);
    let keys = Memo::new(move |_| {
        replies.with(|form| form.rules.iter().map(|rule| rule.key).collect::<Vec<_>>()).unwrap_or_default()
    });
    let add = move |_| {
        let mut key = 0;
        replies.edit(|form| key = form.add());
        paper.open.update(|open| {
            open.insert(key);
        });
        request_animation_frame(move || focus(&format!("#rule-{key} [name=title]")));
    };
    view! {
        <form class="replies-form" novalidate on:submit=save>
            // What a token may not change stays readable, and is not half changed.
            <fieldset disabled=move || !desk.may_change.get()>
                <label class="switch">
                    <input
                        type="checkbox"
                        name="enabled"
                        prop:checked=enabled
                        on:change=move |event| replies.edit(|form| form.enabled = event_target_checked(&event))
                    />
                    <span>{say::ENABLED}</span>
                </label>
                <section class="paper" aria-labelledby="when">
                    <h2 id="when">{say::WHEN}</h2>
                    <div class="pair">
                        <div>
                            <div class="with-unit">
                                <label class="line">
                                    <span>{say::PAUSE}</span>
                                    <input
                                        class="field"
                                        name="pause"
                                        inputmode="numeric"
                                        autocomplete="off"
                                        prop:value=pause
                                        aria-invalid=move || pause_why.get().map(|_| "true")
                                        aria-describedby="pause-why pause-help"
                                        on:input=move |event| replies.edit(|form| form.pause = event_target_value(&event))
                                    />
                                </label>
                                <select
                                    class="field"
                                    name="unit"
                                    aria-label=say::UNIT
                                    prop:value=move || unit.get().map(Unit::as_str)
                                    on:change=move |event| {
                                        replies.edit(|form| form.unit = Unit::parse(&event_target_value(&event)));
                                    }
                                >
                                    {Unit::ALL
                                        .map(|one| view! {
                                            <option value=one.as_str() selected=move || unit.get() == Some(one)>{say::unit(one)}</option>
                                        })
                                        .collect_view()}
                                </select>
                            </div>
                            <p class="why" id="pause-why">{pause_why}</p>
                            <p class="help" id="pause-help">{say::PAUSE_HELP}</p>
                        </div>
                        <div>
                            <label class="line">
                                <span>{say::PER_DAY}</span>
                                <input
                                    class="field"
                                    name="per_day"
                                    inputmode="numeric"
                                    autocomplete="off"
                                    prop:value=per_day
                                    aria-invalid=move || per_day_why.get().map(|_| "true")
                                    aria-describedby="per-day-why"
                                    on:input=move |event| replies.edit(|form| form.per_day = event_target_value(&event))
                                />
                            </label>
                            <p class="why" id="per-day-why">{per_day_why}</p>
                        </div>
                    </div>
                    <label class="tick">
                        <input
                            type="checkbox"
                            name="quiet"
                            prop:checked=is_quiet
                            on:change=move |event| replies.edit(|form| form.is_quiet = event_target_checked(&event))
                        />
                        <span>{say::QUIET}</span>
                    </label>
                    <div class="hours" hidden=move || !is_quiet.get()>
                        <label class="line">
                            <span>{say::FROM}</span>
                            <input
                                class="field"
                                type="time"
                                name="from"
                                prop:value=from
                                aria-invalid=move || quiet_why.get().map(|_| "true")
                                aria-describedby="quiet-why quiet-help"
                                on:input=move |event| replies.edit(|form| form.from = event_target_value(&event))
                            />
                        </label>
                        <label class="line">
                            <span>{say::TO}</span>
                            <input
                                class="field"
                                type="time"
                                name="to"
                                prop:value=to
                                aria-invalid=move || quiet_why.get().map(|_| "true")
                                aria-describedby="quiet-why quiet-help"
                                on:input=move |event| replies.edit(|form| form.to = event_target_value(&event))
                            />
                        </label>
                        <p class="help" id="quiet-help">{move || say::clock(&utc_offset.get())}</p>
                    </div>
                    <p class="why" id="quiet-why">{quiet_why}</p>
                </section>
                <section class="paper" aria-labelledby="rules">
                    <h2 id="rules">{say::RULES}</h2>
                    <p class="help">{say::RULES_HELP}</p>
                    <p class="help" hidden=move || !keys.with(Vec::is_empty)>{say::NO_RULES}</p>
                    <ol class="rules">
                        <For each=move || keys.get() key=|key| *key let(key)>
                            <RuleCard key=key paper=paper/>
                        </For>
                    </ol>
                    <p class="why">{rules_why}</p>
                    <button type="button" class="earlier new" on:click=add>{say::ADD}</button>
                </section>
            </fieldset>
            <Why why=refused/>
            {move || {
                desk.may_change.get().then(|| {
                    view! {
                        <div class="do">
                            <button type="submit" class="primary" aria-disabled=move || is_saving.get().then_some("true")>
                                {move || if is_saving.get() { text::tools::SAVING } else { text::tools::SAVE }}
                            </button>
                            <button
                                type="button"
                                class="parts undo"
                                hidden=move || !is_edited.get() || is_saving.get()
                                on:click=undo
                            >
                                {say::UNDO}
                            </button>
                            <p class="done" role="status">
                                {move || (is_saved.get() && !is_edited.get()).then_some(text::tools::SAVED)}
                            </p>
                            <p class="help" hidden=move || !is_edited.get()>{say::NOT_SAVED}</p>
                        </div>
                    }
                })
            }}
        </form>
    }
}

/// A rule: one line, and when it is open its fields.
#[component]
fn RuleCard(key: u32, paper: Paper) -> impl IntoView {
    let replies = Replies::here();
    let rule = Memo::new(move |_| {
        replies.with(|form| form.rules.iter().find(|rule| rule.key == key).cloned()).flatten().unwrap_or_default()
    });
    let edit = move |edit: &dyn Fn(&mut RuleForm)| {
        replies.edit(|form| {
            if let Some(rule) = form.rules.iter_mut().find(|rule| rule.key == key) {
                edit(rule);
            }
        });
    };
    let is_open = Memo::new(move |_| paper.open.with(|open| open.contains(&key)));
    let turn = move |_| {
        paper.open.update(|open| {
            if !open.remove(&key) {
                open.insert(key);
            }
        });
    };
    let title = Memo::new(move |_| {
        let title = rule.get().title;
        if title.trim().is_empty() { say::NEW_RULE.to_owned() } else { title }
    });
    let shift = move |by: isize, button: &'static str| {
        replies.edit(|form| form.shift(key, by));
        // Moved, it has lost the focus.
        request_animation_frame(move || focus(&format!("#rule-{key} .{button}")));
    };
    let remove = move |_| {
        replies.edit(|form| form.rules.retain(|rule| rule.key != key));
        request_animation_frame(|| focus(".rules .rule-head, .replies-form .new"));
    };
    view! {
        <li class="rule" id=format!("rule-{key}") class:off=move || !rule.get().enabled>
            <div class="rule-bar">
                <button
                    type="button"
                    class="rule-head"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=turn
                >
                    <span class="name">{title}</span>
                    <span class="mark-word">{move || if rule.get().enabled { "" } else { say::OFF }}</span>
                    <span class="last">{move || rule.get().keywords}</span>
                </button>
                <button
                    type="button"
                    class="up-one"
                    aria-label=move || say::of_rule(say::UP, &title.get())
                    on:click=move |_| shift(-1, "up-one")
                >
                    "↑"
                </button>
                <button
                    type="button"
                    class="down-one"
                    aria-label=move || say::of_rule(say::DOWN, &title.get())
                    on:click=move |_| shift(1, "down-one")
                >
                    "↓"
                </button>
            </div>
            {move || {
                is_open.get().then(|| {
                    let (title_why, keywords_why, text_why) = (
                        paper.why(Place::Rule(key, RuleField::Title)),
                        paper.why(Place::Rule(key, RuleField::Keywords)),
                        paper.why(Place::Rule(key, RuleField::Text)),
                    );
                    view! {
                        <div class="rule-body">
                            <label class="tick">
                                <input
                                    type="checkbox"
                                    name="rule_enabled"
                                    prop:checked=move || rule.get().enabled
                                    on:change=move |event| {
                                        let is_on = event_target_checked(&event);
                                        edit(&|rule| rule.enabled = is_on);
                                    }
                                />
                                <span>{say::RULE_ENABLED}</span>
                            </label>
                            <label class="line">
                                <span>{say::TITLE}</span>
                                <input
                                    class="field"
                                    name="title"
                                    autocomplete="off"
                                    prop:value=move || rule.get().title
                                    aria-invalid=move || title_why.get().map(|_| "true")
                                    aria-describedby=format!("title-why-{key}")
                                    on:input=move |event| {
                                        let value = event_target_value(&event);
                                        edit(&|rule| rule.title = value.clone());
                                    }
                                />
                            </label>
                            <p class="why" id=format!("title-why-{key}")>{title_why}</p>
                            <label class="line">
                                <span>{say::KEYWORDS}</span>
                                <input
                                    class="field"
                                    name="keywords"
                                    autocomplete="off"
                                    prop:value=move || rule.get().keywords
                                    aria-invalid=move || keywords_why.get().map(|_| "true")
                                    aria-describedby=format!("keywords-why-{key} keywords-help-{key}")
                                    on:input=move |event| {
                                        let value = event_target_value(&event);
                                        edit(&|rule| rule.keywords = value.clone());
                                    }
                                />
                            </label>
                            <p class="why" id=format!("keywords-why-{key}")>{keywords_why}</p>
                            <p class="help" id=format!("keywords-help-{key}")>{say::KEYWORDS_HELP}</p>
                            <label class="line">
                                <span>{say::TEXT}</span>
                                <textarea
                                    class="field"
                                    name="text"
                                    rows="4"
                                    prop:value=move || rule.get().text
                                    aria-invalid=move || text_why.get().map(|_| "true")
                                    aria-describedby=format!("text-why-{key} text-count-{key}")
                                    on:input=move |event| {
                                        let value = event_target_value(&event);
                                        edit(&|rule| rule.text = value.clone());
                                    }
                                ></textarea>
                            </label>
                            <div class="under">
                                <p class="why" id=format!("text-why-{key}")>{text_why}</p>
                                <p class="counter" id=format!("text-count-{key}")>
                                    {move || say::counted(rule.get().text.chars().count())}
                                </p>
                            </div>
                            <label class="line">
                                <span>{say::SOURCES}</span>
                                <select
                                    class="field"
                                    name="sources"
                                    on:change=move |event| {
                                        let value = event_target_value(&event);
                                        edit(&|rule| rule.sources = value.clone());
                                    }
                                >
                                    {sources_of(&rule.get_untracked().sources)
                                        .into_iter()
                                        .map(|one| {
                                            let (value, words) = (one.clone(), say::sources(&one));
                                            view! {
                                                <option value=value selected=move || rule.get().sources == one>{words}</option>
                                            }
                                        })
                                        .collect_view()}
                                </select>
                            </label>
                            <label class="tick">
                                <input
                                    type="checkbox"
                                    name="hand_over"
                                    prop:checked=move || rule.get().hand_over
                                    on:change=move |event| {
                                        let is_on = event_target_checked(&event);
                                        edit(&|rule| rule.hand_over = is_on);
                                    }
                                />
                                <span>{say::HAND_OVER}</span>
                            </label>
                            <button
                                type="button"
                                class="parts bad"
                                aria-label=move || say::of_rule(say::DELETE, &title.get())
                                on:click=remove
                            >
                                {say::DELETE}
                            </button>
                        </div>
                    }
                })
            }}
        </li>
    }
}

/// To whom a rule may speak: automatic replies go to the site's visitors and Ozon's buyers. What a program has set stays to be
/// chosen.
fn sources_of(now: &str) -> Vec<String> {
    let mut all = vec![String::new(), source::WIDGET.to_owned(), source::OZON.to_owned()];
    if !all.iter().any(|one| one == now) {
        all.push(now.to_owned());
    }
    all
}

/// A message is written, and what would be replied is seen: by what stands in the fields, saved or not.
#[component]
fn Check() -> impl IntoView {
    let replies = Replies::here();
    let (message, from) = (RwSignal::new(String::new()), RwSignal::new(source::WIDGET.to_owned()));
    let is_blank = Memo::new(move |_| message.with(|message| message.trim().is_empty()));
    let answer = Memo::new(move |_| {
        message.with(|message| from.with(|from| replies.with(|form| form.answer(message, from)))).flatten()
    });
    let is_on = Memo::new(move |_| replies.with(|form| form.enabled).unwrap_or_default());
    let found = move || match (is_blank.get(), answer.get()) {
        (true, _) => ().into_any(),
        (false, None) => view! { <p class="help">{say::NOBODY_ANSWERS}</p> }.into_any(),
        (false, Some((title, reply))) => view! {
            <p>{say::answers(&title)} " " {move || (!is_on.get()).then_some(say::IS_OFF)}</p>
            <div class="msg out"><span class="body">{reply}</span></div>
        }
        .into_any(),
    };
    view! {
        <section class="paper check" aria-labelledby="check">
            <h2 id="check">{say::CHECK}</h2>
            <p class="help">{say::CHECK_HELP}</p>
            <div class="pair">
                <label class="line">
                    <span>{say::CHECK_MESSAGE}</span>
                    <input
                        class="field"
                        name="check"
                        autocomplete="off"
                        placeholder=say::CHECK_EXAMPLE
                        prop:value=message
                        on:input=move |event| message.set(event_target_value(&event))
                    />
                </label>
                <label class="line">
                    <span>{say::CHECK_SOURCE}</span>
                    <select class="field" name="check_source" on:change=move |event| from.set(event_target_value(&event))>
                        <option value=source::WIDGET>{text::source_name(source::WIDGET)}</option>
                        <option value=source::OZON>{text::source_name(source::OZON)}</option>
                    </select>
                </label>
            </div>
            <div class="said" role="status">{found}</div>
        </section>
    }
}
