//! What a profile says.

/// One kind of server, as data.
pub struct Profile {
    /// Its name, also the name of its component.
    pub name: &'static str,
    /// The forms in which the server takes the material; the configuration's keys choose one.
    pub layouts: &'static [Layout],
    /// Settings of its own, used in the command lines.
    pub settings: &'static [Setting],
    /// Who owns new files where the configuration does not say; otherwise as the present file has it.
    pub owner: Option<&'static str>,
    /// Which group may read the key where the configuration does not say.
    pub group: Option<&'static str>,
    /// The check before the reload; empty where the server has none.
    pub check: &'static [Word],
    /// Whether the check reads the keystore's password.
    pub check_reads_password: bool,
    /// What the check says if it succeeded, where its exit code does not tell.
    pub check_says: &'static str,
    /// The reload; empty where the server looks by itself.
    pub reload: &'static [Word],
    /// Whether the operator must write a reload, as the server has none of its own.
    pub needs_reload: bool,
    /// What the reload reads.
    pub stdin: &'static [Word],
    /// What the reload says if it succeeded, where its exit code does not tell.
    pub says: &'static str,
    /// What the operator should know, one sentence each; for the README.
    pub notes: &'static [&'static str],
}

/// Nothing: what a profile does not mention.
pub const NOTHING: Profile = Profile {
    name: "",
    layouts: &[],
    settings: &[],
    owner: None,
    group: None,
    check: &[],
    check_reads_password: false,
    check_says: "",
    reload: &[],
    needs_reload: false,
    stdin: &[],
    says: "",
    notes: &[],
};

/// How the material lies in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `certificate` (leaf and intermediates, or the leaf alone beside `chain`) and `key`.
    Pair,
    /// One file `pem`: leaf, intermediates, key.
    CertificateFirst,
    /// One file `pem`: key, leaf, intermediates.
    KeyFirst,
    /// One file `keystore`, under this alias where the configuration names no other.
    Keystore(&'static str),
}

impl Layout {
    /// The key of the configuration that chooses it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pair => "certificate",
            Self::CertificateFirst | Self::KeyFirst => "pem",
            Self::Keystore(_) => "keystore",
        }
    }
}

/// A key of the configuration that command lines use.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What holds without it; none where it may be absent.
    pub default: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
}

/// A piece of a command line.
#[derive(Clone, Copy)]
pub enum Word {
    /// This very text.
    Is(&'static str),
    /// The value of a setting, of `certificate` and `key`, of `alias`, or the one `file` with everything.
    Of(&'static str),
    /// These words, as one argument.
    One(&'static [Word]),
    /// This text and the setting's value, as two arguments; nothing where it is not set.
    With(&'static str, &'static str),
    /// This text and the setting's value, as one argument; nothing where it is not set.
    Joined(&'static str, &'static str),
    /// All of `arguments`, the operator's own.
    Arguments,
}

/// A setting with a default.
pub const fn default(key: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting { key, default: Some(default), meaning }
}

/// A setting that may be absent.
pub const fn optional(key: &'static str, meaning: &'static str) -> Setting {
    Setting { key, default: None, meaning }
}
