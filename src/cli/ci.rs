//! What a CI provider says of the change that it builds: one table of variables, and how a range comes out of it.
//!
//! Every name of a provider's variable stands here. The range is never narrower than the change: where a provider does
//! not say what was there before, more is read rather than less, or the gate stays shut and says what to set.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::range::absent;
use crate::git::{Oid, Range, Repo};

/// A provider's variables; of several the first that is set counts. `event:` leads into GitHub's event file.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) name: &'static str,
    /// Set there and nowhere else.
    sign: &'static str,
    /// The commit that a change request is to be merged into, or where it parted from it.
    base: &'static [&'static str],
    /// The branch that a change request is to be merged into.
    target: &'static [&'static str],
    /// The commit that is built.
    head: &'static [&'static str],
    /// What the branch named before the push.
    before: &'static [&'static str],
    /// The branch that is built.
    branch: &'static [&'static str],
    /// The repository's main branch.
    main: &'static [&'static str],
    /// How to get a clone with the whole history.
    pub(super) deepen: &'static str,
}

const PROVIDERS: &[Provider] = &[
    Provider {
        name: "GitHub Actions",
        sign: "GITHUB_ACTIONS",
        base: &["event:/pull_request/base/sha", "event:/merge_group/base_sha"],
        target: &["GITHUB_BASE_REF"],
        head: &[
            "event:/pull_request/head/sha",
            "event:/merge_group/head_sha",
            "event:/after",
        ],
        before: &["event:/before"],
        branch: &["GITHUB_REF_NAME"],
        main: &["event:/repository/default_branch"],
        deepen: "give actions/checkout `fetch-depth: 0` (and for pull_request_target also \
                 `ref: ${{ github.event.pull_request.head.sha }}`).",
    },
    Provider {
        name: "GitLab CI",
        sign: "GITLAB_CI",
        base: &["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"],
        target: &["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"],
        head: &["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"],
        before: &["CI_COMMIT_BEFORE_SHA"],
        branch: &["CI_COMMIT_BRANCH"],
        main: &["CI_DEFAULT_BRANCH"],
        deepen: "set `variables: { GIT_DEPTH: \"0\" }` for this job.",
    },
    Provider {
        name: "Bitbucket Pipelines",
        sign: "BITBUCKET_BUILD_NUMBER",
        base: &["BITBUCKET_PR_DESTINATION_COMMIT"],
        target: &["BITBUCKET_PR_DESTINATION_BRANCH"],
        head: &["BITBUCKET_COMMIT"],
        before: &[],
        branch: &["BITBUCKET_BRANCH"],
        main: &[],
        deepen: "set `clone: { depth: full }` for this step.",
    },
    Provider {
        name: "Azure Pipelines",
        sign: "TF_BUILD",
        base: &[],
        target: &["SYSTEM_PULLREQUEST_TARGETBRANCH"],
        head: &["SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"],
        before: &[],
        branch: &["BUILD_SOURCEBRANCH"],
        main: &[],
        deepen: "set `fetchDepth: 0` in the job's `checkout: self` step.",
    },
    Provider {
        name: "CircleCI",
        sign: "CIRCLECI",
        base: &[],
        target: &[],
        head: &["CIRCLE_SHA1"],
        before: &[],
        branch: &["CIRCLE_BRANCH"],
        main: &[],
        deepen: "let the `checkout` step have `method: full`, and give keyfence `--base << pipeline.git.base_revision >>`.",
    },
    Provider {
        name: "Jenkins",
        sign: "JENKINS_URL",
        base: &[],
        target: &["CHANGE_TARGET"],
        head: &["GIT_COMMIT"],
        before: &["GIT_PREVIOUS_SUCCESSFUL_COMMIT"],
        branch: &["BRANCH_NAME"],
        main: &[],
        deepen: "turn off \"Shallow clone\" and fetch the target branch too (\"Advanced clone behaviours\").",
    },
];

/// Where GitHub puts what happened.
const EVENT_FILE: &str = "GITHUB_EVENT_PATH";

/// What is to be read, and why.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) range: Range,
    /// The commit whose configuration counts.
    pub(super) base: Option<Oid>,
    pub(super) why: String,
}

/// The environment of a job.
pub(super) struct Job<'e> {
    pub(super) provider: &'static Provider,
    variable: &'e dyn Fn(&str) -> Option<String>,
    event: Value,
}

impl<'e> Job<'e> {
    /// Recognises the provider by its variables.
    pub(super) fn recognise(variable: &'e dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, Failure> {
        let Some(provider) = PROVIDERS.iter().find(|provider| variable(provider.sign).is_some()) else {
            return Ok(None);
        };
        let event = match variable(EVENT_FILE) {
            Some(file) => read_event(Path::new(&file))?,
            None => Value::Null,
        };
        Ok(Some(Self {
            provider,
            variable,
            event,
        }))
    }

    /// Finds the range of the change that this job builds.
    pub(super) fn plan(&self, repo: &Repo) -> Result<Plan, Failure> {
        let provider = self.provider;
        let tips = self.tips(repo)?;
        let known = [self.first(provider.base), self.first(provider.target)];
        if known.iter().any(Option::is_some) {
            return self.request(repo, tips);
        }
        match self.first(provider.before).filter(|name| !is_zero(name)) {
            None => self.new_branch(repo, tips, "a branch that was not there before"),
            Some(before) => match repo.resolve_commit(&before)? {
                Some(base) => Ok(plan(
                    tips,
                    vec![base],
                    "push",
                    &format!("the branch was at {}", short(&before)),
                )),
                None if repo.is_shallow()? => Err(self.too_shallow(&before)),
                None => self.new_branch(repo, tips, "a branch whose former commits are gone"),
            },
        }
    }

