//! The page "Report": the figures of some days, drawn and as tables.

mod chart;
mod figures;
mod period;
mod plot;

use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::route;

use super::asked::{Asked, shown};
use super::parts::Why;
use super::{Page, Sheet, save};
use crate::ask::Refusal;
use crate::desk::Desk;
use crate::text;
use crate::when::Day;
use figures::{Figures, Report, Span, spans};
use period::{Period, query};
use plot::{Plot, Series};

pub use figures::Traffic;
pub use period::Trouble as PeriodTrouble;

/// The first and the last day that are shown, and what is asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chosen {
    first: String,
    last: String,
    query: String,
}

/// The operator's day, `2026-01-10`.
fn today() -> String {
    let Day { year, month, day } = Day::at(widget::browser::now());
    format!("{year:04}-{month:02}-{day:02}")
}

fn choose(period: &Period) -> Result<Chosen, PeriodTrouble> {
    let (first, last) = period.days(&today())?;
    let offset_min = -(Date::new_0().get_timezone_offset() as i64);
    let query = query(&first, &last, offset_min);
    Ok(Chosen { first, last, query })
}

#[component]
pub fn ReportPage() -> impl IntoView {
    let desk = Desk::here();
    let report: Asked<Report> = Asked::new();
    let period = RwSignal::new(Period::Last(7));
    let chosen = RwSignal::new(None::<Chosen>);
    let (why, is_saving) = (RwSignal::new(None), RwSignal::new(false));
    let load = move || {
        why.set(None);
        match period.with_untracked(choose) {
            Ok(now) => {
                report.load(desk, &[route::REPORTS, &now.query].concat(), Report::read);
                chosen.set(Some(now));
            }
            Err(trouble) => why.set(Some(text::report::period_trouble(trouble))),
        }
    };
    load();
    let save = move |is_table: bool| {
        let Some(chosen) = chosen.get_untracked().filter(|_| !is_saving.get_untracked()) else { return };
        is_saving.set(true);
        why.set(None);
        spawn_local(async move {
            let format = if is_table { "&format=csv" } else { "" };
            let answer = desk.ask_text(&[route::REPORTS, &chosen.query, format].concat()).await;
            if is_saving.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok((text, _)) if is_table => save::table(&file_name(&chosen, "csv"), &text),
                Ok((text, _)) => save::json(&file_name(&chosen, "json"), &text),
                Err(refusal) => why.set(Some(text::tools::why(&refusal))),
            }
        });
    };
    // With a report on the page, a newer one that does not come is told above it.
    let not_renewed = move || {
        let refusal: Option<Refusal> = report.trouble().filter(|_| report.with(|report| report.is_some()));
        refusal.map(|refusal| text::tools::why(&refusal)).or_else(|| why.get())
    };
    let show = move || view! { <Shown report=report/> }.into_any();
    view! {
        <Sheet page=Page::Report>
            <div class="report-head">
                <Choice period=period load=Callback::new(move |()| load())/>
                <div class="do">
                    <button type="button" class="tool csv" disabled=move || is_saving.get() on:click=move |_| save(true)>
                        {text::report::CSV}
                    </button>
                    <button type="button" class="tool json" disabled=move || is_saving.get() on:click=move |_| save(false)>
                        {text::report::JSON}
                    </button>
                </div>
            </div>
            <Why why=Signal::derive(not_renewed)/>
            {shown(report, text::report::LOADING, Callback::new(move |()| load()), show)}
        </Sheet>
    }
}

fn file_name(chosen: &Chosen, ending: &str) -> String {
    text::report::file_name(&chosen.first, &chosen.last, ending)
}

