#!/usr/bin/env bash
# Calls every door that /openapi.json describes with generated requests: none may be answered with a server error, and none in another
# shape than described. usage: scripts/schemathesis.sh PROGRAM [EXAMPLES], PROGRAM being posology. Needs python3 with venv; installs into a
# folder that is removed at the end, unless SCHEMATHESIS names a program that is installed already.
set -euo pipefail
program=$(realpath "$1")
examples=${2:-20}
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; rm -rf "$work"' EXIT

if [ -z "${SCHEMATHESIS:-}" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==4.32.5"
  SCHEMATHESIS="$work/venv/bin/schemathesis"
fi

"$program" serve --listen 127.0.0.1:0 --as-of 2026-11-24 --log error 2> "$work/server.log" &
server=$!
at=
for _ in $(seq 300); do
  at=$(sed -n 's/^listening on \([0-9.:]*\);.*/\1/p' "$work/server.log")
  [ -n "$at" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; exit 1; }
  sleep 0.1
done
[ -n "$at" ] || { echo "the service did not start"; cat "$work/server.log"; exit 1; }

cd "$work"
"$SCHEMATHESIS" run "http://$at/openapi.json" --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --exclude-path /readyz --max-examples "$examples" --seed 1 --phases examples,coverage,fuzzing --no-color --workers 1
# A panic that was caught is answered with 200 by a hook: the log has it.
if grep -q "panicked" "$work/server.log"; then echo "a door panicked:"; grep -A3 "panicked" "$work/server.log"; exit 1; fi
