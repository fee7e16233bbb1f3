//! Elasticsearch, with PEM files.

use crate::profile::Layout::Pair;
use crate::profile::{NOTHING, Profile};

/// Elasticsearch, with PEM files.
pub const ELASTICSEARCH: Profile = Profile {
    name: "elasticsearch",
    layouts: &[Pair],
    group: Some("elasticsearch"),
    notes: &[
        "The files are polled every 5 s: give `verify` 12 attempts, which wait 8 s.",
        "The files must lie below Elasticsearch's configuration directory, under unchanged names.",
        "Not proven on a real server here.",
    ],
    ..NOTHING
};
