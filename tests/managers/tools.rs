//! The managers and our packages, installed once for all tests of this binary.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rustix::fs::FlockOperation;

use crate::sandbox::Sandbox;

const FROM_PYPI: &[&str] = &[
    "pre-commit==4.7.0",
    "prek==0.5.11",
    "lefthook==2.2.2",
    "maturin==1.16.0",
    "uv==0.13.8",
];
const RAY: &str = "ray==2.60.0";
const FROM_NPM: &[&str] = &["husky@9.1.7"];

/// Variables by which a machine says how its registries are reached; the sandbox forgets all others.
const WAY_OUT: &[&str] = &[
    "PIP_",
    "UV_",
    "SSL_CERT",
    "NODE_EXTRA_CA",
    "NPM_CONFIG_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// Where the managers are, or `None` where there are no registries.
pub fn tools() -> Option<&'static Path> {
    static TOOLS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let tools = TOOLS.get_or_init(|| env::var_os("KEYFENCE_SKIP_MANAGERS").is_none().then(install));
    tools.as_deref()
}

/// A Python that has Ray, or `None` where there are no registries.
pub fn python_with_ray() -> Option<PathBuf> {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    tools()?;
    Some(PYTHON.get_or_init(install_ray).clone())
}

/// The folder of our own wheel and npm packages, built by the script that builds them for everybody.
pub fn packages() -> &'static Path {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(build)
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("managers")
}

/// Waits until no other process of this binary works on the same; nextest gives each test one of its own.
fn alone(what: &str) -> File {
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{what}.lock"))).unwrap();
    rustix::fs::flock(&lock, FlockOperation::LockExclusive).unwrap();
    lock
}

fn install() -> PathBuf {
    let _alone = alone("managers");
    let home = home();
    let done = home.join("installed");
    let wanted = [FROM_PYPI, FROM_NPM].concat().join("\n");
    if fs::read_to_string(&done).is_ok_and(|known| known == wanted) {
        return home;
    }
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    run("python3", &[&["-m", "venv", "venv"]], &home);
    run(
        "venv/bin/python",
        &[&["-m", "pip", "install", "--quiet"], FROM_PYPI],
        &home,
    );
    fs::write(home.join("package.json"), "{ \"private\": true }\n").unwrap();
    run("npm", &[&["install", "--no-audit", "--no-fund"], FROM_NPM], &home);
    fs::write(&done, wanted).unwrap();
    home
}

fn install_ray() -> PathBuf {
    let _alone = alone("ray");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ray");
    let python = home.join("venv/bin/python");
    let done = home.join("installed");
    if fs::read_to_string(&done).is_ok_and(|known| known == RAY) {
        return python;
    }
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    run("python3", &[&["-m", "venv", "venv"]], &home);
    run(&python, &[&["-m", "pip", "install", "--quiet", RAY]], &home);
    fs::write(&done, RAY).unwrap();
    python
}

fn build() -> PathBuf {
    let home = tools().unwrap();
    let _alone = alone("packages");
    let out = home.join("packages");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (done, wanted) = (home.join("packaged"), state(root));
    if fs::read_to_string(&done).is_ok_and(|known| known == wanted) {
        return out;
    }
    let _ = fs::remove_file(&done);
    let _ = fs::remove_dir_all(&out);
    let maturin = home.join("venv/bin/maturin");
    let args = [
        "--profile",
        "dev",
        "--platforms",
        &here(),
        "--out",
        out.to_str().unwrap(),
        "--maturin",
        maturin.to_str().unwrap(),
    ];
    run(root.join(".packaging/build"), &[&args], root);
    fs::write(&done, wanted).unwrap();
    out
}

/// What packages are made of: the program, as new as the tests' own, and the scripts.
fn state(root: &Path) -> String {
    let parts = ["build", "target.py", "npm/keyfence.js", "wheel/pyproject.toml"];
    let parts = parts.map(|part| root.join(".packaging").join(part));
    let times = [PathBuf::from(env!("CARGO_BIN_EXE_keyfence"))].into_iter().chain(parts);
    let times = times.map(|path| format!("{:?}", fs::metadata(path).unwrap().modified().unwrap()));
    times.collect::<Vec<_>>().join("\n")
}

/// This platform, as Node names it.
pub fn here() -> String {
    let said = Command::new("node")
        .args(["-p", "`${process.platform}-${process.arch}`"])
        .output()
        .unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[track_caller]
fn run(program: impl AsRef<std::ffi::OsStr>, args: &[&[&str]], folder: &Path) {
    let program = program.as_ref();
    let local = folder.join(program);
    let program = if local.exists() { local.as_os_str() } else { program };
    let said = Command::new(program)
        .args(args.concat())
        .current_dir(folder)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    assert!(said.status.success(), "{}: {out}{err}", program.display());
}

/// A repository in which the managers are on the PATH, and keyfence too where it is asked for.
pub fn sandbox(has_keyfence: bool) -> Option<Sandbox> {
    let tools = tools()?;
    let mut sandbox = Sandbox::new();
    let mut path = vec![tools.join("venv/bin"), tools.join("node_modules/.bin")];
    if has_keyfence {
        path.push(Path::new(env!("CARGO_BIN_EXE_keyfence")).parent().unwrap().to_owned());
    }
    path.extend(env::split_paths(&env::var_os("PATH").unwrap()));
    sandbox.set("PATH", env::join_paths(path).unwrap().to_str().unwrap());
    for (name, value) in env::vars() {
        if WAY_OUT.iter().any(|start| name.to_uppercase().starts_with(start)) {
            sandbox.set(&name, &value);
        }
    }
    let known = env::var("PIP_FIND_LINKS").unwrap_or_default();
    let wheels = tools.join("packages").display().to_string();
    sandbox.set("PIP_FIND_LINKS", format!("{known} {wheels}").trim());
    sandbox.set("UV_FIND_LINKS", &wheels);
    let cache = |name: &str| sandbox.beside(name).display().to_string();
    let homes = [("PRE_COMMIT_HOME", cache("framework")), ("PREK_HOME", cache("prek"))];
    homes.iter().for_each(|(name, value)| sandbox.set(name, value));
    Some(sandbox)
}

/// Sees a staged key refused and a clean commit made.
#[track_caller]
pub fn assert_guards(sandbox: &Sandbox) {
    sandbox.write("app.py", "print('hello')\n");
    sandbox.git(&["add", "app.py"]);
    sandbox.git(&["commit", "-m", "clean"]);
    sandbox.write("leak.sh", &crate::sandbox::leak());
    sandbox.git(&["add", "leak.sh"]);
    sandbox
        .try_git(&["commit", "-m", "leak"])
        .expect(1)
        .says("leak.sh")
        .says("This commit is blocked");
    sandbox.git(&["rm", "-q", "--cached", "leak.sh"]);
    fs::remove_file(sandbox.path("leak.sh")).unwrap();
    sandbox.write("app.py", "print('good bye')\n");
    sandbox.git(&["commit", "-a", "-m", "clean again"]);
}
