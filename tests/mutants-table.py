#!/usr/bin/env python3
"""Writes the figures of docs/mutants.md: what make mutants found, and how many lines each connector has of its own."""

import collections
import json
import pathlib
import statistics

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/mutants.md"
KINDS = ["CaughtMutant", "Timeout", "Unviable", "MissedMutant"]
SERVER = ROOT / "guests/server"


def found():
    outcomes = json.loads((ROOT / "target/mutants/mutants.out/outcomes.json").read_text())
    packages = collections.defaultdict(collections.Counter)
    for outcome in outcomes["outcomes"]:
        if outcome["scenario"] != "Baseline":
            packages[outcome["scenario"]["Mutant"]["package"]][outcome["summary"]] += 1
    table = "| Package | Mutants | Caught | Ran out of time | Unviable | Missed |\n|---|---|---|---|---|---|\n"
    for name, count in sorted(packages.items()):
        table += f"| {name} | {count.total()} | {' | '.join(str(count[kind]) for kind in KINDS)} |\n"
    whole = sum(packages.values(), collections.Counter())
    table += f"| all | {whole.total()} | {' | '.join(str(whole[kind]) for kind in KINDS)} |\n"
    made = f"cargo-mutants {outcomes['cargo_mutants_version']}, {outcomes['end_time'][:10]}."
    return f"\n{made}\n\n{table}\n"


def lines(paths):
    return sum(len(path.read_text().splitlines()) for path in paths if "tests" not in path.with_suffix("").parts)


def own():
    """A profile's component has its profile and its name; what the profiles share is the component `server`."""
    profiles = {path.stem: [path, SERVER / "names" / path.name] for path in (SERVER / "src/profiles").glob("*.rs")}
    crates = {path.parent.name: list(path.parent.glob("src/**/*")) for path in (ROOT / "guests").glob("*/Cargo.toml")}
    crates["server"] = [path for path in crates["server"] if path.parent.name != "profiles"]
    size = {
        name: lines(path for path in paths if path.suffix in (".rs", ".ps1"))
        for name, paths in (profiles | crates).items()
    }
    largest = sorted(size, key=size.get, reverse=True)[:4]
    return (
        f"\n{len(size)} connectors, tests apart: the median has {statistics.median(size.values()):.0f} lines of its own, "
        f"without the profiles {statistics.median(size[name] for name in crates):.0f}. "
        f"The largest are {', '.join(f'{name} ({size[name]})' for name in largest)}.\n\n"
    )


def between(text, name, part):
    begin, end = f"<!-- {name}: written by make mutants -->\n", f"<!-- end of {name} -->\n"
    head, rest = text.split(begin)
    return head + begin + part + end + rest.split(end)[1]


def main():
    text = between(PAGE.read_text(), "found", found())
    PAGE.write_text(between(text, "lines", own()))


main()
