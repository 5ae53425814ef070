# shellcheck shell=sh disable=SC2154
# Counts what ran. A script that is called by another one adds to the same count (KEYLESS_TALLY).

outermost=
if [ -z "${KEYLESS_TALLY:-}" ]; then
  outermost=yes
  KEYLESS_TALLY=$cache/tally
  export KEYLESS_TALLY
  mkdir -p "$cache"
  : >"$KEYLESS_TALLY"
fi

# count WHAT NUMBER: WHAT is passed, failed or skipped.
count() { printf '%s %s\n' "$1" "$2" >>"$KEYLESS_TALLY"; }

# counted WHAT: how many so far.
counted() { awk -v what="$1" '$1 == what { n += $2 } END { print n + 0 }' "$KEYLESS_TALLY"; }

# What had failed before this script began is not its own failure.
earlier=$(counted failed)

# attempt NAME COMMAND…: one check; goes on whatever happens.
attempt() {
  name=$1
  shift
  if "$@"; then
    say "ok       $name"
    count passed 1
  else
    say "FAILED   $name"
    count failed 1
  fi
}

# skip NAME REASON
skip() {
  say "skipped  $1: $2"
  count skipped 1
}

# The outermost script prints the closing line. Fails when anything failed since this one began, or when nothing ran.
close_tally() {
  if [ -n "$outermost" ]; then
    skipped=$(counted skipped)
    [ "$skipped" -eq 0 ] || skipped=", $skipped skipped"
    printf '%s passed, %s failed%s\n' "$(counted passed)" "$(counted failed)" "${skipped#0}"
  fi
  [ "$(counted failed)" -eq "$earlier" ] && [ "$(counted passed)" -gt 0 ]
}
