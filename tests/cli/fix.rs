//! `keyfence fix`: what it moves, what it leaves alone and why, and what it never does.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use insta::assert_snapshot;

use crate::sandbox::{Said, Sandbox, leak};

/// A value that every reader of `.env` takes without quotes.
fn value() -> String {
    ["kX3vB7qLw2", "Zt9RmPcY5d"].concat()
}

fn other() -> String {
    ["9kQ2vW7xLmR4t", "YpZ8nB3cD6"].concat()
}

/// A token that is found whatever stands around it.
fn github_token() -> String {
    leak().trim_end().rsplit('=').next().unwrap().to_owned()
}

fn mode(sandbox: &Sandbox, name: &str) -> u32 {
    fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o7777
}

/// Moves what stands in one file, and returns what was said.
fn moved(sandbox: &Sandbox, name: &str, text: &str) -> Said {
    sandbox.write(name, text);
    sandbox.keyfence(&["fix", "--write", name])
}

#[test]
fn a_dry_run_shows_every_change_with_the_value_masked_and_makes_none() {
    let sandbox = Sandbox::new();
    sandbox.commit("app.py", &format!("import sys\n\nAPI_KEY = \"{}\"\n", value()));
    let before = sandbox.snapshot("app.py");
    let said = sandbox.keyfence(&["fix"]).expect(0);
    assert_snapshot!(said.out, @r#"
    .gitignore (new)
         1 + .env

    .env (new, for its owner only)
         1 + API_KEY=kX…(20)

    app.py
         1 + import os
         3 - API_KEY = "********************"
         4 + API_KEY = os.environ["API_KEY"]

    .env.example (new)
         1 + API_KEY=

    API_KEY (Secret, token or key in plain text): committed already, so whoever gets a copy of the history has it. Replace it.
      1. Revoke it where it was issued, and read the new one from the environment or a secret manager.
      2. Put the new one into .env, in place of the old one.
      3. Look whether it was used: the log of whatever it opens.
      4. Where several machines need it, a secret manager (HashiCorp Vault, Doppler, 1Password, one of your cloud; sops or dotenvx for files that are committed) keeps it.
    History is not rewritten here. Revoke first, for a clone or a fork keeps what it has; then, if it is worth it:
      git filter-repo --replace-text FILE     FILE has one `literal:VALUE` a line; delete it afterwards
      git push --force-with-lease --all       and ask the host to drop what it has cached, and everybody to clone anew

    Few programs read .env by themselves:
      Python: python-dotenv (`load_dotenv()`), or the shell: `set -a; . ./.env; set +a`

    1 can be moved
    Nothing has been written; `--write` does it.
    "#);
    assert_eq!(sandbox.snapshot("app.py"), before);
    assert!(!sandbox.path(".env").exists() && !sandbox.path(".gitignore").exists());
    assert!(!sandbox.path(".git/keyfence").exists());
}

#[test]
fn a_value_moves_into_env_and_the_code_looks_it_up() {
    let sandbox = Sandbox::new();
    moved(&sandbox, "app.py", &format!("API_KEY = '{}'\n", value()))
        .expect(0)
        .says("1 moved");
    assert_eq!(
        sandbox.read("app.py"),
        "import os\n\nAPI_KEY = os.environ[\"API_KEY\"]\n"
    );
    assert_eq!(sandbox.read(".env"), format!("API_KEY={}\n", value()));
    assert_eq!(
        (
            sandbox.read(".env.example").as_str(),
            sandbox.read(".gitignore").as_str()
        ),
        ("API_KEY=\n", ".env\n")
    );
    assert_eq!((mode(&sandbox, ".env"), mode(&sandbox, ".env.example")), (0o600, 0o644));
    sandbox.git(&["check-ignore", "-q", ".env"]);
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.keyfence(&["fix", "--write"]).expect(0).says("nothing to move");
}

#[test]
fn each_language_gets_its_own_lookup_that_fails_fast() {
    let (v, w) = (value(), other());
    let throws =
        |name: &str| format!("(process.env.{name} || (() => {{ throw new Error(\"{name} is not set\"); }})())");
    let requires =
        |name: &str| format!("java.util.Objects.requireNonNull(System.getenv(\"{name}\"), \"{name} is not set\")");
    let cases = [
        (
            "a.js",
            format!("const apiKey = `{v}`;\n"),
            format!("const apiKey = {};\n", throws("API_KEY")),
        ),
        (
            "a.mjs",
            format!("f({{'api-key':'{v}'}})\n"),
            format!("f({{'api-key':{}}})\n", throws("API_KEY")),
        ),
        (
            "a.ts",
            format!("class Acme {{ apiKey: string = \"{v}\"; }}\n"),
            format!("class Acme {{ apiKey: string = {}; }}\n", throws("ACME_API_KEY")),
        ),
        (
            "b.js",
            format!("const t = (apiKey) => {{ return apiKey || \"{v}\"; }}\n"),
            format!("const t = (apiKey) => {{ return apiKey || {}; }}\n", throws("API_KEY")),
        ),
        (
            "a.rb",
            format!("ACME_TOKEN = '{v}'\n"),
            "ACME_TOKEN = ENV.fetch(\"ACME_TOKEN\")\n".to_owned(),
        ),
        (
            "A.java",
            format!("class A {{ String acmeToken = \"{v}\"; }}\n"),
            format!("class A {{ String acmeToken = {}; }}\n", requires("ACME_TOKEN")),
        ),
        (
            "a.sh",
            format!("export ACME_TOKEN={v}\n"),
            "export ACME_TOKEN=\"${ACME_TOKEN:?}\"\n".to_owned(),
        ),
        (
            "b.sh",
            format!("acme_token='{v}' run\n"),
            "acme_token=\"${ACME_TOKEN:?}\" run\n".to_owned(),
        ),
        (
            "Dockerfile",
            format!("ARG ACME_TOKEN={w}\n"),
            "ARG ACME_TOKEN\n".to_owned(),
        ),
        (
            "compose.yml",
            format!("services:\n  a:\n    environment:\n      - ACME_TOKEN={v}\n"),
            "services:\n  a:\n    environment:\n      - ACME_TOKEN=${ACME_TOKEN:?ACME_TOKEN is not set}\n".to_owned(),
        ),
        (
            ".github/workflows/a.yml",
            format!("env:\n  ACME_TOKEN: {v}\n"),
            "env:\n  ACME_TOKEN: ${{ secrets.ACME_TOKEN }}\n".to_owned(),
        ),
    ];
    for (name, before, after) in cases {
        let sandbox = Sandbox::new();
        moved(&sandbox, name, &before).expect(0);
        assert_eq!(sandbox.read(name), after, "{name}");
        assert_eq!(sandbox.keyfence(&["scan"]).code, 0, "{name}");
    }
}

#[test]
fn go_gets_a_function_once_in_a_package_and_its_import_in_order() {
    let sandbox = Sandbox::new();
    let one = format!(
        "package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nvar apiKey = \"{}\"\n\nfunc main() {{ fmt.Println(strings.ToUpper(apiKey)) }}\n",
        value()
    );
    let two = format!(
        "package main\n\ntype cfg struct {{ Token string }}\n\nvar conf = cfg{{Token: `{}`}}\n",
        other()
    );
    sandbox.write("a.go", &one);
    sandbox.write("b.go", &two);
    sandbox.keyfence(&["fix", "--write"]).expect(0).says("2 moved");
    let (one, two) = (sandbox.read("a.go"), sandbox.read("b.go"));
    assert!(
        one.contains("\t\"fmt\"\n\t\"os\"\n\t\"strings\"\n)\n\nvar apiKey = mustEnv(\"API_KEY\")\n"),
        "{one}"
    );
    assert_eq!(one.matches("func mustEnv(name string) string {").count(), 1);
    assert_eq!(
        two,
        "package main\n\ntype cfg struct { Token string }\n\nvar conf = cfg{Token: mustEnv(\"CONF_TOKEN\")}\n"
    );
}

#[test]
fn a_fallback_loses_its_literal() {
    let v = value();
    let cases = [
        (
            "a.py",
            format!("import os\nt = os.getenv(\"ACME_TOKEN\", \"{v}\")\n"),
            "import os\nt = os.environ[\"ACME_TOKEN\"]\n",
        ),
        (
            "b.py",
            format!("import os\ntoken = os.environ.get('ACME_TOKEN') or '{v}'\n"),
            "import os\ntoken = os.environ[\"ACME_TOKEN\"]\n",
        ),
        (
            "c.py",
            format!("from decouple import config\ntoken = config(\"ACME_TOKEN\", default=\"{v}\")\n"),
            "from decouple import config\ntoken = config(\"ACME_TOKEN\")\n",
        ),
        (
            "a.js",
            format!("const token = process.env.ACME_TOKEN ?? '{v}';\n"),
            "const token = (process.env.ACME_TOKEN || (() => { throw new Error(\"ACME_TOKEN is not set\"); })());\n",
        ),
        (
            "a.rb",
            format!("token = ENV.fetch('ACME_TOKEN') {{ '{v}' }}\n"),
            "token = ENV.fetch(\"ACME_TOKEN\")\n",
        ),
        (
            "a.sh",
            format!("TOKEN=\"${{ACME_TOKEN:-{v}}}\"\n"),
            "TOKEN=\"${ACME_TOKEN:?}\"\n",
        ),
    ];
    for (name, before, after) in cases {
        let sandbox = Sandbox::new();
        moved(&sandbox, name, &before).expect(0);
        assert_eq!(sandbox.read(name), after, "{name}");
        assert_eq!(sandbox.read(".env"), format!("ACME_TOKEN={v}\n"), "{name}");
    }
}

#[test]
fn what_is_no_whole_string_is_left_alone_with_the_reason() {
    let v = value();
    let cases = [
        ("a.py", format!("x = f\"Bearer {}\"\n", github_token()), "f-string"),
        ("b.py", format!("api_key = b\"{v}\"\n"), "bytes"),
        ("c.py", format!("api_key = \"{v}\" + x\n"), "puts a text together"),
        ("d.py", format!("api_key = (\"{v}\"\n  \"more\")\n"), "in pieces"),
        ("e.py", format!("# api_key = \"{v}\"\n"), "comment"),
        (
            "f.py",
            format!("@auth(api_key=\"{v}\")\ndef f():\n    pass\n"),
            "decorator",
        ),
        (
            "g.py",
            format!("def f():\n    \"\"\"api_key = {v}\"\"\"\n"),
            "nothing uses",
        ),
        (
            "h.py",
            format!("api_key = \"{v}\"\nx = (\n"),
            "does not parse as Python",
        ),
        ("i.py", format!("os = 1\napi_key = \"{v}\"\n"), "`os` is not the module"),
        ("a.go", format!("package a\n\nconst apiKey = \"{v}\"\n"), "constant"),
        (
            "b.go",
            format!("package a\n\nvar c = x.Config{{ApiKey: \"{v}\"}}\n"),
            "only a compiler",
        ),
        (
            "A.java",
            format!("@Auth(apiKey = \"{v}\")\nclass A {{}}\n"),
            "annotation",
        ),
        ("a.ts", format!("enum E {{ apiKey = \"{v}\" }}\n"), "enum"),
        ("b.ts", format!("type T = {{ apiKey: \"{v}\" }};\n"), "it is a type"),
        (
            "a.js",
            format!("const apiKey = '{v}';\ndocument.title = 'x';\n"),
            "runs in a browser",
        ),
        (
            "a.sh",
            format!("curl -H \"X-Api-Key: {v}\" https://x.example\n"),
            "only a part",
        ),
        ("b.sh", format!("API_KEY={v}\nAPI_KEY=other\n"), "another value, too"),
        (
            "a.json",
            format!("{{\"api_key\": \"{v}\"}}\n"),
            "cannot look anything up",
        ),
        ("notes.md", format!("api_key: {v}\n"), "a text for people"),
        (
            ".gitlab-ci.yml",
            format!("variables:\n  API_KEY: {v}\n"),
            "GitLab hands secrets to a pipeline from its own settings",
        ),
        (
            ".circleci/config.yml",
            format!("environment:\n  API_KEY: {v}\n"),
            "CircleCI hands secrets",
        ),
        ("deploy.yml", format!("api_key: {v}\n"), "only compose files"),
    ];
    for (name, text, reason) in cases {
        let sandbox = Sandbox::new();
        moved(&sandbox, name, &text)
            .expect(1)
            .says("left alone")
            .says(reason)
            .says("by hand: ");
        assert_eq!(sandbox.read(name), text, "{name}");
        assert!(!sandbox.path(".env").exists(), "{name}");
    }
}

#[test]
fn no_other_value_on_a_line_that_changes_is_shown() {
    let sandbox = Sandbox::new();
    let v = value();
    sandbox.write(
        "a.py",
        &format!("c = dict(api_key='{v}', password='changeme', db_token='ab1', user='ann')\n"),
    );
    sandbox.write(
        "a.js",
        &format!("f({{apiKey: '{v}', password: 'changeme', user: 'ann'}})\n"),
    );
    sandbox.write("a.sh", &format!("API_KEY={v} DB_PASSWORD=changeme run ann\n"));
    sandbox.write(
        "compose.yml",
        &format!("services: {{a: {{environment: {{API_KEY: {v}, DB_PASSWORD: changeme, USER: ann}}}}}}\n"),
    );
    let said = sandbox.keyfence(&["fix"]);
    let shown = |sign: char| {
        said.out
            .lines()
            .filter(move |line| line.contains(sign) && line.contains("ann"))
            .count()
    };
    assert_eq!((shown('-'), shown('+')), (4, 4), "{}", said.out);
    for value in ["changeme", "ab1", v.as_str()] {
        assert!(!said.all().contains(value), "{value}: {}", said.out);
    }
}

#[test]
fn a_name_that_has_another_value_is_never_overwritten() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", "API_KEY=mine\n");
    let text = format!("API_KEY = \"{}\"\n", value());
    moved(&sandbox, "app.py", &text)
        .expect(1)
        .says("API_KEY has another value in .env already")
        .says("--name");
    assert_eq!(
        (sandbox.read(".env").as_str(), sandbox.read("app.py")),
        ("API_KEY=mine\n", text)
    );
    sandbox
        .keyfence(&["fix", "--write", "app.py:1", "--name", "ACME_KEY"])
        .expect(0);
    assert_eq!(sandbox.read(".env"), format!("API_KEY=mine\nACME_KEY={}\n", value()));
    assert!(sandbox.read("app.py").contains("os.environ[\"ACME_KEY\"]"));
}

