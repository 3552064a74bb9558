//! Files of settings: each entry stands in the text.

#![no_main]

use keyfence::envfile::{Document, Syntax};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else {
        return;
    };
    let paths: [&str; 4] = [".env", "a.properties", "secrets.yaml", ".envrc"];
    let syntax = Syntax::of(paths[usize::from(first) % 4].into());
    let document = Document::read(text, syntax);
    for (_, entry) in document.all_entries() {
        let _ = (document.name_of(entry), document.line_end());
    }
});
