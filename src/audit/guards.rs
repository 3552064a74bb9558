//! Guards: a hook that fires, a pipeline and a server that look, a host that refuses.

use std::path::PathBuf;

use bstr::ByteSlice;

use crate::audit::ground::{is_pipeline, spot};
use crate::audit::{Answer, Ground, Unknown};
use crate::git::HooksPath;
use crate::hook::{Found, Hook, Place, Status, prove};

pub(super) fn hook(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if ground.repo.is_none() {
        return Ok(Answer::not_applicable("there is no repository"));
    }
    let hooks = HooksPath::around(&ground.root)?;
    let place = Place {
        hooks: &hooks,
        hook: Hook::PreCommit,
    };
    let status = Status::of(&place)?;
    let file = status
        .file
        .strip_prefix(&hooks.top)
        .unwrap_or(&status.file)
        .to_string_lossy()
        .into_owned();
    if !status.is_in_force() {
        let what = match (&status.found, status.is_executable) {
            (Found::Nothing, _) => "git runs nothing before a commit",
            (_, false) => "is not executable, so git does not run it",
            _ => "does not run keyfence",
        };
        let remedy = "`keyfence install` puts it in and proves that it fires.";
        return Ok(Answer::warn("none is", vec![spot(file, None, what)], remedy));
    }
    if !matches!(status.found, Found::Keyfence(_)) {
        return Ok(Answer::ok("in force through another program; `keyfence status` tells"));
    }
    match prove(&place, &ground.temporary) {
        Ok(()) => Ok(Answer::ok("in force: it refused a made-up key")),
        Err(error) => {
            let evidence = vec![spot(file, None, error.to_string())];
            Ok(Answer::fail(
                "it does not refuse a made-up key",
                evidence,
                "`keyfence install` puts it in anew; `keyfence status --test` proves it.",
            ))
        }
    }
}

/// Programs that look for secrets, by the words with which a pipeline starts them.
const SCANNERS: &[&str] = &[
    "keyfence",
    "gitleaks",
    "trufflehog",
    "ggshield",
    "gitguardian",
    "detect-secrets",
    "git-secrets",
    "secretlint",
    "talisman",
    "kingfisher",
    "ripsecrets",
    "noseyparker",
    "Secret-Detection.gitlab-ci.yml",
    "secret_detection",
    "betterleaks",
    "whispers",
];

pub(super) fn pipeline(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let mut pipelines = ground.texts(is_pipeline).peekable();
    let Some((first, _)) = pipelines.peek().copied() else {
        return Ok(Answer::not_applicable("there is no pipeline"));
    };
    for (path, text) in pipelines {
        for (line, words) in (1..).zip(text.lines()) {
            let runs = |scanner: &&&str| !words.trim_ascii_start().starts_with(b"#") && words.contains_str(scanner);
            if let Some(scanner) = SCANNERS.iter().find(runs) {
                return Ok(Answer::ok(format!("{scanner} ({path}:{line})")));
            }
        }
    }
    let evidence = vec![spot(first.clone(), None, "starts no scanner, nor does another")];
    Ok(Answer::warn(
        "none does",
        evidence,
        "add a step that runs `keyfence guard ci`; `keyfence init` shows one.",
    ))
}

pub(super) fn server(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let addresses = ground.ask(|repo| repo.remote_addresses())?.unwrap_or_default();
    let local = |address: &String| {
        let path = PathBuf::from(address.strip_prefix("file://").unwrap_or(address));
        path.is_absolute().then_some(path).filter(|path| path.is_dir())
    };
    let Some(server) = addresses.iter().find_map(local) else {
        let says = if addresses.is_empty() {
            "there is no remote"
        } else {
            "the remote is on another machine"
        };
        return Ok(Answer::not_applicable(says));
    };
    let hooks = HooksPath::of_server(&server)?;
    for &hook in Hook::SERVER {
        let place = Place { hooks: &hooks, hook };
        if Status::of(&place)?.is_in_force() {
            return Ok(Answer::ok(format!("its {} hook runs keyfence", hook.name())));
        }
    }
    let evidence = vec![spot(
        server.to_string_lossy().into_owned(),
        None,
        "takes every push as it comes",
    )];
    Ok(Answer::warn(
        "it does not",
        evidence,
        "`keyfence install --server DIR` puts a hook there.",
    ))
}

/// What nobody can tell from a clone is a hint and no verdict.
pub(super) fn push_protection(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let addresses = ground.ask(|repo| repo.remote_addresses())?.unwrap_or_default();
    let is_at = |host: &str| addresses.iter().any(|address| address.contains(host));
    Ok(Answer::not_applicable(if is_at("github.com") {
        "not to be seen from here; see that it is on: Settings, Advanced Security, Push protection"
    } else if is_at("gitlab.com") {
        "not to be seen from here; see that it is on: Settings, Security configuration, Secret push protection"
    } else if addresses.is_empty() {
        "there is no remote"
    } else {
        "not to be seen from here"
    }))
}
