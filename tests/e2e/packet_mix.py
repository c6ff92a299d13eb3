"""Ethernet frames of which each expression in expressions.py takes some and leaves others."""

import struct

from headers import (
    ACK, AH, BROADCAST, CWR, DESTINATION_OPTIONS, DOT1AD, DOT1Q, ECE, ESP, ETHERTYPE_ARP, ETHERTYPE_IPV4,
    ETHERTYPE_MPLS, ETHERTYPE_PPPOE_DISCOVERY, ETHERTYPE_PPPOE_SESSION, ETHERTYPE_RARP, FIN, FRAGMENT, GRE,
    HOP_BY_HOP, ICMP, ICMP6, IGMP, OSPF, PIM, PSH, RECEIVER, RST, SCTP, SENDER, SYN, TCP, UDP, URG, VRRP, arp,
    ethernet, icmp, ip, ipv4, ipv6, llc, mpls, pppoe, tagged, tci, tcp, udp,
)  # fmt: skip

HOST, NEIGHBOUR, CLIENT = "192.168.152.100", "192.168.152.101", "192.168.152.3"
WEB, OTHER_WEB = "192.168.152.254", "192.168.152.200"
BRANCH, OUTSIDE, ELSEWHERE = "192.168.7.9", "10.1.2.3", "172.16.5.4"
HOST6, OUTSIDE6, LOCAL6 = "2001:db8::1", "2001:db8:1::2", "fe80::1"
NOTED_MAC = "00:01:02:03:04:05"
MULTICAST_MAC = "01:00:5e:00:00:05"
SHORTEST_TAGGED = 16  # of what is behind a tag, the kernel wants two bytes more than the type (skb_vlan_untag)
LARGEST = 9014  # what a link with an MTU of 9000 takes, tags aside

TIMESTAMPS = b"\x01\x01\x08\x0a" + bytes(8)
ROUTER_ALERT = b"\x94\x04\x00\x00"

# Source, destination, ports, flags, payload, options.
CONVERSATIONS = (
    (HOST, NEIGHBOUR, 40000, 80, SYN, b"", TIMESTAMPS),
    (NEIGHBOUR, HOST, 80, 40000, SYN | ACK, b"", TIMESTAMPS),
    (HOST, NEIGHBOUR, 40000, 80, ACK, b"", b""),
    (HOST, NEIGHBOUR, 40000, 80, PSH | ACK, b"GET / HTTP/1.1\r\n\r\n", b""),
    (NEIGHBOUR, HOST, 80, 40000, PSH | ACK, b"HTTP/1.1 200 OK\r\n\r\n", b""),
    (NEIGHBOUR, HOST, 80, 40000, FIN | ACK, b"", b""),
    (HOST, NEIGHBOUR, 40000, 80, RST, b"", b""),
    (HOST, OUTSIDE, 50000, 25, SYN, b"", b""),
    (HOST, OUTSIDE, 50000, 25, PSH | ACK, b"MAIL FROM:<a@example.com>\r\n", TIMESTAMPS),
    (OUTSIDE, HOST, 25, 50000, ACK, b"220 mail\r\n", b""),
    (CLIENT, WEB, 1025, 80, SYN, b"", b""),
    (CLIENT, OTHER_WEB, 1024, 80, PSH | ACK, b"GET /other HTTP/1.1\r\n\r\n", TIMESTAMPS),
    (WEB, CLIENT, 80, 1025, PSH | ACK, b"HTTP/1.1 404 Not Found\r\n\r\n", TIMESTAMPS),
    (CLIENT, OUTSIDE, 1030, 443, SYN, b"", b""),
    (OUTSIDE, CLIENT, 443, 1030, SYN | ACK, b"", b""),
    (CLIENT, OUTSIDE, 1031, 8000, PSH | ACK, b"GET /8000 HTTP/1.1\r\n\r\n", TIMESTAMPS),
    (CLIENT, OUTSIDE, 1031, 8000, PSH | ACK, b"POST /8000 HTTP/1.1\r\n\r\n", b""),
    (OUTSIDE, HOST, 22, 50001, PSH | ACK, b"SSH-2.0-x\r\n", b""),
    (OUTSIDE, HOST, 22, 50002, PSH | ACK, b"SSH-1.99-x\r\n", TIMESTAMPS),
    (ELSEWHERE, BRANCH, 1500, 88, URG | ECE | CWR | ACK, b"x", b""),
    (ELSEWHERE, OUTSIDE, 99, 600, 0, b"", b""),
    (HOST6, OUTSIDE6, 40000, 443, SYN, b"", TIMESTAMPS),
    (OUTSIDE6, HOST6, 443, 40000, SYN | ACK, b"", b""),
    (HOST6, OUTSIDE6, 40001, 80, PSH | ACK, b"GET / HTTP/1.1\r\n\r\n", b""),
    (OUTSIDE6, HOST6, 25, 40002, RST, b"", b""),
)

