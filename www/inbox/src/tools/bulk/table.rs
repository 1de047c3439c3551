//! The table of a new bulk send, before the relay reads it. What is copied out of a spreadsheet has tabs between its cells, which
//! the relay does not take: here it becomes a table that it does.

use shared::limits::BULK_BYTES_MAX;

/// The column that says whom a row is for.
pub const POSTING_NUMBER: &str = "posting_number";

/// Why there is nothing to hand to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Empty,
    TooLarge,
}

/// The table as it is sent.
///
/// # Errors
/// It is empty, or larger than the relay takes.
pub fn tidy(typed: &str) -> Result<String, Trouble> {
    let typed = typed.trim_start_matches('\u{feff}');
    if typed.trim().is_empty() {
        return Err(Trouble::Empty);
    }
    let first = typed.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has_tabs = first.contains('\t') && !first.contains([',', ';']);
    let table = if has_tabs { of_tabs(typed) } else { typed.to_owned() };
    if table.len() > BULK_BYTES_MAX { Err(Trouble::TooLarge) } else { Ok(table) }
}

/// A spreadsheet puts quotes around the cells that need them, as a CSV does; all others may hold anything but tabs and line ends.
fn of_tabs(typed: &str) -> String {
    let mut table = String::with_capacity(typed.len());
    let mut chars = typed.chars().peekable();
    while chars.peek().is_some() {
        let mut cell = String::new();
        let is_quoted = chars.peek() == Some(&'"');
        let mut is_open = false;
        while let Some(char) = chars.next_if(|char| is_open || !matches!(char, '\t' | '\n')) {
            if is_quoted && char == '"' {
                is_open = !is_open;
            }
            cell.push(char);
        }
        let cell = cell.trim_end_matches('\r');
        if is_quoted || !cell.contains([',', '"', ';']) {
            table.push_str(cell);
        } else {
            table.push_str(&["\"", &cell.replace('"', "\"\""), "\""].concat());
        }
        match chars.next() {
            Some('\t') => {
                table.push(',');
                // The last cell of a line may be empty, and the last of all lines.
                if chars.peek().is_none() {
                    break;
                }
            }
            Some(_) => table.push('\n'),
            None => {}
        }
    }
    table
}

/// The table that a template asks for: what stands in the empty field.
pub fn example(variables: &[String]) -> String {
    let names = std::iter::once(POSTING_NUMBER).chain(variables.iter().map(String::as_str));
    let values = std::iter::once("12345678-0001-1").chain(variables.iter().map(|_| "…"));
    [names.collect::<Vec<_>>().join(","), values.collect::<Vec<_>>().join(",")].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_sent_as_it_is() {
        for table in ["posting_number,day\n1-1,1 мая\n", "posting_number;day\r\n1-1;\"a\tb\"", "posting_number\n1-1"]
        {
            assert_eq!(tidy(table).as_deref(), Ok(table));
        }
        assert_eq!(tidy("\u{feff}posting_number\n1-1").as_deref(), Ok("posting_number\n1-1"));
    }

    #[test]
    fn what_a_spreadsheet_copies_becomes_a_table() {
        for (copied, table) in [
            ("posting_number\tday\n1-1\t1 мая\n2-1\t2 мая\n", "posting_number,day\n1-1,1 мая\n2-1,2 мая\n"),
            ("posting_number\tday\r\n1-1\t9,5\r\n2-1\t\r\n", "posting_number,day\n1-1,\"9,5\"\n2-1,\n"),
            ("posting_number\tday\n1-1\t", "posting_number,day\n1-1,"),
            ("a\tb\n1\t5\" экран", "a,b\n1,\"5\"\" экран\""),
            ("a\tb\n1\t\"две\nстроки\tи \"\"кавычки\"\"\"\n", "a,b\n1,\"две\nстроки\tи \"\"кавычки\"\"\"\n"),
        ] {
            assert_eq!(tidy(copied).as_deref(), Ok(table), "{copied:?}");
        }
    }

    #[test]
    fn nothing_and_too_much_are_not_sent() {
        for empty in ["", "  \n\t\n", "\u{feff}"] {
            assert_eq!(tidy(empty), Err(Trouble::Empty));
        }
        assert_eq!(tidy(&"1".repeat(BULK_BYTES_MAX)).map(|table| table.len()), Ok(BULK_BYTES_MAX));
        assert_eq!(tidy(&"1".repeat(BULK_BYTES_MAX + 1)), Err(Trouble::TooLarge));
    }

    #[test]
    fn the_example_has_a_column_for_each_variable() {
        assert_eq!(example(&[]), "posting_number\n12345678-0001-1");
        assert_eq!(example(&["day".into(), "track".into()]), "posting_number,day,track\n12345678-0001-1,…,…");
    }
}
