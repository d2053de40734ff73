"""What no schema says: Pod Security's `restricted`, the sequence of a stop, and the
fields of custom kinds."""

import functools
import json
import re

import kubernetes_validate

# deploy/README.md names it too.
OLDEST = "1.27"
TIME = re.compile(r"(\d+)(ms|s|m|h)")
# The fields of a custom kind that the manifests here use, since its schema is not at hand.
MONITOR = {
    "spec": {"selector", "endpoints", "namespaceSelector", "jobLabel"},
    "endpoint": {"port", "path", "interval", "scrapeTimeout", "scheme", "honorLabels"},
}


def faults(cluster):
    """One sentence for each rule that is broken."""
    return [
        *(fault for document in cluster.documents for fault in of_schema(json.dumps(document))),
        *(fault for pod in cluster.pods for fault in of_security(pod)),
        *(fault for pod in cluster.pods for fault in of_stop(pod)),
    ]


@functools.cache
def of_schema(text):
    """Kept, since of the mutated sets most objects are as they were."""
    return list(of_document(json.loads(text)))


def of_document(document):
    name = f"{document['kind']}/{document['metadata']['name']}"
    try:
        for version in (OLDEST, kubernetes_validate.latest_version()):
            kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        if (document["apiVersion"], document["kind"]) == ("monitoring.coreos.com/v1", "ServiceMonitor"):
            yield from of_monitor(name, document["spec"])
        else:
            yield f"{name} has no schema, and no rule of its own"
    except kubernetes_validate.ValidationError as error:
        yield f"{name} at {'.'.join(map(str, error.path))}: {error.message.splitlines()[0][:200]}"


def of_monitor(name, spec):
    unknown = spec.keys() - MONITOR["spec"]
    for endpoint in spec.get("endpoints", []):
        unknown |= endpoint.keys() - MONITOR["endpoint"]
        times = {key: endpoint[key] for key in ("interval", "scrapeTimeout") if key in endpoint}
        wrong = [key for key, text in times.items() if not TIME.fullmatch(text)]
        for key in wrong:
            yield f"{name}: {key} is {endpoint[key]}, which is no time"
        if not wrong and seconds(times.get("scrapeTimeout", "0s")) > seconds(times.get("interval", "1h")):
            yield f"{name}: scrapeTimeout is longer than interval"
    for field in sorted(unknown):
        yield f"{name} has the field {field}, which is not known"
    for field in sorted({"selector", "endpoints"} - spec.keys()):
        yield f"{name} lacks the field {field}"


def of_security(pod):
    inherited = pod.spec.get("securityContext", {})
    for container in pod.containers:
        own = container.get("securityContext", {})
        context = inherited | own
        rules = {
            "runAsNonRoot": context.get("runAsNonRoot") is True,
            "runAsUser": context.get("runAsUser", 0) > 0,
            "seccompProfile": context.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
        }
        for rule, is_kept in rules.items():
            if not is_kept:
                yield f"{pod.name}: {container['name']} is not restricted: {rule}"
    if pod.spec.get("automountServiceAccountToken") is not False:
        yield f"{pod.name} has a token for the cluster"
    if pod.spec.get("enableServiceLinks") is not False:
        yield f"{pod.name} gets a variable for each Service, which may be a setting's name"


def of_stop(pod):
    """A pod is killed only after the time in which the service ends by itself."""
    for container in pod.containers:
        values = {each["name"]: each.get("value") for each in container.get("env", [])}
        if "SHUTDOWN_TIMEOUT" not in values:
            continue
        needed = seconds(values["SHUTDOWN_TIMEOUT"]) + seconds(values.get("SHUTDOWN_DELAY", "0s"))
        given = pod.spec.get("terminationGracePeriodSeconds", 30)
        if given < needed + 5:
            yield f"{pod.name} is killed after {given} s, but its stop may take {needed} s"


def seconds(text):
    number, unit = TIME.fullmatch(text).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
