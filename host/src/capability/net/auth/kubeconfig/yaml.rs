//! As much of YAML as a kubeconfig is made of, JSON among it: mappings, lists and texts. Anchors are refused, for a
//! file that repeats itself can grow without end.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// A kubeconfig has five levels.
const DEEPEST: usize = 32;

/// What is being read: a collection, and in a mapping the key whose value is to come.
enum Open {
    List(Vec<Value>),
    Table(Map<String, Value>, Option<String>),
}

/// The text's value; every scalar is a string, but for what stands for nothing. Nothing, if it is no such YAML.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let whole = match event.ok()?.0 {
            Event::Scalar(text, style, ..) => {
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                if nothing { Value::Null } else { Value::String(text.into_owned()) }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= DEEPEST => return None,
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(list) => Value::Array(list),
                Open::Table(table, _) => Value::Object(table),
            },
            Event::Alias(_) | Event::StreamEnd => return None,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            None => return Some(whole),
            Some(Open::List(list)) => list.push(whole),
            Some(Open::Table(table, key)) => match (key.take(), whole) {
                (None, Value::String(name)) => *key = Some(name),
                (None, _) => return None,
                (Some(name), value) => {
                    // Which of two is meant nobody knows.
                    if table.insert(name, value).is_some() {
                        return None;
                    }
                }
            },
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use serde_json::json;

    use super::parse;

    #[test]
    fn yaml_and_json_come_to_the_same() {
        let yaml = "a:\n- b: 1\n  c: 'x: y'\n- {d: null, e: }\nf: |\n  two\n  lines\n";
        let wanted =
            json!({ "a": [{ "b": "1", "c": "x: y" }, { "d": null, "e": null }], "f": "two\nlines\n" });
        assert_eq!(parse(yaml).unwrap(), wanted);
        assert_eq!(
            parse(r#"{"a": ["b", {"c": "d\n\u00e9"}]}"#).unwrap(),
            json!({ "a": ["b", { "c": "d\né" }] })
        );
    }

    #[test]
    fn what_grows_or_deceives_is_none() {
        let deep = "[".repeat(100_000);
        for bad in ["", "a: &x 1\nb: *x\n", "a: 1\na: 2\n", "a: [", "? [x]\n: y\n", deep.as_str()] {
            assert!(parse(bad).is_none(), "{}", bad.get(..20).unwrap_or(bad));
        }
    }
}
