# shellcheck shell=bash
# Every endpoint that the Python service had, called through a published port.

called=0

# expect STATUS TEXT CURL-ARGUMENTS...: the status is this, and the answer contains this.
expect() {
  local status=$1 text=$2 got
  shift 2
  got=$(curl -sS -i --max-time 30 "$@" 2>&1)
  if [[ $(head -1 <<<"$got") != *" $status "* || $got != *"$text"* ]]; then
    printf 'expected %s with %s from: curl %s\ngot:\n%s\n' "$status" "$text" "${*: -1}" "$got"
    return 1
  fi
  called=$((called + 1))
}

bearer() { printf 'authorization: Bearer %s' "$1"; }

# call_endpoints BASE USER MEMBER MACHINE: a token without rights, one with the scope
# `message` and the permission `read:messages`, and one of a machine.
call_endpoints() {
  local base=$1 user=$2 member=$3 machine=$4
  expect 200 '["ok"]' "$base/heartbeat/" &&
    expect 200 '"status":"ready"' "$base/ready" &&
    expect 200 '{"Hello":"Visitor # ' "$base/pub/public_api/" &&
    expect 307 'location: /pub/public_api/' "$base/pub/public_api" &&
    expect 200 '"/priv/private_api/"' "$base/openapi.json" &&
    expect 401 'www-authenticate: Bearer realm="sample-service"' "$base/priv/private_api/" &&
    expect 401 'error="invalid_token"' -H "$(bearer "${user}x")" "$base/priv/private_api/" &&
    expect 200 '{"Hello User":"auth0|123"}' -H "$(bearer "$user")" "$base/priv/private_api/" &&
    expect 403 'insufficient_scope' -H "$(bearer "$user")" "$base/priv/scoped_api/" &&
    expect 200 'auth0|123' -H "$(bearer "$member")" "$base/priv/scoped_api/" &&
    expect 403 'insufficient_permission' -H "$(bearer "$user")" "$base/priv/permissioned_api/" &&
    expect 200 'auth0|123' -H "$(bearer "$member")" "$base/priv/permissioned_api/" &&
    expect 403 'insufficient_permission' -H "$(bearer "$member")" "$base/priv/m2m_api/1" &&
    expect 200 '{"This is Message # ":1}' -H "$(bearer "$machine")" "$base/priv/m2m_api/1" &&
    expect 400 'x-error: Invalid Id' -H "$(bearer "$machine")" "$base/priv/m2m_api/0" &&
    expect 422 '"loc":["path","id"]' -H "$(bearer "$machine")" "$base/priv/m2m_api/x"
}

# visitors BASE: how many there have been.
visitors() { curl -sS --max-time 10 "$1/pub/public_api/" | sed -n 's/.*Visitor # \([0-9]*\).*/\1/p'; }
