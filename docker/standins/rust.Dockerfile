# In place of rust:1-bookworm where there is no registry: the machine's toolchain.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    ca-certificates gcc g++ libc6-dev make pkg-config >/dev/null \
 && rm -rf /var/lib/apt/lists/*
ADD toolchain.tar /usr/local/rustup/toolchains/standin/
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN mkdir -p /usr/local/cargo/bin \
 && ln -s /usr/local/rustup/toolchains/standin/bin/* /usr/local/cargo/bin/ \
 && chmod -R a+w /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup \
    CARGO_HOME=/usr/local/cargo \
    PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
