"""Runs deploy/roll-out with a `docker` that says what Swarm would say."""

import os
import pathlib
import subprocess
import sys
import tempfile

DOCKER = r"""#!/bin/sh
echo "$*" >>"$FOLDER/calls"
case "$*" in
  'stack deploy'*) [ -n "$IMAGE" ] ;;
  *Replicas*) echo 3 ;;
  *UpdateStatus.State*)
    state=$(head -1 "$FOLDER/states")
    [ "$(wc -l <"$FOLDER/states")" = 1 ] || sed -i 1d "$FOLDER/states"
    echo "$state" ;;
  *UpdateStatus.Message*) echo 'the message' ;;
  'service ps --filter'*) yes 'Running 2 seconds ago' | head -"$RUNNING"; echo 'Starting 1 second ago' ;;
  *ContainerSpec.Image*) echo "$IMAGE" ;;
esac
"""

# What Swarm says one after the other, how many replicas run, and how it ends.
CASES = [
    ("an update", ["updating", "updating", "completed"], 3, 0, "sample_api serves image:1"),
    ("a first deployment", [""], 3, 0, "sample_api serves image:1"),
    ("an update that was taken back", ["updating", "rollback_started", "rollback_completed"], 3, 1, "the message"),
    ("an update that stopped", ["updating", "paused"], 3, 1, "paused: the message"),
    ("an update without an end", ["updating"], 3, 1, "does not serve yet, state: updating"),
    ("a first deployment that never serves", [""], 2, 1, "does not serve yet, state: first deployment"),
]


def run(script, states, running, patience):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        for name, program in (("docker", DOCKER), ("sleep", "#!/bin/sh\n")):
            (path / name).write_text(program)
            (path / name).chmod(0o755)
        (path / "states").write_text("".join(f"{state}\n" for state in states))
        environment = {
            "PATH": f"{folder}:{os.environ['PATH']}", "FOLDER": folder, "IMAGE": "image:1",
            "RUNNING": str(running), "ROLL_OUT_TIMEOUT": patience,
        }  # fmt: skip
        done = subprocess.run(
            [script, "sample", "a b.yml"], env=environment, capture_output=True, text=True, timeout=60
        )
        calls = (path / "calls").read_text().splitlines()
        return done.returncode, done.stdout + done.stderr, calls[0]


def main(script):
    faults = []
    for name, states, running, status, text in CASES:
        got, output, deployed = run(script, states, running, "0" if "yet" in text else "60")
        if got != status or text not in output:
            faults.append(f"{name}: status {got}, {output}")
        files = f"--compose-file {pathlib.Path(script).parent}/stack.yml --compose-file a b.yml sample"
        if deployed != f"stack deploy --with-registry-auth {files}":
            faults.append(f"{name}: {deployed}")
    print(f"roll-out: {len(CASES)} ends")
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