#[test]
fn a_name_that_has_the_value_already_or_none_yet_is_used() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", &format!("API_KEY='{}'\nACME_TOKEN=\n", value()));
    let text = format!("API_KEY = \"{}\"\nACME_TOKEN = \"{}\"\n", value(), other());
    moved(&sandbox, "app.py", &text).expect(0).says("2 moved");
    assert_eq!(
        sandbox.read(".env"),
        format!("API_KEY='{}'\nACME_TOKEN={}\n", value(), other())
    );
}

#[test]
fn an_env_file_that_git_tracks_stops_everything() {
    let sandbox = Sandbox::new();
    sandbox.commit(".env", "A=1\n");
    let text = format!("API_KEY = \"{}\"\n", value());
    moved(&sandbox, "app.py", &text)
        .expect(2)
        .says(".env is tracked by git")
        .says("git rm --cached");
    assert_eq!((sandbox.read(".env").as_str(), sandbox.read("app.py")), ("A=1\n", text));
}

#[test]
fn an_env_file_that_git_takes_back_in_stops_everything() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n!.env\n");
    let text = format!("API_KEY = \"{}\"\n", value());
    moved(&sandbox, "app.py", &text)
        .expect(2)
        .says("git does not ignore .env");
    assert!(!sandbox.path(".env").exists() && sandbox.read("app.py") == text);
}

