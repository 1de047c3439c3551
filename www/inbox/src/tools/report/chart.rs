//! Bars over days, as coordinates: the figures go in, what is to be drawn comes out.

/// What the axis of the values counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Milliseconds.
    Time,
}

/// How high a chart is, in pixels, with its labels.
pub const HEIGHT: f64 = 200.0;

/// Above the highest line, for the upper half of its label.
const TOP: f64 = 10.0;

/// Below the lowest line, for the days.
const BOTTOM: f64 = 24.0;

/// At the right of the last day.
const RIGHT: f64 = 4.0;

/// How wide a sign of a label is about, at 12 pixels.
const SIGN: f64 = 7.0;

/// Between the label of a line and the line.
const GAP: f64 = 8.0;

/// The widest that a bar may be.
const BAR_MAX: f64 = 36.0;

/// How much of a day's width its bar has.
const BAR_SHARE: f64 = 0.7;

/// A bar is seen, however small its value is.
const BAR_MIN: f64 = 2.0;

/// Lines of the axis, besides the lowest.
const LINES: i64 = 4;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far the lines of an axis of time may be apart, so that their labels are plain.
const TIME_STEPS: [i64; 22] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    30 * DAY,
];

/// A line across, and its label's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub y: f64,
    pub label: String,
}

/// One piece of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Which of the figures of the day.
    pub series: usize,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A day's place, with its bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Where it begins.
    pub x: f64,
    pub width: f64,
    /// Whether there is room for its name below it.
    pub is_named: bool,
    pub pieces: Vec<Piece>,
}

/// All that is to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub width: f64,
    pub height: f64,
    /// Where the lines begin.
    pub left: f64,
    /// Where the names of the days stand.
    pub names_y: f64,
    /// From the bottom to the top.
    pub lines: Vec<Line>,
    pub slots: Vec<Slot>,
}

impl Chart {
    /// Draws days, each with its figures, which are stacked; a figure that is not there has no piece. `label` says a value in words,
    /// and `name_chars` is how long a day's name is.
    pub fn of(
        days: &[Vec<Option<i64>>],
        unit: Unit,
        width: f64,
        name_chars: usize,
        label: impl Fn(i64) -> String,
    ) -> Self {
        let highest = days.iter().map(|day| stacked(day)).max().unwrap_or(0);
        let (step, count) = scale(highest, unit);
        let top_value = step.saturating_mul(count);
        let labels: Vec<String> = (0..=count).map(|at| label(step.saturating_mul(at))).collect();
        let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let left = longest as f64 * SIGN + GAP;
        let (floor, room) = (HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP);
        let y = |value: i64| floor - room * (value as f64 / top_value as f64);
        let lines = labels.into_iter().zip(0..).map(|(label, at)| Line { y: y(step.saturating_mul(at)), label });

        let slot_width = ((width - left - RIGHT) / days.len().max(1) as f64).max(0.0);
        let bar_width = (slot_width * BAR_SHARE).min(BAR_MAX);
        let every = every(slot_width, name_chars);
        let slots = days.iter().enumerate().map(|(at, day)| {
            let x = left + slot_width * at as f64;
            let (mut below, mut pieces) = (0_i64, Vec::new());
            for (series, value) in day.iter().enumerate() {
                let Some(value) = value.filter(|value| *value > 0) else { continue };
                let foot = y(below);
                below = below.saturating_add(value);
                let height = (foot - y(below)).max(BAR_MIN);
                let x = x + (slot_width - bar_width) / 2.0;
                pieces.push(Piece { series, x, y: foot - height, width: bar_width, height });
            }
            // Counted from the last one: the newest day always has its name.
            let is_named = (days.len() - 1 - at).is_multiple_of(every);
            Slot { x, width: slot_width, is_named, pieces }
        });
        Self { width, height: HEIGHT, left, names_y: HEIGHT - 6.0, lines: lines.collect(), slots: slots.collect() }
    }
}

fn stacked(day: &[Option<i64>]) -> i64 {
    day.iter().flatten().fold(0_i64, |sum, value| sum.saturating_add(*value))
}

/// How far apart the lines are, and how many there are above the lowest.
fn scale(highest: i64, unit: Unit) -> (i64, i64) {
    let fits = |step: &i64| step.saturating_mul(LINES) >= highest;
    let step = match unit {
        Unit::Count => {
            let tens = std::iter::successors(Some(1_i64), |ten| ten.checked_mul(10));
            tens.flat_map(|ten| [1_i64, 2, 5].map(|times| ten.saturating_mul(times))).find(fits)
        }
        Unit::Time => TIME_STEPS.into_iter().find(fits),
    };
    // Whatever waits longer has lines as far apart as it takes.
    let step = step.unwrap_or_else(|| highest.checked_div(LINES).unwrap_or(0).saturating_add(1));
    (step, highest.saturating_add(step).saturating_sub(1).checked_div(step).unwrap_or(1).max(1))
}

