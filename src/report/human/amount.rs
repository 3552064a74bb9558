//! Amounts as people read them: `1,203 files`, `4.2 kB`, `0.01 s`.

use std::time::Duration;

pub(super) fn findings(count: usize) -> String {
    match count {
        1 => "1 finding".to_owned(),
        _ => format!("{} findings", grouped(count as u64)),
    }
}

pub(super) fn files(count: u64) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{} files", grouped(count)),
    }
}

pub(super) fn commits(count: u64) -> String {
    match count {
        1 => "1 commit".to_owned(),
        _ => format!("{} commits", grouped(count)),
    }
}

/// Writes a number with a comma before every third digit from the end.
pub(in crate::report) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes a number of bytes with two digits at least: `812 B`, `4.2 kB`, `37 MB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
    ];
    match UNITS.into_iter().find(|(_, unit)| bytes >= *unit) {
        None => format!("{bytes} B"),
        Some((name, unit)) if bytes < unit * 10 => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        Some((name, unit)) => format!("{} {name}", bytes / unit),
    }
}

pub(super) fn seconds(elapsed: Duration) -> String {
    format!("{:.2} s", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let grouped = [0, 999, 1_000, 61_203, 1_000_000].map(grouped);
        assert_eq!(grouped, ["0", "999", "1,000", "61,203", "1,000,000"]);
    }

    #[test]
    fn sizes_have_two_digits_at_least() {
        let sizes = [0, 999, 1_000, 4_211, 9_999, 10_000, 812_345_678, 3_000_000_000_000_000].map(size);
        assert_eq!(
            sizes,
            [
                "0 B", "999 B", "1.0 kB", "4.2 kB", "9.9 kB", "10 kB", "812 MB", "3000 TB"
            ]
        );
    }
}
