//! A login, the work, and the logout that always follows.

use core::mem::take;

use crate::http::api::Api;
use crate::http::call::set;
use crate::http::content::Content;
use crate::{Connection, Failure};

impl<C: Connection> Api<C> {
    /// A header of every call until the session ends, set by a login.
    pub fn session_header(&mut self, name: &str, value: impl Into<Content>) {
        set(&mut self.session, name, value.into());
    }

    /// Logs in, works, and logs out whatever came of the work.
    ///
    /// Where an answer said [`SessionExpired`](super::Verdict::SessionExpired), it logs in again, once, and does the work from the
    /// start, which then finds what the first part did; [`Api::changed`] remembers that part. A fresh session that is over
    /// as well is `denied`.
    ///
    /// ```
    /// use lastmile_sdk::http::{Api, Call, object, secret};
    /// use lastmile_sdk::testing::Double;
    /// use lastmile_sdk::{Capability, Sandbox};
    ///
    /// let mut sandbox = Double::granting(vec![Capability::NetDial("https://it.example:443".into())]);
    /// sandbox.on("POST /login", 200, r#"{"token":"t"}"#);
    /// sandbox.on("GET /certificates", 200, "[]");
    /// sandbox.on("DELETE /sessions/t", 200, "");
    /// let mut api = Api::new(sandbox.dial("https://it.example:443").unwrap());
    /// let found: Vec<String> = api
    ///     .with_session(
    ///         |api| {
    ///             let login = object! { "user": "lastmile", "password": secret("password") };
    ///             let answer: serde_json::Value = api.call(Call::post("/login").json(login))?.json()?;
    ///             let token = answer["token"].as_str().unwrap_or_default().to_string();
    ///             api.session_header("x-token", &token);
    ///             Ok(token)
    ///         },
    ///         |api, _token| api.call(Call::get("/certificates"))?.json(),
    ///         |api, token| api.call(Call::delete(format!("/sessions/{token}")).harmless()).map(drop),
    ///     )
    ///     .unwrap();
    /// assert!(found.is_empty());
    /// assert_eq!(sandbox.requests.borrow()[2].line, "DELETE /sessions/t");
    /// assert_eq!(sandbox.requests.borrow()[2].headers["x-token"], "t");
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the login and of the work. A logout that fails is no failure of the work: the session then ends by its own time.
    pub fn with_session<L, T>(
        &mut self,
        mut login: impl FnMut(&mut Self) -> Result<L, Failure>,
        mut work: impl FnMut(&mut Self, &L) -> Result<T, Failure>,
        mut logout: impl FnMut(&mut Self, &L) -> Result<(), Failure>,
    ) -> Result<T, Failure> {
        let mut session = login(self)?;
        (self.in_session, self.expired) = (true, false);
        let mut result = work(self, &session);
        if take(&mut self.expired) && result.is_err() {
            self.in_session = false;
            self.session.clear();
            session = login(self)?;
            self.in_session = true;
            result = work(self, &session);
            // Whom a fresh login does not let in, a later attempt does not let in either.
            result = match result {
                Err(Failure::Unavailable((text, _))) if self.expired => Err(Failure::Denied(text)),
                ended => ended,
            };
        }
        let _ = logout(self, &session);
        (self.in_session, self.expired) = (false, false);
        self.session.clear();
        result
    }
}