/// Which days.
#[component]
fn Choice(period: RwSignal<Period>, load: Callback<()>) -> impl IntoView {
    let last = move |days: i64, word: &'static str| {
        let choose = move |_| {
            period.set(Period::Last(days));
            load.run(());
        };
        view! {
            <button type="button" class="tool" aria-pressed=move || (period.get() == Period::Last(days)).to_string() on:click=choose>
                {word}
            </button>
        }
    };
    let is_own = Memo::new(move |_| period.with(|period| matches!(period, Period::Own(..))));
    let own = move |_| {
        // What is shown is what they begin with.
        if let Ok(Chosen { first, last, .. }) = period.with_untracked(choose) {
            period.set(Period::Own(first, last));
        }
    };
    let day = move |is_first: bool| {
        period.with(|period| match period {
            Period::Own(first, last) => if is_first { first } else { last }.clone(),
            Period::Last(_) => String::new(),
        })
    };
    let set_day = move |is_first: bool, day: String| {
        period.update(|period| {
            if let Period::Own(first, last) = period {
                *(if is_first { first } else { last }) = day;
            }
        });
    };
    view! {
        <form class="period" on:submit=move |event| {
            event.prevent_default();
            load.run(());
        }>
            <div class="choice" role="group" aria-label=text::report::PERIOD>
                {last(1, text::report::TODAY)} {last(7, text::report::WEEK)} {last(30, text::report::MONTH)}
                <button type="button" class="tool" aria-pressed=move || is_own.get().to_string() on:click=own>
                    {text::report::OWN}
                </button>
            </div>
            {move || is_own.get().then(|| view! {
                <div class="dates">
                    <label class="line">
                        <span>{text::report::FROM}</span>
                        <input class="field" type="date" name="from" required prop:value=move || day(true)
                            on:input=move |event| set_day(true, event_target_value(&event))/>
                    </label>
                    <label class="line">
                        <span>{text::report::TO}</span>
                        <input class="field" type="date" name="to" required prop:value=move || day(false)
                            on:input=move |event| set_day(false, event_target_value(&event))/>
                    </label>
                    <button type="submit" class="primary">{text::report::SHOW}</button>
                </div>
            })}
        </form>
    }
}

#[component]
fn Shown(report: Asked<Report>) -> impl IntoView {
    // An answer that says the same leaves the page as it is.
    let report = Memo::new(move |_| report.get());
    move || {
        report.get().map(|report| {
            let is_empty = report.is_empty();
            let Report { total, sources, days, operators } = report;
            view! {
                {tiles(&total)}
                {is_empty.then(|| view! { <p class="nothing" role="status">{text::report::NOTHING}</p> })}
                {(!is_empty).then(|| plots(&spans(&days)))}
                {by_day(&days)}
                <h2>{text::report::BY_OPERATOR}</h2>
                {if operators.is_empty() {
                    view! { <p class="nothing">{text::report::NO_OPERATORS}</p> }.into_any()
                } else {
                    by_operator(operators).into_any()
                }}
                {(!sources.is_empty()).then(|| by_source(sources))}
            }
        })
    }
}