/// Of how many days one has its name, so that the names do not touch.
fn every(slot_width: f64, name_chars: usize) -> usize {
    let needed = name_chars as f64 * SIGN + 6.0;
    if slot_width <= 0.0 { usize::MAX } else { (needed / slot_width).ceil().max(1.0) as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(days: &[Vec<Option<i64>>], width: f64) -> Chart {
        Chart::of(days, Unit::Count, width, 5, |value| value.to_string())
    }

    fn days(values: &[i64]) -> Vec<Vec<Option<i64>>> {
        values.iter().map(|value| vec![Some(*value)]).collect()
    }

    #[test]
    fn the_lines_are_at_plain_values_and_the_highest_bar_is_below_the_last_one() {
        for (highest, lines) in [
            (0, vec!["0", "1"]),
            (1, vec!["0", "1"]),
            (3, vec!["0", "1", "2", "3"]),
            (5, vec!["0", "2", "4", "6"]),
            (20, vec!["0", "5", "10", "15", "20"]),
            (21, vec!["0", "10", "20", "30"]),
            (1_900, vec!["0", "500", "1000", "1500", "2000"]),
        ] {
            let chart = chart(&days(&[highest, 0]), 320.0);
            assert_eq!(chart.lines.iter().map(|line| line.label.as_str()).collect::<Vec<_>>(), lines, "{highest}");
            assert!(chart.lines.is_sorted_by(|lower, upper| lower.y > upper.y));
            let top = chart.lines.last().map_or(0.0, |line| line.y);
            assert!(chart.slots.iter().flat_map(|slot| &slot.pieces).all(|piece| piece.y >= top - 0.01));
        }
    }

    #[test]
    fn time_is_told_in_steps_that_a_clock_has() {
        for (highest, step) in [
            (900, SECOND),
            (4_001, 2 * SECOND),
            (50 * SECOND, 15 * SECOND),
            (3 * MINUTE, MINUTE),
            (7 * HOUR, 2 * HOUR),
            (40 * HOUR, 12 * HOUR),
            (100 * DAY, 30 * DAY),
        ] {
            assert_eq!(scale(highest, Unit::Time).0, step, "{highest}");
        }
        let (step, count) = scale(400 * DAY, Unit::Time);
        assert!(step.saturating_mul(count) >= 400 * DAY && count <= LINES);
    }

    #[test]
    fn figures_of_a_day_stand_on_each_other_and_what_is_not_there_is_not_drawn() {
        let chart = chart(&[vec![Some(2), Some(1), Some(0)], vec![None, Some(4), None]], 320.0);
        let series = |at: usize| {
            let pieces = chart.slots.get(at).map(|slot| slot.pieces.clone()).unwrap_or_default();
            pieces.into_iter().map(|piece| (piece.series, piece.y, piece.y + piece.height)).collect::<Vec<_>>()
        };
        let (first, second) = (series(0), series(1));
        let floor = chart.lines.first().map_or(0.0, |line| line.y);
        assert_eq!(first.iter().chain(&second).map(|piece| piece.0).collect::<Vec<_>>(), [0, 1, 1]);
        assert_eq!([first.first().map(|piece| piece.2), second.first().map(|piece| piece.2)], [Some(floor); 2]);
        let edges = (first.first().map(|piece| piece.1), first.get(1).map(|piece| piece.2));
        assert!(matches!(edges, (Some(top), Some(foot)) if (top - foot).abs() < 0.01), "{edges:?}");
    }

    #[test]
    fn everything_stays_inside_and_names_do_not_touch() {
        for width in [280.0, 320.0, 900.0] {
            for count in [1, 7, 30, 62] {
                let chart = chart(&days(&vec![5; count]), width);
                let last = chart.slots.last().map_or(0.0, |slot| slot.x + slot.width);
                assert!(last <= width && chart.left > 0.0, "{width} {count}");
                assert!(chart.slots.iter().all(|slot| slot.pieces.iter().all(|piece| piece.width > 1.0)));
                let named: Vec<f64> = chart.slots.iter().filter(|slot| slot.is_named).map(|slot| slot.x).collect();
                assert!(named.windows(2).all(|pair| matches!(pair, [a, b] if b - a >= 5.0 * SIGN)), "{named:?}");
                assert!(chart.slots.last().is_some_and(|slot| slot.is_named));
            }
        }
    }

    #[test]
    fn a_small_value_beside_a_large_one_is_seen() {
        let chart = chart(&days(&[1, 10_000]), 320.0);
        let small = chart.slots.first().and_then(|slot| slot.pieces.first());
        assert_eq!(small.map(|piece| piece.height), Some(BAR_MIN));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let chart = chart(&[], 320.0);
        assert_eq!((chart.slots.len(), chart.lines.len()), (0, 2));
        assert!(chart.lines.iter().all(|line| line.y.is_finite()));
    }
}
