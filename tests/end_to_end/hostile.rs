//! Every hostile component of tests/guests, through the whole host: refused as its row says, nothing outside the
//! grant touched, the host alive and within its memory, and the next deployment good.
//!
//! A component without a row, a row without a component and a function of the contract that no row attacks do
//! not compile: `build.rs` lists them, the constants below compare.

mod attack;
mod cpu;
mod declare;
mod exec;
mod fs;
mod load;
mod memory;
mod net;
mod ring;
mod rollback;
mod server;
mod setting;
mod stopped;
mod wasi;

use crate::room::repository;
use attack::{Attack, has_function, has_guest};
use ring::Ring;

const ATTACKS: &[&[Attack]] = &[
    cpu::ATTACKS,
    declare::ATTACKS,
    exec::ATTACKS,
    fs::ATTACKS,
    load::ATTACKS,
    memory::ATTACKS,
    net::ATTACKS,
    rollback::ATTACKS,
    rollback::STUCK,
    wasi::ATTACKS,
];

include!(concat!(env!("OUT_DIR"), "/hostile.rs"));

macro_rules! has_a_row {
    ($guest:literal) => {
        const _: () = assert!(
            has_guest(ATTACKS, $guest),
            concat!(
                "tests/guests has the component `",
                $guest,
                "`, but no table of tests/end_to_end/hostile a row"
            )
        );
    };
}
foreach_guest!(has_a_row);

macro_rules! is_attacked {
    ($function:literal) => {
        const _: () = assert!(
            has_function(ATTACKS, $function),
            concat!(
                "a connector can import `",
                $function,
                "`, and no row of tests/end_to_end/hostile attacks it"
            )
        );
    };
}
foreach_function!(is_attacked);

/// As `make hostile` built it.
fn component(name: &str) -> Vec<u8> {
    let path = repository().join(format!("target/hostile/{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}: run `make hostile`", path.display()))
}

macro_rules! names_of_guests {
    () => {{
        let mut names = Vec::new();
        macro_rules! add {
            ($guest:literal) => {
                names.push($guest);
            };
        }
        foreach_guest!(add);
        names
    }};
}

#[test]
fn every_row_has_a_component_of_its_own() {
    let mut rows: Vec<&str> = ATTACKS.iter().copied().flatten().map(|attack| attack.name).collect();
    rows.sort_unstable();
    assert_eq!(rows, names_of_guests!());
}

#[test]
fn what_a_row_claims_to_attack_the_component_imports() {
    for attack in ATTACKS.iter().copied().flatten().filter(|attack| !attack.function.is_empty()) {
        let component = component(attack.name);
        let (interface, function) = attack.function.split_once('.').unwrap();
        let function =
            if function.contains('.') { format!("[method]{function}") } else { function.to_owned() };
        for wanted in [format!("lastmile:connector/{interface}@0.1.0"), function] {
            let found = component.windows(wanted.len()).any(|window| window == wanted.as_bytes());
            assert!(found, "{} does not import {wanted}", attack.name);
        }
    }
}

#[test]
fn attacks_on_the_loading() {
    Ring::new(load::ATTACKS).fight();
}

#[test]
fn attacks_on_time() {
    Ring::new(cpu::ATTACKS).fight();
}

#[test]
fn attacks_on_memory() {
    Ring::new(memory::ATTACKS).fight();
}

#[test]
fn attacks_by_what_is_declared_and_said() {
    Ring::new(declare::ATTACKS).fight();
}

#[test]
fn attacks_on_the_inert_wasi() {
    Ring::new(wasi::ATTACKS).fight();
}

#[test]
fn attacks_on_files() {
    Ring::new(fs::ATTACKS).fight();
}

#[test]
fn attacks_on_programs() {
    Ring::new(exec::ATTACKS).fight();
}

#[test]
fn attacks_on_the_network() {
    Ring::new(net::ATTACKS).fight();
}

#[test]
fn attacks_on_the_way_back() {
    Ring::new(rollback::ATTACKS).fight();
}

#[test]
fn attacks_that_never_go_back() {
    Ring::new(rollback::STUCK).fight_until_given_up();
}
