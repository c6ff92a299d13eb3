"""Do walking and encoding a block take no more instructions for each packet than README.md says?

    instructions_test.py            compares; fails if one takes 15 % more
    instructions_test.py --record   writes the figures into README.md

They are counted (callgrind), not timed, so a busy machine changes nothing. memmove(3) is held to what each
x86-64 has. Another compiler than Debian 12's may need other figures: then --record, and say so in the commit.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import published

README = pathlib.Path(__file__).with_name("README.md")
SECTION = "instructions"
CASES = (("walk", 64), ("ethernet", 64), ("ethernet", 1500), ("other", 512), ("cooked", 512),
         ("ethernet-pcapng", 64), ("ethernet-pcapng", 1500), ("cooked-pcapng", 512))  # fmt: skip
MAY_EXCEED = 1.15
EXIT_SKIPPED = 77
PLAIN_MEMMOVE = "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,-AVX512F,-AVX512VL"


def instructions_per_packet(what, frame_bytes):
    command = ["valgrind", "--tool=callgrind", "--toggle-collect=counted_*", "--callgrind-out-file=/dev/null"]
    command += [os.environ["RINGTAIL_ENCODE_DRIVER"], what, str(frame_bytes)]
    environment = {**os.environ, "GLIBC_TUNABLES": PLAIN_MEMMOVE}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}: {done.stderr}")
    packets = int(re.search(r"packets=(\d+)", done.stdout)[1])
    return int(re.search(r"Collected : (\d+)", done.stderr)[1]) / packets


def recorded():
    return {(row[0], int(row[1])): float(row[2]) for row in published.rows_of(published.read(README, SECTION))}


def compare(counted):
    too_many = 0
    limits = recorded()
    for case in CASES:
        verdict = "" if counted[case] <= limits[case] * MAY_EXCEED else "  <- more than 15 % above"
        too_many += bool(verdict)
        print(f"{case[0]} {case[1]} bytes: {counted[case]:.1f} instructions, recorded {limits[case]:.1f}{verdict}")
    return 1 if too_many else 0


def main():
    if shutil.which("valgrind") is None:
        print("not installed: valgrind")
        sys.exit(1 if os.environ.get("RINGTAIL_TESTS_MUST_NOT_SKIP") else EXIT_SKIPPED)
    counted = {case: instructions_per_packet(*case) for case in CASES}
    if sys.argv[1:] != ["--record"]:
        sys.exit(compare(counted))
    rows = [(what, size, round(count, 1)) for (what, size), count in counted.items()]
    published.write(README, SECTION, published.table(("what", "frame bytes", "instructions per packet"), rows))


if __name__ == "__main__":
    main()
