//! `keyfence template`: what may stand in a template, and how one is written without a value in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::Sandbox;

/// A value that nobody should see again, put together here so that it stands nowhere.
fn value() -> String {
    ["kX3vB7qLw2", "Zt9RmPcY5d"].concat()
}

fn dotenv() -> String {
    let value = value();
    format!(
        "# Where the database is\nDB_HOST=localhost\nexport DB_PORT=5432 # the usual one\nDB_PASSWORD=hun{}  # rotate me\n\n\
         # Payments\n# old: {value}\nSTRIPE_KEY='{value}'\n#OLD_TOKEN={value}\nADMIN=ann@example.com\n",
        "ter-72"
    )
}

#[test]
fn a_template_is_made_of_names_and_harmless_values_only() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", &dotenv());
    let said = sandbox.keyfence(&["template", "sync"]).expect(0);
    insta::assert_snapshot!(said.out, @r"
    .env.example would become:
      +# Where the database is
      +DB_HOST=localhost
      +# the usual one
      +export DB_PORT=5432
      +# rotate me
      +DB_PASSWORD=
      +
      +# Payments
      +STRIPE_KEY=
      +#OLD_TOKEN=
      +ADMIN=
      left out, for a value may stand there: .env line 7
    Nothing was written; `keyfence template sync --write` does so.
    ");
    assert!(!sandbox.path(".env.example").exists());
    sandbox
        .keyfence(&["template", "sync", "--write"])
        .expect(0)
        .says("was made");
    let template = sandbox.read(".env.example");
    assert!(
        !template.contains(&value()) && template.ends_with("STRIPE_KEY=\n#OLD_TOKEN=\nADMIN=\n"),
        "{template}"
    );
    sandbox
        .keyfence(&["template", "check"])
        .expect(0)
        .says("holds no value, and every name");
    sandbox
        .keyfence(&["template", "sync"])
        .expect(0)
        .says(".env.example is in step.");
    assert_eq!(sandbox.read(".env"), dotenv());
}

