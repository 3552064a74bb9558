//! `keyfence rules import`: what people wrote for gitleaks, betterleaks and detect-secrets goes on holding.

use std::fs;

use insta::assert_snapshot;
use keyfence::rules::Example;
use sha1::{Digest, Sha1};

use crate::sandbox::{Said, Sandbox, leak};

/// Each construct once; the marks keep what it finds out of this file.
const CONFIG: &str = r#"
title = "ours"
minVersion = "v8.25.0"

[extend]
useDefault = true
disabledRules = ["generic-api-key", "no-such-rule"]

[[rules]]
id = "acme_Token"
description = "Acme token"
regex = '''\b(acme_[a-z0-9]{12})\b'''
keywords = ["acme_"]
entropy = 2.5
tags = ["acme"]
[[rules.allowlists]]
description = "samples of the manual"
regexTarget = "line"
regexes = ['''^# sample''']
[[rules.allowlists]]
description = "demo tenant"
condition = "AND"
paths = ['''(^|/)demo/''']
stopwords = ["demo"]

[[rules]]
id = "bare-hex"
regex = '''(?:^|\s)(id|no)=([0-9a-f]{16})(?:\s|$)'''
secretGroup = 2
keywords = ["widget"]

[[rules]]
id = "old-archive"
path = '''(?i)\.bkz$'''

[[rules]]
id = "backward"
regex = '''(a)\1'''

[[rules]]
id = "private-key"
[[rules.allowlists]]
paths = ['''^keys/test/''']

[allowlist]
description = "what is generated"
paths = ['''^gen/''', '''\.lock$''']
regexes = ['''^acme_0+$''']
unheardOf = true
"#;

fn with_config() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".gitleaks.toml", CONFIG);
    sandbox
}

