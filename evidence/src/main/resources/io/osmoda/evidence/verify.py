#!/usr/bin/env python3
"""Verifies a whole ledger or an export of one, without the software that made it.

    python3 verify.py PATH --trust POLICY [--json] [--since NOTE] [--population BUNDLE]

PATH is a ledger folder, a bundle folder or a bundle zip; POLICY names the keys that you trust
(C2SP tlog-policy); NOTE is an older checkpoint that you hold. Nothing is written, no network is
used, and nothing but Python 3.9 or later is needed. Exit codes: 0 intact, 1 tampered,
2 unverifiable or wrong use. The rules are those of ledger format 1 (docs/ledger-format.md).
"""

import argparse
import base64
import calendar
import collections
import hashlib
import heapq
import json
import os
import re
import stat
import struct
import sys
import time
import unicodedata
import zlib
from array import array

FORMAT = 1
MAX_SAFE = 2**53 - 1
MAX_LINE = 1_048_576  # bytes with the line feed
MAX_DEPTH = 64  # the payload object is level 1
MAX_CAUSES = 64
MAX_NOTE = 1 << 20
MAX_POLICY = 1 << 20
MAX_LEDGER_JSON = 1 << 24
MAX_MANIFEST = 4 << 20
MAX_PROOF = 1 << 20
MAX_SIGNATURES = 100
MAX_ROTATIONS = 10_000
MAX_FILES = 4_000_000  # members of a bundle
MAX_PROCESSES = 32
MAX_ATTEMPTS = 3  # to begin anew when a writer rewrites what is being read
CHUNK = 1 << 22  # bytes of a segment that are checked at once
PARALLEL_FROM = 1 << 24  # bytes of a ledger from which more than one process is worth it
RECENT = 1 << 18  # entry hashes kept for causes
STRIDE = 64  # of every so many lines the place on disk is kept
BATCH = 1 << 16  # causes that wait to be looked up on disk
MAX_SHOWN = 60  # characters of somebody else's text in a message
SEEN_FINDINGS = 50  # findings printed for people

ZERO_HASH = "0" * 64
SUBTREE_LABEL = b"subtree/v1\n\0"

sha256 = hashlib.sha256


def shown(text):
    """Somebody else's text, fit to be printed: short, quoted, without control characters."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    cut = "…" if len(text) > MAX_SHOWN else ""
    return '"' + printable(text[:MAX_SHOWN]) + cut + '"'


def printable(text):
    return "".join(c if c.isprintable() else "\\u%04x" % ord(c) for c in text)


# ---------------------------------------------------------------------------------------------
# Canonical JSON (RFC 8785), as section 1 accepts it


class BadJson(Exception):
    pass


def number_text(value):
    """ECMAScript's Number::toString of an int within ±(2^53-1) or a finite float."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    exponent = point - 1
    tail = "e" + ("-" if exponent < 0 else "+") + str(abs(exponent))
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + tail


def _strict_int(text):
    if not text.isascii():
        raise BadJson("a digit that is none of 0 to 9")
    if len(text) <= 17:
        value = int(text)
        if -MAX_SAFE <= value <= MAX_SAFE:
            return value
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJson("a number too large for a double")
    if number_text(value) != text:
        raise BadJson("an integer beyond 2^53-1 that is not the canonical form of its double")
    return value


def _strict_float(text):
    if not text.isascii():
        raise BadJson("a digit that is none of 0 to 9")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJson("a number too large for a double")
    if value == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise BadJson("a number that vanishes in a double")
    return value


def _strict_object(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadJson("a member's name stands twice")
    return members


def _no_constant(text):
    raise BadJson("no JSON value")


_STRICT = json.JSONDecoder(
    object_pairs_hook=_strict_object,
    parse_int=_strict_int,
    parse_float=_strict_float,
    parse_constant=_no_constant,
)


def is_deeper(value, limit):
    """Whether objects and arrays nest deeper, told without recursion."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        inner = []
        for item in level:
            parts = item.values() if isinstance(item, dict) else item
            inner.extend(part for part in parts if isinstance(part, (dict, list)))
        level = inner
    return bool(level)


def parse_json(data, max_depth=MAX_DEPTH):
    """The one JSON value that fills the bytes; BadJson where the format refuses it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise BadJson("not UTF-8 at byte %d" % e.start) from None
    if text[:1] == "\ufeff":
        raise BadJson("a byte order mark")
    try:
        value = _STRICT.decode(text)
    except BadJson:
        raise
    except ValueError as e:
        raise BadJson(printable(str(e))[:200]) from None
    except RecursionError:
        raise BadJson("nesting deeper than %d" % max_depth) from None
    if is_deeper(value, max_depth):
        raise BadJson("nesting deeper than %d" % max_depth)
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def _refuse_surrogates(value):
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str):
            try:
                item.encode("utf-8")
            except UnicodeEncodeError:
                raise BadJson("a lone surrogate") from None


_quote = json.encoder.encode_basestring


def _utf16(key):
    return key.encode("utf-16-be")


