//! Lists that come in pages.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::http::api::Api;
use crate::{Connection, Failure};

/// A page that points to itself must not hold the deployment for ever.
const PAGES: u32 = 100;

impl<C: Connection> Api<C> {
    /// Every item of a list that comes in pages: `page` has the token of the page to get (none for the first), and says its items and
    /// the next token.
    ///
    /// # Errors
    ///
    /// Those of `page`; a list without an end is `rejected`.
    pub fn pages<T>(
        &mut self,
        mut page: impl FnMut(&mut Self, Option<&str>) -> Result<(Vec<T>, Option<String>), Failure>,
    ) -> Result<Vec<T>, Failure> {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES {
            let (more, next) = page(self, token.as_deref())?;
            items.extend(more);
            match next.filter(|next| !next.is_empty()) {
                Some(next) => token = Some(next),
                None => return Ok(items),
            }
        }
        Err(Failure::Rejected(format!("a list did not end after {PAGES} pages")))
    }
}
