//! Which reports a run writes, and where to: `--format` and `--output`, which may be given several times, in pairs.

use std::path::PathBuf;

use clap::error::{Error, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, builder::EnumValueParser, value_parser};

use crate::report::Format;

/// The reports of one run, in the order of the command line; at most one goes to standard output.
#[derive(Debug, Clone, Default)]
pub(super) struct Reports(Vec<Report>);

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Report {
    pub(super) format: Format,
    /// The file; without one it goes to standard output.
    pub(super) file: Option<PathBuf>,
}

impl Reports {
    /// Returns them; where none was asked for, the one for people on standard output.
    pub(super) fn list(&self) -> Vec<Report> {
        match self.0.as_slice() {
            [] => vec![Report::default()],
            reports => reports.to_vec(),
        }
    }

    /// Puts each file to the format beside it: the one before it or, where that has a file, the one after it.
    fn pair(words: Vec<Word>) -> Result<Self, &'static str> {
        let mut reports: Vec<Report> = Vec::new();
        let (mut format, mut file) = (None, None);
        for word in words {
            match word {
                Word::Format(next) if file.is_some() => reports.push(report(Some(next), file.take())),
                Word::Format(next) => {
                    let before = format.replace(next);
                    reports.extend(before.map(|before| report(Some(before), None)));
                }
                Word::Output(next) if format.is_some() => reports.push(report(format.take(), Some(next))),
                Word::Output(_) if file.is_some() => return Err("each --output needs a --format of its own"),
                Word::Output(next) => file = Some(next),
            }
        }
        if format.is_some() || file.is_some() {
            reports.push(report(format, file));
        }
        Self(reports).checked()
    }

    fn checked(self) -> Result<Self, &'static str> {
        let is_twice = |number: usize| self.0[..number].iter().any(|known| known.file == self.0[number].file);
        match (0..self.0.len()).find(|&number| is_twice(number)) {
            Some(twice) if self.0[twice].file.is_none() => {
                Err("one report can go to standard output; give the others an --output each")
            }
            Some(_) => Err("two reports cannot go into the same file"),
            None => Ok(self),
        }
    }
}

fn report(format: Option<Format>, file: Option<PathBuf>) -> Report {
    Report {
        format: format.unwrap_or_default(),
        file,
    }
}

/// One of the two options, as it was written.
enum Word {
    Format(Format),
    Output(PathBuf),
}

impl Args for Reports {
    fn augment_args(command: Command) -> Command {
        let format = Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(EnumValueParser::<Format>::new())
            .action(ArgAction::Append)
            .help("The report's format [default: human]; may be given several times, each with its --output");
        let output = Arg::new("output")
            .long("output")
            .short('o')
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .help("Write the report of the --format before it to FILE (mode 0600) instead of standard output");
        command.arg(format).arg(output)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Reports {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let formats = matches.get_many::<Format>("format").into_iter().flatten();
        let formats = formats.map(|&format| Word::Format(format));
        let outputs = matches.get_many::<PathBuf>("output").into_iter().flatten();
        let outputs = outputs.map(|file| Word::Output(file.clone()));
        let places = |name| matches.indices_of(name).into_iter().flatten();
        let mut words: Vec<(usize, Word)> = places("format")
            .zip(formats)
            .chain(places("output").zip(outputs))
            .collect();
        words.sort_by_key(|(place, _)| *place);
        let words = words.into_iter().map(|(_, word)| word).collect();
        Self::pair(words).map_err(|message| Error::raw(ErrorKind::ArgumentConflict, format!("{message}\n")))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a command line and says what goes where.
    fn read(line: &str) -> String {
        let command = Reports::augment_args(Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(line.split_whitespace()).unwrap();
        match Reports::from_arg_matches(&matches) {
            Err(error) => error.to_string().trim().to_owned(),
            Ok(reports) => {
                let told = |report: &Report| {
                    let file = report
                        .file
                        .as_ref()
                        .map_or("-".into(), |file| file.display().to_string());
                    format!("{:?} {file}", report.format)
                };
                reports.list().iter().map(told).collect::<Vec<_>>().join(", ")
            }
        }
    }

    #[test]
    fn a_file_belongs_to_the_format_beside_it() {
        assert_eq!(read(""), "Human -");
        assert_eq!(read("--format json"), "Json -");
        assert_eq!(read("-o a"), "Human a");
        assert_eq!(read("--format json -o a"), "Json a");
        assert_eq!(read("-o a --format json"), "Json a");
        assert_eq!(read("--format json -o a --format sarif -o b"), "Json a, Sarif b");
        assert_eq!(read("-o a --format json -o b --format sarif"), "Json a, Sarif b");
    }

    #[test]
    fn one_of_several_may_go_to_standard_output() {
        assert_eq!(read("--format human --format sarif -o a"), "Human -, Sarif a");
        assert_eq!(read("--format sarif -o a --format human"), "Sarif a, Human -");
        assert!(read("--format json --format sarif").contains("one report can go to standard output"));
    }

    #[test]
    fn no_two_reports_share_a_file() {
        assert!(read("--format json -o a --format sarif -o a").contains("the same file"));
        assert!(read("-o a -o b").contains("each --output needs"));
    }
}