#[test]
fn an_env_file_that_git_does_not_know_yet_is_ignored_from_then_on() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", &format!("API_KEY={}\n", value()));
    sandbox
        .keyfence(&["fix", "--write"])
        .expect(0)
        .says(".gitignore keeps it out");
    assert_eq!(sandbox.read(".gitignore"), ".env\n");
    sandbox.keyfence(&["scan"]).expect(0);
}

#[test]
fn an_env_file_with_an_open_quote_stops_everything() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", "A=1\nB=\"2\n");
    moved(&sandbox, "app.py", &format!("API_KEY = \"{}\"\n", value()))
        .expect(2)
        .says("Line 2 of .env opens a quote");
    assert_eq!(sandbox.read(".env"), "A=1\nB=\"2\n");
}

#[test]
fn links_are_not_followed() {
    let sandbox = Sandbox::new();
    let outside = sandbox.beside("outside");
    fs::write(&outside, "").unwrap();
    symlink(&outside, sandbox.path(".env")).unwrap();
    let text = format!("API_KEY = \"{}\"\n", value());
    moved(&sandbox, "app.py", &text).expect(2).says("symbolic link");
    assert_eq!(
        (fs::read_to_string(&outside).unwrap().as_str(), sandbox.read("app.py")),
        ("", text.clone())
    );
    fs::remove_file(sandbox.path(".env")).unwrap();
    fs::hard_link(sandbox.path("app.py"), sandbox.path("b.py")).unwrap();
    sandbox
        .keyfence(&["fix", "--write", "app.py"])
        .expect(2)
        .says("no plain file with one name");
    assert_eq!(sandbox.read("b.py"), text);
}

