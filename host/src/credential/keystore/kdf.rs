//! The key derivation of PKCS#12 (RFC 7292, appendix B): its MAC needs it whatever the encryption is.

use sha2::Digest;
use sha2::digest::block_api::BlockSizeUser;
use zeroize::{Zeroize, Zeroizing};

use super::utf16;

/// What the derived bytes are for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Key = 1,
    Vector = 2,
    Mac = 3,
}

pub(super) fn derive<D: Digest + BlockSizeUser, const N: usize>(
    purpose: Use,
    passphrase: &str,
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<[u8; N]> {
    let size = D::block_size();
    let diversifier = vec![purpose as u8; size];
    let mut input = input(passphrase, salt, size);
    let mut out = Zeroizing::new([0; N]);
    for piece in out.chunks_mut(<D as Digest>::output_size()) {
        let mut digest = D::new().chain_update(&diversifier).chain_update(input.as_slice()).finalize();
        for _ in 1..iterations {
            digest = D::digest(&digest);
        }
        for (to, from) in piece.iter_mut().zip(&digest) {
            *to = *from;
        }
        for block in input.chunks_mut(size) {
            add_and_one(block, &digest);
        }
        digest.as_mut_slice().zeroize();
    }
    out
}

/// Salt and passphrase, each repeated until it fills whole blocks.
fn input(passphrase: &str, salt: &[u8], size: usize) -> Zeroizing<Vec<u8>> {
    let text = utf16(passphrase);
    // The passphrase counts with the zero at its end.
    let ended = text.len() + 2;
    let whole = |length: usize| length.div_ceil(size) * size;
    let mut input = Zeroizing::new(Vec::with_capacity(whole(salt.len()) + whole(ended)));
    input.extend(salt.iter().cycle().take(whole(salt.len())));
    input.extend(text.iter().chain(&[0, 0]).cycle().take(whole(ended)));
    input
}

/// `block` = `block` + `number`, repeated to the block's length, + 1, as one big-endian figure without its overflow.
fn add_and_one(block: &mut [u8], number: &[u8]) {
    let mut repeated = Zeroizing::new(Vec::<u8>::with_capacity(block.len()));
    repeated.extend(number.iter().cycle().take(block.len()));
    let mut carry = 1_u16;
    for (byte, add) in block.iter_mut().zip(repeated.iter()).rev() {
        let [high, low] = (u16::from(*byte) + u16::from(*add) + carry).to_be_bytes();
        *byte = low;
        carry = u16::from(high);
    }
}
