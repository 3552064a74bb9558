//! `keyfence audit`: each line of the page finds what is planted for it, and says `n-a` where there is nothing.

use std::fs;
use std::path::Path;

use keyfence::git::Repo;
use keyfence::rules::Example;
use serde_json::Value;

use crate::sandbox::{Sandbox, leak};

/// A value that nobody should see, put together here so that it stands nowhere.
fn value() -> String {
    ["kX3vB7qLw2", "Zt9RmPcY5d"].concat()
}

/// The answer of one check.
#[derive(Debug)]
struct Answer {
    state: String,
    says: String,
    /// Each place as `path:line what`.
    places: Vec<String>,
}

impl Answer {
    #[track_caller]
    fn is(self, state: &str, place: &str) -> Self {
        let is_there = place.is_empty() || self.places.iter().any(|found| found.contains(place));
        assert!(
            self.state == state && is_there,
            "expected {state} with {place}: {self:?}"
        );
        self
    }
}

#[track_caller]
fn ask(sandbox: &Sandbox, id: &str) -> Answer {
    let said = sandbox.keyfence(&["audit", "--format", "json"]).expect(0);
    let page: Value = serde_json::from_str(&said.out).unwrap();
    let checks = page["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |place: &Value| format!("{}:{} {}", text(&place["path"]), place["line"], text(&place["what"]));
    Answer {
        state: text(&check["state"]),
        says: text(&check["says"]),
        places: check["evidence"].as_array().unwrap().iter().map(place).collect(),
    }
}

fn dotenv(name: &str) -> String {
    format!("{name}={}\n", value())
}

#[test]
fn an_empty_project_has_hardly_anything_to_be_judged() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    let said = sandbox.keyfence(&["audit"]).expect(0);
    insta::assert_snapshot!(said.out, @"
    files
      n-a   git ignores .env and its kin: nothing here reads a .env
      n-a   git ignores .streamlit/secrets.toml: nothing here reads st.secrets
      n-a   git ignores secrets.py: there is no secrets.py with values
      n-a   git ignores Terraform's files of values: there is no file of values for Terraform with a secret in it
      ok    no file of values is tracked: none is

    templates
      n-a   a template lists the names: there is no file of values, and no secret that one would hold
      n-a   templates hold no values: there is no template
      n-a   templates have every name of .env: there is no template with its file of values beside it
      n-a   templates have every name that the code reads: there is no template
      n-a   every name in .env and its templates is read: no file lists a name
      n-a   the .env here sets what the code requires: there is no .env here

    code
      ok    no secret stands in the code: 1 file read
      n-a   no secret is hard-coded as a fallback: no code here reads a secret
      n-a   no literal stands in for a missing secret: no code here reads a secret
      ok    nothing prints or logs a secret: nothing does

    containers
      n-a   no image has a secret baked in: there is no Dockerfile
      n-a   no image copies .env along: there is no Dockerfile
      n-a   compose takes secrets from env_file or secrets: there is no compose file

    pipelines
      n-a   no secret stands in a pipeline: there is no pipeline
      n-a   no pipeline prints a secret: there is no pipeline
      n-a   no stranger's pull request meets secrets: there is no workflow of GitHub

    environments
      n-a   each environment has secrets of its own: there is no secret here to compare

    guards
      warn  a commit hook is in force and fires: none is
              .git/hooks/pre-commit  git runs nothing before a commit
            do: `keyfence install` puts it in and proves that it fires.
      n-a   a pipeline looks for secrets: there is no pipeline
      n-a   the server looks for secrets: there is no remote
      n-a   the host refuses known keys: there is no remote

    history
      ok    history is clean or accepted: 1 commit read
      n-a   no secret that was pushed is still good: nothing was pushed, as far as is known here

    28 checks: 0 fail, 1 warn, 4 ok, 23 n-a
    ");
}

#[test]
fn a_dotenv_that_git_does_not_ignore_is_found() {
    let sandbox = Sandbox::new();
    ask(&sandbox, "dotenv-ignored").is("n-a", "");
    sandbox.write(".env", "PORT=80\n");
    ask(&sandbox, "dotenv-ignored").is("warn", ".env:null is there");
    sandbox.write(".env", &dotenv("API_TOKEN"));
    ask(&sandbox, "dotenv-ignored").is("fail", ".env:null is there");
    // The global excludes file counts as git counts it.
    let excludes = sandbox.beside("home/excludes");
    fs::write(&excludes, ".env\n").unwrap();
    sandbox.git(&["config", "--global", "core.excludesFile", excludes.to_str().unwrap()]);
    let answer = ask(&sandbox, "dotenv-ignored").is("ok", "");
    assert!(answer.says.contains("excludes:1"), "{answer:?}");
}

#[test]
fn a_dotenv_is_asked_for_where_something_will_read_it() {
    let sandbox = Sandbox::new();
    sandbox.write("web/package.json", "{ \"devDependencies\": { \"vite\": \"7\" } }\n");
    ask(&sandbox, "dotenv-ignored").is("n-a", "");
    sandbox.write("web/app.js", "const x = process.env.API_TOKEN;\n");
    ask(&sandbox, "dotenv-ignored").is("warn", ".env:null would be added");
    fs::remove_dir_all(sandbox.path("web")).unwrap();
    // A template says so all alone, and one below speaks only for its folder.
    sandbox.write(".env.example", "PORT=\n");
    ask(&sandbox, "dotenv-ignored").is("warn", ".env:null would be added");
    fs::remove_file(sandbox.path(".env.example")).unwrap();
    sandbox.write("worker/.env.example", "PORT=\n");
    sandbox.write(".gitignore", "worker/.env\n");
    ask(&sandbox, "dotenv-ignored").is("ok", "");
    sandbox.write("requirements.txt", "python-dotenv\n");
    let answer = ask(&sandbox, "dotenv-ignored").is("warn", ".env:null would be added");
    assert_eq!(answer.places.len(), 1, "{answer:?}");
}

#[test]
fn other_files_of_values_must_be_ignored_too() {
    let sandbox = Sandbox::new();
    for id in ["streamlit-ignored", "secrets-py-ignored", "tfvars-ignored"] {
        ask(&sandbox, id).is("n-a", "");
    }
    sandbox.write("app.py", "import streamlit as st\nx = st.secrets['api_token']\n");
    ask(&sandbox, "streamlit-ignored").is("warn", ".streamlit/secrets.toml:null would be added");
    sandbox.write("secrets.py", &format!("API_TOKEN = '{}'\n", value()));
    ask(&sandbox, "secrets-py-ignored").is("fail", "secrets.py");
    sandbox.write("prod.tfvars", &format!("db_password = \"{}\"\n", value()));
    ask(&sandbox, "tfvars-ignored").is("fail", "prod.tfvars");
    sandbox.write(".gitignore", "secrets.toml\nsecrets.py\n*.tfvars\n");
    for id in ["streamlit-ignored", "secrets-py-ignored", "tfvars-ignored"] {
        ask(&sandbox, id).is("ok", "");
    }
}

#[test]
fn a_tracked_dotenv_is_found_although_it_is_ignored() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    ask(&sandbox, "values-untracked").is("ok", "");
    sandbox.write(".env", "PORT=80\n");
    sandbox.git(&["add", "-f", ".env"]);
    ask(&sandbox, "values-untracked").is("warn", ".env");
    let answer = ask(&sandbox, "template-there").is("n-a", "");
    assert!(answer.says.contains("tracked themselves"), "{answer:?}");
    sandbox.write(".env", &dotenv("API_TOKEN"));
    ask(&sandbox, "values-untracked").is("fail", ".env");
    // A word that everybody writes is a bad habit, and no leak.
    sandbox.git(&["rm", "-q", "-f", "--cached", ".env"]);
    sandbox.write("db.env", "DB_PASSWORD=otterlake\n");
    sandbox.git(&["add", "-f", "db.env"]);
    ask(&sandbox, "values-untracked").is("warn", "db.env");
    sandbox.write("db.env", "DB_HOST=db\n");
    let answer = ask(&sandbox, "values-untracked").is("ok", "");
    assert_eq!(answer.says, "none with a secret in it");
}

