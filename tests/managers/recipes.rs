//! The recipes are what they claim to be: YAML that can be read, shards that Ray joins to the report of one run, and
//! papers of a release that say what is in it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::sandbox::{Sandbox, leak};
use crate::tools::{python_with_ray, tools};

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
fn the_shards_that_ray_reads_are_one_run() {
    let Some(python) = python_with_ray() else { return };
    let mut leaky = Sandbox::named("leaky");
    for name in ["a.sh", "b/c.sh", "d.txt", "e/f.sh"] {
        leaky.commit(name, &leak());
    }
    leaky.git(&["rm", "-q", "a.sh"]);
    leaky.git(&["commit", "-q", "-m", "take it out"]);
    let clean = Sandbox::named("clean");
    clean.commit("a.txt", "nothing\n");
    // Its own report to its makers is none of a test's business.
    leaky.set("RAY_USAGE_STATS_ENABLED", "0");
    leaky.set("SOURCE_DATE_EPOCH", "1700000000");
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes/shards_ray.py");
    let out = leaky.beside("reports").display().to_string();
    let repositories = [&leaky, &clean].map(|sandbox| sandbox.repo().to_str().unwrap());
    let args = [recipe.to_str().unwrap(), "--out", &out, "--shards", "3"];
    let program = ["--keyfence", env!("CARGO_BIN_EXE_keyfence")];
    let said = leaky.run_in("", python, &[&args[..], &program, &repositories].concat());
    let said = said.expect(1);
    let codes = format!("1 {}\n0 {}\n", repositories[0], repositories[1]);
    assert!(said.out.ends_with(&codes), "{}", said.all());
    for format in ["json", "html"] {
        let joined = fs::read_to_string(leaky.beside(&format!("reports/leaky.{format}"))).unwrap();
        let whole = leaky.keyfence(&["scan", "--history", "--format", format]).expect(1).out;
        assert_eq!(joined, whole, "{format}");
    }
    assert!(leaky.beside("reports/clean.html").is_file());
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
    for whose in [": libgit2\n", ": libdeflate\n", "\nrust-std ", "LINKING EXCEPTION"] {
        assert!(licences.contains(whose), "{whose:?} of what packages bring along");
    }
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