DATAGRAMS = (
    (HOST, OUTSIDE, 33000, 53, b"\x12\x34\x01\x00"),
    (OUTSIDE, HOST, 53, 33000, b"\x12\x34\x81\x80"),
    (HOST6, OUTSIDE6, 33001, 53, b"\x12\x34\x01\x00"),
    (OUTSIDE6, HOST6, 53, 33001, b"\x12\x34\x81\x80"),
    (CLIENT, ELSEWHERE, 5060, 5061, b"INVITE"),
    (CLIENT, ELSEWHERE, 123, 123, struct.pack("!I", 1003)),
    (CLIENT, "10.0.0.1", 1024, 9, b""),
    (CLIENT, CLIENT, 9, 9, b"to itself"),
    (LOCAL6, "ff02::1", 5353, 5353, b"mdns"),
)


def _packet(*arguments, source=SENDER, destination=RECEIVER, **fields):
    return ethernet(*ip(*arguments, **fields), source=source, destination=destination)


def _transport():
    for source, destination, source_port, destination_port, flags, payload, options in CONVERSATIONS:
        yield _packet(TCP, tcp(source_port, destination_port, flags, payload, options), source, destination)
    for source, destination, source_port, destination_port, payload in DATAGRAMS:
        yield _packet(UDP, udp(source_port, destination_port, payload), source, destination)


def _sizes():
    """Frames of lengths at which an expression changes its mind."""
    for size in (59, 60, 61, 99, 100, 101, 200, 201, 590, 591, 999, 1000, 1001, 1514, LARGEST):
        yield _packet(UDP, udp(7, 9, bytes(size - 42)), OUTSIDE, ELSEWHERE)


def _icmp():
    for kind, code in ((8, 0), (0, 0), (3, 1), (3, 4), (5, 1), (11, 0)):
        yield _packet(ICMP, icmp(kind, code), HOST, OUTSIDE)
        yield _packet(ICMP, icmp(kind, code), OUTSIDE, HOST, ttl=3, destination=NOTED_MAC)
    for kind in (128, 129, 1, 135):
        yield _packet(ICMP6, icmp(kind), HOST6, OUTSIDE6, hop_limit=255)
    yield _packet(ICMP6, icmp(134), LOCAL6, "ff02::1", destination="33:33:00:00:00:01")


def _other_ip():
    for protocol in (ESP, AH, GRE, SCTP, 4, 41, 255):
        yield _packet(protocol, struct.pack("!HHII", 36412, 38412, 0, 0) + bytes(24), HOST, OUTSIDE)
        yield _packet(protocol, struct.pack("!HHII", 36412, 38412, 0, 0) + bytes(24), HOST6, OUTSIDE6)
    for protocol, group in ((IGMP, "224.0.0.1"), (OSPF, "224.0.0.5"), (PIM, "224.0.0.13"), (VRRP, "224.0.0.18")):
        yield _packet(protocol, bytes(16), HOST, group, ttl=1, options=ROUTER_ALERT, destination=MULTICAST_MAC)
    yield _packet(UDP, udp(68, 67, bytes(200)), "0.0.0.0", "255.255.255.255", destination=BROADCAST)
    yield _packet(UDP, udp(138, 138, b"name"), HOST, "192.168.152.255", destination=BROADCAST)
    yield _packet(UDP, udp(7000, 7000, b"group"), BRANCH, "239.1.1.1", destination="01:00:5e:01:01:01")
    yield _packet(TCP, tcp(40003, 80, ACK, b"GET / "), HOST, NEIGHBOUR, options=ROUTER_ALERT * 3, tos=0xB8)


def _fragments():
    whole = udp(40004, 53, bytes(64))
    for flags_and_offset in (0x2000, 0x2003, 0x0006, 0x4000):
        yield _packet(UDP, whole, HOST, OUTSIDE, fragment=flags_and_offset)
    for offset in (1, 8):
        header = struct.pack("!BBHI", UDP, 0, offset, 7)
        yield _packet(FRAGMENT, header + whole, HOST6, OUTSIDE6)


def _ipv6_extensions():
    padding = b"\x01\x04\x00\x00\x00\x00"
    yield _packet(HOP_BY_HOP, bytes([ICMP6, 0]) + padding + icmp(143), LOCAL6, "ff02::16", hop_limit=1)
    yield _packet(DESTINATION_OPTIONS, bytes([TCP, 0]) + padding + tcp(40005, 443, SYN), HOST6, OUTSIDE6)


