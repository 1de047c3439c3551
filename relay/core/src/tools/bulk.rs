//! Bulk sends: a text with variables, and a table of whom it goes to with which values. Judged as a whole before anything is
//! sent; see `hub` for how it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::limits::{BULK_ROWS_MAX, OZON_TEXT_CHARS_MAX, TEMPLATE_VARIABLES_MAX};
use shared::problem::{Code, Problem};
use shared::{template, text};

use super::csv;
use crate::upstream::ozon::chat_start;

/// The column of a table that says whom a row is for; the others are variables.
pub const POSTING_NUMBER: &str = "posting_number";

/// What somebody wants to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The template whose text it is; or else `text`.
    pub template_id: Option<String>,
    /// The text, with its variables; or else `template_id`.
    pub text: Option<String>,
    /// Where it goes.
    pub source: String,
    /// Whom to, with which values.
    pub table: Table,
    /// How many rows are begun in a minute at most; what is usual if absent.
    pub rate_per_minute: Option<i64>,
    /// Their own id for it: the same one twice is the same bulk send.
    pub client_id: Option<String>,
    /// Only says what would be sent.
    pub dry_run: bool,
}

/// Whom a text goes to, with which values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The variables, each once.
    pub names: Vec<String>,
    /// The rows, in their order.
    pub rows: Vec<Row>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose buyer it goes to.
    pub posting_number: String,
    /// The values of the variables, in the table's order, as far as there are any.
    pub values: Vec<Option<String>>,
}

/// A row as it comes in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonRow {
    /// Whose buyer it goes to.
    pub posting_number: String,
    /// The values by their variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

impl Table {
    /// The table that is sent as JSON.
    ///
    /// # Errors
    /// [`Code::TooLarge`], [`Code::Invalid`].
    pub fn of_json(rows: Vec<JsonRow>) -> Result<Self, Problem> {
        let names: BTreeSet<String> = rows.iter().flat_map(|row| row.variables.keys()).cloned().collect();
        let names: Vec<String> = names.into_iter().collect();
        let rows = rows.into_iter().map(|mut row| Row {
            posting_number: row.posting_number,
            values: names.iter().map(|name| row.variables.remove(name)).collect(),
        });
        Self { rows: rows.collect(), names: names.clone() }.checked()
    }

    /// The table that is sent as CSV. An empty cell is no value.
    ///
    /// # Errors
    /// [`Code::Malformed`] with the row's number, [`Code::TooLarge`], [`Code::Invalid`].
    pub fn of_csv(text: &str) -> Result<Self, Problem> {
        let csv::Sheet { mut names, rows } = csv::read(text)?;
        let at = names
            .iter()
            .position(|name| name == POSTING_NUMBER)
            .ok_or_else(|| Problem::new(Code::Malformed, format!("the table has no column {POSTING_NUMBER}")))?;
        names.remove(at);
        let rows = rows.into_iter().map(|mut cells| Row {
            posting_number: if at < cells.len() { cells.remove(at).trim().to_owned() } else { String::new() },
            values: cells.into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect(),
        });
        Self { rows: rows.collect(), names }.checked()
    }

    fn checked(self) -> Result<Self, Problem> {
        if self.rows.is_empty() {
            return Err(Problem::new(Code::Invalid, "there is nobody to send to: the table has no rows"));
        }
        if self.rows.len() > BULK_ROWS_MAX {
            let detail = format!("a bulk send has at most {BULK_ROWS_MAX} rows; make several of it");
            return Err(Problem::new(Code::TooLarge, detail));
        }
        if self.names.len() > TEMPLATE_VARIABLES_MAX {
            let detail = format!("the rows have more than {TEMPLATE_VARIABLES_MAX} variables");
            return Err(Problem::new(Code::Invalid, detail));
        }
        Ok(self)
    }
}

/// The values of a row by their variables.
#[must_use]
pub fn variables(names: &[String], values: &[Option<String>]) -> BTreeMap<String, String> {
    names.iter().zip(values).filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect()
}

/// What a row's message says.
///
/// # Errors
/// What is wrong with its values, or with the text that they make.
pub fn message(template: &str, variables: &BTreeMap<String, String>) -> Result<String, Problem> {
    let filled = template::render(template, variables)?;
    text::check(&filled)?;
    text::check_chars(&filled, OZON_TEXT_CHARS_MAX)?;
    Ok(filled)
}

/// Each row's message, or what is wrong with the row.
#[must_use]
pub fn judge(template: &str, table: &Table) -> Vec<Result<String, Problem>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut judged = Vec::new();
    for (row, number) in table.rows.iter().zip(1_usize..) {
        let earlier = *seen.entry(&row.posting_number).or_insert(number);
        judged.push(chat_start::check(&row.posting_number).and_then(|()| {
            if earlier < number {
                let detail =
                    format!("the posting_number is that of row {earlier}: its buyer would be written to twice");
                return Err(Problem::new(Code::Conflict, detail));
            }
            message(template, &variables(&table.names, &row.values))
        }));
    }
    judged
}

