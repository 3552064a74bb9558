//! The wheel and the npm package, installed where nothing else is.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, leak};
use crate::tools::{here, packages, sandbox};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn package(name: &str) -> PathBuf {
    let of_name = |file: &PathBuf| {
        file.file_name()
            .is_some_and(|it| it.to_string_lossy().starts_with(name))
    };
    let mut all = fs::read_dir(packages()).unwrap().map(|entry| entry.unwrap().path());
    all.find(of_name).unwrap_or_else(|| panic!("no {name} was built"))
}

#[track_caller]
fn assert_works(sandbox: &Sandbox, program: &str) {
    sandbox.run_in("", program, &["--version"]).expect(0).says(VERSION);
    sandbox.write("app.py", "print('hello')\n");
    sandbox.run_in("", program, &["scan"]).expect(0);
    sandbox.write("leak.sh", &leak());
    sandbox.run_in("", program, &["scan"]).expect(1).says("leak.sh");
}

#[test]
fn the_wheel_installs_and_runs_in_a_clean_environment() {
    let Some(sandbox) = sandbox(false) else { return };
    let clean = sandbox.beside("clean");
    let wheel = package("keyfence_cli-");
    sandbox
        .run_in("", "python3", &["-m", "venv", clean.to_str().unwrap()])
        .expect(0);
    let pip = clean.join("bin/pip");
    sandbox
        .run_in("", pip, &["install", "--no-index", wheel.to_str().unwrap()])
        .expect(0);
    assert_works(&sandbox, clean.join("bin/keyfence").to_str().unwrap());
}

#[test]
fn the_npm_package_installs_and_runs_in_a_clean_prefix() {
    let Some(sandbox) = sandbox(false) else { return };
    let prefix = sandbox.beside("prefix");
    let main = package(&format!("keyfence-cli-{VERSION}"));
    let own = package(&format!("keyfence-cli-{}", here()));
    let args = [
        "install",
        "--offline",
        "--no-audit",
        "--prefix",
        prefix.to_str().unwrap(),
        own.to_str().unwrap(),
        main.to_str().unwrap(),
    ];
    sandbox.run_in("", "npm", &args).expect(0);
    assert_works(&sandbox, prefix.join("node_modules/.bin/keyfence").to_str().unwrap());
}

#[test]
fn an_npm_package_without_its_program_is_no_clean_answer() {
    let Some(sandbox) = sandbox(false) else { return };
    let launcher = Path::new(env!("CARGO_MANIFEST_DIR")).join(".packaging/npm/keyfence.js");
    let alone = sandbox.write("keyfence.js", &fs::read_to_string(launcher).unwrap());
    sandbox
        .run_in("", "node", &[alone.to_str().unwrap(), "scan"])
        .expect(2)
        .says("there is no keyfence for");
}

#[test]
fn every_manifest_names_the_same_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, line) in [
        ("pyproject.toml", format!("version = \"{VERSION}\"")),
        ("pyproject.toml", format!("\"keyfence-cli=={VERSION}\"")),
        (".packaging/wheel/pyproject.toml", format!("version = \"{VERSION}\"")),
    ] {
        assert!(
            fs::read_to_string(root.join(file)).unwrap().contains(&line),
            "{file}: {line}"
        );
    }
}
