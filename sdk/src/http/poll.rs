//! Waiting for a job of the target.

use alloc::format;
use alloc::string::String;

use crate::http::api::Api;
use crate::{Connection, Failure};

impl<C: Connection> Api<C> {
    /// Asks until `look` has an answer, at most so many times with a pause in between. `what` says to people what is waited for.
    ///
    /// A look that meets an unavailable target counts as one that saw nothing: a device whose own certificate is changed answers
    /// nobody for a while.
    ///
    /// ```
    /// # use lastmile_sdk::http::{Api, Call};
    /// # use lastmile_sdk::{Connection, Failure};
    /// #[derive(serde::Deserialize)]
    /// struct Job {
    ///     status: String,
    ///     message: String,
    /// }
    ///
    /// fn finish<C: Connection>(api: &mut Api<C>, id: u64) -> Result<(), Failure> {
    ///     api.poll("the commit", 1000, 60, |api| {
    ///         let job: Job = api.call(Call::get(format!("/jobs/{id}")))?.json()?;
    ///         match job.status.as_str() {
    ///             "done" => Ok(Some(())),
    ///             "failed" => Err(Failure::Rejected(job.message)),
    ///             _ => Ok(None),
    ///         }
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `look`; an end that does not come is `uncertain` after a change, and `unavailable` before one.
    pub fn poll<T>(
        &mut self,
        what: &str,
        every_ms: u32,
        at_most: u32,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut last = String::new();
        for round in 0..at_most {
            if round > 0 {
                self.connection.wait(every_ms)?;
            }
            match look(self) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => last.clear(),
                // A session that is over does not come back by waiting.
                Err(Failure::Unavailable((text, _))) if !self.expired => last = format!(": {text}"),
                Err(failure) => return Err(failure),
            }
        }
        let text = format!("{what} has not come to an end after {at_most} looks{last}");
        Err(if self.changed() { Failure::Uncertain(text) } else { Failure::Unavailable((text, None)) })
    }
}
