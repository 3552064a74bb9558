//! The recipes under docs/: what they run is one run, whichever engine runs it.

use std::fs;
use std::path::{Path, PathBuf};

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
    let out = sandbox.beside("our reports").display().to_string();
    let said = sandbox.run_in("", recipe("shards.sh"), &["3", &out]).expect(1);
    assert!(
        said.out.contains("3 findings") && !said.all().contains(&value()),
        "{}",
        said.all()
    );
    let page = fs::read_to_string(sandbox.beside("our reports/report.html")).unwrap();
    assert_eq!(page, whole(&sandbox, "html"));
}
