//! Tables as comma-separated values (RFC 4180), in and out.

use shared::problem::{Code, Problem};

/// A table that somebody sends: its first line has the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The names of its columns, without blanks around them.
    pub names: Vec<String>,
    /// Its rows, each with as many cells as there are names.
    pub rows: Vec<Vec<String>>,
}

/// Reads a table. Cells are parted by commas, or by semicolons if the first line has those, as Excel writes it where the
/// comma is a decimal sign. A byte order mark and blank lines are passed over.
///
/// # Errors
/// [`Code::Malformed`] with the number of the row.
pub fn read(text: &str) -> Result<Sheet, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text, separator(text))?.into_iter();
    let first = records.next().ok_or_else(|| Problem::new(Code::Malformed, "the table is empty"))?;
    let names: Vec<String> = first.iter().map(|name| name.trim().to_owned()).collect();
    if let Some(name) = names
        .iter()
        .enumerate()
        .find(|(at, name)| name.is_empty() || names.iter().take(*at).any(|other| other == *name))
    {
        let detail = format!("column {} of the table has no name, or that of another one", name.0.saturating_add(1));
        return Err(Problem::new(Code::Malformed, detail));
    }
    let mut rows = Vec::new();
    for record in records {
        if record.len() != names.len() {
            let (row, cells) = (rows.len().saturating_add(1), record.len());
            let detail = format!("row {row} of the table has {cells} cells, and its first line {}", names.len());
            return Err(Problem::new(Code::Malformed, detail));
        }
        rows.push(record);
    }
    Ok(Sheet { names, rows })
}

/// The sign between the cells, by the first line outside of quotes.
fn separator(text: &str) -> char {
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => quoted = !quoted,
            ';' | ',' if !quoted => return char,
            '\n' if !quoted => break,
            _ => {}
        }
    }
    ','
}

fn records(text: &str, separator: char) -> Result<Vec<Vec<String>>, Problem> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    // Whether the cell began with a quote, and so whether an empty one is there at all.
    let mut was_quoted = false;
    while let Some(char) = chars.next() {
        match char {
            '"' if cell.is_empty() && !was_quoted => {
                was_quoted = true;
                loop {
                    match chars.next() {
                        Some('"') if chars.peek() == Some(&'"') => {
                            chars.next();
                            cell.push('"');
                        }
                        Some('"') => break,
                        Some(other) => cell.push(other),
                        None => {
                            let row = records.len();
                            let detail = format!("a quote in row {row} of the table has no end");
                            return Err(Problem::new(Code::Malformed, detail));
                        }
                    }
                }
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                if !record.is_empty() || !cell.trim().is_empty() || was_quoted {
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
                cell.clear();
                was_quoted = false;
            }
            char if char == separator => {
                record.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            char => cell.push(char),
        }
    }
    if !record.is_empty() || !cell.trim().is_empty() || was_quoted {
        record.push(cell);
        records.push(record);
    }
    Ok(records)
}

/// A cell with a text. A spreadsheet would calculate what begins like a formula: a quote before it keeps it a text.
#[must_use]
pub fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// The objects of an array as a table with these columns, and a line of their names.
#[must_use]
pub fn table(names: &[&str], rows: Option<&serde_json::Value>) -> String {
    use serde_json::Value;
    let mut csv = names.join(",");
    csv.push_str("\r\n");
    for row in rows.and_then(Value::as_array).into_iter().flatten() {
        let cells = names.iter().map(|name| match row.get(name) {
            Some(Value::String(text)) => cell(text),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        });
        csv.push_str(&cells.collect::<Vec<_>>().join(","));
        csv.push_str("\r\n");
    }
    csv
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn rows(text: &str) -> Vec<Vec<String>> {
        read(text).unwrap().rows
    }

    #[test]
    fn a_table_is_read_however_it_was_written() {
        let expected =
            vec![vec!["1-1".to_owned(), "да, \"завтра\"\nв 9".to_owned()], vec!["2".to_owned(), String::new()]];
        for text in [
            "p,day\r\n1-1,\"да, \"\"завтра\"\"\nв 9\"\r\n2,\r\n",
            "\u{feff}p;day\n1-1;\"да, \"\"завтра\"\"\nв 9\"\n\n  \n2;\"\"",
            "\" p \";day\n1-1;\"да, \"\"завтра\"\"\nв 9\"\n2;",
        ] {
            assert_eq!(read(text).unwrap().names, ["p", "day"]);
            assert_eq!(rows(text), expected, "{text}");
        }
        assert_eq!(rows("p\n1\n2"), [["1"], ["2"]]);
        assert_eq!(rows("a,b;c\n1,2;3"), [["1", "2;3"]]);
        assert_eq!(rows("a;b\n1,5;2\"0"), [["1,5", "2\"0"]]);
        assert_eq!(read("a,b").unwrap().rows.len(), 0);
    }

    #[test]
    fn what_is_no_table_is_refused_by_its_row() {
        for (text, detail) in [
            ("", "the table is empty"),
            ("\u{feff}\n\n", "the table is empty"),
            ("a,,c\n1,2,3", "column 2"),
            ("a,b, a\n1,2,3", "column 3"),
            ("a,b\n1,2\n3", "row 2"),
            ("a,b\n1,2,3", "row 1"),
            ("a,b\n1,2\n3,\"4", "row 2"),
        ] {
            let refused = read(text).unwrap_err();
            assert_eq!(refused.code, Code::Malformed);
            assert!(refused.detail.contains(detail), "{text}: {}", refused.detail);
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+7", "-7", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert!(cell(text).starts_with("\"'"), "{text}");
        }
        assert_eq!(cell("да \"нет\""), "\"да \"\"нет\"\"\"");
        let written =
            table(&["row", "reason", "chat"], Some(&json!([{"row": 1, "reason": "=x"}, {"row": -2, "chat": "a"}])));
        assert_eq!(written, "row,reason,chat\r\n1,\"'=x\",\r\n-2,,\"a\"\r\n");
        assert_eq!(table(&["row"], None), "row\r\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(table in proptest::collection::vec(proptest::collection::vec("[a-я\",;\r\n ]{0,6}x", 3), 0..6)) {
            for separator in [",", ";"] {
                let line = |cells: &[String]| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(separator);
                let mut text = ["a", "b", "c"].join(separator);
                for row in &table {
                    text.push_str("\r\n");
                    text.push_str(&line(row));
                }
                // What begins like a formula is kept from being one.
                let guarded = |cell: &String| if cell.starts_with(['\r', '\n']) { format!("'{cell}") } else { cell.clone() };
                let expected: Vec<Vec<String>> = table.iter().map(|row| row.iter().map(guarded).collect()).collect();
                prop_assert_eq!(rows(&text), expected);
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[a,;\"\r\n]{0,30}|\\PC{0,30}") {
            let _ = read(&text);
        }
    }
}
