# shellcheck shell=bash
# Stand-ins for the base images, where there is no registry to pull from. They have
# names of their own and are passed as build arguments, so no real image is replaced.
# RUST_IMAGE, RUNTIME_IMAGE and POSTGRES_IMAGE in the environment are used as they are.

standins=docker/standins

# has_standin NAME KEY: one of the same content is not made again.
has_standin() { [[ $(docker image inspect -f '{{index .Config.Labels "standin"}}' "$1" 2>/dev/null) == "$2" ]]; }

standin() {
  local name=$1 key=$2
  shift 2
  has_standin "$name" "$key" && return
  docker build -q --label "standin=$key" -t "$name" --build-arg "DEBIAN_IMAGE=$DEBIAN_IMAGE" "$@" \
    >"$work/${name//[:\/]/-}.log" 2>&1 || { cat "$work/${name//[:\/]/-}.log"; return 1; }
}

debian_standin() {
  # To be raised when what follows makes another image.
  local key=bookworm-1 tar=$work/debian.tar added=$work/added
  has_standin "$DEBIAN_IMAGE" "$key" && return
  need mmdebstrap mmdebstrap || return 1
  # Certificates that the machine's owner added, in case its network needs them.
  mkdir -p "$added/usr/local/share/ca-certificates"
  cp /usr/local/share/ca-certificates/*.crt "$added/usr/local/share/ca-certificates/" 2>/dev/null
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --customize-hook="sync-in '$added' /" \
    bookworm "$tar" >"$work/debian.log" 2>&1 || { cat "$work/debian.log"; return 1; }
  docker import -c "LABEL standin=$key" -c 'CMD ["bash"]' "$tar" "$DEBIAN_IMAGE" >/dev/null || return 1
  rm -rf "$tar" "$added"
}

rust_standin() {
  local root key parts=(bin lib) folder=$work/rust
  root=$(rustc --print sysroot)
  key=$(rustc --version | tr ' ' -)-$(sha256sum <"$standins/rust.Dockerfile" | cut -c1-12)
  has_standin "$RUST_IMAGE" "$key" && return
  [[ ! -d $root/libexec ]] || parts+=(libexec)
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$standins/rust.Dockerfile" "$folder/Dockerfile"
  cp /etc/ssl/certs/ca-certificates.crt "$folder/"
  # What compiles; no sources, no debuggers, no manuals.
  (cd "$root" && tar -cf "$folder/toolchain.tar" --anchored --exclude=lib/rustlib/src --exclude=lib/rustlib/etc \
    --exclude='bin/rust-*' "${parts[@]}") || return 1
  standin "$RUST_IMAGE" "$key" "$folder" || return 1
  rm -rf "$folder"
}

# make_standins: sets RUST_IMAGE, RUNTIME_IMAGE and POSTGRES_IMAGE.
make_standins() {
  local DEBIAN_IMAGE=standin/debian:bookworm jobs=() job
  export DEBIAN_IMAGE
  if [[ -n ${RUST_IMAGE:-} && -n ${RUNTIME_IMAGE:-} && -n ${POSTGRES_IMAGE:-} ]]; then return; fi
  debian_standin || return 1
  if [[ -z ${RUST_IMAGE:-} ]]; then
    export RUST_IMAGE=standin/rust:1
    rust_standin & jobs+=($!)
  fi
  if [[ -z ${RUNTIME_IMAGE:-} ]]; then
    export RUNTIME_IMAGE=standin/distroless-cc:12
    standin "$RUNTIME_IMAGE" "$(sha256sum <"$standins/runtime.Dockerfile" | cut -c1-12)" - <"$standins/runtime.Dockerfile" & jobs+=($!)
  fi
  if [[ -z ${POSTGRES_IMAGE:-} ]]; then
    export POSTGRES_IMAGE=standin/postgres:17
    standin "$POSTGRES_IMAGE" "$(cat "$standins"/postgres* | sha256sum | cut -c1-12)" \
      -f "$standins/postgres.Dockerfile" "$standins" & jobs+=($!)
  fi
  for job in "${jobs[@]}"; do wait "$job" || return 1; done
}
