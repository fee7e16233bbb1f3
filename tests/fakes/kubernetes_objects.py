"""Secrets as an API server keeps them: fields, who manages each (server-side apply), and what no change may do."""

import base64
import copy

from request import Refused
from request import json as answer_json

GROUPS = (("data",), ("metadata", "annotations"), ("metadata", "labels"))
TLS = "kubernetes.io/tls"
LARGEST = 1024 * 1024


def status(code, reason, message, **details):
    """How the API says no."""
    return answer_json(code, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                              "reason": reason, "details": details, "code": code})


def secret(fields, manager, number):
    """A Secret that this manager made, by POST as `kubectl create` does."""
    return {"fields": dict(fields), "owners": {(manager, "Update"): set(fields)}, "version": number, "uid": f"uid-{number}"}


def fields(document):
    """The leaves that somebody can manage: path -> value."""
    found = {(name,): document[name] for name in ("type", "immutable") if document.get(name) is not None}
    for group in GROUPS:
        place = document
        for step in group:
            place = place.get(step) or {}
        found |= {(*group, name): value for name, value in place.items()}
    return found


def document(namespace, name, held):
    """The object as it is shown, without its managers."""
    shown = {"apiVersion": "v1", "kind": "Secret", "data": {},
             "metadata": {"name": name, "namespace": namespace, "uid": held["uid"], "resourceVersion": str(held["version"])}}
    for path, value in held["fields"].items():
        place = shown
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return shown


def managers(held):
    """`metadata.managedFields`."""
    listed = []
    for (manager, operation), owned in sorted(held["owners"].items()):
        tree = {}
        for path in sorted(owned):
            place = tree
            for step in path:
                place = place.setdefault(f"f:{step}", {})
        if owned:
            listed.append({"manager": manager, "operation": operation, "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
                           "fieldsType": "FieldsV1", "fieldsV1": tree})
    return listed


def conflict(name, held, wanted, me):
    """The answer to an apply without force, and whose fields it would take; none where it takes none."""
    taken = sorted((other, path) for other, owned in held["owners"].items() if other != me
                   for path in owned & wanted.keys() if held["fields"][path] != wanted[path])
    causes = [{"reason": "FieldManagerConflict", "message": f'conflict with "{other[0]}" using v1', "field": "." + ".".join(path)}
              for other, path in taken]
    count = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    said = ", ".join(f"{cause['message']}: {cause['field']}" for cause in causes)
    return status(409, "Conflict", f"Apply failed with {count}: {said}", name=name, kind="secrets", causes=causes), taken


def applied(name, before, wanted, manager, force):
    """Server-side apply: the manager's fields are these and no others."""
    me, held = (manager, "Apply"), copy.deepcopy(before)
    answer, taken = conflict(name, held, wanted, me)
    if taken and not force:
        raise Refused(answer)
    for other, path in taken:
        held["owners"][other].discard(path)
    for path in held["owners"].get(me, set()) - wanted.keys():
        if not any(path in owned for other, owned in held["owners"].items() if other != me):
            del held["fields"][path]
    held["fields"] |= wanted
    held["owners"][me] = set(wanted)
    return held


def updated(before, wanted, manager):
    """Every other write: what it changes is its manager's from then on, and nobody else's."""
    held = copy.deepcopy(before)
    changed = {path for path in held["fields"].keys() | wanted.keys() if held["fields"].get(path) != wanted.get(path)}
    for owned in held["owners"].values():
        owned -= changed
    held["owners"].setdefault((manager, "Update"), set()).update(changed & wanted.keys())
    held["fields"] = dict(wanted)
    return held


def allowed(name, before, held):
    """What a Secret must be, whoever writes it."""
    def refuse(field, said):
        raise Refused(status(422, "Invalid", f'Secret "{name}" is invalid: {field}: {said}', name=name, kind="secrets"))

    old = before["fields"] if before else held["fields"]
    data = {path[1]: value for path, value in held["fields"].items() if path[0] == "data"}
    if held["fields"].get(("type",)) != old.get(("type",)):
        refuse("type", f'Invalid value: "{held["fields"].get(("type",))}": field is immutable')
    if old.get(("immutable",)) and held["fields"] != old:
        refuse("data", "Forbidden: field is immutable when `immutable` is set")
    if held["fields"].get(("type",)) == TLS:
        for key in ("tls.crt", "tls.key"):
            if key not in data:
                refuse(f"data[{key}]", "Required value")
    try:
        size = sum(len(base64.b64decode(value, validate=True)) for value in data.values())
    except ValueError:
        said = "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data"
        raise Refused(status(400, "BadRequest", said), "data that is no base64") from None
    if size > LARGEST:
        refuse("data", f"Too long: must have at most {LARGEST} bytes")


def json_patch(target, operations):
    """RFC 6902, as far as objects go."""
    for one in operations:
        place, last = walk(target, one["path"])
        match one["op"]:
            case "test" if place.get(last) != one["value"]:
                raise KeyError(f"testing path {one['path']} failed")
            case "test":
                pass
            case "copy":
                source, name = walk(target, one["from"])
                place[last] = copy.deepcopy(source[name])
            case "remove":
                del place[last]
            case "replace" if last not in place:
                raise KeyError(one["path"])
            case "add" | "replace":
                place[last] = one["value"]
            case other:
                raise KeyError(f"operation {other}")


def walk(target, pointer):
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps:
        target = target[step]
    return target, last


def merge_patch(target, patch):
    """RFC 7396."""
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict):
            merge_patch(target.setdefault(name, {}), value)
        else:
            target[name] = value