#[test]
fn mode_byte_order_mark_and_line_ends_stay() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "app.py",
        &format!("\u{feff}import sys\r\nAPI_KEY = \"{}\"\r\n", value()),
    );
    fs::set_permissions(sandbox.path("app.py"), fs::Permissions::from_mode(0o750)).unwrap();
    sandbox.write(".env.sample", "# Names\r\nA=\r\n");
    sandbox.write(".gitignore", "x\r\n");
    sandbox.keyfence(&["fix", "--write", "app.py"]).expect(0);
    assert_eq!(
        sandbox.read("app.py"),
        "\u{feff}import os\r\nimport sys\r\nAPI_KEY = os.environ[\"API_KEY\"]\r\n"
    );
    assert_eq!(mode(&sandbox, "app.py"), 0o750);
    assert_eq!(sandbox.read(".env.sample"), "# Names\r\nA=\r\nAPI_KEY=\r\n");
    assert_eq!(sandbox.read(".gitignore"), "x\r\n.env\r\n");
}

#[test]
fn an_env_file_that_others_could_read_is_for_its_owner_only_from_then_on() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env*\n!.env.example\n");
    sandbox.write(".env", "A=1");
    moved(&sandbox, "app.py", &format!("API_KEY = \"{}\"\n", value())).expect(0);
    assert_eq!(
        (sandbox.read(".env"), mode(&sandbox, ".env")),
        (format!("A=1\nAPI_KEY={}\n", value()), 0o600)
    );
    assert_eq!(sandbox.read(".gitignore"), ".env*\n!.env.example\n");
}

