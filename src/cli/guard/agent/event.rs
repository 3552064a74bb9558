//! What an agent is about to do, read from the JSON of its hook.
//!
//! Claude Code names events `PreToolUse`, Cursor `beforeReadFile`: the spelling of the first letter tells whose it is.
//! A tool that nobody here knows is judged by all the texts that it is given.

use std::path::PathBuf;

use serde_json::{Value, json};

/// Whose hook it is, and so how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    ClaudeCode,
    Cursor,
}

/// Something that is about to be done, or that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A file is written.
    Write { path: String, text: String },
    /// A text in a file is replaced.
    Edit { path: String, old: String, new: String },
    /// A command is run.
    Run { command: String },
    /// A text leaves: a prompt, or what a tool is given.
    Send { what: String, text: String },
    /// A file is read; its content, where the agent has it already.
    Read { path: String, content: Option<String> },
    /// Something was shown that cannot be taken back.
    Seen { what: String, text: String },
}

/// One call of a hook.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) protocol: Protocol,
    /// Its name.
    name: String,
    /// Where the agent works.
    pub(super) folder: Option<PathBuf>,
    pub(super) steps: Vec<Step>,
}

/// Events at which nothing is written, sent or read.
const HARMLESS: &[&str] = &[
    "Notification",
    "PermissionRequest",
    "PostToolUseFailure",
    "PreCompact",
    "PostCompact",
    "SessionEnd",
    "SessionStart",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "afterAgentResponse",
    "afterAgentThought",
    "afterFileEdit",
    "afterTabFileEdit",
    "postToolUseFailure",
    "preCompact",
    "sessionEnd",
    "sessionStart",
    "stop",
    "subagentStart",
    "subagentStop",
];

/// The keys by which tools are told a file.
const PATH_KEYS: &[&str] = &[
    "file_path",
    "notebook_path",
    "absolute_path",
    "path",
    "filename",
    "target_file",
];

impl Event {
    /// Reads an event.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(text).map_err(|error| format!("it is no JSON ({})", kind_of(&error)))?;
        let name = text_of(&value, "hook_event_name").ok_or("it has no `hook_event_name`")?;
        let protocol = match name.starts_with(|first: char| first.is_ascii_uppercase()) {
            true => Protocol::ClaudeCode,
            false => Protocol::Cursor,
        };
        let folder = text_of(&value, "cwd").filter(|cwd| !cwd.is_empty()).or_else(|| {
            let first = value.pointer("/workspace_roots/0")?.as_str()?;
            Some(first.to_owned())
        });
        Ok(Self {
            protocol,
            steps: steps(&name, &value)?,
            name,
            folder: folder.map(PathBuf::from),
        })
    }

    /// Returns what Cursor is answered; each of its events has a word of its own for yes and no.
    pub(super) fn cursor_answer(&self, refusal: Option<&str>) -> Value {
        let mut answer = match (self.name.as_str(), refusal.is_some()) {
            ("beforeSubmitPrompt", refused) => json!({ "continue": !refused }),
            ("postToolUse" | "afterShellExecution" | "afterMCPExecution", _) => json!({}),
            (_, true) => json!({ "permission": "deny" }),
            (_, false) => json!({ "permission": "allow" }),
        };
        if let (Some(refusal), Some(fields)) = (refusal, answer.as_object_mut()) {
            // Versions differ in how they write the keys; each passes over what it does not know.
            for key in [
                "user_message",
                "agent_message",
                "userMessage",
                "agentMessage",
                "additional_context",
            ] {
                fields.insert(key.to_owned(), refusal.into());
            }
        }
        answer
    }
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    // The parser's own words could quote what it read.
    match error.classify() {
        serde_json::error::Category::Eof => "it ends early",
        _ => "its syntax is broken",
    }
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned())
}

fn steps(name: &str, value: &Value) -> Result<Vec<Step>, String> {
    let need = |key: &str| text_of(value, key).ok_or(format!("its event `{name}` has no `{key}`"));
    Ok(match name {
        "PreToolUse" | "preToolUse" => {
            let tool = need("tool_name")?;
            let input = value
                .get("tool_input")
                .ok_or(format!("its event `{name}` has no `tool_input`"))?;
            tool_use(&tool, input)
        }
        "PostToolUse" | "postToolUse" => {
            let tool = need("tool_name")?;
            let output = ["tool_response", "tool_output", "tool_result"]
                .iter()
                .find_map(|key| value.get(key));
            seen(&tool, output)
        }
        "UserPromptSubmit" | "beforeSubmitPrompt" => {
            let mut steps = vec![send("the prompt", need("prompt")?)];
            steps.extend(attached(value));
            steps
        }
        "beforeShellExecution" => vec![Step::Run {
            command: need("command")?,
        }],
        "beforeMCPExecution" => {
            let input = value.get("tool_input").unwrap_or(&Value::Null);
            vec![send(&format!("what {} is given", need("tool_name")?), leaves(input))]
        }
        "beforeReadFile" | "beforeTabFileRead" => {
            let mut steps = vec![Step::Read {
                path: need("file_path")?,
                content: text_of(value, "content"),
            }];
            steps.extend(attached(value));
            steps
        }
        "afterShellExecution" => seen("the command", value.get("output")),
        "afterMCPExecution" => seen("the tool", value.get("result_json")),
        harmless if HARMLESS.contains(&harmless) => Vec::new(),
        unknown => return Err(format!("`{}` is no event that keyfence knows", shortened(unknown))),
    })
}

