//! Where nothing can be edited surely: why, and what to write by hand.

use bstr::{BStr, ByteSlice};

use crate::fix::Refusal;

/// The lookups that stop the program, of languages whose files are left alone.
const LOOKUPS: &[(&[&str], &str)] = &[
    (&["rs"], r#"std::env::var("NAME").expect("NAME is not set")"#),
    (
        &["php"],
        "getenv('NAME') ?: throw new RuntimeException('NAME is not set')",
    ),
    (
        &["cs"],
        r#"Environment.GetEnvironmentVariable("NAME") ?? throw new InvalidOperationException("NAME is not set")"#,
    ),
    (&["kt", "kts"], r#"System.getenv("NAME") ?: error("NAME is not set")"#),
    (&["scala", "sc"], r#"sys.env("NAME")"#),
    (&["swift"], r#"ProcessInfo.processInfo.environment["NAME"]!"#),
    (&["dart"], "Platform.environment['NAME']!"),
    (&["ex", "exs"], r#"System.fetch_env!("NAME")"#),
    (&["lua"], r#"assert(os.getenv("NAME"), "NAME is not set")"#),
    (&["pl", "pm"], r#"$ENV{NAME} // die "NAME is not set""#),
    (&["jl"], r#"ENV["NAME"]"#),
];

fn lookup(ending: &str) -> Option<&'static str> {
    let found = LOOKUPS.iter().find(|(endings, _)| endings.contains(&ending));
    found.map(|(_, lookup)| *lookup)
}

/// Tells whether Spring reads a file by itself.
fn is_spring(name: &str) -> bool {
    name.starts_with("application") || name.starts_with("bootstrap")
}

/// Says why a file has no lookup that is written for its owner, and what to write.
pub(super) fn refusal(path: &BStr) -> Refusal {
    let name = path
        .rsplit(|&byte| byte == b'/')
        .next()
        .unwrap_or_default()
        .to_str_lossy();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if let Some(lookup) = lookup(ending) {
        return Refusal::new("keyfence edits no file of this kind", format!("write `{lookup}` there"));
    }
    let (what, instead) = match ending {
        _ if name.starts_with(".env") => (
            "it stands in an environment file, which should not be in git at all",
            "take the file out of git (`git rm --cached`), ignore it, and replace the value where it was issued",
        ),
        "properties" | "yml" | "yaml" if is_spring(&name) => (
            "keyfence does not edit Spring's settings",
            "write `${NAME}` there, without a default: then the program stops when the variable is not set",
        ),
        "json" | "xml" | "csv" => (
            "the format cannot look anything up",
            "let the program that reads the file take this one value from the environment",
        ),
        "toml" | "ini" | "cfg" | "conf" | "properties" => (
            "the format cannot look anything up",
            "let the program that reads the file take this one value from the environment, or keep the file out of git",
        ),
        "yml" | "yaml" => (
            "only compose files and the workflows of GitHub are known to put variables into YAML",
            "use the variables of the program that reads the file, or the secret store of its host",
        ),
        "tf" | "tfvars" | "hcl" => (
            "Terraform takes it from a variable without a default",
            "declare `variable \"name\" { sensitive = true }` and give it as TF_VAR_name",
        ),
        "md" | "txt" | "rst" | "html" => ("it is a text for people", "delete it there"),
        "ipynb" => (
            "it is a notebook",
            "read it in the cell by os.environ, and clear the outputs",
        ),
        _ => (
            "keyfence knows no lookup for this kind of file",
            "read it from the environment or a secret manager by hand",
        ),
    };
    Refusal::new(what, instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_told_its_own_lookup() {
        for (path, written) in [
            ("src/main.rs", "std::env::var("),
            ("config.php", "getenv('NAME') ?: throw"),
            ("a/b.kts", "System.getenv("),
            ("src/main/resources/application-prod.yml", "`${NAME}`"),
            ("application.properties", "`${NAME}`"),
            ("main.tf", "TF_VAR_name"),
            ("settings.properties", "keep the file out of git"),
            ("a.unknown", "read it from the environment"),
        ] {
            let refusal = refusal(path.into());
            assert!(refusal.instead.contains(written), "{path}: {}", refusal.instead);
        }
    }
}
