//! What an answer of the XML API means. Failures come with 200, and success may mean that there is nothing.

use alloc::string::String;

use lastmile_sdk::http::verdict::{among, mentioned};
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

const CODES: &[(&str, Verdict)] = &[
    ("2", Verdict::Uncertain),
    ("3", Verdict::Uncertain),
    ("4", Verdict::Uncertain),
    ("5", Verdict::Uncertain),
    ("7", Verdict::NotFound),
    // It is in use.
    ("10", Verdict::Conflict),
    ("11", Verdict::Uncertain),
    ("13", Verdict::NotFound),
    // The passive one of two: it may be the active one next time.
    ("15", Verdict::Unavailable),
    ("16", Verdict::Denied),
    ("21", Verdict::Uncertain),
    ("22", Verdict::Busy),
    ("403", Verdict::Denied),
];

pub(crate) fn judge(answer: &Answer) -> Judged {
    let Ok(document) = answer.xml() else {
        let by_status = answer.by_status();
        return if by_status == Verdict::Ok {
            Verdict::Uncertain.because("no XML")
        } else {
            by_status.into()
        };
    };
    let root = document.root_element();
    let said = first(root, "msg").map(all_text).unwrap_or_default();
    if answer.status() != 200 {
        return answer.by_status().because(&said);
    }
    // One of several actions has an answer of its own within the answer.
    let mut answers = root.descendants().filter(|node| node.has_tag_name("response"));
    match answers.find(|answer| answer.attribute("status") != Some("success")) {
        Some(failed) => refusal(failed, &said).because(&said),
        None if !root.has_tag_name("response") => Verdict::Uncertain.because("no answer of the XML API"),
        None if root.attribute("code") == Some("7") => Verdict::NotFound.because(&said),
        None => Verdict::Ok.because(&said),
    }
}

fn refusal(failed: Node<'_, '_>, said: &str) -> Verdict {
    let code = failed.attribute("code").unwrap_or_default();
    let otherwise = if failed.attribute("status").is_some() { Verdict::Rejected } else { Verdict::Uncertain };
    mentioned(TEXTS, said).or_else(|| among(CODES, &code)).unwrap_or(otherwise)
}

/// How a job of the device stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Working,
    Done,
    Failed(String),
}

/// A push has a result for each device beside its own, and is over when the last of them is.
pub(crate) fn job(job: Node<'_, '_>) -> Job {
    let child = |name: &str| job.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text());
    let mut results = job
        .descendants()
        .filter(|node| node.has_tag_name("result"))
        .map(|node| node.text().unwrap_or_default());
    if child("status") != Some("FIN") || results.clone().any(|result| result == "PEND") {
        return Job::Working;
    }
    if child("result") == Some("OK") && results.all(|result| result == "OK") {
        return Job::Done;
    }
    let details = job.descendants().filter(|node| node.has_tag_name("details"));
    Job::Failed(
        details.map(all_text).filter(|text| !text.is_empty()).collect::<alloc::vec::Vec<_>>().join("; "),
    )
}
