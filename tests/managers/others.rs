//! Lefthook and husky, with the line that `install --write` gives them.

use crate::tools::{assert_guards, sandbox, tools};

#[test]
fn lefthook_blocks_a_staged_key_and_lets_a_clean_commit_pass() {
    let Some(sandbox) = sandbox(true) else { return };
    sandbox.write(
        "lefthook.yml",
        "pre-commit:\n  commands:\n    greet:\n      run: echo hello\n",
    );
    sandbox.run_in("", "lefthook", &["install"]).expect(0);
    sandbox.keyfence(&["install", "--write"]).expect(0).says("lefthook.yml");
    sandbox
        .keyfence(&["status"])
        .expect(0)
        .says("lefthook, which runs keyfence");
    assert_guards(&sandbox);
}

#[test]
fn husky_blocks_a_staged_key_and_lets_a_clean_commit_pass() {
    let Some(sandbox) = sandbox(true) else { return };
    let husky = tools().unwrap().join("node_modules/husky/bin.js");
    sandbox.run_in("", "node", &[husky.to_str().unwrap()]).expect(0);
    sandbox
        .keyfence(&["install", "--write"])
        .expect(0)
        .says(".husky/pre-commit");
    sandbox
        .keyfence(&["status"])
        .expect(0)
        .says("husky, which runs keyfence");
    assert_guards(&sandbox);
}
