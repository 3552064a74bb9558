//! Floor 2: git hooks, put in and taken out.
