"""What a NetScaler holds: certkeys, each loaded from its files, with their links, and what is said of a change to them."""

import material
from request import Refused
from request import json as answer_json

ROOM = "/nsconfig/ssl/"


def error(status, code, message):
    return answer_json(status, {"errorcode": code, "message": message, "severity": "ERROR"})


def first(files, pairs, bundled):
    """The certkeys at first, and their files."""
    certkeys, old, neighbour = {}, pairs["old"], pairs["neighbour"]
    put = {"old.crt": old.bundle() if bundled else material.text(old.leaf), "old.key": old.key_pem(),
           "neighbour.crt": material.text(neighbour.leaf), "neighbour.key": neighbour.key_pem()}
    if not bundled:
        put["ca.crt"] = material.text(old.chain[0])
        certkeys["ca"] = loaded({ROOM + "ca.crt": put["ca.crt"]}, "ca.crt", "")
    files.update({ROOM + name: content for name, content in put.items()})
    certkeys["shop"] = {**loaded(files, "old.crt", "old.key"), "bundle": bundled, "link": "" if bundled else "ca"}
    certkeys["neighbour"] = {**loaded(files, "neighbour.crt", "neighbour.key"), "link": "" if bundled else "ca"}
    return certkeys


def loaded(files, cert, key):
    """The files as they are now; what becomes of them later is the next reboot's affair."""
    paths = [path if path.startswith("/") or not path else ROOM + path for path in (cert, key)]
    if any(path not in files for path in paths if path):
        raise Refused(error(599, 1647, "Input file(s) not present or not accessible"), "a file that is not there")
    leaf, private = files[paths[0]], files.get(paths[1], b"")
    try:
        found = material.certificates(leaf)[0]
    except material.Bad as bad:
        raise Refused(error(599, 1536, "Invalid certificate"), str(bad)) from bad
    try:
        its = material.key(private) if private else None
    except material.Bad as bad:
        raise Refused(error(599, 1537, "Invalid private key, or PEM pass phrase required for this private key"), str(bad)) from bad
    if its and not material.belongs(found, its):
        raise Refused(error(599, 1538, "Certificate and private key do not match"))
    return {"cert": paths[0], "key": paths[1], "leaf": leaf, "private": private, "bundle": False, "link": ""}


def leaf(one):
    return material.certificates(one["leaf"])[0]


def known(certkeys, name):
    if name not in certkeys:
        raise Refused(error(599, 1540, "Certificate does not exist"))
    return certkeys[name]


def unique(certkeys, name, one):
    """No two certkeys hold the same certificate."""
    for other, held in certkeys.items():
        if other != name and leaf(held) == leaf(one):
            raise Refused(error(409, 273, f"Resource already exists [certkeyName Contents, {other}]"))


def add(certkeys, files, body, _):
    name = body["certkey"]
    if name in certkeys:
        raise Refused(error(409, 273, "Resource already exists"))
    if len(name) > 31:
        raise Refused(error(599, 1097, "Invalid argument value [certkeyName]"), "a name of more than 31 characters")
    one = loaded(files, body["cert"], body.get("key", ""))
    unique(certkeys, name, one)
    certkeys[name] = one


def update(certkeys, files, body, drops):
    """Whether the link was lost. Every binding stays."""
    name = body["certkey"]
    before = known(certkeys, name)
    one = loaded(files, body["cert"], body["key"])
    unique(certkeys, name, one)
    if leaf(before).subject != leaf(one).subject and body.get("nodomaincheck") is not True:
        raise Refused(error(599, 3585, "Certificate belongs to a different domain. Use nodomaincheck"))
    lost = bool(before["link"]) and (drops or not issued(leaf(one), leaf(certkeys[before["link"]])))
    certkeys[name] = {**one, "bundle": before["bundle"], "link": "" if lost else before["link"]}
    return lost


def issued(certificate, issuer):
    try:
        material.ordered(certificate, (issuer,))
    except material.Bad:
        return False
    return True


def link(certkeys, _files, body, _):
    one, issuer = known(certkeys, body["certkey"]), known(certkeys, body["linkcertkeyname"])
    if one["link"]:
        raise Refused(error(409, 273, "Resource already exists"))
    if not issued(leaf(one), leaf(issuer)):
        raise Refused(error(599, 1548, "Issuer mismatch"))
    certkeys[body["certkey"]] = {**one, "link": body["linkcertkeyname"]}


def unlink(certkeys, _files, body, _):
    one = known(certkeys, body["certkey"])
    if not one["link"]:
        raise Refused(error(599, 1545, "No CA certificate is linked"), "nothing is linked")
    certkeys[body["certkey"]] = {**one, "link": ""}


# Members that must be there, members that may be there, what is done, and the status of a success.
ACTIONS = {
    "add": ({"certkey", "cert"}, {"key", "nodomaincheck"}, add, 201),
    "update": ({"certkey", "cert", "key"}, {"nodomaincheck"}, update, 200),
    "link": ({"certkey", "linkcertkeyname"}, set(), link, 200),
    "unlink": ({"certkey"}, set(), unlink, 200),
}


def shown(certkeys, name):
    """As a GET shows a certkey: no fingerprint, and the paths as they were given."""
    one = known(certkeys, name)
    certificate = leaf(one)
    about = {"certkey": name, "cert": one["cert"], "key": one["key"], "inform": "PEM", "status": "Valid",
             "serial": f"{certificate.serial_number:X}", "issuer": certificate.issuer.rfc4514_string(),
             "subject": certificate.subject.rfc4514_string(), "certificatetype": ["SRVR_CERT"]}
    return {**about, "linkcertkeyname": one["link"]} if one["link"] else about


def served(certkeys, name):
    """What a TLS client of its bindings gets: the leaf, and what the links lead to."""
    one = certkeys[name]
    pem = one["leaf"] if one["bundle"] else material.text(leaf(one))
    following = one
    while following["link"]:
        following = certkeys[following["link"]]
        pem += material.text(leaf(following))
    return material.Pair.read(pem, one["private"])
