"""Varied Ethernet frames, valid and odd, the same for each seed."""

import random
import struct

LARGEST = 9014  # an MTU of 9000 and the Ethernet header
ETHERTYPES = (0x0800, 0x86DD, 0x0806, 0x8847, 0x88CC, 0x8863, 0x88F7, 0x0842, 0x9000, 0x0000, 0x0100, 0x05DC, 0xFFFF)
TAGS = (0x8100, 0x88A8)
PORTS = (22, 53, 80, 123, 443, 8080)


def _payload(rng, largest):
    """Mostly small, now and then as long as a jumbo frame allows."""
    size = rng.choice((0, 1, rng.randint(0, 64), rng.randint(0, 1400), rng.randint(0, largest)))
    return rng.randbytes(min(size, largest))


def _transport(rng, payload):
    """(protocol, bytes): checksums are wrong on purpose, nobody needs them."""
    ports = struct.pack("!HH", rng.choice(PORTS), rng.choice(PORTS))
    return rng.choice((
        (6, ports + struct.pack("!IIBBHHH", rng.getrandbits(32), 0, 0x50, rng.getrandbits(6), 1024, 0, 0) + payload),
        (17, ports + struct.pack("!HH", 8 + len(payload), 0) + payload),
        (1, struct.pack("!BBHI", rng.choice((0, 3, 8)), 0, 0, rng.getrandbits(32)) + payload),
        (rng.getrandbits(8), payload),
    ))  # fmt: skip


def _ipv4(rng, payload):
    protocol, data = _transport(rng, payload)
    fragment = rng.choice((0, 0, 0, 0x2000, 0x00B9))
    return 0x0800, struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(data), rng.getrandbits(16), fragment, 64, protocol, 0,
                               rng.getrandbits(32), rng.getrandbits(32)) + data  # fmt: skip


def _ipv6(rng, payload):
    protocol, data = _transport(rng, payload)
    return 0x86DD, struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + rng.randbytes(32) + data


def _arp(rng, payload):
    return 0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, rng.choice((1, 2))) + rng.randbytes(20)


def _anything(rng, payload):
    return rng.choice(ETHERTYPES), payload


def _frame(rng, tagged):
    ethertype, data = rng.choice((_ipv4, _ipv4, _ipv6, _arp, _anything))(rng, _payload(rng, LARGEST - 14 - 8 - 60))
    body = struct.pack("!H", ethertype) + data
    if tagged and rng.random() < 0.3:
        for _ in range(rng.choice((1, 1, 2))):  # inside out: the last one is the outer tag
            body = struct.pack("!HH", rng.choice(TAGS), rng.getrandbits(16)) + body
    if rng.random() < 0.05:  # cut anywhere behind the addresses and the type
        body = body[: rng.randint(2, len(body))]
    destination = rng.choice((b"\xff" * 6, b"\x02\x00\x00\x00\x00\x01", rng.randbytes(6)))
    return destination + b"\x02" + rng.randbytes(5) + body


def frames(count, seed, tagged=True):
    """Sizes from 14 to LARGEST bytes, both of which occur."""
    rng = random.Random(seed)
    yield bytes(12) + b"\x88\xb5"
    yield bytes(12) + b"\x88\xb5" + rng.randbytes(LARGEST - 14)
    for _ in range(count - 2):
        yield _frame(rng, tagged)
