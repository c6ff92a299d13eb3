"""Checks that the layers of lib/ point one way and that each outside thing has one home.

    include_directions.py SOURCE_TREE

Prints one line per violation and exits with 1 if there is any. Rules: what each folder of lib/ may
include and link, where outside headers may appear, that tests/support shares no code with lib/, and that a
header is included once, and first of all by its own source file, which shows that it needs no other.
"""

import pathlib
import re
import sys

# Folder of lib/ -> folders it may include besides itself. The daemon may include all of them.
MAY_USE = {
    "base": set(),
    "packet": {"base"},
    "filter": {"base"},
    "ring": {"base"},
    "pcapfile": {"base"},
    "settings": {"base"},
    "control": {"base"},
    "store": {"base", "pcapfile", "filter"},
    "tcpwatch": {"base", "packet"},
    "capture": {"base", "packet", "filter", "ring", "pcapfile", "store", "tcpwatch"},
    "metrics": {"base", "capture"},
}

# Outside header (a pattern on the include path) -> the only place that may include it.
HOMES = (
    (re.compile(r"linux/if_packet\.h"), "lib/ring"),
    (re.compile(r"netlink/.*"), "lib/ring"),
    (re.compile(r"liburing\.h"), "lib/store"),
    (re.compile(r"pcap\.h|pcap/.*|pcap-.*\.h"), "lib/filter"),
    (re.compile(r"yaml-cpp/.*"), "lib/settings"),
    (re.compile(r"spdlog/.*"), "daemon"),
    (re.compile(r"cap-ng\.h"), "daemon"),
    (re.compile(r"systemd/.*"), "daemon"),
    (re.compile(r"prometheus/.*"), "lib/metrics"),
    (re.compile(r"zlib\.h"), "lib/control"),
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
LIBRARY = re.compile(r"ringtail_library\(\s*(\w+)([^)]*)\)")


def sources(folder):
    """The C++ files below a folder that may not exist yet."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".h", ".cc"))


def includes(path):
    """Yields (line number, is quoted, included path)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def layer_fault(folder, included):
    """Why `folder` ("lib/<x>" or "daemon") may not include a project header; None if it may."""
    target = included.split("/")[0]
    if folder == "daemon":
        known = target in MAY_USE or target == "daemon" or "/" not in included
        return None if known else "is in no folder of lib/"
    if "/" not in included:
        return 'is written without its folder: "folder/file.h"'
    own = folder.removeprefix("lib/")
    if target == own or target in MAY_USE[own]:
        return None
    if target in MAY_USE or target == "daemon":
        return f"goes against the layers: {own} may use {', '.join(sorted(MAY_USE[own])) or 'nothing'}"
    return "is in no folder of lib/"


def home_fault(folder, included):
    for pattern, home in HOMES:
        if pattern.fullmatch(included) and folder != home:
            return f"belongs into {home} alone"
    return None


def check_file(tree, path, folder):
    for number, quoted, included in includes(path):
        fault = home_fault(folder, included)
        if fault is None and (quoted or included.split("/")[0] in MAY_USE):
            fault = layer_fault(folder, included)
        if fault:
            yield f'{path.relative_to(tree)}:{number}: "{included}" {fault}'


def check_header(tree, path):
    """Of a header, or of a source file that has one."""
    if path.suffix == ".h":
        if not path.read_text(encoding="utf-8").startswith("#pragma once\n"):
            yield f"{path.relative_to(tree)}: does not begin with #pragma once"
    elif path.with_suffix(".h").exists():
        own = f"{path.parent.name}/{path.stem}.h"
        if next((included for _, _, included in includes(path)), None) != own:
            yield f'{path.relative_to(tree)}: its first include is not "{own}"'


def check_support(tree):
    """tests/support must be able to contradict lib/, so it may not share code with it."""
    for path in sources(tree / "tests" / "support"):
        for number, quoted, included in includes(path):
            if included.split("/")[0] in MAY_USE or (quoted and not included.startswith("support/")):
                yield f'{path.relative_to(tree)}:{number}: "{included}" is not of tests/support'


def check_links(tree):
    """What CMake links says the same as the table."""
    for path in sorted((tree / "lib").glob("*/CMakeLists.txt")):
        for library in LIBRARY.finditer(path.read_text(encoding="utf-8")):
            name, arguments = library.groups()
            for used in re.findall(r"ringtail_(\w+)", arguments):
                if used not in MAY_USE.get(name, set()):
                    yield f"{path.relative_to(tree)}: ringtail_{name} must not link ringtail_{used}"


def violations(tree):
    for folder in sorted(path for path in (tree / "lib").iterdir() if path.is_dir()):
        if folder.name not in MAY_USE:
            yield f"lib/{folder.name}: not in the table of layers"
            continue
        for path in sources(folder):
            yield from check_file(tree, path, f"lib/{folder.name}")
            yield from check_header(tree, path)
    for path in sources(tree / "daemon"):
        yield from check_file(tree, path, "daemon")
        yield from check_header(tree, path)
    yield from check_support(tree)
    yield from check_links(tree)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(violations(pathlib.Path(sys.argv[1]).resolve()))
    for violation in found:
        print(violation)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
