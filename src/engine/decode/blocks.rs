//! Finds the first long run of digits, sixty-four bytes at a time.
//!
//! Each byte becomes one bit, set when it is a digit of base64; a run of [`SHORTEST`] digits then is as many set bits
//! in a row, which a handful of shifts brings to light. A run that begins in one block and ends in the next is found
//! because each block is looked at together with the one before it.
//!
//! The bits come from AVX2 where the processor has it, about a sixth of a nanosecond a byte; elsewhere nothing is found
//! here, and all is left to the leaps in `stretch`, which the tests hold against this.

#![allow(
    unsafe_code,
    reason = "to call what only some processors can do, after asking whether this one can"
)]

use crate::engine::decode::stretch::SHORTEST;

/// What looking at whole blocks tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The first run begins here.
    At(usize),
    /// No run begins before this place; behind it no whole block is left.
    NotBefore(usize),
}

/// Finds the first run of at least [`SHORTEST`] digits.
pub(super) fn run(text: &[u8]) -> Run {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function asks for.
        return unsafe { avx2::run(text) };
    }
    let _ = text;
    Run::NotBefore(0)
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x,
        _mm256_set1_epi8, _mm256_sub_epi8,
    };

    use super::{Run, SHORTEST};

    /// How many bytes are looked at together.
    pub(super) const BLOCK: usize = 64;

    #[target_feature(enable = "avx2")]
    pub(super) fn run(text: &[u8]) -> Run {
        let (blocks, _) = text.as_chunks::<BLOCK>();
        let mut before = 0;
        for (number, block) in blocks.iter().enumerate() {
            let here = digits(block);
            let runs = runs(u128::from(here) << BLOCK | u128::from(before));
            if runs != 0 {
                // The first bit stands for the first byte of the block before; before the first block none is set.
                return Run::At(number * BLOCK + runs.trailing_zeros() as usize - BLOCK);
            }
            before = here;
        }
        Run::NotBefore(blocks.len() * BLOCK - before.leading_ones() as usize)
    }

    /// Leaves a bit set where [`SHORTEST`] of them stand in a row from there on.
    const fn runs(bits: u128) -> u128 {
        const { assert!(SHORTEST == 20, "two, four, eight, sixteen, and four more") };
        let bits = bits & bits >> 1;
        let bits = bits & bits >> 2;
        let bits = bits & bits >> 4;
        let sixteen = bits & bits >> 8;
        sixteen & sixteen >> 4
    }

    /// Sets a bit for each byte that is a digit.
    #[target_feature(enable = "avx2")]
    pub(super) fn digits(block: &[u8; BLOCK]) -> u64 {
        let (halves, _) = block.as_chunks::<32>();
        u64::from(half(&halves[0])) | u64::from(half(&halves[1])) << 32
    }

    #[target_feature(enable = "avx2")]
    fn half(bytes: &[u8; 32]) -> u32 {
        let [a, b, c, d] = [0, 8, 16, 24].map(|at| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            i64::from_le_bytes(word)
        });
        let bytes = _mm256_set_epi64x(d, c, b, a);
        let folded = _mm256_or_si256(bytes, all(0x20));
        let plain = _mm256_or_si256(within(folded, b'a', b'z'), within(bytes, b'0', b'9'));
        let slashes = _mm256_or_si256(is(bytes, b'+'), is(bytes, b'/'));
        let lines = _mm256_or_si256(is(bytes, b'-'), is(bytes, b'_'));
        let signs = _mm256_or_si256(slashes, lines);
        _mm256_movemask_epi8(_mm256_or_si256(plain, signs)).cast_unsigned()
    }

    #[target_feature(enable = "avx2")]
    fn all(byte: u8) -> __m256i {
        _mm256_set1_epi8(byte.cast_signed())
    }

    #[target_feature(enable = "avx2")]
    fn is(bytes: __m256i, byte: u8) -> __m256i {
        _mm256_cmpeq_epi8(bytes, all(byte))
    }

    /// A byte lies in a range when, counted from its first, it is no more than the last.
    #[target_feature(enable = "avx2")]
    fn within(bytes: __m256i, first: u8, last: u8) -> __m256i {
        let counted = _mm256_sub_epi8(bytes, all(first));
        _mm256_cmpeq_epi8(_mm256_min_epu8(counted, all(last - first)), counted)
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::avx2::BLOCK;
    use super::*;
    use crate::engine::decode::stretch::is_digit;

    #[test]
    fn each_byte_has_its_bit() {
        if !is_x86_feature_detected!("avx2") {
            return;
        }
        for start in (0..=u8::MAX).step_by(BLOCK) {
            let block = std::array::from_fn(|at| start.wrapping_add(at as u8));
            // SAFETY: asked for above.
            let bits = unsafe { avx2::digits(&block) };
            for (at, &byte) in block.iter().enumerate() {
                assert_eq!(bits >> at & 1 == 1, is_digit(byte), "{byte:#x}");
            }
        }
    }

    #[test]
    fn a_run_is_found_wherever_it_stands_in_the_blocks() {
        for start in 0..4 * BLOCK - SHORTEST {
            let mut text = vec![b' '; 4 * BLOCK];
            text[start..start + SHORTEST].fill(b'a');
            let found = run(&text);
            assert!(found == Run::At(start) || found == Run::NotBefore(0), "{found:?}");
            text[start + 7] = b'.';
            assert!(matches!(run(&text), Run::NotBefore(_)), "{start}");
        }
    }
}
