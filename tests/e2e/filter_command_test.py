"""Does `ringtail filter` print what tcpdump prints, and say what is wrong with a bad expression?"""

import os
import subprocess

from expressions import EVERY, FURTHER, PROMISED, filtered_outside_of_the_kernel_on_any
from support import EndToEndTest, Namespace, main

BAD_CONFIGURATION = 3
NOBODY = 65534

REJECTED_ON_ANY = ("vlan", "mpls", "broadcast", "multicast", "ether host 00:01:02:03:04:05")


class FilterCommand(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.namespace = self.enter(Namespace())

    def call(self, *command, **options):
        return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)

    def filter(self, *arguments, namespace=None, **options):
        command = (namespace or self.namespace).command(os.environ["RINGTAIL_BINARY"], "filter", *arguments)
        return self.call(*command, **options)

    def tcpdump(self, *arguments):
        return self.call(*self.namespace.command("tcpdump", *arguments))

    def test_prints_what_tcpdump_prints(self):
        for expression in (PROMISED + FURTHER)[::EVERY]:
            with self.subTest(expression):
                wanted = self.tcpdump("-i", "lo", "-d", expression)
                got = self.filter("-d", expression)
                self.assertEqual((got.returncode, got.stdout), (0, wanted.stdout), got.stderr)
                self.assertTrue(wanted.stdout, wanted.stderr)

    def test_prints_every_style_that_tcpdump_prints(self):
        for style in ("-dd", "-ddd"):
            for expression in PROMISED[::6] + FURTHER[::10]:
                with self.subTest(f"{style} {expression}"):
                    wanted = self.tcpdump("-i", "lo", style, expression)
                    self.assertEqual(self.filter(style, expression).stdout, wanted.stdout)

    def test_has_the_flags_of_tcpdump(self):
        for flags in (["-O"], ["-s", "96"], ["-i", "lo"], ["-O", "-s", "100"]):
            with self.subTest(flags):
                wanted = self.tcpdump("-i", "lo", *flags, "-d", "tcp", "port", "80")
                self.assertEqual(self.filter(*flags, "-d", "tcp", "port", "80").stdout, wanted.stdout)
        self.assertEqual(self.filter("--no-optimize", "-d", "tcp").stdout, self.filter("-O", "-d", "tcp").stdout)

    def test_reads_a_file_as_tcpdump_does(self):
        file = self.folder / "filter"
        file.write_text("tcp # the web\nand port 80\n")
        wanted = self.tcpdump("-i", "lo", "-d", "-F", file)
        self.assertEqual(self.filter("-d", "-F", file).stdout, wanted.stdout)
        self.assertIn("/nonexistent", self.filter("-F", "/nonexistent").stderr)

    def test_says_that_an_expression_compiles(self):
        got = self.filter("tcp port 80")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertRegex(got.stdout, r"^ok: \d+ instructions for EN10MB, compiled on .+\n$")

    def test_says_what_a_name_stands_for_apart_from_the_program(self):
        got = self.filter("-d", "ip host localhost")
        self.assertIn("localhost is 127.0.0.1\n", got.stderr)
        self.assertEqual(got.stdout, self.tcpdump("-i", "lo", "-d", "ip host localhost").stdout)

    def test_bad_expression_shows_where_and_why(self):
        got = self.filter("tcp", "port", "80", "and", "and")
        self.assertEqual((got.returncode, got.stdout), (BAD_CONFIGURATION, ""))
        self.assertEqual(
            got.stderr,
            "filter: can't parse filter expression: syntax error\n  tcp port 80 and and\n                  ^\n",
        )

    def test_rejects_what_tcpdump_rejects(self):
        for expression in ("tcp and udp", "host", "port x-y", "net 1.2.3.4/8", "(tcp", "gateway x", "tcp[0:3]=1"):
            with self.subTest(expression):
                self.assertNotEqual(self.tcpdump("-i", "lo", "-d", expression).returncode, 0)
                self.assertEqual(self.filter(expression).returncode, BAD_CONFIGURATION)

    def test_any_compiles_but_what_tcpdump_rejects_there(self):
        for expression in (PROMISED + FURTHER)[::EVERY]:
            with self.subTest(expression):
                accepted = self.tcpdump("-i", "any", "-d", expression).returncode == 0
                accepted = accepted and not filtered_outside_of_the_kernel_on_any(expression)
                self.assertEqual(self.filter("-i", "any", expression).returncode == 0, accepted)
        for expression in REJECTED_ON_ANY:
            self.assertEqual(self.filter("-i", "any", expression).returncode, BAD_CONFIGURATION, expression)

    def test_works_with_loopback_down(self):
        wanted = self.filter("-d", "vlan 5 and tcp").stdout
        self.namespace.run("ip", "link", "set", "lo", "down")
        self.assertEqual(self.filter("-d", "vlan 5 and tcp").stdout, wanted)
        self.assertIn("private network namespace", self.filter("vlan").stdout)

    def test_works_for_an_ordinary_user(self):
        binary = self.binary_for_everybody()
        for expression in PROMISED[::4] + ["vlan 5 and host localhost"]:
            with self.subTest(expression):
                got = self.call(binary, "filter", "-d", expression, user=NOBODY, group=NOBODY, extra_groups=[])
                self.assertEqual((got.returncode, got.stdout), (0, self.filter("-d", expression).stdout))

    def test_unknown_interface_is_named(self):
        got = self.filter("-i", "none0", "tcp")
        self.assertEqual(got.returncode, 1)
        self.assertIn("none0", got.stderr)

    def test_subnet_broadcast_follows_the_interface(self):
        link = self.link()
        namespace = link.recorder_namespace

        def listing(*command):
            return self.call(*namespace.command(*command, "-i", link.RECORDER, "-d", "ip broadcast")).stdout

        ringtail = (os.environ["RINGTAIL_BINARY"], "filter")
        self.assertEqual(listing(*ringtail), listing("tcpdump"), "there is no subnet")
        namespace.run("ip", "address", "add", "10.1.2.3/24", "dev", link.RECORDER)
        # tcpdump takes 255.255.255.255 and 0.0.0.0 only; with -f it has the netmask's bytes the wrong way round.
        self.assertIn("#0xff ", listing(*ringtail))

    def test_check_names_the_line_of_a_bad_filter(self):
        file = self.folder / "settings.yaml"
        file.write_text("captures:\n- name: web\n  interfaces: [lo]\n  filter: tcp port 80 and and\n")
        got = self.call(os.environ["RINGTAIL_BINARY"], "check", file)
        self.assertEqual(got.returncode, BAD_CONFIGURATION)
        self.assertTrue(got.stderr.startswith(f"{file}:4:"), got.stderr)
        self.assertIn("captures[0].filter: filter 'tcp port 80 and and'", got.stderr)
        file.write_text("captures:\n- name: web\n  interfaces: [lo]\n  filter: tcp port 80\n")
        self.assertEqual(self.call(os.environ["RINGTAIL_BINARY"], "check", file).returncode, 0)


if __name__ == "__main__":
    main()
