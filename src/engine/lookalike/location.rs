//! Paths and addresses: where something is, and no secret.

use crate::engine::language;

/// Tells whether the value is an address, a path or a file name.
pub(in crate::engine) fn is_location(value: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"./",
        b"../",
        b"~/",
        b"\\\\",
        b"git@",
        b"classpath:",
        b"jdbc:",
        b"data:",
        b"urn:",
        b"mailto:",
        b"iqn.",
        b"//",
    ];
    const ENDS: &[&[u8]] = &[
        b".pem",
        b".key",
        b".txt",
        b".json",
        b".yml",
        b".yaml",
        b".crt",
        b".cer",
        b".html",
        b".php",
        b".js",
        b".ts",
        b".py",
        b".rb",
        b".go",
        b".rs",
        b".java",
        b".c",
        b".h",
        b".env",
        b".p12",
        b".jks",
        b".com",
        b".io",
        b".org",
        b".net",
        b".xml",
        b".pub",
        b".tar",
        b".gz",
        b".zip",
        b".png",
        b".svg",
        b".md",
        b".sh",
        b".cfg",
        b".conf",
        b".ini",
        b".properties",
        b".local",
        b".toml",
        b".asc",
        b".gpg",
        b".der",
        b".pfx",
        b".kdbx",
        b".log",
        b".db",
        b".css",
    ];
    let drive = matches!(value, [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\' | b'/', ..]);
    let backslashes = value.iter().filter(|&&byte| byte == b'\\').count();
    drive
        || value.starts_with(b"/") && !is_base64_with_slash(value)
        || STARTS.iter().any(|start| value.starts_with(start))
        || has_scheme(value)
        || is_of_network(value)
        || ENDS.iter().any(|end| value.len() > end.len() && value.ends_with(end))
        || is_glob(value)
        || backslashes >= 2
            && value
                .iter()
                .all(|&byte| byte.is_ascii_alphanumeric() || b"\\_-. ".contains(&byte))
}

/// Tells whether the value is an address of IPv6 or of a network card: `fe80::1c2b:77ff:a9d0:3e41`.
fn is_of_network(value: &[u8]) -> bool {
    let groups = value.split(|&byte| byte == b':');
    (4..=8).contains(&groups.clone().count())
        && value.iter().any(u8::is_ascii_hexdigit)
        && groups
            .into_iter()
            .all(|group| group.len() <= 4 && group.iter().all(u8::is_ascii_hexdigit))
}

/// Tells whether the value begins like an address of whatever kind: `https://`, `goip://`.
fn has_scheme(value: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let len = value.iter().take(24).take_while(is_part).count();
    len > 0 && value[0].is_ascii_alphabetic() && value[len..].starts_with(b"://")
}

/// Tells a base64 text that begins with a slash from a path: a path has its slashes at the ends of words.
fn is_base64_with_slash(value: &[u8]) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    value.len() >= 40 && value.iter().all(is_base64) && language::bits(value) > 5.0
}

fn is_glob(value: &[u8]) -> bool {
    let has = |sign: u8| value.contains(&sign);
    has(b'/') && has(b'*') && !has(b'=')
}
