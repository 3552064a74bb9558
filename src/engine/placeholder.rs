//! What is evidently no secret: references, template holes, masks and the words that people put where a secret goes.
//! Every test looks at the whole value. A word inside a value proves nothing: half of all real passwords hold one.

use std::sync::LazyLock;

use crate::engine::assignment::{Kind, kind_of};
use crate::engine::sequence::is_sequence;
use crate::engine::wordlist::WordList;

/// Tells whether the value stands for a secret rather than being one.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.is_empty()
        || is_mask(value)
        || is_bracketed(value)
        || has_hole(value)
        || is_reference(value)
        || is_variable(value)
        || is_filler(value)
        || is_invitation(value)
        || is_sequence(value)
}

/// Tells whether one character, or dots and stars, make up most of the value.
pub(super) fn is_mask(value: &[u8]) -> bool {
    let mut longest = 0;
    let mut run = 0;
    let mut stars = 0;
    for (at, byte) in value.iter().enumerate() {
        let same = at > 0 && value[at - 1].eq_ignore_ascii_case(byte);
        run = if same { run + 1 } else { 1 };
        longest = longest.max(run);
        stars = if matches!(byte, b'*' | b'.' | b'?' | b'#' | b'-' | b'_') && same {
            stars.max(run)
        } else {
            stars
        };
    }
    if value.ends_with(b"..") {
        return true;
    }
    let ellipsis = "…".as_bytes();
    stars >= 3
        || longest >= 4 && longest * 3 >= value.len()
        || value.windows(ellipsis.len()).any(|window| window == ellipsis)
}

/// Tells whether the value is a hole in its own brackets: `<password>`, `{{ password }}`, `%PASSWORD%`, `__PASSWORD__`.
fn is_bracketed(value: &[u8]) -> bool {
    const BRACKETS: &[(&[u8], &[u8])] = &[
        (b"<", b">"),
        (b"{", b"}"),
        (b"[", b"]"),
        (b"(", b")"),
        (b"%", b"%"),
        (b"__", b"__"),
        (b"@", b"@"),
        (b"${", b"}"),
        (b"##", b"##"),
        (b"&lt;", b"&gt;"),
        (b"$", b"$"),
        (b"~", b"~"),
    ];
    // JSON within a string is content, not a hole.
    let is_json = value.starts_with(b"{\"") || value.starts_with(b"{\\");
    let fits = |(open, close): &(&[u8], &[u8])| {
        value.len() > open.len() + close.len() && value.starts_with(open) && value.ends_with(close)
    };
    !is_json && BRACKETS.iter().any(fits)
}

/// Tells whether something is filled in when the program runs. A hole must be whole: passwords hold brackets too.
fn has_hole(value: &[u8]) -> bool {
    const HOLES: &[(&[u8], &[u8])] = &[
        (b"${", b"}"),
        (b"$(", b")"),
        (b"{{", b"}}"),
        (b"#{", b"}"),
        (b"<%", b"%>"),
        (b"%(", b")s"),
        (b"$[[", b"]]"),
        (b"{", b"}"),
        (b"&lt;", b"&gt;"),
    ];
    const JOINTS: &[&[u8]] = &[b"\" +", b"' +", b"\" .", b"+ \"", b"+ '", b"\"+", b"'+", b"+\"", b"+'"];
    // A letter or a digit behind it makes it part of a word: a password may well hold a percent sign.
    let is_verb = |at: usize| {
        matches!(&value[at..], [b'%', b's' | b'd' | b'v' | b'q' | b'@', after @ ..]
            if !after.first().is_some_and(u8::is_ascii_alphanumeric))
    };
    let format = value.len() < 24 && (0..value.len()).any(is_verb);
    let is_json = value.starts_with(b"{\"") || value.starts_with(b"{\\");
    let joins = |joint: &&[u8]| value.windows(joint.len()).any(|window| window == *joint);
    let is_command = value.iter().filter(|&&byte| byte == b'`').count() > 1;
    !is_json
        && (format
            || is_command
            || JOINTS.iter().any(joins)
            || HOLES.iter().any(|(open, close)| holds_hole(value, open, close)))
}

