//! Floor 2: keyfence.toml, as written and as it counts.
