"""Protocol headers as bytes. Checksums are 0: neither a filter nor a recorder looks at them."""

import ipaddress
import struct

SENDER = "02:52:54:00:00:01"
RECEIVER = "02:52:54:00:00:02"
BROADCAST = "ff:ff:ff:ff:ff:ff"

ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_ARP, ETHERTYPE_RARP = 0x0800, 0x86DD, 0x0806, 0x8035
ETHERTYPE_MPLS, ETHERTYPE_PPPOE_DISCOVERY, ETHERTYPE_PPPOE_SESSION = 0x8847, 0x8863, 0x8864
DOT1Q, DOT1AD = 0x8100, 0x88A8

ICMP, IGMP, TCP, UDP, GRE, ESP, AH, ICMP6, OSPF, PIM, VRRP, SCTP = 1, 2, 6, 17, 47, 50, 51, 58, 89, 103, 112, 132
HOP_BY_HOP, FRAGMENT, DESTINATION_OPTIONS = 0, 44, 60

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def ethernet(ethertype, payload, source=SENDER, destination=RECEIVER):
    return mac(destination) + mac(source) + struct.pack("!H", ethertype) + payload


def llc(header, payload=b"", destination="01:80:c2:00:00:00"):
    """An IEEE 802.3 frame: a length in place of the type."""
    return ethernet(len(header + payload), header + payload, destination=destination)


def tagged(frame, *tags):
    """The frame with tags (TPID, TCI), the outermost first."""
    return frame[:12] + b"".join(struct.pack("!HH", *tag) for tag in tags) + frame[12:]


def tci(identifier, priority=0, drop_eligible=0):
    return priority << 13 | drop_eligible << 12 | identifier


def ipv4(protocol, payload, source, destination, fragment=0, ttl=64, tos=0, options=b""):
    """`fragment` is the 16-bit field of flags and offset."""
    words = 5 + len(options) // 4
    header = struct.pack("!BBHHHBBH", 0x40 | words, tos, words * 4 + len(payload), 0, fragment, ttl, protocol, 0)
    return header + _packed(source) + _packed(destination) + options + payload


def ipv6(next_header, payload, source, destination, hop_limit=64, flow_label=0):
    header = struct.pack("!IHBB", 6 << 28 | flow_label, len(payload), next_header, hop_limit)
    return header + _packed(source) + _packed(destination) + payload


def ip(protocol, payload, source, destination, **fields):
    """(Ethertype, packet) of the family that the addresses are of."""
    if ":" in source:
        return ETHERTYPE_IPV6, ipv6(protocol, payload, source, destination, **fields)
    return ETHERTYPE_IPV4, ipv4(protocol, payload, source, destination, **fields)


def _packed(address):
    return ipaddress.ip_address(address).packed


def tcp(source_port, destination_port, flags, payload=b"", options=b""):
    words = 5 + len(options) // 4
    header = struct.pack("!HHIIBBHHH", source_port, destination_port, 1, 2, words << 4, flags, 1024, 0, 0)
    return header + options + payload


def udp(source_port, destination_port, payload=b""):
    return struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload


def icmp(kind, code=0, payload=bytes(32)):
    return struct.pack("!BBHI", kind, code, 0, 1) + payload


def arp(operation, sender, target, sender_mac=SENDER):
    header = struct.pack("!HHBBH", 1, ETHERTYPE_IPV4, 6, 4, operation)
    return header + mac(sender_mac) + _packed(sender) + bytes(6) + _packed(target)


def mpls(labels, payload):
    """Labels, the outermost first."""
    last = len(labels) - 1
    return b"".join(struct.pack("!I", label << 12 | (i == last) << 8 | 64) for i, label in enumerate(labels)) + payload


def pppoe(code, session, payload):
    return struct.pack("!BBHH", 0x11, code, session, len(payload)) + payload
