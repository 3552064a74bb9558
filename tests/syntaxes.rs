//! One sample for each syntax in which people assign a secret, and for each way in which they write one in pieces.
//!
//! `◆` stands for a token and `◇` for a password, `◐◑` and `◖◗` for their halves; all are put in here, so that this file
//! holds none of them.

use std::borrow::Cow;
use std::sync::LazyLock;

use bstr::{BStr, ByteSlice};
use keyfence::model::{Blob, Finding, Kind, Nature, Origin, Scope};
use keyfence::{Engine, EngineSettings, RuleSet};

static ENGINE: LazyLock<Option<Engine>> =
    LazyLock::new(|| Engine::new(&RuleSet::builtin(), &EngineSettings::default()).ok());

/// A token, in two halves of which neither is one.
const TOKEN: [&str; 2] = ["kq8Zt4vPw7xQ", "2mR9sT1kLb3NdE5f"];
const PASSWORD: [&str; 2] = ["Rain7b", "ow-Fox"];

fn filled(text: &str) -> String {
    let halves = [("◐", TOKEN[0]), ("◑", TOKEN[1]), ("◖", PASSWORD[0]), ("◗", PASSWORD[1])];
    let whole = text.replace('◆', "◐◑").replace('◇', "◖◗");
    halves.iter().fold(whole, |text, (mark, half)| text.replace(mark, half))
}

fn blob<'b>(path: &'b str, text: &'b str) -> Blob<'b> {
    Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(BStr::new(path)),
        bytes: Cow::Borrowed(text.as_bytes()),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    }
}

fn scan(path: &str, text: &str) -> Vec<Finding> {
    let judged = ENGINE
        .iter()
        .flat_map(|engine| engine.scan_blob(&blob(path, text)).judged);
    judged.map(|judged| judged.finding).collect()
}

/// Returns the samples in which the token or the password is not found as such.
fn missed<'s>(samples: &[(&str, &'s str)]) -> Vec<&'s str> {
    let is_missed = |(path, text): &&(&str, &str)| {
        let (token, password) = (TOKEN.concat(), PASSWORD.concat());
        let holds = |finding: &Finding| {
            let value = finding.secret.expose();
            value.contains_str(&token) || value.contains_str(&password)
        };
        !scan(path, &filled(text)).iter().any(holds)
    };
    samples.iter().filter(is_missed).map(|(_, text)| *text).collect()
}