#[test]
fn a_file_of_a_container_lists_what_the_image_reads() {
    let sandbox = Sandbox::new();
    sandbox.write("db.env", "SOME_IMAGE_SETTING=1\n");
    ask(&sandbox, "unused-names").is("warn", "db.env:1 SOME_IMAGE_SETTING");
    ask(&sandbox, "env-complete").is("n-a", "");
    sandbox.write("compose.yaml", "services:\n  db:\n    env_file: [db.env]\n");
    ask(&sandbox, "unused-names").is("n-a", "");
}

#[test]
fn templates_are_missed_checked_and_compared() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", "PORT=80\nEXTRA=1\n");
    ask(&sandbox, "template-there").is("warn", ".env:null has no template");
    sandbox.commit(".env.example", &format!("PORT=\nOLD=\n{}", dotenv("API_TOKEN")));
    sandbox.write(
        "app.py",
        "import os\nx = os.environ['STRIPE_KEY']\ny = os.environ['PORT']\n",
    );
    ask(&sandbox, "template-there").is("ok", "");
    ask(&sandbox, "template-values").is("fail", ".env.example:3 API_TOKEN");
    ask(&sandbox, "template-env").is("warn", ".env:2 EXTRA");
    ask(&sandbox, "template-code").is("warn", "app.py:2 STRIPE_KEY");
    ask(&sandbox, "unused-names").is("warn", ".env.example:2 OLD");
    ask(&sandbox, "env-complete").is("warn", "app.py:2 requires STRIPE_KEY");
    sandbox.write(".env.example", "PORT=\nEXTRA=\nSTRIPE_KEY=\n");
    sandbox.write(
        "app.py",
        "import os\nx = os.environ['STRIPE_KEY'], os.environ['PORT'], os.getenv('EXTRA')\n",
    );
    sandbox.write(".env", "PORT=80\nEXTRA=1\nSTRIPE_KEY=x\n");
    for id in [
        "template-there",
        "template-values",
        "template-env",
        "template-code",
        "unused-names",
        "env-complete",
    ] {
        ask(&sandbox, id).is("ok", "");
    }
}

