//! `keyfence init`: everything at once, nothing twice, and nothing without `--write`.

use keyfence::rules::Example;

use crate::sandbox::{Sandbox, leak};

fn before_audit(out: &str) -> String {
    out.split("\n== audit").next().unwrap().to_owned()
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PORT=80\n");
    sandbox.write(".github/CODEOWNERS", "");
    let before = sandbox.snapshot("");
    let said = sandbox.keyfence(&["init"]).expect(0);
    assert_eq!(sandbox.snapshot(""), before);
    let shown: String = before_audit(&said.out)
        .lines()
        .filter(|line| !line.starts_with("  +#") && *line != "  +")
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_snapshot!(shown, @"
    == hook
    Would put keyfence into .git/hooks/pre-commit.

    == keyfence.toml
    Would write:

    == .gitignore
    Would write:
      +.env
      +.env.*
      +!.env.example

    == .github/workflows/keyfence.yml
    Would write:
      +name: keyfence
      +on: [push, pull_request]
      +permissions:
      +  contents: read
      +jobs:
      +  secrets:
      +    runs-on: ubuntu-latest
      +    steps:
      +      - uses: actions/checkout@v4
      +        with:
      +          fetch-depth: 0
      +      - run: cargo install --locked keyfence
      +      - run: keyfence guard ci

    == templates
    .env.example would become:
      +PORT=80

    Nothing was written; `keyfence init --write` does all of it.
    ");
    assert!(said.out.contains("checks: "), "{}", said.out);
}

#[test]
fn a_project_whose_code_reads_secrets_gets_its_first_template() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "index.js",
        "const key = process.env.STRIPE_API_KEY\nconst port = process.env.PORT || 3000\n",
    );
    sandbox.keyfence(&["init"]).expect(0).says(".env.example would become:");
    let said = sandbox.keyfence(&["init", "--write"]).expect(0);
    assert_eq!(sandbox.read(".env.example"), "# Read by index.js.\nSTRIPE_API_KEY=\n");
    assert!(
        said.out
            .contains("\nCommit what was written: keyfence.toml, .gitignore.\n"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("warn "), "{}", said.out);
}

#[test]
fn it_writes_what_is_missing_and_a_second_run_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "target/");
    sandbox.write(".env", "PORT=80\n");
    sandbox.write(".gitlab-ci.yml", "stages: [build]\r\n");
    sandbox.keyfence(&["init", "--write"]).expect(0);
    assert!(
        sandbox
            .read(".gitignore")
            .starts_with("target/\n# Files of values: each machine has its own.\n.env\n.env.*\n!.env.example\n")
    );
    assert_eq!(sandbox.read(".env.example"), "PORT=80\n");
    assert!(
        sandbox
            .read(".gitlab-ci.yml")
            .starts_with("stages: [build]\r\n\r\n# Looks for secrets")
    );
    assert!(!sandbox.read(".gitlab-ci.yml").replace("\r\n", "").contains('\n'));
    sandbox.keyfence(&["status"]).expect(0);
    sandbox.keyfence(&["scan"]).expect(0);
    let before = sandbox.snapshot("");
    let said = sandbox.keyfence(&["init", "--write"]).expect(0);
    assert_eq!(sandbox.snapshot(""), before);
    insta::assert_snapshot!(before_audit(&said.out), @"
    == hook
    The pre-commit hook is in force already.

    == keyfence.toml
    Is there already.

    == .gitignore
    Git ignores what it should already.

    == CI
    A pipeline runs keyfence already.

    == templates
    .env.example is in step.
    ");
}

