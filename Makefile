# The two commands: `make run` records, `make test` tests. Both install what is missing first, on
# Debian 12 or newer. CMakePresets.json has the builds themselves.
#
#   make            builds build/ringtail
#   make run        builds and runs it without a configuration; ARGS='--help' passes arguments
#   make test       builds and runs all tests; CTEST_ARGS='-L unit' chooses
#   make test-asan  the same with the address and undefined behaviour sanitizers
#   make test-tsan  the same with the thread sanitizer
#   make lint       checks formatting and runs clang-tidy
#   make package    builds the Debian package, build/ringtail_VERSION_ARCHITECTURE.deb
#   make bench      compares with other recorders; BENCH_ARGS=--quick takes three minutes (bench/README.md)
#   make packages   prints the packages that these commands need
#   make clean      removes build/

BUILD_PACKAGES := g++ cmake ninja-build pkg-config libboost1.81-dev libyaml-cpp-dev libspdlog-dev \
  prometheus-cpp-dev libpcap-dev libnl-route-3-dev libboost-json1.81-dev libcli11-dev zlib1g-dev \
  libsystemd-dev libcap-ng-dev liburing-dev
TEST_PACKAGES := $(BUILD_PACKAGES) libgtest-dev libgmock-dev tcpdump tshark wireshark-common \
  tcpreplay iproute2 ethtool net-tools e2fsprogs xfsprogs procps python3 util-linux curl prometheus \
  systemd-container debootstrap apt dpkg-dev lintian man-db valgrind
PACKAGE_PACKAGES := $(BUILD_PACKAGES) dpkg-dev
LINT_PACKAGES := $(TEST_PACKAGES) clang-format clang-tidy git libbenchmark-dev
BENCH_PACKAGES := $(TEST_PACKAGES) libbenchmark-dev netsniff-ng stenographer fio

SHELL := /bin/sh
.DEFAULT_GOAL := all
.PHONY: all run test test-asan test-tsan lint bench package packages clean

jobs := $(shell nproc)
# Most of a test's time is waiting: for the kernel to free a ring, for a clock, for a disk.
tests_at_once := $(shell echo $$((2 * $$(nproc))))
# Installing, recording and the end-to-end tests need root.
sudo := $(if $(filter 0,$(shell id -u)),,$(shell command -v sudo))
kept_environment := RINGTAIL_TESTS_MUST_NOT_SKIP,RINGTAIL_TEST_DIR,RINGTAIL_SOAK_SECONDS,TMPDIR
# The thread sanitizer of g++ 12 cannot map its shadow where addresses are randomised over 28 bits.
plain_addresses := $(shell [ "$$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0)" -le 28 ] || echo setarch -R)

# $(call install,PACKAGES): asks for root only if a package is missing.
define install
	@missing=; for package in $(1); do \
	  state=$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null) || state=; \
	  [ "$$state" = installed ] || missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "Installing:$$missing"; \
	if ! command -v apt-get >/dev/null; then \
	  echo "This system has no apt-get: install the equivalents of these packages yourself." >&2; exit 1; \
	fi; \
	if [ "$$(id -u)" != 0 ] && [ -z "$(sudo)" ]; then \
	  echo "There is no sudo: run this as root: apt-get install --no-install-recommends$$missing" >&2; exit 1; \
	fi; \
	$(sudo) apt-get update -q && \
	$(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing
endef

# The tests run Prometheus themselves: its package must not start a service on this machine.
define leave_prometheus_stopped
	@[ ! -d /run/systemd/system ] || dpkg-query -W prometheus >/dev/null 2>&1 || \
	  $(sudo) systemctl -q mask prometheus.service
endef

# Without the tests, so that who only wants to record need not have their packages.
define build_release
	@cmake --preset release -DBUILD_TESTING=OFF -Wno-dev >/dev/null
	@cmake --build --preset release -j $(jobs)
	@ln -sfn release/ringtail build/ringtail
endef

# $(call test,PRESET,PREFIX): as root, the kernel tests run as an ordinary user as well; without a way
# to become root, the end-to-end tests are skipped and say so.
define test
	$(2) cmake --preset $(1)
	$(2) cmake --build --preset $(1) -j $(jobs)
	@status=0; \
	$(if $(sudo),$(sudo) --preserve-env=$(kept_environment)) $(2) \
	  ctest --preset $(1) -j $(tests_at_once) $(CTEST_ARGS) || status=$$?; \
	$(if $(sudo),$(sudo) chown -R "$$(id -u):$$(id -g)" build/$(1);) \
	exit $$status
endef

all:
	$(build_release)

# `exec` leaves no shell between make and ringtail: Ctrl-C reaches ringtail once, and its error, if it
# has one, is what make reports.
run:
	$(call install,$(BUILD_PACKAGES))
	$(build_release)
	@exec $(sudo) build/ringtail run $(ARGS)

test:
	$(leave_prometheus_stopped)
	$(call install,$(TEST_PACKAGES))
	$(call test,dev)

test-asan:
	$(leave_prometheus_stopped)
	$(call install,$(TEST_PACKAGES))
	$(call test,asan)

test-tsan:
	$(leave_prometheus_stopped)
	$(call install,$(TEST_PACKAGES))
	$(call test,tsan,$(plain_addresses))

lint:
	$(leave_prometheus_stopped)
	$(call install,$(LINT_PACKAGES))
	git ls-files -z '*.cc' '*.h' | xargs -0 clang-format --dry-run -Werror
	@cmake --preset lint -Wno-dev >/dev/null
	run-clang-tidy -quiet -j $(jobs) -p build/lint '^$(CURDIR)/(build/lint/)?(lib|daemon|tests|bench)/'

package:
	$(call install,$(PACKAGE_PACKAGES))
	$(build_release)
	cpack -G DEB --config build/release/CPackConfig.cmake -B build

bench:
	$(call install,$(BENCH_PACKAGES))
	@cmake --preset release -Wno-dev >/dev/null
	@cmake --build --preset release -j $(jobs) --target ringtail_bench
	@$(sudo) /usr/bin/python3 -B bench/compare/compare.py $(BENCH_ARGS)

packages:
	@echo $(sort $(LINT_PACKAGES) $(PACKAGE_PACKAGES))

clean:
	rm -rf build