fn tool_use(tool: &str, input: &Value) -> Vec<Step> {
    let text = |key: &str| text_of(input, key).unwrap_or_default();
    let path = PATH_KEYS.iter().find_map(|key| text_of(input, key));
    let edit = |value: &Value, path: &str| Step::Edit {
        path: path.to_owned(),
        old: text_of(value, "old_string").unwrap_or_default(),
        new: text_of(value, "new_string").unwrap_or_default(),
    };
    match (tool, path) {
        ("Write", Some(path)) => vec![Step::Write {
            path,
            text: first_of(input, &["content", "contents", "text"]).unwrap_or_else(|| leaves(input)),
        }],
        ("Edit" | "StrReplace", Some(path)) => vec![edit(input, &path)],
        ("MultiEdit", Some(path)) => {
            let edits = input.get("edits").and_then(Value::as_array).into_iter().flatten();
            edits.map(|value| edit(value, &path)).collect()
        }
        ("NotebookEdit", Some(path)) => vec![Step::Write {
            path,
            text: text("new_source"),
        }],
        ("Bash" | "Shell" | "BashOutput" | "PowerShell", _) => vec![Step::Run {
            command: text("command"),
        }],
        ("Read" | "NotebookRead", Some(path)) => vec![Step::Read { path, content: None }],
        // A search is told a file or a folder; what it finds in a folder is seen afterwards.
        ("Grep" | "Glob" | "LS", path) => {
            let read = path.map(|path| Step::Read { path, content: None });
            read.into_iter()
                .chain([send("what the search is given", leaves(input))])
                .collect()
        }
        (tool, _) => vec![send(&format!("what {} is given", shortened(tool)), leaves(input))],
    }
}

fn first_of(input: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text_of(input, key))
}

fn send(what: &str, text: String) -> Step {
    Step::Send {
        what: what.to_owned(),
        text,
    }
}

fn seen(tool: &str, output: Option<&Value>) -> Vec<Step> {
    let text = output.map(leaves).unwrap_or_default();
    vec![Step::Seen {
        what: format!("the output of {}", shortened(tool)),
        text,
    }]
}

fn attached(value: &Value) -> Vec<Step> {
    let files = value.get("attachments").and_then(Value::as_array).into_iter().flatten();
    let path = |file: &Value| text_of(file, "file_path").or_else(|| text_of(file, "filePath"));
    files
        .filter_map(path)
        .map(|path| Step::Read { path, content: None })
        .collect()
}

/// Returns all texts in a value with their keys, each on a line of its own: a key tells what its value is.
fn leaves(value: &Value) -> String {
    let mut text = String::new();
    gather("", value, &mut text);
    text
}

fn gather(key: &str, value: &Value, text: &mut String) {
    match value {
        // A stream that said nothing is no line of what was seen.
        Value::String(leaf) if leaf.is_empty() => {}
        Value::String(leaf) if key.is_empty() => text.extend([leaf.as_str(), "\n"]),
        Value::String(leaf) => text.extend([key, ": ", leaf.as_str(), "\n"]),
        Value::Array(values) => values.iter().for_each(|value| gather(key, value, text)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| gather(key, value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A name from outside, as far as a message needs it.
fn shortened(name: &str) -> String {
    name.chars()
        .filter(|sign| sign.is_alphanumeric() || "_-.: ".contains(*sign))
        .take(40)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Step> {
        Event::parse(text.as_bytes()).unwrap().steps
    }

    #[test]
    fn both_makers_are_told_apart_by_their_events() {
        let claude = Event::parse(br#"{"hook_event_name":"Stop","cwd":"/w"}"#).unwrap();
        assert_eq!(
            (claude.protocol, claude.folder),
            (Protocol::ClaudeCode, Some("/w".into()))
        );
        let cursor = Event::parse(br#"{"hook_event_name":"stop","workspace_roots":["/w"]}"#).unwrap();
        assert_eq!((cursor.protocol, cursor.folder), (Protocol::Cursor, Some("/w".into())));
    }

    #[test]
    fn a_tool_that_nobody_knows_is_judged_by_all_its_texts() {
        let text =
            r#"{"hook_event_name":"PreToolUse","tool_name":"mcp__x__post","tool_input":{"a":{"token":"t"},"b":["c"]}}"#;
        assert_eq!(
            steps(text),
            [Step::Send {
                what: "what mcp__x__post is given".to_owned(),
                text: "token: t\nb: c\n".to_owned()
            }]
        );
    }

    #[test]
    fn what_is_no_event_is_refused_without_a_word_of_it() {
        for text in [
            "",
            "[]",
            "{\"hook_event_name\":\"beforeLaunch\"}",
            "{\"prompt\":\"x\"}",
            "{\"hook_event_name\":\"PreToolUse\"}",
        ] {
            assert!(Event::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(
            Event::parse(b"{\"a\": kX3vB7qLw2}").unwrap_err(),
            "it is no JSON (its syntax is broken)"
        );
    }

    #[test]
    fn cursor_gets_the_word_that_its_event_knows() {
        let event = |name: &str, more: &str| {
            Event::parse(format!("{{\"hook_event_name\":\"{name}\"{more}}}").as_bytes()).unwrap()
        };
        let prompt = event("beforeSubmitPrompt", ",\"prompt\":\"x\"");
        assert_eq!(prompt.cursor_answer(None), json!({ "continue": true }));
        assert_eq!(prompt.cursor_answer(Some("no"))["continue"], false);
        let shell = event("beforeShellExecution", ",\"command\":\"ls\"");
        assert_eq!(shell.cursor_answer(None), json!({ "permission": "allow" }));
        assert_eq!(shell.cursor_answer(Some("no"))["user_message"], "no");
    }
}
