"""A Debian system of its own that a real systemd boots, in systemd-nspawn: what the package is installed on."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from namespaces import Link, Namespace, run
from process import Process
from waiting import wait_until

CGROUP_ROOTS = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")


def build_package(folder):
    """The .deb of this build."""
    config = pathlib.Path(os.environ["RINGTAIL_BUILD_DIR"]) / "CPackConfig.cmake"
    run("cpack", "-G", "DEB", "--config", str(config), "-B", str(folder))
    (package,) = pathlib.Path(folder).glob("*.deb")
    return package


def with_version(package, version):
    """The same package as another version."""
    tree = package.parent / version
    run("dpkg-deb", "-R", str(package), str(tree))
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    other = package.parent / f"ringtail_{version}.deb"
    run("dpkg-deb", "--root-owner-group", "-b", str(tree), str(other))
    return other


def _dependencies(package):
    """The names of the packages that it needs, of alternatives the first."""
    depends = run("dpkg-deb", "-f", str(package), "Depends")
    return [re.match(r"[\w.+-]+", alternative.strip())[0] for alternative in depends.split(",")]


def root_with(package, cache):
    """A tar file, made once, of a small Debian that has what the package depends on, but not the package."""
    packages = sorted({"systemd-sysv", "iproute2", *_dependencies(package)})
    archives = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages")
    mirror, codename = archives.splitlines()[0].split()
    name = hashlib.sha256(" ".join([mirror, codename, *packages]).encode()).hexdigest()[:16]
    archive = pathlib.Path(cache) / f"root-{name}.tar"
    if not archive.exists():
        tree = archive.with_suffix(".tree")
        _remove_unfinished(tree)
        run("debootstrap", "--variant=minbase", codename, str(tree), mirror)
        # Not by debootstrap, which knows no packages that others provide.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        run("chroot", str(tree), "apt-get", "install", "-qq", "--no-install-recommends", *packages, env=environment)
        run("chroot", str(tree), "apt-get", "clean")
        run("tar", "-C", str(tree), "-cf", f"{archive}.new", ".")
        os.rename(f"{archive}.new", archive)
        shutil.rmtree(tree)
    return archive


def _remove_unfinished(tree):
    """What a debootstrap that was killed has left, which may have a /proc in it."""
    mounts = [line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    for mount in reversed(mounts):
        if mount.startswith(f"{tree.resolve()}/"):
            run("umount", mount)
    if tree.exists():
        shutil.rmtree(tree)


def _children(pid):
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _program(pid):
    return _read(f"/proc/{pid}/comm").strip()


def _read(path):
    """What of a process that may have ended meanwhile is nothing."""
    try:
        return pathlib.Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


class _ItsNamespace(Namespace):
    """The network namespace of a process, under a name."""

    def __init__(self, pid):
        super().__init__()
        self._pid = pid

    def __enter__(self):
        run("ip", "netns", "attach", self.name, str(self._pid))
        return self


class Container(Process):
    """The system, booted, for the time of a `with`; `link` is a silent veth pair in its network.

    It has a network of its own and cgroups of its own, and the machine's systemd knows nothing of it.
    """

    def __init__(self, archive, folder):
        self.root = pathlib.Path(folder) / "root"
        self.root.mkdir()
        run("tar", "-C", str(self.root), "-xf", str(archive))
        self._name = f"rt-{os.getpid()}"
        self._cgroups = [pathlib.Path(root) / self._name for root in CGROUP_ROOTS
                         if os.path.exists(f"{root}/cgroup.procs")]  # fmt: skip
        enter = "".join(f"mkdir {cgroup} && echo $$ > {cgroup}/cgroup.procs && " for cgroup in self._cgroups)
        nspawn = ["systemd-nspawn", "--quiet", "-D", str(self.root), "--machine", self._name, "--register=no",
                  "--keep-unit", "--private-network", "--boot"]  # fmt: skip
        # nspawn's end is not its container's; that of a pid namespace is.
        alone = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        super().__init__([*alone, "sh", "-c", f'{enter} exec "$@"', "sh", *nspawn], folder, "container")

    def __enter__(self):
        super().__enter__()
        try:
            self._init = self.wait_for(self._find_init, "its init runs", seconds=30)
            self.wait_for(self._is_up, "it is up", seconds=60)
            namespace = _ItsNamespace(self._init)
            self.link = Link()
            self.link.recorder_namespace = self.link.sender_namespace = namespace
            self.link.__enter__()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "link"):
            self.link.__exit__()
        super().__exit__()
        wait_until(self._remove_cgroups, "its last process has gone", seconds=30)
        shutil.rmtree(f"/run/systemd/nspawn/propagate/{self._name}", ignore_errors=True)

    def _remove_cgroups(self):
        try:
            for cgroup in self._cgroups:
                for folder, _, _ in os.walk(cgroup, topdown=False):
                    os.rmdir(folder)
        except OSError:
            return False
        return True

    def _find_init(self):
        for nspawn in _children(self.pid):
            for child in _children(nspawn):
                if _program(child) == "systemd":
                    return child
        return None

    def _is_up(self):
        return self.try_run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def try_run(self, *command):
        """The command in the container, done, however it ended."""
        enter = ["nsenter", "--target", str(self._init), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run([*enter, *map(str, command)], capture_output=True, text=True, env=environment)

    def run(self, *command):
        """What it printed; an error if it failed."""
        done = self.try_run(*command)
        assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}: {done.stderr}{done.stdout}"
        return done.stdout

    def outer_pid(self, inner_pid):
        """What a process of the container is called outside of it."""
        namespace = os.readlink(f"/proc/{self._init}/ns/pid")
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                status = pathlib.Path(f"/proc/{process}/status").read_text()
                numbers = re.search(r"(?m)^NSpid:(.*)$", status)[1].split()
                if numbers[-1] == str(inner_pid) and os.readlink(f"/proc/{process}/ns/pid") == namespace:
                    return int(process)
            except OSError:
                continue  # it has ended
        raise AssertionError(f"no process of the container is number {inner_pid}")

    def install(self, package):
        shutil.copy(package, self.root / package.name)
        return self.run("dpkg", "--force-unsafe-io", "--install", f"/{package.name}")

    def write(self, path, text, mode=0o644):
        """A file in it; /tmp and /run are mounts that only its own processes see."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