def write_json(value):
    """The canonical form of a parsed value, as text."""
    if isinstance(value, str):
        return _quote(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, dict):
        keys = sorted(value, key=_utf16)
        return "{" + ",".join(_quote(k) + ":" + write_json(value[k]) for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    return number_text(value)


def canonical(value):
    return write_json(value).encode("utf-8")


def is_int(value, low=0, high=MAX_SAFE):
    """Whether it is an integer in the range, however its number is spelled; no boolean."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return low <= value <= high and value == int(value)


def parse_canonical(data, max_depth=MAX_DEPTH):
    """(value, whether the bytes are its canonical form)."""
    value = parse_json(data, max_depth)
    return value, canonical(value) == data


# ---------------------------------------------------------------------------------------------
# Findings


class Findings:
    """Of each kind the finding with the lowest number and the first of the whole (section 8)."""

    def __init__(self):
        self.placed = {}
        self.whole = {}

    def add(self, kind, seq, detail):
        kept = self.whole if seq is None else self.placed
        old = kept.get(kind)
        if old is None:
            kept[kind] = [1, seq, detail]
        else:
            old[0] += 1
            if seq is not None and seq < old[1]:
                old[1:] = [seq, detail]

    def add_all(self, others):
        for mine, theirs in ((self.placed, others.placed), (self.whole, others.whole)):
            for kind, (count, seq, detail) in theirs.items():
                old = mine.setdefault(kind, [0, seq, detail])
                old[0] += count
                if seq is not None and seq < old[1]:
                    old[1:] = [seq, detail]

    def __bool__(self):
        return bool(self.placed or self.whole)

    def to_list(self):
        ordered = sorted(self.placed.items(), key=lambda item: item[1][1])
        found = []
        for kind, (count, seq, detail) in ordered + list(self.whole.items()):
            if count > 1:
                detail += " (and %d more of this kind)" % (count - 1)
            found.append({"kind": kind, "seq": seq, "detail": printable(detail)})
        return found


# ---------------------------------------------------------------------------------------------
# Signatures: Ed25519 (RFC 8032) and ML-DSA-44 (FIPS 204), verification only

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _ed_add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * t1 * t2 * D % P
    h = 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _ed_double(a):
    x, y, z, _ = a
    xx = x * x % P
    yy = y * y % P
    h = xx + yy
    e = h - (x + y) * (x + y) % P
    g = xx - yy
    f = 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _ed_point(data):
    """The point that 32 bytes encode canonically, or None."""
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    u = (y * y - 1) % P
    v = (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT_OF_MINUS_1 % P
        if v * x * x % P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


_BASE = _ed_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def _is_ed_key(data):
    """Whether these are a point's bytes, and not of small order, where anybody can sign."""
    point = _ed_point(data)
    if point is None:
        return False
    for _ in range(3):
        point = _ed_double(point)
    return point[0] != 0 or point[1] != point[2]


def ed25519_verifies(public, signature, message):
    if len(public) != 32 or len(signature) != 64:
        return False
    a = _ed_point(public)
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= L or _ed_point(signature[:32]) is None:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % L
    minus_a = (P - a[0], a[1], 1, P - a[3])
    both = _ed_add(_BASE, minus_a)
    point = (0, 1, 1, 0)
    for bit in range(max(s.bit_length(), h.bit_length()) - 1, -1, -1):
        point = _ed_double(point)
        which = (s >> bit & 1) | (h >> bit & 1) << 1
        if which:
            point = _ed_add(point, (None, _BASE, minus_a, both)[which])
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x = x * inverse % P
    y = y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


Q = 8380417
N_INVERSE = pow(256, Q - 2, Q)
GAMMA1 = 1 << 17
GAMMA2 = (Q - 1) // 88
BETA = 78
TAU = 39
OMEGA = 80
_ZETAS = [pow(1753, int("{:08b}".format(i)[::-1], 2), Q) for i in range(256)]


def _ntt(w):
    w = list(w)
    m = 0
    length = 128
    while length:
        for start in range(0, 256, 2 * length):
            m += 1
            zeta = _ZETAS[m]
            middle = start + length
            low = w[start:middle]
            high = [zeta * v % Q for v in w[middle : middle + length]]
            w[start:middle] = [a + b for a, b in zip(low, high)]
            w[middle : middle + length] = [a - b for a, b in zip(low, high)]
        length >>= 1
    return [v % Q for v in w]


def _inverse_ntt(w):
    w = list(w)
    m = 256
    length = 1
    while length < 256:
        for start in range(0, 256, 2 * length):
            m -= 1
            zeta = -_ZETAS[m]
            middle = start + length
            low = w[start:middle]
            high = w[middle : middle + length]
            w[start:middle] = [(a + b) % Q for a, b in zip(low, high)]
            w[middle : middle + length] = [zeta * (a - b) % Q for a, b in zip(low, high)]
        length <<= 1
    return [v * N_INVERSE % Q for v in w]


def _unpack(data, bits):
    number = int.from_bytes(data, "little")
    mask = (1 << bits) - 1
    # Pieces of 64 values, so that the shifts stay short.
    values = []
    step = 64 * bits
    piece_mask = (1 << step) - 1
    for _ in range(len(data) * 8 // step):
        piece = number & piece_mask
        number >>= step
        for _ in range(64):
            values.append(piece & mask)
            piece >>= bits
    return values


def _reject_ntt(seed):
    length = 1008
    while True:
        stream = hashlib.shake_128(seed).digest(length)
        values = []
        for i in range(0, length, 3):
            value = stream[i] | stream[i + 1] << 8 | (stream[i + 2] & 0x7F) << 16
            if value < Q:
                values.append(value)
                if len(values) == 256:
                    return values
        length *= 2


def _sample_in_ball(seed):
    length = 272
    while True:
        stream = hashlib.shake_256(seed).digest(length)
        signs = int.from_bytes(stream[:8], "little")
        c = [0] * 256
        at = 8
        i = 256 - TAU
        while i < 256 and at < length:
            j = stream[at]
            at += 1
            if j <= i:
                c[i] = c[j]
                c[j] = 1 - 2 * (signs & 1)
                signs >>= 1
                i += 1
        if i == 256:
            return c
        length *= 2


_ml_dsa_keys = {}  # what follows from a key alone; few keys are ever seen
MAX_ML_DSA_KEYS = 64


def _ml_dsa_key(public):
    known = _ml_dsa_keys.get(public)
    if known is None:
        rho = public[:32]
        matrix = [
            [_reject_ntt(rho + bytes([s, r])) for s in range(4)] for r in range(4)
        ]
        t1 = [
            _ntt([v << 13 for v in _unpack(public[32 + 320 * i : 352 + 320 * i], 10)])
            for i in range(4)
        ]
        known = matrix, t1, hashlib.shake_256(public).digest(64)
        if len(_ml_dsa_keys) >= MAX_ML_DSA_KEYS:
            _ml_dsa_keys.clear()
        _ml_dsa_keys[public] = known
    return known


def ml_dsa_44_verifies(public, signature, message):
    if len(public) != 1312 or len(signature) != 2420:
        return False
    challenge = signature[:32]
    z = []
    for i in range(4):
        poly = [GAMMA1 - v for v in _unpack(signature[32 + 576 * i : 608 + 576 * i], 18)]
        if max(poly) >= GAMMA1 - BETA or min(poly) <= BETA - GAMMA1:
            return False
        z.append(poly)
    packed = signature[2336:]
    hints = []
    index = 0
    for i in range(4):
        end = packed[OMEGA + i]
        if end < index or end > OMEGA:
            return False
        places = packed[index:end]
        if any(a >= b for a, b in zip(places, places[1:])):
            return False
        hints.append(set(places))
        index = end
    if any(packed[index:OMEGA]):
        return False
    matrix, t1, tr = _ml_dsa_key(bytes(public))
    mu = hashlib.shake_256(tr + b"\0\0" + message).digest(64)
    c = _ntt(_sample_in_ball(challenge))
    z_ntt = [_ntt(poly) for poly in z]
    encoded = bytearray()
    for row, t, hint in zip(matrix, t1, hints):
        products = [
            a0 * z0 + a1 * z1 + a2 * z2 + a3 * z3 - x * y
            for a0, z0, a1, z1, a2, z2, a3, z3, x, y in zip(
                row[0], z_ntt[0], row[1], z_ntt[1], row[2], z_ntt[2], row[3], z_ntt[3], c, t
            )
        ]
        w = _inverse_ntt([v % Q for v in products])
        number = 0
        for i in range(255, -1, -1):
            r = w[i]
            low = r % (2 * GAMMA2)
            if low > GAMMA2:
                low -= 2 * GAMMA2
            if r - low == Q - 1:
                high = 0
                low -= 1
            else:
                high = (r - low) // (2 * GAMMA2)
            if i in hint:
                high = (high + (1 if low > 0 else -1)) % 44
            number = number << 6 | high
        encoded += number.to_bytes(192, "little")
    return hashlib.shake_256(mu + bytes(encoded)).digest(32) == challenge


# ---------------------------------------------------------------------------------------------
# Keys, notes, checkpoints, policies (section 3, C2SP signed-note, tlog-policy)


class Refused(Exception):
    """A note, key, proof or policy that is none."""


_ORIGIN = re.compile(r"[a-z0-9][a-z0-9._/:-]{0,254}")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")


def is_origin(text):
    return isinstance(text, str) and _ORIGIN.fullmatch(text) is not None


def decimal(text):
    """The number that at most 16 digits without leading zeros give, or None."""
    return int(text) if _DECIMAL.fullmatch(text) else None


def from_base64(text):
    """The bytes, or None where the text is anything but their one spelling."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode("ascii") == text else None


def hash_from_base64(text):
    data = from_base64(text)
    return data if data is not None and len(data) == 32 else None


def is_key_name(name):
    return name != "" and not any(
        c < " " or c in "+\x85" or unicodedata.category(c) in ("Zs", "Zl", "Zp") for c in name
    )


ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
KEY_LENGTHS = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
SIGNATURE_LENGTHS = {ED25519: 64, COSIGNATURE: 72, ML_DSA_44: 2428}
ALGORITHMS = {ED25519: "Ed25519", COSIGNATURE: "Ed25519", ML_DSA_44: "ML-DSA-44"}


class Key(collections.namedtuple("Key", "vkey name kind raw id")):
    """A public key by its vkey NAME+KEYID+BASE64."""

    @staticmethod
    def parse(vkey):
        parts = vkey.split("+", 2)
        typed = from_base64(parts[2]) if len(parts) == 3 else None
        if typed is None or len(typed) < 2 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
            raise Refused("a vkey reads NAME+KEYID+BASE64: " + shown(vkey))
        name, kind, raw = parts[0], typed[0], typed[1:]
        if kind not in KEY_LENGTHS:
            raise Refused("unknown kind of key 0x%02x; known are 0x01, 0x04 and 0x06" % kind)
        if not is_key_name(name):
            raise Refused("a key's name is not empty and has no space and no plus")
        if len(raw) != KEY_LENGTHS[kind]:
            raise Refused("a key of another length than its kind has")
        if kind != ML_DSA_44 and not _is_ed_key(raw):
            raise Refused("not an Ed25519 key, or one of small order")
        key_id = sha256(name.encode("utf-8") + b"\n" + typed).digest()[:4]
        if key_id.hex() != parts[1]:
            raise Refused("the key ID is not that of this name and key: " + shown(vkey))
        return Key(vkey, name, kind, raw, key_id)

    def same_key(self, other):
        return ALGORITHMS[self.kind] == ALGORITHMS[other.kind] and self.raw == other.raw

    def is_named_by(self, line):
        return line[0] == self.name and line[1] == self.id

    def timestamp(self, line):
        blob = line[2]
        if self.kind == ED25519 or len(blob) != SIGNATURE_LENGTHS[self.kind]:
            return 0
        return int.from_bytes(blob[:8], "big", signed=True)

    def verifies(self, line, checkpoint):
        blob = line[2]
        if len(blob) != SIGNATURE_LENGTHS[self.kind]:
            return False
        if self.kind == ED25519:
            return ed25519_verifies(self.raw, blob, checkpoint.text())
        when = self.timestamp(line)
        if when < 0:
            return False
        if self.kind == COSIGNATURE:
            message = b"cosignature/v1\ntime %d\n" % when + checkpoint.text()
            return ed25519_verifies(self.raw, blob[8:], message)
        name = self.name.encode("utf-8")
        origin = checkpoint.origin.encode("ascii")
        if len(name) > 255:
            return False
        message = b"".join(
            (
                SUBTREE_LABEL,
                bytes([len(name)]),
                name,
                struct.pack(">Q", when),
                bytes([len(origin)]),
                origin,
                struct.pack(">QQ", 0, checkpoint.size),
                checkpoint.root,
            )
        )
        return ml_dsa_44_verifies(self.raw, blob[8:], message)

    def told(self):
        return "%s (%s)" % (printable(self.name), ALGORITHMS[self.kind])


class Checkpoint(collections.namedtuple("Checkpoint", "origin size root")):
    """What a checkpoint states."""

    def text(self):
        root = base64.b64encode(self.root).decode("ascii")
        return ("%s\n%d\n%s\n" % (self.origin, self.size, root)).encode("ascii")

    def to_json(self):
        root = base64.b64encode(self.root).decode("ascii")
        return {"origin": self.origin, "size": self.size, "root": root}


def parse_note(data):
    """(text, [(name, key ID, signature)…]) of a signed note."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("the note is not UTF-8") from None
    if re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Refused("the note holds a control character")
    split = note.rfind("\n\n")
    if split < 0:
        raise Refused("no empty line stands between the note's text and its signatures")
    lines = note[split + 2 :]
    if not lines.endswith("\n"):
        raise Refused("the note has no signature line that ends in a newline")
    if lines.count("\n") > MAX_SIGNATURES:
        raise Refused("the note has more than %d signature lines" % MAX_SIGNATURES)
    signatures = []
    for line in lines[:-1].split("\n"):
        name, space, blob = line[2:].partition(" ")
        if not line.startswith("\u2014 ") or not space or not is_key_name(name):
            raise Refused("a signature line does not read \"\u2014 NAME BASE64\"")
        raw = from_base64(blob)
        if raw is None or len(raw) <= 4:
            raise Refused("a signature line holds no key ID and signature in strict base64")
        signatures.append((name, raw[:4], raw[4:]))
    return note[: split + 1], signatures


class SignedCheckpoint:
    """A checkpoint and the note that states it."""

    def __init__(self, data):
        text, self.signatures = parse_note(data)
        self.note = data
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] != "":
            raise Refused("a checkpoint has three lines, origin, size and root")
        size = decimal(lines[1])
        root = hash_from_base64(lines[2])
        if not is_origin(lines[0]):
            raise Refused("the checkpoint's first line is not an origin: " + shown(lines[0]))
        if size is None or size > MAX_SAFE:
            raise Refused("the checkpoint's second line is not a size: " + shown(lines[1]))
        if root is None:
            raise Refused("the checkpoint's third line is not a root: " + shown(lines[2]))
        self.checkpoint = Checkpoint(lines[0], size, root)


class Policy:
    """Whom the auditor trusts: log keys, all demanded, and witnesses with a quorum."""

    def __init__(self, logs, voters=(), quorum=None):
        self.logs = tuple(logs)
        self.voters = tuple(voters)  # (name, key or None, threshold, member indices)
        self.quorum = quorum  # index of a voter

    def with_logs(self, logs):
        return Policy(logs, self.voters, self.quorum)

    @staticmethod
    def parse(data):
        if len(data) > MAX_POLICY:
            raise Refused("a trust policy has at most %d bytes" % MAX_POLICY)
        logs, voters, names, grouped = [], [], {}, set()
        quorum = []

        def witnesses():
            return [voter[1] for voter in voters if voter[1] is not None]

        def defined(name):
            if name not in names:
                raise Refused("the name %s is not defined above" % shown(name))
            return names[name]

        def define(name, voter):
            if name == "none" or name in names:
                raise Refused("the name %s is taken" % shown(name))
            names[name] = len(voters)
            voters.append(voter)

        def key(octets):
            try:
                return Key.parse(octets.encode("latin-1").decode("utf-8"))
            except UnicodeDecodeError:
                raise Refused("the vkey is not UTF-8") from None

        def line(words):
            word = words[0]
            if word == "log" and len(words) in (2, 3):
                new = key(words[1])
                if new.kind == COSIGNATURE:
                    raise Refused("a key of type 0x04 is a witness's, not a log's")
                if any(new.same_key(old) for old in logs):
                    raise Refused("this log key stands in an earlier line already")
                if any(new.vkey == old.vkey for old in witnesses()):
                    raise Refused("this log key is a witness's already")
                logs.append(new)
            elif word == "witness" and len(words) in (3, 4):
                new = key(words[2])
                if new.kind == ED25519:
                    raise Refused("a key of type 0x01 is a log's, not a witness's")
                if any(new.same_key(old) for old in witnesses()):
                    raise Refused("this witness's key stands in an earlier line already")
                if any(new.vkey == old.vkey for old in logs):
                    raise Refused("this witness's key is a log's already")
                define(words[1], (words[1], new, 1, ()))
            elif word == "group" and len(words) >= 4:
                members = []
                for name in words[3:]:
                    member = defined(name)
                    if member in grouped:
                        raise Refused("%s is a member of a group already" % shown(name))
                    grouped.add(member)
                    members.append(member)
                if words[2] in ("any", "all"):
                    threshold = 1 if words[2] == "any" else len(members)
                else:
                    threshold = decimal(words[2])
                    if threshold is None or not 1 <= threshold <= len(members):
                        raise Refused("a group asks for any, all or a number of its members")
                define(words[1], (words[1], None, threshold, tuple(members)))
            elif word == "quorum" and len(words) == 2:
                if quorum:
                    raise Refused("a second quorum line")
                quorum.append(None if words[1] == "none" else defined(words[1]))
            else:
                raise Refused(
                    "is none of: log VKEY [URL]; witness NAME VKEY [URL];"
                    " group NAME any|all|K NAME…; quorum NAME|none: " + shown(word)
                )

        for number, content in enumerate(data.decode("latin-1").split("\n"), 1):
            try:
                if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", content):
                    raise Refused("holds a control character; lines end in LF alone")
                words = [word for word in re.split("[ \t]+", content) if word]
                if words and words[0][0] != "#":
                    line(words)
            except Refused as e:
                raise Refused("line %d: %s" % (number, e)) from None
        if not quorum:
            raise Refused('the policy has no quorum line; without witnesses: "quorum none"')
        if not logs:
            raise Refused("the policy names no log key, so nothing could be trusted")
        return Policy(logs, voters, quorum[0])

    def origins(self):
        return {key.name for key in self.logs}

    def quorum_name(self):
        return None if self.quorum is None else self.voters[self.quorum][0]

    def is_quorum(self, cosigners):
        if self.quorum is None:
            return True
        witnessed = []
        for _, key, threshold, members in self.voters[: self.quorum + 1]:
            if key is not None:
                witnessed.append(key in cosigners)
            else:
                witnessed.append(sum(witnessed[m] for m in members) >= threshold)
        return witnessed[self.quorum]

    def check(self, signed):
        """(whether signed as demanded, findings, what of a quorum is unmet or None)."""
        checkpoint = signed.checkpoint
        at = "the checkpoint of size %d " % checkpoint.size
        found = []
        good = True
        if all(key.name != checkpoint.origin for key in self.logs):
            found.append(
                ("bad_origin", at + "is of %s, which no trusted key is for" % checkpoint.origin)
            )
        for key in self.logs:
            state = _key_state(key, signed, True)
            if state is None:
                good = False
                found.append(
                    ("unknown_key", at + "has no signature by the trusted key " + key.told())
                )
            elif not state:
                good = False
                found.append(
                    ("bad_signature", at + "has a bad signature by " + key.told())
                )
        cosigners = set()
        for _, key, _, _ in self.voters:
            if key is None:
                continue
            state = _key_state(key, signed, False)
            if state:
                cosigners.add(key)
            elif state is not None:
                good = False
                found.append(("bad_signature", at + "has a bad signature by " + key.told()))
        unmet = None
        if not self.is_quorum(cosigners):
            unmet = at + "lacks the cosignatures that quorum %s asks" % shown(self.quorum_name())
        return good, found, unmet


def _key_state(key, signed, is_log):
    """True where all of the key's lines verify, False where one does not, None without any."""
    state = None
    for line in signed.signatures:
        if key.is_named_by(line):
            if is_log and key.timestamp(line) != 0 or not key.verifies(line, signed.checkpoint):
                return False
            state = True
    return state


def log_keys(vkeys, origin):
    """The keys, or None where some are none or of another name."""
    keys = []
    for vkey in vkeys:
        try:
            keys.append(Key.parse(vkey))
        except Refused:
            return None
    return keys if all(key.name == origin for key in keys) else None


def strings(value):
    """The strings of a list that holds some and nothing else, or None."""
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return value
    return None


# ---------------------------------------------------------------------------------------------
# Tree (section 3, RFC 6962)


def leaf_hash(data):
    return sha256(b"\0" + data).digest()


def node_hash(left, right):
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A growing tree: only the roots of its complete subtrees are kept."""

    def __init__(self):
        self.size = 0
        self.stack = []  # (level, hash), levels falling

    def append(self, entry_hash):
        self.append_subtree(0, leaf_hash(entry_hash))

    def append_subtree(self, level, subtree):
        self.size += 1 << level
        while self.stack and self.stack[-1][0] == level:
            subtree = node_hash(self.stack.pop()[1], subtree)
            level += 1
        self.stack.append((level, subtree))

    def root(self):
        if not self.stack:
            return sha256(b"").digest()
        root = self.stack[-1][1]
        for _, subtree in self.stack[-2::-1]:
            root = node_hash(subtree, root)
        return root


def fold(hashes, first, root_sizes):
    """Complete aligned subtrees over entry hashes, never across a size whose root is wanted."""
    subtrees = []
    at = 0
    count = len(hashes) // 32
    stops = [size - first for size in root_sizes if first < size < first + count] + [count]
    for stop in stops:
        while at < stop:
            level = (stop - at).bit_length() - 1
            place = first + at
            if place:
                level = min(level, (place & -place).bit_length() - 1)
            row = [
                sha256(b"\0" + hashes[i : i + 32]).digest()
                for i in range(32 * at, 32 * (at + (1 << level)), 32)
            ]
            while len(row) > 1:
                row = [
                    sha256(b"\1" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)
                ]
            subtrees.append((level, row[0]))
            at += 1 << level
    return subtrees


# ---------------------------------------------------------------------------------------------
# One line (section 1)

STATUSES = ("ok", "error", "denied", "pending", "timeout", "cancelled", "crashed", "unknown")
CONTEXT_ACTIONS = frozenset(
    "ledger_create ledger_recover ledger_redact ledger_restore key_rotate clock_step"
    " capture_start capture_stop capture_gap capture_state".split()
)
SPECIAL_ACTIONS = frozenset(("ledger_recover", "ledger_redact", "key_rotate"))
CONTROL_PREFIXES = ("ledger_", "capture_", "witness_")
MEMBERS = frozenset(
    "seq timestamp occurred_at actor action tool target status source session trace caused_by"
    " reason payload payload_salt payload_hash prev_hash entry_hash".split()
)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_HEX64 = re.compile("[0-9a-f]{64}")
_HEX32 = re.compile("[0-9a-f]{32}")
_HEX16 = re.compile("[0-9a-f]{16}")
_TIME_PATTERN = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{9}Z"
)
_TIME = re.compile(_TIME_PATTERN)
_ACTOR = re.compile("(?:agent|user|ssh|system|mesh):(.*)", re.DOTALL)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_CAUSE = re.compile("((?:[a-z0-9][a-z0-9._/:-]{0,254})?)#(0|[1-9][0-9]{0,15})@([0-9a-f]{64})")


def is_control(action):
    return action.startswith(CONTROL_PREFIXES) or action in ("key_rotate", "clock_step")


_good_dates = set()


def is_date(text):
    """Whether YYYY-MM-DD, which it is in form, is a real day."""
    if text in _good_dates:
        return True
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    if not 1 <= month <= 12 or not 1 <= day <= DAYS[month - 1]:
        return False
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return False
    if len(_good_dates) < 10_000:
        _good_dates.add(text)
    return True


def is_time(value):
    return isinstance(value, str) and _TIME.fullmatch(value) is not None and is_date(value[:10])


def is_text(value, most, controls=False):
    return (
        isinstance(value, str)
        and 1 <= len(value.encode("utf-8")) <= most
        and (controls or not _CONTROLS.search(value))
    )


class Line:
    """What the checks need of a good line."""

    __slots__ = "seq action timestamp prev stated hash has_payload payload_ok causes".split()

    def __init__(
        self, seq, action, timestamp, prev, stated, computed, has_payload, payload_ok, causes
    ):
        self.seq = seq
        self.action = action
        self.timestamp = timestamp
        self.prev = prev  # hex
        self.stated = stated  # hex
        self.hash = computed  # bytes
        self.has_payload = has_payload
        self.payload_ok = payload_ok
        self.causes = causes  # (origin, seq, hex)


class BadLine(Exception):
    """A line that is no entry; seq is -1 where it has none that is well-formed.

    Where it is an object all the same, it has a leaf: the hash that it would have as an entry.
    """

    def __init__(self, kind, seq, detail, entry=None):
        super().__init__(detail)
        self.hash = None
        if isinstance(entry, dict):
            for name in ("entry_hash", "payload", "payload_salt"):
                entry.pop(name, None)
            self.hash = sha256(canonical(entry)).digest()
        self.kind = kind
        self.seq = seq
        self.detail = detail


class _NotCommon(Exception):
    """A number that the fast path leaves to the strict one."""


def _common_int(text):
    if len(text) > 15:
        raise _NotCommon
    return int(text)


def _common_float(text):
    value = float(text)
    spelled = repr(value)
    # What is left is written in plain decimals by both repr and ECMAScript.
    if "e" in spelled or "n" in spelled or spelled.endswith(".0"):
        raise _NotCommon
    return value


def _common_constant(text):
    raise _NotCommon


_common_scan = json.JSONDecoder(
    parse_int=_common_int, parse_float=_common_float, parse_constant=_common_constant
).scan_once
_common_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode

_CHAR = r'[^"\\\x00-\x1f\x7f-\x9f]'
_REFERENCE = '"(?:[a-z0-9][a-z0-9._/:-]{0,254})?#(?:0|[1-9][0-9]{0,15})@[0-9a-f]{64}"'
_head = re.compile(
    r'\{"action":"([a-z][a-z0-9_]{0,63})"'
    r',"actor":"((?:agent|user|ssh|system|mesh):' + _CHAR + r'{1,256})"'
    r'(?:,"caused_by":\[(' + _REFERENCE + "(?:," + _REFERENCE + r'){0,63})\])?'
    r',"entry_hash":"([0-9a-f]{64})"'
    r'(?:,"occurred_at":"(' + _TIME_PATTERN + ')")?'
).match
_tail = re.compile(
    r',"payload_hash":"([0-9a-f]{64})"'
    r'(?:,"payload_salt":"([0-9a-f]{32})")?'
    r',"prev_hash":"([0-9a-f]{64})"'
    r'(?:,"reason":"(' + _CHAR + '{1,4096})")?'
    r',"seq":(0|[1-9][0-9]{0,15})'
    r'(?:,"session":"(' + _CHAR + '{1,256})")?'
    r',"source":"([a-z][a-z0-9_]{0,63})"'
    r',"status":"(?:' + "|".join(STATUSES) + ')"'
    r'(?:,"target":"(' + _CHAR + '{1,1024})")?'
    r',"timestamp":"(' + _TIME_PATTERN + ')"'
    r'(?:,"tool":"(' + _CHAR + '{1,256})")?'
    r'(?:,"trace":\{(?:"parent_span_id":"([0-9a-f]{16})",)?"span_id":"([0-9a-f]{16})"'
    r',"trace_id":"([0-9a-f]{32})"\})?'
    r"\}"
).fullmatch
# From here on code points no longer sort as UTF-16 does.
_HIGH = re.compile("[\ue000-\U0010ffff]")
ZERO16 = "0" * 16
ZERO32 = "0" * 32


def common_line(raw):
    """The line, if it is of the common shape and good in form; else None, for the strict path."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    head = _head(text)
    if head is None:
        return None
    action, actor, references, stated, occurred = head.groups()
    at = end = head.end()
    payload = None
    if text.startswith(',"payload":{', at):
        start = at + 11
        if text.count("{") + text.count("[") > MAX_DEPTH:
            return None
        try:
            value, end = _common_scan(text, start)
        except (_NotCommon, ValueError, StopIteration, RecursionError):
            return None
        payload = text[start:end]
        if _common_encode(value) != payload:
            return None
    tail = _tail(text, end)
    if tail is None:
        return None
    (payload_hash, salt, prev, reason, seq, session, source, target, when, tool, parent, span,
     trace) = tail.groups()
    if (salt is None) != (payload is None) or not is_date(when[:10]):
        return None
    if occurred is not None and not is_date(occurred[:10]):
        return None
    if trace is not None and (trace == ZERO32 or span == ZERO16 or parent == ZERO16):
        return None
    control = action.startswith(CONTROL_PREFIXES) or action in ("key_rotate", "clock_step")
    if control != (source == "ledger") or control != (actor == "system:ledger"):
        return None
    seq = int(seq)
    if seq > MAX_SAFE:
        return None
    if len(text) != len(raw):
        if _HIGH.search(text):
            return None
        for value, most in (
            (actor[actor.index(":") + 1 :], 256),
            (reason, 4096),
            (session, 256),
            (target, 1024),
            (tool, 256),
        ):
            if value is not None and len(value.encode("utf-8")) > most:
                return None
    causes = ()
    if references is not None:
        causes = _CAUSE.findall(references)
        causes = [(origin, int(number), digits) for origin, number, digits in causes]
        if len(set(causes)) != len(causes) or any(cause[1] > MAX_SAFE for cause in causes):
            return None
    hash_at = head.start(4)
    if payload is None:
        skeleton = text[: hash_at - 15] + text[hash_at + 65 :]
        payload_ok = None
    else:
        salt_at = tail.start(2)
        skeleton = "".join(
            (
                text[: hash_at - 15],
                text[hash_at + 65 : at],
                text[end : salt_at - 17],
                text[salt_at + 33 :],
            )
        )
        digest = sha256(bytes.fromhex(salt) + payload.encode("utf-8")).hexdigest()
        payload_ok = digest == payload_hash
    computed = sha256(skeleton.encode("utf-8")).digest()
    return Line(seq, action, when, prev, stated, computed, payload is not None, payload_ok, causes)


def strict_line(raw):
    """The line by every rule of section 1; BadLine where it is no entry."""
    if len(raw) >= MAX_LINE:
        raise BadLine("bad_member", -1, "a line has more than %d bytes" % MAX_LINE)
    try:
        # The payload counts as level 1, so the whole entry may be one level deeper.
        entry, is_canonical = parse_canonical(raw, MAX_DEPTH + 1)
    except BadJson as e:
        detail = "the line is no JSON that the format accepts: %s" % e
        raise BadLine("unreadable", -1, detail) from None
    seq = entry.get("seq") if isinstance(entry, dict) else None
    seq = int(seq) if is_int(seq) else -1
    if not is_canonical:
        raise BadLine(
            "not_canonical", seq, "the line is not in canonical form (RFC 8785)", entry
        )
    wrong = _wrong_member(entry)
    if wrong is not None:
        raise BadLine("bad_member", seq, wrong, entry)
    payload = entry.pop("payload", None)
    salt = entry.pop("payload_salt", None)
    stated = entry.pop("entry_hash")
    payload_ok = None
    if payload is not None:
        digest = sha256(bytes.fromhex(salt) + canonical(payload)).hexdigest()
        payload_ok = digest == entry["payload_hash"]
    causes = []
    for reference in entry.get("caused_by", ()):
        origin, number, digits = _CAUSE.fullmatch(reference).groups()
        causes.append((origin, int(number), digits))
    return Line(
        seq,
        entry["action"],
        entry["timestamp"],
        entry["prev_hash"],
        stated,
        sha256(canonical(entry)).digest(),
        payload is not None,
        payload_ok,
        causes,
    )


def _wrong_member(entry):
    """What is wrong with a canonical line's members, or None."""
    if not isinstance(entry, dict):
        return "the line is no object"
    for name in entry:
        if name not in MEMBERS:
            return "an entry has no member " + shown(name)

    def matches(name, pattern):
        value = entry.get(name)
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    if not matches("action", _NAME):
        return "action must match [a-z][a-z0-9_]{0,63}"
    actor = _ACTOR.fullmatch(entry["actor"]) if isinstance(entry.get("actor"), str) else None
    if actor is None or not is_text(actor.group(1), 256):
        return "actor must read kind:id"
    if "caused_by" in entry:
        references = entry["caused_by"]
        if not isinstance(references, list) or not 1 <= len(references) <= MAX_CAUSES:
            return "caused_by must hold 1 to %d references" % MAX_CAUSES
        for reference in references:
            found = _CAUSE.fullmatch(reference) if isinstance(reference, str) else None
            if found is None or int(found.group(2)) > MAX_SAFE:
                return "caused_by must hold references that read ORIGIN#SEQ@ENTRY_HASH"
        if len(set(references)) != len(references):
            return "caused_by holds a reference twice"
    for name in ("entry_hash", "payload_hash", "prev_hash"):
        if not matches(name, _HEX64):
            return name + " must be 64 lower-case hex digits"
    if "occurred_at" in entry and not is_time(entry["occurred_at"]):
        return "occurred_at must be a real UTC time"
    if "payload" in entry:
        if not isinstance(entry["payload"], dict):
            return "payload must be an object"
        if not matches("payload_salt", _HEX32):
            return "payload_salt must be 32 lower-case hex digits"
    elif "payload_salt" in entry:
        return "payload_salt without payload"
    if "reason" in entry and not is_text(entry["reason"], 4096, True):
        return "reason must have 1 to 4096 bytes"
    if not isinstance(entry.get("seq"), int) or not is_int(entry["seq"]):
        return "seq must be an integer from 0 to 2^53-1"
    for name, most in (("session", 256), ("target", 1024), ("tool", 256)):
        if name in entry and not is_text(entry[name], most):
            return "%s must have 1 to %d bytes and no control characters" % (name, most)
    if not matches("source", _NAME):
        return "source must match [a-z][a-z0-9_]{0,63}"
    if not isinstance(entry.get("status"), str) or entry["status"] not in STATUSES:
        return "status must be " + ", ".join(STATUSES)
    if not is_time(entry.get("timestamp")):
        return "timestamp must be a real UTC time, YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ"
    if "trace" in entry:
        trace = entry["trace"]
        if not isinstance(trace, dict) or not {"span_id", "trace_id"} <= trace.keys() <= {
            "parent_span_id",
            "span_id",
            "trace_id",
        }:
            return "trace must hold trace_id, span_id and at most parent_span_id"
        for name, value in trace.items():
            pattern = _HEX32 if name == "trace_id" else _HEX16
            if not isinstance(value, str) or not pattern.fullmatch(value) or not value.strip("0"):
                return "trace must hold hex digits, not all zero"
    control = is_control(entry["action"])
    if control != (entry["source"] == "ledger") or control != (entry["actor"] == "system:ledger"):
        return "control entries, and no others, are by system:ledger from the source ledger"
    return None


def read_line(raw):
    return common_line(raw) or strict_line(raw)


# ---------------------------------------------------------------------------------------------
# Segments (sections 1 and 2): lines in order


class Tip:
    """What must be known of the entries before a line to judge it."""

    def __init__(self):
        self.due = 0  # the number that the next entry should have
        self.holes = 0  # lines since then without a readable number: each may have been one
        self.numbered = True  # whether each entry stood at the place that its number says
        self.linked = True  # whether entry_hash is that of the line before
        self.entry_hash = ZERO_HASH
        self.timestamp = ""  # sorts before all


class _Dirty(Exception):
    pass


class _NoFindings:
    """For the first look at a chunk, on the assumption that all is well."""

    def add(self, kind, seq, detail):
        raise _Dirty


class Chunk:
    """The lines that begin in one part of a segment, checked."""

    def __init__(self):
        self.first_seq = -1
        self.first_prev = ""
        self.first_timestamp = ""
        self.lines = 0
        self.good_before_bad = -1  # lines before the first that is no object
        self.starts = array("Q")  # offsets in the segment
        self.hashes = bytearray()  # zeros for a line that is no object
        self.redacted = array("Q")
        self.specials = []  # lines that mean something for the whole ledger
        self.causes = []  # (owner, seq, hex) left to look up
        self.foreign = 0
        self.no_line_feed = False
        self.subtrees = None  # where all is well
        self.tip = None


def check_chunk(path, start, length, segment_size, origin, tip, findings, root_sizes=()):
    """Checks the lines that begin in [start, start + length); without a tip on the assumption
    that all is well and that the first line follows on what came before."""
    optimistic = tip is None
    chunk = Chunk()
    if optimistic:
        tip = Tip()
        tip.linked = False
        findings = _NoFindings()
    chunk.tip = tip
    with open(path, "rb") as file:
        base = max(0, start - 1)
        file.seek(base)
        end = min(start + length, segment_size) - base
        data = file.read(end)
        segment_size = min(segment_size, base + len(data)) if len(data) < end else segment_size
        end = len(data)
        at = 0
        if start:
            at = data.find(b"\n") + 1 or end
        while at < end:
            stop = data.find(b"\n", at, at + MAX_LINE)
            if stop < 0 and len(data) - at < MAX_LINE and base + len(data) < segment_size:
                data += file.read(min(at + MAX_LINE, segment_size - base) - len(data))
                stop = data.find(b"\n", at, at + MAX_LINE)
            if stop < 0 and len(data) - at < MAX_LINE:
                chunk.no_line_feed = True
                break
            chunk.starts.append(base + at)
            chunk.lines += 1
            if stop < 0:
                if findings is not None:
                    findings.add(
                        "bad_member", tip.due, "a line has more than %d bytes" % MAX_LINE
                    )
                tip.holes += 1
                tip.linked = False
                _bad(chunk)
                at = data.find(b"\n", at + MAX_LINE) + 1 or end
                continue
            raw = data[at:stop]
            at = stop + 1
            try:
                line = common_line(raw) or strict_line(raw)
            except BadLine as bad:
                findings.add(bad.kind, tip.due if bad.seq < 0 else bad.seq, bad.detail)
                if bad.seq < 0:
                    tip.holes += 1
                else:
                    _check_place(bad.seq, tip, findings)
                tip.linked = False
                if bad.hash is None:
                    _bad(chunk)
                else:
                    chunk.hashes += bad.hash
                continue
            if chunk.lines == 1:
                chunk.first_seq = line.seq
                chunk.first_prev = line.prev
                chunk.first_timestamp = line.timestamp
                if optimistic:
                    tip.due = line.seq
            _check_line(line, raw, chunk, tip, findings, origin, optimistic)
    if chunk.good_before_bad < 0:
        chunk.good_before_bad = chunk.lines
    if optimistic:
        chunk.subtrees = fold(bytes(chunk.hashes), chunk.first_seq, root_sizes)
    return chunk


def _bad(chunk):
    if chunk.good_before_bad < 0:
        chunk.good_before_bad = chunk.lines - 1
    chunk.hashes += bytes(32)


def _check_place(seq, tip, findings):
    due = tip.due
    if seq < due:
        findings.add("duplicate_seq", seq, "number %d was due here" % due)
    elif seq > due + tip.holes:
        findings.add("missing_seq", due, "the next line there is has number %d" % seq)
    tip.numbered &= seq == due + tip.holes
    tip.due = max(due, seq + 1)
    tip.holes = 0


def _check_line(line, raw, chunk, tip, findings, origin, optimistic):
    seq = line.seq
    if seq == tip.due and not tip.holes:
        tip.due = seq + 1
    else:
        _check_place(seq, tip, findings)
    if tip.linked and line.prev != tip.entry_hash:
        findings.add("broken_link", seq, "prev_hash is not the entry_hash of the line before")
    if line.timestamp < tip.timestamp:
        findings.add("time_reversed", seq, "timestamp is before that of the line before")
    tip.timestamp = line.timestamp
    tip.linked = True
    tip.entry_hash = line.stated
    chunk.hashes += line.hash
    if line.hash.hex() != line.stated:
        findings.add("bad_hash", seq, "entry_hash is not the hash of the entry")
    if line.has_payload:
        if not line.payload_ok:
            findings.add(
                "bad_payload_hash", seq, "payload_hash is not the hash of salt and payload"
            )
    else:
        chunk.redacted.append(seq)
        if line.action in CONTEXT_ACTIONS:
            findings.add("payload_missing", seq, "a context entry cannot be redacted")
    for cause_origin, cause_seq, digits in line.causes:
        if cause_origin:
            if cause_origin == origin:
                findings.add("bad_cause", seq, "caused_by spells out this ledger's own origin")
            else:
                chunk.foreign += 1
        elif cause_seq >= seq:
            findings.add("bad_cause", seq, "caused_by names entry %d, which is later" % cause_seq)
        elif optimistic and cause_seq >= chunk.first_seq:
            place = 32 * (cause_seq - chunk.first_seq)
            if chunk.hashes[place : place + 32].hex() != digits:
                findings.add("bad_cause", seq, "")
        elif tip.numbered:
            chunk.causes.append((seq, cause_seq, digits))
    if seq == 0 or line.action in SPECIAL_ACTIONS:
        chunk.specials.append(bytes(raw))


def _first_look(task):
    """In a worker: the chunk if all is well in it, else None."""
    path, start, length, segment_size, origin, root_sizes = task
    try:
        return check_chunk(path, start, length, segment_size, origin, None, None, root_sizes)
    except (_Dirty, OSError):
        return None


Segment = collections.namedtuple("Segment", "path name first_seq size")


def is_regular(path):
    return stat.S_ISREG(os.stat(path).st_mode)


def read_whole(path, most):
    """A regular file's bytes; OSError where it is none, Refused where it is too large."""
    if not is_regular(path):
        raise OSError("no regular file")
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Refused("more than %d bytes" % most)
    return data


def twenty_digits(name):
    if not re.fullmatch("[0-9]{20}", name):
        return None
    number = int(name)
    return number if number <= MAX_SAFE else None


def told(error):
    """An operating system's error, without a path."""
    return printable(getattr(error, "strerror", None) or str(error))


def list_folder(path):
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return []


def list_segments(folder, findings):
    segments = []
    directory = os.path.join(folder, "segments")
    for name in list_folder(directory):
        if not name.endswith(".ndjson"):
            continue
        first = twenty_digits(name[:-7])
        if first is None:
            findings.add("bad_member", None, "a file in segments/ is misnamed: " + shown(name))
            continue
        path = os.path.join(directory, name)
        try:
            if not is_regular(path):
                raise OSError("no regular file")
            with open(path, "rb"):
                segments.append(Segment(path, name, first, os.stat(path).st_size))
        except OSError as e:
            findings.add("unreadable", first, "segments/%s: %s" % (name, told(e)))
    return segments


class Ranges:
    """A list of inclusive ranges of numbers, each with who named it."""

    def __init__(self):
        self.owners = array("Q")
        self.firsts = array("Q")
        self.lasts = array("Q")

    def add(self, owner, first, last):
        self.owners.append(owner)
        self.firsts.append(first)
        self.lasts.append(last)

    def cut(self, length):
        """Forgets all after the first so many."""
        for each in (self.owners, self.firsts, self.lasts):
            del each[length:]

    def add_next(self, seq):
        """Adds one number, which usually follows on the last."""
        if self.lasts and self.lasts[-1] + 1 == seq:
            self.lasts[-1] = seq
        else:
            self.add(0, seq, seq)

    def merged(self, limit=None):
        """Ascending, disjoint (first, last), of owners below the limit."""
        which = [
            i for i in range(len(self.owners)) if limit is None or self.owners[i] < limit
        ]
        which.sort(key=self.firsts.__getitem__)
        merged = []
        for i in which:
            if merged and self.firsts[i] <= merged[-1][1] + 1:
                merged[-1][1] = max(merged[-1][1], self.lasts[i])
            else:
                merged.append([self.firsts[i], self.lasts[i]])
        return merged

    def lowest_not_in(self, cover):
        """The lowest number that none of the ascending, disjoint ranges covers, or None."""
        at = 0
        for first, last in self.merged():
            while at < len(cover) and cover[at][1] < first:
                at += 1
            if at == len(cover) or first < cover[at][0]:
                return first
            if last > cover[at][1]:
                return cover[at][1] + 1
        return None


def target_range(target):
    """The range that a target #A or #A-B names, or None."""
    found = re.fullmatch("#(0|[1-9][0-9]{0,15})(?:-(0|[1-9][0-9]{0,15}))?", target or "")
    if found is None:
        return None
    first = int(found.group(1))
    last = int(found.group(2) or first)
    return (first, last) if first <= last else None


class Lookup:
    """Finds entry hashes again by their place: the last ones are kept, older ones read back."""

    def __init__(self, segments, findings):
        self.segments = segments
        self.findings = findings
        self.recent = bytearray()
        self.count = 0
        self.places = array("Q")  # segment and offset of every STRIDE-th line, in turn
        self.pending = []

    def add(self, index, chunk):
        before = self.count
        for i in range(-before % STRIDE, chunk.lines, STRIDE):
            self.places.append(index)
            self.places.append(chunk.starts[i])
        self.recent += chunk.hashes
        if len(self.recent) > 64 * RECENT:
            del self.recent[: len(self.recent) - 32 * RECENT]
        self.count += chunk.lines
        oldest = self.count - len(self.recent) // 32
        for owner, seq, digits in chunk.causes:
            if seq >= self.count:
                self.findings.add("bad_cause", owner, "caused_by names entry %d, not there" % seq)
            elif seq >= oldest:
                place = 32 * (seq - oldest)
                if self.recent[place : place + 32].hex() != digits:
                    self.mismatch(owner, seq)
            else:
                self.pending.append((seq, owner, digits))
                if len(self.pending) == BATCH:
                    self.check_pending()

    def mismatch(self, owner, seq):
        self.findings.add("bad_cause", owner, "caused_by names entry %d by another hash" % seq)

    def check_pending(self):
        group = None
        lines = []
        for seq, owner, digits in sorted(self.pending):
            if seq // STRIDE != group:
                group = seq // STRIDE
                lines = self.read(group)
            raw = lines[seq % STRIDE] if seq % STRIDE < len(lines) else b""
            try:
                if read_line(raw).stated != digits:
                    self.mismatch(owner, seq)
            except BadLine as bad:
                if bad.hash is None or bad.hash.hex() != digits:
                    self.mismatch(owner, seq)
        self.pending = []

    def timestamp(self, place):
        """When the entry at a place was sealed; None where there is no such entry."""
        lines = self.read(place // STRIDE) if 0 <= place < self.count else []
        try:
            return read_line(lines[place % STRIDE]).timestamp
        except (BadLine, IndexError):
            return None

    def read(self, group):
        """Up to STRIDE lines from the group's place on."""
        index, offset = self.places[2 * group], self.places[2 * group + 1]
        lines = []
        try:
            while len(lines) < STRIDE and index < len(self.segments):
                with open(self.segments[index].path, "rb") as file:
                    file.seek(offset)
                    while len(lines) < STRIDE:
                        raw = file.readline(MAX_LINE + 1)
                        if not raw:
                            break
                        lines.append(raw[:-1] if raw.endswith(b"\n") else b"")
                        while not raw.endswith(b"\n") and raw:
                            raw = file.readline(MAX_LINE + 1)
                index += 1
                offset = 0
        except OSError as e:
            self.findings.add(
                "unreadable", group * STRIDE, "entries cannot be read back: " + told(e)
            )
        return lines


Rotation = collections.namedtuple("Rotation", "seq before after")


class Scan:
    """All segments, once, in order."""

    def __init__(self, segments, origin, root_sizes, findings, chunk):
        self.segments = segments
        self.chunk = chunk
        self.origin = origin
        self.root_sizes = sorted(set(root_sizes))
        self.findings = findings
        self.lookup = Lookup(segments, findings)
        self.tip = Tip()
        self.tree = Tree()
        self.tree_known = True
        self.roots = {}
        self.next_root = 0
        self.entries = 0
        self.redacted = 0
        self.foreign = 0
        self.missing = Ranges()
        self.redactions = Ranges()
        self.adopted = Ranges()
        self.beginning = None  # (created_at, origin, log keys)
        self.keys = None
        self.rotations = []
        self.rotations_seen = 0

    def run(self, processes):
        self.reached()
        tasks = [
            (index, start)
            for index, segment in enumerate(self.segments)
            for start in range(0, max(1, segment.size), self.chunk)
        ]
        if processes > 1 and sum(segment.size for segment in self.segments) >= PARALLEL_FROM:
            self.run_parallel(tasks, processes)
        else:
            for index, start in tasks:
                self.merge(index, start, _first_look(self.task(index, start)))
        self.lookup.check_pending()

    def task(self, index, start):
        segment = self.segments[index]
        return segment.path, start, self.chunk, segment.size, self.origin, self.root_sizes

    def run_parallel(self, tasks, processes):
        import concurrent.futures

        waiting = collections.deque()
        position = 0
        try:
            with concurrent.futures.ProcessPoolExecutor(processes) as pool:
                for position, (index, start) in enumerate(tasks):
                    future = pool.submit(_first_look, self.task(index, start))
                    waiting.append((index, start, future))
                    if len(waiting) >= 2 * processes:
                        self.merge_next(waiting)
                while waiting:
                    self.merge_next(waiting)
                return
        except (concurrent.futures.process.BrokenProcessPool, OSError, ImportError):
            # No more processes to be had: the rest goes on in this one.
            rest = [(index, start) for index, start, _ in waiting]
            done = set(rest)
            rest += [task for task in tasks[position:] if task not in done]
        for index, start in rest:
            self.merge(index, start, _first_look(self.task(index, start)))

    def merge_next(self, waiting):
        index, start, future = waiting[0]
        chunk = future.result()
        waiting.popleft()
        self.merge(index, start, chunk)

    def merge(self, index, start, chunk):
        segment = self.segments[index]
        tip = self.tip
        name = "segments/" + segment.name
        first_due = tip.due
        fits = chunk is not None and (
            chunk.lines == 0
            or (
                chunk.first_seq == tip.due
                and not tip.holes
                and tip.numbered
                and (not tip.linked or tip.entry_hash == chunk.first_prev)
                and tip.timestamp <= chunk.first_timestamp
            )
        )
        if fits:
            if chunk.lines:
                self.tip = tip = chunk.tip
        else:
            try:
                chunk = check_chunk(
                    segment.path, start, self.chunk, segment.size, self.origin, tip, self.findings
                )
            except OSError as e:
                self.findings.add("unreadable", tip.due, name + ": " + told(e))
                tip.linked = False
                tip.numbered = False
                tip.holes = MAX_SAFE  # as many as were in what could not be read
                self.tree_known = False
                return
        if start == 0:
            if segment.size == 0:
                # A writer that ended between making the next file and filling it leaves one.
                last = index == len(self.segments) - 1
                if not (last and segment.first_seq == first_due and first_due > 0):
                    self.findings.add("unreadable", first_due, name + " holds no line")
            elif chunk.first_seq >= 0 and chunk.first_seq != segment.first_seq:
                self.findings.add(
                    "bad_member", chunk.first_seq, name + " is not named by its first entry"
                )
        if chunk.lines:
            self.grow(chunk, fits)
            self.lookup.add(index, chunk)
            for seq in chunk.redacted:
                self.missing.add_next(seq)
            self.redacted += len(chunk.redacted)
            self.foreign += chunk.foreign
            for raw in chunk.specials:
                self.special(raw)
            self.entries += chunk.lines
        if chunk.no_line_feed and not self.is_being_written(index):
            self.findings.add(
                "unreadable", tip.due, "the last line of %s does not end in a line feed" % name
            )
            tip.linked = False
            self.tree_known = False

    def is_being_written(self, index):
        if index != len(self.segments) - 1:
            return False
        try:
            return os.stat(self.segments[index].path).st_size > self.segments[index].size
        except OSError:
            return False

    def grow(self, chunk, fits):
        if not self.tree_known:
            return
        if fits and chunk.first_seq == self.tree.size:
            for level, subtree in chunk.subtrees:
                self.tree.append_subtree(level, subtree)
                self.reached()
            return
        for i in range(chunk.good_before_bad):
            self.tree.append(bytes(chunk.hashes[32 * i : 32 * i + 32]))
            self.reached()
        self.tree_known = chunk.good_before_bad == chunk.lines

    def reached(self):
        if (
            self.next_root < len(self.root_sizes)
            and self.root_sizes[self.next_root] == self.tree.size
        ):
            self.roots[self.tree.size] = self.tree.root()
            self.next_root += 1

    def special(self, raw):
        """An entry that means something for the others."""
        entry = parse_json(raw, MAX_DEPTH + 1)
        seq = entry["seq"]
        action = entry["action"]
        payload = entry.get("payload")
        if seq == 0 and self.beginning is None:
            self.begin(entry, payload)
        if action == "ledger_redact":
            named = target_range(entry.get("target"))
            if named is None or named[1] >= seq or "reason" not in entry:
                self.findings.add(
                    "bad_member",
                    seq,
                    "a ledger_redact must have a reason and a target #A or #A-B below itself",
                )
            else:
                self.redactions.add(seq, *named)
        elif action == "ledger_recover":
            named = target_range(entry.get("target"))
            if named is not None and named[0] < seq:
                self.adopted.add(seq, named[0], min(named[1], seq - 1))
        elif action == "key_rotate" and payload is not None:
            self.rotate(seq, payload)

    def begin(self, entry, payload):
        if entry["action"] != "ledger_create":
            self.findings.add("bad_member", 0, "entry 0 is no ledger_create")
            return
        if payload is None:
            return  # told as payload_missing
        keys = strings(payload.get("log_keys"))
        target = entry.get("target")
        form = payload.get("format")
        if not is_origin(target) or payload.get("origin") != target:
            self.findings.add(
                "bad_member", 0, "target and payload.origin of entry 0 are not one origin"
            )
        elif not is_int(form, FORMAT, FORMAT):
            self.findings.add("bad_member", 0, "payload.format of entry 0 is not 1")
        elif keys is None or log_keys(keys, target) is None:
            self.findings.add(
                "bad_member", 0, "payload.log_keys of entry 0 are no keys of the origin"
            )
        else:
            self.beginning = entry["timestamp"], target, keys
            self.keys = keys

    def rotate(self, seq, payload):
        before = strings(payload.get("old"))
        after = strings(payload.get("new"))
        if (
            before is None
            or after is None
            or not isinstance(payload.get("why"), str)
            or before != self.keys
            or log_keys(after, self.origin) is None
        ):
            self.findings.add(
                "bad_member",
                seq,
                "a key_rotate must have the keys in force as old, keys as new, and why",
            )
        if before is not None and after is not None:
            self.keys = after
            self.rotations_seen += 1
            if len(self.rotations) < MAX_ROTATIONS:
                self.rotations.append(Rotation(seq, before, after))


# ---------------------------------------------------------------------------------------------
# A whole ledger (sections 2, 3, 5 and 8)


class UnknownFormat(Exception):
    pass


def refuse_other_format(value, what):
    """The format is read first: another integer there ends the run."""
    form = value.get("format") if isinstance(value, dict) else None
    if is_int(form, -1e300, 1e300) and form != FORMAT:
        raise UnknownFormat("%s says format %d, and only format 1 is known" % (what, form))


def read_ledger_json(folder, findings):
    """(created_at, origin, log keys), or None where it cannot be understood, which is told."""
    try:
        data = read_whole(os.path.join(folder, "ledger.json"), MAX_LEDGER_JSON)
        body = data[:-1] if data.endswith(b"\n") else data
        value, is_canonical = parse_canonical(body)
    except (OSError, Refused, BadJson) as e:
        findings.add("unreadable", None, "ledger.json: " + told(e))
        return None
    refuse_other_format(value, "ledger.json")
    if not data.endswith(b"\n") or not is_canonical:
        findings.add("not_canonical", None, "ledger.json is not canonical JSON and one line feed")
    if isinstance(value, dict) and value.keys() == {
        "created_at",
        "format",
        "log_keys",
        "origin",
    }:
        keys = strings(value["log_keys"])
        if (
            isinstance(value["created_at"], str)
            and is_int(value["format"], FORMAT, FORMAT)
            and keys is not None
            and is_origin(value["origin"])
        ):
            return value["created_at"], value["origin"], keys
    findings.add(
        "bad_member",
        None,
        "ledger.json must hold created_at, format 1, log_keys and origin, and nothing else",
    )
    return None


Kept = collections.namedtuple("Kept", "path name checkpoint")


def _check_notes(task):
    """In a worker: what the notes at some paths say under policies."""
    return [_check_note(*note) for note in task]


def _check_note(path, checkpoint, policy, signed):
    try:
        if signed is None:
            signed = SignedCheckpoint(read_whole(path, MAX_NOTE))
    except (OSError, Refused):
        return None
    return policy.check(signed) if signed.checkpoint == checkpoint else None


class Notes:
    """The checkpoints that a ledger keeps, and which keys each answers to."""

    def __init__(self, folder, findings):
        directory = os.path.join(folder, "checkpoints")
        self.missing = not os.path.isdir(directory)
        self.ignored = 0
        self.kept = []
        self.newest_note = None  # of all; a writer may drop its file meanwhile
        for name in list_folder(directory):
            size = twenty_digits(name)
            if size is None:
                self.ignored += 1
                continue
            path = os.path.join(directory, name)
            try:
                signed = SignedCheckpoint(read_whole(path, MAX_NOTE))
            except FileNotFoundError:
                continue  # a writer drops notes that need not be kept any longer
            except (OSError, Refused) as e:
                findings.add("unreadable", None, "checkpoints/%s: %s" % (name, told(e)))
                continue
            checkpoint = signed.checkpoint
            if checkpoint.size != size:
                findings.add("bad_member", None, "checkpoints/%s is of another size" % name)
            if self.newest_note is None or checkpoint.size > self.newest_note.checkpoint.size:
                self.newest_note = signed
            self.kept.append(Kept(path, name, checkpoint))
        self.kept.sort(key=lambda kept: kept.checkpoint.size)

    def sizes(self):
        return [kept.checkpoint.size for kept in self.kept]

    def newest(self, origin):
        for kept in reversed(self.kept):
            if kept.checkpoint.origin == origin:
                return kept.checkpoint
        return None

    def compare(self, scan, origin, findings):
        for kept in self.kept:
            checkpoint = kept.checkpoint
            what = "checkpoints/" + kept.name
            if checkpoint.origin != origin:
                findings.add("bad_origin", None, what + " is of " + checkpoint.origin)
            elif checkpoint.size > scan.entries:
                detail = "%s counts %d entries" % (what, checkpoint.size)
                findings.add("truncated", scan.tip.due, detail)
            else:
                root = scan.roots.get(checkpoint.size)
                if root is not None and root != checkpoint.root:
                    findings.add("root_mismatch", None, what + " has another root")

    @staticmethod
    def matches(kept, scan, origin):
        checkpoint = kept.checkpoint
        return checkpoint.origin == origin and scan.roots.get(checkpoint.size) == checkpoint.root

    def newest_matching(self, scan, origin):
        for kept in reversed(self.kept):
            if self.matches(kept, scan, origin):
                return kept.checkpoint
        return None

    def check_signatures(self, trust, scan, origin, findings, processes):
        """(newest checkpoint that is signed and matches, unmet quorum of the newest note)."""
        demanded_at = self.follow(trust, scan, origin)
        tasks = [
            (kept.path, kept.checkpoint, demanded_at(kept.checkpoint.size), self.at_hand(kept))
            for kept in self.kept
        ]
        newest = quorum = None
        for kept, outcome in zip(self.kept, self.outcomes(tasks, processes)):
            if outcome is None:
                if os.path.exists(kept.path):  # else a writer dropped it, as above
                    findings.add(
                        "unreadable", None, "checkpoints/%s changed meanwhile" % kept.name
                    )
                continue
            good, found, quorum = outcome
            for kind, detail in found:
                findings.add(kind, None, detail)
            if good and self.matches(kept, scan, origin):
                newest = kept.checkpoint
        return newest, quorum

    def at_hand(self, kept):
        newest = self.newest_note
        return newest if newest is not None and kept.checkpoint == newest.checkpoint else None

    @staticmethod
    def outcomes(tasks, processes):
        if processes > 1 and len(tasks) > 256:
            import concurrent.futures

            parts = [tasks[i : i + 64] for i in range(0, len(tasks), 64)]
            try:
                with concurrent.futures.ProcessPoolExecutor(processes) as pool:
                    return [one for part in pool.map(_check_notes, parts) for one in part]
            except (concurrent.futures.process.BrokenProcessPool, OSError, ImportError):
                pass  # no more processes to be had: here, then
        return _check_notes(tasks)

    def follow(self, trust, scan, origin):
        """A function from size to policy: key rotations followed forwards and backwards."""
        rotations = scan.rotations
        trusted = 0
        wanted = {key.vkey for key in trust.logs}
        eras_of_keys = [rotation.before for rotation in rotations]
        eras_of_keys += [rotations[-1].after] if rotations else []
        while trusted < len(eras_of_keys) and not wanted <= set(eras_of_keys[trusted]):
            trusted += 1
        if not rotations or trusted > len(rotations):
            return lambda size: trust
        ends, eras, joints = [], [trust], []
        for i in range(trusted, len(rotations)):
            joint = self.joint(rotations, i, trust, scan, origin)
            if joint is None:
                break
            ends.append(joint[0])
            joints.append(joint[1])
            eras.append(trust.with_logs(log_keys(rotations[i].after, origin)))
        for i in range(trusted - 1, -1, -1):
            joint = self.joint(rotations, i, trust, scan, origin)
            if joint is None:
                break
            ends.insert(0, joint[0])
            joints.insert(0, joint[1])
            eras.insert(0, trust.with_logs(log_keys(rotations[i].before, origin)))

        def demanded_at(size):
            for end, era, joint in zip(ends, eras, joints):
                if size == end:
                    return joint
                if size < end:
                    return era
            return eras[-1]

        return demanded_at

    def joint(self, rotations, index, trust, scan, origin):
        """(size, policy) of the note that old and new keys signed together, or None."""
        rotation = rotations[index]
        before = log_keys(rotation.before, origin)
        after = log_keys(rotation.after, origin)
        if before is None or after is None:
            return None
        last = rotations[index + 1].seq if index + 1 < len(rotations) else MAX_SAFE
        both = trust.with_logs(dict.fromkeys(before + after))
        for kept in self.kept:
            if rotation.seq < kept.checkpoint.size <= last and self.matches(kept, scan, origin):
                outcome = _check_note(kept.path, kept.checkpoint, both, self.at_hand(kept))
                if outcome is not None and outcome[0]:
                    return kept.checkpoint.size, both
        return None


ANCHORED_AT = "anchored_at"  # of a result for people alone: when the newest anchored entry is of

# trust: Policy or None; source: where it came from; since: SignedCheckpoint or None;
# population: path of the bundle that a sample was drawn from, or None.
Options = collections.namedtuple("Options", "trust source since population processes chunk")


def nothing_verified(why, options):
    return {
        "verdict": "unverifiable",
        "self_consistent": False,
        "entries": 0,
        "anchored": 0,
        "unanchored_tail": 0,
        "adopted": 0,
        "redacted": 0,
        "findings": [],
        "checkpoint": None,
        "trust": options.source,
        "not_checked": [printable(why)],
    }


def verify_ledger(folder, options):
    for attempt in range(MAX_ATTEMPTS):
        result, seen = verify_ledger_once(folder, options)
        # What a writer rewrote meanwhile is no fault; an endless rewriter gains nothing.
        if not result["findings"] or seen == print_of(folder):
            break
    return result


def print_of(folder):
    """What tells whether files were written anew, but not whether the last one grew."""
    seen = []
    for name in list_folder(os.path.join(folder, "segments")):
        try:
            seen.append((name, os.stat(os.path.join(folder, "segments", name)).st_size))
        except OSError:
            seen.append((name, None))
    try:
        ledger_json = read_whole(os.path.join(folder, "ledger.json"), MAX_LEDGER_JSON)
    except (OSError, Refused):
        ledger_json = None
    return seen[:-1], ledger_json


def verify_ledger_once(folder, options):
    findings = Findings()
    not_checked = []
    seen = print_of(folder)
    try:
        claims = read_ledger_json(folder, findings)
    except UnknownFormat as e:
        return nothing_verified(str(e), options), seen
    # Notes before segments: a writer makes entries durable first, then signs them.
    notes = Notes(folder, findings)
    segments = list_segments(folder, findings)
    if not segments and not notes.kept and claims is None:
        return nothing_verified("nothing could be read: this is no ledger folder", options), seen
    if not segments:
        findings.add("unreadable", None, "segments/ holds no segment")
    since = None if options.since is None else options.since.checkpoint
    sizes = notes.sizes() + ([] if since is None else [since.size])
    if claims is not None:
        claimed = claims[1]
    else:
        claimed = notes.kept[-1].checkpoint.origin if notes.kept else ""
    scan = Scan(segments, claimed, sizes, findings, options.chunk)
    scan.run(options.processes)
    origin = scan.beginning[1] if claims is None and scan.beginning else claimed
    if claims is not None and scan.beginning is not None:
        if claims[:2] != scan.beginning[:2]:
            findings.add(
                "bad_member", None, "created_at or origin in ledger.json is not that of entry 0"
            )
        if claims[2] != scan.keys and not of_unfinished_rotation(claims[2], scan, notes):
            findings.add(
                "bad_member",
                None,
                "log_keys in ledger.json are not those of entry 0 or of the last key_rotate",
            )
    notes.compare(scan, origin, findings)
    if since is not None:
        compare_since(since, scan, origin, findings)
    verified = quorum = None
    trust = options.trust
    if trust is None:
        anchor = notes.newest_matching(scan, origin)
        not_checked.append("signatures: no trusted keys were given")
        if not notes.kept:
            not_checked.append("roots: there is no checkpoint")
    else:
        if trust.origins() != {origin}:
            findings.add("bad_origin", None, "the trusted keys are for another origin")
        if notes.missing:
            findings.add("unreadable", None, "checkpoints/ is missing")
        elif not notes.kept:
            not_checked.append("signatures: there is no checkpoint")
        verified, quorum = notes.check_signatures(
            trust, scan, origin, findings, options.processes
        )
        anchor = verified
        if quorum is not None:
            not_checked.append(quorum)
    cover = scan.redactions.merged(0 if anchor is None else anchor.size)
    lowest = scan.missing.lowest_not_in(cover)
    if lowest is not None:
        findings.add("payload_missing", lowest, "no anchored ledger_redact names this entry")
    if scan.foreign:
        not_checked.append("%d references in caused_by to other ledgers" % scan.foreign)
    if scan.rotations_seen > len(scan.rotations):
        not_checked.append("key rotations after the first %d" % MAX_ROTATIONS)
    if notes.ignored:
        not_checked.append(
            "%d files in checkpoints/ that are not named by 20 digits" % notes.ignored
        )
    newest = verified if verified is not None else notes.newest(origin)
    anchored = 0 if verified is None else verified.size
    if findings:
        verdict = "tampered"
    else:
        verdict = "intact" if verified is not None and quorum is None else "unverifiable"
    return {
        "verdict": verdict,
        "self_consistent": not findings,
        "entries": scan.entries,
        "anchored": anchored,
        "unanchored_tail": scan.entries - anchored,
        "adopted": sum(last - first + 1 for first, last in scan.adopted.merged()),
        "redacted": scan.redacted,
        "findings": findings.to_list(),
        "checkpoint": None if newest is None else newest.to_json(),
        "trust": options.source,
        "not_checked": not_checked,
        ANCHORED_AT: None if newest is None else scan.lookup.timestamp(newest.size - 1),
    }, seen


def of_unfinished_rotation(keys, scan, notes):
    """Whether no note follows yet the one by old and new keys, and ledger.json has the old."""
    if not scan.rotations or scan.rotations_seen > len(scan.rotations):
        return False
    rotation = scan.rotations[-1]
    return keys == rotation.before and sum(size > rotation.seq for size in notes.sizes()) <= 1


def compare_since(since, scan, origin, findings):
    older = "the older checkpoint of size %d" % since.size
    if since.origin != origin:
        findings.add("bad_origin", None, "%s is of %s" % (older, since.origin))
    elif since.size > scan.entries:
        findings.add("truncated", scan.tip.due, older + " counts more entries")
        findings.add("rollback", None, older + " counts entries that are not there any more")
    else:
        root = scan.roots.get(since.size)
        if root is not None and root != since.root:
            findings.add("rollback", None, older + " has another root than the entries now have")


# ---------------------------------------------------------------------------------------------
# Bundle files (section 6): a folder, or a zip read strictly

MANIFEST, EXPORT, CHECKPOINT, RANGE_PROOF = (
    "manifest.json",
    "export.ndjson",
    "checkpoint",
    "range.proof",
)
ENTRIES, CONTEXT, ANNOTATIONS = "entries.ndjson", "context.ndjson", "annotations.ndjson"
UNLISTED = (MANIFEST, EXPORT, CHECKPOINT, RANGE_PROOF)
LISTED = (ANNOTATIONS, CONTEXT, ENTRIES)
PROOFS = "proofs/"
BLOCK = 1 << 16
_FILE_NAME = re.compile("[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?")


def is_file_name(name):
    return _FILE_NAME.fullmatch(name) is not None and not any(
        part in (".", "..") for part in name.split("/")
    )


class FolderFiles:
    """The files of a bundle folder; links are not followed."""

    def __init__(self, root):
        self.root = root
        self.faults = []
        self.names = set()
        self.list(root, "")

    def list(self, folder, prefix):
        for leaf in sorted(os.listdir(folder)):
            name = prefix + leaf
            path = os.path.join(folder, leaf)
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode) and not prefix:
                self.list(path, name + "/")
            elif not is_file_name(name):
                self.faults.append("no file of a bundle is called " + shown(name))
            elif not stat.S_ISREG(mode):
                self.faults.append(name + " is a link, or no file")
            elif len(self.names) == MAX_FILES:
                raise Refused("more than %d files" % MAX_FILES)
            else:
                self.names.add(name)

    def open(self, name):
        if name not in self.names:
            raise OSError("it is missing")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(os.path.join(self.root, *name.split("/")), flags), "rb")

    def unreadable(self):
        """Why nothing of it can be read; None where something can, however damaged."""
        why = "it holds no files"
        if self.faults:
            why = "nothing in it can be read: " + self.faults[0]
        for name in sorted(self.names):
            try:
                self.open(name).close()
                return None
            except OSError as e:
                why = "nothing in it can be read: %s: %s" % (name, told(e))
        return why

    def close(self):
        pass


