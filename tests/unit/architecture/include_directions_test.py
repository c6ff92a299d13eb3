"""Plants violations in a tree of its own and expects each to be found, and nothing else."""

import pathlib
import tempfile
import unittest

from include_directions import violations


class IncludeDirections(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        (self.tree / "lib").mkdir()

    def plant(self, path, text):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assert_fault(self, path, text, words):
        self.plant(path, text)
        found = list(violations(self.tree))
        self.assertEqual(len(found), 1, found)
        self.assertIn(path, found[0])
        self.assertIn(words, found[0])

    def test_allowed_includes_are_no_violations(self):
        self.plant("lib/base/a.h", "#pragma once\n#include <vector>\n#include <linux/if_ether.h>\n")
        self.plant("lib/ring/b.cc", '#include "ring/b.h"\n#include <linux/if_packet.h>\n#include "base/a.h"\n')
        self.plant("lib/filter/c.cc", "#include <pcap/pcap.h>\n#include <pcap.h>\n")
        self.plant("lib/capture/d.cc", '#include "ring/b.h"\n#include "store/x.h"\n')
        self.plant("daemon/main.cc", '#include "capture/d.h"\n#include <spdlog/spdlog.h>\n#include "log.h"\n')
        self.plant("tests/support/e.cc", '#include "support/e.h"\n#include <linux/if_packet.h>\n')
        self.plant("lib/ring/CMakeLists.txt", "ringtail_library(ring SOURCES b.cc USES ringtail_base)\n")
        self.assertEqual(list(violations(self.tree)), [])

    def test_header_that_may_be_included_twice_is_a_violation(self):
        self.assert_fault("lib/base/a.h", "#include <vector>\n", "#pragma once")

    def test_source_that_does_not_begin_with_its_header_is_a_violation(self):
        self.plant("lib/base/a.h", "#pragma once\n")
        self.assert_fault("lib/base/a.cc", '#include <vector>\n#include "base/a.h"\n', "first include")
        self.assert_fault("lib/base/a.cc", "int a;\n", "first include")

    def test_sibling_is_a_violation(self):
        self.assert_fault("lib/ring/a.cc", '\n#include "filter/program.h"\n', ":2:")

    def test_upward_include_is_a_violation(self):
        self.assert_fault("lib/base/a.h", '#pragma once\n#include "ring/ring.h"\n', "may use nothing")

    def test_angle_brackets_hide_nothing(self):
        self.assert_fault("lib/base/a.h", "#pragma once\n#  include <ring/ring.h>\n", "against the layers")

    def test_library_including_the_daemon_is_a_violation(self):
        self.assert_fault("lib/capture/a.cc", '#include "daemon/service.h"\n', "against the layers")

    def test_outside_headers_away_from_home_are_violations(self):
        for index, header in enumerate(
            (
                "linux/if_packet.h",
                "netlink/netlink.h",
                "pcap/pcap.h",
                "pcap.h",
                "yaml-cpp/yaml.h",
                "spdlog/spdlog.h",
                "cap-ng.h",
                "systemd/sd-daemon.h",
                "prometheus/counter.h",
            )
        ):
            with self.subTest(header):
                self.setUp()
                self.assert_fault(f"lib/store/a{index}.cc", f"#include <{header}>\n", "alone")

    def test_daemon_may_not_take_an_outside_header_from_its_home(self):
        self.assert_fault("daemon/main.cc", "#include <yaml-cpp/yaml.h>\n", "lib/settings alone")

    def test_unknown_folder_is_a_violation(self):
        self.plant("lib/utils/a.h", "")
        self.assertEqual(list(violations(self.tree)), ["lib/utils: not in the table of layers"])

    def test_unknown_project_header_is_a_violation(self):
        self.assert_fault("lib/base/a.h", '#pragma once\n#include "utils/a.h"\n', "in no folder of lib/")

    def test_header_without_its_folder_is_a_violation(self):
        self.assert_fault("lib/base/a.cc", '#include "a.h"\n', "without its folder")

    def test_tests_support_may_not_share_code_with_lib(self):
        self.assert_fault("tests/support/a.cc", '#include "base/check.h"\n', "not of tests/support")

    def test_linking_against_the_layers_is_a_violation(self):
        self.assert_fault(
            "lib/ring/CMakeLists.txt",
            "ringtail_library(ring\n  SOURCES a.cc\n  USES ringtail_base ringtail_store)\n",
            "must not link ringtail_store",
        )


if __name__ == "__main__":
    unittest.main()