#[test]
fn what_is_hard_coded_is_a_failure_in_code_and_a_warning_in_tests() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    ask(&sandbox, "hard-coded").is("ok", "");
    sandbox.write("tests/run.sh", &leak());
    ask(&sandbox, "hard-coded").is("warn", "tests/run.sh:1");
    sandbox.write("config/db.yml", &Example::unbroken("dev:\n  pass·word: otterlake\n"));
    let answer = ask(&sandbox, "hard-coded").is("warn", "config/db.yml:2");
    assert!(answer.says.contains("none that looks real"), "{answer:?}");
    sandbox.write("run.sh", &leak());
    ask(&sandbox, "hard-coded").is("fail", "run.sh:1");
}

#[test]
fn a_word_opens_a_database_of_another_machine() {
    let sandbox = Sandbox::new();
    for (host, state) in [
        ("db.internal", "warn"),
        ("10.0.0.7", "warn"),
        ("127.0.0.1", "warn"),
        ("8.8.4.4", "fail"),
        ("db.acme.dev", "fail"),
    ] {
        let text = Example::unbroken(&format!("url = 'postgres://app:otter·lake@{host}:5432/app'\n"));
        sandbox.write("app.py", &text);
        ask(&sandbox, "hard-coded").is(state, "app.py:1");
    }
}

