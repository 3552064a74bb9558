//! Sizes as people write them: `100 MB`, `64 KiB`, or a plain number of bytes.

use serde::de::{Deserialize, Deserializer, Error};

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(pub(super) u64);

/// The longer names stand first, for `B` ends them all.
const UNITS: &[(&str, u64)] = &[
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("b", 1),
];

#[derive(serde::Deserialize)]
#[serde(
    untagged,
    expecting = "a size is written like \"100 MB\", \"64 KiB\" or as a number of bytes"
)]
enum Written {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let size = match Written::deserialize(deserializer)? {
            Written::Number(bytes) => Some(Self(bytes)),
            Written::Text(text) => Self::parse(&text),
        };
        size.ok_or_else(|| D::Error::custom("a size is written like \"100 MB\", \"64 KiB\" or as a number of bytes"))
    }
}

impl Size {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let unit = UNITS
            .iter()
            .find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)));
        let (number, unit) = unit.unwrap_or((&text, 1));
        let number: u64 = number.trim_end().replace('_', "").parse().ok()?;
        number.checked_mul(unit).map(Self)
    }

    /// Returns the shortest exact way to write it.
    pub(super) fn written(self) -> String {
        let exact = |&&(_, unit): &&(&str, u64)| self.0 >= unit && self.0.is_multiple_of(unit);
        let (name, unit) = UNITS
            .iter()
            .filter(exact)
            .max_by_key(|(_, unit)| unit)
            .unwrap_or(&("b", 1));
        let name = match *name {
            "kb" => "kB".to_owned(),
            "kib" => "KiB".to_owned(),
            "mib" => "MiB".to_owned(),
            "gib" => "GiB".to_owned(),
            other => other.to_uppercase(),
        };
        format!("{} {name}", self.0 / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        let sizes = ["100 MB", "64KiB", "2 GiB", "1_000 B", "42", "3 kb"].map(|text| Size::parse(text).unwrap().0);
        assert_eq!(sizes, [100_000_000, 65_536, 2 << 30, 1_000, 42, 3_000]);
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MB", "-1 MB", "1.5 MB", "10 parsecs", "99999999999999 GB"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_is_written_exactly() {
        let written = [100_000_000, 65_536, 1_500, 7, 0].map(|bytes| Size(bytes).written());
        assert_eq!(written, ["100 MB", "64 KiB", "1500 B", "7 B", "0 B"]);
    }
}
