"""Expressions in tcpdump's language, each of which takes some packets of packet_mix.py and leaves others."""

import os

# RINGTAIL_TEST_EVERY=N in the environment tries every Nth only, for builds that are slow.
EVERY = int(os.environ.get("RINGTAIL_TEST_EVERY", "1"))

# What the documentation promises to those who know tcpdump.
PROMISED = """
host 192.168.152.100
src host 192.168.152.100
dst host 192.168.152.100
host 192.168.152.100 and 192.168.152.101
host 192.168.152.100 or 192.168.152.101
host 192.168.152.100 and ! 192.168.152.101
ip host 192.168.152.100 and ! 192.168.152.101
host 192.168.152.3 and tcp port 80
host 192.168.152.3 and dst port 80
port 25
src port 25
dst port 25
net 192.168
src net 192.168
dst net 192.168
net 192.168.152
net 192.168.152.0/24
arp
rarp
ip
tcp
udp
icmp
broadcast
multicast
less 100
greater 1000
(tcp) and (port 80) and ((dst host 192.168.152.254) or (dst host 192.168.152.200))
(icmp) and (ether dst host 00:01:02:03:04:05)
(tcp) and ((dst net 192.168) and (not dst host 192.168.152.200))
tcp[tcpflags] = tcp-syn
tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)
(port 25) and (tcp[(tcp[12]>>2):4] = 0x4d41494c)
tcp[(tcp[12]>>2):4] = 0x47455420
tcp[20:2]=0x4745 or tcp[20:2]=0x4854
tcp[(tcp[12]>>2):4] = 0x5353482D
(tcp[(tcp[12]>>2):4] = 0x5353482D) and (tcp[((tcp[12]>>2)+4):2] = 0x312E)
tcp[0:2] > 1024
udp dst port 53
(port 8000) and (tcp[(tcp[12]>>2):4]=0x47455420)
vlan
vlan 5 and tcp port 80
ip6
tcp port 443
""".strip().splitlines()

