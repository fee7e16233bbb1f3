"""Runs a fake: `main(Device)` at the end of each target's file.

The test talks on standard input, one JSON object a line, and reads one a line on standard output; the first line out is
the fake's greeting. The fake ends when its standard input does, so none outlives its test. See README.md."""

import asyncio
import json
import sys

import lines
import material
from cloud import Cloud
from faults import NAMES, OWN, Fault


class Fake:
    """Any number of devices of one kind, each on a port of its own."""

    def __init__(self, kind):
        self.kind, self.devices = kind, []
        self.contexts, self.own = lines.Contexts(), lines.self_signed()

    def greeting(self):
        """What the trial must know before it begins."""
        missing = set(OWN) - set(self.kind.has)
        return {"ready": self.kind.__name__, "faults": [name for name in NAMES if name not in missing],
                "pin": material.fingerprint(self.own.leaf)}

    async def device(self, options, secrets, pairs):
        """A new device; the ports of its management interface and of its listeners."""
        read = {name: material.Pair.read(one["certificate"].encode(), one["key"].encode()) for name, one in pairs.items()}
        device = self.kind(options, secrets, read)
        device.save()
        self.devices.append(device)
        management = self.contexts.choosing(lambda: device.management() or self.own)
        ports = {}
        for name in device.serving():
            context = self.contexts.choosing(lambda name=name: device.serving().get(name))
            ports[name] = await lines.listen(context, lines.shown)
        if isinstance(device, Cloud):
            ports["issuer"] = await lines.listen(None, lines.issue(device))
        return {"device": len(self.devices) - 1, "port": await lines.listen(management, lines.serve(device)),
                "listeners": ports}

    async def stale(self, certificate, key):
        """A listener that serves this pair whatever happens, for a verification that must fail."""
        pair = material.Pair.read(certificate.encode(), key.encode())
        return {"port": await lines.listen(self.contexts.of(pair), lines.shown)}

    async def act(self, do, device=None, **more):
        if do == "device":
            return await self.device(**more)
        if do == "stale":
            return await self.stale(**more)
        if do == "tokens":
            return {"tokens": sorted({token for one in self.devices for token in one.secret_tokens()})}
        chosen = self.devices[device]
        match do:
            case "fault":
                chosen.fault = Fault(**more)
            case "mend":
                chosen.fault = None
            case "reboot":
                chosen.reboot()
            case "forget":
                chosen.requests.clear()
            case "look":
                return chosen.look()
            case _:
                raise ValueError(f"no command {do!r}")
        return {}


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def talk(fake):
    reader = asyncio.StreamReader(limit=16 * 1024 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(fake.greeting())
    while command := await reader.readline():
        try:
            say(await fake.act(**json.loads(command)))
        except Exception as error:  # the test shall read it
            say({"error": f"{type(error).__name__}: {error}"})


def main(kind):
    asyncio.run(talk(Fake(kind)))
