//! Private keys at rest in the outbox: age files (age-encryption.org/v1) to the host's X25519 recipient.
//!
//! `age -a -r RECIPIENT` makes the same, so an orchestrator needs nothing of lastmile's.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::ExposeSecret;
use age::x25519;
use thiserror::Error;
use zeroize::Zeroizing;

use super::Secret;

/// Why something could not be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    /// Not an age recipient.
    #[error("`{0}` is no age recipient; one begins with age1 and is printed by `lastmile init`")]
    Recipient(String),
    /// Nobody to seal for.
    #[error("no recipient is named")]
    NoRecipient,
    /// The identity file.
    #[error("the identity file: {0}")]
    File(#[from] io::Error),
    /// Others may read the identity.
    #[error("the identity file may be read by others (mode {0:04o}); chmod 600 it")]
    Mode(u32),
    /// The identity file holds no identity.
    #[error("the identity file holds no line that begins with AGE-SECRET-KEY-1")]
    NoIdentity,
    /// Sealed for somebody else.
    #[error("it is not sealed for this host, or damaged: {0}")]
    Open(String),
    /// The sealing itself failed.
    #[error("sealing failed: {0}")]
    Seal(String),
}

/// Seals `plaintext` for every recipient, as ASCII armour.
///
/// # Errors
///
/// A recipient does not parse, or there is none.
pub fn seal(plaintext: &[u8], recipients: &[String]) -> Result<String, SealError> {
    let parsed = recipients
        .iter()
        .map(|text| text.parse::<x25519::Recipient>().map_err(|_| SealError::Recipient(text.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    let encryptor =
        age::Encryptor::with_recipients(parsed.iter().map(|recipient| recipient as &dyn age::Recipient))
            .map_err(|_| SealError::NoRecipient)?;
    let fault = |error: io::Error| SealError::Seal(error.to_string());
    let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(fault)?;
    let mut writer = encryptor.wrap_output(armour).map_err(fault)?;
    writer.write_all(plaintext).map_err(fault)?;
    let bytes = writer.finish().and_then(ArmoredWriter::finish).map_err(fault)?;
    String::from_utf8(bytes).map_err(|error| SealError::Seal(error.to_string()))
}

/// The host's own key pair.
pub struct Identity(x25519::Identity);

impl Identity {
    /// A fresh one.
    #[must_use]
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the file that `save` or `age-keygen` wrote.
    ///
    /// # Errors
    ///
    /// It is not there, others may read it, or it holds no identity.
    pub fn load(path: &Path) -> Result<Self, SealError> {
        let mut file = OpenOptions::new().read(true).open(path)?;
        let mode = file.metadata()?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SealError::Mode(mode));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text)?;
        text.lines()
            .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
            .and_then(|line| line.trim().parse().ok())
            .map(Self)
            .ok_or(SealError::NoIdentity)
    }

    /// Writes a new file, readable by its owner only; never over an existing one.
    ///
    /// # Errors
    ///
    /// The file exists or cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let text = Zeroizing::new(format!(
            "# public key: {}\n{}\n",
            self.recipient(),
            self.0.to_string().expose_secret()
        ));
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// What others seal for: `age1…`.
    #[must_use]
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// Opens what was sealed for this host.
    ///
    /// # Errors
    ///
    /// It was sealed for somebody else, or is damaged.
    pub fn open(&self, armoured: &str) -> Result<Secret, SealError> {
        let fault = |error: &dyn std::fmt::Display| SealError::Open(error.to_string());
        let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(armoured.as_bytes()))
            .map_err(|error| fault(&error))?;
        let mut reader = decryptor
            .decrypt(std::iter::once(&self.0 as &dyn age::Identity))
            .map_err(|error| fault(&error))?;
        let mut plaintext = Zeroizing::new(Vec::new());
        reader.read_to_end(&mut plaintext).map_err(|error| fault(&error))?;
        Ok(Secret(plaintext))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_recipient_only() {
        let (ours, theirs) = (Identity::generate(), Identity::generate());
        let sealed = seal(b"a key", &[ours.recipient()]).unwrap();
        assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
        assert_eq!(ours.open(&sealed).unwrap().expose(), b"a key");
        assert!(matches!(theirs.open(&sealed), Err(SealError::Open(_))));
        assert!(matches!(seal(b"a key", &[]), Err(SealError::NoRecipient)));
        assert!(matches!(seal(b"a key", &["age1nonsense".to_owned()]), Err(SealError::Recipient(_))));
    }

    #[test]
    fn an_identity_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("identity.age");
        let identity = Identity::generate();
        identity.save(&path).unwrap();
        assert_eq!(Identity::load(&path).unwrap().recipient(), identity.recipient());
        assert!(identity.save(&path).is_err(), "an identity is never written over");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Identity::load(&path), Err(SealError::Mode(0o640))));
    }
}