MAX32 = 0xFFFFFFFF
MAX16 = 0xFFFF
MAX_DIRECTORY = 64 << 20
HAS_DESCRIPTOR = 1 << 3
KNOWN_FLAGS = HAS_DESCRIPTOR | 1 << 11 | 0b110  # UTF-8 names, levels of deflate
Member = collections.namedtuple("Member", "name flags method crc packed size header data")


class BadZip(Exception):
    pass


class ZipFiles:
    """The members of a zip. What two readers could see differently is refused."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.faults = []
        self.members = {}
        self.why_not = self.read_all()
        self.names = set(self.members)

    def read_all(self):
        """Reads where all stands; why not, where the end records lead to no directory."""
        if not self.is_zip():
            return "it is neither a folder nor a zip"
        try:
            directory = self.find_directory()
        except BadZip as e:
            return "the zip cannot be opened: %s" % e
        try:
            self.read_directory(*directory)
        except BadZip as e:
            self.members = {}
            self.faults.append("the zip: %s" % e)
        return None if self.members or self.faults else "it holds no files"

    def unreadable(self):
        return self.why_not

    def close(self):
        self.file.close()

    def is_zip(self):
        """Whether it begins or ends as a zip does."""
        length = os.fstat(self.file.fileno()).st_size
        return (length >= 30 and self.at(0, 4) == b"PK\3\4") or (
            length >= 22 and self.at(length - 22, 4) == b"PK\5\6"
        )

    def at(self, offset, length):
        if offset < 0:
            raise BadZip("an offset lies before the file")
        self.file.seek(min(offset, MAX_SAFE))
        data = self.file.read(length)
        if len(data) < length:
            raise BadZip("it ends too early")
        return data

    def find_directory(self):
        """(offset, length, members) of the directory, which ends where the end records begin."""
        length = os.fstat(self.file.fileno()).st_size
        end = self.at(length - 22, 22)
        (magic, disk, first_disk, here, count, directory_length, directory, comment) = (
            struct.unpack("<IHHHHIIH", end)
        )
        if magic != 0x06054B50 or comment:
            raise BadZip("it does not end in an end record without comment")
        if disk or first_disk or here != count:
            raise BadZip("it is one of several parts")
        directory_end = length - 22
        if count == MAX16 or directory_length == MAX32 or directory == MAX32:
            locator = struct.unpack("<IIQI", self.at(directory_end - 20, 20))
            directory_end -= 76
            end64 = struct.unpack("<IQHHIIQQQQ", self.at(directory_end, 56))
            if (
                locator != (0x07064B50, 0, directory_end, 1)
                or end64[:2] != (0x06064B50, 44)
                or end64[4:6] != (0, 0)
                or end64[6] != end64[7]
            ):
                raise BadZip("its zip64 end record is not well-formed")
            count, directory_length, directory = end64[7:]
            if count < MAX16 and directory < MAX32 and directory_length < MAX32:
                raise BadZip("it uses zip64 without need")
        if directory_length > MAX_DIRECTORY or directory + directory_length != directory_end:
            raise BadZip("its directory does not stand before the end record")
        return directory, directory_length, count

    def read_directory(self, directory, length, count):
        listed = self.read_central(self.at(directory, length), count)
        listed.sort(key=lambda member: member.header)
        expected = 0
        for member in listed:
            if member.header != expected:
                raise BadZip("there is data outside members, or members overlap")
            data = self.check_local(member)
            expected = self.check_descriptor(member, data + member.packed)
            self.members[member.name] = member._replace(data=data)
        if expected != directory:
            raise BadZip("there is data outside members")

    @staticmethod
    def name(data):
        name = data.decode("latin-1")
        if not is_file_name(name):
            raise BadZip("no file of a bundle is called " + shown(name))
        return name

    def read_central(self, data, count):
        listed, seen = [], set()
        at = 0
        while at < len(data):
            if len(data) - at < 46:
                raise BadZip("its directory is not well-formed")
            (magic, made, _, flags, method, _, crc, packed, size, name_length, extra_length,
             comment, disk, _, attributes, header) = struct.unpack_from(
                "<IHHHHIIIIHHHHHII", data, at
            )
            end = at + 46 + name_length + extra_length
            if magic != 0x02014B50 or comment or disk or end > len(data):
                raise BadZip("its directory is not well-formed")
            name = self.name(data[at + 46 : at + 46 + name_length])
            if flags & ~KNOWN_FLAGS:
                raise BadZip(name + " is encrypted, or uses what a bundle may not")
            if method not in (0, 8):
                raise BadZip(name + " is neither stored nor deflated")
            kind = attributes >> 16 & 0xF000
            if made >> 8 == 3 and kind not in (0, 0x8000):
                raise BadZip(name + " is a link, or no file")
            extra = data[at + 46 + name_length : end]
            size, packed, header = self.zip64(extra, [size, packed, header], name)
            if name in seen:
                raise BadZip(name + " stands in it twice")
            seen.add(name)
            listed.append(Member(name, flags, method, crc, packed, size, header, -1))
            at = end
        if len(listed) != count:
            raise BadZip("its directory does not have as many members as it says")
        return listed

    @staticmethod
    def zip64(extra, sizes, name):
        """The sizes; those too large for 32 bits come from the extra field."""
        at = 0
        has_zip64 = False
        while at < len(extra):
            if len(extra) - at < 4:
                raise BadZip("the extra fields of %s are not well-formed" % name)
            kind, length = struct.unpack_from("<HH", extra, at)
            field = extra[at + 4 : at + 4 + length]
            if len(field) < length:
                raise BadZip("the extra fields of %s are not well-formed" % name)
            if kind == 0x7075:
                raise BadZip(name + " has a second name")
            if kind == 0x0001:
                if has_zip64:
                    raise BadZip(name + " has two zip64 fields")
                has_zip64 = True
                used = 0
                for i, size in enumerate(sizes):
                    if size == MAX32:
                        if used + 8 > length:
                            raise BadZip(name + " uses zip64 without need")
                        (sizes[i],) = struct.unpack_from("<Q", field, used)
                        used += 8
                        if not MAX32 <= sizes[i] < 1 << 63:
                            raise BadZip(name + " uses zip64 without need")
                if not used or used != length:
                    raise BadZip(name + " uses zip64 without need")
            at += 4 + length
        if not has_zip64 and MAX32 in sizes:
            raise BadZip(name + " lacks its zip64 field")
        return sizes

    def check_local(self, member):
        """Holds a local header against the directory's; gives where the data begins."""
        (magic, _, flags, method, _, crc, packed, size, name_length, extra_length) = (
            struct.unpack("<IHHHIIIIHH", self.at(member.header, 30))
        )
        if magic != 0x04034B50:
            raise BadZip(member.name + " has no local header")
        rest = self.at(member.header + 30, name_length + extra_length)
        agrees = (
            flags == member.flags
            and method == member.method
            and self.name(rest[:name_length]) == member.name
        )
        described = member.flags & HAS_DESCRIPTOR
        is_zip64 = member.size >= MAX32 or member.packed >= MAX32
        if not described or not is_zip64:
            size, packed, _ = self.zip64(rest[name_length:], [size, packed, 0], member.name)
        if described:
            agrees = agrees and crc in (0, member.crc)
            if not is_zip64:
                agrees = agrees and size in (0, member.size) and packed in (0, member.packed)
        else:
            agrees = agrees and (crc, size, packed) == (member.crc, member.size, member.packed)
        if not agrees:
            raise BadZip("directory and local header of %s do not agree" % member.name)
        if member.method == 0 and member.packed != member.size:
            raise BadZip(member.name + " is stored with two sizes")
        return member.header + 30 + name_length + extra_length

    def check_descriptor(self, member, end):
        """Checks the data descriptor, where there is one; gives where the member ends."""
        if not member.flags & HAS_DESCRIPTOR:
            return end
        is_zip64 = member.size >= MAX32 or member.packed >= MAX32
        form = "<IQQ" if is_zip64 else "<III"
        at = end + 4 if self.at(end, 4) == b"PK\x07\x08" else end
        length = struct.calcsize(form)
        if struct.unpack(form, self.at(at, length)) != (member.crc, member.packed, member.size):
            raise BadZip("directory and data descriptor of %s do not agree" % member.name)
        return at + length

    def open(self, name):
        member = self.members.get(name)
        if member is None:
            raise OSError("it is missing")
        return MemberStream(self.file, member)


