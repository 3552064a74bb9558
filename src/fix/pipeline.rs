//! Pipelines of CI providers but GitHub: each keeps secrets in settings of its own and hands them to a job as variables,
//! so nothing of `.env` reaches them, and a line that sets one in the file would win over what is kept there.

use bstr::{BStr, ByteSlice};

use crate::fix::Refusal;

/// Where a provider's pipelines are, and where it keeps secrets.
struct Provider {
    name: &'static str,
    /// Paths, or how they begin when they end with `/`; the name alone is enough in any folder.
    files: &'static [&'static str],
    advice: &'static str,
}

const PROVIDERS: &[Provider] = &[
    Provider {
        name: "GitLab",
        files: &[".gitlab-ci.yml", ".gitlab-ci.yaml", ".gitlab/ci/"],
        advice: "add it under Settings, CI/CD, Variables, as masked and hidden, and protected if only protected branches \
                 need it; then delete the line: each job has it as $NAME",
    },
    Provider {
        name: "CircleCI",
        files: &[".circleci/"],
        advice: "add it to the project's environment variables, or to a context that only some may use; then delete the \
                 line: each job has it as $NAME",
    },
    Provider {
        name: "Azure Pipelines",
        files: &["azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines/"],
        advice: "add it as a secret variable of the pipeline, or to a variable group from Key Vault; then write \
                 `NAME: $(NAME)` under `env:` of the step, for secrets are not handed on by themselves",
    },
    Provider {
        name: "Travis",
        files: &[".travis.yml"],
        advice: "add it in the repository's settings with `Display value in build log` off, or write what `travis encrypt` \
                 returns; then delete the line",
    },
    Provider {
        name: "Bitbucket",
        files: &["bitbucket-pipelines.yml"],
        advice: "add it as a secured variable of the repository or of a deployment; then delete the line: each step has it \
                 as $NAME",
    },
    Provider {
        name: "Drone",
        files: &[".drone.yml", ".drone.yaml"],
        advice: "add it as a secret of the repository, and write `NAME: {from_secret: name}` under `environment:`",
    },
    Provider {
        name: "Woodpecker",
        files: &[".woodpecker.yml", ".woodpecker.yaml", ".woodpecker/"],
        advice: "add it as a secret of the repository, and write `NAME: {from_secret: name}` under `environment:`",
    },
    Provider {
        name: "AppVeyor",
        files: &["appveyor.yml", ".appveyor.yml"],
        advice: "write `NAME: {secure: …}` with what AppVeyor's `Encrypt YAML` returns, or add it in the project's settings",
    },
    Provider {
        name: "Cirrus",
        files: &[".cirrus.yml"],
        advice: "write `NAME: ENCRYPTED[…]` with what the repository's settings at Cirrus return for it",
    },
    Provider {
        name: "Buildkite",
        files: &[".buildkite/"],
        advice: "add it to the cluster's secrets, and read it in the step by `buildkite-agent secret get`",
    },
    Provider {
        name: "Jenkins",
        files: &["Jenkinsfile"],
        advice: "add it to the credentials store, and read it by `environment { NAME = credentials('id') }`",
    },
    Provider {
        name: "Semaphore",
        files: &[".semaphore/"],
        advice: "create a secret with it, and name that under `secrets:` of the block",
    },
    Provider {
        name: "Google Cloud Build",
        files: &["cloudbuild.yaml", "cloudbuild.yml"],
        advice: "put it into Secret Manager, and name it under `availableSecrets:` and in the step's `secretEnv:`",
    },
];

/// Says where the provider of a pipeline keeps secrets; `None` for a file that is none.
pub(super) fn refusal(path: &BStr, text: &[u8]) -> Option<Refusal> {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let is_yaml = name.ends_with(b".yml") || name.ends_with(b".yaml");
    let is_one = |file: &&str| match file.strip_suffix('/') {
        Some(_) => is_yaml && path.starts_with(file.as_bytes()),
        None => name == file.as_bytes(),
    };
    if let Some(provider) = PROVIDERS.iter().find(|provider| provider.files.iter().any(&is_one)) {
        return Some(Refusal::new(
            format!(
                "{} hands secrets to a pipeline from its own settings, not from .env",
                provider.name
            ),
            provider.advice,
        ));
    }
    let is_action = matches!(name, b"action.yml" | b"action.yaml") && text.contains_str("runs:");
    is_action.then(|| {
        Refusal::new(
            "an action gets secrets only from the workflow that uses it",
            "declare an input, read `${{ inputs.name }}` here, and give it `${{ secrets.NAME }}` under `with:` there",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_is_told_by_its_files() {
        for (path, words) in [
            (".gitlab-ci.yml", "masked"),
            ("sub/.gitlab-ci.yml", "masked"),
            (".gitlab/ci/test.yml", "masked"),
            (".circleci/config.yml", "context"),
            ("azure-pipelines.yml", "secret variable"),
            ("ci/Jenkinsfile", "credentials"),
            (".buildkite/pipeline.yml", "buildkite-agent"),
        ] {
            let refusal = refusal(path.into(), b"").unwrap();
            assert!(refusal.instead.contains(words), "{path}: {refusal:?}");
        }
        assert!(refusal("a/action.yml".into(), b"runs:\n").is_some());
        for path in [
            "k8s/deploy.yml",
            "circleci/config.yml",
            "action.yml",
            ".gitlab/ci/run.sh",
        ] {
            assert_eq!(refusal(path.into(), b""), None, "{path}");
        }
    }
}
