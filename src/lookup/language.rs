//! Languages, told by a file's name, and the shapes in which each of them reads its environment.

use std::sync::LazyLock;

use bstr::{BStr, BString, ByteSlice};
use regex::bytes::Regex;

use crate::lookup::need::{Style, decide};
use crate::lookup::{Need, line_before, rest_of_call};

/// By what a variable is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Python, its settings libraries included.
    Python,
    /// `st.secrets` of Streamlit, which reads `.streamlit/secrets.toml`.
    Streamlit,
    /// JavaScript, TypeScript and what holds them.
    JavaScript,
    /// Ruby.
    Ruby,
    /// Go.
    Go,
    /// Java, Kotlin, Scala, Groovy.
    Java,
    /// Rust.
    Rust,
    /// PHP.
    Php,
    /// C#.
    CSharp,
    /// Elixir.
    Elixir,
    /// A Prisma schema.
    Prisma,
    /// The interpolation of a compose file.
    Compose,
    /// A shell script.
    Shell,
}

/// A shape: the group `name` is the variable's, the group `open` says that more arguments may follow.
type Shape = (&'static str, Style);

impl Language {
    /// Tells the language of a file.
    pub fn of(path: &BStr, text: &[u8]) -> Option<Self> {
        let name = path.rsplit_str("/").next().unwrap_or_default().to_str_lossy();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_yaml = matches!(ending, "yml" | "yaml");
        Some(match ending {
            _ if is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose")) => Self::Compose,
            "yml" | "yaml" if text.contains_str("<%=") => Self::Ruby,
            "py" | "pyi" => Self::Python,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" | "astro" => {
                Self::JavaScript
            }
            "rb" | "rake" | "erb" | "gemspec" | "ru" => Self::Ruby,
            "go" => Self::Go,
            "java" | "kt" | "kts" | "scala" | "groovy" | "gradle" => Self::Java,
            "rs" => Self::Rust,
            "php" => Self::Php,
            "cs" => Self::CSharp,
            "ex" | "exs" => Self::Elixir,
            "prisma" => Self::Prisma,
            "sh" | "bash" => Self::Shell,
            _ if matches!(name.as_ref(), "Gemfile" | "Rakefile") => Self::Ruby,
            _ if text.starts_with(b"#!") && text.lines().next().is_some_and(|line| line.ends_with_str("sh")) => {
                Self::Shell
            }
            _ => return None,
        })
    }

    fn shapes(self) -> &'static [Shape] {
        use Style::{Gives, Stops, Tells};
        match self {
            Self::Python => &[
                (r#"\b(?:os\.)?environ\[\s*["'](?P<name>\w+)["']\s*\]"#, Stops),
                (
                    r#"\b(?:os\.)?(?:environ\.get|getenv)\(\s*["'](?P<name>\w+)["'](?P<open>)"#,
                    Gives,
                ),
                (
                    r#"\b(?:os\.)?environ\.setdefault\(\s*["'](?P<name>\w+)["'](?P<open>)"#,
                    Gives,
                ),
                (r#"["'](?P<name>\w+)["'] (?:not )?in os\.environ\b"#, Tells),
            ],
            Self::Streamlit => &[
                (
                    r#"\bst\.secrets(?:\.(?P<name>\w+)(?:\.(?P<more>\w+)|\[["'](?P<more_2>\w+)["']\])?|\[["'](?P<name_2>\w+)["']\](?:\[["'](?P<more_3>\w+)["']\]|\.(?P<more_4>\w+))?)"#,
                    Stops,
                ),
                (r#"\bst\.secrets\.get\(\s*["'](?P<name>\w+)["'](?P<open>)"#, Gives),
            ],
            Self::JavaScript => &[
                (
                    r#"\b(?:process\.env|import\.meta\.env|Bun\.env)(?:\.(?P<name>[A-Za-z_]\w*)|\[["'`](?P<name_2>\w+)["'`]\])"#,
                    Gives,
                ),
                (r#"\bDeno\.env\.get\(["'`](?P<name>\w+)["'`]\)"#, Gives),
            ],
            Self::Ruby => &[
                (r#"\bENV\[["'](?P<name>\w+)["']\]"#, Gives),
                (r#"\bENV\.fetch[( ]\s*["'](?P<name>\w+)["'](?P<open>)"#, Stops),
                (r#"\bENV\.(?:key|has_key|include)\?\(?\s*["'](?P<name>\w+)["']"#, Tells),
            ],
            Self::Go => &[
                (r#"\bos\.Getenv\("(?P<name>\w+)"\)"#, Gives),
                (r#"\b(?:os|syscall)\.LookupEnv\("(?P<name>\w+)"\)"#, Tells),
                (
                    r#"\benv:"(?P<name>[A-Z]\w*)(?:,\w+)*,(?:required|notEmpty)(?:,\w+)*""#,
                    Stops,
                ),
                (
                    r#"\benv-required:"true"[^`\n]*\benv:"(?P<name>[A-Z]\w*)"|\benv:"(?P<name_2>[A-Z]\w*)"[^`\n]*\benv-required:"true""#,
                    Stops,
                ),
                (r#"\benv:"(?P<name>[A-Z]\w*)""#, Tells),
            ],
            Self::Java => &[
                (r#"\b(?:System\.)?getenv\("(?P<name>\w+)"\)"#, Gives),
                (r#"\bgetenv\(\)\.get\("(?P<name>\w+)"\)"#, Gives),
                (r#"\bgetenv\(\)\.getOrDefault\("(?P<name>\w+)"(?P<open>)"#, Gives),
            ],
            Self::Rust => &[
                (r#"\benv!\(\s*"(?P<name>\w+)""#, Stops),
                (r#"\boption_env!\(\s*"(?P<name>\w+)""#, Tells),
                (r#"\b(?:std::)?env::var(?:_os)?\(\s*"(?P<name>\w+)"\s*\)"#, Gives),
                (r#"\bdotenvy?::var\(\s*"(?P<name>\w+)"\s*\)"#, Gives),
            ],
            Self::Php => &[
                // Laravel's own settings list dozens that may all be missing.
                (r#"\benv\(\s*["'](?P<name>[A-Z]\w*)["'](?P<open>)"#, Tells),
                (r#"\bgetenv\(\s*["'](?P<name>[A-Z]\w*)["'](?P<open>)"#, Gives),
                (r#"\$_ENV\[["'](?P<name>\w+)["']\]"#, Gives),
            ],
            Self::CSharp => &[(
                r#"\b(?:System\.)?(?:Environment\.)?GetEnvironmentVariable\("(?P<name>\w+)"\)"#,
                Gives,
            )],
            Self::Elixir => &[
                (r#"\bSystem\.get_env\("(?P<name>\w+)"(?P<open>)"#, Gives),
                (r#"\bSystem\.fetch_env!\("(?P<name>\w+)""#, Stops),
            ],
            Self::Prisma => &[(r#"\benv\("(?P<name>\w+)"\)"#, Stops)],
            Self::Shell => &[(r"\$\{(?P<name>[A-Z_][A-Z0-9_]*):?\?", Stops)],
            Self::Compose => &[],
        }
    }

    /// Returns the shapes of the libraries that a text speaks of.
    fn library_shapes(text: &[u8]) -> Vec<Shape> {
        use Style::Stops;
        let mut shapes: Vec<Shape> = Vec::new();
        if text.contains_str("decouple") {
            shapes.push((r#"\bconfig\(\s*["'](?P<name>\w+)["'](?P<open>)"#, Stops));
        }
        if text.contains_str("environ") {
            shapes.push((
                r#"\benv(?:\.[a-z_]{2,20})?\(\s*["'](?P<name>[A-Z]\w*)["'](?P<open>)"#,
                Stops,
            ));
        }
        shapes
    }

    /// Returns the shapes with their expressions, compiled once.
    fn compiled(self) -> &'static [(Regex, Style)] {
        static ALL: LazyLock<Vec<Vec<(Regex, Style)>>> = LazyLock::new(|| {
            let compile = |language: &Language| language.shapes().iter().filter_map(build).collect();
            Language::ALL.iter().map(compile).collect()
        });
        &ALL[self as usize]
    }

    const ALL: &[Self] = &[
        Self::Python,
        Self::Streamlit,
        Self::JavaScript,
        Self::Ruby,
        Self::Go,
        Self::Java,
        Self::Rust,
        Self::Php,
        Self::CSharp,
        Self::Elixir,
        Self::Prisma,
        Self::Compose,
        Self::Shell,
    ];

    /// Finds the lookups of this language, and those of its libraries.
    pub(super) fn find(self, text: &[u8]) -> Vec<(usize, BString, Need, Self)> {
        let mut found = Vec::new();
        for (expression, style) in self.compiled() {
            self.search(text, expression, *style, &mut found);
        }
        if self == Self::Python {
            for (expression, style) in Self::library_shapes(text).iter().filter_map(build) {
                self.search(text, &expression, style, &mut found);
            }
            if text.contains_str("st.secrets") {
                found.extend(Self::Streamlit.find(text));
            }
        }
        found
    }

    fn search(self, text: &[u8], expression: &Regex, style: Style, found: &mut Vec<(usize, BString, Need, Self)>) {
        for captures in expression.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let named = |prefix: &str| {
                let names = expression
                    .capture_names()
                    .flatten()
                    .filter(move |name| name.starts_with(prefix));
                names.filter_map(|name| captures.name(name)).next()
            };
            let Some(name) = named("name") else { continue };
            let before = line_before(text, whole.start());
            if self.is_comment(before) || self == Self::Streamlit && STREAMLIT_METHODS.contains(&name.as_bytes()) {
                continue;
            }
            let open = captures
                .name("open")
                .map_or(whole.end()..whole.end(), |_| rest_of_call(text, whole.end()));
            let after = &text[open.end..text.len().min(open.end + 80)];
            let name = match named("more") {
                Some(more) => [name.as_bytes(), b".", more.as_bytes()].concat(),
                None => name.as_bytes().to_vec(),
            };
            // Ruby's block is its default, and a shell variable that the script sets is its own.
            let after = if self == Self::Ruby {
                after.strip_prefix(b") {").map_or(after, |_| b" || block")
            } else {
                after
            };
            if self == Self::Shell && sets(text, &name) {
                continue;
            }
            // What is put together from a piece and something else has another name.
            if text[open.clone()].trim_ascii_start().starts_with(b"+") {
                continue;
            }
            let need = decide(style, before, &text[open], after).map(|need| match need {
                Need::Required if self == Self::Python && is_looked_for(text, &name) => Need::Optional,
                need => need,
            });
            found.extend(need.map(|need| (whole.start(), name.into(), need, self)));
        }
    }

    fn is_comment(self, before: &[u8]) -> bool {
        let line = before.trim_ascii_start();
        match self {
            Self::Python | Self::Streamlit | Self::Ruby | Self::Shell | Self::Elixir | Self::Compose => {
                line.starts_with(b"#")
            }
            _ => line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*"),
        }
    }
}

const STREAMLIT_METHODS: &[&[u8]] = &[
    b"get",
    b"items",
    b"keys",
    b"values",
    b"to_dict",
    b"load_if_toml_exists",
    b"has_key",
];

fn build(shape: &Shape) -> Option<(Regex, Style)> {
    Some((Regex::new(&format!("(?-u){}", shape.0)).ok()?, shape.1))
}

/// Tells whether a Python file asks whether there is a variable, for instead of stopping it then goes another way.
fn is_looked_for(text: &[u8], name: &[u8]) -> bool {
    let asks = |quote: &[u8]| text.contains_str([quote, name, quote, b" in os.environ"].concat());
    asks(b"\"") || asks(b"'")
}

/// Tells whether a script sets a variable itself.
fn sets(text: &[u8], name: &[u8]) -> bool {
    let assignment = [name, b"="].concat();
    text.find_iter(&assignment)
        .any(|at| at == 0 || b" \t\n;".contains(&text[at - 1]))
}

/// Tells whether a file stands aside of what is run: a test, an example, documentation, other people's code.
pub fn is_aside(path: &BStr) -> bool {
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "testing",
        "testing_support",
        "__tests__",
        "spec",
        "specs",
        "e2e",
        "cypress",
        "playwright",
        "fixtures",
        "testdata",
        "examples",
        "example",
        "docs",
        "doc",
        "benches",
        "benchmarks",
        "vendor",
        "third_party",
        "node_modules",
        "samples",
        "sample_data",
        "demo",
        "__mocks__",
        "mocks",
        "stories",
        ".storybook",
        ".github",
        "storybook",
        ".devcontainer",
        ".vitepress",
    ];
    let path = path.to_str_lossy().to_ascii_lowercase();
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    let is_test = name.starts_with("test_")
        || name.starts_with("conftest")
        || ["_test.", ".test.", ".spec.", "_spec.", ".stories.", "-test.", ".e2e."]
            .iter()
            .any(|mark| name.contains(mark))
        || ["jest.", "vitest.", "playwright.", "cypress."]
            .iter()
            .any(|tool| name.starts_with(tool));
    let is_example = [".example", ".sample", ".dist"].iter().any(|mark| name.ends_with(mark))
        || [".example.", ".sample."].iter().any(|mark| name.contains(mark));
    // The values with which a chart is tried out, by the convention of Helm's own tool for it.
    let is_trial = name.ends_with("-values.yaml") && parts.clone().next() == Some("ci");
    let is_document = [".md", ".mdx", ".rst", ".adoc", ".html"]
        .iter()
        .any(|ending| name.ends_with(ending))
        || name.starts_with("docusaurus.config.");
    is_test || is_example || is_trial || is_document || parts.any(|part| FOLDERS.contains(&part))
}

#[cfg(test)]
mod tests {
    use crate::lookup::{Fallback, Need, find};

    const LITERAL: Need = Need::Fallback(Fallback::Literal);

    fn names(path: &str, text: &str) -> Vec<(String, Need)> {
        let found = find(path.into(), text.as_bytes());
        found
            .into_iter()
            .map(|lookup| (lookup.name.to_string(), lookup.need))
            .collect()
    }

    #[track_caller]
    fn assert_reads(path: &str, text: &str, expected: &[(&str, Need)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, need)| ((*name).to_owned(), *need))
            .collect();
        assert_eq!(names(path, text), expected, "{text}");
    }

    #[test]
    fn python_reads_in_many_ways() {
        let text = "a = os.environ['A1']\nb = os.getenv(\"B1\")\nc = os.environ.get('C1', 'dev')\n# os.environ['D1']\n\
                    os.environ['E1'] = 'x'\nif os.getenv('F1'):\n    pass\nif 'G1' in os.environ:\n    g = os.environ['G1']\n\
                    h = os.environ.get('H_' + name)\n";
        let expected = [
            ("A1", Need::Required),
            ("B1", Need::Unchecked),
            ("C1", LITERAL),
            ("F1", Need::Optional),
            ("G1", Need::Optional),
            ("G1", Need::Optional),
        ];
        assert_reads("app.py", text, &expected);
        let text = "from decouple import config\nA = config('A1')\nB = config('B1', default='x')\nC = config('C1', cast=bool)\n";
        assert_reads(
            "s.py",
            text,
            &[("A1", Need::Required), ("B1", LITERAL), ("C1", Need::Required)],
        );
        let text = "import environ\nenv = environ.Env()\nA = env('A1')\nB = env.int('B1', default=3)\n";
        let number = Need::Fallback(Fallback::Expression);
        assert_reads("s.py", text, &[("A1", Need::Required), ("B1", number)]);
    }

    #[test]
    fn streamlit_reads_its_own_file() {
        let text = "a = st.secrets['db']['password']\nb = st.secrets.token\nc = st.secrets.get('d', 'x')\n";
        let expected = [
            ("db.password", Need::Required),
            ("token", Need::Required),
            ("d", LITERAL),
        ];
        assert_reads("app.py", text, &expected);
    }

    #[test]
    fn javascript_reads_by_name_and_by_index() {
        let text = "const a = process.env.A1;\nconst b = process.env['B1'] || 'x'\nif (!process.env.C1) {}\n\
                    const d = import.meta.env.D1!\nprocess.env.E1 = 'x'\nconst f = process.env.F1 === '1'\n";
        let expected = [
            ("A1", Need::Unchecked),
            ("B1", LITERAL),
            ("C1", Need::Optional),
            ("D1", Need::Required),
            ("F1", Need::Optional),
        ];
        assert_reads("a.tsx", text, &expected);
    }

    #[test]
    fn the_others_read_as_they_do() {
        let ruby = "a = ENV['A1']\nb = ENV.fetch('B1')\nc = ENV.fetch(\"C1\", 'x')\nd = ENV.fetch('D1') { 5 }\ne = ENV['E1'] || 'x'\n";
        let block = Need::Fallback(Fallback::Expression);
        let expected = [
            ("A1", Need::Unchecked),
            ("B1", Need::Required),
            ("C1", LITERAL),
            ("D1", block),
            ("E1", LITERAL),
        ];
        assert_reads("a.rb", ruby, &expected);
        let go = "a := os.Getenv(\"A1\")\nb, ok := os.LookupEnv(\"B1\")\ntype C struct {\n X string `env:\"C1,required\"`\n}\n";
        assert_reads(
            "a.go",
            go,
            &[("A1", Need::Unchecked), ("B1", Need::Optional), ("C1", Need::Required)],
        );
        assert_reads("A.java", "var a = System.getenv(\"A1\");", &[("A1", Need::Unchecked)]);
        let rust = "let a = env!(\"A1\");\nlet b = std::env::var(\"B1\").unwrap();\nlet c = env::var(\"C1\").unwrap_or(\"x\".into());\n";
        assert_reads(
            "a.rs",
            rust,
            &[("A1", Need::Required), ("B1", Need::Required), ("C1", LITERAL)],
        );
        assert_reads(
            "a.php",
            "<?php $a = env('A1', 'x'); $b = $_ENV['B1'];",
            &[("A1", LITERAL), ("B1", Need::Unchecked)],
        );
        assert_reads(
            "a.sh",
            ": \"${A1:?set it}\"\nB1=1\necho ${B1:?}\n",
            &[("A1", Need::Required)],
        );
        assert_reads("schema.prisma", "url = env(\"A1\")", &[("A1", Need::Required)]);
    }
}
