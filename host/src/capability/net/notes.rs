//! What a connector noted in one deployment, to take back what it told its target.

use super::NetError;

/// One note, in bytes.
const LONGEST: usize = 64 << 10;
/// Notes of one deployment.
const MOST: usize = 64;
/// All of them, in bytes: they lie in the journal until the deployment is over.
const TOGETHER: usize = 256 << 10;

/// The notes in their order, each once.
#[derive(Clone, Debug, Default)]
pub struct Notes(Vec<String>);

impl Notes {
    /// Takes a note; whether it is a new one.
    ///
    /// # Errors
    ///
    /// [`NetError::Invalid`]: it is too long, or there are too many.
    pub fn add(&mut self, note: &str) -> Result<bool, NetError> {
        if self.0.iter().any(|known| known == note) {
            return Ok(false);
        }
        let together: usize = self.0.iter().map(String::len).sum();
        let beyond = if note.len() > LONGEST {
            format!("a note for a rollback has at most {LONGEST} bytes, and this one has {}", note.len())
        } else if self.0.len() >= MOST {
            format!("a deployment has at most {MOST} notes for a rollback")
        } else if together + note.len() > TOGETHER {
            format!("the notes of a deployment have at most {TOGETHER} bytes together")
        } else {
            self.0.push(note.to_owned());
            return Ok(true);
        };
        Err(NetError::Invalid(beyond))
    }

    /// For the rollback.
    #[must_use]
    pub fn newest_first(&self) -> Vec<String> {
        self.0.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_again_is_no_new_one() {
        let mut notes = Notes::default();
        assert_eq!([notes.add("a"), notes.add("b"), notes.add("a")], [Ok(true), Ok(true), Ok(false)]);
        assert_eq!(notes.newest_first(), ["b", "a"]);
    }

    #[test]
    fn length_number_and_sum_are_bounded() {
        let refused = |notes: &mut Notes, note: &str| matches!(notes.add(note), Err(NetError::Invalid(_)));
        let mut notes = Notes::default();
        assert!(refused(&mut notes, &"x".repeat(LONGEST + 1)));
        for number in 0..MOST {
            assert_eq!(notes.add(&number.to_string()), Ok(true));
        }
        assert!(refused(&mut notes, "one more"));
        assert_eq!(notes.add("0"), Ok(false), "a known one is none more");
        let mut notes = Notes::default();
        for letter in ["a", "b", "c", "d"] {
            assert_eq!(notes.add(&letter.repeat(LONGEST)), Ok(true));
        }
        assert!(refused(&mut notes, "e"));
    }
}