def _address_resolution():
    yield ethernet(ETHERTYPE_ARP, arp(1, HOST, NEIGHBOUR), destination=BROADCAST)
    yield ethernet(ETHERTYPE_ARP, arp(2, NEIGHBOUR, HOST), source=NOTED_MAC)
    yield ethernet(ETHERTYPE_ARP, arp(1, OUTSIDE, ELSEWHERE), destination=BROADCAST)
    yield ethernet(ETHERTYPE_RARP, arp(3, "0.0.0.0", "0.0.0.0"), destination=BROADCAST)
    yield ethernet(ETHERTYPE_RARP, arp(4, HOST, CLIENT))


def _tunnels():
    web = ipv4(TCP, tcp(1040, 80, SYN), CLIENT, OUTSIDE)
    web6 = ipv6(TCP, tcp(1041, 443, SYN), HOST6, OUTSIDE6)
    inner = ethernet(ETHERTYPE_IPV4, web)
    for labels in ((100,), (1024,), (100, 1024), (17, 18, 19)):
        yield ethernet(ETHERTYPE_MPLS, mpls(labels, web))
    yield ethernet(ETHERTYPE_PPPOE_DISCOVERY, pppoe(0x09, 0, b"\x01\x01\x00\x00"), destination=BROADCAST)
    yield ethernet(ETHERTYPE_PPPOE_DISCOVERY, pppoe(0x65, 7, b"\x01\x01\x00\x00"))
    for session in (7, 8):
        yield ethernet(ETHERTYPE_PPPOE_SESSION, pppoe(0, session, b"\x00\x21" + web))
        yield ethernet(ETHERTYPE_PPPOE_SESSION, pppoe(0, session, b"\x00\x57" + web6))
    for network in (42, 43):
        yield _packet(UDP, udp(40006, 4789, struct.pack("!II", 8 << 24, network << 8) + inner), HOST, OUTSIDE)
    for network in (5, 6):
        yield _packet(UDP, udp(40007, 6081, struct.pack("!HHI", 0, 0x0800, network << 8) + web), HOST, OUTSIDE)
        yield _packet(UDP, udp(40007, 6081, struct.pack("!HHI", 0, 0x6558, network << 8) + inner), HOST6, OUTSIDE6)


def _other_ethernet():
    yield llc(b"\x42\x42\x03", bytes(35))  # spanning tree
    yield llc(b"\xaa\xaa\x03\x00\x00\x0c\x20\x00", bytes(40), destination="01:00:0c:cc:cc:cc")
    yield llc(b"\xfe\xfe\x03\x83", bytes(40), destination="01:80:c2:00:00:14")  # IS-IS
    yield llc(b"\xfe\xfe\x03\x81", bytes(40))  # CLNP
    yield llc(b"\xe0\xe0\x03", bytes(40), destination=BROADCAST)  # IPX
    yield llc(b"\xf0\xf0\x01\x01", bytes(40), destination=RECEIVER)  # NetBEUI, a supervisory frame
    yield llc(b"\xf0\xf0\x00\x00", bytes(40), destination=RECEIVER)  # and an information frame
    for ethertype in (0x88CC, 0x88F7, 0x9000, 0x8137, 0x809B, 0x80F3, 0x88B5):
        yield ethernet(ethertype, bytes(46))
    yield ethernet(0x88CC, b"\x02\x07\x04", source=NOTED_MAC, destination="01:80:c2:00:00:0e")
    yield ethernet(0x88B5, b"")
    yield ethernet(ETHERTYPE_IPV4, b"")
    yield ethernet(ETHERTYPE_IPV4, ipv4(TCP, tcp(1, 80, SYN), HOST, OUTSIDE)[:30])


def _untagged():
    for part in (_transport, _sizes, _icmp, _other_ip, _fragments, _ipv6_extensions, _address_resolution, _tunnels,
                 _other_ethernet):  # fmt: skip
        yield from part()


def frames():
    """Each frame once more behind each tag; the identifiers and priorities are those that expressions ask for."""
    for index, frame in enumerate(_untagged()):
        yield frame
        if len(frame) < SHORTEST_TAGGED:
            continue
        yield tagged(frame, (DOT1Q, tci(5 if index % 2 else 6, priority=index % 8, drop_eligible=index % 3 == 0)))
        yield tagged(frame, (DOT1AD, tci(7)))
        yield tagged(frame, (DOT1AD if index % 2 else DOT1Q, tci(5)), (DOT1Q, tci(7, priority=5)))
