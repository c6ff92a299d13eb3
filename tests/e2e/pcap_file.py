"""Pcap files as a list of frames, for tests that send some or look into what was recorded."""

import dataclasses
import struct

_MAGIC_MICROSECONDS = 0xA1B2C3D4
_MAGIC_NANOSECONDS = 0xA1B23C4D
_FILE_HEADER = struct.Struct("<IHHiIII")
_RECORD_HEADER = struct.Struct("<IIII")
_COOKED_INDEX = struct.Struct("!4xI")
ETHERNET, COOKED = 1, 276  # LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2
SNAPLEN = 262144


@dataclasses.dataclass(frozen=True)
class Record:
    time_ns: int
    wire_length: int
    frame: bytes


def write_pcap(path, frames, linktype=ETHERNET):
    """Returns how many it wrote."""
    count = 0
    with open(path, "wb") as file:
        file.write(_FILE_HEADER.pack(_MAGIC_MICROSECONDS, 2, 4, 0, 0, SNAPLEN, linktype))
        for count, frame in enumerate(frames, 1):
            file.write(_RECORD_HEADER.pack(1, count % 1_000_000, len(frame), len(frame)) + frame)
    return count


def read_pcap(path):
    """The records of one file of this machine's byte order, in their order."""
    with open(path, "rb") as file:
        data = file.read()
    magic = _FILE_HEADER.unpack_from(data)[0]
    to_ns = {_MAGIC_MICROSECONDS: 1000, _MAGIC_NANOSECONDS: 1}[magic]
    records = []
    at = _FILE_HEADER.size
    while at < len(data):
        seconds, fraction, captured, wire_length = _RECORD_HEADER.unpack_from(data, at)
        at += _RECORD_HEADER.size
        assert at + captured <= len(data), f"{path} ends within a record"
        records.append(Record(seconds * 10**9 + fraction * to_ns, wire_length, data[at : at + captured]))
        at += captured
    return records


def cooked_packets(files, interface_index):
    """Those of one interface, out of recordings of `any`."""
    packets = (record.frame for file in files for record in read_pcap(file))
    return (packet for packet in packets if _COOKED_INDEX.unpack_from(packet)[0] == interface_index)
