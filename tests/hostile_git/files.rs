//! A work tree of things that are no files, are too many, stand too deep, or change while they are read.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::sandbox::Sandbox;
use crate::{bounded, leak};

const SCAN: [&str; 4] = ["scan", ".", "--format", "json"];

#[test]
fn fifos_sockets_devices_and_links_are_not_opened() {
    let sandbox = Sandbox::new();
    assert!(
        Command::new("mkfifo")
            .arg(sandbox.path("fifo"))
            .status()
            .unwrap()
            .success()
    );
    let _socket = UnixListener::bind(sandbox.path("socket")).unwrap();
    for (name, target) in [
        ("zero", "/dev/zero"),
        ("random", "/dev/urandom"),
        ("nowhere", "/no/where"),
        ("itself", "itself"),
        ("up", ".."),
        ("root", "/"),
        ("secret", "../outside"),
    ] {
        symlink(target, sandbox.path(name)).unwrap();
    }
    fs::write(sandbox.beside("outside"), leak()).unwrap();
    // Only root makes one.
    let _ = Command::new("mknod")
        .arg(sandbox.path("device"))
        .args(["c", "1", "5"])
        .output();
    let said = bounded(&sandbox, &SCAN);
    assert_eq!(said.code, 0, "{}", said.all());
    for name in ["fifo", "socket"] {
        assert!(
            said.out.contains(&format!("\"{name}\"")),
            "{name} is not said: {}",
            said.out
        );
    }
    sandbox.write("leak", &leak());
    assert_eq!(bounded(&sandbox, &SCAN).code, 1);
}

#[test]
fn a_hundred_thousand_files_in_one_folder_are_read() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("many")).unwrap();
    for number in 0..100_000 {
        fs::write(sandbox.path(&format!("many/{number}")), "nothing\n").unwrap();
    }
    sandbox.write("many/77777", &leak());
    let said = bounded(&sandbox, &SCAN);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out.contains("\"files\": 100000") || said.out.contains("\"files\":100000"),
        "{}",
        &said.out
    );
}

/// Makes folders in folders, each entered by its own name, so deep that no path from the root names the last.
fn deep(top: &Path, levels: u32) {
    let name = "d".repeat(200);
    let script = format!(
        "i=0; while [ $i -lt {levels} ]; do mkdir {name} && cd -P {name} || exit 1; i=$((i+1)); done; cat > leak"
    );
    let mut shell = Command::new("sh");
    shell
        .current_dir(top)
        .args(["-c", &script])
        .stdin(std::process::Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    std::io::Write::write_all(&mut shell.stdin.take().unwrap(), leak().as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

#[test]
fn a_path_of_four_thousand_bytes_is_read_or_said() {
    let sandbox = Sandbox::new();
    deep(sandbox.repo(), 19);
    assert_eq!(bounded(&sandbox, &SCAN).code, 1, "it can be named");
    let sandbox = Sandbox::new();
    deep(sandbox.repo(), 30);
    let said = bounded(&sandbox, &SCAN);
    assert_ne!(said.code, 0, "{}", said.all());
}

#[test]
fn files_that_change_while_they_are_read_are_read_or_said() {
    let sandbox = Sandbox::new();
    let large = "word\n".repeat(400_000);
    for number in 0..20 {
        sandbox.write(&format!("{number}.txt"), &large);
    }
    sandbox.write("leak.txt", &leak());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in (0..20).cycle() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let path = sandbox.path(&format!("{number}.txt"));
                match number % 4 {
                    0 => drop(
                        fs::OpenOptions::new()
                            .write(true)
                            .open(&path)
                            .map(|file| file.set_len(number * 1_000)),
                    ),
                    1 => drop(fs::write(&path, &large)),
                    2 => drop(fs::remove_file(&path)),
                    _ => drop(fs::remove_file(&path).and_then(|()| symlink("/dev/zero", &path))),
                }
            }
        });
        for _ in 0..10 {
            let said = bounded(&sandbox, &SCAN);
            assert_eq!(said.code, 1, "{}", said.all());
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