#[test]
fn fallbacks_and_prints_are_found() {
    let sandbox = Sandbox::new();
    ask(&sandbox, "fail-fast").is("n-a", "");
    sandbox.write("ok.py", "import os\nx = os.environ['DB_PASSWORD']\n");
    for id in ["fallbacks", "fail-fast", "printed"] {
        ask(&sandbox, id).is("ok", "");
    }
    sandbox.write(
        "a.py",
        &format!("import os\nx = os.getenv('DB_PASSWORD', '{}')\n", value()),
    );
    sandbox.write("b.py", "import os\nx = os.getenv('JWT_SECRET', 'dev')\ny = os.getenv('SECRET_KEY', '')\nz = os.getenv('MAIL_TOKEN', '')\n");
    sandbox.write(
        "c.py",
        &Example::unbroken("import os\nprint(os.environ['DB_PASS·WORD'])\n"),
    );
    ask(&sandbox, "fallbacks").is("fail", "a.py:2");
    fs::remove_file(sandbox.path("a.py")).unwrap();
    sandbox.write(
        "application.yml",
        &Example::unbroken("db:\n  pass·word: ${DB_PASS·WORD:tenant}\n"),
    );
    ask(&sandbox, "fallbacks").is("warn", "application.yml:2");
    let answer = ask(&sandbox, "fail-fast")
        .is("warn", "b.py:2 JWT_SECRET")
        .is("warn", "b.py:3 SECRET_KEY");
    assert_eq!(answer.places.len(), 2, "{answer:?}");
    ask(&sandbox, "printed").is("warn", "c.py:2");
    fs::rename(sandbox.path("c.py"), sandbox.path("git-askpass.py")).unwrap();
    ask(&sandbox, "printed").is("ok", "");
}

#[test]
fn a_default_in_an_example_that_everybody_copies_is_a_warning() {
    let sandbox = Sandbox::new();
    let text = format!(
        "services:\n  web:\n    environment:\n      SECRET_KEY_BASE: ${{SECRET_KEY_BASE:-{}}}\n",
        value()
    );
    sandbox.write("compose.example.yml", &text);
    let answer = ask(&sandbox, "fallbacks").is("warn", "compose.example.yml:4");
    assert!(answer.says.contains("tests, examples or documents"), "{answer:?}");
    let answer = ask(&sandbox, "compose-values").is("n-a", "");
    assert!(answer.says.contains("but for tests and examples"), "{answer:?}");
}

#[test]
fn a_default_of_spring_is_named_once() {
    let sandbox = Sandbox::new();
    let text = Example::unbroken("db:\n  pass·word: ${DB_PASS·WORD:tenant}\n");
    sandbox.write("application.yml", &text);
    ask(&sandbox, "fallbacks").is("warn", "application.yml:2");
    let answer = ask(&sandbox, "fail-fast").is("n-a", "");
    assert_eq!(answer.says, "what reads one is named above");
}

#[test]
fn a_word_in_a_line_that_is_switched_off_opens_nothing() {
    let sandbox = Sandbox::new();
    let line = |value: &str| Example::unbroken(&format!("services:\n  # db:\n  #   pass·word: \"{value}\"\n"));
    sandbox.write("compose.yaml", &line("Otterlake12"));
    ask(&sandbox, "compose-values").is("ok", "");
    sandbox.write("compose.yaml", &line(&value()));
    ask(&sandbox, "compose-values").is("fail", "compose.yaml:3");
}

#[test]
fn images_and_compose_files_are_looked_into() {
    let sandbox = Sandbox::new();
    for id in ["image-values", "image-context", "compose-values"] {
        ask(&sandbox, id).is("n-a", "");
    }
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(
        "Dockerfile",
        &format!("FROM alpine\nENV API_TOKEN={}\nCOPY . .\n", value()),
    );
    sandbox.write(
        "docker-compose.yml",
        "services:\n  db:\n    environment:\n      DB_PASSWORD: otter\n      A: ${B}\n",
    );
    ask(&sandbox, "image-values").is("fail", "Dockerfile:2");
    ask(&sandbox, "image-context").is("warn", "Dockerfile:3");
    ask(&sandbox, "compose-values").is("warn", "docker-compose.yml:4 DB_PASSWORD");
    sandbox.write(".env", "B=1\n");
    ask(&sandbox, "image-context").is("fail", "Dockerfile:3");
    sandbox.write(".dockerignore", ".env*\n");
    ask(&sandbox, "image-context").is("ok", "");
    sandbox.write(
        "docker-compose.yml",
        &format!("services:\n  db:\n    environment:\n    - API_TOKEN={}\n", value()),
    );
    ask(&sandbox, "compose-values").is("fail", "docker-compose.yml:4");
    sandbox.write(
        "docker-compose.yml",
        "services:\n  db:\n    env_file: .env\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?}\n",
    );
    ask(&sandbox, "compose-values").is("ok", "");
}

