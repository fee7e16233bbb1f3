//! Compiled components on disk, under a MAC: machine code that anybody could replace would be the way past
//! every limit.

use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use zeroize::Zeroizing;

const MAC_BYTES: usize = 32;

/// The directory and the host's own key.
pub(super) struct Cache {
    directory: PathBuf,
    key: Zeroizing<Vec<u8>>,
}

impl Cache {
    /// Opens or makes the cache below the state directory.
    pub(super) fn open(state: &Path) -> Result<Self, String> {
        let directory = state.join("compiled");
        let fault = |error: io::Error| format!("{}: {error}", directory.display());
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(fault)?;
        check_ours(&directory)?;
        let path = state.join("compiled.key");
        let key = load_key(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        check_ours(&path)?;
        Ok(Self { directory, key })
    }

    /// Names a compiled form: the component, this wasmtime and this profile.
    pub(super) fn key(&self, engine: &Engine, digest: &[u8; 32]) -> [u8; 32] {
        let mut hasher = Stable(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        hasher.0.update(digest);
        hasher.0.finalize().into()
    }

    /// The compiled form, if it is there and untouched.
    pub(super) fn get(&self, key: &[u8; 32]) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut bytes = fs::read(&path).ok()?;
        if bytes.len() < MAC_BYTES {
            return None;
        }
        let compiled = bytes.split_off(MAC_BYTES);
        if self.mac(key, &compiled).verify_slice(&bytes).is_err() {
            tracing::warn!("{} was changed by somebody else: compiling anew", path.display());
            return None;
        }
        Some(compiled)
    }

    /// Keeps a compiled form.
    pub(super) fn put(&self, key: &[u8; 32], compiled: &[u8]) -> io::Result<()> {
        let draft = self.directory.join(format!(".{}.draft", uuid::Uuid::new_v4()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(&self.mac(key, compiled).finalize().into_bytes())?;
        file.write_all(compiled)?;
        fs::rename(draft, self.path(key))
    }

    fn path(&self, key: &[u8; 32]) -> PathBuf {
        self.directory.join(hex::encode(key))
    }

    fn mac(&self, key: &[u8; 32], compiled: &[u8]) -> Hmac<Sha256> {
        // HMAC takes keys of any length; this one has 32 bytes.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        mac.update(key);
        mac.update(compiled);
        mac
    }
}

fn load_key(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut fresh = Zeroizing::new(vec![0_u8; 32]);
    getrandom::fill(&mut fresh).map_err(io::Error::other)?;
    // Under a name of its own first: two hosts that start together must end with one key.
    let draft = path.with_extension(format!("{}.draft", uuid::Uuid::new_v4()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(&fresh)?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let key = Zeroizing::new(fs::read(path)?);
    if key.len() == 32 { Ok(key) } else { Err(io::Error::other("the key is damaged: remove it")) }
}

/// Whoever else could write here could run machine code as the host.
fn check_ours(path: &Path) -> Result<(), String> {
    let metadata = fs::symlink_metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o022 != 0 {
        return Err(format!("{} belongs to, or can be written by, somebody else", path.display()));
    }
    Ok(())
}

/// A hash that is the same in every process.
struct Stable(Sha256);

impl Hasher for Stable {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
