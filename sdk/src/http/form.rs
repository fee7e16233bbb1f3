//! `application/x-www-form-urlencoded`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::http::content::Content;
use crate::http::escape;
use crate::http::writer::Writer;
use crate::{Encoding, Part};

/// The fields of a form.
///
/// ```
/// use lastmile_sdk::http::{Form, key};
/// use lastmile_sdk::testing::render;
/// let form = Form::new().field("Action", "Upload it").field("PrivateKey", key());
/// assert_eq!(render(&Vec::from(form)), "Action=Upload%20it&PrivateKey=«private key»");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, Content)>);

impl Form {
    /// No fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more field.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Content>) -> Self {
        self.0.push((name.to_string(), value.into()));
        self
    }
}

impl From<Form> for Vec<Part> {
    fn from(form: Form) -> Self {
        let mut writer = Writer::default();
        for (index, (name, value)) in form.0.iter().enumerate() {
            if index > 0 {
                writer.text("&");
            }
            writer.text(&escape::segment(name));
            writer.text("=");
            value.write(&mut writer, Encoding::Url);
        }
        writer.finish()
    }
}
