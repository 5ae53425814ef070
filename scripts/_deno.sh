# shellcheck shell=sh disable=SC2034
# Read by every script here: where the tree and its private cache are, which Deno runs, and which dependency profile.
#   KEYLESS_PROFILE=jsr|npm   forces a profile (docs/contributing.md)

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
PATH=$cache/bin:$cache/npm/node_modules/.bin:$cache/venv/bin:$cache/venv/Scripts:$PATH
DENO_DIR=$cache/deno
DENO_NO_UPDATE_CHECK=1
export PATH DENO_DIR DENO_NO_UPDATE_CHECK
# Older Deno versions know extra certificate authorities by this name only.
if [ -z "${DENO_CERT:-}" ] && [ -n "${NODE_EXTRA_CA_CERTS:-${SSL_CERT_FILE:-}}" ]; then
  export DENO_CERT="${NODE_EXTRA_CA_CERTS:-$SSL_CERT_FILE}"
fi
# A runtime for compiled programs that .ci/run has put here.
if [ -z "${DENORT_BIN:-}" ] && [ -x "$cache/denort/denort" ]; then
  export DENORT_BIN="$cache/denort/denort"
fi

say() { printf '%s\n' "$*" >&2; }

# at_least HAVE WANT: whether version HAVE is WANT or newer.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

# Sets `deno`; on a new machine it is fetched first.
find_deno() {
  deno=$cache/bin/deno
  [ -x "$deno" ] || "$root/scripts/bootstrap" deno >&2
}

# Sets `profile` and `config`: what is forced, else what was found before, else jsr where jsr.io answers.
choose_profile() {
  profile=${KEYLESS_PROFILE:-}
  why="KEYLESS_PROFILE"
  if [ -z "$profile" ] && [ -f "$cache/profile" ]; then
    profile=$(cat "$cache/profile")
    why=".cache/profile"
  fi
  if [ -z "$profile" ]; then
    profile=npm
    why="jsr.io does not answer"
    ask='const { ok } = await fetch("https://jsr.io/@std/path/meta.json", { signal: AbortSignal.timeout(2000) }); Deno.exit(ok ? 0 : 1)'
    if "$deno" eval --no-config "$ask" >/dev/null 2>&1; then
      profile=jsr
      why="jsr.io answers"
    fi
    printf '%s\n' "$profile" >"$cache/profile"
  fi
  case $profile in
    jsr) config=$root/deno.json ;;
    npm) config=$root/deno.npm.json ;;
    *)
      say "KEYLESS_PROFILE is \"$profile\": it must be jsr or npm"
      exit 2
      ;;
  esac
  export KEYLESS_PROFILE="$profile"
}

# What most scripts begin with.
prepare() {
  find_deno
  choose_profile
  # Said once, not by every script that another one calls.
  [ -n "${KEYLESS_PREPARED:-}" ] || say "Deno $("$deno" --version | sed -n 's/^deno \([0-9.]*\).*/\1/p'), profile $profile ($why)"
  export KEYLESS_PREPARED=yes
}
