"""Writes reports-by-python.jsonl: random values, and what Python's protobuf library reads in each.

Needs Python 3 and the package protobuf (made with 7.x). Each line: the value in hex, and either what it holds ("date",
"degrees" as text that float() reads), or why it is none: "malformed", or "wire type" where field 1 or 2 came with another
wire type than that of the schema, which the library keeps as an unknown field.
"""
import json
import random
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet

file = descriptor_pb2.FileDescriptorProto(name="report.proto", syntax="proto3")
message = file.message_type.add(name="Report")
message.field.add(name="date", number=1, type=9, label=1)
message.field.add(name="degrees", number=2, type=1, label=1)
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Report = message_factory.GetMessageClass(pool.FindMessageTypeByName("Report"))

dates = ["2000-12-26", "1996-02-29", "1990-01-01", "", "2001-1-1", "größer"]


def varint(value, extra=0):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(extra):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def field(rng, depth=0):
    # Number 0 is never valid; but the library's C code does not look at the numbers inside unknown groups.
    number = rng.choice([1, 1, 2, 2, 2, 3, 4, 15, 16, 1000, 536870911, 3 if depth else 0])
    wire = rng.choice([0, 1, 2, 2, 5, 3, 4, 6, 7]) if rng.random() < 0.3 else {1: 2, 2: 1}.get(number, rng.choice([0, 1, 2, 5, 3]))
    tag = varint(number << 3 | wire, rng.choice([0, 0, 0, 0, 0, 1, 3, 5]))
    if wire == 0:
        return tag + varint(rng.getrandbits(rng.choice([7, 14, 32, 64])), rng.choice([0, 0, 0, 1, 2]))
    if wire == 1:
        return tag + struct.pack("<d", rng.choice([31.5235, 0.0, -0.0, 1e308, float("nan"), rng.random() * 100]))
    if wire == 5:
        return tag + struct.pack("<f", rng.random() * 100)
    if wire == 2:
        text = rng.choice(dates).encode() if rng.random() < 0.9 else bytes(rng.getrandbits(8) for _ in range(rng.randrange(6)))
        length = len(text) if rng.random() < 0.95 else rng.randrange(40)
        return tag + varint(length, rng.choice([0, 0, 0, 0, 1, 2])) + text
    if wire == 3 and depth < 3:
        inner = b"".join(field(rng, depth + 1) for _ in range(rng.randrange(3)))
        end = number if rng.random() < 0.9 else number + 1
        return tag + inner + varint(end << 3 | 4)
    return tag


def case(rng):
    value = bytearray(b"".join(field(rng) for _ in range(rng.choice([1, 2, 2, 2, 3, 4]))))
    if value and rng.random() < 0.1:
        value[rng.randrange(len(value))] = rng.getrandbits(8)
    if value and rng.random() < 0.05:
        del value[rng.randrange(len(value)):]
    return bytes(value)


def read(value):
    report = Report()
    try:
        report.ParseFromString(value)
    except Exception:
        return {"refused": "malformed"}
    if any(unknown.field_number in (1, 2) for unknown in UnknownFieldSet(report)):
        return {"refused": "wire type"}
    return {"date": report.date, "degrees": repr(report.degrees)}


rng = random.Random(6)
cases = [bytes.fromhex("0a0a323032302d30312d3033150000284218c0d102")]
cases += [case(rng) for _ in range(4000)]
# Varints of one byte too many, or with bits beyond the 32nd, in an unknown field, a length, and inside a group.
usual = bytes.fromhex("0a0a323032302d30312d3033")
cases += [usual + bytes.fromhex(more) for more in (
    "18ffffffffffffffffff01", "18ffffffffffffffffff7f", "18ffffffffffffffffff8000", "18ffffffffffffffffffea3f",
    "1b20ffffffffffffffffffff011c", "1b2282808000aabb1c", "1b22828080808000aabb1c",
)]
cases += [bytes.fromhex(length) + usual[2:] for length in ("0a8a80808000", "0a8a8080808000", "0a8a80808010", "0a8a80808070")]
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for value in cases:
        out.write(json.dumps({"value": value.hex(), **read(value)}, ensure_ascii=True) + "\n")