#[test]
fn pipelines_are_looked_into() {
    let sandbox = Sandbox::new();
    for id in ["ci-values", "ci-printed", "ci-target", "ci-guard"] {
        ask(&sandbox, id).is("n-a", "");
    }
    let workflow = ".github/workflows/ci.yml";
    sandbox.write(workflow, "on: [push]\njobs:\n  a:\n    steps:\n      - run: make\n");
    for id in ["ci-values", "ci-printed", "ci-target"] {
        ask(&sandbox, id).is("ok", "");
    }
    ask(&sandbox, "ci-guard").is("warn", workflow);
    let printed = Example::unbroken("      - run: echo $·{{ secrets.DEPLOY_TOKEN }}\n");
    sandbox.write(
        workflow,
        &format!("on:\n  pull_request_target:\njobs:\n  a:\n    env:\n      API_TOKEN: {}\n    steps:\n{printed}      - run: keyfence guard ci\n      - uses: actions/checkout@v4\n", value()),
    );
    ask(&sandbox, "ci-values").is("fail", "ci.yml:6");
    ask(&sandbox, "ci-printed").is("warn", "ci.yml:8");
    ask(&sandbox, "ci-target").is(
        "warn",
        "ci.yml:2 runs under pull_request_target and uses secrets.DEPLOY_TOKEN",
    );
    ask(&sandbox, "ci-guard").is("ok", "");
    sandbox.write(
        workflow,
        "on:\n  pull_request_target:\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
    );
    ask(&sandbox, "ci-target").is("fail", "ci.yml:8 checks out the pull request's code");
    // Nothing of the request gets in: neither a file, nor a text that its author wrote.
    let step = "on: pull_request_target\njobs:\n  a:\n    steps:\n      - env:\n          GH_TOKEN: ${{ secrets.BOT }}\n        run: gh pr review";
    sandbox.write(workflow, &format!("{step} \"$URL\"\n"));
    let answer = ask(&sandbox, "ci-target").is("ok", "");
    assert!(answer.says.contains("1 workflow uses one"), "{answer:?}");
    sandbox.write(
        workflow,
        &format!("{step} -b '${{{{ github.event.pull_request.title }}}}'\n"),
    );
    ask(&sandbox, "ci-target").is("warn", "secrets.BOT");
}

#[test]
fn the_password_of_a_service_that_a_run_starts_is_no_secret_of_a_pipeline() {
    let sandbox = Sandbox::new();
    let workflow = ".github/workflows/ci.yml";
    let env = "        env:\n          POSTGRES_PASSWORD: otterlake\n";
    sandbox.write(
        workflow,
        &format!("jobs:\n  a:\n    services:\n      db:\n{env}    steps:\n      - run: make\n{env}"),
    );
    let answer = ask(&sandbox, "ci-values").is("ok", "");
    assert!(answer.says.contains("as long as the run"), "{answer:?}");
    sandbox.write(workflow, &format!("jobs:\n  a:\n    steps:\n      - run: make\n{env}"));
    ask(&sandbox, "ci-values").is("warn", "ci.yml:6");
}

#[test]
fn the_same_secret_in_two_environments_is_told_by_its_places() {
    let sandbox = Sandbox::new();
    ask(&sandbox, "shared-secrets").is("n-a", "");
    sandbox.write(".gitignore", ".env*\n");
    sandbox.write(".env.dev", &dotenv("API_TOKEN"));
    ask(&sandbox, "shared-secrets").is("ok", "");
    sandbox.write(".env.staging", &format!("X=1\n{}", dotenv("TOKEN")));
    let answer = ask(&sandbox, "shared-secrets")
        .is("warn", ".env.dev:1 API_TOKEN")
        .is("warn", ".env.staging:2 TOKEN");
    assert_eq!(answer.places.len(), 2);
    sandbox.write(".env.production", &dotenv("API_TOKEN"));
    ask(&sandbox, "shared-secrets").is("fail", ".env.production:1");
    fs::remove_file(sandbox.path(".env.production")).unwrap();
    fs::remove_file(sandbox.path(".env.staging")).unwrap();
    sandbox.write("app.py", &format!("api_token = '{}'\n", value()));
    ask(&sandbox, "shared-secrets").is("fail", "app.py:1 has it hard-coded");
}

