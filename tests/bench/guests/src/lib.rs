//! Nothing: a package needs a library for its examples.
#![no_std]
