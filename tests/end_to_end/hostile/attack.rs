//! One row for each hostile component: what it attacks, and exactly how it is refused.

/// What is expected of one component of tests/guests.
pub(super) struct Attack {
    /// The file's name.
    pub(super) name: &'static str,
    /// The function of the contract that it goes for, as `fs.write`; nothing for those that need none.
    pub(super) function: &'static str,
    /// The outcome's label, or [`REFUSED`].
    pub(super) outcome: &'static str,
    /// The whole text; `…` stands for what differs from run to run, `{room}` and `{port}` for the test's own.
    pub(super) says: &'static str,
}

/// Not loaded at all; the text is then the reason.
pub(super) const REFUSED: &str = "refused";

pub(super) const fn attack(
    name: &'static str,
    function: &'static str,
    outcome: &'static str,
    says: &'static str,
) -> Attack {
    Attack { name, function, outcome, says }
}

/// A component that is refused at load.
pub(super) const fn load(name: &'static str, says: &'static str) -> Attack {
    attack(name, "", REFUSED, says)
}

/// Whether a row names this component.
pub(super) const fn has_guest(tables: &[&[Attack]], name: &str) -> bool {
    has(tables, name, true)
}

/// Whether a row attacks this function.
pub(super) const fn has_function(tables: &[&[Attack]], function: &str) -> bool {
    has(tables, function, false)
}

// Called by the compiler alone, which knows no iterators there.
const fn has(tables: &[&[Attack]], wanted: &str, by_name: bool) -> bool {
    let mut table = 0;
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            let attack = &tables[table][row];
            if same(if by_name { attack.name } else { attack.function }, wanted) {
                return true;
            }
            row += 1;
        }
        table += 1;
    }
    false
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// Whether the text is the expected one, `…` standing for anything.
pub(super) fn says(expected: &str, text: &str) -> bool {
    let mut pieces = expected.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        last = Some(piece);
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty() || last.is_some_and(|piece| piece.is_empty() || text.ends_with(piece))
}

#[test]
fn the_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(says("a", "a") && says("a…c", "abc") && says("a…", "abc") && says("…c", "abc"));
    assert!(!says("a", "ab") && !says("a…c", "abcd") && !says("b…", "abc") && !says("", "a"));
}