#[test]
fn every_construct_is_carried_over_or_named() {
    let sandbox = with_config();
    let said = sandbox.keyfence(&["rules", "import"]).expect(0);
    assert_snapshot!(said.out, @r#"
    [scan]
    exclude = [
      're:gitleaks\.toml',
      "re:^gen/",
      're:\.lock$',
    ]

    [rules]
    generic-secret = "off"
    generic-password = "off"

    [[allow]]
    reason = "samples of the manual"
    rules = ["acme-token"]
    line = "^# sample"

    [[allow]]
    reason = "demo tenant"
    rules = ["acme-token"]
    paths = ["re:(^|/)demo/"]
    pattern = "(?is:.*(?:demo).*)"

    [[allow]]
    reason = "taken over from gitleaks"
    rules = ["private-key"]
    paths = ["re:^keys/test/"]

    [[allow]]
    reason = "what is generated"
    pattern = "acme_0+"

    [[rule]]
    id = "acme-token"
    description = "Acme token"
    severity = "high"
    keywords = ["acme_"]
    pattern = '\b(?P<secret>acme_[a-z0-9]{12})\b'
    entropy = 2.5
    tags = ["acme"]

    [[rule]]
    id = "bare-hex"
    description = "bare-hex"
    severity = "high"
    keywords = ["widget"]
    pattern = '(?:^|\s)(id|no)=(?P<secret>[0-9a-f]{16})(?:\s|$)'
    anywhere = true

    [[rule]]
    id = "old-archive"
    description = "old-archive"
    severity = "high"
    paths = ['re:(?i)\.bkz$']
    "#);
    assert_snapshot!(said.err, @"
    warning: .gitleaks.toml: allowlist 1: `unheardof` is not known here, and was passed over.
    warning: .gitleaks.toml: extend: in place of the rules and exceptions of gitleaks' own those of keyfence are in force.
    warning: .gitleaks.toml: extend: `disabledRules`: no rule of ours is known to stand for `no-such-rule`.
    warning: .gitleaks.toml: rule `acme_Token`: is called `acme-token` here.
    warning: .gitleaks.toml: rule `backward`: is not carried over: it refers back to group 1.
    3 rules, 4 exceptions, 3 excluded paths, 2 rules switched off; 5 remarks.
    ");
}

#[test]
fn what_is_imported_holds_in_a_scan() {
    let sandbox = with_config();
    sandbox
        .keyfence(&["rules", "import", "--write"])
        .expect(0)
        .says("Wrote");
    sandbox.keyfence(&["rules", "lint"]).expect(0);
    let token = Example::unbroken("acme_k·x3vb7qlw2zt");
    sandbox.write("a.txt", &format!("use {token} here\n"));
    let scan = |sandbox: &Sandbox| sandbox.keyfence(&["scan", "--format", "json"]);
    scan(&sandbox).expect(1).says("\"rule\":\"acme-token\"");
    sandbox.write("a.txt", &format!("# sample: use {token} here\n"));
    scan(&sandbox).expect(0);
    sandbox.write("a.txt", "a\n");
    sandbox.write("gen/a.txt", &format!("use {token} here\n"));
    scan(&sandbox).expect(0);
    sandbox.write("b.txt", &Example::unbroken("widget\nid=9f3a·1c07d2e4b586\n"));
    scan(&sandbox)
        .expect(1)
        .says("\"rule\":\"bare-hex\"")
        .says("\"column\":4");
    sandbox.write("b.txt", &Example::unbroken("gadget\nid=9f3a·1c07d2e4b586\n"));
    scan(&sandbox).expect(0);
    sandbox.write("old.BKZ", "x");
    scan(&sandbox).expect(1).says("\"rule\":\"old-archive\"");
}

#[test]
fn nothing_is_written_over_a_configuration() {
    let sandbox = with_config();
    sandbox.write(".keyfence.toml", "fail-on = \"high\"\n");
    sandbox
        .keyfence(&["rules", "import", "--write"])
        .expect(2)
        .says("is there already");
    assert!(!sandbox.path("keyfence.toml").exists());
}

#[test]
fn what_was_accepted_by_its_line_is_accepted_by_its_fingerprint_if_it_is_still_there() {
    let sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    sandbox.write(
        ".gitleaksignore",
        "leak.sh:github-pat:1\ngone.sh:github-pat:7\nnonsense\n",
    );
    let said = sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    said.says("nothing is found at gone.sh:7 today")
        .says("`nonsense` is no entry");
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.write(
        "leak.sh",
        &Example::unbroken("export GITHUB_TOKEN=ghp_·4mT7qL2xWc8RvN5bYz1KpHs6DfJ3gU3D9xBL\n"),
    );
    sandbox.keyfence(&["scan"]).expect(1);
}

#[test]
fn what_was_accepted_in_a_commit_is_looked_for_in_that_commit() {
    let sandbox = Sandbox::new();
    sandbox.commit("old name.sh", &format!("# first\n{}", leak()));
    let commit = sandbox.git(&["rev-parse", "HEAD"]).out.trim_end().to_owned();
    sandbox.git(&["rm", "-q", "old name.sh"]);
    sandbox.commit("b.txt", "b\n");
    let unknown = "0".repeat(40);
    sandbox.write(
        ".gitleaksignore",
        &format!(
            "{commit}:old name.sh:github-pat:2\n{commit}:old name.sh:github-pat:1\n{unknown}:b.txt:github-pat:3\n"
        ),
    );
    let said = sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    let short = &commit[..12];
    said.says(&format!("nothing is found at old name.sh:1 in commit {short}"))
        .says("of the commits that are not here: 000000000000; fetch");
    sandbox.keyfence(&["scan", "--history"]).expect(0);
}

#[test]
fn hashes_of_detect_secrets_are_carried_over_where_their_secrets_are_found() {
    let sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    sandbox.commit("real.sh", &leak());
    let value = leak().trim_end().rsplit('=').next().unwrap().to_owned();
    let hash: String = Sha1::digest(value.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let entry = |verdict: &str| format!("[{{ \"type\": \"T\", \"hashed_secret\": \"{hash}\"{verdict} }}]");
    let results = format!(
        "{{ \"leak.sh\": {}, \"real.sh\": {}, \"gone.sh\": {} }}",
        entry(", \"is_secret\": false"),
        entry(", \"is_secret\": true"),
        entry("")
    );
    let filters = r#"[{ "path": "detect_secrets.filters.common.is_baseline_file", "filename": ".secrets.baseline" },
        { "path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^docs/"] }]"#;
    let baseline = format!("{{ \"version\": \"1.5.0\", \"filters_used\": {filters}, \"results\": {results} }}");
    sandbox.write(".secrets.baseline", &baseline);
    let said = sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    said.says("in real.sh was judged to be real")
        .says("1 of 3 hashes belong to nothing");
    let config = sandbox.read("keyfence.toml");
    assert!(
        config.contains("\".secrets.baseline\"")
            && config.contains("re:^docs/")
            && config.contains("judged to be no secret"),
        "{config}"
    );
    sandbox.write("docs/leak.sh", &leak());
    let said = sandbox.keyfence(&["scan"]).expect(1);
    assert!(
        said.out.contains("real.sh") && !said.out.contains("leak.sh"),
        "{}",
        said.out
    );
}

#[test]
fn a_known_hash_accepts_all_that_is_found_of_its_value_even_hashed_in_lower_case() {
    let sandbox = Sandbox::new();
    let value = Example::unbroken("Rain·7bow-Fox");
    let address = format!("postgres://app:{value}@db.internal/app");
    sandbox.write("app.py", &format!("password = \"{value}\"\ndatabase = \"{address}\"\n"));
    sandbox.keyfence(&["scan"]).expect(1);
    let hash: String = Sha1::digest(value.to_lowercase().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let entry = format!("{{ \"type\": \"Secret Keyword\", \"hashed_secret\": \"{hash}\" }}");
    sandbox.write(
        ".secrets.baseline",
        &format!("{{ \"version\": \"0.13.1\", \"results\": {{ \"app.py\": [{entry}] }} }}"),
    );
    sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    sandbox.keyfence(&["scan"]).expect(0);
}

#[test]
fn the_filters_of_betterleaks_are_carried_over_where_they_say_what_an_exception_can() {
    let sandbox = Sandbox::new();
    let config = "prefilter = 'matchesAny(get(attributes, \"path\", \"\"), [`^gen/`])'\n\
        [[rules]]\nid = 'acme'\nregex = 'acme_[a-z0-9]{12}'\nvalidate = 'http.get(\"x\")'\n\
        filter = '''entropy(finding[\"secret\"]) <= 2.5 || containsAny(finding[\"secret\"], [\"demo\"]) || len(finding[\"secret\"]) > 99'''\n";
    sandbox.write(".betterleaks.toml", config);
    let said = sandbox.keyfence(&["rules", "import"]).expect(0);
    assert!(
        said.out.contains("re:^gen/") && said.out.contains("entropy = 2.5") && said.out.contains("demo"),
        "{}",
        said.out
    );
    said.says("`validate` asks a server")
        .says("a condition of the filter is not carried over: len(");
}

/// What comes of a configuration of gitleaks.
fn imported(config: &str) -> (Sandbox, Said) {
    let sandbox = Sandbox::new();
    sandbox.write(".gitleaks.toml", config);
    let said = sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    (sandbox, said)
}

#[test]
fn a_match_that_starts_far_before_its_keyword_is_found_as_before() {
    let (sandbox, _) =
        imported("[[rules]]\nid = 'sealed'\nregex = 'data: ([a-z0-9]{20,})\\s+kind: sealed'\nkeywords = ['sealed']\n");
    let value = Example::unbroken(&"k·x3vb7qlw2zt".repeat(40));
    sandbox.write("a.yaml", &format!("data: {value}\nkind: sealed\n"));
    let said = sandbox.keyfence(&["scan", "--format", "json"]).expect(1);
    said.says("\"rule\":\"sealed\"");
}

#[test]
fn what_is_no_expression_is_named_by_where_it_stands() {
    let (_, said) = imported("[allowlist]\npaths = ['^gen/', '**/*_test.go', '*.md']\nregexes = ['(']\n");
    let (remarks, _) = said.err.split_once("Wrote ").unwrap();
    assert_snapshot!(remarks, @"
    warning: .gitleaks.toml: neither has rules nor extends those of gitleaks, which found nothing by it; keyfence's own are in force.
    warning: .gitleaks.toml: allowlist 1: path 2 is not carried over: repetition operator missing expression.
    warning: .gitleaks.toml: allowlist 1: path 3 is not carried over: repetition operator missing expression.
    warning: .gitleaks.toml: allowlist 1: expression 1 is not carried over: unclosed group.
    ");
}

#[test]
fn the_configuration_of_gitleaks_itself_is_left_out_where_gitleaks_leaves_it_out() {
    let (sandbox, _) = imported(&format!("[extend]\nuseDefault = true\n# {}", leak()));
    sandbox.keyfence(&["scan"]).expect(0);
    let (sandbox, _) = imported(&format!("[allowlist]\n# {}", leak()));
    sandbox.keyfence(&["scan"]).expect(1);
}

#[test]
fn install_points_to_what_can_be_taken_over() {
    let sandbox = with_config();
    sandbox
        .keyfence(&["install"])
        .expect(0)
        .says("there is a .gitleaks.toml; `keyfence rules import --write`");
    sandbox.keyfence(&["rules", "import", "--write"]).expect(0);
    let said = sandbox.keyfence(&["install"]).expect(0);
    assert!(!said.all().contains(".gitleaks.toml"), "{}", said.all());
}

#[test]
fn without_such_a_file_nothing_is_imported() {
    Sandbox::new()
        .keyfence(&["rules", "import"])
        .expect(2)
        .says("There is no file of gitleaks");
    let sandbox = Sandbox::new();
    sandbox.write("x.toml", "a = ");
    sandbox
        .keyfence(&["rules", "import", "x.toml"])
        .expect(2)
        .says("x.toml is no TOML");
}

#[test]
fn what_a_report_of_gitleaks_knows_is_accepted_by_its_value_or_redacted_by_its_line() {
    let sandbox = Sandbox::new();
    let value = |text: &str| text.trim_end().rsplit('=').next().unwrap().to_owned();
    let other = format!("password = \"{}\"\n", Example::unbroken("Rain·7bow-Fox"));
    sandbox.commit("old.sh", &format!("# one\n{}", leak()));
    let commit = sandbox.git(&["rev-parse", "HEAD"]).out;
    sandbox.commit("old.sh", "# one\n");
    sandbox.commit("moved.sh", &format!("# a line more\n{}", leak()));
    sandbox.commit("line.py", &other);
    sandbox.commit("new.py", &other);
    let found = |file: &str, line: u32, secret: &str, commit: &str| {
        let commit = commit.trim();
        format!(
            "{{\"RuleID\":\"github-pat\",\"Description\":\"d\",\"StartLine\":{line},\"EndLine\":{line},\"Secret\":\"{secret}\",\
             \"Match\":\"m\",\"File\":\"{file}\",\"Commit\":\"{commit}\",\"Entropy\":4.5,\"Tags\":[],\"Fingerprint\":\"f\"}}"
        )
    };
    let report = [
        found("old.sh", 2, &value(&leak()), &commit),
        found("moved.sh", 1, &value(&leak()), ""),
        found("line.py", 1, "REDACTED", ""),
        found("gone.sh", 7, &value(&leak()), ""),
        found("new.py", 1, "another value", ""),
    ];
    sandbox.write("ci/known.json", &format!("[{}]\n", report.join(",\n")));
    let said = sandbox
        .keyfence(&["rules", "import", "ci/known.json", "--write"])
        .expect(0)
        .says("known.json: nothing is found at gone.sh:7 today")
        .says("known.json: 2 of its 5 findings are none here");
    assert!(!said.all().contains(&value(&leak())), "{}", said.all());
    let config = sandbox.read("keyfence.toml");
    assert!(config.contains("known from known.json, judged by nobody"), "{config}");
    assert!(!config.contains(&value(&leak())), "{config}");
    fs::remove_file(sandbox.path("ci/known.json")).unwrap();
    let said = sandbox.keyfence(&["scan", "--history", "--format", "csv"]).expect(1);
    let open: Vec<&str> = said.out.lines().filter(|line| line.starts_with("\"blocks\"")).collect();
    assert!(open.len() == 1 && open[0].contains("new.py"), "{}", said.out);
}

#[test]
fn a_report_called_a_baseline_is_taken_over_without_being_named() {
    let sandbox = Sandbox::new();
    sandbox.write("gitleaks-baseline.json", "[]\n");
    sandbox
        .keyfence(&["install"])
        .expect(0)
        .says("there is a gitleaks-baseline.json");
    sandbox.keyfence(&["rules", "import"]).expect(0).says("0 remarks");
    sandbox.write("gitleaks-baseline.json", "[{}]\n");
    sandbox
        .keyfence(&["rules", "import"])
        .expect(2)
        .says("is no report of gitleaks as JSON");
}
