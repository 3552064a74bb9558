//! No run of the program shows a value that it found: not in a report, a warning, an error or a hook's message.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::sandbox::{Said, Sandbox};

/// Random values in the shapes of a token, a random secret, a password and a key of several lines.
fn values() -> impl Strategy<Value = Vec<String>> {
    (
        "[A-Z2-7]{16}",
        "[a-z][A-Z][0-9][A-Za-z0-9]{6}[0-9][a-z][A-Z0-9]{12}",
        "[a-z]{3}[0-9][A-Z]{2}[!%][a-z]{4}[0-9]{2}",
        "[A-Za-z0-9+/]{64}",
    )
        .prop_map(|(id, random, password, line)| vec![["AK", "IA", &id].concat(), random, password, line])
}

/// Puts the values wherever a person, or an attacker, might put them.
fn plant(sandbox: &Sandbox, values: &[String]) {
    let [id, random, password, line] = values else {
        unreachable!()
    };
    let key = [
        "-----BEGIN RSA ",
        "PRIVATE KEY-----\n",
        line,
        "\n",
        line,
        "\n-----END RSA ",
        "PRIVATE KEY-----\n",
    ]
    .concat();
    sandbox.write(
        "app.py",
        &format!("KEY = \"{id}\"\napi_token = '{random}'\ndb_password = \"{password}\"\n"),
    );
    sandbox.write(
        "one-line.js",
        &format!("x({{password:\"{password}\",token:\"{random}\"}}) // {id} \u{1b}[2J {random}"),
    );
    sandbox.write(
        ".env",
        &format!("A_TOKEN={random}\nPASSWORD='{password}'\nURL=postgres://app:{password}@db/x\n"),
    );
    sandbox.write("id_rsa", &key);
    sandbox.write(&format!("dir-{id}/{random}.txt"), &format!("token = \"{random}\"\n"));
    sandbox.write(
        "allowed.py",
        &format!("token = \"{random}\"  # keyfence:{} {random}\n", "allow"),
    );
    sandbox.write(
        "dump.json",
        &format!("{{\"secret\": \"{random}\", \"password\": \"{password}\"}}"),
    );
}

fn runs(sandbox: &Sandbox) -> Vec<Said> {
    let run = |args: &[&str]| sandbox.keyfence(args);
    sandbox.git(&["add", "-A", "-f"]);
    vec![
        run(&["scan"]),
        run(&["scan", "--color", "always", "-v", "--min-confidence", "low"]),
        run(&["scan", "-q"]),
        run(&["scan", "--format", "json", "--min-confidence", "low"]),
        run(&["scan", "--staged", "--format", "json"]),
        run(&["scan", "--format", "html", "--min-confidence", "low"]),
        run(&["scan", "--format", "sarif", "--min-confidence", "low"]),
        run(&["scan", "--format", "github"]),
        run(&["scan", "no-such-file"]),
        run(&["guard", "pre-commit"]),
        sandbox.try_git(&["commit", "-m", "x"]),
    ]
}

/// Runs that move values, at first for show.
#[cfg(feature = "fix")]
fn moves(sandbox: &Sandbox) -> Vec<Said> {
    sandbox.git(&["rm", "-q", "-f", "--cached", ".env"]);
    let run = |args: &[&str]| sandbox.keyfence(args);
    vec![
        run(&["fix"]),
        run(&["fix", "app.py:2", "--name", "API_TOKEN"]),
        run(&["fix", "--write", "app.py", "one-line.js", "dump.json"]),
        run(&["fix", "--write"]),
        run(&["fix", "--undo"]),
    ]
}

#[cfg(not(feature = "fix"))]
fn moves(_: &Sandbox) -> Vec<Said> {
    Vec::new()
}

/// Runs that explain and so decide nothing.
fn explanations(sandbox: &Sandbox) -> Vec<Said> {
    let explain = |args: &[&str]| sandbox.keyfence(&[&["explain"], args].concat()).expect(0);
    vec![
        explain(&["app.py", "--min-confidence", "low"]),
        explain(&["one-line.js:1"]),
        explain(&["id_rsa:2"]),
        explain(&["allowed.py:1", "--format", "json"]),
        explain(&["--staged", ".env", "--format", "json"]),
    ]
}

/// Runs that speak of a project's habits, and those that write its templates.
fn pages(sandbox: &Sandbox) -> Vec<Said> {
    let run = |args: &[&str]| sandbox.keyfence(args);
    vec![
        run(&["audit", "--verbose", "--history"]),
        run(&["audit", "--format", "json"]),
        run(&["template", "check"]),
        run(&["template", "check", "--format", "json"]),
        run(&["template", "sync"]),
        run(&["init"]),
        run(&["template", "sync", "--write"]),
        run(&["template", "sync"]),
    ]
}

