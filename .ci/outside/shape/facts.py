"""What the document says is so: each endpoint is called with right and wrong values."""

import os
import subprocess

from checks import Service, check, finish
from people import MACHINE, USER, token

SEED = "1"
EXAMPLES = "60"
# Under a minute on a slow machine; a hang is a failure.
DEADLINE = 240


def findings(service, subject, *more):
    """Runs all checks with the token of `subject`; its report if anything was found."""
    outcome = subprocess.run(
        [
            "schemathesis", "--config-file", f"{os.path.dirname(__file__)}/schemathesis.toml",
            "run", f"{service.url}/openapi.json", "--checks", "all", "--continue-on-failure",
            "--seed", SEED, "--max-examples", EXAMPLES, *more,
        ],
        cwd=service.folder.name, env={**os.environ, "TOKEN": token(service, subject)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=DEADLINE, check=False,
    )
    summary = outcome.stdout.partition("= SUMMARY =")[2]
    print(summary.strip("=\n"))
    return None if outcome.returncode == 0 else outcome.stdout


with Service() as service:
    check("a machine with all rights finds no fault", findings(service, MACHINE), None)
    # It would get nothing but 403 of the one endpoint that is for machines only.
    others = ["--exclude-operation-id", "read_message"]
    check("a user with all rights finds no fault", findings(service, USER, *others), None)
finish()
