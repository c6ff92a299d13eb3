#!/bin/sh
# Runs a test program in user and network namespaces of its own:
#
#   run_kernel_test.sh [--as-ordinary-user] PROGRAM [ARGUMENT...]
#
# With --as-ordinary-user, root becomes `nobody` first, with a copy of the program in a folder that
# everybody may read: what the tests need must not need root. Where the system forbids namespaces the
# test is skipped (status 77) and says why, or fails if RINGTAIL_TESTS_MUST_NOT_SKIP is set. The same
# holds for a program that skips one of its tests.
set -u

nobody=65534
become=
folder=
if [ "$1" = --as-ordinary-user ]; then
  shift
  if [ "$(id -u)" = 0 ]; then
    become="setpriv --reuid=$nobody --regid=$nobody --clear-groups"
  fi
fi
program=$1
shift

skip() {
  echo "SKIPPED: $1"
  if [ -n "${RINGTAIL_TESTS_MUST_NOT_SKIP:-}" ]; then
    echo "RINGTAIL_TESTS_MUST_NOT_SKIP is set, so this is a failure"
    exit 1
  fi
  exit 77
}

folder=$(mktemp -d /var/tmp/ringtail-kernel-test.XXXXXX) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

if ! refusal=$($become unshare -Urn true 2>&1); then
  skip "this user may not make user and network namespaces ($refusal)"
fi
if [ -n "$become" ]; then
  cp "$program" "$folder/" || exit 1
  program=$folder/${program##*/}
  mkdir "$folder/files"
  chmod 755 "$folder" "$program"
  chown $nobody:$nobody "$folder/files"
  export RINGTAIL_TEST_DIR="$folder/files" TMPDIR="$folder/files" HOME="$folder/files"
  cd "$folder/files" || exit 1
fi

status_file=$folder/status
{ $become unshare -Urn -- "$program" "$@"; echo $? > "$status_file"; } 2>&1 | tee "$folder/output"
status=$(cat "$status_file")
if [ "$status" = 0 ] && grep -q '^\[  SKIPPED \]' "$folder/output"; then
  skip "see the skipped tests above"
fi
exit "$status"
