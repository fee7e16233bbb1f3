//! What an answer of the XML API means. Failures come with 200, and success may mean that there is nothing.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::xml::{Node, all_text, first};
use lastmile_sdk::http::{Answer, Judged, Verdict};

/// Texts that say more than a code, most of them without one.
pub(crate) const TEXTS: &[(&str, Verdict)] = &[
    ("No such node", Verdict::NotFound),
    ("commit/validate is in progress", Verdict::Busy),
    ("A commit is in progress", Verdict::Busy),
    ("while an install is in progress", Verdict::Busy),
    ("Another sync is in progress", Verdict::Busy),
    ("Failed to synchronize running configuration with HA peer", Verdict::Busy),
    ("Session timed out", Verdict::Busy),
];

pub(crate) fn judge(answer: &Answer) -> Judged {
    let Ok(document) = answer.xml() else {
        return Some(answer.by_status())
            .filter(|verdict| *verdict != Verdict::Ok)
            .unwrap_or(Verdict::Uncertain)
            .into();
    };
    let root = document.root_element();
    // One of several actions has an answer of its own within the answer.
    let mut answers = root.descendants().filter(|node| node.has_tag_name("response"));
    let said = first(root, "msg").map(all_text).unwrap_or_default();
    let verdict = match answers.find(|answer| answer.attribute("status") != Some("success")) {
        _ if answer.status() != 200 => answer.by_status(),
        Some(failed) => mentioned(TEXTS, &said).unwrap_or_else(|| by_code(failed)),
        None if !root.has_tag_name("response") => Verdict::Uncertain,
        None if root.attribute("code") == Some("7") => Verdict::NotFound,
        None => Verdict::Ok,
    };
    verdict.because(&said)
}

fn by_code(failed: Node<'_, '_>) -> Verdict {
    match failed.attribute("code") {
        Some("2" | "3" | "4" | "5" | "11" | "21") => Verdict::Uncertain,
        Some("7" | "13") => Verdict::NotFound,
        // It is in use.
        Some("10") => Verdict::Conflict,
        // The passive one of two, which may be about to become the active one.
        Some("15") => Verdict::Busy,
        // A role that may not, a key that is none, one that has expired.
        Some("16" | "403" | "22") => Verdict::Denied,
        None if failed.attribute("status").is_none() => Verdict::Uncertain,
        _ => Verdict::Rejected,
    }
}

/// How a job of the device stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Working,
    Done,
    Failed(String),
}

/// A push has a result of each firewall beside its own, and is over when the last of them is.
pub(crate) fn job(job: Node<'_, '_>) -> Job {
    let all = |name: &'static str| job.descendants().filter(move |node| node.has_tag_name(name));
    let ended = job.children().any(|node| node.has_tag_name("status") && node.text() == Some("FIN"));
    let results: Vec<_> = all("result").map(|node| node.text().unwrap_or_default()).collect();
    if !ended || results.is_empty() || results.contains(&"PEND") {
        return Job::Working;
    }
    if results.iter().all(|result| *result == "OK") {
        return Job::Done;
    }
    Job::Failed(all("details").map(all_text).collect::<Vec<_>>().join("; "))
}
