//! `keyfence rules`: what the rules are, whether they hold, and what is unwise about one's own.
//! The built-in rules come first, then those of `--rules`, then the project's own, as in a scan.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::import;
use crate::cli::options::Options;
use crate::cli::scan::project_root;
use crate::cli::session::{quiet_on_broken_pipe, settings, unreadable};
use crate::cli::terminal;
use crate::config::{Settings, nearest};
use crate::engine::{Engine, EngineSettings, proof};
use crate::report::catalog;
use crate::rules::{Family, Outline, Rule, RuleError, RuleSet};

/// List, show, test, lint or import rules
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  keyfence rules list               all that are in force, with their severities
  keyfence rules list stripe high   those in which both words occur
  keyfence rules show github-pat    what it looks for, and what proves it
  keyfence rules test own.toml      run the examples of your own rules
  keyfence rules lint               what is slow, noisy or unwise about them
  keyfence rules import             take over those of gitleaks or detect-secrets";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the rules in force
    List(ListArgs),
    /// Show everything that a rule says, with its examples
    Show(ShowArgs),
    /// Run every example of the rules through the engine; exit code 1 when one does not hold
    Test(FileArgs),
    /// Look for errors in own rules, and for what makes them slow or noisy; exit code 1 on errors only
    Lint(FileArgs),
    /// Take over the rules and exceptions of gitleaks, betterleaks or detect-secrets
    Import(import::Args),
}

/// Where rules come from besides the program.
#[derive(Debug, clap::Args)]
struct From {
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Add the rules of this file; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// List only rules in which each of these words occurs: in id, title, severity, kind or tags
    words: Vec<String>,
    /// The list's format; `markdown` is the table of the built-in rules in the README
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
    #[command(flatten)]
    from: From,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum ListFormat {
    #[default]
    Human,
    Json,
    Markdown,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The rule's id, as reports name it
    id: String,
    #[command(flatten)]
    from: From,
}

#[derive(Debug, clap::Args)]
struct FileArgs {
    /// Rule files [default: the rules of the project; `test` proves the built-in ones, too]
    files: Vec<PathBuf>,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(args),
        Command::Show(args) => show(args),
        Command::Test(args) => test(args),
        Command::Lint(args) => lint(args),
        Command::Import(args) => import::run(args),
    }
}

fn list(args: &ListArgs) -> Result<Exit, Failure> {
    if matches!(args.format, ListFormat::Markdown) {
        let families = Family::all()?;
        print(|out| catalog::as_markdown(&families, out))?;
        return Ok(Exit::Clean);
    }
    let set = args.from.in_force(RuleSet::builtin())?;
    let words: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let rules: Vec<&Rule> = set
        .iter()
        .filter(|rule| words.iter().all(|word| has(rule, word)))
        .collect();
    print(|out| match args.format {
        ListFormat::Json => catalog::as_json(&rules, out),
        _ => catalog::as_table(&rules, out),
    })?;
    Ok(Exit::Clean)
}

/// Tells whether a word occurs in what a list shows of a rule.
fn has(rule: &Rule, word: &str) -> bool {
    let texts = [
        rule.id.as_str(),
        &rule.description,
        rule.severity.as_str(),
        catalog::kind(rule),
    ];
    let tags = rule.tags.iter().map(String::as_str);
    texts
        .into_iter()
        .chain(tags)
        .any(|text| text.to_lowercase().contains(word))
}

fn show(args: &ShowArgs) -> Result<Exit, Failure> {
    let set = args.from.in_force(RuleSet::builtin_with_examples()?)?;
    let rule = set.get(&args.id).ok_or_else(|| unknown(&args.id, &set))?;
    print(|out| catalog::show(rule, out))?;
    Ok(Exit::Clean)
}

fn unknown(id: &str, set: &RuleSet) -> Failure {
    let hint = match nearest(id, set.iter().map(|rule| rule.id.as_str())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`keyfence rules list` names them all.".to_owned(),
    };
    Failure::new(format!("There is no rule {id:?} in force."), hint)
}