class MemberStream:
    """A member's content; its end is reached only where size and checksum are as stated."""

    def __init__(self, file, member):
        self.file = file
        self.member = member
        self.taken = 0
        self.given = 0
        self.crc = 0
        self.inflater = zlib.decompressobj(-15) if member.method == 8 else None

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.inflater = None

    def fill(self, most):
        most = min(most, self.member.packed - self.taken)
        if not most:
            return b""
        self.file.seek(self.member.data + self.taken)
        data = self.file.read(most)
        if not data:
            raise OSError("the zip ends too early")
        self.taken += len(data)
        return data

    def read(self, most):
        data = self.fill(most) if self.inflater is None else self.inflate(most)
        if data:
            self.given += len(data)
            self.crc = zlib.crc32(data, self.crc)
            if self.given > self.member.size:
                raise OSError("it holds more than its header states")
        elif (self.given, self.crc, self.taken) != (
            self.member.size,
            self.member.crc,
            self.member.packed,
        ):
            raise OSError("its size or checksum is not that of its header")
        return data

    def inflate(self, most):
        inflater = self.inflater
        try:
            while True:
                if inflater.eof:
                    if inflater.unused_data or inflater.unconsumed_tail:
                        raise OSError("there is data behind it")
                    return b""
                packed = inflater.unconsumed_tail or self.fill(BLOCK)
                data = inflater.decompress(packed, most)
                if data:
                    return data
                if not packed and not inflater.eof:
                    raise OSError("its compressed data is not whole")
        except zlib.error:
            raise OSError("its compressed data is damaged") from None


