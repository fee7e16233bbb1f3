"""The target's configuration, with all its faults at once."""

import json

from wit_world.exports.connector import Problem

REQUIRED = ("certificate", "key")
PATHS = (*REQUIRED, "chain", "program", "config-file", "error-log")
NAMES = ("owner", "group", "reach")


class Faults(Exception):
    def __init__(self, problems):
        super().__init__(problems)
        self.problems = problems


class Config:
    def __init__(self, text):
        fields = json.loads(text)
        problems = [Problem(f"/{key}", "it is missing") for key in REQUIRED if key not in fields]
        for key, value in fields.items():
            if fault := judge(key, value):
                problems.append(Problem(f"/{key}", fault))
        if problems:
            raise Faults(problems)
        self.certificate = fields["certificate"]
        self.key = fields["key"]
        self.chain = fields.get("chain")
        self.owner = fields.get("owner")
        self.group = fields.get("group")
        self.reach = fields.get("reach")
        self._nginx = [fields.get("program", "/usr/sbin/nginx")]
        for option, key in (("-c", "config-file"), ("-e", "error-log")):
            if key in fields:
                self._nginx += [option, fields[key]]

    def command(self, *last):
        return [*self._nginx, *last]


def judge(key, value):
    if key not in PATHS + NAMES:
        return "there is no such key"
    if not isinstance(value, str):
        return "it is no string"
    if key in PATHS and not value.startswith("/"):
        return "it is no absolute path"
    return None
