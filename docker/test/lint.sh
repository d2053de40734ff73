# shellcheck shell=bash
# The Dockerfiles and the shell code of docker/, read by hadolint and shellcheck.

lint() {
  need shellcheck shellcheck || return 1
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt-get install -y -qq python3-venv >/dev/null || return 1
  shellcheck -x docker/test.sh docker/secrets.sh docker/standins/*.sh || return 1
  [[ -d $work/lint ]] || python3 -m venv "$work/lint" || return 1
  "$work/lint/bin/pip" install -q --disable-pip-version-check --require-hashes -r docker/test/requirements.txt || return 1
  # The stand-ins take what Debian has.
  "$work/lint/bin/hadolint" docker/Dockerfile docker/Dockerfile.dev &&
    "$work/lint/bin/hadolint" --ignore DL3008 docker/standins/*.Dockerfile
}