#[track_caller]
fn all_are_found(samples: &[(&str, &str)]) {
    let missed = missed(samples);
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_a_comment_calls_an_example_is_found_with_low_confidence() {
    let text = filled("/**\n * Example:\n * api_token = \"◆\"\n */\n");
    assert!(scan("a.java", &text).is_empty());
    let settings = EngineSettings {
        min_confidence: keyfence::model::Confidence::Low,
        ..EngineSettings::default()
    };
    let engine = Engine::new(&RuleSet::builtin(), &settings).ok();
    let found = engine
        .iter()
        .map(|engine| engine.scan_blob(&blob("a.java", &text)).judged.len());
    assert_eq!(found.sum::<usize>(), 1);
}

#[test]
fn code_of_every_language() {
    all_are_found(&[
        ("a.py", "API_TOKEN = \"◆\""),
        ("a.py", "    self.db_password: str = '◇'"),
        ("a.py", "client = Client(api_key=\"◆\", timeout=3)"),
        ("a.py", "config = {'password': '◇', 'user': 'ada'}"),
        ("a.py", "headers[\"X-Api-Key\"] = \"◆\""),
        ("a.py", "os.environ[\"DB_PASSWORD\"] = \"◇\""),
        ("a.py", "if password == \"◇\":"),
        ("a.js", "const apiToken = '◆';"),
        ("a.js", "module.exports = { dbPassword: `◇` };"),
        ("a.ts", "private readonly apiToken: string = \"◆\";"),
        ("a.ts", "export const API_SECRET = \"◆\" as const;"),
        ("a.tsx", "<Client apiKey=\"◆\" />"),
        ("a.go", "const apiToken = \"◆\""),
        ("a.go", "\tpassword := \"◇\""),
        ("a.go", "var apiToken string = \"◆\""),
        ("a.go", "\tPassword: \"◇\","),
        ("A.java", "private static final String API_TOKEN = \"◆\";"),
        ("A.java", "ds.setPassword(\"◇\");"),
        ("A.java", "props.put(\"db.password\", \"◇\");"),
        ("A.kt", "const val API_TOKEN = \"◆\""),
        ("A.kt", "val password: String = \"◇\""),
        ("A.cs", "private const string ApiToken = \"◆\";"),
        ("A.cs", "Password = @\"◇\";"),
        ("a.c", "static const char *api_token = \"◆\";"),
        ("a.c", "char password[] = \"◇\";"),
        ("a.c", "#define API_TOKEN \"◆\""),
        ("a.cpp", "const std::string apiToken{\"◆\"};"),
        ("a.cpp", "std::string password(\"◇\");"),
        ("a.rs", "const API_TOKEN: &str = \"◆\";"),
        ("a.rs", "let password = String::from(\"◇\");"),
        ("a.rb", "API_TOKEN = '◆'.freeze"),
        ("a.rb", ":password => '◇',"),
        ("a.rb", "password: '◇'"),
        ("a.php", "$api_token = '◆';"),
        ("a.php", "define('DB_PASSWORD', '◇');"),
        ("a.php", "'password' => '◇',"),
        ("a.swift", "let apiToken: String = \"◆\""),
        ("a.scala", "val apiToken = \"◆\""),
        ("a.pl", "my $password = '◇';"),
        ("a.pl", "api_token => '◆',"),
        ("a.lua", "local api_token = \"◆\""),
        ("a.lua", "config[\"password\"] = \"◇\""),
        ("a.r", "api_token <- \"◆\""),
        ("a.r", "Sys.setenv(API_TOKEN = \"◆\")"),
        ("a.dart", "static const String apiToken = '◆';"),
        ("a.ps1", "$ApiToken = \"◆\""),
        ("a.ps1", "$env:DB_PASSWORD = '◇'"),
        ("a.ps1", "Connect-Thing -Password '◇' -User ada"),
        ("a.sh", "export API_TOKEN=◆"),
        ("a.sh", "DB_PASSWORD='◇' ./run"),
        ("a.fish", "set -x API_TOKEN ◆"),
        ("a.bat", "set API_TOKEN=◆"),
        ("a.ex", "@api_token \"◆\""),
        ("a.exs", "config :app, api_token: \"◆\""),
        ("a.groovy", "def apiToken = '◆'"),
        ("build.gradle", "    password \"◇\""),
        ("a.m", "NSString *const kApiToken = @\"◆\";"),
        ("a.vb", "Dim password As String = \"◇\""),
        ("a.fs", "let apiToken = \"◆\""),
        ("a.hs", "apiToken = \"◆\""),
        ("a.clj", "(def api-token \"◆\")"),
        ("a.clj", "{:password \"◇\"}"),
        ("a.erl", "{api_token, \"◆\"}."),
        ("a.jl", "const API_TOKEN = \"◆\""),
        ("a.vue", "apiToken: '◆',"),
        ("a.coffee", "apiToken = '◆'"),
        ("a.tcl", "set api_token \"◆\""),
    ]);
}

#[test]
fn files_of_settings() {
    all_are_found(&[
        (".env", "API_TOKEN=◆"),
        (".env", "export DB_PASSWORD=\"◇\""),
        ("a.ini", "[db]\npassword = ◇"),
        ("a.properties", "db.password=◇"),
        ("a.properties", "api.token: ◆"),
        ("a.yaml", "api_token: ◆"),
        ("a.yaml", "password: \"◇\""),
        ("a.yaml", "password: >-\n  ◇"),
        ("a.yaml", "- {name: x, password: '◇'}"),
        ("a.json", "{\"api_token\": \"◆\"}"),
        ("a.json", "{\"body\": \"{\\\"password\\\": \\\"◇\\\"}\"}"),
        ("a.json", "{\"env\": [{\"name\": \"API_TOKEN\", \"value\": \"◆\"}]}"),
        ("a.toml", "password = \"◇\""),
        ("a.toml", "db = { password = '◇', user = 'x' }"),
        ("a.xml", "<password>◇</password>"),
        ("a.xml", "<bean password=\"◇\" user=\"ada\"/>"),
        ("a.xml", "<property name=\"db.password\" value=\"◇\"/>"),
        ("a.xml", "<property name=\"password\">◇</property>"),
        ("web.config", "<add key=\"ApiToken\" value=\"◆\" />"),
        ("a.plist", "<key>ApiToken</key>\n<string>◆</string>"),
        ("a.tf", "  password = \"◇\""),
        ("a.tf", "variable \"db_password\" {\n  default = \"◇\"\n}"),
        ("a.tfvars", "db_password = \"◇\""),
        ("a.hcl", "api_token = \"◆\""),
        (
            "settings.xml",
            "<server><username>x</username><password>◇</password></server>",
        ),
        ("a.conf", "password ◇"),
        ("a.conf", "requirepass ◇"),
    ]);
}

#[test]
fn images_clusters_and_pipelines() {
    all_are_found(&[
        ("Dockerfile", "ENV API_TOKEN=◆"),
        ("Dockerfile", "ENV API_TOKEN ◆"),
        ("Dockerfile", "ARG DB_PASSWORD=◇"),
        ("Dockerfile", "ENV A=b \\\n    API_TOKEN=◆"),
        ("Dockerfile", "RUN echo \"password=◇\" > /etc/x"),
        ("compose.yaml", "    environment:\n      - API_TOKEN=◆"),
        ("compose.yaml", "    environment:\n      DB_PASSWORD: ◇"),
        ("k8s.yaml", "kind: Secret\nstringData:\n  password: ◇"),
        ("k8s.yaml", "env:\n  - name: API_TOKEN\n    value: ◆"),
        ("k8s.yaml", "env:\n  - name: API_TOKEN\n    value: \"◆\""),
        (".github/workflows/a.yml", "env:\n  API_TOKEN: ◆"),
        (".github/workflows/a.yml", "      - run: export API_TOKEN=◆ && make"),
        (".github/workflows/a.yml", "        with:\n          password: '◇'"),
        (".gitlab-ci.yml", "variables:\n  API_TOKEN: \"◆\""),
        (".circleci/config.yml", "    environment:\n      API_TOKEN: ◆"),
        ("azure-pipelines.yml", "variables:\n- name: apiToken\n  value: ◆"),
        ("azure-pipelines.yml", "variables:\n  apiToken: '◆'"),
        (".travis.yml", "env:\n  global:\n    - API_TOKEN=◆"),
        ("Jenkinsfile", "environment {\n  API_TOKEN = '◆'\n}"),
        ("Makefile", "API_TOKEN := ◆"),
        ("Makefile", "\tAPI_TOKEN=◆ ./run"),
        ("values.yaml", "postgresql:\n  auth:\n    password: ◇"),
        ("a.service", "Environment=API_TOKEN=◆"),
        ("a.service", "Environment=\"DB_PASSWORD=◇\""),
    ]);
}

#[test]
fn commands_and_protocols() {
    all_are_found(&[
        ("a.sql", "CREATE USER ada IDENTIFIED BY '◇';"),
        ("a.sql", "ALTER ROLE ada WITH PASSWORD '◇';"),
        (
            "a.sql",
            "CREATE USER 'a'@'%' IDENTIFIED WITH mysql_native_password BY '◇';",
        ),
        ("a.sh", "PGPASSWORD=◇ psql -h db"),
        ("a.sh", "mysql -u root -p'◇' shop"),
        ("a.sh", "tool --password ◇ --user ada"),
        ("a.sh", "tool --api-token=◆"),
        ("a.sh", "curl -u ada:◇ https://example.org"),
        ("a.sh", "curl -H \"Authorization: Bearer ◆\" https://example.org"),
        ("a.sh", "curl -H 'X-Api-Key: ◆' https://example.org"),
        ("a.sh", "curl \"https://example.org/v1?access_token=◆&x=1\""),
        ("a.sh", "curl -d '{\"password\": \"◇\"}' https://example.org"),
        ("a.sh", "sshpass -p '◇' ssh host"),
        ("a.sh", "docker login -u ada -p ◇ registry.example.org"),
        ("a.http", "Authorization: Bearer ◆"),
        ("a.http", "Authorization: token ◆"),
        ("a.txt", "https://ada:◆@example.org/x"),
        ("a.py", "requests.get(\"https://example.org?api_key=◆\")"),
        ("a.py", "create_engine(\"postgresql://ada:◇@db.example.org/shop\")"),
        ("a.cs", "\"Server=db;User Id=ada;Password=◇;\""),
        ("A.java", "\"jdbc:mysql://db/shop?user=ada&password=◇\""),
        ("a.md", "The password is `◇`."),
    ]);
}

#[test]
fn strings_in_pieces() {
    all_are_found(&[
        ("a.py", "api_token = \"◐\" + \"◑\""),
        ("a.py", "api_token = (\n    \"◐\"\n    \"◑\"\n)"),
        ("a.py", "api_token = \"◐\" \\\n    \"◑\""),
        ("a.py", "api_token = \"\".join([\"◐\", \"◑\"])"),
        ("a.js", "const apiToken = '◐' + '◑';"),
        ("a.js", "const apiToken =\n  '◐' +\n  '◑';"),
        ("a.js", "const apiToken = '◐'.concat('◑');"),
        ("a.js", "const apiToken = `◐${'◑'}`;"),
        ("a.js", "const apiToken = ['◐', '◑'].join('');"),
        ("a.ts", "password: '◖' + // the rest\n  '◗',"),
        ("A.java", "String apiToken = \"◐\"\n    + \"◑\";"),
        ("A.cs", "var password = \"◖\" + \"◗\";"),
        ("a.go", "const apiToken = \"◐\" +\n\t\"◑\""),
        ("a.kt", "val apiToken = \"◐\" + \"◑\""),
        ("a.c", "const char *api_token = \"◐\"\n    \"◑\";"),
        ("a.m", "NSString *apiToken = @\"◐\" @\"◑\";"),
        ("a.rs", "const API_TOKEN: &str = concat!(\"◐\", \"◑\");"),
        ("a.rb", "api_token = '◐' '◑'"),
        ("a.php", "$api_token = '◐' . '◑';"),
        ("a.lua", "local api_token = \"◐\" .. \"◑\""),
        ("a.ex", "api_token = \"◐\" <> \"◑\""),
        ("a.r", "api_token <- paste0(\"◐\", \"◑\")"),
        ("a.sh", "export API_TOKEN=◐\\\n◑"),
        ("a.sh", "API_TOKEN='◐'\"◑\""),
        (".env", "API_TOKEN=◐\\\n◑"),
        ("a.properties", "api.token=◐\\\n    ◑"),
        ("Dockerfile", "ENV API_TOKEN=◐\\\n◑"),
        ("Makefile", "API_TOKEN = ◐\\\n◑"),
        ("Makefile", "API_TOKEN = \\\n  ◆"),
    ]);
}

#[test]
fn a_shape_is_found_though_it_is_cut_anywhere() {
    let token = "gl·pat-x8Zt4vPw7xQ2mR9sT1kL".replace('·', "");
    for cut in 1..token.len() {
        let text = format!("connect(\"{}\" +\n    \"{}\");\n", &token[..cut], &token[cut..]);
        let found = scan("a.js", &text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].secret.expose(), token.as_bytes());
        let place = found[0].location;
        assert_eq!((place.line, place.column, place.end_line), (1, 10, 2));
    }
}

