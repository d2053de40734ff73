"""Whether what the pipelines run is there and is shell: `pipelines.py FOLDER`."""

import pathlib
import re
import subprocess
import sys

import yaml

PATH = re.compile(r"(?<![\w/.])((?:\.ci|deploy|docker)/[\w./-]+)")


def scripts(folder):
    """The name, the shell and the text of each."""
    jobs = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())
    for name, job in jobs.items():
        for key in ("before_script", "script"):
            if isinstance(job, dict) and key in job:
                yield f".gitlab-ci.yml {name}", "sh", "\n".join(job[key])
    for path in sorted((folder / ".github/workflows").glob("*.yml")):
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            shell = "sh" if "container" in job else "bash"
            for step in job["steps"]:
                if "run" in step:
                    yield f"{path.name} {name}", shell, step["run"]


def faults(folder, found):
    if not found:
        yield "there are no scripts"
    for name, shell, text in found:
        for path in PATH.findall(text):
            if not (folder / path).is_file():
                yield f"{name} names {path}, which is not there"
        lint = ["shellcheck", f"--shell={shell}", "--exclude=SC2164", "--format=gcc", "-"]
        checked = subprocess.run(lint, input=f"{text}\n", capture_output=True, text=True)
        if checked.returncode:
            yield f"{name}: {checked.stdout}{checked.stderr}"


def main(folder):
    folder = pathlib.Path(folder)
    found = list(scripts(folder))
    wrong = list(faults(folder, found))
    if not any(faults(folder, [("a broken one", "sh", "deploy/else 'x")])):
        wrong.append("a script that is not there is not found")
    print(f"pipelines: {len(found)} scripts")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