class Hashed:
    """A stream that hashes what is read through it."""

    def __init__(self, stream):
        self.stream = stream
        self.digest = sha256()

    def read(self, most):
        data = self.stream.read(most)
        self.digest.update(data)
        return data


def lines_of(stream):
    """(line without LF, or None where it is too long; whether it has one) at bounded memory."""
    held = b""
    oversized = False
    while True:
        block = stream.read(BLOCK)
        if not block:
            break
        at = 0
        while True:
            stop = block.find(b"\n", at)
            if stop < 0:
                break
            line = held + block[at:stop]
            yield (None if oversized or len(line) >= MAX_LINE else line), True
            held = b""
            oversized = False
            at = stop + 1
        if not oversized:
            held += block[at:]
            if len(held) > MAX_LINE:
                held = b""
                oversized = True
    if held or oversized:
        yield (None if oversized or len(held) >= MAX_LINE else held), False


# ---------------------------------------------------------------------------------------------
# Proofs (section 3)


def parse_proof(data):
    """(lines before the empty one, the checkpoint)."""
    split = data.find(b"\n\n")
    if split < 0:
        raise Refused("no empty line stands between the proof and its checkpoint")
    try:
        lines = data[:split].decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Refused("the proof is not UTF-8") from None
    return lines, SignedCheckpoint(data[split + 2 :])


