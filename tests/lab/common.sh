# Shared by `up`, `down` and the one file per peer; sourced, never run.
#
# Everything the lab makes lies in one folder, .lab/ at the top of the
# repository (git-ignored).

lab_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab_repository=$(cd "$lab_scripts/../.." && pwd)
lab_folder=$lab_repository/.lab

# The peers live on loopback and speak for themselves: a certificate bundle
# meant for the outside world must not decide whom the tests trust.
unset REQUESTS_CA_BUNDLE AWS_CA_BUNDLE CURL_CA_BUNDLE

say() { printf 'lab: %s\n' "$*"; }
complain() { printf 'lab: %s\n' "$*" >&2; }

# Only root on a Debian system may install system packages.
may_install() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; }

# install_packages PACKAGE... : says what it installs, and does.
install_packages() {
  say "installing system packages: $*"
  local log=$lab_folder/apt.log
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive \
         apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    complain "apt-get could not install: $* (its whole output: $log)"
    return 1
  fi
}

# is_running PID WORD : is PID alive, and is WORD in its command line?
# The second half keeps a recycled process id from being taken for ours.
is_running() {
  [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF -- "$2"
}
