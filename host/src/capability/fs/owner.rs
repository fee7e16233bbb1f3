//! Mode, owner and group of a file, as they are and as they should be.

use rustix::fs::{Gid, Mode, Stat, Uid, fchmod, fchown};
use std::os::fd::AsFd;

use super::{Attributes, FsError};

/// What the connector asked for.
pub(super) struct Wanted {
    mode: u32,
    owner: Option<u32>,
    group: Option<u32>,
}

impl Wanted {
    /// Looks names up.
    pub(super) fn resolve(attributes: &Attributes) -> Result<Self, FsError> {
        let find = |name: &Option<String>, file: &str, kind: &str| {
            let Some(name) = name else { return Ok(None) };
            lookup(file, name)
                .map(|entry| Some(entry.id))
                .ok_or_else(|| FsError::Invalid(format!("this machine has no {kind} `{name}`")))
        };
        Ok(Self {
            mode: attributes.mode,
            owner: find(&attributes.owner, "/etc/passwd", "user")?,
            group: find(&attributes.group, "/etc/group", "group")?,
        })
    }

    /// Whether a file has it all already.
    pub(super) fn matches(&self, present: &Stat) -> bool {
        present.st_mode & 0o7777 == self.mode
            && self.owner.is_none_or(|uid| uid == present.st_uid)
            && self.group.is_none_or(|gid| gid == present.st_gid)
    }

    /// Gives it to a new file; what was not asked for stays as the present file has it.
    pub(super) fn apply(
        &self,
        file: &impl AsFd,
        fresh: &Stat,
        present: Option<&Stat>,
    ) -> Result<(), rustix::io::Errno> {
        let uid = self.owner.or(present.map(|stat| stat.st_uid)).filter(|uid| *uid != fresh.st_uid);
        let gid = self.group.or(present.map(|stat| stat.st_gid)).filter(|gid| *gid != fresh.st_gid);
        if uid.is_some() || gid.is_some() {
            fchown(file, uid.map(Uid::from_raw), gid.map(Gid::from_raw))?;
        }
        // After the owner: a change of owner clears mode bits.
        fchmod(file, Mode::from_raw_mode(self.mode))
    }
}

/// One line of passwd(5) or group(5).
pub(crate) struct Entry {
    /// Third field.
    pub(crate) id: u32,
    /// Fourth field, where it is a number: a user's own group.
    pub(crate) group: Option<u32>,
}

/// The entry of this name; a number stands for itself where no entry has it.
pub(crate) fn lookup(file: &str, name: &str) -> Option<Entry> {
    let text = std::fs::read_to_string(file).ok()?;
    let number: Option<u32> = name.parse().ok();
    text.lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            let found = fields.next()?;
            let id: u32 = fields.nth(1)?.parse().ok()?;
            let group = fields.next().and_then(|field| field.parse().ok());
            (found == name || number == Some(id)).then_some(Entry { id, group })
        })
        .or_else(|| number.map(|id| Entry { id, group: None }))
}
