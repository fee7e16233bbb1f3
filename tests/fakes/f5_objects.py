"""What a BIG-IP holds: certificates, keys and client-ssl profiles, and what mcpd says of a change to them."""

import hashlib

import material
from request import Refused
from request import json as answer_json

WORDS = {"ssl-cert": "Certificate File", "ssl-key": "Certificate Key File"}
ELEMENT = {"name", "cert", "key", "chain", "usage", "certReference", "keyReference", "chainReference"}


def rest(status, message):
    """An error of the REST framework."""
    return answer_json(status, {"code": status, "message": message, "referer": "127.0.0.1", "restOperationId": 6611,
                                "kind": ":resterrorresponse"})


def mcpd(status, message):
    """An error of the configuration itself."""
    return answer_json(status, {"code": status, "message": message, "errorStack": [], "apiError": 3})


def first(pairs, inherited):
    state = {"ssl-cert": {}, "ssl-key": {}, "profiles": {}}
    for name, pair in pairs.items():
        state["ssl-cert"][f"/Common/{name}.crt"] = material.text(pair.leaf)
        state["ssl-key"][f"/Common/{name}.key"] = pair.key_pem()
        if pair.chain:
            state["ssl-cert"][f"/Common/{name}-chain.crt"] = b"".join(material.text(one) for one in pair.chain)
    elements = [element(state, "shop", "old"), element(state, "neighbour", "neighbour")]
    state["profiles"]["/Common/shop"] = {"certKeyChain": elements, "inheritCertkeychain": "true" if inherited else "false"}
    state["profiles"]["/Common/other"] = {"certKeyChain": elements[1:], "inheritCertkeychain": "false"}
    return state


def element(state, name, of):
    chain = f"/Common/{of}-chain.crt"
    return {"name": name, "cert": f"/Common/{of}.crt", "key": f"/Common/{of}.key",
            "chain": chain if chain in state["ssl-cert"] else "none"}


def missing(kind, name):
    return Refused(mcpd(404, f"01020036:3: The requested {WORDS[kind]} ({name}) was not found."))


def known(name):
    """The partition must be there."""
    if not name.startswith("/Common/"):
        raise Refused(mcpd(404, f"01020036:3: The requested folder ({name.rpartition('/')[0]}) was not found."))


def readable(kind, data):
    try:
        material.certificates(data) if kind == "ssl-cert" else material.key(data)
    except material.Bad as bad:
        raise Refused(mcpd(400, f"01070712:3: unable to validate: {bad}"), f"a {kind} that is none: {bad}") from bad
    return data


def create(state, kind, name, data):
    known(name)
    if name in state[kind]:
        partition = name.split("/")[1]
        raise Refused(mcpd(409, f"01020066:3: The requested {WORDS[kind]} ({name}) already exists in partition {partition}."))
    state[kind][name] = readable(kind, data)
    return shown(state, kind, name, True)


def replace(state, kind, name, data):
    if name not in state[kind]:
        raise missing(kind, name)
    state[kind][name] = readable(kind, data)
    return shown(state, kind, name, True)


def delete(state, kind, name):
    if name not in state[kind]:
        raise missing(kind, name)
    for profile, content in state["profiles"].items():
        if any(name in (one["cert"], one["key"], one.get("chain")) for one in content["certKeyChain"]):
            raise Refused(mcpd(400, f"01071349:3: File object by name ({name}) is in use by {profile}."))
    del state[kind][name]
    return {}


def shown(state, kind, name, with_fingerprint):
    """As a GET shows a file object."""
    if name not in state[kind]:
        raise missing(kind, name)
    data = state[kind][name]
    short = "rsa" if material.kind(of(kind, data)).startswith("rsa") else "ec"
    about = {"kind": f"tm:sys:file:{kind}:{kind}state", "name": name.rsplit("/", 1)[1], "partition": name.split("/")[1],
             "fullPath": name, "generation": 1, "checksum": f"SHA1:{len(data)}:{hashlib.sha1(data).hexdigest()}",
             "selfLink": f"https://localhost/mgmt/tm/sys/file/{kind}/{name.replace('/', '~')}?ver=16.1.2"}
    if kind == "ssl-key":
        return {**about, "keyType": f"{short}-private"}
    certificates = material.certificates(data)
    leaf = certificates[0]
    about |= {"keyType": f"{short}-public", "isBundle": "true" if len(certificates) > 1 else "false",
              "expirationDate": int(leaf.not_valid_after_utc.timestamp()), "subject": leaf.subject.rfc4514_string(),
              "issuer": leaf.issuer.rfc4514_string(), "serialNumber": f"{leaf.serial_number:x}"}
    if with_fingerprint:
        digits = material.fingerprint(leaf).upper()
        about["fingerprint"] = "SHA256/" + ":".join(digits[n:n + 2] for n in range(0, 64, 2))
    return about


