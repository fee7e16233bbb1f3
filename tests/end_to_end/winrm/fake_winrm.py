"""A fake of the WinRM service, stricter than the real one: every message is checked against WS-Management, and what
is wrong is noted as a violation. Settings are read from settings.json in its directory, the state is written into it, and
the file `fault` there spoils one message."""

import base64
import json
import os
import re
import threading
import uuid

from fake_windows import Windows, run

ENV, ADR = "{http://www.w3.org/2003/05/soap-envelope}", "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
DMTF, MS = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}", "{http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd}"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
RSP, TRANSFER = "{" + SHELL + "}", "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
ACTIONS = {TRANSFER + name for name in ("Create", "Delete")} | {f"{SHELL}/{n}" for n in ("Command", "Send", "Receive", "Signal")}
TIMED_OUT = "2150858793"


class Fault(Exception):
    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code


def require(holds, what):
    if not holds:
        raise Fault("violation", what)


class Command:
    def __init__(self, kind):
        self.kind, self.stdin, self.ended, self.answers = kind, b"", False, []


class Service:
    def __init__(self, directory, scripts):
        self.directory, self.settings = directory, json.loads((directory / "settings.json").read_text())
        common = (scripts / "common.ps1").read_text()
        self.scripts = {common + (scripts / f"{kind}.ps1").read_text(): kind for kind in ("look", "apply")}
        self.windows = Windows(self.settings["bound"], self.settings["old"])
        self.shells, self.messages, self.steps, self.violations, self.refused = {}, set(), [], [], 0
        self.lock = threading.Lock()

    def note(self):
        state = {**self.windows.summary(), "steps": self.steps, "violations": self.violations, "open": len(self.shells),
                 "refused": self.refused}
        fresh = self.directory / "state.new"
        fresh.write_text(json.dumps(state))
        os.replace(fresh, self.directory / "state.json")

    def fault(self, step=None):
        """What is to go wrong at this step, once; without a step, what is to go wrong on Windows."""
        path = self.directory / "fault"
        if not path.exists():
            return None
        where, _, what = path.read_text().partition(" ")
        if where != (step or "Windows"):
            return None
        path.unlink()
        return what

    def header(self, envelope, port):
        require(envelope.tag == ENV + "Envelope" and [e.tag for e in envelope] == [ENV + "Header", ENV + "Body"], "envelope")
        header = envelope[0]
        text = lambda name: header.findtext(name) or ""
        must = lambda name: header.find(name) is not None and header.find(name).get(ENV + "mustUnderstand") == "true"
        require(text(ADR + "To") == f"https://127.0.0.1:{port}/wsman", "To")
        require(text(f"{ADR}ReplyTo/{ADR}Address").endswith("/addressing/role/anonymous"), "ReplyTo")
        require(text(DMTF + "MaxEnvelopeSize") == "153600" and must(DMTF + "MaxEnvelopeSize"), "MaxEnvelopeSize")
        require(text(DMTF + "ResourceURI") == SHELL + "/cmd" and must(DMTF + "ResourceURI"), "ResourceURI")
        require(re.fullmatch(r"PT\d+S", text(DMTF + "OperationTimeout")), "OperationTimeout")
        require(header.find(DMTF + "Locale") is not None and header.find(MS + "DataLocale") is not None, "locales")
        action, message = text(ADR + "Action"), text(ADR + "MessageID")
        require(action in ACTIONS and must(ADR + "Action"), "Action")
        uuid.UUID(message.removeprefix("uuid:"))
        require(message.startswith("uuid:") and message not in self.messages, "MessageID")
        self.messages.add(message)
        selectors = [(s.get("Name"), s.text) for s in header.iterfind(f"{DMTF}SelectorSet/{DMTF}Selector")]
        options = {o.get("Name"): o.text for o in header.iterfind(f"{DMTF}OptionSet/{DMTF}Option")}
        return action, message, selectors, options

    def create(self, options, body):
        require(options == {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "65001"}, "options of Create")
        shell = body.find(RSP + "Shell")
        require(shell.findtext(RSP + "InputStreams") == "stdin", "InputStreams")
        require(shell.findtext(RSP + "OutputStreams") == "stdout stderr", "OutputStreams")
        self.messages.clear()
        identity = str(uuid.uuid4()).upper()
        self.shells[identity] = {}
        return (f'<x:ResourceCreated xmlns:x="{TRANSFER[:-1]}"><a:ReferenceParameters><w:SelectorSet><w:Selector Name="ShellId">'
                f"{identity}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>")

    def start(self, commands, options, body):
        require(options == {"WINRS_CONSOLEMODE_STDIN": "FALSE", "WINRS_SKIP_CMD_SHELL": "FALSE"}, "options of Command")
        require(not commands, "a command before the last one's Signal")
        line = body.find(RSP + "CommandLine")
        arguments = line.findtext(RSP + "Arguments") or ""
        require(line.findtext(RSP + "Command") == "powershell.exe", "program")
        require(len("powershell.exe " + arguments) < 8191, "cmd.exe takes no such long line")
        form = re.fullmatch(r"-NoProfile -NonInteractive -InputFormat None -EncodedCommand ([A-Za-z0-9+/=]+)", arguments)
        require(form, "form of the arguments")
        kind = self.scripts.get(base64.b64decode(form.group(1), validate=True).decode("utf-16-le"))
        require(kind, "a script that is none of the two")
        identity = str(uuid.uuid4()).upper()
        commands[identity] = Command(kind)
        return f"<rsp:CommandResponse><rsp:CommandId>{identity}</rsp:CommandId></rsp:CommandResponse>"

    def send(self, command, stream):
        require(stream.get("Name") == "stdin" and not command.ended, "stream of Send")
        command.stdin += base64.b64decode(stream.text, validate=True)
        if stream.get("End") == "true":
            command.ended = True
            out, err, code = run(self.windows, command.kind, command.stdin, self.fault() if command.kind == "apply" else None)
            half = len(out) // 2
            done = f'State="{SHELL}/CommandState/Done"><rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState>'
            command.answers = [None, (out[:half], b"", f'State="{SHELL}/CommandState/Running"/>'), (out[half:], err, done)]
        return "<rsp:SendResponse/>"

    def receive(self, identity, command):
        answer = command.answers.pop(0) if command.answers else None
        if answer is None:
            raise Fault(TIMED_OUT, "The WS-Management service cannot complete the operation within the time specified.")
        stream = lambda name, data: f'<rsp:Stream Name="{name}" CommandId="{identity}">{base64.b64encode(data).decode()}</rsp:Stream>'
        streams = stream("stdout", answer[0]) + stream("stderr", answer[1])
        return f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{identity}" {answer[2]}</rsp:ReceiveResponse>'

    def step(self, name, body):
        """The step's name with the script that it belongs to, for the faults."""
        for element in body.iter():
            for shell in self.shells.values():
                if element.get("CommandId") in shell:
                    end = ":end" if element.get("End") == "true" else ""
                    return f"{name}:{shell[element.get('CommandId')].kind}{end}"
        return name

    def act(self, name, selectors, options, body):
        if name == "Create":
            require(not selectors, "a selector on Create")
            return self.create(options, body)
        require(len(selectors) == 1 and selectors[0][0] == "ShellId" and selectors[0][1] in self.shells, "ShellId")
        commands = self.shells[selectors[0][1]]
        if name == "Delete":
            require(len(body) == 0, "body of Delete")
            del self.shells[selectors[0][1]]
            return ""
        if name == "Command":
            return self.start(commands, options, body)
        place = body.find({"Send": f"{RSP}Send/{RSP}Stream", "Receive": f"{RSP}Receive/{RSP}DesiredStream",
                           "Signal": f"{RSP}Signal"}[name])
        identity = place.get("CommandId")
        require(identity in commands, "CommandId")
        if name == "Send":
            return self.send(commands[identity], place)
        if name == "Receive":
            require(place.text == "stdout stderr", "DesiredStream")
            return self.receive(identity, commands[identity])
        require(place.findtext(RSP + "Code") == SHELL + "/signal/terminate", "Code of Signal")
        del commands[identity]
        return "<rsp:SignalResponse/>"