#[test]
fn a_run_is_taken_back_byte_for_byte_and_env_keeps_the_values() {
    let sandbox = Sandbox::new();
    let text = format!(
        "import sys\nACME = {{\n  'api_key': \"{}\", 'password': 'it\\'s-{}'\n}}\n",
        value(),
        other()
    );
    sandbox.write("app.py", &text);
    sandbox.write(
        "b.js",
        &format!("const t = process.env.ACME_TOKEN || \"{}\"\n", value()),
    );
    let before = [sandbox.snapshot("app.py"), sandbox.snapshot("b.js")];
    sandbox.keyfence(&["fix", "--write"]).expect(0);
    assert!(!sandbox.read("app.py").contains(&value()));
    let journal = sandbox.read(".git/keyfence/fix/0001.json");
    assert!(
        !journal.contains(&value())
            && !journal.contains(&other())
            && mode(&sandbox, ".git/keyfence/fix/0001.json") == 0o600
    );
    sandbox
        .keyfence(&["fix", "--undo"])
        .expect(0)
        .says("app.py: as it was before");
    assert_eq!([sandbox.snapshot("app.py"), sandbox.snapshot("b.js")], before);
    assert!(sandbox.read(".env").contains(&value()) && !sandbox.path(".env.example").exists());
    sandbox.keyfence(&["fix", "--undo"]).expect(2).says("No journal");
}

#[test]
fn a_file_that_has_changed_since_is_not_taken_back() {
    let sandbox = Sandbox::new();
    moved(&sandbox, "app.py", &format!("API_KEY = \"{}\"\n", value())).expect(0);
    sandbox.write("app.py", "print(1)\n");
    sandbox
        .keyfence(&["fix", "--undo"])
        .expect(0)
        .says("app.py: as it is now, for it has changed since");
    assert_eq!(sandbox.read("app.py"), "print(1)\n");
}

