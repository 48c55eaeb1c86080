#!/bin/sh
# Validates FHIR R4 JSON files with an independent validator (@medplum/core on npm, node 20 or later).
# Usage: scripts/validate-fhir.sh FILE...   Exit status 1 on any error, 2 on wrong usage.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
    echo "usage: $0 FILE..." >&2
    exit 2
fi
if [ ! -d "$here/fhir-validator/node_modules/@medplum/core" ]; then
    (cd "$here/fhir-validator" && npm ci --no-audit --no-fund --loglevel=error >&2)
fi
exec node "$here/validate-fhir.mjs" "$@"