fn test(args: &FileArgs) -> Result<Exit, Failure> {
    let mut set = RuleSet::builtin_with_examples()?;
    let builtin: Vec<String> = set.iter().map(|rule| rule.id.clone()).collect();
    args.add_to(&mut set)?;
    let is_own = |rule: &Rule| !builtin.contains(&rule.id);
    let is_asked = |rule: &Rule| args.files.is_empty() || is_own(rule);
    let broken = proof::check_those(&set, is_asked)?;
    let asked: Vec<&Rule> = set.iter().filter(|rule| is_asked(rule)).collect();
    let examples: usize = asked
        .iter()
        .map(|rule| rule.must_match.len() + rule.must_not_match.len())
        .sum();
    print(|out| {
        broken.iter().try_for_each(|broken| writeln!(out, "{broken}"))?;
        let (rules, count) = (amount(asked.len(), "rule"), amount(examples, "example"));
        writeln!(out, "{rules} with {count}: {}", amount(broken.len(), "problem"))
    })?;
    Ok(if broken.is_empty() {
        Exit::Clean
    } else {
        Exit::BrokenRule
    })
}

fn lint(args: &FileArgs) -> Result<Exit, Failure> {
    let mut set = RuleSet::builtin();
    let builtin = set.len();
    let errors = args.add_each_to(&mut set)?;
    let mut lines: Vec<String> = errors.iter().map(|error| format!("error: {error}")).collect();
    let mut broken = errors.len();
    for rule in set.iter().skip(builtin) {
        if let Err(error) = compile(rule) {
            broken += 1;
            lines.push(format!("error: {error}"));
        }
        lines.extend(
            rule.lint()
                .into_iter()
                .map(|remark| format!("warning: rule `{}`: {remark}", rule.id)),
        );
    }
    if args.files.is_empty() {
        let remarks = args.from().settings()?.lint();
        lines.extend(remarks.into_iter().map(|remark| format!("warning: {remark}")));
    }
    let (errors, warnings) = (amount(broken, "error"), amount(lines.len() - broken, "warning"));
    lines.push(format!("{}: {errors}, {warnings}", amount(set.len() - builtin, "rule")));
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(if broken == 0 { Exit::Clean } else { Exit::BrokenRule })
}

/// Makes a rule ready on its own, to learn whether its patterns compile and its checksum is known.
fn compile(rule: &Rule) -> Result<(), RuleError> {
    let unreadable = |message: String| RuleError::Pattern {
        id: rule.id.clone(),
        // The parser draws the pattern, too; what is wrong with it comes last.
        message: message.lines().last().unwrap_or_default().replace("error: ", ""),
    };
    if let Some(pattern) = &rule.pattern {
        Outline::of(pattern, &rule.keywords, usize::MAX).map_err(unreadable)?;
    }
    let mut alone = RuleSet::default();
    alone.add("", "", vec![rule.clone()])?;
    Engine::new(&alone, &EngineSettings::default())?.check()
}

impl From {
    /// Returns the rules as a scan would search by them.
    fn in_force(&self, mut set: RuleSet) -> Result<RuleSet, Failure> {
        for file in &self.rules {
            add(&mut set, file)??;
        }
        for warning in self.settings()?.apply_to(&mut set)? {
            terminal::warn(&warning);
        }
        Ok(set)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let options = Options {
            config: self.config.clone(),
            ..Options::default()
        };
        settings(&options, project_root(Path::new(".")).as_deref())
    }
}

impl FileArgs {
    fn from(&self) -> From {
        From {
            config: self.config.clone(),
            rules: Vec::new(),
        }
    }

    /// Adds the rules that were named; without a name the project's own.
    fn add_to(&self, set: &mut RuleSet) -> Result<(), Failure> {
        let errors = self.add_each_to(set)?;
        errors.into_iter().next().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Adds the rules of every file that can be, and returns what is wrong with the others.
    fn add_each_to(&self, set: &mut RuleSet) -> Result<Vec<RuleError>, Failure> {
        if self.files.is_empty() {
            self.from().settings()?.add_own_rules(set)?;
        }
        let mut errors = Vec::new();
        for file in &self.files {
            errors.extend(add(set, file)?.err());
        }
        Ok(errors)
    }
}

/// Reads a rule file into the set; that it cannot be read is another matter than what is wrong in it.
fn add(set: &mut RuleSet, file: &Path) -> Result<Result<(), RuleError>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    Ok(set.add_toml(&file.to_string_lossy(), &text))
}

fn amount(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    quiet_on_broken_pipe(written)?;
    Ok(())
}
