#!/bin/bash
# The first start makes the database, and no TCP connection comes before it is there.
set -euo pipefail
password=${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}
user=${POSTGRES_USER:-$(cat "${POSTGRES_USER_FILE:-/dev/null}")}
user=${user:-postgres}
database=${POSTGRES_DB:-$user}
if [[ ${1:-} == postgres && $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  export POSTGRES_PASSWORD=$password POSTGRES_USER=$user
  exec setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
fi
if [[ ${1:-} == postgres && ! -s $PGDATA/PG_VERSION ]]; then
  if [[ -z $password ]]; then
    echo 'set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE' >&2
    exit 1
  fi
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w -s start
  if [[ $database != postgres ]]; then
    createdb --username="$user" --maintenance-db=postgres "$database"
  fi
  pg_ctl -D "$PGDATA" -m fast -w -s stop
fi
unset POSTGRES_PASSWORD
exec "$@"
