#!/usr/bin/env bash
# A PostgreSQL of its own for the tests of the store: starts it on loopback and prints its address; `stop DIR` ends it.
# usage: read -r dir url < <(scripts/test-postgres.sh start); POSOLOGY_TEST_POSTGRES=$url cargo test ...; scripts/test-postgres.sh stop "$dir"
set -euo pipefail

bin() {
  local d
  for d in /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin; do
    if [ -x "$d/initdb" ] && [ -x "$d/pg_ctl" ]; then echo "$d"; return; fi
  done
  return 1
}

# PostgreSQL refuses to run as root.
as_user() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

if ! bin >/dev/null; then
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql) >/dev/null
fi
bin=$(bin)
user=nobody
id postgres >/dev/null 2>&1 && user=postgres

case "${1:-}" in
  start)
    dir=$(mktemp -d)
    chmod 0711 "$dir"
    mkdir "$dir/data" "$dir/socket"
    [ "$(id -u)" -eq 0 ] && chown -R "$user" "$dir"
    port=${2:-54329}
    cd /
    as_user "$bin/initdb" -D "$dir/data" -U posology --auth=trust --no-sync >"$dir/log" 2>&1
    as_user "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/data/server.log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$dir/socket'" start >>"$dir/log" 2>&1
    echo "$dir postgres://posology@127.0.0.1:$port/postgres"
    ;;
  stop)
    cd /
    as_user "$bin/pg_ctl" -D "$2/data" -m fast stop >/dev/null
    rm -rf "$2"
    ;;
  *)
    echo "usage: $0 start [PORT] | stop DIR" >&2
    exit 2
    ;;
esac
