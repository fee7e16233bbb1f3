"""nginx: write certificate and key, let nginx test its configuration, reload."""

import wit_world.exports
from componentize_py_types import Err
from wit_world.exports.connector import (
    Capability_FsWrite,
    Capability_ProcessExec,
    Failure_Denied,
    Failure_Misconfigured,
    Failure_Rejected,
    Failure_Unavailable,
    Receipt,
)
from wit_world.imports import fs, process
from wit_world.imports.types import (
    Encoding,
    KeyFormat,
    Part_Sealed,
    Part_Text,
    Sealed,
    Secret_PrivateKey,
)

from config import Config, Faults
from world import reach, say


class Connector(wit_world.exports.Connector):
    def name(self):
        return "nginx-python"

    def capabilities(self, config):
        try:
            parsed = Config(config)
        except Faults as faults:
            raise Err(faults.problems) from None
        files = [parsed.key, parsed.certificate, *([parsed.chain] if parsed.chain else [])]
        commands = [parsed.command("-t"), parsed.command("-s", "reload")]
        return [*map(Capability_FsWrite, files), *map(Capability_ProcessExec, commands)]

    def deploy(self, deployment):
        try:
            config = Config(deployment.config)
        except Faults as faults:
            raise Err(Failure_Misconfigured(faults.problems)) from None
        changed = write_files(config, deployment.certificate)
        if config.reach:
            reach(config.reach)
        # A later attempt reloads in any case: the files may be right and the server may not have read them.
        if not changed and deployment.attempt <= 1:
            return Receipt(False, config.certificate, "nginx has it already")
        if text := run(config.command("-t"), repeat=False):
            raise Err(Failure_Rejected(f"nginx -t: {text}"))
        if text := run(config.command("-s", "reload"), repeat=True):
            raise Err(Failure_Unavailable((f"is nginx running? {text}", None)))
        return Receipt(changed, config.certificate, "nginx reloaded")

    def observe(self, deployment):
        return None


def write_files(config, certificate):
    key = Part_Sealed(Sealed(Secret_PrivateKey(KeyFormat.PKCS8), Encoding.RAW))
    # A group was named so that it may read the key.
    files = [(config.key, key, 0o640 if config.group else 0o600)]
    if config.chain:
        files.append((config.certificate, Part_Text(certificate.leaf_pem), 0o644))
        files.append((config.chain, Part_Text(certificate.chain_pem), 0o644))
    else:
        whole = certificate.leaf_pem + certificate.chain_pem
        files.append((config.certificate, Part_Text(whole), 0o644))
    outcomes = [write(config, *file) for file in files]
    return any(outcome != fs.Outcome.UNCHANGED for outcome in outcomes)


def write(config, path, part, mode):
    say(f"writing {path}")
    try:
        return fs.write(path, [part], fs.Attributes(mode, config.owner, config.group))
    except Err as error:
        raise Err(failure(error.value)) from None


def run(argv, repeat):
    """What the program complained of, or nothing."""
    undo = process.Rollback_Repeat() if repeat else process.Rollback_Nothing()
    try:
        output = process.exec(process.Command(argv, [], None, undo))
    except Err as error:
        raise Err(failure(error.value)) from None
    if output.status == process.Status_Exited(0):
        return None
    return f"{output.status}: {output.stderr.decode(errors='replace').strip()}"


def failure(error):
    denied = isinstance(error, (fs.Error_Denied, process.Error_Denied))
    return Failure_Denied(error.value) if denied else Failure_Rejected(error.value)
