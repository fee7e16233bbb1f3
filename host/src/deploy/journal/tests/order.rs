//! In which order an undo restores: what points at other files is right last.

use super::*;

impl Room {
    /// A door for these files by name, in this order of declaration.
    fn door_to(&self, names: &[&str]) -> FsDoor {
        let path = |name: &&str| format!("{}/tls/{name}", self.path.display()).parse().unwrap();
        FsDoor::open(&names.iter().map(path).collect::<Vec<_>>()).unwrap()
    }
}

/// The files as an undo takes them up, each once; from the lines on the disk, as a recovery would.
fn restored(journal: &Journal) -> Vec<String> {
    let records = record::parse(&fs::read(journal.path()).unwrap()).unwrap();
    let mut names: Vec<String> =
        undo::in_order(&records).iter().map(|record| record.file().unwrap().2.to_owned()).collect();
    names.dedup();
    names
}

#[test]
fn what_was_there_goes_back_in_the_order_in_which_it_was_written() {
    let room = room();
    for name in ["key", "pem", "pointer"] {
        fs::write(room.path.join("tls").join(name), "before").unwrap();
    }
    let before = room.files();
    let journal = room.journal();
    for name in ["key", "pem", "pointer"] {
        room.write(&journal, name, "after");
    }
    assert_eq!(restored(&journal), ["key", "pem", "pointer"]);
    room.write(&journal, "key", "after that");
    assert_eq!(restored(&journal), ["pem", "pointer", "key"], "the last time counts");
    journal.undo(&nobody).unwrap();
    assert_eq!(room.files(), before);
}

#[test]
fn what_was_made_goes_after_what_was_there_and_newest_first() {
    let room = room();
    let journal = room.journal();
    for name in ["key", "pem", "old", "pointer"] {
        room.write(&journal, name, "after");
    }
    assert_eq!(restored(&journal), ["old", "pointer", "pem", "key"]);
    journal.undo(&nobody).unwrap();
    assert_eq!(room.files(), before());
}

#[test]
fn files_that_are_written_in_another_order_than_declared_go_back_as_they_were_written() {
    let room = room();
    for name in ["key", "pem", "pointer"] {
        fs::write(room.path.join("tls").join(name), "before").unwrap();
    }
    let before = room.files();
    for (declared, steps) in [(["key", "pem", "pointer"], 3), (["pointer", "key", "pem"], 4)] {
        let journal = room.journal();
        journal.expect(room.door_to(&declared).files());
        for name in ["key", "pem", "pointer"] {
            room.write(&journal, name, "after");
        }
        assert_eq!(restored(&journal), ["key", "pem", "pointer"]);
        let lines = record::parse(&fs::read(journal.path()).unwrap()).unwrap();
        assert_eq!(lines.len(), steps, "only the odd order costs a line of its own");
        drop(journal);
        assert_eq!(room.recover().len(), 1);
        assert_eq!(room.files(), before);
    }
}
