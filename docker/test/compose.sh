# shellcheck shell=bash
# The compose project: from nothing to a service with a database, by one command.

compose_command=()
compose() { (cd "$clone" && "${compose_command[@]}" -f docker/docker-compose.yml "$@"); }

# Compose v2 and its builder are in the next Debian release; no source of apt is added.
compose_v2() {
  local from=$work/compose-v2 apt package
  docker compose version >/dev/null 2>&1 && return
  export DOCKER_CONFIG=$work/docker-config
  docker compose version >/dev/null 2>&1 && return
  rm -rf "$from"
  mkdir -p "$from"/{sources,lists/partial,cache/archives/partial,none,root} "$DOCKER_CONFIG/cli-plugins"
  awk 'BEGIN { RS = ""; ORS = "\n\n" } !/security/' /etc/apt/sources.list.d/debian.sources |
    sed 's/^Suites:.*/Suites: trixie/' >"$from/sources/trixie.sources"
  apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$from/sources"
    -o Dir::Etc::preferencesparts="$from/none" -o Dir::State::lists="$from/lists" -o Dir::Cache="$from/cache"
    -o APT::Sandbox::User=root -o Acquire::Languages=none)
  "${apt[@]}" update && (cd "$from" && "${apt[@]}" download docker-compose docker-buildx) || return 1
  for package in "$from"/*.deb; do dpkg -x "$package" "$from/root" || return 1; done
  cp "$from"/root/usr/libexec/docker/cli-plugins/* "$DOCKER_CONFIG/cli-plugins/"
  rm -rf "$from"
  docker compose version >/dev/null
}

test_compose() {
  export PORT
  PORT=$(free_port)
  need docker-compose docker-compose || fail 'docker-compose 1.29'
  compose_command=(docker-compose)
  project_works 'docker-compose 1.29'
  compose down >"$work/compose.log" 2>&1 || fail 'docker-compose down'
  compose_v2 >"$work/compose-v2.log" 2>&1 || { cat "$work/compose-v2.log"; fail 'Compose v2'; }
  # The Dockerfile is one for BuildKit too.
  DOCKER_BUILDKIT=1 docker build -q -f "$clone/docker/Dockerfile" --target manifests --build-arg "RUST_IMAGE=$RUST_IMAGE" "$clone" \
    >"$work/buildkit.log" 2>&1 || { cat "$work/buildkit.log"; fail 'BuildKit'; }
  compose_command=(docker compose)
  project_works "Compose $(docker compose version --short)"
  reloads
  clean_up_compose
  unset PORT
}

# compose_up LIMIT: `up`, and healthy within LIMIT seconds.
compose_up() {
  compose up -d --build >"$work/compose.log" 2>&1 || { tail -n 40 "$work/compose.log"; fail 'compose up'; }
  service=$(compose ps -q service)
  until_true "$1" is_healthy "$service" || { docker logs --tail 40 "$service"; fail 'the compose project is not healthy'; }
}

project_works() {
  local name=$1 start=$SECONDS base=http://127.0.0.1:$PORT user member machine count service
  compose_up 2400
  say "$name: healthy after $((SECONDS - start)) s"
  user=$(compose exec -T service sample-service token --sub 'auth0|123' </dev/null)
  member=$(compose exec -T service sample-service token --sub 'auth0|123' --scope message --permission read:messages </dev/null)
  machine=$(curl -sS -d grant_type=client_credentials -d client_id=dev-client -d client_secret=dev-secret \
    "$base/dev-issuer/oauth/token" | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  call_endpoints "$base" "$user" "$member" "$machine" || fail "an endpoint of the compose project by $name"
  expect 200 "\"issuer\":\"http://localhost:$PORT/dev-issuer/\"" "$base/dev-issuer/.well-known/openid-configuration" || fail 'the development issuer'
  expect 200 '<html' "$base/docs" || fail 'the documentation'
  [[ $(docker top "$service" -eo uid,pid,args | awk '/sample-service/ { print $1 }' | sort -u) == 1000 ]] || fail 'the service has other rights'
  docker logs "$service" 2>&1 | grep -q 'request ended' || fail 'no record of a request'
  count=$(visitors "$base")
  compose down >"$work/compose.log" 2>&1 || fail 'compose down'
  start=$SECONDS
  compose_up 300
  [[ $(visitors "$base") == $((count + 1)) ]] || fail 'the data did not survive down and up'
  sum "$name: data survived down and up ($((SECONDS - start)) s)"
}

# A handler is edited under load: no request fails, and the new code answers.
reloads() {
  local base=http://127.0.0.1:$PORT handler=$clone/sample-service/src/public_api.rs start took load=$work/reload.json requests
  start_load "$load" 2 "$base/pub/public_api/"
  sed -i 's/Visitor # {number}/Guest # {number}/' "$handler"
  start=$(date +%s%N)
  until_true 300 says_guest "$base" || { compose logs --tail 40 service; fail 'the edited handler does not answer'; }
  took=$((($(date +%s%N) - start) / 100000000))
  end_load "$load" 'during the reload'
  sum "reload: $((took / 10)).$((took % 10)) s from saving a handler to its answer, $requests"
  echo 'ERROR_FORMAT=fastapi' >>"$clone/sample-service/config/env_config"
  until_true 60 says_detail "$base" || { compose logs --tail 40 service; fail 'a changed setting does not count'; }
}

says_guest() { curl -sS --max-time 60 "$1/pub/public_api/" | grep -q 'Guest #'; }
says_detail() { curl -sS --max-time 60 "$1/nowhere" | grep -q '^{"detail":'; }

# What was built in the volumes stays in an engine of its own, for the next run.
clean_up_compose() {
  [[ ${#compose_command[@]} == 0 ]] && return
  compose down -t 5 >/dev/null 2>&1
  docker volume rm "${project}_db" >/dev/null 2>&1
  [[ -n ${engine_pid:-} ]] || docker volume rm "${project}_target" "${project}_cargo-registry" >/dev/null 2>&1
}
