//! The shape against the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::http::{
    Api, Attempt, Call, Content, Element, Form, Judged, Multipart, Node, Patience, Verdict, key, object,
};
use crate::testing::{Double, DoubleConnection, render};
use crate::{Capability, Failure, NetError, Part, Sandbox};

mod documents;
mod failures;
mod recipes;

const HERE: &str = "https://it.example:443";

fn sandbox() -> Double {
    Double::granting(vec![Capability::NetDial(HERE.into())])
}

fn api(sandbox: &mut Double) -> Api<DoubleConnection> {
    Api::new(sandbox.dial(HERE).unwrap())
}
