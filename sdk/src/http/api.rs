//! One target's API behind one connection.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::failure::misconfigured;
use crate::http::answer::Answer;
use crate::http::call::{Call, set};
use crate::http::content::Content;
use crate::http::patience::Patience;
use crate::http::verdict::{Judged, Verdict};
use crate::{Connection, Failure, NetError, Receipt, Request};

/// One target's API: headers that every call has, what its answers mean, and whether it was changed in this run.
pub struct Api<C> {
    pub(crate) connection: C,
    headers: Vec<(String, Content)>,
    pub(crate) session: Vec<(String, Content)>,
    judge: fn(&Answer) -> Judged,
    patience: Patience,
    changed: bool,
    pub(crate) in_session: bool,
    pub(crate) expired: bool,
}

/// An answer that the connector decides about.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// It was done.
    Done(Answer),
    /// There is no such thing.
    NotFound(Answer),
    /// There is one already, or it was changed meanwhile.
    Conflict(Answer),
}

impl<C: Connection> Api<C> {
    /// The API behind a dialled connection, its answers judged by their status.
    #[must_use]
    pub fn new(connection: C) -> Self {
        Self {
            connection,
            headers: Vec::new(),
            session: Vec::new(),
            judge: |answer| answer.by_status().into(),
            patience: Patience::default(),
            changed: false,
            in_session: false,
            expired: false,
        }
    }

    /// Lets a function of the connector judge the answers: [`verdict`](super::verdict). It is asked about every answer, also
    /// those with 200; only a page of HTML in place of a success is never taken for one.
    #[must_use]
    pub fn judged_by(mut self, judge: fn(&Answer) -> Judged) -> Self {
        self.judge = judge;
        self
    }

    /// How long a busy target is waited for.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// A header of every call from now on, in place of one of the same name.
    pub fn header(&mut self, name: &str, value: impl Into<Content>) {
        set(&mut self.headers, name, value.into());
    }

    /// Whether a call that changes something was done, or may have been done.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// The receipt of this run: `changed` by what was sent.
    #[must_use]
    pub fn receipt(&self, reference: &str, note: &str) -> Receipt {
        Receipt { changed: self.changed, reference: reference.to_string(), note: note.to_string() }
    }

    /// One call that must be done.
    ///
    /// # Errors
    ///
    /// By the answer's verdict; what is not there, or is there already, is `rejected`.
    pub fn call(&mut self, call: Call) -> Result<Answer, Failure> {
        match self.attempt(call)? {
            Attempt::Done(answer) => Ok(answer),
            Attempt::NotFound(answer) | Attempt::Conflict(answer) => {
                Err(Failure::Rejected(answer.complaint()))
            }
        }
    }

    /// One call that may be done twice without harm (a save, a removal): sent once more where nobody knows what became of it.
    ///
    /// # Errors
    ///
    /// As [`Api::call`], of the second time.
    pub fn insist(&mut self, call: Call) -> Result<Answer, Failure> {
        match self.call(call.clone()) {
            Err(Failure::Unavailable(_) | Failure::Uncertain(_)) if !self.expired => self.call(call),
            ended => ended,
        }
    }

    /// One call for something that may not be there.
    ///
    /// # Errors
    ///
    /// As [`Api::call`].
    pub fn find(&mut self, call: Call) -> Result<Option<Answer>, Failure> {
        match self.attempt(call)? {
            Attempt::Done(answer) => Ok(Some(answer)),
            Attempt::NotFound(_) => Ok(None),
            Attempt::Conflict(answer) => Err(Failure::Rejected(answer.complaint())),
        }
    }

    /// One call whose refusal the connector decides about.
    ///
    /// # Errors
    ///
    /// By the answer's verdict.
    pub fn attempt(&mut self, call: Call) -> Result<Attempt, Failure> {
        let (answer, verdict) = self.exchange(&call)?;
        let text = answer.complaint();
        Err(match verdict {
            Verdict::Ok => return Ok(Attempt::Done(answer)),
            Verdict::NotFound => return Ok(Attempt::NotFound(answer)),
            Verdict::Conflict => return Ok(Attempt::Conflict(answer)),
            Verdict::Denied => Failure::Denied(text),
            Verdict::Misconfigured(key) => misconfigured(key, &text),
            Verdict::Rejected => Failure::Rejected(text),
            Verdict::Busy | Verdict::Unavailable => Failure::Unavailable((text, answer.retry_after())),
            Verdict::SessionExpired if !self.in_session => Failure::Denied(text),
            Verdict::SessionExpired => {
                self.expired = true;
                Failure::Unavailable((text, None))
            }
            Verdict::Uncertain => answer.open(text),
        })
    }

    /// Sends until the target is not busy, or patience is at its end.
    fn exchange(&mut self, call: &Call) -> Result<(Answer, Verdict), Failure> {
        let request = call.request(self.headers.iter().chain(&self.session));
        let mut sent = 0;
        loop {
            sent += 1;
            let (answer, verdict) = self.once(call, &request)?;
            let pause = self.patience.pause(sent, answer.retry_after());
            match pause.filter(|_| verdict == Verdict::Busy) {
                Some(pause) => self.connection.wait(pause)?,
                None => return Ok((answer, verdict)),
            }
        }
    }

    fn once(&mut self, call: &Call, request: &Request) -> Result<(Answer, Verdict), Failure> {
        let response = self.connection.request(request).map_err(|error| self.cut(call, error))?;
        let mut answer = Answer::new(call, response);
        let mut judged = (self.judge)(&answer);
        if judged.verdict == Verdict::Ok && answer.is_html() {
            judged = Verdict::Uncertain.because("a page of HTML where an answer should be");
        }
        answer.says = judged.says;
        answer.hidden = self.session.iter().flat_map(|(_, value)| value.tokens()).collect();
        self.changed |= call.is_change() && matches!(judged.verdict, Verdict::Ok | Verdict::Uncertain);
        Ok((answer, judged.verdict))
    }

    /// The failure of a call without an answer.
    fn cut(&mut self, call: &Call, error: NetError) -> Failure {
        let text = match error {
            NetError::Unreachable(text) => text,
            // What was answered had arrived.
            NetError::TooLarge(limit) if call.is_change() => {
                format!("the answer is larger than {limit} bytes")
            }
            other => return other.into(),
        };
        let text = format!("{}: {text}", call.line());
        if !call.is_change() {
            return Failure::Unavailable((text, None));
        }
        self.changed = true;
        Failure::Uncertain(text)
    }
}