def proof_number(text):
    number = decimal(text)
    if number is None or number > MAX_SAFE:
        raise Refused("not a number from 0 to 2^53-1: " + shown(text))
    return number


def proof_hashes(lines):
    hashes = [hash_from_base64(line) for line in lines]
    if None in hashes:
        raise Refused("a line is not a hash of 32 bytes in strict base64")
    return hashes


def parse_inclusion(data):
    """(index, hashes, checkpoint) of a tlog-proof file."""
    lines, checkpoint = parse_proof(data)
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Refused("the first line is not c2sp.org/tlog-proof@v1")
    lines = lines[1:]
    if lines and lines[0].startswith("extra "):
        if from_base64(lines[0][6:]) is None:
            raise Refused("the extra line is not strict base64")
        lines = lines[1:]
    if not lines or not lines[0].startswith("index "):
        raise Refused('a line does not read "index N"')
    return proof_number(lines[0][6:]), proof_hashes(lines[1:]), checkpoint


def inclusion_root(index, size, hashes, entry_hash):
    """RFC 9162 section 2.1.3.2; None where the path's length is not that of index and size."""
    if index >= size:
        return None
    node, last = index, size - 1
    root = leaf_hash(entry_hash)
    for sibling in hashes:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        node >>= 1
        last >>= 1
    return root if last == 0 else None


def parse_range(data):
    """(first, end, hashes, checkpoint) of a range proof."""
    lines, checkpoint = parse_proof(data)
    if lines[0] != "osmoda.io/range-proof/v1":
        raise Refused("the first line is not osmoda.io/range-proof/v1")
    words = lines[1].split(" ") if len(lines) > 1 else []
    if len(words) != 3 or words[0] != "range":
        raise Refused('the second line does not read "range FIRST END"')
    first, end = proof_number(words[1]), proof_number(words[2])
    if first >= end or end > checkpoint.checkpoint.size:
        raise Refused("no range of entries within the checkpoint's size")
    return first, end, proof_hashes(lines[2:]), checkpoint


def range_leads_to_root(first, end, hashes, checkpoint, entry_hashes):
    """Whether the entries, read once and in order, and what is outside give the root."""
    outside = iter(hashes)

    def root(low, high):
        if high <= first or low >= end:
            return next(outside, None)
        if low >= first and high <= end:
            tree = Tree()
            while tree.size < high - low:
                entry_hash = next(entry_hashes, None)
                if entry_hash is None:
                    return None
                tree.append(entry_hash)
            return tree.root()
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        left = root(low, middle)
        right = None if left is None else root(middle, high)
        return None if left is None or right is None else node_hash(left, right)

    found = root(0, checkpoint.size)
    left_over = next(outside, None) is not None or next(entry_hashes, None) is not None
    return found == checkpoint.root and not left_over


# ---------------------------------------------------------------------------------------------
# Manifest (section 6)

MANIFEST_MEMBERS = frozenset(
    "counts end_seq files filter first_seq format framework kind ledger log_keys made_by mapping"
    " origin payloads request requested_by sample time_from time_to".split()
)
FILTER_MEMBERS = frozenset("action actor session source status target tool".split())
COUNTS = ("entries", "matching", "redacted", "skeletons")


class Manifest:
    """manifest.json; Refused where it is none of this format."""

    def __init__(self, data):
        body = data[:-1]
        try:
            json_value, is_canonical = parse_canonical(body)
        except BadJson as e:
            raise Refused("it is no JSON: %s" % e) from None
        refuse_other_format(json_value, MANIFEST)
        if not is_canonical or not data.endswith(b"\n"):
            raise Refused("it is not canonical JSON and one line feed")
        if not isinstance(json_value, dict):
            raise Refused("it is no JSON object")
        for name in json_value:
            if name not in MANIFEST_MEMBERS:
                raise Refused("there is no member " + shown(name))
        take = self.take
        self.data = data
        take(json_value, "format", is_int)
        self.is_sample = take(json_value, "kind", ("range", "sample").__contains__) == "sample"
        self.withheld = (
            take(json_value, "payloads", ("full", "withheld").__contains__) == "withheld"
        )
        self.first = take(json_value, "first_seq", is_int)
        self.end = take(json_value, "end_seq", is_int)
        self.counts = self.object(json_value, "counts", COUNTS)
        for name in COUNTS:
            take(self.counts, name, is_int)
        ledger = self.object(json_value, "ledger", ("root", "size"))
        take(ledger, "root", self.is_text)
        self.size = take(ledger, "size", is_int)
        self.files = self.object(json_value, "files", None)
        for name in self.files:
            take(self.files, name, self.is_hex)
        self.filter = self.object(json_value, "filter", None)
        self.check_filter()
        self.log_keys = take(json_value, "log_keys", self.is_texts)
        self.origin = take(json_value, "origin", self.is_text)
        take(json_value, "made_by", self.is_text)
        take(json_value, "requested_by", self.is_text)
        self.object(json_value, "request", None)
        if "framework" in json_value:
            take(json_value, "framework", self.is_text)
        if "mapping" in json_value:
            mapping = self.object(json_value, "mapping", ("id", "sha256", "version"))
            take(mapping, "id", self.is_text)
            take(mapping, "version", self.is_text)
            take(mapping, "sha256", self.is_hex)
        self.sample = None
        if "sample" in json_value:
            self.sample = self.object(json_value, "sample", ("n", "population", "seed"))
            take(self.sample, "n", is_int)
            take(self.sample, "population", self.is_hex)
            take(self.sample, "seed", self.is_text)
        self.time_from = self.time_to = None
        if "time_from" in json_value:
            self.time_from = take(json_value, "time_from", is_time)
        if "time_to" in json_value:
            self.time_to = take(json_value, "time_to", is_time)
        if self.first >= self.end:
            raise Refused("first_seq is not below end_seq")
        if (self.time_from is None) != (self.time_to is None):
            raise Refused("time_from and time_to come both or not at all")
        if self.time_from is not None and self.time_from >= self.time_to:
            raise Refused("time_from is not before time_to")
        if (self.sample is not None) != self.is_sample:
            raise Refused("a sample, and nothing else, says how it was drawn")

    @staticmethod
    def take(holder, name, is_good):
        value = holder.get(name)
        if not is_good(value):
            raise Refused(shown(name) + " is missing, or not as it must be")
        return value

    @staticmethod
    def object(holder, name, members):
        value = holder.get(name)
        if not isinstance(value, dict) or members is not None and value.keys() != set(members):
            raise Refused(shown(name) + " is missing, or no such object as it must be")
        return value

    @staticmethod
    def is_text(value):
        return isinstance(value, str) and value != ""

    @staticmethod
    def is_texts(value):
        return isinstance(value, list) and all(map(Manifest.is_text, value))

    @staticmethod
    def is_hex(value):
        return isinstance(value, str) and _HEX64.fullmatch(value) is not None

    def check_filter(self):
        for name, items in self.filter.items():
            if name not in FILTER_MEMBERS:
                raise Refused("a filter has no member " + shown(name))
            if not isinstance(items, list) or not items or not all(map(self.is_text, items)):
                raise Refused("filter.%s is no list of texts" % name)
            if any(a >= b for a, b in zip(items, items[1:])):
                raise Refused("filter.%s is not sorted, each item once" % name)

    def matches(self, entry):
        """Whether an entry lies in time and filter."""
        if self.time_from is not None:
            if not self.time_from <= entry["timestamp"] < self.time_to:
                return False
        for name, items in self.filter.items():
            value = entry.get(name)
            if value is None or not any(
                value.startswith(item[:-1]) if item.endswith("*") else value == item
                for item in items
            ):
                return False
        return True


