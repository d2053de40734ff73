# shellcheck shell=bash
# Requests all along, while something else happens.

load_pid=''

# start_load FILE CLIENTS URL...
start_load() {
  rm -f "$1" "$1.stop"
  python3 docker/test/load.py "$@" &
  load_pid=$!
}

# end_load FILE WHEN: fails when a request did; else `requests` says how many there were.
end_load() {
  local failed answered
  touch "$1.stop"
  wait "$load_pid"
  load_pid=''
  read -r answered failed < <(python3 -c 'import json, sys; load = json.load(open(sys.argv[1])); print(load["answered"], load["failed"])' "$1")
  if [[ $failed != 0 || $answered == 0 ]]; then
    cat "$1"
    fail "$failed requests failed $2, $answered were answered"
  fi
  # shellcheck disable=SC2034 # It is the caller's.
  requests="$answered requests, 0 failed"
}

clean_up_load() { [[ -z $load_pid ]] || kill "$load_pid" 2>/dev/null; }
