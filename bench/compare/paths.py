"""Where things are, and the end-to-end tests' modules to import: namespaces, process, recorder and their like."""

import os
import pathlib
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("RINGTAIL_BENCH_BUILD", TREE / "build" / "release"))
README = TREE / "bench" / "README.md"

GENERATOR = BUILD / "bench" / "bench_generator"
NULL_RECORDER = BUILD / "bench" / "bench_null_recorder"
RINGTAIL = BUILD / "ringtail"

sys.path[:0] = [str(TREE / "tests" / "e2e"), str(TREE / "bench")]
