//! The recipes under docs/: what they run is one run, whichever engine runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::{repository, value};

fn recipe(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes").join(name)
}

fn whole(sandbox: &Sandbox, format: &str) -> String {
    sandbox
        .keyfence(&["scan", "--history", "--format", format])
        .expect(1)
        .out
}

#[test]
fn the_shell_recipe_makes_the_report_of_one_run() {
    let mut sandbox = repository("Ada", "app");
    sandbox.set("KEYFENCE", env!("CARGO_BIN_EXE_keyfence"));
    sandbox.set("SOURCE_DATE_EPOCH", "1700000000");
    let out = sandbox.beside("reports").display().to_string();
    let said = sandbox.run_in("", recipe("shards.sh"), &["3", &out]).expect(1);
    assert!(
        said.out.contains("3 findings") && !said.all().contains(&value()),
        "{}",
        said.all()
    );
    let page = fs::read_to_string(sandbox.beside("reports/report.html")).unwrap();
    assert_eq!(page, whole(&sandbox, "html"));
}

#[test]
fn ray_makes_the_report_of_one_run_for_each_repository() {
    let python = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ray");
    if !python.join("complete").exists() {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "install",
            "ray==2.60.0",
            "--target",
        ]);
        assert!(pip.arg(&python).status().unwrap().success());
        fs::write(python.join("complete"), "").unwrap();
    }
    let mut sandbox = repository("Ada", "app");
    sandbox.set("PYTHONPATH", &python.display().to_string());
    sandbox.set("RAY_USAGE_STATS_ENABLED", "0");
    let other = repository("Ada", "lib");
    let (one, two) = (sandbox.repo().display().to_string(), other.repo().display().to_string());
    fs::rename(&two, other.beside("other")).unwrap();
    let two = other.beside("other").display().to_string();
    let out = sandbox.beside("reports").display().to_string();
    let program = env!("CARGO_BIN_EXE_keyfence");
    let args = ["--out", &out, "--shards", "2", "--keyfence", program, &one, &two];
    sandbox.run_in("", recipe("shards_ray.py"), &args).expect(1);
    let report = |name: &str| fs::read_to_string(sandbox.beside("reports").join(name)).unwrap();
    assert_eq!(report("repo.json"), whole(&sandbox, "json"));
    assert!(report("other.html").contains("lib/new.sh"));
}
