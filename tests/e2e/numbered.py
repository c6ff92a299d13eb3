"""Which numbered frames of packet_sender (tests/support/numbered_frame.h) are in untagged recordings."""

import struct

from pcap_file import read_pcap

FIRST_SOURCE_PORT = 20_000
_NUMBER = struct.Struct("!42xQ")


def numbers(files):
    """The numbers in the order of the files."""
    return [_NUMBER.unpack_from(record.frame)[0] for file in files for record in read_pcap(file)]
