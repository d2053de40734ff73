#!/usr/bin/env bash
# test.sh [production] [compose] [swarm]: the production image, the compose project and the
# Swarm stack of this repository, run for real; all three when none is named.
# Without a registry it makes stand-ins for the base images; without an engine it starts
# one, and where it cannot, it says so and passes. It takes all away that it made, but for
# images, and in an engine of its own what was built in volumes: the next run is quick.
# Each failure is named where it happens.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(realpath -m "${CARGO_TARGET_DIR:-target}")/docker
clone=$work/clone
project=fastservice-test
image=fastservice-test
mkdir -p "$work"
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0 COMPOSE_PROJECT_NAME=$project

summary=()
say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
sum() { summary+=("$*"); say "$*"; }
fail() { printf '\nFAILED: %s\n' "$*"; exit 1; }

# until_true SECONDS COMMAND...: whether it was true in time.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}

# need COMMAND PACKAGE: installs what is missing.
need() {
  command -v "$1" >/dev/null && return
  [[ -n ${apt_is_fresh:-} ]] || apt-get update -qq >"$work/apt.log" 2>&1
  apt_is_fresh=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >"$work/apt.log" 2>&1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# is_healthy CONTAINER
is_healthy() { [[ $(docker inspect -f '{{.State.Health.Status}}' "$1" 2>/dev/null) == healthy ]]; }

# megabytes IMAGE
megabytes() { docker image inspect -f '{{.Size}}' "$1" | awk '{ printf "%.1f MB", $1 / 1e6 }'; }

# shellcheck source=docker/test/lint.sh
. docker/test/lint.sh
# shellcheck source=docker/test/engine.sh
. docker/test/engine.sh
# shellcheck source=docker/test/standins.sh
. docker/test/standins.sh
# shellcheck source=docker/test/endpoints.sh
. docker/test/endpoints.sh
# shellcheck source=docker/test/load.sh
. docker/test/load.sh
# shellcheck source=docker/test/production.sh
. docker/test/production.sh
# shellcheck source=docker/test/compose.sh
. docker/test/compose.sh
# shellcheck source=docker/test/swarm.sh
. docker/test/swarm.sh

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  clean_up_load
  clean_up_swarm
  clean_up_compose
  clean_up_production
  stop_engine
  rm -rf "$clone" "$work/tenant"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

lint || fail 'hadolint or shellcheck'
if ! start_engine; then
  tail -n 5 "$engine_log" "$work/apt.log" 2>/dev/null
  printf '\n*** NO DOCKER ENGINE RUNS OR STARTS HERE: images, compose project and stack are NOT tested ***\n\n'
  exit 0
fi
make_standins || fail 'a base image'
say "base images: $RUST_IMAGE, $RUNTIME_IMAGE, $POSTGRES_IMAGE"

# A copy: what the test edits and what containers write never touches the sources.
rm -rf "$clone" "$work/tenant"
mkdir -p "$clone" "$work/tenant"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --ignore-failed-read -cf - 2>/dev/null | tar -xf - -C "$clone"
chmod -R a+rX "$clone"
python3 docker/test/tenant.py new "$work/tenant" || fail 'the keys of the tenant'

[[ $# != 0 ]] || set -- production compose swarm
for part; do "test_$part"; done
sum "endpoints called through a published port, and right: $called"

printf '\n=== docker: passed in %s s\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
