#!/bin/sh
# Validates FHIR R4 JSON files with an independent validator (@medplum/core on npm, node 20 or later).
# Usage: scripts/validate-fhir.sh [FILE...]   Without files: the project's own fixtures, the written bundle among them.
# Exit status 1 on any error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
    set -- "$here"/../fixtures/fhir/*.json "$here"/../fixtures/fhir/written/*.json
fi
if [ ! -d "$here/fhir-validator/node_modules/@medplum/core" ]; then
    (cd "$here/fhir-validator" && npm ci --no-audit --no-fund --loglevel=error >&2)
fi
exec node "$here/validate-fhir.mjs" "$@"