#[test]
fn guards_are_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    ask(&sandbox, "hook").is("warn", "git runs nothing");
    ask(&sandbox, "server-guard").is("n-a", "");
    ask(&sandbox, "push-protection").is("n-a", "");
    sandbox.keyfence(&["install"]).expect(0);
    let answer = ask(&sandbox, "hook").is("ok", "");
    assert!(answer.says.contains("refused a made-up key"), "{answer:?}");
    let server = sandbox.beside("server.git");
    sandbox.git(&["init", "-q", "--bare", server.to_str().unwrap()]);
    sandbox.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    ask(&sandbox, "server-guard").is("warn", "takes every push");
    sandbox
        .keyfence(&["install", "--server", server.to_str().unwrap()])
        .expect(0);
    ask(&sandbox, "server-guard").is("ok", "");
    sandbox.git(&["remote", "set-url", "origin", "https://github.com/acme/app.git"]);
    let answer = ask(&sandbox, "push-protection").is("n-a", "");
    assert!(answer.says.contains("Push protection"), "{answer:?}");
}

#[test]
fn a_secret_in_history_is_found_and_one_that_was_pushed_is_a_leak() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    ask(&sandbox, "history").is("ok", "");
    ask(&sandbox, "leaked").is("n-a", "");
    sandbox.commit("run.sh", &leak());
    sandbox.commit("run.sh", "make\n");
    let answer = ask(&sandbox, "history").is("warn", "run.sh:1");
    assert_eq!(answer.says, "1 secret stands in it");
    sandbox.commit("tests/run.sh", &dotenv("API_TOKEN"));
    let answer = ask(&sandbox, "history").is("warn", "run.sh:1");
    assert_eq!(
        answer.says,
        "1 secret stands in it, and 1 value in tests, examples or documents"
    );
    let server = sandbox.beside("server.git");
    sandbox.git(&["init", "-q", "--bare", server.to_str().unwrap()]);
    sandbox.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    sandbox.git(&["push", "-q", "--no-verify", "origin", "HEAD~3:refs/heads/main"]);
    ask(&sandbox, "leaked").is("ok", "");
    sandbox.git(&["push", "-q", "--no-verify", "origin", "main"]);
    ask(&sandbox, "leaked").is("fail", "run.sh:1");
    // What stands here is looked for even where history is not read.
    sandbox.git(&["checkout", "-q", "HEAD~2"]);
    sandbox.git(&["push", "-q", "--no-verify", "origin", "HEAD:refs/heads/next"]);
    let said = sandbox.keyfence(&["audit", "--no-history"]).expect(0);
    assert!(said.out.contains("(in origin/next)"), "{}", said.out);
    sandbox.write(
        "keyfence.toml",
        "[[allow]]\nreason = 'rotated on 2026-11-20'\npaths = ['run.sh']\n",
    );
    ask(&sandbox, "leaked").is("ok", "");
}

#[test]
fn a_clone_that_borrows_objects_counts_them_as_its_own() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    let clone = sandbox.beside("clone");
    sandbox.git(&["clone", "-q", "--shared", ".", clone.to_str().unwrap()]);
    let objects = |folder: &Path| Repo::discover(folder).unwrap().size().unwrap().0;
    assert_eq!((objects(&clone), objects(sandbox.repo())), (3, 3));
}

#[test]
fn the_exit_code_is_0_unless_somebody_asks() {
    let sandbox = Sandbox::new();
    sandbox.write("run.sh", &leak());
    sandbox.keyfence(&["audit"]).expect(0);
    sandbox.keyfence(&["audit", "--fail-on", "fail"]).expect(1);
    fs::remove_file(sandbox.path("run.sh")).unwrap();
    sandbox.keyfence(&["audit", "--fail-on", "fail"]).expect(0);
    sandbox.keyfence(&["audit", "--fail-on", "warn"]).expect(1);
}

#[test]
fn a_plain_folder_has_a_page_too() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    sandbox.write("run.sh", &leak());
    ask(&sandbox, "hard-coded").is("fail", "run.sh:1");
    for id in ["values-untracked", "hook", "history", "leaked"] {
        ask(&sandbox, id).is("n-a", "");
    }
}
