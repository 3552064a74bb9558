//! Every rule proves itself by its own examples, through the whole engine.

use keyfence::RuleSet;
use keyfence::engine::proof;

#[test]
fn every_rule_proves_itself() {
    let broken = proof::check(&RuleSet::builtin_with_examples().unwrap()).expect("the rules can be made ready");
    let list: Vec<String> = broken.iter().map(ToString::to_string).collect();
    assert!(
        broken.is_empty(),
        "{} examples do not hold:\n{}",
        list.len(),
        list.join("\n")
    );
}

#[test]
fn an_example_that_does_not_hold_is_named() {
    let mut rules = RuleSet::default();
    let rule =
        "[[rule]]\nid='a-key'\ndescription='A'\nseverity='high'\nkeywords=['ak_']\npattern='\\b(ak_[a-z]{4})\\b'\n";
    rules
        .add_toml(
            "own.toml",
            &format!("{rule}must-match=['x «ak_abcde»']\nmust-not-match=['ak_wxyz']\n"),
        )
        .unwrap();
    let broken = proof::check(&rules).unwrap();
    let list: Vec<String> = broken.iter().map(ToString::to_string).collect();
    assert_eq!(
        list,
        [
            "a-key: must-match 1: nothing was found",
            "a-key: must-not-match 1: it was found"
        ]
    );
}

#[test]
fn a_rule_of_one_s_own_may_name_characters_of_several_bytes() {
    let mut rules = RuleSet::default();
    let rule = "[[rule]]\nid='a-key'\ndescription='A'\nseverity='high'\nkeywords=['ak_']\npattern='\\b(ak_(?u:[äö€]){2}[a-z]{4}[0-9]{4})\\b'\n";
    let examples = "must-match=['x «ak_ä€wxyz7301»']\nmust-not-match=['ak_wxyz7301']\n";
    rules.add_toml("own.toml", &format!("{rule}{examples}")).unwrap();
    assert_eq!(proof::check(&rules).unwrap().len(), 0);
}
