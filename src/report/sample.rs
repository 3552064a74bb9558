//! Made-up outcomes on which every format shows itself.
//! Values are put together here, so that no file of ours holds anything that looks like a secret.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Confidence, Date, Excerpt, Failed, Finding, Fingerprint, Introduced, Lines, Occurrence, Origin, Outcome, Place,
    Reason, Relaxed, RuleId, Secret, Severity, SkipReason, Skipped, Suppressed, Tally,
};
use crate::report::{Format, Style, render};

/// A finding of `rule` where `«` and `»` mark the secret in `text`.
pub(super) fn finding(rule: &str, severity: Severity, path: &str, text: &str) -> Finding {
    let (before, rest) = text.split_once('«').unwrap();
    let (secret, after) = rest.split_once('»').unwrap();
    let focus = before.len()..before.len() + secret.len();
    let text = format!("{before}{secret}{after}");
    let lines = Lines::new(text.as_bytes());
    let location = lines.locate(&focus);
    let line = lines.span(location.line);
    Finding {
        rule: RuleId::new(rule),
        title: title(rule).into(),
        severity,
        confidence: if severity == Severity::Critical {
            Confidence::Certain
        } else {
            Confidence::Medium
        },
        path: path.into(),
        location,
        place: Place::Content,
        secret: Secret::new(secret),
        excerpt: Excerpt::new(text.as_bytes(), &line, &focus, &[]),
        origin: Origin::Index,
        commit: None,
        origins: Vec::new(),
        whole: None,
        cell: None,
        fingerprint: Fingerprint::new(rule, path.into(), secret.as_bytes(), false),
        remedy: Some(remedy(rule)),
    }
}

/// A finding by its name alone.
pub(super) fn named(rule: &str, path: &str) -> Finding {
    let mut finding = finding(rule, Severity::Low, path, &format!("«{path}»"));
    (finding.place, finding.excerpt) = (Place::Path, Excerpt::default());
    finding.location = Lines::new(b"").locate(&(0..1));
    finding
}

fn title(rule: &str) -> &'static str {
    match rule {
        "github-pat" => "GitHub personal access token (classic)",
        "dotenv-file" => "Environment file",
        "private-key" => "Private key",
        _ => "Password in an assignment",
    }
}

fn remedy(rule: &str) -> Arc<str> {
    match rule {
        "github-pat" => "Revoke it at https://github.com/settings/tokens and read the new one from the environment.",
        "dotenv-file" => "Put it into .gitignore and commit a template without values instead.",
        "private-key" => "Make a new key pair; this one is known from now on.",
        _ => "Read it from the environment.",
    }
    .into()
}

pub(super) fn token() -> String {
    format!("ghp_{}", "Ab3".repeat(12))
}

/// Two findings that block, one that does not, something suppressed, skipped and failed.
pub(super) fn mixed() -> Outcome {
    let mut outcome = Outcome::default();
    let token = token();
    let python = format!("import os\n\n\tTOKEN = \"«{token}»\"  # do not commit\n");
    outcome.findings = vec![
        finding("github-pat", Severity::Critical, "app/settings.py", &python),
        finding(
            "generic-password",
            Severity::High,
            "app/settings.py",
            "\n\n\n\n\n\n\n\n\n\n\npassword = '«tr0ub4dor&3»'",
        ),
        named("dotenv-file", "deploy/.env"),
    ];
    let held = finding(
        "generic-password",
        Severity::High,
        "tests/a.py",
        "pw = '«an old one 1»'",
    );
    for reason in [
        Reason::Baseline,
        Reason::Baseline,
        Reason::Allow(0, "test vectors".into()),
    ] {
        outcome.suppressed.push(Suppressed {
            finding: held.clone(),
            reason,
        });
    }
    let skipped = |path: &str, reason| Skipped {
        path: path.into(),
        reason,
    };
    outcome.coverage.skipped = vec![
        skipped("logo.png", SkipReason::Binary),
        skipped("video.mp4", SkipReason::Binary),
        skipped("dump.sql", SkipReason::TooLarge),
    ];
    outcome.coverage.expected = tally(1_206, 4_211_000);
    outcome.coverage.scanned = tally(1_203, 4_200_000);
    outcome.sort();
    outcome
}