/// Tells whether a name or nothing stands between `open` and `close`.
fn holds_hole(value: &[u8], open: &[u8], close: &[u8]) -> bool {
    let Some(at) = bstr::ByteSlice::find(value, open) else {
        return false;
    };
    let inner = &value[at + open.len()..];
    // What is cut off at the end of a bare word is a hole too.
    let end = bstr::ByteSlice::find(inner, close).unwrap_or(inner.len());
    let is_whole = end < inner.len() || open.len() > 1;
    let more: &[u8] = if open.len() > 1 {
        b" _.:-|?=+/'\"$@#!,()[]"
    } else {
        b"_."
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || more.contains(byte);
    is_whole && end < 80 && inner[..end].iter().all(is_name)
}

/// Tells whether the value names another place: `$VAR`, `env:VAR`, `vault:path`, `self.password`, `ref(…)`.
fn is_reference(value: &[u8]) -> bool {
    let is_name = |rest: &[u8]| {
        !rest.is_empty()
            && rest
                .iter()
                .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
    };
    // Quotes within quotes: `"'$NAME'"`.
    let inner = value.strip_prefix(b"'").unwrap_or(value);
    let inner = inner.strip_suffix(b"'").unwrap_or(inner);
    let shell = inner
        .strip_prefix(b"$")
        .is_some_and(|rest| is_name(rest) && !rest[0].is_ascii_digit() || is_entry(rest) || is_path(rest));
    const SCHEMES: &[&str] = &[
        "env:",
        "env.",
        "vault:",
        "secret:",
        "ref:",
        "ref+",
        "ssm:",
        "arn:",
        "op://",
        "file:",
        "gcp:",
        "aws:",
        "secretsmanager:",
        "sm://",
        "awssm://",
        "process.env",
        "os.environ",
        "keyring:",
        "credentials(",
        "!ref",
        "!secret",
        "enc:",
        "enc[",
        "enc(",
        "{cipher}",
        "{ssha",
        "{sha",
        "{crypt",
        "{bcrypt",
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$6$",
        "$5$",
        "$1$",
        "$apr1$",
        "$8$",
        "$y$",
        "sha1$",
        "sha256$",
        "md5$",
        "pbkdf2_",
        "pbkdf2",
        "azure:",
        "doppler:",
        "akv:",
        "kms:",
        "projects/",
        "sops",
    ];
    let lower = value[..value.len().min(24)].to_ascii_lowercase();
    shell || SCHEMES.iter().any(|scheme| lower.starts_with(scheme.as_bytes()))
}

/// Tells whether words are the name of an entry that something looks up: `$chat-password`.
fn is_entry(rest: &[u8]) -> bool {
    rest.split(|&byte| byte == b'-')
        .all(|word| !word.is_empty() && word.iter().all(u8::is_ascii_lowercase))
}

/// Tells whether a path begins with a variable: `$URL_OF_USER/repo.git`.
fn is_path(rest: &[u8]) -> bool {
    let variable = rest.split(|&byte| byte == b'/').next().unwrap_or_default();
    variable.len() < rest.len()
        && variable.contains(&b'_')
        && variable.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
}

/// Tells whether the value is the name of a variable that holds a secret: `APP_E2E_ADMIN_PASSWORD`.
fn is_variable(value: &[u8]) -> bool {
    let is_constant = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.contains(&b'_')
        && value.first().is_some_and(u8::is_ascii_uppercase)
        && value.iter().all(is_constant)
        && digits * 4 <= value.len()
        && matches!(kind_of(value), Some(Kind::Password | Kind::Secret))
}

/// Words that people put where a secret goes, and words that code puts there.
static FILLERS: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("words/fillers.txt")));