#[test]
fn what_is_not_joined_by_the_program_makes_no_secret() {
    for (path, text) in [
        ("a.py", "api_token = \"◐\" + name + \"◑\""),
        ("a.js", "f('◐', '◑')"),
        ("a.js", "const words = ['◐', '◑'];"),
        ("a.js", "const hint = 'your password: ' + 'is asked for below';"),
        ("a.js", "const label = 'token' + '=' + 'value of the header';"),
        ("a.py", "help = (\n    \"the password \"\n    \"must be long\"\n)"),
        ("a.java", "log(\"password=\" + \"\");"),
        ("a.sh", "run --token \\\n  --verbose"),
        ("a.json", "{\"token\": \"a\", \"b\": \"c\"}"),
    ] {
        let found = scan(path, &filled(text));
        let is_joined = |finding: &Finding| finding.secret.expose().contains_str(TOKEN.concat());
        let holds_token = text.contains('◐');
        assert!(
            !found.iter().any(|finding| is_joined(finding) || !holds_token),
            "{text}: {found:?}"
        );
    }
}

/// A notebook of one cell of code, and what it printed.
fn notebook(code: &str, printed: &str) -> String {
    let lines = |text: &str| {
        let lines: Vec<String> = text.split_inclusive('\n').map(|line| format!("{line:?}")).collect();
        lines.join(",\n    ")
    };
    format!(
        "{{\n \"cells\": [\n  {{\"cell_type\": \"markdown\", \"source\": [\"# A\"]}},\n  {{\"cell_type\": \"code\",\n   \
         \"outputs\": [{{\"output_type\": \"stream\", \"text\": [{}]}}],\n   \"source\": [\n    {}\n   ]}}\n ],\n \
         \"nbformat\": 4\n}}\n",
        lines(printed),
        lines(code)
    )
}

