//! The recipes are what they claim to be: YAML that can be read, and papers of a release that say what is in it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::tools::tools;

const READ: &str = "
import pathlib, re, sys, yaml
root = pathlib.Path(sys.argv[1])
files = [root / '.pre-commit-hooks.yaml', *root.glob('.github/**/*.yml'), *root.glob('.gitlab/*.yml')]
texts = [(file.name, file.read_text()) for file in files]
for file in root.glob('docs/*.md'):
    texts += [(file.name, text) for text in re.findall(r'```yaml\\n(.*?)```', file.read_text(), re.DOTALL)]
for name, text in texts:
    try:
        assert yaml.safe_load(text), name
    except yaml.YAMLError as error:
        sys.exit(f'{name}: {error}')
action = yaml.safe_load((root / '.github/actions/keyfence/action.yml').read_text())
assert action['runs']['using'] == 'composite' and all('shell' in step for step in action['runs']['steps'] if 'run' in step)
print(len(texts))
";

#[test]
fn every_recipe_is_yaml() {
    let Some(tools) = tools() else { return };
    let said = Command::new(tools.join("venv/bin/python"))
        .args(["-c", READ, env!("CARGO_MANIFEST_DIR")])
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let count: u32 = String::from_utf8_lossy(&said.stdout).trim().parse().unwrap();
    assert!(count >= 10, "only {count} were found");
}

#[test]
fn the_papers_of_a_release_name_every_part_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers");
    let mut command = Command::new("python3");
    command
        .arg(root.join(".packaging/release"))
        .args(["--papers", "--out"])
        .arg(&out);
    let said = command.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let bill = fs::read_to_string(out.join("keyfence.cdx.json")).unwrap();
    let licences = fs::read_to_string(out.join("LICENSES-THIRD-PARTY.txt")).unwrap();
    assert!(bill.contains("\"specVersion\": \"1.6\"") && bill.contains("pkg:cargo/keyfence@"));
    for part in ["clap", "git2", "regex", "signal-hook"] {
        assert!(
            bill.contains(&format!("pkg:cargo/{part}@")) && licences.contains(&format!("\n{part} ")),
            "{part}"
        );
    }
    assert!(
        !bill.contains("pkg:cargo/insta@"),
        "what only tests need is no part of the program"
    );
}