# ---------------------------------------------------------------------------------------------
# A bundle (sections 6 and 8)

PRESENT, WITHOUT_PAYLOAD, MATCHING = 1, 2, 4


class Bundle:
    """Verifies one bundle; every file is read once, and 33 bytes a line are kept."""

    def __init__(self, files, options):
        self.files = files
        self.options = options
        self.findings = Findings()
        self.not_checked = []
        self.notes = []
        self.manifest = None
        self.checkpoint = None  # SignedCheckpoint
        self.is_signed = False
        self.lines = 0
        self.matching = 0
        self.unchecked_causes = 0
        self.hashes = bytearray()  # by place: seq - first, in a sample the line's index
        self.states = bytearray()
        self.seqs = array("Q")  # of a sample's lines
        self.redactions = Ranges()
        self.refused_hash = bytes(32)  # of the last line that is no entry, zeros if no object
        self.closed_at = None  # when the export was closed
        self.proven = set()  # names of proofs that belong to a line

    def verify(self):
        findings = self.findings
        unreadable = self.files.unreadable()
        if unreadable is not None:
            return nothing_verified("anything: " + unreadable, self.options)
        for fault in self.files.faults:
            findings.add("bad_manifest", None, fault)
        data = self.read(MANIFEST, MAX_MANIFEST)
        try:
            self.manifest = None if data is None else Manifest(data)
        except UnknownFormat as e:
            return nothing_verified(str(e), self.options)
        except Refused as e:
            findings.add("bad_manifest", None, "manifest.json: %s" % e)
        self.read_checkpoint()
        if self.manifest is None:
            return self.result(None)
        manifest = self.manifest
        size = MAX_SAFE if self.checkpoint is None else self.checkpoint.checkpoint.size
        if manifest.end > size or manifest.size > size:
            findings.add(
                "bad_manifest", None, "manifest.json speaks of entries past the checkpoint"
            )
        self.check_entries()
        self.check_context()
        cover = self.covered()
        redacted = self.count_explained(cover)
        counts = {
            "entries": self.lines,
            "matching": self.matching,
            "redacted": redacted,
            "skeletons": sum(1 for state in self.states if state & WITHOUT_PAYLOAD),
        }
        if counts != manifest.counts:
            findings.add("bad_manifest", None, "its counts are not those counted: %s" % counts)
        self.check_annotations()
        closed = self.check_export()
        self.check_sample()
        self.check_file_list(closed)
        if manifest.is_sample and self.options.population is not None:
            self.check_draw(self.options.population)
        return self.result(counts)

    def result(self, counts):
        options, manifest = self.options, self.manifest
        if options.trust is None:
            self.not_checked.append("signatures: no trusted keys were given")
        elif manifest is not None:
            if {key.vkey for key in options.trust.logs} != set(manifest.log_keys):
                self.notes.append("the manifest states other log keys than the trust policy")
        if manifest is not None and manifest.is_sample:
            self.notes.append(
                "a sample: each line is proven to stand in the ledger, but nothing says that"
                " these are all; the population's bundle does"
            )
        if self.findings:
            verdict = "tampered"
        else:
            verdict = "unverifiable" if self.not_checked else "intact"
        stated = None if self.checkpoint is None else self.checkpoint.checkpoint
        result = {
            "verdict": verdict,
            "self_consistent": not self.findings and counts is not None,
            "entries": self.lines,
            "anchored": self.lines if self.is_signed and not self.findings else 0,
            "unanchored_tail": 0,
            "adopted": 0,
            "redacted": 0 if counts is None else counts["redacted"],
            "findings": self.findings.to_list(),
            "checkpoint": None if stated is None else stated.to_json(),
            "trust": options.source,
            "not_checked": self.not_checked,
            "unchecked_causes": self.unchecked_causes,
            "notes": self.notes,
            ANCHORED_AT: self.closed_at,
        }
        if manifest is not None:
            result["kind"] = "sample" if manifest.is_sample else "range"
            result["origin"] = printable(manifest.origin)
        if counts is not None:
            result["counts"] = counts
        return result

    def read(self, name, most):
        """A file's bytes; None, and a finding, where it cannot be read as it should be."""
        try:
            with self.files.open(name) as stream:
                data = b""
                while len(data) <= most:
                    block = stream.read(most + 1 - len(data))
                    if not block:
                        return data
                    data += block
            raise OSError("it has more than %d bytes" % most)
        except OSError as e:
            self.findings.add("unreadable", None, "%s: %s" % (name, told(e)))
            return None

    def read_checkpoint(self):
        data = self.read(CHECKPOINT, MAX_NOTE)
        if data is None:
            return
        try:
            self.checkpoint = SignedCheckpoint(data)
        except Refused as e:
            self.findings.add("unreadable", None, "checkpoint: %s" % e)
            return
        stated = self.checkpoint.checkpoint
        if self.manifest is not None and self.manifest.origin != stated.origin:
            self.findings.add("bad_origin", None, "manifest.json is of another origin")
        since = self.options.since
        if since is not None:
            if since.checkpoint.origin != stated.origin:
                self.findings.add(
                    "bad_origin", None, "the checkpoint that you hold is of another origin"
                )
            elif since.checkpoint.size != stated.size:
                self.not_checked.append(
                    "the checkpoint of size %d that you hold: a bundle, whose own has %d, cannot"
                    " show that one grew from the other" % (since.checkpoint.size, stated.size)
                )
            elif since.checkpoint.root != stated.root:
                self.findings.add("rollback", None, "the checkpoint that you hold has another root")
        if self.options.trust is not None:
            self.is_signed, found, quorum = self.options.trust.check(self.checkpoint)
            for kind, detail in found:
                self.findings.add(kind, None, detail)
            if self.options.trust.origins() != {stated.origin}:
                self.findings.add("bad_origin", None, "the trusted keys are for another origin")
            if quorum is not None:
                self.not_checked.append(quorum)

    def check_whole(self, name, check):
        """Runs the check of a file; whether the file could be read to its end.

        One that breaks off is judged as one that is missing: how much of it can be had before
        that differs between readers, and verdicts must not.
        """
        before, named, unchecked = self.findings, len(self.redactions.owners), self.unchecked_causes
        self.findings = Findings()
        try:
            check()
        except OSError as e:
            self.findings = before
            self.redactions.cut(named)
            self.unchecked_causes = unchecked
            before.add("unreadable", None, "%s: %s" % (name, told(e)))
            return False
        before.add_all(self.findings)
        self.findings = before
        return True

    def check_hash(self, name, digest):
        stated = self.manifest.files.get(name)
        if stated is not None and stated != digest.hexdigest():
            self.findings.add(
                "bad_manifest", None, name + " has not the SHA-256 that manifest.json states"
            )

    def check_entries(self):
        def check():
            with self.files.open(ENTRIES) as stream:
                hashed = Hashed(stream)
                entry_hashes = self.entry_lines(lines_of(hashed))
                if not self.manifest.is_sample:
                    self.check_range(entry_hashes)
                for _ in entry_hashes:
                    pass  # what no proof asked for is checked all the same
            self.check_hash(ENTRIES, hashed.digest)

        if not self.check_whole(ENTRIES, check):
            self.lines = self.matching = 0
            self.hashes, self.states, self.seqs = bytearray(), bytearray(), array("Q")

    def check_range(self, entry_hashes):
        data = self.read(RANGE_PROOF, MAX_PROOF)
        if data is None or self.checkpoint is None:
            return
        try:
            first, end, hashes, checkpoint = parse_range(data)
        except Refused as e:
            self.findings.add("bad_proof", None, "range.proof: %s" % e)
            return
        if checkpoint.note != self.checkpoint.note:
            self.findings.add("bad_proof", None, "range.proof ends in another checkpoint")
        elif (first, end) != (self.manifest.first, self.manifest.end):
            self.findings.add("bad_proof", None, "range.proof is of another range")
        elif not range_leads_to_root(first, end, hashes, checkpoint.checkpoint, entry_hashes):
            self.findings.add(
                "bad_proof", None, "the entries do not lead to the checkpoint's root"
            )

    def check_line(self, raw, due, prefix=""):
        """(seq or -1, Line or None); faults are told, with the number due where there is none."""
        findings = self.findings
        self.refused_hash = bytes(32)
        if raw is None:
            findings.add("bad_member", due, "%sa line has more than %d bytes" % (prefix, MAX_LINE))
            return -1, None
        try:
            line = read_line(raw)
        except BadLine as bad:
            findings.add(bad.kind, due if bad.seq < 0 else bad.seq, prefix + bad.detail)
            self.refused_hash = bad.hash or self.refused_hash
            return bad.seq, None
        if line.hash.hex() != line.stated:
            findings.add("bad_hash", line.seq, prefix + "entry_hash is not the hash of the entry")
        if line.has_payload and not line.payload_ok:
            findings.add(
                "bad_payload_hash",
                line.seq,
                prefix + "payload_hash is not the hash of salt and payload",
            )
        if not line.has_payload and line.action in CONTEXT_ACTIONS:
            findings.add(
                "payload_missing", line.seq, prefix + "a context entry cannot be redacted"
            )
        return line.seq, line

    def entry_lines(self, lines):
        """Checks the lines of entries.ndjson as they are read; gives their entry hashes."""
        manifest, findings = self.manifest, self.findings
        due = manifest.first
        holes = 0
        tip = ZERO_HASH if due == 0 and not manifest.is_sample else None
        when = None
        for raw, has_line_feed in lines:
            self.lines += 1
            seq, line = self.check_line(raw, due)
            if not has_line_feed:
                findings.add("unreadable", due, "the last line has no line feed")
            if manifest.is_sample:
                if seq >= 0:
                    if seq < due:
                        findings.add("duplicate_seq", seq, "a sample's lines stand in order")
                    if seq != due:
                        tip = None
                    due = max(due, seq + 1)
            elif seq < 0:
                holes += 1
            else:
                if seq < due:
                    findings.add("duplicate_seq", seq, "number %d was due here" % due)
                elif seq > due + holes:
                    findings.add(
                        "missing_seq", due, "the next line there is has number %d" % seq
                    )
                due = max(due, seq + 1)
                holes = 0
            if line is None:
                tip = None
                yield self.refused_hash
                continue
            if tip is not None and line.prev != tip:
                findings.add(
                    "broken_link", seq, "prev_hash is not the entry_hash of the line before"
                )
            tip = line.stated
            if when is None:
                if (
                    manifest.time_from is not None
                    and not manifest.is_sample
                    and seq != 0
                    and line.timestamp >= manifest.time_from
                ):
                    findings.add(
                        "missing_seq", manifest.first, "the first line is not before time_from"
                    )
            elif line.timestamp < when:
                findings.add(
                    "time_reversed", seq, "timestamp is before that of the line before"
                )
            when = line.timestamp
            self.keep(line, json.loads(raw))
            self.check_causes(line)
            yield line.hash
        if manifest.is_sample:
            return
        if due < manifest.end:
            findings.add("missing_seq", due, "the lines end before the range does")
        if manifest.time_to is not None and (when is None or when < manifest.time_to):
            findings.add("missing_seq", manifest.end, "the last line is from before time_to")

    def keep(self, line, entry):
        manifest, findings, seq = self.manifest, self.findings, line.seq
        if not manifest.first <= seq < manifest.end:
            findings.add("bad_manifest", None, "entry %d is outside the range" % seq)
            return
        if manifest.is_sample:
            in_place = not self.seqs or self.seqs[-1] < seq
            place = len(self.seqs)
            if in_place:
                self.seqs.append(seq)
        else:
            place = seq - manifest.first
            in_place = place < self.lines and not (
                place < len(self.states) and self.states[place] & PRESENT
            )
        matches = manifest.matches(entry)
        if matches:
            self.matching += 1
        if in_place:
            grow = place + 1 - len(self.states)
            if grow > 0:
                self.states += bytes(grow)
                self.hashes += bytes(32 * grow)
            self.hashes[32 * place : 32 * place + 32] = line.hash
            self.states[place] = (
                PRESENT
                | (0 if line.has_payload else WITHOUT_PAYLOAD)
                | (MATCHING if matches else 0)
            )
        if line.has_payload and line.action not in CONTEXT_ACTIONS:
            if not matches or manifest.withheld:
                findings.add("filter_mismatch", seq, "it stands whole, and should be a skeleton")
        if manifest.is_sample and not matches:
            findings.add("filter_mismatch", seq, "a sample holds matching entries alone")
        if line.action == "ledger_redact":
            self.add_redaction(entry)
        if seq == 0 and (
            line.action != "ledger_create" or entry.get("target") != manifest.origin
        ):
            findings.add("bad_origin", 0, "entry 0 is not the making of this origin")

    def add_redaction(self, entry):
        """The range that a redaction names, noted; None where it names none."""
        named = target_range(entry.get("target"))
        if named is None or named[1] >= entry["seq"]:
            return None
        self.redactions.add(entry["seq"], *named)
        return named

    def place_of(self, seq):
        """The place of the first line with this number or a larger one, as far as there are."""
        if not self.manifest.is_sample:
            return max(0, min(seq - self.manifest.first, len(self.states)))
        low, high = 0, len(self.seqs)
        while low < high:
            middle = (low + high) // 2
            if self.seqs[middle] < seq:
                low = middle + 1
            else:
                high = middle
        return low

    def seq_at(self, place):
        return self.seqs[place] if self.manifest.is_sample else self.manifest.first + place

    def is_present(self, seq):
        place = self.place_of(seq)
        return (
            place < len(self.states)
            and self.states[place] & PRESENT != 0
            and self.seq_at(place) == seq
        )

    def check_causes(self, line):
        for origin, seq, digits in line.causes:
            if origin == self.manifest.origin:
                self.findings.add(
                    "bad_cause", line.seq, "caused_by spells out this ledger's own origin"
                )
            elif origin:
                self.unchecked_causes += 1
            elif seq >= line.seq:
                self.findings.add(
                    "bad_cause", line.seq, "caused_by names entry %d, which is not earlier" % seq
                )
            elif not self.is_present(seq):
                self.unchecked_causes += 1
            else:
                place = 32 * self.place_of(seq)
                if self.hashes[place : place + 32].hex() != digits:
                    self.findings.add(
                        "bad_cause", line.seq, "caused_by names entry %d by another hash" % seq
                    )

    def lonely_line(self, raw, has_line_feed, name):
        """(Line, entry) of a line outside the range, with its proof; (None, None) if it is none."""
        if not has_line_feed:
            self.findings.add("unreadable", None, name + ": the last line has no line feed")
        _, line = self.check_line(raw, None, name + ": ")
        if line is None:
            return None, None
        self.check_proof(line.seq, line.hash)
        self.check_causes(line)
        return line, json.loads(raw)

    def check_proof(self, seq, entry_hash):
        name = "%s%d.tlog-proof" % (PROOFS, seq)
        self.proven.add(name)
        data = self.read(name, MAX_PROOF)
        if data is None or self.checkpoint is None:
            return
        try:
            index, hashes, checkpoint = parse_inclusion(data)
        except Refused as e:
            self.findings.add("bad_proof", None, "%s: %s" % (name, e))
            return
        stated = checkpoint.checkpoint
        if checkpoint.note != self.checkpoint.note:
            self.findings.add("bad_proof", None, name + " ends in another checkpoint")
        elif index != seq or inclusion_root(index, stated.size, hashes, entry_hash) != stated.root:
            self.findings.add("bad_proof", None, name + " does not lead to the checkpoint's root")

    def check_context(self):
        def check():
            last = -1
            with self.files.open(CONTEXT) as stream:
                hashed = Hashed(stream)
                for raw, has_line_feed in lines_of(hashed):
                    last = self.context_line(raw, has_line_feed, last)
            self.check_hash(CONTEXT, hashed.digest)

        self.check_whole(CONTEXT, check)

    def context_line(self, raw, has_line_feed, last):
        """Checks a line of context.ndjson; the number of the last entry in it so far."""
        line, entry = self.lonely_line(raw, has_line_feed, CONTEXT)
        if line is None:
            return last
        if line.seq <= last:
            self.findings.add("bad_manifest", None, "context.ndjson is out of order")
        outside = line.seq >= self.manifest.end or (
            self.manifest.is_sample and not self.is_present(line.seq)
        )
        named = None
        if line.action == "ledger_redact" and outside:
            named = self.add_redaction(entry)
        if named is None or not self.names_missing(named):
            self.findings.add(
                "bad_manifest",
                None,
                "entry %d in context.ndjson explains no missing payload" % line.seq,
            )
        return line.seq

    def names_missing(self, named):
        first, last = self.place_of(named[0]), self.place_of(named[1] + 1)
        return any(
            self.states.find(PRESENT | WITHOUT_PAYLOAD | other, first, last) >= 0
            for other in (0, MATCHING)
        )

    def covered(self):
        """The places that redactions name, as ascending, disjoint [first, end)."""
        places = [
            (self.place_of(first), self.place_of(last + 1))
            for first, last in self.redactions.merged()
        ]
        return [(first, end) for first, end in places if first < end]

    def count_explained(self, cover):
        """How many matching lines without payload redactions explain; tells of the others."""
        explained = 0
        at = 0
        for place, state in enumerate(self.states):
            if not (state & MATCHING and state & WITHOUT_PAYLOAD):
                continue
            while at < len(cover) and cover[at][1] <= place:
                at += 1
            if at < len(cover) and cover[at][0] <= place:
                explained += 1
            elif not self.manifest.withheld:
                self.findings.add(
                    "filter_mismatch",
                    self.seq_at(place),
                    "it matches, and has no payload though no redaction names it",
                )
        return explained

    def check_annotations(self):
        last = -1
        try:
            with self.files.open(ANNOTATIONS) as stream:
                hashed = Hashed(stream)
                for raw, has_line_feed in lines_of(hashed):
                    seq = self.annotated(raw) if has_line_feed and raw is not None else None
                    if seq is None or seq <= last or not self.is_present(seq):
                        self.findings.add(
                            "bad_manifest",
                            None,
                            "annotations.ndjson: a line after %d is no annotation of a line in"
                            " entries.ndjson" % last,
                        )
                    else:
                        last = seq
            self.check_hash(ANNOTATIONS, hashed.digest)
        except OSError as e:
            self.findings.add("unreadable", None, "annotations.ndjson: " + told(e))

    @staticmethod
    def annotated(raw):
        """The number in a line of annotations, or None."""
        try:
            value, is_canonical = parse_canonical(raw)
        except BadJson:
            return None
        if not is_canonical or not isinstance(value, dict) or value.keys() != {"controls", "seq"}:
            return None
        controls = value["controls"]
        if not isinstance(controls, list) or not controls or not is_int(value["seq"]):
            return None
        for control in controls:
            if not isinstance(control, dict) or control.keys() != {"control", "framework"}:
                return None
            if not all(isinstance(text, str) for text in control.values()):
                return None
        return value["seq"]

    def check_export(self):
        """Checks the line that closes the export; whether there is one."""
        manifest = self.manifest
        if manifest.is_sample and EXPORT not in self.files.names:
            return False
        count, last = 0, (None, None)

        def check():
            nonlocal count, last
            with self.files.open(EXPORT) as stream:
                for raw, has_line_feed in lines_of(stream):
                    last = self.lonely_line(raw, has_line_feed, EXPORT)
                    count += 1

        if not self.check_whole(EXPORT, check):
            return False
        line, entry = last
        wrong = []
        if count != 1:
            wrong.append("it holds %d lines, not one" % count)
        if line is not None:
            self.closed_at = line.timestamp
            payload = entry.get("payload", {})
            if line.action != "ledger_export" or entry["status"] != "ok":
                wrong.append("it is no ledger_export with status ok")
            if payload.get("manifest_sha256") != sha256(manifest.data).hexdigest():
                wrong.append("it does not name this manifest.json")
            counts = payload.get("counts")
            if (
                not isinstance(counts, dict)
                or counts != manifest.counts
                or not all(map(is_int, counts.values()))
            ):
                wrong.append("its counts are not those of manifest.json")
            if line.seq < manifest.end or (
                manifest.time_to is not None and line.timestamp < manifest.time_to
            ):
                wrong.append("it stands before the range's end")
            if not line.causes or line.causes[0][0]:
                wrong.append("it does not name the entry that began the export")
        for each in wrong:
            self.findings.add("bad_manifest", None, "export.ndjson: " + each)
        return line is not None

    def check_sample(self):
        if not self.manifest.is_sample:
            return
        if self.manifest.sample["n"] != self.lines:
            self.findings.add("bad_manifest", None, "the sample has not as many lines as it says")
        if RANGE_PROOF in self.files.names:
            self.findings.add("bad_manifest", None, "a sample has no range.proof")
        for place, seq in enumerate(self.seqs):
            self.check_proof(seq, bytes(self.hashes[32 * place : 32 * place + 32]))

    def check_draw(self, path):
        """Draws the sample again from the bundle that the auditor holds to be its population."""
        sample = self.manifest.sample
        files = bundle_files(path)
        try:
            population = Bundle(files, self.options._replace(since=None, population=None))
            result = population.verify()
        finally:
            files.close()
        drawn_from = population.manifest
        if (
            drawn_from is None
            or drawn_from.is_sample
            or sha256(drawn_from.data).hexdigest() != sample["population"]
        ):
            self.findings.add("bad_manifest", None, "the sample is not of the population given")
            return
        if result["verdict"] == "tampered":
            self.not_checked.append("draw: the population is tampered with itself")
            return
        seed = sample["seed"].encode("utf-8") + b"\0"
        hashes = population.hashes
        ranked = (
            (sha256(seed + hashes[32 * place : 32 * place + 32]).digest(), place)
            for place, state in enumerate(population.states)
            if state & MATCHING
        )
        places = sorted(place for _, place in heapq.nsmallest(sample["n"], ranked))
        drawn = b"".join(hashes[32 * place : 32 * place + 32] for place in places)
        if drawn != bytes(self.hashes):
            self.findings.add("bad_manifest", None, "another draw gives other lines")

    def check_file_list(self, closed):
        listed, findings = self.manifest.files, self.findings
        for name in LISTED:
            if name not in listed:
                findings.add("bad_manifest", None, "manifest.json does not list " + name)
        for name in listed:
            if not self.is_listable(name):
                findings.add("bad_manifest", None, "manifest.json may not list " + shown(name))
            elif name not in LISTED:
                self.check_other(name)
        for name in self.files.names:
            if name.startswith(PROOFS):
                belongs = name in self.proven
            else:
                belongs = not self.is_listable(name) or name in listed
            if not belongs:
                findings.add("bad_manifest", None, name + " does not belong to the bundle")
        if not closed and not self.manifest.is_sample:
            findings.add("bad_manifest", None, "no entry closes the export")

    @staticmethod
    def is_listable(name):
        return is_file_name(name) and name not in UNLISTED and not name.startswith(PROOFS)

    def check_other(self, name):
        try:
            with self.files.open(name) as stream:
                hashed = Hashed(stream)
                while hashed.read(BLOCK):
                    pass
            self.check_hash(name, hashed.digest)
        except OSError as e:
            self.findings.add("unreadable", None, "%s: %s" % (name, told(e)))


