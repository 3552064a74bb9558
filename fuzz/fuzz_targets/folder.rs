//! A folder that is a delta of another one is the folder that it is by itself.

#![no_main]

use keyfence::git::{history, pack};
use keyfence_fuzz::halves;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (base, steps) = halves(data);
    let base = entries(base);
    let (mut content, mut copies) = (Vec::new(), Vec::new());
    for step in steps.chunks(3) {
        match *step {
            [from, len, what] if what < 0xC0 => {
                let from = (usize::from(from) * 8 + usize::from(what % 8)).min(base.len());
                let len = (usize::from(len) * 4).min(base.len() - from);
                if len > 0 {
                    copies.push(keyfence::model::Copied {
                        from,
                        to: content.len(),
                        len,
                    });
                }
                content.extend_from_slice(&base[from..from + len]);
            }
            _ => content.extend(entries(step)),
        }
    }
    history::fuzzing::folder(&base, &content, &copies);
    let _ = pack::fuzzing::apply(&base, steps);
});

/// An entry for each byte: a folder, a file or a submodule.
fn entries(names: &[u8]) -> Vec<u8> {
    let entry = |name: &u8| {
        let mode: &[u8] = [&b"100644 "[..], b"40000 ", b"160000 "][usize::from(name % 3)];
        [
            mode,
            &[b'a' + name / 12],
            &b"xyz"[..usize::from(name / 3 % 4)],
            &[0],
            &[*name; 20],
        ]
        .concat()
    };
    names.iter().flat_map(entry).collect()
}