/// Tells whether the value invites to put something in its place: `insert-the-token-here`, `pasteYourKeyHere`,
/// `replace_me_with_a_long_text`.
fn is_invitation(value: &[u8]) -> bool {
    const VERBS: [&[u8]; 11] = [
        b"your", b"my", b"insert", b"put", b"enter", b"paste", b"add", b"place", b"type", b"fill", b"api",
    ];
    const CALLS: [&[u8]; 12] = [
        b"replaceme",
        b"replacethis",
        b"replacewith",
        b"changeme",
        b"changethis",
        b"putyour",
        b"insertyour",
        b"enteryour",
        b"pasteyour",
        b"addyour",
        b"useyour",
        b"setyour",
    ];
    let is_joint = |byte: &u8| matches!(byte, b'_' | b'-' | b' ' | b'.');
    if value.len() > 80 || !value.iter().all(|byte| byte.is_ascii_alphabetic() || is_joint(byte)) {
        return false;
    }
    let letters = value.iter().filter(|byte| !is_joint(byte)).map(u8::to_ascii_lowercase);
    let letters: Vec<u8> = letters.collect();
    let begins = |words: &[&[u8]]| words.iter().any(|word| letters.starts_with(word));
    begins(&CALLS) || letters.ends_with(b"here") && begins(&VERBS)
}

/// Tells whether the value consists of such words and of digits that count up or repeat, and of nothing else.
fn is_filler(value: &[u8]) -> bool {
    let signs = value.iter().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    if value.len() > 80 || signs * 3 > value.len() * 2 || is_strict(value) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let parts = lower
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty());
    let mut any = false;
    for part in parts {
        if !is_made_of_fillers(part) {
            return false;
        }
        any = true;
    }
    any
}

/// Tells whether the value has all that a policy for passwords asks for: who types that wants to get in.
fn is_strict(value: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && has(|byte| b"!@#$%^&*?".contains(byte))
}

/// Cuts a word into fillers and trivial digits, from every cut reached so far.
fn is_made_of_fillers(part: &[u8]) -> bool {
    let mut reached = vec![false; part.len() + 1];
    reached[0] = true;
    for at in 0..part.len() {
        if !reached[at] {
            continue;
        }
        let rest = &part[at..];
        for len in 1..=FILLERS.longest().min(rest.len()) {
            reached[at + len] |= FILLERS.contains(&rest[..len]);
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && (at == 0 || !part[at - 1].is_ascii_digit()) && is_trivial_number(&rest[..digits]) {
            reached[at + digits] = true;
        }
    }
    reached[part.len()]
}

/// Tells whether digits are short, count up or down, or repeat.
fn is_trivial_number(digits: &[u8]) -> bool {
    digits.len() <= 2 || is_sequence(digits) || digits.iter().all(|digit| digit == &digits[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_secret_is_a_placeholder() {
        for value in [
            "changeme",
            "your-api-key-here",
            "YOUR_API_KEY",
            "<password>",
            "${DB_PASSWORD}",
            "{{ token }}",
            "xxxxxxxxxxxx",
            "****",
            "$PASSWORD",
            "'$PASSWORD'",
            "password123",
            "test1234",
            "1234567890",
            "abcdefghij",
            "my_super_secret_password",
            "%PASSWORD%",
            "null",
            "insert token here",
            "api-key-goes-here",
            "PasteSonarValueHere",
            "replacemewiththegeneratedstringfromthepriorstep",
            "change-this-to-something-long",
            "0000000000000000",
            "vault:secret/data/db#pw",
            "prefix-${X}-suffix",
            "$2b$12$abcdefghijk",
            "01234567-89ab-cdef-0123-456789abcdef",
            "deadbeefdeadbeefdeadbeef",
            "1a2b3c4d-5e6f-7a8b-9c0d",
            "acme_cli_abcdefghijklmnopqrstuvwxyz",
            "APP_E2E_ADMIN_PASSWORD",
            "$chat-password",
            "$URL_OF_USER/repo.git",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_value_with_a_word_in_it_may_be_real() {
        for value in [
            "kX3vB7qLw2Zt9RmP",
            "test-kX3vB7qL",
            "P@ssw0rd!77",
            "correct horse battery",
            "hunter2-Zebra",
            "T0pS3cr3t$",
            "m{{h}o)p${e]nob(ody[finds>-_$#one}}",
            "ab1cd2ef",
            "Pass·123!@#",
            "$kX3v-B7qL",
            "XK7Q_P4SSW0RD",
        ] {
            assert!(!is_placeholder(value.replace('·', "").as_bytes()), "{value}");
        }
    }
}