/// Runs that move values out of the files of every kind, and back.
#[cfg(feature = "fix")]
fn moves_of_settings(sandbox: &Sandbox) -> Vec<Said> {
    let run = |args: &[&str]| sandbox.keyfence(args);
    let files = [
        "secrets.py",
        "docker-compose.yml",
        "Dockerfile",
        ".github/workflows/a.yml",
    ];
    let named = |first: &[&'static str]| [first, &files[..]].concat();
    vec![
        run(&named(&["fix", "--min-confidence", "low"])),
        run(&named(&["fix", "--write", "--min-confidence", "low"])),
        run(&["fix", "--min-confidence", "low"]),
        run(&["fix", "prod.tfvars", ".env.sample", ".streamlit/secrets.toml"]),
        run(&["fix", "--undo"]),
        run(&["init", "--write"]),
    ]
}

#[cfg(not(feature = "fix"))]
fn moves_of_settings(_: &Sandbox) -> Vec<Said> {
    Vec::new()
}

/// Puts the values where files of values, their templates and what stands beside them may have them.
fn plant_settings(sandbox: &Sandbox, values: &[String]) {
    let [id, random, password, line] = values else {
        unreachable!()
    };
    let key = format!("{line}\n{line}");
    for (name, text) in [
        (
            ".env.production",
            format!("# was {random}\nA_TOKEN={random} # or {password}\n#OLD={id}\n{line}\nKEY=\"{key}\"\n"),
        ),
        (
            ".env.sample",
            format!("A_TOKEN={random}\nPASSWORD={password}\n# {id}\n# {line}\n"),
        ),
        (
            ".streamlit/secrets.toml",
            format!("x = '{random}'\n[db]\npassword = \"{password}\" # {id}\n"),
        ),
        (
            "secrets.py",
            format!("T = '{random}'\nD = {{'a': ['{password}', \"{id}\"]}}\nK = '''{key}'''\n"),
        ),
        ("prod.tfvars", format!("token = \"{random}\"\nkey = <<E\n{line}\nE\n")),
        (
            "docker-compose.yml",
            format!(
                "services:\n  a:\n    environment:\n      A_TOKEN: {random}\n      PASSWORD: ${{PASSWORD:-{password}}}\n"
            ),
        ),
        ("Dockerfile", format!("FROM x\nENV A_TOKEN={random}\nCOPY . .\n")),
        (
            ".github/workflows/a.yml",
            format!("on: push\nenv:\n  A_TOKEN: {random}\n"),
        ),
    ] {
        sandbox.write(name, &text);
    }
}

#[test]
fn no_page_and_no_template_shows_a_value() {
    let mut runner = TestRunner::new(Config {
        cases: 3,
        failure_persistence: None,
        ..Config::default()
    });
    let templates = [
        ".env.sample",
        ".streamlit/secrets.toml.example",
        "secrets.py.template",
        "prod.tfvars.example",
    ];
    let said = runner.run(&values(), |values| {
        let sandbox = Sandbox::new();
        sandbox.commit("README.md", "hello\n");
        plant(&sandbox, &values);
        plant_settings(&sandbox, &values);
        let pages = pages(&sandbox).into_iter();
        let texts: Vec<String> = pages
            .chain(moves_of_settings(&sandbox))
            .map(|said| said.all())
            .collect();
        if cfg!(feature = "fix") {
            prop_assert!(texts.iter().any(|text| text.contains(" moved ·")), "nothing was moved");
        }
        for text in texts
            .into_iter()
            .chain(templates.map(|template| sandbox.read(template)))
        {
            for value in &values {
                prop_assert!(!text.contains(value.as_str()), "a value was shown:\n{text}");
            }
        }
        Ok(())
    });
    said.unwrap();
}

#[test]
fn no_run_shows_a_value_that_it_found() {
    let mut runner = TestRunner::new(Config {
        cases: 6,
        failure_persistence: None,
        ..Config::default()
    });
    let said = runner.run(&values(), |values| {
        let sandbox = Sandbox::new();
        sandbox.commit("README.md", "hello\n");
        sandbox.keyfence(&["install"]).expect(0);
        plant(&sandbox, &values);
        let runs = runs(&sandbox);
        for said in &runs {
            prop_assert_ne!(said.code, 0, "{}", said.all());
        }
        for said in runs.into_iter().chain(explanations(&sandbox)).chain(moves(&sandbox)) {
            for value in &values {
                prop_assert!(
                    !said.all().contains(value.as_str()),
                    "a value was shown:\n{}",
                    said.all()
                );
            }
        }
        Ok(())
    });
    said.unwrap();
}

#[test]
fn values_are_shown_on_request_only_and_never_by_accident() {
    let sandbox = Sandbox::new();
    let value = ["kX3vB7qLw2", "Zt9RmPcY5d"].concat();
    sandbox.write("a.py", &format!("api_key = \"{value}\"\n"));
    let refused = sandbox.keyfence(&["scan", "--show-secrets"]).expect(2);
    assert!(!refused.all().contains(&value));
    let forced = sandbox.keyfence(&["scan", "--show-secrets=force"]).expect(1);
    assert!(forced.out.contains(&value));
}