#[test]
fn a_template_that_is_there_keeps_its_own_and_gets_what_it_lacks() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", &format!("A=1\n# for mail\nMAIL_TOKEN={}\nB=2\n", value()));
    let template = sandbox.write(
        ".env.sample",
        "\u{feff}# ours\r\nA=here\r\nB=\r\nC_SECRET=your-secret\r\n",
    );
    fs::set_permissions(&template, fs::Permissions::from_mode(0o640)).unwrap();
    let said = sandbox.keyfence(&["template", "sync", "--write"]).expect(0);
    insta::assert_snapshot!(said.out, @r"
    .env.sample was changed:
       # ours
       A=here
      +# for mail
      +MAIL_TOKEN=
       B=
       C_SECRET=your-secret
    ");
    let expected = "\u{feff}# ours\r\nA=here\r\n# for mail\r\nMAIL_TOKEN=\r\nB=\r\nC_SECRET=your-secret\r\n";
    assert_eq!(sandbox.read(".env.sample"), expected);
    assert_eq!(template.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_real_value_in_a_template_is_found_masked_and_taken_out() {
    let sandbox = Sandbox::new();
    sandbox.commit(
        ".env.example",
        &format!("API_TOKEN={}\nDB_PASSWORD=Rain{}\nDEBUG=true\n", value(), "7bow-Fox"),
    );
    let said = sandbox.keyfence(&["template", "check"]).expect(1);
    insta::assert_snapshot!(said.out, @r"
    .env.example
      API_TOKEN    holds a value that looks real: .env.example:1
      DB_PASSWORD  holds a value that looks real: .env.example:2
    ");
    let said = sandbox.keyfence(&["template", "sync", "--write"]).expect(0);
    insta::assert_snapshot!(said.out, @r"
    .env.example was changed:
      -API_TOKEN=kX…(20)
      -DB_PASSWORD=…(12)
      +API_TOKEN=
      +DB_PASSWORD=
       DEBUG=true
    ");
    assert_eq!(sandbox.read(".env.example"), "API_TOKEN=\nDB_PASSWORD=\nDEBUG=true\n");
}

#[test]
fn a_secret_s_name_with_a_value_that_is_neither_empty_nor_a_placeholder_is_named() {
    let sandbox = Sandbox::new();
    // Too short for a rule to find: what tells is the name.
    for (path, text) in [
        (
            ".env.example",
            "API_TOKEN=ab1\nPORT=80\n#OLD_PASSWORD=cd2\nA_SECRET=\nB_SECRET=changeme\nC_SECRET=<secret>\n",
        ),
        (
            "secrets.py.template",
            "API_TOKEN = 'ab1'\nPORT = 80\nDB = {'password': 'cd2'}\nA_SECRET = ''\n",
        ),
        (
            ".streamlit/secrets.toml.example",
            "title = \"x\"\n[db]\npassword = \"ab1\"\ntoken = \"your-token\"\n",
        ),
        (
            "terraform.tfvars.example",
            "region = \"eu-west-1\"\ndb_password = \"ab1\"\napi_token = \"\"\n",
        ),
    ] {
        sandbox.commit(path, text);
    }
    let said = sandbox.keyfence(&["template", "check"]).expect(1);
    insta::assert_snapshot!(said.out, @r"
    .env.example
      API_TOKEN     is neither empty nor a placeholder: .env.example:1
      OLD_PASSWORD  is neither empty nor a placeholder: .env.example:3
    .streamlit/secrets.toml.example
      db.password  is neither empty nor a placeholder: .streamlit/secrets.toml.example:3
    secrets.py.template
      API_TOKEN  is neither empty nor a placeholder: secrets.py.template:1
      password   is neither empty nor a placeholder: secrets.py.template:3
    terraform.tfvars.example
      db_password  is neither empty nor a placeholder: terraform.tfvars.example:2
    ");
}

#[test]
fn names_that_the_code_reads_belong_into_the_template() {
    let sandbox = Sandbox::new();
    sandbox.commit(".env.example", "PORT=8080\n");
    sandbox.write(
        "app/settings.py",
        "import os\nKEY = os.environ['STRIPE_KEY']\nHOME = os.environ['HOME']\nLEVEL = os.getenv('LEVEL', 'info')\n",
    );
    sandbox.write("tests/test_app.py", "import os\nX = os.environ['TEST_ONLY']\n");
    sandbox.write(
        "docker-compose.yml",
        "services:\n  db:\n    image: postgres:${PG_VERSION:-16}\n    user: ${DB_USER}\n",
    );
    let said = sandbox.keyfence(&["template", "check"]).expect(1);
    insta::assert_snapshot!(said.out, @r"
    .env.example
      STRIPE_KEY  is missing: app/settings.py:2 reads it
      DB_USER     is missing: docker-compose.yml:4 reads it
    ");
    sandbox.keyfence(&["template", "sync", "--write"]).expect(0);
    let expected = "PORT=8080\n\n# Read by app/settings.py.\nSTRIPE_KEY=\n\n# Read by docker-compose.yml.\nDB_USER=\n";
    assert_eq!(sandbox.read(".env.example"), expected);
    sandbox.keyfence(&["template", "check"]).expect(0);
}

#[test]
fn other_files_of_values_have_templates_too() {
    let sandbox = Sandbox::new();
    let value = value();
    sandbox.write(".gitignore", "secrets.toml\nsecrets.py\n*.tfvars\n");
    sandbox.write(
        ".streamlit/secrets.toml",
        &format!("debug = true\n[db]\n# the server\nhost = \"db.acme.internal\"\npassword = \"{value}\" # theirs\n"),
    );
    sandbox.write(
        "secrets.py",
        &format!("import os\nTOKEN = '{value}'\nDB = {{'password': \"{value}\", 'port': 5432}}\n"),
    );
    sandbox.write(
        "infra/terraform.tfvars",
        &format!("region = \"eu-west-1\"\ndb_password = \"{value}\"\nkey = <<EOT\n{value}\nEOT\n"),
    );
    sandbox.keyfence(&["template", "sync", "--write"]).expect(0);
    assert_eq!(
        sandbox.read(".streamlit/secrets.toml.example"),
        "debug = true\n[db]\n# the server\nhost = \"\"\npassword = \"\" # theirs\n"
    );
    assert_eq!(
        sandbox.read("secrets.py.template"),
        "import os\nTOKEN = \"\"\nDB = {'password': \"\", 'port': 5432}\n"
    );
    assert_eq!(
        sandbox.read("infra/terraform.tfvars.example"),
        "region = \"eu-west-1\"\ndb_password = \"\"\nkey = \"\"\n"
    );
    sandbox.keyfence(&["template", "check"]).expect(0);
    // A new name finds its section.
    sandbox.write(
        ".streamlit/secrets.toml",
        "[db]\npassword = \"x\"\n[mail]\ntoken = \"y\"\n",
    );
    sandbox
        .keyfence(&["template", "sync", ".streamlit/secrets.toml.example", "--write"])
        .expect(0);
    assert!(
        sandbox
            .read(".streamlit/secrets.toml.example")
            .ends_with("\n[mail]\ntoken = \"\"\n")
    );
}

#[test]
fn a_template_that_git_ignores_is_told_of() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "\n.env*\n");
    sandbox.write(".env", "A=1\n");
    let said = sandbox.keyfence(&["template", "sync", "--write"]).expect(0);
    insta::assert_snapshot!(said.err, @r"
    warning: git ignores .env.example (.gitignore:2), so nobody gets it.
    hint: write `!.env.example` below that line.
    ");
}

#[test]
fn the_answer_for_programs_is_stable() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", "A=1\nB=2\n");
    sandbox.commit(".env.example", "A=\nC=\n");
    let said = sandbox.keyfence(&["template", "check", "--format", "json"]).expect(1);
    insta::assert_snapshot!(said.out, @r#"
    {
      "templates": [
        {
          "exists": true,
          "problems": [
            {
              "kind": "missing",
              "line": 2,
              "name": "B",
              "path": ".env"
            },
            {
              "kind": "not-set",
              "line": 2,
              "name": "C",
              "path": ".env.example"
            }
          ],
          "source": ".env",
          "template": ".env.example"
        }
      ],
      "version": 1
    }
    "#);
    for args in [
        ["check", "other.txt"],
        ["check", "b/.env.example"],
        ["sync", "other.txt"],
    ] {
        sandbox
            .keyfence(&[&["template"], &args[..]].concat())
            .expect(2)
            .says("is no template of this project");
    }
    sandbox
        .keyfence(&["template", "check", "other.txt"])
        .expect(2)
        .says("is no template of this project");
}

#[test]
fn what_a_test_reads_is_a_part_of_the_test() {
    let sandbox = Sandbox::new();
    sandbox.commit("tests/fixtures/.env.example", "API_TOKEN=ab1\n");
    sandbox.commit("tests/.env", "API_TOKEN=ab1\n");
    sandbox
        .keyfence(&["template", "check"])
        .expect(0)
        .says("There is no template here");
}

#[test]
fn a_project_without_settings_has_nothing_to_check() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "x\n");
    let said = sandbox.keyfence(&["template", "check"]).expect(0);
    insta::assert_snapshot!(said.out, @"There is no template here, and no file of values that needs one.");
}