#[test]
fn a_secrets_module_gives_up_all_its_values() {
    let sandbox = Sandbox::new();
    let text = format!(
        "secrets = {{\n    \"ssid\": \"attic\",\n    \"password\": \"{}\",\n}}\nACME_TOKEN = \"{}\"\nPIN = 4\n",
        value(),
        other()
    );
    moved(&sandbox, "secrets.py", &text).expect(0);
    let left = sandbox.read("secrets.py");
    assert_snapshot!(left, @r#"
    import os

    secrets = {
        "ssid": os.environ["SSID"],
        "password": os.environ["SECRETS_PASSWORD"],
    }
    ACME_TOKEN = os.environ["ACME_TOKEN"]
    PIN = 4
    "#);
    assert!(sandbox.read(".env").contains("SSID=attic\n"));
}

#[test]
fn a_long_secrets_module_is_taken_back_by_the_journal_and_by_git() {
    let sandbox = Sandbox::new();
    let pairs = (0..300).map(|number| format!("ACME_{number}_TOKEN = \"{}{number:03}\"  # {number}\n", value()));
    let text: String = pairs.collect();
    sandbox.commit("secrets.py", &text);
    sandbox
        .keyfence(&["fix", "--write", "secrets.py"])
        .expect(0)
        .says("300 moved");
    let (moved, env) = (sandbox.read("secrets.py"), sandbox.read(".env"));
    assert!(!moved.contains(&value()) && env.lines().count() == 300);
    sandbox
        .keyfence(&["fix", "--undo"])
        .expect(0)
        .says("secrets.py: as it was before");
    assert_eq!(sandbox.read("secrets.py"), text);
    assert_eq!(sandbox.read(".env"), env);
    // What git has is the same, and the values are in .env by then: the second run only changes the source.
    sandbox
        .keyfence(&["fix", "--write", "secrets.py"])
        .expect(0)
        .says("300 moved");
    assert_eq!((sandbox.read("secrets.py"), sandbox.read(".env")), (moved, env.clone()));
    sandbox.git(&["checkout", "-q", "--", "secrets.py"]);
    sandbox.keyfence(&["fix", "--undo"]).expect(0);
    assert_eq!((sandbox.read("secrets.py"), sandbox.read(".env")), (text, env));
}

#[test]
fn a_finding_is_named_by_its_line_or_its_fingerprint() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "app.py",
        &format!("API_KEY = \"{}\"\nACME_TOKEN = \"{}\"\n", value(), other()),
    );
    sandbox
        .keyfence(&["fix", "--write", "app.py:2"])
        .expect(0)
        .says("1 moved");
    assert!(sandbox.read("app.py").contains(&value()) && !sandbox.read("app.py").contains(&other()));
    let report = sandbox.keyfence(&["scan", "--format", "json"]).expect(1).out;
    let at = report.find("kf1:").unwrap();
    let fingerprint = &report[at..at + report[at..].find('"').unwrap()];
    sandbox
        .keyfence(&["fix", "--write", fingerprint])
        .expect(0)
        .says("1 moved");
    assert!(!sandbox.read("app.py").contains(&value()));
    sandbox
        .keyfence(&["fix", "app.py:1"])
        .expect(2)
        .says("Nothing is found there");
}

#[test]
fn each_service_keeps_its_own_environment_file() {
    let sandbox = Sandbox::new();
    sandbox.write("web/package.json", "{}\n");
    sandbox.write("web/src/a.js", &format!("const apiKey = \"{}\"\n", value()));
    sandbox.write("job/a.py", &format!("API_KEY = \"{}\"\n", other()));
    sandbox.keyfence(&["fix", "--write"]).expect(0).says("2 moved");
    assert_eq!(sandbox.read("web/.env"), format!("API_KEY={}\n", value()));
    assert_eq!(sandbox.read(".env"), format!("API_KEY={}\n", other()));
    assert_eq!(
        (
            sandbox.read(".gitignore").as_str(),
            sandbox.read("web/.env.example").as_str()
        ),
        (".env\n", "API_KEY=\n")
    );
}

#[test]
fn it_says_how_far_a_value_has_got() {
    let sandbox = Sandbox::new();
    let text = format!("API_KEY = \"{}\"\n", value());
    sandbox.write("app.py", &text);
    assert!(!sandbox.keyfence(&["fix"]).expect(0).out.contains("already"));
    sandbox.commit("app.py", &text);
    sandbox.keyfence(&["fix"]).expect(0).says("): committed already");
    let server = sandbox.beside("server.git");
    sandbox.git(&["init", "-q", "--bare", server.to_str().unwrap()]);
    sandbox.git(&["push", "-q", server.to_str().unwrap(), "HEAD:refs/heads/main"]);
    sandbox.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    sandbox.git(&["fetch", "-q", "origin"]);
    sandbox
        .keyfence(&["fix"])
        .expect(0)
        .says("): pushed already, so it has leaked");
}

#[test]
fn outside_of_a_repository_nothing_keeps_env_out_of_one() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    moved(&sandbox, "app.py", &format!("API_KEY = \"{}\"\n", value()))
        .expect(2)
        .says("not in the work tree of a git repository");
}
