"""Do the manual and bash's completion know every command, option and setting that there is?"""

import os
import pathlib
import re
import subprocess
import unittest

from namespaces import run

BUILD = pathlib.Path(os.environ["RINGTAIL_BUILD_DIR"])
SOURCE = pathlib.Path(__file__).resolve().parents[2]
OPTION = re.compile(r"^ +(-\S+)", re.MULTILINE)


def help_of(*words):
    return run(os.environ["RINGTAIL_BINARY"], *words, "--help")


def commands():
    return re.findall(r"(?m)^  (\w+) ", help_of().partition("Subcommands:")[2])


def options(text):
    """Each spelling of each option; CLI11 adds what a flag is set to in braces."""
    spellings = (word for group in OPTION.findall(text) for word in re.sub(r"\{\w+\}", "", group).split(","))
    return sorted(spellings)


def page(name):
    done = subprocess.run(["man", "-l", BUILD / "systemd" / name], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", "MANWIDTH": "200"}, check=True)
    return done.stdout


class Manual(unittest.TestCase):
    def test_ringtail_8_names_every_command_and_option(self):
        manual = page("ringtail.8")
        self.assertGreaterEqual(len(commands()), 5)
        for command in commands():
            self.assertRegex(manual, rf"(?m)^ +ringtail {command}\b")
            for option in options(help_of(command)):
                self.assertRegex(manual, rf"(?<![\w-]){re.escape(option)}\b", f"{option} of {command}")
        self.assertIn("--version", manual)

    def test_ringtail_yaml_5_is_the_annotated_settings(self):
        manual = [line.strip() for line in page("ringtail.yaml.5").splitlines()]
        for line in (SOURCE / "config" / "ringtail.yaml").read_text().splitlines():
            self.assertIn(line.strip(), manual)

    def test_the_pages_are_well_formed(self):
        pages = [str(BUILD / "systemd" / name) for name in ("ringtail.8", "ringtail.yaml.5")]
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", *pages], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Completion(unittest.TestCase):
    def offered(self, *words):
        """What bash offers for the last word."""
        script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ringtail; printf "%s\\n" "${COMPREPLY[@]}"')
        return run("bash", "-c", script, str(SOURCE / "daemon" / "ringtail.bash"), "ringtail", *words).split()

    def test_every_command_is_offered(self):
        self.assertLessEqual(set(commands()), set(self.offered("")))
        self.assertEqual(self.offered("re"), ["repair"])

    def test_every_option_of_a_command_is_offered(self):
        for command in commands():
            known = set(options(help_of(command))) - {"-h"}
            self.assertEqual(set(self.offered(command, "-")), known, command)

    def test_interfaces_are_offered_where_one_is_meant(self):
        self.assertLessEqual({"any", "lo"}, set(self.offered("filter", "-i", "")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
