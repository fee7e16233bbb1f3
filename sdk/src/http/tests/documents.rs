//! Requests and their bodies.

use super::*;
use crate::document;

#[test]
fn a_call_has_its_headers_its_query_and_its_body() {
    let mut sandbox = sandbox();
    sandbox.answer(200, "");
    let mut api = api(&mut sandbox);
    api.header("X-Token", "one");
    api.header("accept", "application/json");
    api.header("x-token", Content::from("Bearer ").then(crate::http::secret("token")));
    let call = Call::post("/import?v=1").query("vdom", "a&b c").json(object! { "key": key() });
    api.call(call.header("Content-Type", "application/merge-patch+json").header("ACCEPT", "text/plain"))
        .unwrap();
    let requests = sandbox.requests.borrow();
    assert_eq!(requests[0].line, "POST /import?v=1&vdom=a%26b%20c");
    assert_eq!(requests[0].headers["x-token"], "Bearer «token»");
    assert_eq!(requests[0].headers["accept"], "text/plain");
    assert_eq!(requests[0].headers["content-type"], "application/merge-patch+json");
    assert_eq!(requests[0].headers.len(), 3, "none of them twice");
    assert_eq!(requests[0].body, r#"{"key":"«private key»"}"#);
}

#[test]
fn base64_of_text_and_a_secret_behind_it_is_one_base64() {
    for text in ["", "a", "ab", "abc", "abcd"] {
        let body: Vec<Part> = Node::base64(Content::from(text).then(key())).into();
        let whole = render(&body).replace("«private key»", &document::base64(b"KEY"));
        let decoded = crate::certificate::der(whole.trim_matches('"')).unwrap();
        let decoded = String::from_utf8(decoded).unwrap();
        assert_eq!(decoded.replace('\n', ""), format!("{text}KEY"));
    }
    let alone: Vec<Part> = Node::base64("a").into();
    assert_eq!(render(&alone), "\"YQ==\"", "nothing behind it, nothing filled up");
}

#[test]
fn what_was_read_is_written_back_with_its_kinds() {
    let read: serde_json::Value = serde_json::from_str(r#"{"a":[1,2.5,null],"b":{"c":"\u0001\""}}"#).unwrap();
    let body: Vec<Part> = Node::from(read).with("d", None::<&str>).with("a", vec![true]).into();
    assert_eq!(render(&body), r#"{"a":[true],"b":{"c":"\u0001\""},"d":null}"#);
}

#[test]
fn keys_of_objects_are_escaped_and_may_be_computed() {
    let computed = String::from("a\"b");
    let body: Vec<Part> = object! { (computed.as_str()): 1, "c": object! {} }.into();
    assert_eq!(render(&body), r#"{"a\"b":1,"c":{}}"#);
}

#[test]
fn a_form_encodes_all_but_the_unreserved() {
    let body: Vec<Part> = Form::new().field("a+b", "1&2=3 é~").field("c", "").into();
    assert_eq!(render(&body), "a%2Bb=1%262%3D3%20%C3%A9~&c=");
}

#[test]
fn multipart_has_a_boundary_that_nothing_in_it_has() {
    let (plain, _) = Multipart::new().field("a", "b").parts();
    let boundary = plain.strip_prefix("multipart/form-data; boundary=").unwrap();
    let hostile =
        Multipart::new().field("a", boundary).file("f\"\r\n", "k", "text/plain", Content::from(key()));
    let (content_type, body) = hostile.parts();
    let longer = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        render(&body),
        format!(
            "--{longer}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{boundary}\r\n\
             --{longer}\r\nContent-Disposition: form-data; name=\"f%22%0D%0A\"; filename=\"k\"\r\n\
             Content-Type: text/plain\r\n\r\n«private key»\r\n--{longer}--\r\n"
        )
    );
    assert!(longer.starts_with(boundary) && longer.len() > boundary.len());
}

#[test]
fn xml_escapes_text_and_attributes_and_is_read_again() {
    let element = Element::new("entry")
        .attribute("name", "a\n\"<&>'")
        .leaf("line", "1 < 2 & 3\r")
        .child(Element::new("none"));
    let body: Vec<Part> = element.into();
    let text = render(&body);
    let document = crate::http::xml::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("name"), Some("a\n\"<&>'"));
    assert_eq!(crate::http::xml::text_of(document.root(), "line"), Some("1 < 2 & 3\r"));
    assert!(crate::http::xml::first(document.root(), "none").is_some());
    let sealed: Vec<Part> = Element::new("k").base64(key()).into();
    assert!(matches!(&sealed[1], Part::Sealed(sealed) if sealed.encoding == crate::Encoding::Base64));
}

#[test]
fn each_document_has_the_host_escape_in_its_own_way() {
    let encodings = |parts: Vec<Part>| -> Vec<crate::Encoding> {
        let sealed = parts.into_iter().filter_map(|part| match part {
            Part::Sealed(sealed) => Some(sealed.encoding),
            _ => None,
        });
        sealed.collect()
    };
    assert_eq!(encodings(object! { "k": key() }.into()), [crate::Encoding::Json]);
    assert_eq!(encodings(Node::base64(key()).into()), [crate::Encoding::Base64]);
    assert_eq!(encodings(Form::new().field("k", key()).into()), [crate::Encoding::Url]);
    assert_eq!(encodings(Element::new("k").text(key()).into()), [crate::Encoding::Xml]);
    assert_eq!(encodings(Content::from(key()).into()), [crate::Encoding::Raw]);
}

#[test]
fn a_range_is_the_hosts_to_write() {
    let mut sandbox = sandbox();
    sandbox.on("POST /upload", 200, "");
    for unit in ["", "bytes "] {
        let call =
            Call::post("/upload").body("application/octet-stream", Content::from(key())).whole_range(unit);
        api(&mut sandbox).call(call).unwrap();
    }
    let sent: Vec<String> =
        sandbox.requests.borrow().iter().map(|sent| sent.headers["content-range"].clone()).collect();
    let range = "0-«body length -1»/«body length +0»";
    assert_eq!(sent, [String::from(range), format!("bytes {range}")]);
}
