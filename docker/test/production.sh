# shellcheck shell=bash
# The production image: built as the README says, run with a read-only root, no rights
# and settings and secrets in files.

# tenant_tokens: sets user, member and machine, as a production build accepts them.
tenant_tokens() {
  local token=(python3 docker/test/tenant.py token "$work/tenant")
  user=$("${token[@]}" 'auth0|123') &&
    member=$("${token[@]}" 'auth0|123' scope='message write:items' permissions=read:messages) &&
    machine=$("${token[@]}" billing@clients gty=client-credentials azp=billing)
}

# settings_file FILE LINE...: those of a production build, which trusts the tenant.
settings_file() {
  local file=$1
  shift
  printf '%s\n' 'SERVICE_NAME=sample-service' 'AUTH0_DOMAIN=tenant.example' \
    'API_IDENTIFIER=https://api.example' 'M2M_USER=billing' "$@" >"$file"
}

run_production() {
  docker run -d --name "$project-service" --publish 127.0.0.1::8000 \
    --read-only --cap-drop ALL --security-opt no-new-privileges \
    --volume "$project-data:/data" \
    --volume "$work/tenant/env_config:/env_config:ro" \
    --volume "$work/tenant/jwks.json:/jwks.json:ro" \
    --volume "$work/tenant/secrets:/run/secrets:ro" \
    "$image:one" >/dev/null || fail 'docker run'
  until_true 60 is_healthy "$project-service" || { docker logs "$project-service"; fail 'the production image is not healthy'; }
  port=$(docker port "$project-service" 8000 | head -n 1)
  port=${port##*:}
}

# build_production ARGUMENTS...
build_production() {
  docker build -f "$clone/docker/Dockerfile" --build-arg "RUST_IMAGE=$RUST_IMAGE" --build-arg "RUNTIME_IMAGE=$RUNTIME_IMAGE" \
    "$@" "$clone" >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; fail 'the production image'; }
}

test_production() {
  local start=$SECONDS user member machine port count
  build_production --tag "$image:one" --build-arg VERSION=1.2.3
  sum "production image: $(megabytes "$image:one"), of it the base $(megabytes "$RUNTIME_IMAGE"), built in $((SECONDS - start)) s"
  [[ $(docker image inspect -f '{{index .Config.Labels "org.opencontainers.image.version"}}' "$image:one") == 1.2.3 ]] || fail 'no label'
  if docker run --rm "$image:one" token --sub x >/dev/null 2>&1; then fail 'the production image issues tokens'; fi
  if docker run --rm --entrypoint /bin/sh "$image:one" -c true 2>/dev/null; then fail 'the production image has a shell'; fi
  docker run --rm -e DATABASE_MAX_SIZE=no "$image:one" check-config 2>&1 | grep -q DATABASE_MAX_SIZE || fail 'no command runs in the image'

  keeps_dependencies

  mkdir -p "$work/tenant/secrets"
  printf only-for-the-test >"$work/tenant/secrets/api_client_secret"
  settings_file "$work/tenant/env_config" JWKS_FILE=/jwks.json
  tenant_tokens || fail 'tokens of the tenant'
  run_production
  call_endpoints "http://127.0.0.1:$port" "$user" "$member" "$machine" || fail 'an endpoint of the production image'
  [[ $(docker top "$project-service" -eo uid,pid | awk 'NR > 1 { print $1 }' | sort -u) == 10001 ]] || fail 'a process has other rights'
  docker cp "$project-service:/etc/ssl/certs/ca-certificates.crt" - | grep -a -q 'BEGIN CERTIFICATE' || fail 'no certificates'
  docker logs "$project-service" 2>&1 | grep -q 'request ended' || fail 'no record of a request'
  if docker logs "$project-service" 2>&1 | grep -q -e only-for-the-test -e "${user##*.}"; then fail 'a secret in the log'; fi
  count=$(visitors "http://127.0.0.1:$port")
  stop_in_mid_request
  docker rm "$project-service" >/dev/null
  run_production
  [[ $(visitors "http://127.0.0.1:$port") == $((count + 1)) ]] || fail 'the volume lost its data'
  docker rm -f "$project-service" >/dev/null
  sum 'production image: user 10001, root read-only, no capabilities, no shell, its volume keeps the data'
}

# New code leaves the layer of dependencies as it is.
keeps_dependencies() {
  local handler=$clone/sample-service/src/public_api.rs built
  build_production --quiet --target dependencies
  built=$(tail -n 1 "$work/build.log")
  echo '// edited' >>"$handler"
  build_production --quiet --target dependencies
  [[ $(tail -n 1 "$work/build.log") == "$built" ]] || fail 'an edited handler builds the dependencies again'
  sed -i '$d' "$handler"
}

# The request is sent but for its last byte when the stop comes, and that follows
# when the container refuses new ones.
stop_in_mid_request() {
  local go=$work/tenant/go request line=''
  rm -f "$go"
  coproc REQUEST { exec python3 docker/test/slow_request.py "$port" "$member" "$go"; }
  request=$REQUEST_PID
  read -r -t 20 -u "${REQUEST[0]}" line
  [[ $line == sent ]] || fail 'the slow request'
  docker stop -t 30 "$project-service" >/dev/null &
  until_true 20 refuses "$port" || fail 'a stop that nobody noticed'
  touch "$go"
  read -r -t 20 -u "${REQUEST[0]}" line
  [[ $line == 201 ]] || fail "a request under way at docker stop was answered with \"$line\""
  wait "$request" $!
  [[ $(docker inspect -f '{{.State.ExitCode}}' "$project-service") == 0 ]] || fail 'docker stop ended with a failure'
  sum 'docker stop: the request under way was answered with 201, the exit status was 0'
}

refuses() { ! curl -sf --max-time 2 "http://127.0.0.1:$1/heartbeat/" >/dev/null 2>&1; }

clean_up_production() {
  docker rm -f "$project-service" >/dev/null 2>&1
  docker volume rm "$project-data" >/dev/null 2>&1
}
