//! `keyfence rules`: what there is, what a rule says, whether it holds and what is unwise about it.

use insta::assert_snapshot;
use serde_json::Value;

use crate::sandbox::Sandbox;

/// A rule of one's own with one problem in each list of examples.
const OWN: &str = "[[rule]]\nid = 'acme-key'\ndescription = 'Acme key'\nseverity = 'high'\nkeywords = ['acme_']\n\
    pattern = '\\b(acme_[a-z]{4})\\b'\ntags = ['own']\nremedy = 'Ask Wile.'\n";

const EXAMPLES: &str = "must-match = ['x «acme_abcd»']\nmust-not-match = ['acme_abcde']\n";

#[test]
fn the_list_is_filtered_by_words_and_knows_the_projects_own_rules() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "keyfence.toml",
        &format!("{OWN}{EXAMPLES}\n[rules]\nstripe-restricted-key = 'low'\n"),
    );
    assert_snapshot!(sandbox.keyfence(&["rules", "list", "stripe", "restricted"]).expect(0).out, @"
    id                          severity  confidence  kind        title
    stripe-restricted-key       low       high        pattern     Stripe restricted key
    stripe-test-restricted-key  medium    high        pattern     Stripe restricted key (test mode)
    2 rules
    ");
    assert_snapshot!(sandbox.keyfence(&["rules", "list", "OWN", "acme"]).expect(0).out, @"
    id        severity  confidence  kind        title
    acme-key  high      high        pattern     Acme key [own]
    1 rule
    ");
    assert_snapshot!(sandbox.keyfence(&["rules", "list", "no-such-word"]).expect(0).out, @"0 rules");
}

#[test]
fn the_list_for_programs_has_every_rule_in_force() {
    let sandbox = Sandbox::new();
    sandbox.write("keyfence.toml", "[rules]\ngithub-pat = 'off'\n");
    let list: Value =
        serde_json::from_str(&sandbox.keyfence(&["rules", "list", "--format", "json"]).expect(0).out).unwrap();
    let rules = list["rules"].as_array().unwrap();
    assert!(list["version"] == 1 && rules.len() > 500);
    assert!(
        rules
            .iter()
            .all(|rule| rule["id"] != "github-pat" && rule["kind"].is_string())
    );
}

#[test]
fn a_rule_is_shown_with_everything_that_it_says() {
    let sandbox = Sandbox::new();
    sandbox.write("keyfence.toml", &format!("{OWN}{EXAMPLES}"));
    assert_snapshot!(sandbox.keyfence(&["rules", "show", "acme-key"]).expect(0).out, @r"
    acme-key: Acme key
      severity    high
      confidence  high
      kind        pattern
      keywords    acme_
      pattern     \b(acme_[a-z]{4})\b
      tags        own
      remedy      Ask Wile.

    must match (the secret between « and »)
      x «acme_abcd»

    must not match
      acme_abcde
    ");
}

#[test]
fn an_unknown_id_is_an_error_that_tells_what_was_perhaps_meant() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.keyfence(&["rules", "show", "github-pta"]).expect(2).err, @r#"
    error: There is no rule "github-pta" in force.
    hint: did you mean `github-pat`?
    "#);
}

#[test]
fn own_rules_are_proven_by_their_examples() {
    let sandbox = Sandbox::new();
    sandbox.write("good.toml", &format!("{OWN}{EXAMPLES}"));
    sandbox.write(
        "bad.toml",
        &format!("{OWN}must-match = ['x «acme_abcde»']\nmust-not-match = ['acme_wxyz']\n"),
    );
    assert_snapshot!(sandbox.keyfence(&["rules", "test", "good.toml"]).expect(0).out, @"1 rule with 2 examples: no problems");
    assert_snapshot!(sandbox.keyfence(&["rules", "test", "bad.toml"]).expect(1).out, @"
    acme-key: must-match 1: nothing was found
    acme-key: must-not-match 1: it was found
    1 rule with 2 examples: 2 problems
    ");
    sandbox
        .keyfence(&["rules", "test", "missing.toml"])
        .expect(2)
        .says("missing.toml could not be read");
}

#[test]
fn lint_warns_of_what_is_unwise_and_fails_on_what_is_wrong() {
    let sandbox = Sandbox::new();
    sandbox.write("sound.toml", &format!("{OWN}{EXAMPLES}"));
    assert_snapshot!(sandbox.keyfence(&["rules", "lint", "sound.toml"]).expect(0).out, @"1 rule: no errors, no warnings");
    let unwise = OWN
        .replace("acme_", "token")
        .replace("{4}", "+")
        .replace("remedy = 'Ask Wile.'\n", "");
    sandbox.write("unwise.toml", &unwise);
    assert_snapshot!(sandbox.keyfence(&["rules", "lint", "unwise.toml"]).expect(0).out, @"
    warning: rule `acme-key`: the keyword `token` stands in most files, so its pattern is tried all the time
    warning: rule `acme-key`: its pattern has no greatest length; matches are cut at 16384 bytes
    warning: rule `acme-key`: it needs `must-match` and `must-not-match` examples, to prove itself by
    warning: rule `acme-key`: it has no `remedy`, so nobody is told what to do now
    1 rule: no errors, 4 warnings
    ");
    sandbox.write("wrong.toml", &format!("{}{EXAMPLES}", OWN.replace("{4}", "{4")));
    sandbox.write("taken.toml", &OWN.replace("acme-key", "github-pat"));
    assert_snapshot!(sandbox.keyfence(&["rules", "lint", "wrong.toml", "taken.toml"]).expect(1).out, @"
    error: taken.toml:2: rule `github-pat`: this id is taken; every rule needs one of its own
    error: rule `acme-key`: unclosed counted repetition
    1 rule: 2 errors, no warnings
    ");
}

#[test]
fn lint_reads_the_projects_own_rules_when_no_file_is_named() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.keyfence(&["rules", "lint"]).expect(0).out, @"no rules: no errors, no warnings");
    sandbox.write("keyfence.toml", OWN);
    sandbox
        .keyfence(&["rules", "lint"])
        .expect(0)
        .says("needs `must-match` and `must-not-match` examples");
}
