//! The known name that an unknown one was probably meant to be.

/// The nearest by edit distance, if it is near enough to be a slip.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|&name| (distance(word, name), name)).min_by_key(|&(distance, _)| distance);
    near.filter(|&(distance, name)| {
        distance <= 1 + name.chars().count() / 4 && distance < name.chars().count()
    })
    .map(|(_, name)| name)
}

/// Levenshtein's distance in characters, case and `_` for `-` not counted.
fn distance(a: &str, b: &str) -> usize {
    let fold = |text: &str| -> Vec<char> { text.to_lowercase().replace('_', "-").chars().collect() };
    let (a, b) = (fold(a), fold(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above), aslant) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or(i + 1);
            next.push((above + 1).min(left + 1).min(aslant + usize::from(x != y)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["component", "sha256", "grant", "run-as"];
        assert_eq!(nearest("componnet", &known), Some("component"));
        assert_eq!(nearest("SHA256", &known), Some("sha256"));
        assert_eq!(nearest("run_as", &known), Some("run-as"));
        assert_eq!(nearest("grants", &known), Some("grant"));
        assert_eq!(nearest("signed-by", &known), None);
        assert_eq!(nearest("", &["a"]), None);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }
}
