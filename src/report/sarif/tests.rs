//! What is in the file; whether it is valid is asked of the official schema, in tests/formats.

use std::sync::Arc;

use serde_json::Value;

use crate::model::{Outcome, Severity};
use crate::report::{Format, Style, sample};
use crate::rules::RuleSet;

fn draw(outcome: &Outcome, style: &Style) -> Value {
    serde_json::from_str(&sample::draw(outcome, Format::Sarif, style)).unwrap()
}

#[test]
fn the_whole_outcome_is_in_the_log() {
    let log = draw(&sample::everything(), &sample::style());
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap(), @r#"
    {
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "runs": [
        {
          "columnKind": "unicodeCodePoints",
          "invocations": [
            {
              "executionSuccessful": false,
              "toolExecutionNotifications": [
                {
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "app/%1B%5B2Jlocked.py",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "Permission denied (os error 13)."
                  }
                },
                {
                  "level": "note",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "dump.sql",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "Passed over: too large."
                  }
                },
                {
                  "level": "note",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "logo.png",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "Passed over: binary."
                  }
                },
                {
                  "level": "note",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "video.mp4",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "Passed over: binary."
                  }
                },
                {
                  "level": "warning",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": ".gitignore",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "This change also relaxes the guard: it no longer keeps `.env` out of commits."
                  }
                }
              ]
            }
          ],
          "results": [
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "app/settings.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 51,
                      "endLine": 3,
                      "startColumn": 11,
                      "startLine": 3
                    }
                  }
                }
              ],
              "message": {
                "text": "GitHub personal access token (classic): ghp_…(40). Introduced by 111111111111 on 2024-02-29. It stands in 1 more place."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:564c852c-f84dfc",
                "primaryLocationLineHash": "kf1:564c852c-f84dfc:1"
              },
              "properties": {
                "author": "Ada <ada@example.com>",
                "commit": "1111111111111111111111111111111111111111",
                "confidence": "certain",
                "date": "2024-02-29T23:05:00+01:00",
                "severity": "critical",
                "where": "content"
              },
              "relatedLocations": [
                {
                  "message": {
                    "text": "old/settings.py:3 (until 333333333333)"
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "old/settings.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 3
                    }
                  }
                }
              ],
              "ruleId": "github-pat",
              "ruleIndex": 2,
              "suppressions": []
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "app/settings.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 24,
                      "endLine": 12,
                      "startColumn": 13,
                      "startLine": 12
                    }
                  }
                }
              ],
              "message": {
                "text": "Password in an assignment: …(11)."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:4e51bfd2-ea9e8e",
                "primaryLocationLineHash": "kf1:4e51bfd2-ea9e8e:1"
              },
              "properties": {
                "confidence": "medium",
                "severity": "high",
                "where": "content"
              },
              "ruleId": "generic-password",
              "ruleIndex": 1,
              "suppressions": []
            },
            {
              "level": "note",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "deploy/.env",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endLine": 1,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "Environment file."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:2dae68a5-5ad96b",
                "primaryLocationLineHash": "kf1:2dae68a5-5ad96b:1"
              },
              "properties": {
                "confidence": "medium",
                "severity": "low",
                "where": "path"
              },
              "ruleId": "dotenv-file",
              "ruleIndex": 0,
              "suppressions": []
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "tests/a.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 19,
                      "endLine": 1,
                      "startColumn": 7,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "Password in an assignment: …(12)."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:3b81e3fb-e56f6f",
                "primaryLocationLineHash": "kf1:3b81e3fb-e56f6f:1"
              },
              "properties": {
                "confidence": "medium",
                "severity": "high",
                "where": "content"
              },
              "ruleId": "generic-password",
              "ruleIndex": 1,
              "suppressions": [
                {
                  "justification": "baseline",
                  "kind": "external",
                  "status": "accepted"
                }
              ]
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "tests/a.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 19,
                      "endLine": 1,
                      "startColumn": 7,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "Password in an assignment: …(12)."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:3b81e3fb-e56f6f",
                "primaryLocationLineHash": "kf1:3b81e3fb-e56f6f:2"
              },
              "properties": {
                "confidence": "medium",
                "severity": "high",
                "where": "content"
              },
              "ruleId": "generic-password",
              "ruleIndex": 1,
              "suppressions": [
                {
                  "justification": "baseline",
                  "kind": "external",
                  "status": "accepted"
                }
              ]
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "tests/a.py",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 19,
                      "endLine": 1,
                      "startColumn": 7,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "Password in an assignment: …(12)."
              },
              "partialFingerprints": {
                "keyfence/v1": "kf1:3b81e3fb-e56f6f",
                "primaryLocationLineHash": "kf1:3b81e3fb-e56f6f:3"
              },
              "properties": {
                "confidence": "medium",
                "severity": "high",
                "where": "content"
              },
              "ruleId": "generic-password",
              "ruleIndex": 1,
              "suppressions": [
                {
                  "justification": "allow entry: test vectors",
                  "kind": "external",
                  "status": "accepted"
                }
              ]
            }
          ],
          "tool": {
            "driver": {
              "name": "keyfence",
              "rules": [
                {
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "fullDescription": {
                    "text": "Environment file: whoever reads the repository or its history has it."
                  },
                  "help": {
                    "markdown": "**What to do:** Put it into &#46;gitignore and commit a template without values instead&#46;\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.",
                    "text": "Put it into .gitignore and commit a template without values instead.\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml."
                  },
                  "id": "dotenv-file",
                  "properties": {
                    "precision": "medium",
                    "problem.severity": "recommendation",
                    "security-severity": "2.0",
                    "tags": [
                      "security",
                      "secret"
                    ]
                  },
                  "shortDescription": {
                    "text": "Environment file"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "fullDescription": {
                    "text": "Password in an assignment: whoever reads the repository or its history has it."
                  },
                  "help": {
                    "markdown": "**What to do:** Read it from the environment&#46;\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.",
                    "text": "Read it from the environment.\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml."
                  },
                  "id": "generic-password",
                  "properties": {
                    "precision": "medium",
                    "problem.severity": "error",
                    "security-severity": "8.0",
                    "tags": [
                      "security",
                      "secret"
                    ]
                  },
                  "shortDescription": {
                    "text": "Password in an assignment"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "fullDescription": {
                    "text": "GitHub personal access token (classic): whoever reads the repository or its history has it."
                  },
                  "help": {
                    "markdown": "**What to do:** Revoke it at https&#58;//github&#46;com/settings/tokens and read the new one from the environment&#46;\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.",
                    "text": "Revoke it at https://github.com/settings/tokens and read the new one from the environment.\n\nIf it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml."
                  },
                  "id": "github-pat",
                  "properties": {
                    "precision": "very-high",
                    "problem.severity": "error",
                    "security-severity": "9.5",
                    "tags": [
                      "security",
                      "secret"
                    ]
                  },
                  "shortDescription": {
                    "text": "GitHub personal access token (classic)"
                  }
                }
              ],
              "semanticVersion": "0.1.0",
              "version": "0.1.0"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "#);
}

#[test]
fn a_quiet_log_leaves_out_what_is_held_back() {
    let style = Style {
        quiet: true,
        ..sample::style()
    };
    let results = &draw(&sample::everything(), &style)["runs"][0]["results"];
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert!(
        results
            .iter()
            .all(|result| result["suppressions"] == Value::Array(vec![]))
    );
}

#[test]
fn a_rule_has_the_tags_of_its_definition() {
    let mut known = RuleSet::default();
    let tags = (0..30)
        .map(|number| format!("'tag-{number}'"))
        .collect::<Vec<_>>()
        .join(", ");
    let rule = format!(
        "[[rule]]\nid = 'github-pat'\ndescription = 'D'\nseverity = 'high'\nkeywords = ['xx']\npattern = 'xx'\ntags = [{tags}]\n"
    );
    known.add_toml("a.toml", &rule).unwrap();
    let style = Style {
        known: Arc::new(known),
        ..sample::style()
    };
    let log = draw(&sample::mixed(), &style);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "github-pat").unwrap();
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert_eq!(
        (tags.len(), &tags[0], &tags[2]),
        (20, &"security".into(), &"tag-0".into())
    );
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let mut outcome = sample::clean();
    let text = "größe = '«p4ss·wörd»'".replace('·', "");
    outcome.findings = vec![sample::finding("generic-password", Severity::High, "a.py", &text)];
    let region =
        &draw(&outcome, &sample::style())["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&10.into(), &18.into()));
}

#[test]
fn more_results_than_github_takes_become_more_runs() {
    let mut outcome = sample::clean();
    let one = sample::mixed().findings.remove(0);
    outcome.findings = vec![one; 25_001];
    let log = draw(&outcome, &sample::style());
    let runs = log["runs"].as_array().unwrap();
    let sizes: Vec<usize> = runs
        .iter()
        .map(|run| run["results"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [25_000, 1]);
    assert_eq!(runs[1]["automationDetails"]["id"], "keyfence/part-2/");
}

#[test]
fn one_value_twice_in_a_file_is_two_results_to_github() {
    let mut outcome = sample::clean();
    let one = sample::mixed().findings.remove(0);
    outcome.findings = vec![one.clone(), one];
    let log = draw(&outcome, &sample::style());
    let hash = |number: usize| {
        let prints = &log["runs"][0]["results"][number]["partialFingerprints"];
        prints["primaryLocationLineHash"].as_str().unwrap().to_owned()
    };
    assert_ne!(hash(0), hash(1));
}

#[test]
fn no_path_is_taken_for_an_address() {
    let mut outcome = sample::mixed();
    outcome.findings[0].path = "javascript:alert(1)".into();
    let log = draw(&outcome, &sample::style());
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "javascript%3Aalert%281%29");
}
