"""Protobuf's wire format, for files that the protobuf package cannot write."""

import struct

VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32 = 0, 1, 2, 3, 4, 5


def varint(value):
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def tag(number, wire_type):
    return varint(number << 3 | wire_type)


def number(field, value):
    return tag(field, VARINT) + varint(value)


def message(field, body):
    """A length-delimited field: a message, text, bytes or packed array."""
    return tag(field, BYTES) + varint(len(body)) + body


def text(field, value):
    return message(field, value.encode())


def packed_ints(field, values):
    return message(field, b"".join(varint(v) for v in values))


def packed_floats(field, values):
    return message(field, struct.pack(f"<{len(values)}f", *values))
