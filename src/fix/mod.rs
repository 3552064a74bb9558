//! Floor 4: moves a literal out of a file and into the environment, without losing it or showing it on the way.
//!
//! A finding becomes a slot if it is one whole string of a file that parses (`reader` knows the languages); the slots of
//! all files become a [`Plan`]; `apply` makes the plan true in the order that cannot lose a value.

mod apply;
mod by_hand;
mod change;
mod desk;
mod docker;
mod dotenv;
mod edit;
mod error;
mod fallback;
mod go;
mod java;
mod journal;
mod language;
mod ledger;
mod moved;
mod naming;
mod pipeline;
mod place;
mod plan;
mod python;
mod reader;
mod refusal;
mod script;
mod shell;
mod show;
mod slot;
mod source;
mod token;
mod write;
mod yaml;

pub use apply::{Undone, apply, is_interrupted, resume, undo};
pub use desk::{Desk, Reach};
pub use dotenv::form as env_form;
pub use error::FixError;
pub use moved::{Left, Moved};
pub use naming::is_free as is_free_name;
pub use plan::{Asked, Plan, plan};
pub use refusal::Refusal;
pub use show::show;
