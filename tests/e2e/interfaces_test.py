"""Does `ringtail interfaces` say what ip, ethtool and netstat say, to anybody, whatever there is?"""

import json
import os
import re
import subprocess

from support import EndToEndTest, Namespace, main, run, send

# Ours -> `ethtool -k`'s.
OFFLOADS = {
    "gro": "generic-receive-offload",
    "gro_hw": "rx-gro-hw",
    "lro": "large-receive-offload",
    "tso": "tcp-segmentation-offload",
    "rx_vlan": "rx-vlan-offload",
}


class Interfaces(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.namespace = self.enter(Namespace())

    def list(self, *flags, namespace=None):
        return (namespace or self.namespace).run(os.environ["RINGTAIL_BINARY"], "interfaces", *flags)

    def described(self, *flags, namespace=None):
        """What --json says, by name, without `any`."""
        *interfaces, last = json.loads(self.list("--json", *flags, namespace=namespace))["interfaces"]
        self.assertEqual(last["name"], "any")
        return {interface["name"]: interface for interface in interfaces}

    def by_ip(self, *flags, namespace=None):
        links = json.loads((namespace or self.namespace).run("ip", "-j", "-d", *flags, "link"))
        return {link["ifname"]: link for link in links}

    def offloads_by_ethtool(self, name):
        said = dict(re.findall(r"^\s*([\w-]+): (on|off)", self.namespace.run("ethtool", "-k", name), re.MULTILINE))
        return {ours: said[theirs] == "on" for ours, theirs in OFFLOADS.items()}

    def test_lists_loopback_and_any_if_there_is_nothing_else(self):
        lines = [line.split() for line in self.list().splitlines()]
        self.assertEqual([line[0] for line in lines], ["NAME", "lo", "any"])
        self.assertEqual(lines[1][1:4], ["1", "up", "EN10MB"])
        self.assertEqual(lines[2][1:4], ["-", "up", "LINUX_SLL2"])

    def test_agrees_with_ip_and_ethtool(self):
        add = ("ip", "link", "add", "type")
        self.namespace.run(*add[:3], "name", "left0", "mtu", 1400, "type", "veth", "peer", "name", "right0", "mtu", 9000)
        self.namespace.run("ip", "link", "add", "name", "bridge0", "type", "bridge")
        self.namespace.run("ip", "link", "set", "left0", "up")
        self.namespace.run("ethtool", "-K", "right0", "gro", "on", "tso", "off", "rxvlan", "off")
        found = self.described()
        wanted = self.by_ip()
        self.assertEqual(list(found), sorted(wanted, key=lambda name: wanted[name]["ifindex"]))
        for name, link in wanted.items():
            with self.subTest(name):
                self.assertEqual((found[name]["index"], found[name]["mtu"]), (link["ifindex"], link["mtu"]))
                self.assertEqual(found[name]["offloads"], self.offloads_by_ethtool(name))
        self.assertEqual([found[name]["driver"] for name in ("left0", "bridge0", "lo")], ["veth", "bridge", None])

    def test_names_the_state_in_a_word(self):
        link = self.link()

        def states():
            found = self.described(namespace=link.recorder_namespace)
            return found[link.SENDER]["state"], found[link.RECORDER]["state"]

        self.assertEqual(states(), ("up", "up"))
        link.recorder_namespace.run("ip", "link", "set", link.RECORDER, "down")
        self.assertEqual(states(), ("no-carrier", "down"))

    def test_counts_what_ip_and_netstat_count(self):
        link = self.link()
        namespace = link.recorder_namespace
        sent = send(link, count=1000)
        found = self.described("--stats", namespace=namespace)
        self.assertEqual(found[link.RECORDER]["counters"]["rx_packets"], sent)
        self.assertEqual(found[link.SENDER]["counters"]["tx_packets"], sent)
        for name, wanted in self.by_ip("-s", "-s", namespace=namespace).items():
            for way in ("rx", "tx"):
                for counter, value in wanted["stats64"][way].items():
                    key = counter if counter in ("multicast", "collisions") else f"{way}_{counter}"
                    if key in found[name]["counters"]:  # ip calls some by names of its own
                        self.assertEqual(found[name]["counters"][key], value, (name, key))
        theirs = namespace.run("netstat", "-i", "-a").splitlines()[2:]
        ours = self.list("--stats", namespace=namespace).splitlines()[1:]
        self.assertEqual(sorted(line.split() for line in ours), sorted(line.split() for line in theirs))

    def test_sees_its_own_namespace_where_sys_shows_another(self):
        inside = f"--net=/run/netns/{self.namespace.name}"
        self.namespace.run("ip", "link", "add", "name", "only-here", "type", "veth")
        listed = run("nsenter", inside, os.environ["RINGTAIL_BINARY"], "interfaces")
        self.assertEqual(listed, self.list())
        self.assertIn("only-here", listed)

    def test_tells_an_ordinary_user_the_same(self):
        self.namespace.run("ip", "link", "add", "type", "veth")
        drop = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        binary = self.binary_for_everybody()
        for flags in ([], ["--stats"], ["--json", "--stats"]):
            with self.subTest(flags):
                self.assertEqual(self.namespace.run(*drop, binary, "interfaces", *flags), self.list(*flags))

    def test_any_name_the_kernel_takes_is_safe_to_show(self):
        names = ['a"b\\c', "d\x1b[2Je\x07", "é€", "-rf", "'$(id)'"]
        for number, name in enumerate(names):
            peer = f"peer{number}"
            self.namespace.run("ip", "link", "add", "name", peer, "type", "veth", "peer", "name", f"tmp{number}")
            self.namespace.run("ip", "link", "set", "dev", f"tmp{number}", "name", name)
        self.assertLessEqual(set(names), set(self.described()))
        for flags in ([], ["--stats"]):
            self.assertRegex(self.list(*flags), r"\A[ -~\n]*\Z")

    def test_lists_hundreds(self):
        pairs = "".join(f"link add name left{i} type veth peer name right{i}\n" for i in range(150))
        self.namespace.run("ip", "-batch", "-", input=pairs)
        self.assertEqual(set(self.described()), set(self.by_ip()))
        self.assertEqual(len(self.list().splitlines()), 1 + 301 + 1)

    def test_full_disk_is_a_failure(self):
        with open("/dev/full", "w") as full:
            command = [os.environ["RINGTAIL_BINARY"], "interfaces", "--json"]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, "the list of interfaces cannot be written\n"))

    def test_help_explains_the_columns(self):
        text = self.list("--help")
        for column in ("LINKTYPE", "GRO-HW", "LRO", "TSO", "RX-VLAN"):
            self.assertIn(column, text)


if __name__ == "__main__":
    main()
