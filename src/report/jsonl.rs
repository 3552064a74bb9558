//! The JSON contract, one record a line: what was scanned, then each finding and each gap, and last the books.
//! A reader that meets the last line, of type `coverage`, knows that it has seen the whole report.

use std::io::{self, Write};

use serde::Serialize;

use crate::report::json::{self, V1Failed, V1Finding, V1Relaxed, V1Scan, V1Skipped, V1Suppressed, V1Tally, V1Tool};
use crate::report::view::View;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "one lives at a time, and is written at once")]
enum Record<'a> {
    Scan { version: u32, tool: V1Tool, scan: V1Scan },
    Finding(V1Finding<'a>),
    Suppressed(V1Suppressed<'a>),
    Relaxed(V1Relaxed),
    Skipped(V1Skipped),
    Failed(V1Failed),
    Coverage { expected: V1Tally, scanned: V1Tally },
}

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let first = Record::Scan {
        version: 1,
        tool: V1Tool::of(view),
        scan: V1Scan::of(view),
    };
    let last = Record::Coverage {
        expected: view.expected().into(),
        scanned: view.scanned().into(),
    };
    let findings = view.findings().map(|shown| Record::Finding(shown.into()));
    let suppressed = view.suppressed().map(|held| Record::Suppressed(held.into()));
    let relaxed = view.relaxed().map(|relaxed| Record::Relaxed(relaxed.into()));
    let skipped = view.skipped().map(|skipped| Record::Skipped(skipped.into()));
    let failed = view.failed().map(|failed| Record::Failed(failed.into()));
    let rest = findings.chain(suppressed).chain(relaxed).chain(skipped).chain(failed);
    let mut all = [first].into_iter().chain(rest).chain([last]);
    all.try_for_each(|record| json::write(&record, out))
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, sample};

    #[test]
    fn each_line_is_a_record_of_the_contract() {
        insta::assert_snapshot!(sample::draw(&sample::everything(), Format::Jsonl, &sample::style()), @r#"
        {"type":"scan","version":1,"tool":{"name":"keyfence","version":"0.1.0","rules":412},"scan":{"mode":"staged","root":".","config":null,"complete":false}}
        {"type":"finding","rule":"github-pat","title":"GitHub personal access token (classic)","severity":"critical","confidence":"certain","path":"app/settings.py","line":3,"column":11,"end_line":3,"end_column":51,"secret":"ghp_…(40)","fingerprint":"kf1:564c852c-f84dfc","where":"content","commit":{"id":"1111111111111111111111111111111111111111","author":"Ada <ada@example.com>","date":"2024-02-29T23:05:00+01:00","summary":"Add settings"},"origins":[{"path":"old/settings.py","line":3,"commit":{"id":"1111111111111111111111111111111111111111","author":"Ada <ada@example.com>","date":"2024-02-29T23:05:00+01:00","summary":"Add settings"},"in_head":false,"removed":{"id":"3333333333333333333333333333333333333333","author":"Ada <ada@example.com>","date":"2024-02-29T23:08:20+01:00","summary":"Remove it"}},{"path":"app/settings.py","line":3,"commit":{"id":"2222222222222222222222222222222222222222","author":"Ada <ada@example.com>","date":"2024-02-29T23:06:40+01:00","summary":"Move settings"},"in_head":true,"removed":null}],"remedy":"Revoke it at https://github.com/settings/tokens and read the new one from the environment."}
        {"type":"finding","rule":"generic-password","title":"Password in an assignment","severity":"high","confidence":"medium","path":"app/settings.py","line":12,"column":13,"end_line":12,"end_column":24,"secret":"…(11)","fingerprint":"kf1:4e51bfd2-ea9e8e","where":"content","commit":null,"origins":[],"remedy":"Read it from the environment."}
        {"type":"finding","rule":"dotenv-file","title":"Environment file","severity":"low","confidence":"medium","path":"deploy/.env","line":1,"column":1,"end_line":1,"end_column":2,"secret":"deploy/.env","fingerprint":"kf1:2dae68a5-5ad96b","where":"path","commit":null,"origins":[],"remedy":"Put it into .gitignore and commit a template without values instead."}
        {"type":"suppressed","rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"baseline"}}
        {"type":"suppressed","rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"baseline"}}
        {"type":"suppressed","rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"allow","entry":0,"text":"test vectors"}}
        {"type":"relaxed","path":".gitignore","line":null,"what":"no longer keeps `.env` out of commits"}
        {"type":"skipped","path":"dump.sql","reason":"too large"}
        {"type":"skipped","path":"logo.png","reason":"binary"}
        {"type":"skipped","path":"video.mp4","reason":"binary"}
        {"type":"failed","path":"app/\u001b[2Jlocked.py","error":"Permission denied (os error 13)."}
        {"type":"coverage","expected":{"files":1207,"bytes":4211000,"commits":3},"scanned":{"files":1203,"bytes":4200000,"commits":3}}
        "#);
    }

    #[test]
    fn the_records_hold_what_the_document_holds() {
        let draw = |format| sample::draw(&sample::hostile(), format, &sample::style());
        let document: serde_json::Value = serde_json::from_str(&draw(Format::Json)).unwrap();
        let mut findings = Vec::new();
        for line in draw(Format::Jsonl).lines() {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            let kind = record.as_object_mut().unwrap().remove("type").unwrap();
            if kind == "finding" {
                findings.push(record);
            }
        }
        assert_eq!(document["findings"], serde_json::Value::Array(findings));
    }
}
