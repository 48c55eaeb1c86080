#!/usr/bin/env bash
# Builds the wheel, checks its types and runs its tests, the notebook and Spark among them. POSOLOGY_BIN names the command line to compare with.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}

need=()
python3 -c 'import ensurepip, venv' 2>/dev/null || need+=(python3-venv python3-pip)
# Spark 4 runs on Java 17 or later.
command -v java >/dev/null || need+=(openjdk-17-jre-headless)
if [ ${#need[@]} -gt 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

venv=${POSOLOGY_VENV:-$CARGO_TARGET_DIR/python-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
export PATH="$venv/bin:$PATH" VIRTUAL_ENV="$venv"
python -m pip install --quiet 'maturin>=1.8,<2'

cargo fmt --check
cargo deny --offline check licenses bans sources 2>&1 | tail -n 1 || cargo deny check licenses bans sources
cargo clippy --quiet -- -D warnings

wheels=$CARGO_TARGET_DIR/python-wheels
rm -rf "$wheels"
maturin build --quiet --out "$wheels"
wheel=$(ls "$wheels"/*.whl)
python -m pip install --quiet "$wheel[test]"
# The version stays the same while the code changes.
python -m pip install --quiet --force-reinstall --no-deps "$wheel"

mypy --strict python/posology
log=$CARGO_TARGET_DIR/ci-python.log
python -m pytest -q -rs tests | tee "$log"
if [ -d "$root/../shared/data" ] && grep -q '^SKIPPED' "$log"; then
  echo "shared data is present, so a skip is a failure"; exit 1
fi
