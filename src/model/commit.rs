//! What is told of a commit, and of each place where history holds a value.
//! Only the words that a report needs: whoever wants more has the commit's name.

use std::fmt;
use std::sync::Arc;

use bstr::BString;

use crate::model::Day;

/// The commit that introduced a value, or took it away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Introduced {
    /// When it was committed; first, so that the oldest sorts first.
    pub date: Date,
    /// Its full name.
    pub id: Arc<str>,
    /// Who wrote it, as `Name <address>`.
    pub author: BString,
    /// The first line of its message.
    pub summary: BString,
}

/// A moment, with the time zone that it was written down in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// The time zone's minutes east of UTC.
    pub offset: i16,
}

impl Date {
    /// Returns the day on which it was, as its writer counted days.
    pub fn day(self) -> Day {
        let local = self.seconds.saturating_add(i64::from(self.offset) * 60);
        Day::of(calendar(local.div_euclid(86_400)))
    }
}

/// One of the places where history holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The file.
    pub path: BString,
    /// The line at the time, 1-based.
    pub line: u32,
    /// The commit that introduced it there; `None` when no commit leads to it.
    pub commit: Option<Arc<Introduced>>,
    /// Whether the commit that HEAD names still has it there.
    pub in_head: bool,
    /// The commit that took it away, where one did and HEAD does not have it.
    pub removed: Option<Arc<Introduced>>,
}

/// ISO 8601 with the writer's time zone, such as `2024-02-29T23:05:00+01:00`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds.saturating_add(i64::from(self.offset) * 60);
        let (year, month, day) = calendar(local.div_euclid(86_400));
        let time = local.rem_euclid(86_400);
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        let sign = if self.offset < 0 { '-' } else { '+' };
        let zone = self.offset.unsigned_abs();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
            zone / 60,
            zone % 60
        )
    }
}

/// Turns days since 1970 into year, month and day, counting years from March so that the leap day comes last.
fn calendar(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(seconds: i64, offset: i16) -> String {
        Date { seconds, offset }.to_string()
    }

    #[test]
    fn a_date_is_shown_in_its_own_time_zone() {
        assert_eq!(shown(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(shown(1_709_244_300, 60), "2024-02-29T23:05:00+01:00");
        assert_eq!(shown(1_709_244_300, -210), "2024-02-29T18:35:00-03:30");
        assert_eq!(shown(-1, 0), "1969-12-31T23:59:59+00:00");
    }

    #[test]
    fn no_date_makes_it_panic() {
        for seconds in [i64::MIN, i64::MAX] {
            assert!(shown(seconds, i16::MIN).contains('T') && shown(seconds, i16::MAX).contains('T'));
        }
    }

    #[test]
    fn the_oldest_commit_sorts_first() {
        let commit = |seconds, id: &str| Introduced {
            date: Date { seconds, offset: 0 },
            id: id.into(),
            author: "A".into(),
            summary: "s".into(),
        };
        assert!(commit(1, "ff") < commit(2, "00"));
    }
}