#[test]
fn a_notebook_is_read_cell_by_cell() {
    for code in [
        "import os\napi_token = \"◆\"\n",
        "import os\nconfig = {\"password\": \"◇\"}\n",
        "import os\n!export API_TOKEN=◆\n",
        "import os\n%env API_TOKEN=◆\n",
        "import os\napi_token = (\"◐\"\n    \"◑\")\n",
    ] {
        let found = scan("a.ipynb", &notebook(&filled(code), "1\n"));
        let values = |finding: &Finding| {
            let value = finding.secret.expose();
            [TOKEN.concat(), PASSWORD.concat()]
                .iter()
                .any(|known| value == known.as_bytes())
        };
        assert!(found.iter().any(values), "{code}: {found:?}");
        let cells: Vec<_> = found.iter().filter_map(|finding| finding.cell).collect();
        assert!(
            cells
                .iter()
                .all(|cell| (cell.number, cell.line, cell.is_output) == (2, 2, false)),
            "{cells:?}"
        );
    }
}

#[test]
fn what_a_cell_printed_is_read() {
    let found = scan(
        "a.ipynb",
        &notebook("show()\n", &filled("ok\nlogged in\nAPI_TOKEN=◆\n")),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].cell.map(|cell| (cell.number, cell.line, cell.is_output)),
        Some((2, 3, true))
    );
    let text = notebook("show()\n", &filled("ok\nlogged in\nAPI_TOKEN=◆\n"));
    let line = text.lines().nth(found[0].location.line as usize - 1);
    assert!(
        line.is_some_and(|line| line.contains("API_TOKEN")),
        "the place is that of the file"
    );
}
