//! The HTML report in a real browser, headless: what it shows, what the filters do, and what an attack cannot.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{report, repository};

/// Finds Chromium, or installs it where this machine's packages can be installed.
fn chromium() -> &'static Path {
    static CHROMIUM: OnceLock<PathBuf> = OnceLock::new();
    CHROMIUM.get_or_init(|| {
        find().unwrap_or_else(|| {
            for args in [&["update", "-q"][..], &["install", "-q", "-y", "chromium"]] {
                let said = Command::new("apt-get").args(args).output();
                assert!(
                    said.is_ok_and(|said| said.status.success()),
                    "apt-get {args:?}: install chromium by hand"
                );
            }
            find().unwrap()
        })
    })
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let files = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// Opens a page and returns what the browser made of it, and what it complained about.
fn open(page: &Path, hash: &str, more: &[&str]) -> (String, String) {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(chromium())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
        ])
        .args(["--virtual-time-budget=2000", "--window-size=1200,1600"])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .args(more)
        .arg(format!("file://{}#{hash}", page.display()))
        .output()
        .unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (said(&output.stdout), said(&output.stderr))
}

fn dom(page: &Path, hash: &str) -> String {
    let (dom, complaints) = open(page, hash, &["--dump-dom"]);
    assert!(dom.contains("</html>"), "no page: {complaints}");
    assert!(!complaints.contains("CONSOLE"), "{complaints}");
    dom
}

/// Returns the rules of the rows that are shown, in their order.
fn shown(dom: &str) -> Vec<String> {
    let rows = dom.split("<tr data-severity=").skip(1);
    let open = rows
        .filter_map(|row| row.split_once('>'))
        .filter(|(tag, _)| !tag.contains("hidden"));
    let rule = |tag: &str| {
        tag.split_once("data-rule=\"")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    open.map(|(tag, _)| rule(tag)).collect()
}

#[test]
fn the_page_shows_the_findings_and_when_they_came_in() {
    let sandbox = repository("Ada", "app");
    let page = report(&sandbox, "html");
    let dom = dom(&page, "");
    assert_eq!(shown(&dom), ["github-pat", "generic-password", "dotenv-file"]);
    for words in [
        "3 of 3",
        "When they came in",
        "app/new.sh",
        "Incomplete: 1 could not be read",
        "lost.txt",
        "Ada",
    ] {
        assert!(dom.contains(words), "{words}: {dom}");
    }
    assert!(dom.contains("<g data-day=\""), "no timeline: {dom}");
}

#[test]
fn the_address_filters_and_sorts() {
    let sandbox = repository("Ada", "app");
    let page = report(&sandbox, "html");
    let first = shown(&dom(&page, ""));
    assert_eq!(shown(&dom(&page, "severity=critical")), ["github-pat"]);
    assert_eq!(shown(&dom(&page, "search=app%2FSETTINGS+ada")), ["generic-password"]);
    assert_eq!(shown(&dom(&page, "rule=dotenv-file")), ["dotenv-file"]);
    assert_eq!(shown(&dom(&page, "day=1999")), [""; 0]);
    let sorted = dom(&page, "sort=severity");
    assert_eq!(shown(&sorted), first.iter().rev().cloned().collect::<Vec<_>>());
    assert!(sorted.contains("<th aria-sort=\"ascending\"><button type=\"button\" data-sort=\"severity\">"));
}

#[test]
fn a_history_that_attacks_its_reader_is_shown_as_text() {
    let attack = "\"><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'";
    let sandbox = repository(attack, "a'><svg onload=document.title=1>");
    let page = report(&sandbox, "html");
    let dom = dom(&page, "");
    assert!(!dom.contains("<img") && !dom.contains("<svg onload"), "{dom}");
    assert!(dom.contains("<title>keyfence: repo</title>"), "{dom}");
    assert_eq!(dom.matches("<script>").count(), 1);
}

#[test]
fn the_policy_stops_a_script_that_got_past_every_escape() {
    let sandbox = repository("Ada", "app");
    let page = report(&sandbox, "html");
    let text = fs::read_to_string(&page).unwrap();
    let broken = page.with_extension("broken.html");
    fs::write(
        &broken,
        text.replace("</main>", "<script>document.title='owned'</script></main>"),
    )
    .unwrap();
    let (dom, complaints) = open(&broken, "", &["--dump-dom"]);
    assert!(!dom.contains("<title>owned"), "{dom}");
    assert!(complaints.contains("Content Security Policy"), "{complaints}");
}

#[test]
fn the_page_is_light_by_day_and_dark_by_night() {
    let sandbox = repository("Ada", "app");
    let page = report(&sandbox, "html");
    let picture = |name: &str, more: &[&str]| {
        let file = page.with_extension(name);
        let screenshot = format!("--screenshot={}", file.display());
        open(&page, "", &[&[screenshot.as_str()], more].concat());
        fs::read(file).unwrap()
    };
    let (light, dark) = (
        picture("light.png", &[]),
        picture("dark.png", &["--blink-settings=preferredColorScheme=0"]),
    );
    assert!(light.starts_with(b"\x89PNG") && dark.starts_with(b"\x89PNG"));
    assert_ne!(light, dark);
}
