#!/bin/sh
# secrets.sh FOLDER: makes those secrets of the development services that are not there
# yet. What is put into the folder by hand stays.
set -eu
cd "$1"

# make NAME VALUE: readable for the services' users, and the file of the folder's owner.
make() {
  [ ! -s "$1" ] || return 0
  printf %s "$2" >"$1"
  chown "$(stat -c %u:%g .)" "$1"
  chmod 644 "$1"
  echo "made the secret $1"
}

make fastservice_postgres_user sample
make fastservice_postgres_passwd "$(head -c 24 /dev/urandom | base64)"
