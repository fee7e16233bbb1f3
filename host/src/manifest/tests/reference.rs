//! `docs/plugins-toml.md` and the table in `schema` say the same.

use super::{parse, repository};
use crate::manifest::schema::{self, Kind};
use crate::sandbox::Limits;

fn reference() -> String {
    std::fs::read_to_string(repository("docs/plugins-toml.md")).unwrap()
}

#[test]
fn each_key_has_its_row_and_each_row_its_key() {
    let text = reference();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let wanted: Vec<String> = schema::keys().map(schema::Key::row).collect();
    let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|row| !rows.contains(row)).collect();
    assert!(missing.is_empty(), "add to docs/plugins-toml.md:\n{}", missing.join("\n"));
    let stray: Vec<&&str> = rows.iter().filter(|row| !wanted.iter().any(|wanted| wanted == *row)).collect();
    assert!(stray.is_empty(), "no such keys:\n{stray:#?}");
    assert_eq!(rows.len(), wanted.len(), "a row stands twice");
}

#[test]
fn the_examples_of_the_page_are_one_good_file() {
    let text = reference();
    let blocks: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 4);
    let manifest = parse(&blocks.concat()).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(manifest.targets.len() >= 3);
}

#[test]
fn each_example_is_toml_of_its_key_and_type() {
    for key in schema::keys() {
        let table: toml::Table = key.example.parse().unwrap_or_else(|error| panic!("{}: {error}", key.path));
        let mut value = toml::Value::Table(table);
        let last = key.path.split('.').next_back().unwrap();
        while let Some(inner) = value.as_table() {
            let (name, inner) = inner.iter().next().unwrap();
            let done = name == last || last == schema::NAME;
            value = inner.clone();
            if done {
                break;
            }
        }
        let right = match key.kind {
            Kind::Text | Kind::Path | Kind::TextOrTexts => value.is_str(),
            Kind::Choice(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Kind::Flag => value.is_bool(),
            Kind::Count(least, most) => {
                value.as_integer().is_some_and(|n| (least..=most).contains(&n.try_into().unwrap()))
            }
            Kind::Texts | Kind::Lines => value.is_array(),
            Kind::Free => value.is_table(),
        };
        assert!(right, "{}: {}", key.path, key.example);
    }
}

/// The table's text for the defaults is the sandbox's own.
#[test]
fn the_limits_have_the_defaults_that_the_reference_tells() {
    let Limits {
        component_bytes,
        memory_bytes,
        table_elements,
        instances,
        wall,
        host_calls,
        bytes_in,
        bytes_out,
        handles,
        log_bytes,
    } = Limits::default();
    for (name, default) in [
        ("component-bytes", component_bytes),
        ("memory-bytes", memory_bytes),
        ("table-elements", table_elements),
        ("instances", instances),
        ("wall-seconds", wall.as_secs()),
        ("host-calls", host_calls),
        ("bytes-in", bytes_in),
        ("bytes-out", bytes_out),
        ("handles", handles),
        ("log-bytes", log_bytes),
    ] {
        let key = schema::find(&format!("plugins.NAME.limits.{name}")).unwrap();
        assert_eq!(
            key.default,
            default.to_string(),
            "{name}: correct manifest/keys.rs and docs/plugins-toml.md"
        );
        let Kind::Count(least, most) = key.kind else { panic!("{name}") };
        assert!((least..=most).contains(&default), "{name}");
    }
}
