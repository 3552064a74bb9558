//! The baseline on disk: which file it is, and what is in it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::baseline::{self, Baseline, BaselineError};
use crate::cli::failure::Failure;
use crate::cli::options::Options;
use crate::cli::session::unreadable;
use crate::cli::terminal;
use crate::config::Settings;

/// Returns which file is or would be the baseline: that of the flag, of the settings, or of the default name.
pub(super) fn place(options: &Options, root: Option<&Path>, settings: &Settings) -> PathBuf {
    match &options.baseline {
        Some(file) => file.clone(),
        None => root
            .unwrap_or(Path::new("."))
            .join(settings.baseline_name(baseline::FILE_NAME)),
    }
}

/// Reads the baseline that counts for a project on disk. One that is not there accepts nothing.
pub(super) fn on_disk(options: &Options, root: Option<&Path>, settings: &Settings) -> Result<Baseline, Failure> {
    let file = place(options, root, settings);
    if options.baseline.is_some() {
        return named(&file);
    }
    match (file.symlink_metadata(), &settings.baseline.value) {
        (Err(error), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
            terminal::warn(&format!(
                "the baseline `{name}` that the configuration names is not there."
            ));
            Ok(Baseline::default())
        }
        (Err(error), None) if error.kind() == io::ErrorKind::NotFound => Ok(Baseline::default()),
        _ if root.is_none() && settings.baseline.value.is_none() => Ok(Baseline::default()),
        _ => named(&file),
    }
}

/// Reads the baseline that somebody named, which must be there.
pub(super) fn named(file: &Path) -> Result<Baseline, Failure> {
    let text = read(file).map_err(|error| unreadable(file, &error))?;
    Ok(Baseline::parse(&file.to_string_lossy(), &text)?)
}

fn read(file: &Path) -> io::Result<String> {
    // Asked before opening, for opening a pipe waits until somebody writes.
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut text = String::new();
    File::open(file)?.take(baseline::LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

impl From<BaselineError> for Failure {
    fn from(error: BaselineError) -> Self {
        Self::new(error.what, error.hint)
    }
}
