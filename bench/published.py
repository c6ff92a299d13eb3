"""Sections of a document that a command writes, between markers, so that no figure is typed in by hand.

    <!-- begin NAME (COMMAND) -->
    ...
    <!-- end NAME -->
"""

import pathlib
import re


class NotThere(Exception):
    pass


def _section(name):
    return re.compile(rf"(<!-- begin {re.escape(name)}\b[^\n]*-->\n)(.*?)(<!-- end {re.escape(name)} -->)", re.DOTALL)


def read(path, name):
    """The section's text."""
    match = _section(name).search(pathlib.Path(path).read_text(encoding="utf-8"))
    if match is None:
        raise NotThere(f"{path} has no section {name}")
    return match[2]


def write(path, name, text):
    """Puts `text` in the section's place."""
    read(path, name)
    whole = pathlib.Path(path).read_text(encoding="utf-8")
    filled = _section(name).sub(lambda match: f"{match[1]}{text.strip()}\n{match[3]}", whole)
    pathlib.Path(path).write_text(filled, encoding="utf-8")


def table(titles, rows):
    """A Markdown table; what is no text is right-aligned."""
    numeric = [all(not isinstance(row[i], str) for row in rows) for i in range(len(titles))]
    lines = ["| " + " | ".join(titles) + " |", "|" + "|".join(" ---: " if n else " --- " for n in numeric) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def rows_of(text):
    """The cells of a Markdown table's rows."""
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
