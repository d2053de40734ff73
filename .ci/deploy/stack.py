"""Checks the times and names of the Swarm stack: `stack.py FOLDER`."""

import copy
import pathlib
import re
import sys

import yaml

from rules import seconds

VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


def with_defaults(value):
    """The file as it counts when no variable is set."""
    if isinstance(value, dict):
        return {key: with_defaults(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_defaults(each) for each in value]
    return VARIABLE.sub(lambda found: found[2] or "", value) if isinstance(value, str) else value


def faults(stack):
    for name, service in stack["services"].items():
        for kind in ("configs", "secrets"):
            for each in service.get(kind, []):
                source = each if isinstance(each, str) else each["source"]
                if source not in stack.get(kind, {}):
                    yield f"{name} reads {source}, which is not among the {kind}"
        if not {"max-size", "max-file"} <= service["logging"]["options"].keys():
            yield f"{name} may fill the disk with its log"
        if "memory" not in service["deploy"]["resources"]["limits"]:
            yield f"{name} may take all memory"
    yield from of_api(stack["services"]["api"])


def of_api(api):
    environment, health, update = api["environment"], api["healthcheck"], api["deploy"]["update_config"]
    stop = seconds(environment["SHUTDOWN_DELAY"]) + seconds(environment["SHUTDOWN_TIMEOUT"])
    if seconds(api["stop_grace_period"]) < stop + 5:
        yield f"it is killed after {api['stop_grace_period']}, but its stop may take {stop} s"
    unhealthy = health["retries"] * (seconds(health["interval"]) + seconds(health["timeout"]))
    for key in ("delay", "monitor"):
        if seconds(update[key]) <= unhealthy:
            yield f"{key} is {update[key]}, but a replica is unhealthy after {unhealthy} s only"
    expected = {"order": "start-first", "parallelism": 1, "failure_action": "rollback", "max_failure_ratio": 0}
    if expected.items() - update.items():
        yield f"an update is not {expected}"
    if api["deploy"]["replicas"] != 3:
        yield "there are not three replicas"
    if not api.get("read_only") or api.get("cap_drop") != ["ALL"]:
        yield "it has rights that it does not need"
    owner, _, group = api["user"].partition(":")
    for each in api["configs"] + api["secrets"]:
        if (each["uid"], each["gid"], each["mode"]) != (owner, group, 0o400):
            yield f"{each['source']} is not its user's alone"


MUTATIONS = [
    (lambda api: api.update(stop_grace_period="30s"), "is killed after 30s"),
    (lambda api: api["deploy"]["update_config"].update(monitor="30s"), "monitor is 30s"),
    (lambda api: api["deploy"]["update_config"].update(delay="10s"), "delay is 10s"),
    (lambda api: api["healthcheck"].update(interval="1m"), "unhealthy after 189 s"),
    (lambda api: api["deploy"]["update_config"].update(order="stop-first"), "an update is not"),
    (lambda api: api["deploy"]["update_config"].pop("failure_action"), "an update is not"),
    (lambda api: api["deploy"].update(replicas=1), "three replicas"),
    (lambda api: api["secrets"][0].update(source="else"), "reads else"),
    (lambda api: api["secrets"][0].update(mode=0o444), "is not its user's alone"),
    (lambda api: api["logging"]["options"].pop("max-file"), "fill the disk"),
    (lambda api: api["deploy"]["resources"].update(limits={}), "all memory"),
    (lambda api: api.pop("read_only"), "rights that it does not need"),
    (lambda api: api.update(cap_drop=[]), "rights that it does not need"),
]


def missed(stack):
    for number, (mutate, expected) in enumerate(MUTATIONS):
        broken = copy.deepcopy(stack)
        mutate(broken["services"]["api"])
        found = list(faults(broken))
        if not any(expected in fault for fault in found):
            yield f"mutation {number}, expected `{expected}`, found {found}"


def undocumented(texts, readme):
    rows = {row.split("`")[1] for row in readme.splitlines() if row.startswith("| `")}
    used = {found[0] for text in texts for found in VARIABLE.findall(text) if found[0] != "NAME"}
    yield from (f"README.md has no row for {name}" for name in sorted(used - rows))


def main(folder):
    folder = pathlib.Path(folder)
    texts = [(folder / name).read_text() for name in ("stack.yml", "stack.db.yml")]
    stack, database = (with_defaults(yaml.safe_load(text)) for text in texts)
    both = stack | {"services": stack["services"] | database["services"]}
    found = [*faults(both), *missed(stack), *undocumented(texts, (folder / "README.md").read_text())]
    print(f"stack: {len(both['services'])} services, {len(MUTATIONS)} mutations")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
