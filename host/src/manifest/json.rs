//! A target's `config` as JSON, which has no dates, no infinities and no other integers than those of 64 bits.

use serde_json::{Map, Number, Value};
use toml::de::{DeInteger, DeValue};

use super::fault::Report;
use super::node::Node;

/// The value as JSON; what JSON has no form for is reported and becomes `null`.
pub(super) fn convert(node: &Node<'_>, report: &mut Report<'_>) -> Value {
    match node.value.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(integer) => match whole(integer) {
            Some(number) => Value::Number(number),
            None => refuse(node, "it is an integer of more than 64 bits", report),
        },
        DeValue::Float(float) => match float.as_str().parse().ok().and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => refuse(node, "it is no finite number", report),
        },
        DeValue::Datetime(_) => refuse(node, "it is a date, which JSON has no form for", report),
        DeValue::Array(_) => Value::Array(node.items().iter().map(|item| convert(item, report)).collect()),
        DeValue::Table(_) => {
            let entry = |entry: &Node<'_>| (entry.name.to_owned(), convert(entry, report));
            Value::Object(node.entries().iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

fn whole(integer: &DeInteger<'_>) -> Option<Number> {
    let (text, radix) = (integer.as_str(), integer.radix());
    let negative = || i64::from_str_radix(text, radix).ok().map(Number::from);
    u64::from_str_radix(text, radix).ok().map(Number::from).or_else(negative)
}

fn refuse(node: &Node<'_>, message: &str, report: &mut Report<'_>) -> Value {
    report.add(&node.at(), &node.path, message, "write it in quotes, as a string");
    Value::Null
}