def bundle_files(path):
    if os.path.isdir(path):
        return FolderFiles(path)
    if not is_regular(path):
        raise Refused("neither a folder nor a file: " + shown(path))
    return ZipFiles(path)


def verify_bundle(path, options):
    files = bundle_files(path)
    try:
        return Bundle(files, options).verify()
    finally:
        files.close()


# ---------------------------------------------------------------------------------------------
# Command line

EXIT_CODES = {"intact": 0, "tampered": 1, "unverifiable": 2}


def is_ledger(path):
    """Whether to take it for a ledger folder and not for a bundle; the result says which."""

    def has(name):
        return os.path.lexists(os.path.join(path, name))

    return not has(MANIFEST) and (has("ledger.json") or has("segments") or has("checkpoints"))


def verify(path, options):
    begun = time.monotonic()
    if is_ledger(path):
        result = verify_ledger(path, options)
    else:
        result = verify_bundle(path, options)
    result["seconds"] = round(time.monotonic() - begun, 6)
    return result


def age(timestamp):
    """How old what is anchored is, for people."""
    try:
        then = calendar.timegm(time.strptime(timestamp[:19], "%Y-%m-%dT%H:%M:%S"))
    except (TypeError, ValueError):
        return "a time that cannot be told"
    hours = int(time.time() - then) // 3600
    if hours < 0:
        return timestamp + ", which is later than this machine's clock"
    return "%s, %d days and %d hours ago" % (timestamp, hours // 24, hours % 24)


def print_result(result, out):
    headlines = {
        "intact": "INTACT: every entry holds, and the checkpoint is signed by the trusted keys",
        "tampered": "TAMPERED: %d finding%s"
        % (len(result["findings"]), "" if len(result["findings"]) == 1 else "s"),
        "unverifiable": "UNVERIFIABLE: "
        + (
            "nothing can be said"
            if not result["self_consistent"]
            else "the entries agree with one another, but nothing trusted vouches for them"
            if result["trust"] == "none"
            else "nothing was found, but not all that you ask could be checked (see below)"
        ),
    }
    print(headlines[result["verdict"]] + "\n", file=out)
    for finding in result["findings"][:SEEN_FINDINGS]:
        where = "-" if finding["seq"] is None else finding["seq"]
        print("  %-17s %12s  %s" % (finding["kind"], where, finding["detail"]), file=out)
    if result["findings"]:
        print(file=out)

    def line(label, value):
        print("  %-13s %s" % (label, printable(str(value))), file=out)

    if "kind" in result:
        line("bundle", "a %(kind)s of %(origin)s" % result)
        for name, count in sorted(result.get("counts", {}).items()):
            if name in ("matching", "skeletons"):
                line(name, count)
    line("entries", result["entries"])
    line("anchored", result["anchored"])
    line("not anchored", result["unanchored_tail"])
    line("redacted", result["redacted"])
    if result["adopted"]:
        line("adopted", "%d by recovery" % result["adopted"])
    if result["checkpoint"]:
        line("checkpoint", "%(size)d of %(origin)s" % result["checkpoint"])
        line("as of", age(result.get(ANCHORED_AT)))
        line("root", result["checkpoint"]["root"])
    line("trust", result["trust"])
    if result.get("unchecked_causes"):
        line("not checked", "%d causes outside the bundle" % result["unchecked_causes"])
    for text in result["not_checked"]:
        line("not checked", text)
    for text in result.get("notes", ()):
        line("note", text)
    line("took", "%.2f s" % result["seconds"])


def to_json(result):
    return json.dumps({name: value for name, value in result.items() if name != ANCHORED_AT})


def options_of(trust, since, processes, population=None, chunk=CHUNK):
    """Options by files; Refused with what is wrong with them."""
    policy = older = None
    source = "none"
    if trust:
        try:
            policy = Policy.parse(read_whole(trust, MAX_POLICY))
        except (OSError, Refused) as e:
            raise Refused("--trust: %s: %s" % (shown(trust), told(e))) from None
        source = printable(trust)
    if since:
        try:
            older = SignedCheckpoint(read_whole(since, MAX_NOTE))
        except (OSError, Refused) as e:
            raise Refused("--since: %s is no checkpoint: %s" % (shown(since), told(e))) from None
    if population and not os.path.exists(population):
        raise Refused("--population: there is nothing at " + shown(population))
    return Options(policy, source, older, population, processes, chunk)


def run_batch(args):
    """Reads PATH, or PATH, POLICY and NOTE apart by tabs, from each line; prints JSON lines."""
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t") + ["", ""]
        try:
            options = options_of(words[1] or args.trust, words[2], 1, None, args.chunk)
            result = verify(words[0], options)
        except (Refused, OSError) as e:
            result = {"error": told(e)}
        print(to_json(result), flush=True)
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="Verifies a ledger folder, a bundle folder or a bundle zip, offline.",
        epilog="Exit codes: 0 intact, 1 tampered, 2 unverifiable or wrong use.",
    )
    parser.add_argument("path", metavar="PATH", nargs="?", help="what to verify")
    parser.add_argument("--trust", metavar="POLICY", help="the keys that you trust, your own copy")
    parser.add_argument("--since", metavar="NOTE", help="an older checkpoint that you hold")
    parser.add_argument(
        "--population", metavar="BUNDLE", help="the bundle that a sample was drawn from"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="default: all"
    )
    # For tests: many at once, and in small pieces.
    parser.add_argument("--batch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--chunk", type=int, default=CHUNK, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    if args.batch:
        return run_batch(args)
    if args.path is None:
        parser.error("name a ledger folder, a bundle folder or a bundle zip")
    try:
        if not os.path.exists(args.path):
            raise Refused("there is nothing at " + shown(args.path))
        processes = max(1, min(args.processes, MAX_PROCESSES))
        options = options_of(args.trust, args.since, processes, args.population, args.chunk)
        result = verify(args.path, options)
    except (Refused, OSError) as e:
        print("verify.py: " + told(e), file=sys.stderr)
        return 2
    except MemoryError:
        print("verify.py: this machine has too little memory for it", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("verify.py: interrupted, so nothing is said", file=sys.stderr)
        return 2
    try:
        if args.json:
            print(to_json(result))
        else:
            print_result(result, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has had enough; the exit code still tells the verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_CODES[result["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