/// So many rows are named in a refusal.
const NAMED_MAX: usize = 20;

/// The refusal of a table with these faults, if there are any.
///
/// # Errors
/// [`Code::Invalid`] with the rows' numbers.
pub fn refuse(judged: &[Result<String, Problem>]) -> Result<(), Problem> {
    let faults = judged.iter().zip(1_usize..).filter_map(|(row, number)| Some((number, row.as_ref().err()?)));
    let faults: Vec<String> = faults.map(|(number, fault)| format!("row {number}: {}", fault.detail)).collect();
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(NAMED_MAX);
    let mut detail = faults.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join("; ");
    if more > 0 {
        detail.push_str(&format!("; and {more} rows more"));
    }
    Err(Problem::new(Code::Invalid, format!("nothing was sent: {detail}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn row(posting_number: &str, variables: &[(&str, &str)]) -> JsonRow {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        JsonRow { posting_number: posting_number.into(), variables: variables.collect() }
    }

    #[test]
    fn a_table_is_the_same_from_json_and_from_csv() {
        let json = Table::of_json(vec![row("1-1", &[("day", "1 мая"), ("track", "A")]), row("2-1", &[("track", "B")])]);
        let json = json.unwrap();
        assert_eq!(json.names, ["day", "track"]);
        for csv in [
            "posting_number,day,track\n1-1,1 мая,A\n2-1,,B\n",
            "\u{feff}day;track;posting_number\r\n1 мая;A;1-1\r\n;B;\" 2-1\"\r\n",
        ] {
            assert_eq!(Table::of_csv(csv).unwrap(), json, "{csv}");
        }
        assert_eq!(variables(&json.names, &json.rows[1].values), [("track".to_owned(), "B".to_owned())].into());
        assert!(Table::of_csv("a,b\n1,2").unwrap_err().detail.contains("posting_number"));
    }

    #[test]
    fn a_table_is_good_up_to_each_limit_and_refused_one_past_it() {
        let rows = |count: usize| Table::of_json((0..count).map(|number| row(&number.to_string(), &[])).collect());
        let code = |table: Result<Table, Problem>| table.err().map(|problem| problem.code);
        assert_eq!(code(rows(0)), Some(Code::Invalid));
        assert_eq!([code(rows(BULK_ROWS_MAX)), code(rows(BULK_ROWS_MAX + 1))], [None, Some(Code::TooLarge)]);
        let wide = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("v{number}")).collect();
            let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
            Table::of_json(vec![row("1", &pairs)])
        };
        assert_eq!(
            [code(wide(TEMPLATE_VARIABLES_MAX)), code(wide(TEMPLATE_VARIABLES_MAX + 1))],
            [None, Some(Code::Invalid)]
        );
    }

    #[test]
    fn each_row_is_judged_and_what_is_wrong_is_said_by_its_number() {
        let long = "я".repeat(OZON_TEXT_CHARS_MAX);
        let table = Table::of_json(vec![
            row("1-1", &[("day", "1 мая")]),
            row("", &[("day", "1 мая")]),
            row("3-1", &[]),
            row("1-1", &[("day", "2 мая")]),
            row("5-1", &[("day", &long)]),
            row("6-1", &[("day", "1"), ("other", "2")]),
        ]);
        let judged = judge("Ждём {{day}}", &table.unwrap());
        assert_eq!(judged[0].as_deref(), Ok("Ждём 1 мая"));
        let codes: Vec<Option<Code>> =
            judged.iter().map(|row| row.as_ref().err().map(|problem| problem.code)).collect();
        assert_eq!(codes[1..], [Code::Invalid, Code::Invalid, Code::Conflict, Code::TooLarge, Code::Invalid].map(Some));
        let refused = refuse(&judged).unwrap_err();
        assert_eq!(refused.code, Code::Invalid);
        for said in [
            "row 2: posting_number",
            "row 3: missing: day",
            "row 4: the posting_number is that of row 1",
            "row 5: a message's text",
            "row 6: unknown: other",
        ] {
            assert!(refused.detail.contains(said), "{}", refused.detail);
        }
        assert!(refuse(&judged[..1]).is_ok());
    }

    #[test]
    fn of_many_faults_some_are_named_and_the_rest_counted() {
        let table = Table::of_json((0..NAMED_MAX + 5).map(|_| row("", &[])).collect()).unwrap();
        let refused = refuse(&judge("да", &table)).unwrap_err();
        assert!(
            refused.detail.ends_with("row 20: posting_number is no number of a posting; and 5 rows more"),
            "{}",
            refused.detail
        );
    }
}
