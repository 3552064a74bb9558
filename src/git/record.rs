//! A commit or a tag as it is stored. Nothing in it can be trusted to be well formed: anybody can write one by hand.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

use crate::git::Oid;
use crate::model::{Date, Introduced};

/// Header lines, an empty line, the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub oid: Oid,
    /// All of it.
    pub content: BString,
}

impl Record {
    /// Returns the lines before the message.
    pub fn header(&self) -> &BStr {
        let end = self.content.find("\n\n").map_or(self.content.len(), |end| end + 1);
        self.content[..end].as_bstr()
    }

    /// Returns what follows the header.
    pub fn message(&self) -> &BStr {
        let message = self.content.split_once_str("\n\n").map(|(_, message)| message);
        message.unwrap_or_default().as_bstr()
    }

    /// Returns the value of each header line of that name.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a BStr> {
        let value = move |line: &'a [u8]| line.strip_prefix(name.as_bytes())?.strip_prefix(b" ");
        self.header().lines().filter_map(value).map(ByteSlice::as_bstr)
    }

    /// Returns the objects that its header lines of that name speak of.
    pub fn objects(&self, name: &str) -> Vec<Oid> {
        self.fields(name).filter_map(|oid| Oid::parse(oid)).collect()
    }

    /// Returns what a report tells of a commit.
    pub fn introduced(&self) -> Introduced {
        let person = |name| self.fields(name).next().map(person).unwrap_or_default();
        Introduced {
            date: person("committer").1,
            id: Arc::from(self.oid.as_str()),
            author: person("author").0,
            summary: self.message().lines().next().unwrap_or_default().into(),
        }
    }
}

/// Reads `Name <address> <seconds> <zone>`.
fn person(line: &BStr) -> (BString, Date) {
    let Some(end) = line.rfind_byte(b'>') else {
        return (line.into(), Date::default());
    };
    let mut words = line[end + 1..].trim().split(|&byte| byte == b' ');
    let mut number = || words.next()?.to_str().ok()?.parse::<i64>().ok();
    let date = Date {
        seconds: number().unwrap_or_default(),
        offset: number().map(minutes).unwrap_or_default(),
    };
    (line[..=end].into(), date)
}

/// Turns `+0130`, read as a number, into minutes.
fn minutes(zone: i64) -> i16 {
    i16::try_from(zone / 100 * 60 + zone % 100).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(content: &str) -> Record {
        Record {
            oid: Oid::parse("1".repeat(40).as_bytes()).unwrap(),
            content: content.into(),
        }
    }

    #[test]
    fn a_commit_tells_who_when_and_what() {
        let commit =
            record("tree 1\nauthor A B <a@b> 1 +0000\ncommitter C <c@d> 1709244300 -0130\n\nthe first\n\nmore\n");
        let told = commit.introduced();
        assert_eq!(told.author, "A B <a@b>");
        assert_eq!(told.summary, "the first");
        assert_eq!((told.date.seconds, told.date.offset), (1_709_244_300, -90));
    }

    #[test]
    fn what_somebody_wrote_by_hand_makes_nothing_panic() {
        for content in [
            "",
            "\n\n",
            "author\ncommitter >",
            "author <> 99999999999999999999 +9999999999\n\n",
        ] {
            let _ = record(content).introduced();
        }
    }

    #[test]
    fn a_line_of_the_message_is_no_header_line() {
        let oid = "2".repeat(40);
        let commit = record(&format!("tree 1\n\nparent {oid}\n"));
        assert_eq!(commit.objects("parent"), []);
    }
}
