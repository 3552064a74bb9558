"""Which target a package is built for, and whether its program runs wherever that processor does.

On Linux a program is static: musl's target makes it so, and where that is not installed, glibc's own with `crt-static`.
keyfence asks no name service and loads no library at run time, so nothing is missing from either.
"""

import os
import pathlib
import re
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOADER = 3  # PT_INTERP, the part of an ELF file that names who is to load its libraries


def said(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def host():
    return re.search(r"^host: (.+)$", said("rustc", "-vV"), re.MULTILINE).group(1)


def is_installed(target):
    folder = pathlib.Path(said("rustc", "--print", "target-libdir", "--target", target).strip())
    return any(folder.glob("libstd-*"))


def settle(wanted):
    """Returns the target to build for: the one that is wanted, or the next best that makes a static program."""
    target = wanted or host().replace("-linux-gnu", "-linux-musl")
    if is_installed(target):
        print(f"This is {target}.")
        return target
    other = target.replace("-linux-musl", "-linux-gnu")
    if "-linux-musl" not in target or other != host():
        raise SystemExit(f"The target {target} is not installed: `rustup target add {target}`.")
    print(f"The target {target} is not installed; this is {other}, linked statically with glibc.")
    return other


def is_with_glibc(target):
    return target.endswith("-linux-gnu")


def environment(target):
    """Returns the variables to build with; cargo must be given the target, too, for macros cannot be static."""
    flags = os.environ.get("RUSTFLAGS", "")
    return {"RUSTFLAGS": f"{flags} -Ctarget-feature=+crt-static".strip()} if is_with_glibc(target) else {}


def assert_static(target, program):
    """Refuses a program for Linux that would need the libraries of the machine it runs on."""
    if "-linux-" in target and has_loader(program.read_bytes()):
        raise SystemExit(f"{program} is linked dynamically; it would run on machines like this one only.")


def has_loader(elf):
    """Reads the program headers of a 64-bit little-endian ELF file."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise SystemExit("This is no 64-bit ELF program.")
    (start,) = struct.unpack_from("<Q", elf, 0x20)
    size, count = struct.unpack_from("<HH", elf, 0x36)
    return any(struct.unpack_from("<I", elf, start + number * size)[0] == LOADER for number in range(count))
