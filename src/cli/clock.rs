//! The clock, which only this room reads: the same scan must give the same answer in the library at any time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Date;

/// Returns the moment, in UTC.
pub(super) fn now() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Date {
        seconds: i64::try_from(since.as_secs()).unwrap_or_default(),
        offset: 0,
    }
}

/// Returns the moment that reports name: `SOURCE_DATE_EPOCH` where it is set, so that a report can be made again.
#[expect(clippy::disallowed_methods, reason = "cli/ is the room that reads the environment")]
pub(super) fn of_report() -> Date {
    let set = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    set.map_or_else(now, |seconds| Date { seconds, offset: 0 })
}
