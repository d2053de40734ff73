# shellcheck shell=bash
# A Docker engine for the test: the one that answers, or else one of its own, which
# ends with the test. Its images stay in $work, so that the next run is quick.

# start_engine: 1 where there is none and none can be started.
start_engine() {
  engine_pid='' engine_log=$work/engine.log
  if docker info >/dev/null 2>&1; then
    say "the engine that runs: $(docker version -f '{{.Server.Version}}')"
    return
  fi
  need dockerd docker.io && need iptables iptables || return 1
  # A socket's path must be short, which that of a clone need not be.
  engine=$(mktemp -d /tmp/fastservice-engine.XXXXXX)
  export DOCKER_HOST=unix://$engine/docker.sock
  policy=$(iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')
  forwarding=$(cat /proc/sys/net/ipv4/ip_forward)
  setsid dockerd --data-root "$work/engine" --exec-root "$engine/run" --pidfile "$engine/docker.pid" \
    -H "$DOCKER_HOST" >"$engine_log" 2>&1 </dev/null &
  engine_pid=$!
  for _ in $(seq 300); do
    docker info >/dev/null 2>&1 && break
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.1
  done
  docker info >/dev/null 2>&1 || return 1
  say "an engine of its own: $(docker version -f '{{.Server.Version}}')"
}

# What an engine leaves in the machine goes with it: bridges and packet filter rules.
stop_engine() {
  [[ -n ${engine_pid:-} ]] || return 0
  docker ps -q 2>/dev/null | xargs -r docker kill >/dev/null 2>&1
  kill "$engine_pid" 2>/dev/null
  for _ in $(seq 300); do kill -0 "$engine_pid" 2>/dev/null || break; sleep 0.1; done
  if kill -9 "$engine_pid" 2>/dev/null; then
    kill -9 "$(cat "$engine/run/containerd/containerd.pid")" 2>/dev/null
  fi
  engine_pid=''
  if ! pgrep -x dockerd >/dev/null; then
    local bridge table
    for bridge in docker0 docker_gwbridge; do ip link del "$bridge" 2>/dev/null; done
    for table in filter nat mangle; do
      iptables-save -t "$table" 2>/dev/null | grep -v -i docker | iptables-restore -T "$table" 2>/dev/null
    done
    [[ -z $policy ]] || iptables -P FORWARD "$policy"
    echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
  fi
  awk -v below="$engine/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
  rm -rf "$engine"
}
