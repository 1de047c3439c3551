//! The page "Bulk": a form for a new bulk send above the list of those that there are.

mod card;
mod form;
mod outcomes;
mod record;
mod table;

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::client::LinkStatus;
use shared::event::BulkProgress;
use shared::node::{Node, member};
use shared::route;

use super::asked::{Asked, shown};
use super::parts::{Empty, ReadOnly};
use super::{Page, Sheet};
use crate::desk::Desk;
use crate::text;
use card::Card;
use form::Form;
use record::Bulk;

pub use form::Draft;
pub use table::{POSTING_NUMBER, Trouble as TableTrouble};

const TEMPLATES: &str = "/v1/templates";

/// A template, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Template {
    template_id: String,
    title: String,
    text: String,
    variables: Vec<String>,
}

fn templates<N: Node>(node: &N) -> Option<Vec<Template>> {
    let template = |node: &N| {
        Some(Template {
            template_id: member(node, "template_id")?,
            title: member(node, "title")?,
            text: member(node, "text")?,
            variables: member(node, "variables")?,
        })
    };
    Some(node.get("templates")?.elements()?.iter().filter_map(template).collect())
}

/// What all parts of the page share. Copied freely.
#[derive(Clone, Copy)]
struct Room {
    desk: Desk,
    bulks: Asked<Vec<Bulk>>,
    templates: Asked<Vec<Template>>,
    /// What was heard of bulk sends so far.
    heard: Memo<BTreeMap<i64, BulkProgress>>,
}

impl Room {
    fn new() -> Self {
        let desk = Desk::here();
        let heard = move |client: &shared::client::Client| {
            client.state().bulks().map(|progress| (progress.bulk_id, progress.clone())).collect()
        };
        Self { desk, bulks: Asked::new(), templates: Asked::new(), heard: Memo::new(move |_| desk.look(heard)) }
    }

    fn load(self) {
        let before = self.heard.get_untracked();
        self.bulks.load(self.desk, route::BULK, move |answer| {
            let mut bulks = record::bulks(answer)?;
            // What has come meanwhile may be newer than the answer.
            let heard = self.heard.try_get_untracked().unwrap_or_default();
            for bulk in &mut bulks {
                if let Some(progress) = heard.get(&bulk.bulk_id).filter(|at| before.get(&bulk.bulk_id) != Some(at)) {
                    bulk.hear_meanwhile(progress);
                }
            }
            Some(bulks)
        });
    }

    fn load_templates(self) {
        let desk = self.desk;
        self.templates.load(desk, TEMPLATES, move |answer| {
            if let Some(may_change) = member(answer, "may_change") {
                desk.may_change.set(may_change);
            }
            templates(answer)
        });
    }

    /// A bulk send as the relay has just told it.
    fn put(self, bulk: Bulk) {
        if self.bulks.with(|bulks| bulks.is_none()) {
            return self.load();
        }
        self.bulks.edit(|bulks| match bulks.iter_mut().find(|known| known.bulk_id == bulk.bulk_id) {
            Some(known) => *known = bulk,
            None => bulks.insert(0, bulk),
        });
    }

    /// The title of a template, if there is such a one.
    fn title(self, template_id: Option<&str>) -> Option<String> {
        self.templates.with(|templates| {
            let found = templates?.iter().find(|template| Some(template.template_id.as_str()) == template_id);
            found.map(|template| template.title.clone())
        })
    }
}

#[component]
pub fn BulkPage() -> impl IntoView {
    let room = Room::new();
    let is_live = Memo::new(move |_| room.desk.status() == LinkStatus::Live);
    // Progress is not in the log: after a gap all of it is read anew.
    Effect::new(move |before: Option<()>| {
        if is_live.get() || before.is_none() {
            untrack(|| room.load());
        }
    });
    room.load_templates();
    Effect::new(move |before: Option<BTreeMap<i64, BulkProgress>>| {
        let heard = room.heard.get();
        let before = before.unwrap_or_default();
        let news: Vec<&BulkProgress> = heard.values().filter(|at| before.get(&at.bulk_id) != Some(at)).collect();
        let is_known = |at: &&BulkProgress| {
            untrack(|| {
                room.bulks.with(|bulks| bulks.is_some_and(|all| all.iter().any(|bulk| bulk.bulk_id == at.bulk_id)))
            })
        };
        // Another person's new one.
        if !news.iter().all(is_known) && untrack(|| room.bulks.with(|bulks| bulks.is_some())) {
            untrack(|| room.load());
        }
        if !news.is_empty() {
            room.bulks.edit(|bulks| {
                for bulk in bulks {
                    if let Some(progress) = news.iter().find(|at| at.bulk_id == bulk.bulk_id) {
                        bulk.hear(progress);
                    }
                }
            });
        }
        heard
    });
    let list = move || {
        let ids = Memo::new(move |_| {
            room.bulks.with(|bulks| bulks.map(|all| all.iter().map(|bulk| bulk.bulk_id).collect::<Vec<_>>()))
        });
        let is_empty = Memo::new(move |_| ids.with(|ids| ids.as_ref().is_some_and(Vec::is_empty)));
        view! {
            {move || is_empty.get().then(|| view! { <Empty title=text::bulk::NONE help=text::bulk::NONE_HELP/> })}
            <For each=move || ids.get().unwrap_or_default() key=|bulk_id| *bulk_id let(bulk_id)>
                <Card room=room bulk_id=bulk_id/>
            </For>
        }
        .into_any()
    };
    view! {
        <Sheet page=Page::Bulk>
            <ReadOnly/>
            <Form room=room/>
            {shown(room.bulks, text::bulk::LOADING, Callback::new(move |()| room.load()), list)}
        </Sheet>
    }
}
