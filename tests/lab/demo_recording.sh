#!/usr/bin/env bash
# Makes the recordings of the demo again (demo_estate.py). The second half of `make demo-recording`.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=/dev/null
. .lab/env
: "${CADASTRE_LAB_PYTHON:?there is no moto; run make lab}"
# Nothing of the outside world gets in: no credentials, proxies or certificates.
env -i PATH="$PATH" PYTHONDONTWRITEBYTECODE=1 AWS_EC2_METADATA_DISABLED=true \
  AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
  "$CADASTRE_LAB_PYTHON" tests/lab/demo_estate.py "${CARGO_TARGET_DIR:-target}/debug/cadastre" server/demo