FURTHER = """
vlan 5
vlan and vlan 7
vlan 5 and vlan 7 and ip
vlan or ip
not vlan
mpls
mpls 100
mpls 100 and mpls 1024 and host 10.1.2.3
vlan 5 and mpls and tcp port 80
pppoed
pppoes
pppoes 7 and ip
pppoes and ip6 and tcp port 443
portrange 1000-2000
tcp src portrange 80-90
udp portrange 5060-5061
icmp[icmptype] = icmp-echo
icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply
icmp[icmpcode] = 4
icmp6
icmp6[icmp6type] = icmp6-echo
ip6 host 2001:db8::1
ip6 net 2001:db8::/32
ip6 and not tcp
ip6[6] = 17
ip6 proto 58
ip[0] & 0xf != 5
ip[6:2] & 0x1fff = 0
ip[2:2] > 576
ip[8] < 5
(ip[2:2] - ((ip[0]&0xf)<<2) - ((tcp[12]&0xf0)>>2)) != 0
len > 100 and len <= 200
tcp[13] & 7 != 0
ether[0] & 1 = 1
ether[12:2] = 0x88cc
ether broadcast
ether multicast
ether proto 0x88cc
ether src 00:01:02:03:04:05
ip broadcast
ip multicast
ip6 multicast
ip proto 89
ip proto \\udp
sctp
esp or ah
igmp
stp
inbound
outbound
ifindex 1
geneve 5 and ip
llc
src or dst port 53
dst host 10.0.0.1 and (tcp or udp) and not (port 22 or port 53)
port http or port domain
udp[8:4] % 10 = 3
ether dst 00:01:02:03:04:05
ether host 00:01:02:03:04:05 and not icmp
ether src 02:52:54:00:00:01 and ether dst ff:ff:ff:ff:ff:ff
ether proto \\arp or ether proto \\rarp
ether[14:2] & 0x0fff = 5
ether proto 0x8137
aarp
atalk
ipx
netbeui
iso
isis
clnp
llc u
llc s
llc i
not (ip or ip6 or arp)
len = 14
len = 60
less 60
greater 1514
len % 2 = 1
len - 14 > 1000
vlan and arp
vlan and ip6
vlan 7
vlan 5 and vlan 7
vlan and udp port 53
not vlan 5
vlan and vlan and host 192.168.152.100
mpls 17 and mpls 18 and mpls 19
mpls and ip host 10.1.2.3
pppoes 8
pppoes and tcp dst port 80
pppoes and ip6 host 2001:db8::1
net 10.0.0.0/8
net 10
src net 10.0.0.0/8 and dst net 192.168.0.0/16
net 172.16.0.0 mask 255.240.0.0
dst net 224.0.0.0/4
net 2001:db8:1::/48
src net fe80::/10
dst host ff02::1
src host 2001:db8:1::2 and tcp
host 192.168.152.3 and not port 80
arp host 192.168.152.101
arp net 10
arp[6:2] = 2
rarp src host 192.168.152.100
arp or rarp
ip6 and portrange 20-90
dst portrange 500-700
src portrange 30000-60000 and not udp
not portrange 1-1024 and (tcp or udp)
tcp dst port 443 and ip6
udp src port 53 and ip6
udp[4:2] > 8
udp dst port 4789 and udp[12:4] & 0xffffff00 = 0x00002a00
udp port 4789 and udp[42:4] = 0xc0a89803
udp port 6081 and udp[12:4] >> 8 = 5
geneve
geneve and tcp port 80
geneve 6 and host 10.1.2.3
ip[6:2] & 0x1fff != 0
ip[6:2] & 0x4000 != 0
ip[6] & 0x20 != 0
ip[6:2] & 0x3fff != 0
ip[1] & 0xfc = 0xb8
ip[0] & 0xf > 5 and tcp
ip[9] = 4
ip[16:4] = 0xffffffff
ip[12:4] = ip[16:4]
ip[ip[0] & 0xf] != 0
icmp[icmptype] = icmp-unreach
icmp[icmptype] = icmp-timxceed or icmp[icmptype] = icmp-redirect
icmp[icmptype] = icmp-echoreply and ip[8] < 10
icmp and src host 10.1.2.3
icmp or icmp6 or arp
icmp6[icmp6type] = icmp6-neighborsolicit
icmp6[0] = 134
ip6[7] = 255
ip6[40:2] = 443 or ip6[42:2] = 443
ip6[4:2] > 60
ip6[6] = 44 and ip6[42:2] & 0xfff8 != 0
ip6[6] = 0 and ip6[48] = 143
ip6 proto 44
ip6 proto 60
ip proto 47
ip proto 4 or ip6 proto 41
proto 47
proto 132
ip proto \\icmp
sctp port 36412
sctp dst portrange 38000-39000
vrrp
pim
ah
esp
ip multicast and not igmp
ether multicast and not ether broadcast
broadcast and not arp
multicast and ip6
tcp[tcpflags] & (tcp-fin|tcp-rst) != 0
tcp[tcpflags] & tcp-urg != 0
tcp[tcpflags] & (tcp-ece|tcp-cwr) != 0
tcp[tcpflags] = 0
tcp[tcpflags] & tcp-push != 0 and port 80
tcp[12] & 0xf0 > 0x50
tcp[2:2] = 80 and tcp[tcpflags] & tcp-syn = 0
tcp[14:2] = 1024
ip6 and ip6[53] & 2 != 0
inbound and tcp port 80
outbound and vlan
outbound and icmp
inbound and not ip
""".strip().splitlines()

# Of these libpcap makes programs that no kernel attaches (lib/filter/scratch_memory.h).
REFUSED_BY_KERNEL = """
vlan 5 and pppoes 7
vlan and pppoes and ip6
vlan 7 and geneve 5
vlan and geneve and tcp port 80
""".strip().splitlines()

# Of these a link has all packets or none, so that recording shows nothing.
ALL_OR_NOTHING = ("ifindex 1",)

# On `any` libpcap looks for the protocol of an LLC frame where its kind is (protocol 4), and takes none.
NOTHING_ON_ANY = ("stp", "ipx", "netbeui", "iso", "isis", "clnp")


def judged_differently_at_first(expression, interface):
    """Whether tcpdump may lose packets that pass the kernel's filter, when it has just begun.

    What may be from before its filter was attached libpcap filters once more outside of the kernel
    (pcap_setfilter_linux): with --immediate-mode one packet, or else a whole block. There no direction is known. On
    `any` a length counts the cooked header, and a tagged packet that goes out is of the protocol behind its tag.
    """
    return interface == "any" or "inbound" in expression or "outbound" in expression


def filtered_outside_of_the_kernel_on_any(expression):
    """On `any` the kernel cannot compute these: tcpdump takes every packet and looks itself, Ringtail refuses them.

    They read the Ethernet header, or lay offsets on offsets (libpcap's fix_program).
    """
    return "ether[" in expression or "geneve" in expression
