#include "settings/resolve.h"
#include "unit/settings/parsing.h"

// What follows from several values together: workers, ring blocks, rotate sizes, the disk budget.
namespace ringtail::settings {
namespace {

using base::kMiB;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Host host_with(unsigned cpus) {
  Host host;
  for (unsigned cpu = 0; cpu < cpus; ++cpu) host.allowed_cpus.push_back(cpu);
  return host;
}

std::string budget(const std::string& max_size, const std::string& capture) {
  return "storage: {max_size: " + max_size + "}\n" + with_capture(capture);
}

Capture interfaces_of(const std::string& interfaces, const std::string& lines, const Host& host) {
  return settings_of("captures:\n- name: web\n  interfaces: " + interfaces + "\n" + lines, host)
      .captures[0];
}

TEST(AutoWorkers, AreTheSmallestOfCpusMemoryAndEight) {
  EXPECT_EQ(capture_of("", host_with(4)).workers, 4U);
  EXPECT_EQ(capture_of("", host_with(64)).workers, 8U);
  EXPECT_EQ(capture_of("  workers: auto\n", host_with(2)).workers, 2U);
  EXPECT_EQ(capture_of("  ring: {memory: 100MiB}\n", host_with(64)).workers, 3U);
  EXPECT_EQ(capture_of("  ring: {memory: 8GiB}\n", host_with(64)).workers, 8U);
}

TEST(AutoWorkers, GoByTheMemoryOfEachInterface) {
  EXPECT_EQ(interfaces_of("[a, b]", "", host_with(64)).workers, 4U);
  EXPECT_EQ(interfaces_of("[a, b, c]", "  ring: {memory: 1GiB}\n", host_with(64)).workers, 8U);
  EXPECT_EQ(interfaces_of("[any]", "", host_with(64)).workers, 8U);
}

TEST(AutoWorkers, AreAtLeastOne) {
  EXPECT_EQ(capture_of("  ring: {memory: 8MiB}\n").workers, 1U);
  EXPECT_EQ(capture_of("", host_with(0)).workers, 1U);
}

TEST(Workers, AreNoMoreThanTheCpusOfThisProcess) {
  EXPECT_EQ(capture_of("  workers: 2\n", host_with(2)).workers, 2U);
  EXPECT_EQ(
      error_of(with_capture("  workers: 3\n"), host_with(2)),
      "r.yaml:4:12: captures[0].workers: 3 workers on 2 CPUs; each worker has one to itself, so "
      "use 2 at most");
}

TEST(PinnedWorkers, AreOneOnEachCpu) {
  EXPECT_EQ(capture_of("  cpus: [1, 3]\n").workers, 2U);
  EXPECT_EQ(capture_of("  cpus: [1, 3]\n  workers: 2\n").workers, 2U);
  EXPECT_EQ(capture_of("  cpus: [1, 3]\n  workers: auto\n").workers, 2U);
  EXPECT_EQ(capture_of("  cpus: []\n  workers: 3\n").workers, 3U);
}

TEST(PinnedWorkers, MustBeAsManyAsTheCpus) {
  EXPECT_EQ(
      error_of(with_capture("  cpus: [1, 3]\n  workers: 1\n")),
      "r.yaml:5:12: captures[0].workers: 1 worker on 2 CPUs; cpus pins one worker to each, so "
      "leave workers out or make them equal");
}

TEST(PinnedWorkers, MustStayOnTheCpusOfThisProcess) {
  EXPECT_EQ(error_of(with_capture("  cpus: [0, 5]\n"), Host{{0, 1, 2, 6, 8, 9}}),
            "r.yaml:4:13: captures[0].cpus[1]: this process may not use CPU 5; allowed are 0-2, 6, "
            "8-9");
}

TEST(PinnedWorkers, MustNotShareACpu) {
  EXPECT_THAT(error_of(with_capture("  cpus: [1, 1]\n")),
              StartsWith("r.yaml:4:13: captures[0].cpus[1]: CPU 1 is given twice"));
}

TEST(RingMemory, IsRoundedDownToWholeBlocksForEachWorker) {
  EXPECT_EQ(capture_of("  ring: {memory: 100.5MiB}\n  workers: 3\n").ring_memory_bytes, 99 * kMiB);
}

TEST(RingMemory, MustGiveEachWorkerEightBlocks) {
  EXPECT_EQ(capture_of("  ring: {memory: 32MiB}\n  workers: 4\n").workers, 4U);
  EXPECT_EQ(error_of(with_capture("  ring: {memory: 32MiB}\n  workers: 5\n"), host_with(8)),
            "r.yaml:4:18: captures[0].ring.memory: 32MiB / (1 interface x 5 workers) = 6 blocks of "
            "1MiB for each ring; at least 8 are needed: use 40MiB or more, or fewer workers");
  EXPECT_THAT(error_of(budget("1TiB", "  workers: 64\n"), host_with(64)),
              StartsWith("r.yaml:3:3: captures[0].ring.memory: 256MiB / "));
}

TEST(RingMemory, IsDividedOverInterfacesAndWorkers) {
  EXPECT_EQ(interfaces_of("[a, b]", "  workers: 4\n  ring: {memory: 78MiB}\n", host_with(4))
                .ring_memory_bytes,
            72 * kMiB);
  EXPECT_EQ(
      error_of("captures:\n- {name: web, interfaces: [a, b], workers: 4, ring: {memory: "
               "60MiB}}\n"),
      "r.yaml:2:62: captures[0].ring.memory: 60MiB / (2 interfaces x 4 workers) = 7 blocks of "
      "1MiB for each ring; at least 8 are needed: use 64MiB or more, or fewer workers or "
      "interfaces");
}

TEST(AutoRotateSize, IsAQuarterOfEachRingsShareAndAtMost256MiB) {
  EXPECT_EQ(capture_of("").rotate_size_bytes, 256 * kMiB);
  EXPECT_EQ(settings_of(budget("1GiB", "  workers: 4\n")).captures[0].rotate_size_bytes, 64 * kMiB);
  EXPECT_EQ(settings_of(budget("100MiB", "  workers: 3\n  rotate: {size: auto}\n"))
                .captures[0]
                .rotate_size_bytes,
            8 * kMiB);
}

TEST(AutoRotateSize, GoesByTheCapturesOwnShareAndRings) {
  const Settings settings = settings_of(
      "storage: {max_size: 1GiB}\ncaptures:\n"
      "- {name: a, interfaces: [eth0], workers: 2}\n"
      "- {name: b, interfaces: [eth0], workers: 1, rotate: {size: 10MiB}}\n");
  EXPECT_EQ(settings.captures[0].rotate_size_bytes, 64 * kMiB);
  EXPECT_EQ(settings.captures[1].rotate_size_bytes, 10 * kMiB);
}

TEST(AutoRotateSize, IsRefusedBelowTwoMebibytes) {
  EXPECT_EQ(settings_of(budget("32MiB", "  workers: 4\n")).captures[0].rotate_size_bytes, 2 * kMiB);
  EXPECT_EQ(error_of(budget("31MiB", "  workers: 4\n")),
            "r.yaml:1:21: storage.max_size: 31MiB / (4 x 4 rings) = 1MiB in whole MiB for an "
            "automatic rotate.size of captures[0]; at least 2MiB is needed: use 32MiB or more, or "
            "fewer workers");
}

TEST(Budget, MustHoldTwoFilesAndTheStartOfAThirdForEachRing) {
  EXPECT_EQ(settings_of(budget("2116MiB", "  workers: 4\n  rotate: {size: 256MiB}\n"))
                .storage.max_size_bytes,
            2116 * kMiB);
  EXPECT_EQ(
      error_of(budget("2115MiB", "  workers: 4\n  rotate: {size: 256MiB}\n")),
      "r.yaml:1:21: storage.max_size: captures[0] needs 4 rings x (2 x 256MiB + 16MiB + 1MiB) "
      "= 2116MiB, more than its share of 2115MiB (two files and the start of a third for each "
      "ring): use 2116MiB or more, or a smaller rotate.size, or fewer workers");
}

TEST(Budget, CountsTheRingsOfAllInterfaces) {
  EXPECT_THAT(error_of("storage: {max_size: 100MiB}\ncaptures:\n- {name: web, interfaces: [a, b], "
                       "workers: 4, rotate: {size: 10MiB}}\n"),
              HasSubstr("needs 8 rings x (2 x 10MiB + 10MiB + 1MiB) = 248MiB"));
  EXPECT_THAT(error_of("storage: {max_size: 40MiB}\ncaptures:\n- {name: web, interfaces: [a, b], "
                       "workers: 4}\n"),
              HasSubstr("40MiB / (4 x 8 rings) = 1MiB"));
}

TEST(Budget, CountsASmallFilesOwnSizeAsItsFirstStep) {
  EXPECT_EQ(settings_of(budget("7MiB", "  workers: 1\n  rotate: {size: 2MiB}\n"))
                .captures[0]
                .rotate_size_bytes,
            2 * kMiB);
  EXPECT_THAT(error_of(budget("6MiB", "  workers: 1\n  rotate: {size: 2MiB}\n")),
              HasSubstr("1 ring x (2 x 2MiB + 2MiB + 1MiB) = 7MiB"));
}

TEST(Budget, IsSharedEquallyByTheCaptures) {
  EXPECT_THAT(
      error_of("storage: {max_size: 60MiB}\ncaptures:\n"
               "- {name: a, interfaces: [eth0], workers: 1, rotate: {size: 4MiB}}\n"
               "- {name: b, interfaces: [eth0], workers: 1, rotate: {size: 10MiB}}\n"),
      HasSubstr("captures[1] needs 1 ring x (2 x 10MiB + 10MiB + 1MiB) = 31MiB, more than its "
                "share of 60MiB / 2 captures (two files and the start of a third for each "
                "ring): use 62MiB or more"));
}

TEST(KeepSize, IsAnEqualShareOfWhatTheExplicitOnesLeave) {
  const Settings settings = settings_of(
      "storage: {max_size: 1000MiB}\ncaptures:\n"
      "- {name: a, interfaces: [eth0], workers: 1}\n"
      "- {name: b, interfaces: [eth0], workers: 1, keep: {size: 600MiB}}\n"
      "- {name: c, interfaces: [eth0], workers: 1, keep: {size: auto}}\n");
  EXPECT_EQ(settings.captures[0].keep.size_bytes, 200 * kMiB);
  EXPECT_EQ(settings.captures[1].keep.size_bytes, 600 * kMiB);
  EXPECT_EQ(settings.captures[2].keep.size_bytes, 200 * kMiB);
  EXPECT_EQ(settings.captures[0].rotate_size_bytes, 50 * kMiB) << "which follows the share";
  EXPECT_EQ(settings.captures[1].rotate_size_bytes, 150 * kMiB);
}

TEST(KeepSize, MayLeaveSomeOfMaxSizeToNobody) {
  EXPECT_EQ(settings_of(budget("1GiB", "  keep: {size: 100MiB}\n")).captures[0].keep.size_bytes,
            100 * kMiB);
}

TEST(KeepSize, OfAllCapturesMustFitIntoMaxSize) {
  const std::string captures =
      "captures:\n- {name: a, interfaces: [eth0], keep: {size: 600MiB}}\n"
      "- {name: b, interfaces: [eth0]}\n- {name: c, interfaces: [eth0], keep: {size: 500MiB}}\n";
  EXPECT_EQ(error_of("storage: {max_size: 1000MiB}\n" + captures),
            "r.yaml:1:21: storage.max_size: the captures' keep.size make 600MiB of captures[0] + "
            "500MiB of captures[2] = 1100MiB, more than 1000MiB: use 1100MiB or more, or a smaller "
            "keep.size");
}

TEST(KeepSize, MustHoldTwoFilesAndTheStartOfAThirdForEachRing) {
  EXPECT_EQ(
      error_of(budget("1GiB", "  workers: 1\n  rotate: {size: 10MiB}\n  keep: {size: 30MiB}\n")),
      "r.yaml:7:16: captures[0].keep.size: captures[0] needs 1 ring x (2 x 10MiB + 10MiB + 1MiB) "
      "= 31MiB, more than its share of 30MiB (two files and the start of a third for each ring): "
      "use 31MiB or more, or a smaller rotate.size, or fewer workers");
  EXPECT_THAT(error_of(budget("1GiB", "  workers: 4\n  keep: {size: 31MiB}\n")),
              HasSubstr("captures[0].keep.size: 31MiB / (4 x 4 rings) = 1MiB in whole MiB"));
}

TEST(KeepSize, LeavesTooLittleToTheOthers) {
  EXPECT_THAT(error_of("storage: {max_size: 100MiB}\ncaptures:\n"
                       "- {name: a, interfaces: [eth0], workers: 1, keep: {size: 80MiB}}\n"
                       "- {name: b, interfaces: [eth0], workers: 1, rotate: {size: 10MiB}}\n"
                       "- {name: c, interfaces: [eth0], workers: 1, rotate: {size: 2MiB}}\n"),
              AllOf(HasSubstr("storage.max_size: captures[1] needs "),
                    HasSubstr("more than its share of (100MiB - 80MiB) / 2 captures "),
                    HasSubstr("use 142MiB or more")));
}

TEST(Budget, DoesNotOverflowAtItsLimits) {
  std::string interfaces = "[eth0";
  for (int i = 1; i < 64; ++i) interfaces += ", eth" + std::to_string(i);
  std::string text = "storage: {max_size: 1EiB}\ncaptures:\n";
  for (int i = 0; i < 64; ++i)
    text += "- {name: c" + std::to_string(i) + ", interfaces: " + interfaces +
            "], workers: 256, ring: {memory: 1TiB}, rotate: {size: 1TiB}}\n";
  EXPECT_THAT(error_of(text, host_with(256)),
              AllOf(HasSubstr("needs 16384 rings x (2 x 1TiB + 16MiB + 1MiB) = 33554704GiB"),
                    HasSubstr("use 2097169TiB or more")));
}

TEST(Conflicts, AreNotReportedWhenTheyFollowFromAnotherError) {
  EXPECT_THAT(error_of(budget("lots", "  workers: 64\n  ring: {memory: 1GiB}\n"), host_with(64)),
              HasSubstr("is not a size"));
  EXPECT_THAT(error_of(budget("10MiB", "  workers: many\n")), HasSubstr("captures[0].workers"));
  EXPECT_THAT(
      error_of("captures:\n- {name: a, interfaces: [a/b], ring: {memory: 8MiB}, workers: 4}\n"),
      HasSubstr("is no interface name"));
  EXPECT_THAT(error_of(budget("10MiB", "  rotate: 1GiB\n")), HasSubstr("captures[0].rotate: "));
}

TEST(Conflicts, AreReportedBesideErrorsThatTheyDoNotFollowFrom) {
  EXPECT_THAT(parse_text(budget("10MiB", "  snaplen: x\n")).errors,
              ElementsAre(HasSubstr("storage.max_size"), HasSubstr("captures[0].snaplen")));
}

TEST(Resolve, ChangesNothingTheSecondTime) {
  Settings settings = settings_of(budget("1000MiB", "  ring: {memory: 100MiB}\n"));
  const Settings once = settings;
  EXPECT_THAT(resolve(settings, kFourCpus), IsEmpty());
  EXPECT_EQ(settings, once);
}

}  // namespace
}  // namespace ringtail::settings
