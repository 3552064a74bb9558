//! `keyfence init`: everything at once, nothing twice, and nothing without `--write`.

use crate::sandbox::Sandbox;

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
