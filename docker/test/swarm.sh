# shellcheck shell=bash
# The stack of deploy/ as it is, on a Swarm of this one machine.

stack=fastservice-stack
api=${stack}_api
mesh_pid='' swarm_is_ours=''

# Shorter than in production, in the same order: a replica whose check fails is known to
# be bad after some 3 s, less than the delay, which is less than the monitor's time. The
# check's own time is long, since a busy machine is no bad release.
stack_settings() {
  export HEALTH_INTERVAL=1s HEALTH_TIMEOUT=20s HEALTH_START_PERIOD=10s UPDATE_DELAY=10s UPDATE_MONITOR=15s \
    ROLLBACK_MONITOR=2s RESTART_DELAY=1s SHUTDOWN_DELAY=2s SHUTDOWN_TIMEOUT=10s STOP_GRACE_PERIOD=20s ROLL_OUT_TIMEOUT=300
  PUBLISHED_PORT=$(free_port)
  export PUBLISHED_PORT
}

# roll_out RELEASE ENDS TEXT: deploys it as deploy/README.md says, which ends with that status
# and text.
roll_out() {
  local status=0
  IMAGE=$image:release-$1 deploy/roll-out "$stack" deploy/stack.db.yml >"$work/roll-out.log" 2>&1 || status=$?
  if [[ $status != "$2" ]] || ! grep -q "$3" "$work/roll-out.log"; then
    cat "$work/roll-out.log"
    docker service logs --tail 20 "$api"
    fail "deploy/roll-out of release $1 ended with $status"
  fi
}

# Images of a release: the same again, one that does not start, and one that turns bad
# after its first good checks.
make_releases() {
  local context=$work/tenant
  for release in one two; do
    printf 'FROM %s:one\nCOPY jwks.json /jwks.json\nLABEL release=%s\n' "$image" "$release" |
      docker build -q -t "$image:release-$release" -f - "$context" >"$work/releases.log" 2>&1 || return 1
  done
  printf 'FROM %s:release-two\nENV PORT=none\n' "$image" |
    docker build -q -t "$image:release-broken" - >"$work/releases.log" 2>&1 || return 1
  cat >"$context/turns-bad.sh" <<'SCRIPT'
#!/bin/sh
if [ "${1:-}" = healthcheck ]; then
  echo >>/dev/shm/checks
  [ "$(wc -l </dev/shm/checks)" -le 2 ] || exit 1
fi
exec /usr/local/bin/good "$@"
SCRIPT
  chmod 755 "$context/turns-bad.sh"
  cat >"$context/Dockerfile.bad" <<DOCKERFILE
FROM $RUST_IMAGE
COPY --from=$image:release-two /usr/local/bin/sample-service /usr/local/bin/good
COPY turns-bad.sh /usr/local/bin/sample-service
COPY jwks.json /jwks.json
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/sample-service"]
DOCKERFILE
  docker build -q -t "$image:release-bad" -f "$context/Dockerfile.bad" "$context" >"$work/releases.log" 2>&1
}

# healthy_replicas RELEASE: how many there are.
healthy_replicas() {
  docker ps -q --filter "label=com.docker.swarm.service.name=$api" --filter health=healthy \
    --filter "ancestor=$image:release-$1" | wc -l
}
runs_three_of() { [[ $(healthy_replicas "$1") == 3 && $(docker ps -q --filter "label=com.docker.swarm.service.name=$api" | wc -l) == 3 ]]; }

# A kernel without IPVS has no routing mesh; then ours takes its place.
start_mesh() {
  [[ -d /proc/sys/net/ipv4/vs ]] || modprobe ip_vs 2>/dev/null && return
  python3 docker/test/mesh.py "$api" "$PUBLISHED_PORT" >"$work/mesh.log" 2>&1 &
  mesh_pid=$!
}

# under_load RELEASE ENDS TEXT: the same under load, of which no request may fail. Release two
# serves after each.
under_load() {
  local load=$work/load-$1.json start=$SECONDS base=http://127.0.0.1:$PUBLISHED_PORT
  start_load "$load" 4 "$base/heartbeat/" "$base/pub/public_api/"
  roll_out "$@"
  took=$((SECONDS - start))
  until_true 40 runs_three_of two || { docker service ps "$api"; fail "no three replicas of release two after release $1"; }
  end_load "$load" "while release $1 was rolled out"
}

test_swarm() {
  local user member machine took requests
  if [[ $(docker info -f '{{.Swarm.LocalNodeState}}') != inactive ]]; then
    sum '*** this engine is in a Swarm, which is left alone: the stack is NOT tested ***'
    return
  fi
  docker image inspect "$image:one" >/dev/null 2>&1 || build_production --tag "$image:one"
  stack_settings
  make_releases || { cat "$work/releases.log"; fail 'the images of the releases'; }
  docker swarm init --advertise-addr 127.0.0.1 >/dev/null || fail 'docker swarm init'
  swarm_is_ours=yes
  settings_file "$work/tenant/stack_env_config" JWKS_FILE=/jwks.json FASTSERVICE_POSTGRES_HOST=db FASTSERVICE_POSTGRES_DB=sample
  docker config create sample_env_config "$work/tenant/stack_env_config" >/dev/null || fail 'the config'
  printf sample | docker secret create sample_postgres_user - >/dev/null || fail 'a secret'
  head -c 24 /dev/urandom | base64 | tr -d '\n' | docker secret create sample_postgres_passwd - >/dev/null || fail 'a secret'
  printf only-for-the-test | docker secret create sample_api_client_secret - >/dev/null || fail 'a secret'

  roll_out one 0 serves
  until_true 40 runs_three_of one || fail 'no three healthy replicas'
  start_mesh
  until_true 20 answers "$PUBLISHED_PORT" || fail 'the published port of the stack'
  tenant_tokens || fail 'tokens of the tenant'
  call_endpoints "http://127.0.0.1:$PUBLISHED_PORT" "$user" "$member" "$machine" || fail 'an endpoint of the stack'
  say 'stack: 3 healthy replicas'

  under_load two 0 serves
  sum "stack: 3 replicas were replaced one by one in $took s under load, $requests"
  under_load broken 1 rollback_completed
  sum "stack: a release that does not start was rolled back in $took s, $requests"
  under_load bad 1 rollback_completed
  sum "stack: a release that turned bad after its first good checks was rolled back in $took s, $requests"
}

answers() { ! refuses "$1"; }

clean_up_swarm() {
  [[ -z $mesh_pid ]] || kill "$mesh_pid" 2>/dev/null
  [[ -n $swarm_is_ours ]] || return
  docker stack rm "$stack" >/dev/null 2>&1
  until_true 40 stack_is_gone
  docker volume rm "${stack}_db" >/dev/null 2>&1
  docker swarm leave -f >/dev/null 2>&1
}

# `stack rm` returns before the containers end.
stack_is_gone() {
  local label=label=com.docker.stack.namespace=$stack
  [[ -z $(docker ps -aq --filter "$label")$(docker network ls -q --filter "$label") ]]
}