    /// The commit that is checked out, which may be a merge made for the job, and the commit that the provider names.
    fn tips(&self, repo: &Repo) -> Result<Vec<Oid>, Failure> {
        let mut tips = vec![at_head(repo)?];
        if let Some(head) = self.first(self.provider.head).filter(|name| !is_zero(name)) {
            tips.push(repo.resolve_commit(&head)?.ok_or_else(|| self.too_shallow(&head))?);
        }
        tips.dedup();
        Ok(tips)
    }

    fn request(&self, repo: &Repo, tips: Vec<Oid>) -> Result<Plan, Failure> {
        let mut bases = Vec::new();
        let (base, target) = (self.first(self.provider.base), self.first(self.provider.target));
        if let Some(target) = &target {
            bases.extend(on_server(repo, target)?);
        }
        if let Some(base) = &base {
            bases.extend(repo.resolve_commit(base)?);
        }
        if bases.is_empty() {
            let name = base.or(target).unwrap_or_default();
            return Err(self.too_shallow(&name));
        }
        let target = target.map_or_else(
            || short(&base.unwrap_or_default()).to_owned(),
            |name| branch(&name).to_owned(),
        );
        Ok(plan(
            tips,
            bases,
            "change request",
            &format!("it is to be merged into {target}"),
        ))
    }

    /// Nobody says where a new branch parted, so all counts that the main branch does not have.
    fn new_branch(&self, repo: &Repo, tips: Vec<Oid>, what: &str) -> Result<Plan, Failure> {
        let because = format!("{what}; what the main branch has is known");
        let Some(main) = self.first(self.provider.main) else {
            // Where the main branch itself may be what is built, its being at this commit proves nothing.
            let base = repo.resolve_commit("refs/remotes/origin/HEAD")?;
            return Ok(match base {
                Some(base) if !repo.reaches(&base, &tips[0])? => plan(tips, vec![base], "push", &because),
                _ => plan(
                    tips,
                    Vec::new(),
                    "push",
                    "nothing says what was there before; `--base REF` can",
                ),
            });
        };
        if self.first(self.provider.branch).as_ref() == Some(&main) {
            return Ok(plan(
                tips,
                Vec::new(),
                "push",
                &format!("{what}, and it is the main branch"),
            ));
        }
        match on_server(repo, &main)? {
            Some(base) => Ok(plan(tips, vec![base], "push", &because)),
            None => Err(Failure::new(
                format!("The main branch, {main}, is not in this clone, so what is new in the branch is not known."),
                format!(
                    "run `git fetch --no-tags origin +refs/heads/{main}:refs/remotes/origin/{main}` before; {}",
                    self.provider.deepen
                ),
            )),
        }
    }

    fn too_shallow(&self, revision: &str) -> Failure {
        Failure::new(
            format!(
                "`{revision}`, which {} names, is not in this clone, so what is new in the change is not known.",
                self.provider.name
            ),
            self.provider.deepen,
        )
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        let value = |name: &&str| match name.strip_prefix("event:") {
            Some(pointer) => Some(self.event.pointer(pointer)?.as_str()?.to_owned()),
            None => (self.variable)(name),
        };
        names.iter().filter_map(value).find(|value| !value.is_empty())
    }
}

/// The plain case: what HEAD has and `base` has not.
pub(super) fn against(repo: &Repo, base: &str) -> Result<Plan, Failure> {
    match repo.resolve_commit(base)? {
        Some(oid) => Ok(plan(
            vec![at_head(repo)?],
            vec![oid],
            "change",
            &format!("--base is {base}"),
        )),
        None => Err(absent(repo, base)?),
    }
}

fn plan(tips: Vec<Oid>, bases: Vec<Oid>, what: &str, because: &str) -> Plan {
    let tip = tips
        .last()
        .map(|tip| short(tip.as_str()).to_owned())
        .unwrap_or_default();
    let range = match bases.first() {
        Some(base) => format!("{}..{tip}", short(base.as_str())),
        None => format!("everything that {tip} reaches"),
    };
    Plan {
        why: format!("{what}, {range}, for {because}"),
        base: bases.first().cloned(),
        range: Range {
            tips,
            without: bases,
            ..Range::default()
        },
    }
}

fn at_head(repo: &Repo) -> Result<Oid, Failure> {
    let head = repo.resolve_commit("HEAD")?;
    head.ok_or_else(|| Failure::new("There is no commit here to examine.", "check the repository out first."))
}

/// A branch as the server has it; a local branch of that name may be anything.
fn on_server(repo: &Repo, name: &str) -> Result<Option<Oid>, Failure> {
    Ok(repo.resolve_commit(&format!("refs/remotes/origin/{}", branch(name)))?)
}

fn branch(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

fn short(name: &str) -> &str {
    name.get(..12).unwrap_or(name)
}

fn is_zero(name: &str) -> bool {
    name.bytes().all(|byte| byte == b'0')
}

fn read_event(file: &Path) -> Result<Value, Failure> {
    let failed = |why: String| {
        Failure::new(
            format!("The event file {} could not be read: {why}.", file.display()),
            format!("{EVENT_FILE} names it; `--base REF` does without."),
        )
    };
    let text = fs::read(file).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))
}
