//! When the secrets came in: a bar for each day, month or year, by the date of the commit that introduced each.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::report::html::parts::SEVERITIES;
use crate::report::view::Shown;

const WIDTH: usize = 1000;
const HEIGHT: usize = 140;
/// Room for the dates below the bars.
const FOOT: usize = 22;
/// More bars than this are no picture.
const BARS: usize = 60;

/// What a bar stands for: as much of a date as its bars have in common.
#[derive(Clone, Copy)]
enum Step {
    Day,
    Month,
    Year,
}

/// How many findings of each severity, the worst first.
type Counts = [usize; 4];

/// Writes the timeline, or why there is none.
pub(super) fn write(findings: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let mut days: BTreeMap<&str, Counts> = BTreeMap::new();
    for shown in findings {
        let day = shown.commit.as_ref().map(|commit| commit.day());
        let place = SEVERITIES.iter().position(|&severity| severity == shown.severity);
        if let (Some(day), Some(place)) = (day.filter(|day| number(day).is_some()), place) {
            days.entry(day).or_default()[place] += 1;
        }
    }
    writeln!(out, "<section class=\"timeline\">\n<h2>When they came in</h2>")?;
    match (days.first_key_value(), days.last_key_value()) {
        (Some((first, _)), Some((last, _))) => draw(&days, first, last, out)?,
        _ => writeln!(
            out,
            "<p class=\"more\">No commits were read, so no dates are known; <code>keyfence scan --history</code> knows them.</p>"
        )?,
    }
    writeln!(out, "</section>")
}

fn draw(days: &BTreeMap<&str, Counts>, first: &str, last: &str, out: &mut dyn Write) -> io::Result<()> {
    let step = Step::for_span(first, last);
    let mut bars: BTreeMap<usize, (String, Counts)> = BTreeMap::new();
    for (day, counts) in days {
        let bar = bars
            .entry(step.number(day))
            .or_insert((step.name(day).to_owned(), [0; 4]));
        for (sum, count) in bar.1.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let from = step.number(first);
    let count = step.number(last) - from + 1;
    let highest = bars.values().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(1);
    let slot = (WIDTH / count).clamp(1, 120);
    writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"findings by {}\">",
        HEIGHT + FOOT,
        step.word()
    )?;
    for (number, (name, counts)) in &bars {
        bar((number - from) * slot, slot, name, counts, highest, out)?;
    }
    let labels = (count / 8).max(1);
    for (number, (name, _)) in bars
        .iter()
        .filter(|(number, _)| (*number - from).is_multiple_of(labels))
    {
        let x = (number - from) * slot;
        writeln!(out, "<text x=\"{x}\" y=\"{}\">{name}</text>", HEIGHT + FOOT - 6)?;
    }
    writeln!(
        out,
        "</svg>\n<p class=\"more\">{first} to {last}, by {}; choose a bar to see its findings.</p>",
        step.word()
    )
}

fn bar(x: usize, slot: usize, name: &str, counts: &Counts, highest: usize, out: &mut dyn Write) -> io::Result<()> {
    let width = (slot * 4 / 5).max(1);
    let all: usize = counts.iter().sum();
    let told: Vec<String> = SEVERITIES
        .iter()
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.as_str()))
        .collect();
    writeln!(
        out,
        "<g data-day=\"{name}\" tabindex=\"0\" role=\"button\"><title>{name}: {all} ({})</title>\
         <rect class=\"hit\" x=\"{x}\" y=\"0\" width=\"{slot}\" height=\"{HEIGHT}\"/>",
        told.join(", ")
    )?;
    let mut bottom = HEIGHT;
    for (severity, count) in SEVERITIES.iter().zip(counts).filter(|(_, count)| **count > 0) {
        let height = (count * (HEIGHT - 10) / highest).max(2).min(bottom);
        bottom -= height;
        writeln!(
            out,
            "<rect class=\"{}\" x=\"{x}\" y=\"{bottom}\" width=\"{width}\" height=\"{height}\"/>",
            severity.as_str()
        )?;
    }
    writeln!(out, "</g>")
}

/// Returns year, month and day; none for a date that no calendar on a wall has.
fn number(day: &str) -> Option<(usize, usize, usize)> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

impl Step {
    /// Takes the finest step at which the whole span is a picture.
    fn for_span(first: &str, last: &str) -> Self {
        let bars = |step: Self| step.number(last).saturating_sub(step.number(first)) + 1;
        [Self::Day, Self::Month]
            .into_iter()
            .find(|&step| bars(step) <= BARS)
            .unwrap_or(Self::Year)
    }

    /// Returns the number of a day's bar; months count as if each had 31 days, which leaves a narrow gap at most.
    fn number(self, day: &str) -> usize {
        let (year, month, day) = number(day).unwrap_or_default();
        let months = year * 12 + month.saturating_sub(1);
        match self {
            Self::Day => months * 31 + day,
            Self::Month => months,
            Self::Year => year,
        }
    }

    fn name(self, day: &str) -> &str {
        let length = match self {
            Self::Day => 10,
            Self::Month => 7,
            Self::Year => 4,
        };
        day.get(..length).unwrap_or(day)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_as_fine_as_the_span_allows() {
        let word = |first, last| Step::for_span(first, last).word();
        assert_eq!(word("2024-02-01", "2024-03-05"), "day");
        assert_eq!(word("2024-02-01", "2026-03-05"), "month");
        assert_eq!(word("2005-04-16", "2026-03-05"), "year");
    }

    #[test]
    fn a_date_before_all_calendars_has_no_bar() {
        assert_eq!(number("-292277"), None);
        assert_eq!(number("2024-02-29"), Some((2024, 2, 29)));
    }
}