def of(kind, data):
    return material.certificates(data)[0].public_key() if kind == "ssl-cert" else material.key(data)


def profile(state, name):
    """As a GET shows a profile: the list, and the first element once more in the scalars of old."""
    if name not in state["profiles"]:
        raise Refused(mcpd(404, f"01020036:3: The requested profile ({name}) was not found."))
    content = state["profiles"][name]
    first = content["certKeyChain"][0]
    content = {**content, "certKeyChain": [with_references(one) for one in content["certKeyChain"]]}
    return {"kind": "tm:ltm:profile:client-ssl:client-sslstate", "name": name.rsplit("/", 1)[1], "partition": name.split("/")[1],
            "fullPath": name, **content, "cert": first["cert"], "key": first["key"], "chain": first["chain"],
            "selfLink": f"https://localhost/mgmt/tm/ltm/profile/client-ssl/{name.replace('/', '~')}?ver=16.1.2"}


def with_references(element):
    """The links that a GET adds."""
    references = {}
    for member, kind in (("cert", "ssl-cert"), ("key", "ssl-key"), ("chain", "ssl-cert")):
        if element[member] != "none":
            link = f"https://localhost/mgmt/tm/sys/file/{kind}/{element[member].replace('/', '~')}?ver=16.1.2"
            references[f"{member}Reference"] = {"link": link}
    return {**element, **references}


def bind(state, name, body):
    """A PATCH replaces the whole list."""
    if name not in state["profiles"]:
        raise Refused(mcpd(404, f"01020036:3: The requested profile ({name}) was not found."))
    if "certKeyChain" not in body or len(body) > 1:
        raise Refused(mcpd(400, f"01b4002a:3: profile {name}: cert-key-chain and cert/key/chain/passphrase options cannot be "
                                "specified together"), "the scalars of old")
    elements = body["certKeyChain"]
    for one in elements:
        if not {"name", "cert", "key"} <= set(one) <= ELEMENT:
            raise Refused(mcpd(400, "01070277:3: unknown property"), f"an element with {sorted(one)}")
    kept = [{key: one.get(key, "none") for key in ("name", "cert", "key", "chain")} for one in elements]
    if len({one["name"] for one in kept}) != len(kept) or not kept:
        raise Refused(mcpd(400, "01070277:3: cert-key-chain names must be unique"), "two elements of one name, or none")
    state["profiles"][name] = {"certKeyChain": kept, "inheritCertkeychain": "false"}
    return profile(state, name)


def unused(state):
    """Objects that no profile names, but for those that were there at first."""
    elements = [one for profile in state["profiles"].values() for one in profile["certKeyChain"]]
    named = {one[member] for one in elements for member in ("cert", "key", "chain")}
    objects = [*state["ssl-cert"], *state["ssl-key"]]
    return [name for name in objects if name not in named and not name.startswith(("/Common/old", "/Common/neighbour"))]


def proven(state):
    """What mcpd checks at the end of a change or a transaction, of every profile."""
    for name, content in state["profiles"].items():
        types = []
        for one in content["certKeyChain"]:
            for kind, member in (("ssl-cert", "cert"), ("ssl-key", "key"), ("ssl-cert", "chain")):
                if one[member] not in state[kind] and (member, one[member]) != ("chain", "none"):
                    raise Refused(mcpd(400, f"01070277:3: The requested {member} ({one[member]}) was not found"))
            leaf = material.certificates(state["ssl-cert"][one["cert"]])[0]
            key = material.key(state["ssl-key"][one["key"]])
            if not material.belongs(leaf, key):
                raise Refused(mcpd(400, f"01070317:3: profile {name}'s key and certificate do not match"))
            types.append(material.kind(key).split("-")[0])
        if len(set(types)) != len(types):
            raise Refused(mcpd(400, f"01070315:3: profile {name} has two certificates of one type"), "two of one type")


def pair(state, name, element):
    """What a TLS client of this element gets; None where there is no such element."""
    found = next((one for one in state["profiles"][name]["certKeyChain"] if one["name"] == element), None)
    if found is None:
        return None
    chain = b"" if found["chain"] == "none" else state["ssl-cert"][found["chain"]]
    return material.Pair.read(state["ssl-cert"][found["cert"]] + chain, state["ssl-key"][found["key"]])
