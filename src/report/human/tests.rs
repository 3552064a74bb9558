//! What a person sees, on made-up outcomes; in a file of its own, for pictures take room.

use std::time::{Duration, Instant};

use bstr::ByteSlice;

use crate::model::{Cell, Finding, Outcome, Relaxed, RuleId, Secret, Severity};
use crate::report::{Format, Style, escape, sample};
use crate::rules::RuleSet;

fn draw(outcome: &Outcome, style: &Style) -> String {
    sample::draw(outcome, Format::Human, style)
}

fn of(findings: Vec<Finding>) -> Outcome {
    Outcome {
        findings,
        ..sample::clean()
    }
}

#[test]
fn a_report_shows_each_finding_and_ends_with_what_was_read() {
    insta::assert_snapshot!(draw(&sample::mixed(), &sample::style()), @r#"
    error[github-pat]: GitHub personal access token (classic)
     --> app/settings.py:3:11 · severity critical, confidence certain
      |
    3 |     TOKEN = "ghp_************************************"  # do not commit
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    help: Revoke it at https://github.com/settings/tokens and read the new one from the environment.

    error[generic-password]: Password in an assignment
      --> app/settings.py:12:13 · severity high, confidence medium
       |
    12 | password = '***********'
       |             ^^^^^^^^^^^
    help: Read it from the environment.

    warning[dotenv-file]: Environment file
     --> deploy/.env · severity low, confidence medium, does not block
    help: Put it into .gitignore and commit a template without values instead.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    3 findings (2 block) · 1,203 files, 4.2 MB read · 3 skipped (2 binary, 1 too large) · 3 suppressed (1 allow entry, 2 baseline) · 0.01 s
    "#);
}

#[test]
fn history_says_which_commit_and_whether_it_is_still_there() {
    insta::assert_snapshot!(draw(&sample::history(), &sample::style()), @r#"
    error[github-pat]: GitHub personal access token (classic)
     --> app/settings.py:3:11 · severity critical, confidence certain
      |
    3 |     TOKEN = "ghp_************************************"  # do not commit
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    commit 111111111111 of 2024-02-29 by Ada <ada@example.com>: Add settings
    places old/settings.py:3 (until 333333333333), app/settings.py:3 (in HEAD)
    known as kf1:564c852c-f84dfc
    help: Revoke it at https://github.com/settings/tokens and read the new one from the environment.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    1 finding · 3 files, 4.2 kB read · 0.01 s
    "#);
}

#[test]
fn a_value_in_many_places_is_shown_once_and_its_places_named() {
    let mut outcome = of(vec![]);
    for number in 0..8 {
        let text = format!("\ntoken = '«{}»'", sample::token());
        let path = format!("src/{number}.py");
        let finding = sample::finding("github-pat", Severity::Critical, &path, &text);
        outcome.findings.push(finding);
    }
    outcome.findings[2].rule = RuleId::new("generic-secret");
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @"
    error[github-pat]: GitHub personal access token (classic)
     --> src/0.py:2:10 · severity critical, confidence certain
      |
    2 | token = 'ghp_************************************'
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     and src/1.py:2:10
     and src/2.py:2:10 as generic-secret
     and src/3.py:2:10
     and src/4.py:2:10
     and src/5.py:2:10
     and 2 more places, which --verbose names
    help: Revoke it at https://github.com/settings/tokens and read the new one from the environment.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    1 finding · 3 files, 4.2 kB read · 0.01 s
    ");
    let mut style = sample::style();
    style.quiet = true;
    let report = draw(&outcome, &style);
    assert!(report.contains("ghp_…(40), and in 7 more places\n"), "{report}");
    (style.quiet, style.verbose) = (false, true);
    assert!(draw(&outcome, &style).contains(" and src/7.py:2:10\n"));
}

#[test]
fn a_place_in_a_notebook_is_told_by_its_cell() {
    let mut outcome = sample::mixed();
    outcome.findings[0].cell = Some(Cell {
        number: 3,
        line: 2,
        is_output: true,
    });
    assert!(
        draw(&outcome, &sample::style()).contains(" --> app/settings.py:3:11 (output of cell 3, line 2) · severity")
    );
}

#[test]
fn clean_is_one_line_that_says_what_was_read() {
    insta::assert_snapshot!(draw(&sample::clean(), &sample::style()), @"clean · 3 files, 4.2 kB read · 0.01 s");
}

#[test]
fn that_no_rule_of_the_program_was_in_force_is_said() {
    let rule = "[[rule]]\nid = 'a-key'\ndescription = 'A'\nseverity = 'high'\nkeywords = ['ak_']\npattern = 'ak_'\n";
    let mut own = RuleSet::default();
    own.add_toml("own.toml", rule).unwrap();
    let mut style = sample::style();
    (style.rules, style.known) = (1, own.into());
    insta::assert_snapshot!(draw(&sample::clean(), &style), @"clean · 3 files, 4.2 kB read · only 1 rule of the project's own · 0.01 s");
}

#[test]
fn a_scan_that_read_nothing_is_not_called_clean() {
    insta::assert_snapshot!(draw(&Outcome::default(), &sample::style()), @"nothing to read · 0 files, 0 B read · 0.01 s");
}

#[test]
fn an_incomplete_scan_says_what_it_could_not_read() {
    let mut outcome = sample::incomplete();
    outcome.findings.clear();
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @r"
    error: 1 file could not be read:
      app/\x1B[2Jlocked.py: Permission denied (os error 13).

    INCOMPLETE: 1 file not read · no findings in the rest · 1,203 files, 4.2 MB read · 3 skipped (2 binary, 1 too large) · 3 suppressed (1 allow entry, 2 baseline) · 0.01 s
    ");
}

#[test]
fn a_file_that_got_lost_is_no_clean_file() {
    let mut outcome = sample::clean();
    outcome.coverage.expected.files += 1;
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @"
    error: 1 file could not be read:
      1 file listed and never accounted for; this is a bug in keyfence.

    INCOMPLETE: 1 file not read · no findings in the rest · 3 files, 4.2 kB read · 0.01 s
    ");
}

#[test]
fn of_many_failures_some_are_named_and_all_are_counted() {
    let mut outcome = sample::incomplete();
    let failed = outcome.coverage.failed[0].clone();
    outcome.coverage.failed = vec![failed; 1_234];
    outcome.coverage.expected.files += 1_233;
    let mut style = sample::style();
    let report = draw(&outcome, &style);
    assert!(report.contains("error: 1,234 files could not be read:"), "{report}");
    assert!(report.contains("… and 1,214 more, which --verbose names."), "{report}");
    style.verbose = true;
    assert_eq!(draw(&outcome, &style).matches("locked.py").count(), 1_234);
}

#[test]
fn findings_below_fail_on_are_warnings_that_do_not_block() {
    let mut style = sample::style();
    style.elapsed = None;
    let outcome = of(vec![sample::named("dotenv-file", ".env")]);
    insta::assert_snapshot!(draw(&outcome, &style), @"
    warning[dotenv-file]: Environment file
     --> .env · severity low, confidence medium, does not block
    help: Put it into .gitignore and commit a template without values instead.

    1 finding (none blocks) · 3 files, 4.2 kB read
    ");
}

#[test]
fn findings_of_one_rule_in_one_file_share_their_title_and_remedy() {
    let text = |line: usize| format!("{}KEY_{line}=«s3cr3t-value-{line}»", "\n".repeat(line));
    let lines = [1, 2, 11].map(|line| sample::finding("generic-password", Severity::High, ".env", &text(line)));
    insta::assert_snapshot!(draw(&of(lines.to_vec()), &sample::style()), @"
    error[generic-password]: Password in an assignment
     --> .env:2:7 · severity high, confidence medium
      |
    2 | KEY_1=**************
      |       ^^^^^^^^^^^^^^
     --> .env:3:7 · severity high, confidence medium
      |
    3 | KEY_2=**************
      |       ^^^^^^^^^^^^^^
      --> .env:12:8 · severity high, confidence medium
       |
    12 | KEY_11=***************
       |        ^^^^^^^^^^^^^^^
    help: Read it from the environment.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    3 findings · 3 files, 4.2 kB read · 0.01 s
    ");
}

#[test]
fn of_a_private_key_the_first_line_is_shown_and_masked() {
    let fence = ["-----", "BEGIN PRIVATE KEY", "-----"].concat();
    let key = format!("k = <<\n«{fence}\n{}\n-----END»", "M2cD".repeat(16));
    let outcome = of(vec![sample::finding("private-key", Severity::Critical, "k.sh", &key)]);
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @"
    error[private-key]: Private key
     --> k.sh:2:1 · severity critical, confidence certain, to line 4
      |
    2 | ----***********************
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    help: Make a new key pair; this one is known from now on.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    1 finding · 3 files, 4.2 kB read · 0.01 s
    ");
}

#[test]
fn a_long_line_is_cut_around_the_finding() {
    let text = format!(
        "{}pw='«tr0ub4dor&3»';{}",
        "var a=1; ".repeat(50),
        "var b=2; ".repeat(50)
    );
    let outcome = of(vec![sample::finding(
        "generic-password",
        Severity::High,
        "a.min.js",
        &text,
    )]);
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @"
    error[generic-password]: Password in an assignment
     --> a.min.js:1:455 · severity high, confidence medium
      |
    1 | … a=1; var a=1; var a=1; var a=1; var a=1; var a=1; var a=1; var a=1; pw='***********';var b=...
      |                                                                           ^^^^^^^^^^^
    help: Read it from the environment.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    1 finding · 3 files, 4.2 kB read · 0.01 s
    ");
}

#[test]
fn wide_characters_do_not_shift_the_caret() {
    let text = "\t名前 = \"«tr0ub4dor&3»\" // \u{202e}é";
    let outcome = of(vec![sample::finding(
        "generic-password",
        Severity::High,
        "日本.py",
        text,
    )]);
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @r#"
    error[generic-password]: Password in an assignment
     --> 日本.py:1:12 · severity high, confidence medium
      |
    1 |     名前 = "***********" // \u{202E}é
      |             ^^^^^^^^^^^
    help: Read it from the environment.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    1 finding · 3 files, 4.2 kB read · 0.01 s
    "#);
}

#[test]
fn no_text_reaches_the_terminal_as_a_command() {
    let attack = "\x1b[2J\x1b]8;;http://x\x07\u{9b}31m\r\u{202e}";
    let mut outcome = sample::incomplete();
    let text = format!("{attack}pw = '«p\x1b[0mw\u{202e}d\r12»' {attack}");
    let mut finding = sample::finding("generic-password", Severity::High, attack, &text);
    finding.title = attack.into();
    finding.remedy = Some(attack.into());
    outcome.findings.push(finding);
    outcome.suppressed[0].finding.path = attack.into();
    outcome.coverage.failed[0].error = attack.to_owned();
    outcome.coverage.skipped[0].path = attack.into();
    for (quiet, show_secrets) in [(false, false), (true, false), (false, true)] {
        let style = Style {
            verbose: true,
            quiet,
            show_secrets,
            ..sample::style()
        };
        let report = draw(&outcome, &style).replace('\n', "");
        assert!(!report.contains(escape::is_dangerous), "{report}");
    }
}

#[test]
fn quiet_says_only_what_blocks_and_the_last_line() {
    let style = Style {
        quiet: true,
        ..sample::style()
    };
    insta::assert_snapshot!(draw(&sample::mixed(), &style), @"
    app/settings.py
         3:11  critical  github-pat        ghp_…(40)
        12:13  high      generic-password  …(11)

    3 findings (2 block) · 1,203 files, 4.2 MB read · 3 skipped (2 binary, 1 too large) · 3 suppressed (1 allow entry, 2 baseline) · 0.01 s
    ");
}

#[test]
fn verbose_names_what_was_passed_over() {
    let style = Style {
        verbose: true,
        ..sample::style()
    };
    let mut outcome = sample::mixed();
    outcome.findings.clear();
    insta::assert_snapshot!(draw(&outcome, &style), @"
    skipped
      dump.sql (too large)
      logo.png (binary)
      video.mp4 (binary)

    suppressed
      tests/a.py:1 generic-password (baseline)
      tests/a.py:1 generic-password (baseline)
      tests/a.py:1 generic-password (allow entry: test vectors)

    clean · 1,203 files, 4.2 MB read · 3 skipped (2 binary, 1 too large) · 3 suppressed (1 allow entry, 2 baseline) · 0.01 s
    ");
}

#[test]
fn many_findings_take_one_line_each_and_each_remedy_is_told_once() {
    let mut outcome = sample::mixed();
    for number in 0..30 {
        for mut finding in sample::mixed().findings {
            finding.path = format!("src/{number:02}.py").into();
            let value = finding.secret.expose();
            finding.secret = Secret::new(format!("{}{number:02}", &value[..value.len() - 2].to_str_lossy()));
            outcome.findings.push(finding);
        }
    }
    outcome.sort();
    let report = draw(&outcome, &sample::style());
    let count = report.lines().count();
    let ends: Vec<&str> = report
        .lines()
        .take(6)
        .chain(["[…]"])
        .chain(report.lines().skip(count - 16))
        .collect();
    insta::assert_snapshot!(ends.join("\n"), @"
    app/settings.py
         3:11  critical  github-pat        ghp_…(40)
        12:13  high      generic-password  …(11)

    deploy/.env
         name  low       dotenv-file  the file itself, does not block
    […]
    src/29.py
         name  low       dotenv-file       the file itself, does not block
         3:11  critical  github-pat        ghp_…(40)
        12:13  high      generic-password  …(11)

    by rule
           31  critical  github-pat: GitHub personal access token (classic)
                         help: Revoke it at https://github.com/settings/tokens and read the new one from the environment.
           31  high      generic-password: Password in an assignment
                         help: Read it from the environment.
           31  low       dotenv-file: Environment file
                         help: Put it into .gitignore and commit a template without values instead.

    hint: no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.

    93 findings (62 block) · 1,203 files, 4.2 MB read · 3 skipped (2 binary, 1 too large) · 3 suppressed (1 allow entry, 2 baseline) · 0.01 s
    ");
}

#[test]
fn colour_is_nothing_but_colour() {
    let style = Style {
        color: true,
        ..sample::style()
    };
    let colored = draw(&sample::incomplete(), &style);
    assert!(
        colored.starts_with("\x1b[1m\x1b[91merror[github-pat]\x1b[0m"),
        "{colored:?}"
    );
    let mut plain = String::new();
    for (index, part) in colored.split("\x1b[").enumerate() {
        plain += if index == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
    }
    assert_eq!(plain, draw(&sample::incomplete(), &sample::style()));
}

#[test]
fn tens_of_thousands_of_findings_are_written_in_linear_time() {
    let one = sample::mixed().findings.remove(0);
    let findings = (0..30_000).map(|number| {
        let mut finding = one.clone();
        finding.path = format!("src/{}.py", number / 10).into();
        finding.secret = Secret::new(format!("tok_{number:036}"));
        finding
    });
    let outcome = of(findings.collect());
    let began = Instant::now();
    let human = draw(&outcome, &sample::style());
    let json = sample::draw(&outcome, Format::Json, &sample::style());
    assert!(human.lines().count() > 30_000 && json.len() > 10_000_000);
    // A second or two without optimisation; many minutes if anything in it were quadratic.
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn what_relaxes_the_guard_is_listed_and_cannot_act_on_the_terminal() {
    let mut outcome = sample::clean();
    outcome.relaxed = vec![
        Relaxed {
            path: "keyfence.toml".into(),
            line: Some(3),
            what: "excludes `\x1b[2J` from what is read".to_owned(),
        },
        Relaxed {
            path: ".husky/pre-commit".into(),
            line: None,
            what: "is gone, and keyfence was called from it".to_owned(),
        },
    ];
    insta::assert_snapshot!(draw(&outcome, &sample::style()), @r"
    note: this change also relaxes the guard:
      keyfence.toml:3: it excludes `\x1B[2J` from what is read
      .husky/pre-commit: it is gone, and keyfence was called from it

    clean · 3 files, 4.2 kB read · 0.01 s
    ");
}

#[test]
fn verbose_tells_each_step_of_a_remedy_once() {
    let style = Style {
        verbose: true,
        ..sample::style()
    };
    let text = |line: usize| format!("{}TOKEN_{line}=«gh0-value-{line}»", "\n".repeat(line));
    let lines = [1, 2].map(|line| sample::finding("github-pat", Severity::Critical, "a.py", &text(line)));
    let report = draw(&of(lines.to_vec()), &style);
    let steps: Vec<&str> = report
        .lines()
        .filter(|line| line.starts_with("  ") && line.contains(". "))
        .collect();
    insta::assert_snapshot!(steps.join("\n"), @"
    1. Revoke it at https://github.com/settings/tokens.
    2. Put the new one into .env, which git ignores, and read it from the environment: `keyfence fix` does both.
    3. Look whether it was used: the security log at https://github.com/settings/security-log, or the audit log of the organization.
    4. Where several machines need it, a secret manager (HashiCorp Vault, Doppler, 1Password, one of your cloud; sops or dotenvx for files that are committed) keeps it.
    ");
}
