# In place of gcr.io/distroless/cc-debian12 where there is no registry: what a Rust
# program is linked with, no shell, and no certificates, so that the image must bring them.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE} AS debian
RUN mkdir -p /root-fs/lib/x86_64-linux-gnu /root-fs/lib64 /root-fs/etc /root-fs/tmp \
 && cp -L /lib/*-linux-gnu/libc.so.6 /lib/*-linux-gnu/libm.so.6 /lib/*-linux-gnu/libgcc_s.so.1 \
    /lib/*-linux-gnu/libnss_*.so.2 /lib/*-linux-gnu/libresolv.so.2 /root-fs/lib/x86_64-linux-gnu/ \
 && cp -L /lib64/ld-linux-x86-64.so.2 /root-fs/lib64/ \
 && printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' \
    >/root-fs/etc/passwd \
 && printf 'root:x:0:\nnonroot:x:65532:\n' >/root-fs/etc/group \
 && printf 'hosts: files dns\n' >/root-fs/etc/nsswitch.conf \
 && chmod 1777 /root-fs/tmp
FROM scratch
COPY --from=debian /root-fs /
