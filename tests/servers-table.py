#!/usr/bin/env python3
"""Writes docs/servers.md from what the trials of the real servers left in target/servers (make table)."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What a mismatched pair does where nobody looks: measured by hand on these servers; the tests of each hold its traps.
LEFT_ALONE = {
    "apache": "the server dies; `graceful` ends with 0",
    "bind": "refused and told; the old one stays",
    "caddy": "refused and told; the old one stays",
    "dovecot": "taken: every new TLS connection is reset",
    "envoy": "the old one stays; only its log tells, and `--mode validate` does not look",
    "exim": "taken: 454, no TLS",
    "haproxy": "refused and told by the runtime API; a reload by USR2 keeps the old one and says nothing",
    "hitch": "the old one stays; only its log tells",
    "javakeystore": "whatever reads the keystore decides",
    "lighttpd": "the server dies",
    "mariadb": "refused and told; the old one stays",
    "mosquitto": "taken by half: every new handshake fails",
    "nginx": "refused and told; the old one stays",
    "postfix": "taken: 454, senders go on in clear text",
    "postgresql": "the old one stays; only its log tells",
    "proftpd": "taken: every session ends before its greeting",
    "rabbitmq": "taken: every new handshake fails",
    "redis": "refused and told; the old one stays",
    "slapd": "told, but TLS is gone by then",
    "squid": "refused and told; the old one stays",
    "stunnel": "the old one stays; only its log tells",
    "tomcat": "taken, with `OK`: every new handshake fails",
    "traefik": "a certificate of its own is served; only its log tells",
    "vsftpd": "the restart fails",
}
UNPROVEN = {
    "elasticsearch": "profile of `server`; no package of Debian's",
    "kafka": "profile of `server`; no package of Debian's",
    "mongodb": "profile of `server`; no package of Debian's",
    "mysql": "profile of `server`; Debian ships MariaDB, whose statement is another",
}
HEAD = """# Servers, and what is proven

Made by `make table` from what `make test` found: each server below was started, real, with an old certificate, and went through the
trial of `tests/end_to_end/servers/trial.rs`. In every row the new certificate was served, proven by a handshake; the same again wrote
and reloaded nothing; a foreign key, an empty file and an expired certificate never reached the server; and whatever failed
left the old certificate served and the old files in place, byte for byte.

| Server | Version | A mismatched pair, left alone | Under lastmile, from enqueuing to verified | A session that was open lives | A reload that does nothing | Nonsense in its own configuration |
|---|---|---|---|---|---|---|
"""


MISFORTUNES = """
Six misfortunes were tried on twelve of them (`tests/end_to_end/servers/misfortune.rs`: bind, caddy, dovecot, hitch, lighttpd, mariadb, mosquitto,
postgresql, redis, slapd, squid, stunnel). After each the old files are in place, byte for byte, and the old certificate is served.

| Misfortune | Outcome |
|---|---|
| The disk is full after all files but the last | `unavailable` |
| The file system is read-only | `unavailable` |
| The certificate is not for the target's `verify.server-name` | `rejected`, before anything is written |
| The check is not there any more | `rejected` |
| The server does not run | `unavailable`, or `rejected` where its check asks it; it serves the old one once it runs again |
| The host is killed after it told the server, before it looked | the next start of the host puts the old state back |

One exception: hitch reads a file again only if it is newer, so what an undo brings back it takes up at its next restart, unless the target's `reload` is one.
"""
NO_TLS = """
## No target: host certificates of sshd

OpenSSH's host certificates are no X.509: a key that `ssh-keygen -s` signed, in OpenSSH's own format, that no TLS client reads and no ACME server issues. lastmile refuses
them as it refuses anything that is no X.509. Sign them where the SSH authority is (`ssh-keygen -s CA -h -n NAME -V +90d /etc/ssh/ssh_host_ed25519_key.pub`, `step ssh certificate --host`,
Vault's SSH engine), write the file that `HostCertificate` names, and let sshd read it by `systemctl reload ssh`.
"""


def row(found):
    live = {True: "yes", None: "not asked"}[found["sessions_live"]]
    lie = found["lie"] or "it needs none"
    nonsense = "heeded by a restart only: served" if found["nonsense"] == "changed" else f"`{found['nonsense']}`"
    lie = f"`{lie}`" if found["lie"] else lie
    version = re.sub(r"[<>|$@].*?(?= |$)", "", found["version"])
    version = re.sub(r"\s+", " ", version).strip()[:60].strip()
    return (
        f"| {found['name']} | {version} | {LEFT_ALONE[found['name']]} | {found['served_after_ms']} ms | {live} "
        f"| {lie} | {nonsense} |\n"
    )


def main():
    found = [json.loads(path.read_text()) for path in sorted((ROOT / "target/servers").glob("*.json"))]
    missing = set(LEFT_ALONE) - {one["name"] for one in found}
    if missing:
        raise SystemExit(f"no result of {', '.join(sorted(missing))}: run `make test` first")
    text = HEAD + "".join(row(one) for one in found)
    text += "\nnginx and HAProxy have further tests of their own (`tests/end_to_end`). What has an API is in [targets.md](targets.md).\n"
    text += MISFORTUNES + NO_TLS
    text += "\n## Unproven\n\n| Connector | State |\n|---|---|\n"
    text += "".join(f"| {name} | {state} |\n" for name, state in sorted(UNPROVEN.items()))
    (ROOT / "docs/servers.md").write_text(text)


main()
