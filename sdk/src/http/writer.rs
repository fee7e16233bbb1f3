//! Puts a document together: text grows until a sealed part comes.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use crate::{Encoding, Part, Secret, document};

/// A document in the making.
#[derive(Default)]
pub(crate) struct Writer {
    parts: Vec<Part>,
    text: String,
}

impl Writer {
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn sealed(&mut self, secret: &Secret, encoding: Encoding) {
        self.part(document::sealed(secret.clone(), encoding));
    }

    pub(crate) fn parts(&mut self, parts: impl IntoIterator<Item = Part>) {
        parts.into_iter().for_each(|part| self.part(part));
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Text(text) => self.text.push_str(&text),
            other => {
                self.flush();
                self.parts.push(other);
            }
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(take(&mut self.text)));
        }
    }

    pub(crate) fn finish(mut self) -> Vec<Part> {
        self.flush();
        self.parts
    }
}