/// The same with a file that could not be read.
pub(super) fn incomplete() -> Outcome {
    let mut outcome = mixed();
    outcome.coverage.expected.files += 1;
    outcome.coverage.failed.push(Failed {
        path: "app/\x1b[2Jlocked.py".into(),
        error: "Permission denied (os error 13).".to_owned(),
    });
    outcome
}

/// A finding that history holds in two places, one of them gone.
pub(super) fn history() -> Outcome {
    let mut outcome = clean();
    let commit = |digit: &str, seconds: i64, summary: &str| {
        Arc::new(Introduced {
            id: digit.repeat(40).into(),
            author: "Ada <ada@example.com>".into(),
            date: Date { seconds, offset: 60 },
            summary: summary.into(),
        })
    };
    let first = commit("1", 1_709_244_300, "Add settings");
    let spot = |path: &str, commit: &Arc<Introduced>, removed: Option<Arc<Introduced>>| Occurrence {
        path: path.into(),
        line: 3,
        commit: Some(commit.clone()),
        in_head: removed.is_none(),
        removed,
    };
    let mut found = mixed().findings.remove(0);
    found.origins = vec![
        spot("old/settings.py", &first, Some(commit("3", 1_709_244_500, "Remove it"))),
        spot("app/settings.py", &commit("2", 1_709_244_400, "Move settings"), None),
    ];
    found.commit = Some(first);
    outcome.findings.push(found);
    outcome
}

/// Everything at once: the outcome on which each format shows itself.
pub(super) fn everything() -> Outcome {
    let mut outcome = incomplete();
    let history = history().findings.remove(0);
    outcome.findings.retain(|finding| finding.rule != history.rule);
    outcome.findings.push(history);
    outcome.coverage.expected.commits = 3;
    outcome.coverage.scanned.commits = 3;
    outcome.relaxed.push(Relaxed {
        path: ".gitignore".into(),
        line: None,
        what: "no longer keeps `.env` out of commits".to_owned(),
    });
    outcome.sort();
    outcome
}

/// Texts that attack whoever reads a report, wherever a stranger can put one.
pub(super) fn hostile() -> Outcome {
    let mut outcome = everything();
    let attack = "\"><img src=x onerror=alert(1)>]]></script>\r\n::error::=1+1,`|\u{202e}\u{7}";
    for finding in &mut outcome.findings {
        finding.path = format!("=cmd{attack}/{}", finding.path).into();
        finding.title = attack.into();
        finding.remedy = Some(attack.into());
        let hostile = Introduced {
            id: "4".repeat(40).into(),
            author: attack.into(),
            date: Date::default(),
            summary: attack.into(),
        };
        finding.commit = Some(Arc::new(hostile));
    }
    for held in &mut outcome.suppressed {
        held.reason = Reason::Comment(attack.into());
    }
    outcome.coverage.failed[0].error = attack.to_owned();
    outcome.coverage.skipped[0].path = attack.into();
    outcome.sort();
    outcome
}

pub(super) fn clean() -> Outcome {
    let mut outcome = Outcome::default();
    outcome.coverage.expected = tally(3, 4_211);
    outcome.coverage.scanned = tally(3, 4_211);
    outcome
}

pub(super) fn tally(files: u64, bytes: u64) -> Tally {
    Tally {
        files,
        bytes,
        commits: 0,
    }
}

pub(super) fn style() -> Style {
    Style {
        color: false,
        show_secrets: false,
        quiet: false,
        verbose: false,
        fail_on: Severity::Medium,
        mode: "staged",
        root: ".".to_owned(),
        project: Some("shop".to_owned()),
        config: None,
        rules: 412,
        known: Arc::default(),
        began: Some(Date {
            seconds: 1_764_110_000,
            offset: 0,
        }),
        shard: None,
        elapsed: Some(Duration::from_millis(12)),
    }
}

/// Writes a report into a string.
pub(super) fn draw(outcome: &Outcome, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    render(outcome, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
