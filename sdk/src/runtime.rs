//! What a component without std needs: an allocator, a panic handler, and the allocation entry point of the
//! canonical ABI, which wit-bindgen leaves to libc on this target.
#![allow(unsafe_code, reason = "the canonical ABI's allocation entry point is a C function")]

use alloc::alloc::{Layout, alloc, handle_alloc_error, realloc};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// # Safety
///
/// As the canonical ABI calls it: `old` is null or was returned from here with `old_size` and `align`.
#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if new_size == 0 {
        return align as *mut u8;
    }
    let Ok(layout) = Layout::from_size_align(if old_size == 0 { new_size } else { old_size }, align) else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: the sizes are not zero, and `old` came from this allocator with `layout`.
    let fresh = unsafe { if old_size == 0 { alloc(layout) } else { realloc(old, layout, new_size) } };
    if fresh.is_null() {
        handle_alloc_error(layout);
    }
    fresh
}
