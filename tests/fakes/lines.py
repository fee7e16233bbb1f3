"""The lines into a fake: TLS, HTTP/1.1 kept alive, and the faults on them. One thread, one request at a time."""

import asyncio
import datetime
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import faults
import material
from device import SESSION
from request import read, wire

# Cancelled: the fake ends while a client still has a line to it.
GONE = (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError)


def self_signed():
    """What such devices show on their management interface."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "device.invalid")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
    return material.Pair(builder.sign(key, hashes.SHA256()), [], key)


class Contexts:
    """TLS contexts, one a pair."""

    def __init__(self):
        self.made = {}

    def of(self, pair):
        content = pair.bundle() + pair.key_pem()
        if content not in self.made:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with tempfile.NamedTemporaryFile() as file:
                file.write(content)
                file.flush()
                context.load_cert_chain(file.name)
            self.made[content] = context
        return self.made[content]

    def choosing(self, choose):
        """A context that asks `choose` at each handshake which pair to show."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def pick(line, _name, _context):
            pair = choose()
            if pair is None:
                return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
            line.context = self.of(pair)
            return None

        context.sni_callback = pick
        return context


async def listen(context, answer):
    """A port on loopback, for TLS where there is a context; `answer` gets each line."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context, backlog=256)
    return server.sockets[0].getsockname()[1]


async def shown(_reader, writer):
    """A listener's whole talk: the handshake was all that anybody came for."""
    writer.close()


def serve(device):
    """The handler of lines to this device's management interface."""

    async def line(reader, writer):
        try:
            while (request := await read(reader)) is not None:
                if not await exchange(device, request, reader, writer):
                    break
        except GONE:
            pass
        except ValueError as error:
            device.violation(f"no HTTP: {error}")
        finally:
            writer.close()

    return line


def issue(device):
    """The handler of lines to where a cloud's tokens are issued."""

    async def line(reader, writer):
        try:
            while (request := await read(reader)) is not None:
                head, body = wire(device.issue(request))
                writer.write(head + body)
                await writer.drain()
        except GONE:
            pass
        finally:
            writer.close()

    return line


async def exchange(device, request, reader, writer):
    """One request and its answer; says whether the line lives on."""
    kind = device.record(request)
    fault = device.fault if device.fault and device.fault.strikes() else None
    answer = None
    if fault:
        fault.struck.append(len(device.requests))
        answer = faults.instead(fault, device, request)
    if answer is None:
        answer = device.answer(request)
        answer = faults.behind(fault, answer) if fault else answer
    if fault and fault.what in faults.LOSING:
        device.lost(request)
    if fault and (kind == SESSION or answer is faults.HOLD):
        device.sessions.excuse()
    if answer is faults.HOLD:
        device.held = True
        await reader.read(1)
        return False
    if answer is faults.CUT:
        writer.transport.abort()
        return False
    device.requests[-1]["status"] = answer.status
    head, body = wire(answer)
    truncated = fault is not None and fault.what == "truncated"
    writer.write(head + (body[: len(body) // 2] if truncated else body))
    await writer.drain()
    # A line that dies over an empty body is a cut; the client cannot tell, and has its answer.
    return not truncated