const GITLEAKS: &str = r#"[extend]
useDefault = true

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''\b(acme_[a-z0-9]{12})\b'''

[[rules]]
id = "backward"
regex = '''(a)\1'''

[allowlist]
paths = ['''^gen/''']
"#;

/// What is said of the configuration.
fn of_configuration(out: &str) -> String {
    let after = out.split("\n== keyfence.toml\n").nth(1).unwrap();
    after.split("\n== ").next().unwrap().to_owned()
}

#[test]
fn what_gitleaks_was_told_is_part_of_the_plan_and_what_it_lacks_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitleaks.toml", GITLEAKS);
    sandbox.write(".gitleaksignore", "gone.sh:github-pat:7\n");
    let before = sandbox.snapshot("");
    let said = sandbox.keyfence(&["init", "--from", "gitleaks"]).expect(0);
    assert_eq!(sandbox.snapshot(""), before);
    insta::assert_snapshot!(of_configuration(&said.out), @r#"
    Would write:
      +[scan]
      +exclude = [
      +  're:gitleaks\.toml',
      +  "re:^gen/",
      +]
      +
      +[[rule]]
      +id = "acme-token"
      +description = "Acme token"
      +severity = "high"
      +keywords = ["acme_"]
      +pattern = '\b(?P<secret>acme_[a-z0-9]{12})\b'
    Not taken over, or not to the letter:
      .gitleaks.toml: extend: in place of the rules and exceptions of gitleaks' own those of keyfence are in force.
      .gitleaks.toml: rule `backward`: is not carried over: it refers back to group 1.
      .gitleaksignore: nothing is found at gone.sh:7 today, so nothing was accepted there.
    "#);
    said.says("`keyfence init --from gitleaks --write` does all of it");
}

#[test]
fn what_gitleaks_was_told_holds_once_it_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitleaks.toml", GITLEAKS);
    sandbox.write(".gitleaksignore", "leak.sh:github-pat:1\n");
    sandbox.commit("leak.sh", &leak());
    let said = sandbox.keyfence(&["init", "--from", "gitleaks", "--write"]).expect(0);
    assert!(!said.all().contains("rules import"), "{}", said.all());
    sandbox.keyfence(&["scan"]).expect(0);
    let token = Example::unbroken("acme_k·x3vb7qlw2zt\n");
    sandbox.write("gen/a.txt", &token);
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.write("a.txt", &token);
    sandbox.keyfence(&["scan"]).expect(1).says("acme-token");
    let written = sandbox.read("keyfence.toml");
    let said = sandbox.keyfence(&["init", "--from", "gitleaks", "--write"]).expect(0);
    assert_eq!(sandbox.read("keyfence.toml"), written);
    assert!(
        of_configuration(&said.out).starts_with("Is there already;"),
        "{}",
        said.out
    );
}

#[test]
fn a_configuration_that_says_nothing_yet_is_added_to() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitleaks.toml", GITLEAKS);
    let said = sandbox.keyfence(&["init", "--write"]).expect(0);
    said.says("hint: there is a .gitleaks.toml; `keyfence init --from gitleaks` takes over what it says.");
    let template = sandbox.read("keyfence.toml");
    sandbox.keyfence(&["init", "--from", "gitleaks", "--write"]).expect(0);
    let both = sandbox.read("keyfence.toml");
    assert!(both.starts_with(&template) && both.contains("acme-token"), "{both}");
    let said = sandbox.keyfence(&["init"]).expect(0);
    assert!(!said.out.contains("hint: there is"), "{}", said.out);
}

#[test]
fn a_baseline_of_detect_secrets_is_part_of_the_plan() {
    let sandbox = Sandbox::new();
    let filters = r#"[{ "path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^docs/"] }]"#;
    let results = r#"{ "gone.sh": [{ "type": "T", "hashed_secret": "00" }] }"#;
    let baseline = format!("{{ \"filters_used\": {filters}, \"results\": {results} }}");
    sandbox.write(".secrets.baseline", &baseline);
    let said = sandbox.keyfence(&["init"]).expect(0);
    let said = said.says("hint: there is a .secrets.baseline; `keyfence init --from detect-secrets`");
    assert!(of_configuration(&said.out).starts_with("Would write:"));
    let said = sandbox.keyfence(&["init", "--from", "detect-secrets"]).expect(0);
    insta::assert_snapshot!(of_configuration(&said.out), @r#"
    Would write:
      +[scan]
      +exclude = [
      +  "re:^docs/",
      +]
    Not taken over, or not to the letter:
      .secrets.baseline: 1 of 1 hashes belong to nothing that is found today.
    "#);
}

#[test]
fn without_a_file_of_the_other_tool_nothing_is_written_at_all() {
    let sandbox = Sandbox::new();
    let before = sandbox.snapshot("");
    sandbox
        .keyfence(&["init", "--from", "gitleaks", "--write"])
        .expect(2)
        .says("There is no file of gitleaks");
    assert_eq!(sandbox.snapshot(""), before);
}