fn tiles(total: &Figures) -> impl IntoView + use<> {
    let tile = |name: &'static str, word: &'static str, value: String| {
        view! {
            <div data-figure=name>
                <dt>{word}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let count = |name, word, count: i64| tile(name, word, count.to_string());
    let of = total.traffic;
    view! {
        <h2>{text::report::OF_PERIOD}</h2>
        <dl class="tiles">
            {count("messages_in", text::report::IN, of.messages_in)}
            {count("messages_out", text::report::OUT, of.messages_out)}
            {count("automatic_messages", text::report::AUTOMATIC, of.automatic_messages)}
            {count("recent_activity", text::report::ACTIVE, total.recent_activity)}
            {count("answers", text::report::ANSWERS, of.answers)}
            {tile("average_first_response_ms", text::report::FIRST_RESPONSE, text::report::average(of.average_ms))}
        </dl>
        <h2>{text::report::NOW}</h2>
        <dl class="tiles">
            {count("total_chats", text::report::CHATS, total.total_chats)}
            {count("open_chats", text::report::OPEN, total.open_chats)}
            {count("closed_chats", text::report::CLOSED, total.closed_chats)}
            {count("unread_chats", text::report::UNREAD_CHATS, total.unread_chats)}
            {count("total_unread_messages", text::report::UNREAD_MESSAGES, total.total_unread_messages)}
        </dl>
    }
}

fn plots(spans: &[Span]) -> impl IntoView + use<> {
    let names: Vec<String> = spans.iter().map(|span| text::report::days(&span.first, &span.last)).collect();
    let short: Vec<String> = spans.iter().map(|span| text::report::short_day(&span.first)).collect();
    let each = |values: fn(&Span) -> Vec<Option<i64>>, words: fn(&Span) -> String| {
        spans.iter().map(|span| (values(span), words(span))).collect::<Vec<_>>()
    };
    let messages = each(
        |span| [span.traffic.messages_in, span.traffic.messages_out, span.traffic.automatic_messages].map(Some).into(),
        |span| text::report::messages(&span.traffic),
    );
    let chats =
        each(|span| vec![Some(span.active_chats)], |span| text::report::chats(span.new_chats, span.active_chats));
    let response = each(|span| vec![span.traffic.average_ms], |span| text::report::response(&span.traffic));
    let series = |name: &'static str, class: &'static str| Series { name, class };
    view! {
        <Plot
            id="plot-messages"
            title=text::report::MESSAGES_BY_DAY
            unit=chart::Unit::Count
            series=vec![
                series(text::report::IN, "one"),
                series(text::report::OUT, "two"),
                series(text::report::AUTOMATIC, "three"),
            ]
            names=names.clone()
            short=short.clone()
            days=messages
        />
        <Plot
            id="plot-chats"
            title=text::report::CHATS_BY_DAY
            unit=chart::Unit::Count
            series=vec![series(text::report::ACTIVE, "one")]
            names=names.clone()
            short=short.clone()
            days=chats
        />
        <Plot
            id="plot-response"
            title=text::report::RESPONSE_BY_DAY
            unit=chart::Unit::Time
            series=vec![series(text::report::FIRST_RESPONSE, "two")]
            names=names
            short=short
            days=response
        />
    }
}

fn by_day(days: &[Span]) -> impl IntoView + use<> {
    let row = |day: &Span| {
        let of = day.traffic;
        view! {
            <tr>
                <th scope="row">{text::report::days(&day.first, &day.last)}</th>
                <td>{day.new_chats}</td>
                <td>{day.active_chats}</td>
                <td>{of.messages_in}</td>
                <td>{of.messages_out}</td>
                <td>{of.automatic_messages}</td>
                <td>{of.answers}</td>
                <td>{text::report::average(of.average_ms)}</td>
            </tr>
        }
    };
    // The newest is what somebody looks for.
    let rows = days.iter().rev().map(row).collect_view();
    view! {
        <details class="by-day">
            <summary>{text::report::BY_DAY}</summary>
            <div class="scroll" tabindex="0" role="group" aria-label=text::report::BY_DAY>
                <table class="figures">
                    <thead>
                        <tr>
                            <th scope="col">{text::report::DAY}</th>
                            <th scope="col">{text::report::NEW_CHATS}</th>
                            <th scope="col">{text::report::ACTIVE}</th>
                            <th scope="col">{text::report::IN}</th>
                            <th scope="col">{text::report::OUT}</th>
                            <th scope="col">{text::report::AUTOMATIC}</th>
                            <th scope="col">{text::report::ANSWERS}</th>
                            <th scope="col">{text::report::FIRST_RESPONSE}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

fn by_operator(operators: Vec<figures::Operator>) -> impl IntoView {
    let row = |operator: figures::Operator| {
        let name = if operator.name.is_empty() { text::report::NO_NAME.to_owned() } else { operator.name };
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{operator.traffic.messages_out}</td>
                <td>{operator.active_chats}</td>
                <td>{operator.traffic.answers}</td>
                <td>{text::report::average(operator.traffic.average_ms)}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=text::report::BY_OPERATOR>
            <table class="figures operators">
                <thead>
                    <tr>
                        <th scope="col">{text::report::OPERATOR}</th>
                        <th scope="col">{text::report::OUT}</th>
                        <th scope="col">{text::report::ACTIVE}</th>
                        <th scope="col">{text::report::ANSWERS}</th>
                        <th scope="col">{text::report::FIRST_RESPONSE}</th>
                    </tr>
                </thead>
                <tbody>{operators.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn by_source(sources: Vec<(String, Figures)>) -> impl IntoView {
    let row = |(source, figures): (String, Figures)| {
        view! {
            <tr>
                <th scope="row">{text::source_name(&source).to_owned()}</th>
                <td>{figures.total_chats}</td>
                <td>{figures.unread_chats}</td>
                <td>{figures.traffic.messages_in}</td>
                <td>{figures.traffic.messages_out}</td>
                <td>{figures.traffic.automatic_messages}</td>
                <td>{text::report::average(figures.traffic.average_ms)}</td>
            </tr>
        }
    };
    view! {
        <h2>{text::report::BY_SOURCE}</h2>
        <div class="scroll" tabindex="0" role="group" aria-label=text::report::BY_SOURCE>
            <table class="figures sources">
                <thead>
                    <tr>
                        <th scope="col">{text::report::SOURCE}</th>
                        <th scope="col">{text::report::CHATS}</th>
                        <th scope="col">{text::report::UNREAD_CHATS}</th>
                        <th scope="col">{text::report::IN}</th>
                        <th scope="col">{text::report::OUT}</th>
                        <th scope="col">{text::report::AUTOMATIC}</th>
                        <th scope="col">{text::report::FIRST_RESPONSE}</th>
                    </tr>
                </thead>
                <tbody>{sources.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
