//! A file that is cut while it is mapped: what its pages held is gone, and the system ends whoever reads on.
//!
//! That is no error where it happens, so there a signal's handler says why, and ends the program as one that has no
//! complete answer.

#![expect(
    unsafe_code,
    reason = "only the C library takes a handler for a fault; this one writes a constant and ends"
)]

const SAYS: &[u8] =
    b"error: A file of git's was cut while it was read, or the disk fails; what was not read is not known.\n\
    hint: try again, and run `git fsck`.\n";

/// Listens for it from now on.
pub(super) fn watch() {
    let handler: extern "C" fn(libc::c_int) = end;
    // SAFETY: `end` calls nothing but what a handler may call, and reads no memory but a constant.
    unsafe { libc::signal(libc::SIGBUS, handler as libc::sighandler_t) };
}

extern "C" fn end(_: libc::c_int) {
    // SAFETY: pointer and length are those of a constant, and `_exit` never returns.
    unsafe {
        libc::write(libc::STDERR_FILENO, SAYS.as_ptr().cast(), SAYS.len());
        libc::_exit(2)
    }
}
