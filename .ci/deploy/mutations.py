"""Each kind of reference and rule, broken once: the checks must find it."""

import copy

import references
import rules
from cluster import Cluster


def find(documents, kind, name=None):
    return next(
        each for each in documents if each["kind"] == kind and name in (None, each["metadata"]["name"])
    )


def pod(documents, kind="Deployment"):
    return find(documents, kind)["spec"]["template"]["spec"]


def container(documents, kind="Deployment"):
    return pod(documents, kind)["containers"][0]


def monitor(documents):
    return find(documents, "ServiceMonitor")["spec"]


def drop(documents, kind):
    documents.remove(find(documents, kind))


def policy(documents, name):
    return find(documents, "NetworkPolicy", name)["spec"]


# What is changed in the manifests of production, and what must be said about it.
PRODUCTION = [
    (lambda d: container(d).update(readynessProbe={}), "readynessProbe"),
    (lambda d: container(d)["ports"][0].update(containerPort="8000"), "is not of type"),
    (lambda d: find(d, "Deployment").update(apiVersion="apps/v1beta1"), "has no schema"),
    (lambda d: d.append(copy.deepcopy(d[0])), "is there twice"),
    (lambda d: drop(d, "Namespace"), "which is not made"),
    (lambda d: find(d, "Deployment")["spec"]["selector"]["matchLabels"].update(a="b"), "its own pods"),
    (lambda d: drop(d, "ServiceAccount"), "runs as ServiceAccount/"),
    (lambda d: pod(d).update(serviceAccountName="else"), "runs as ServiceAccount/else"),
    (lambda d: pod(d)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"].update(a="b"), "spreads other"),
    (lambda d: drop(d, "ConfigMap"), "mounts ConfigMap/"),
    (lambda d: pod(d)["volumes"][1]["secret"].update(secretName="else"), "mounts Secret/else"),
    (lambda d: pod(d, "Job")["volumes"][0]["configMap"].update(name="else"), "mounts ConfigMap/else"),
    (lambda d: pod(d)["volumes"][0]["configMap"].update(items=[{"key": "else", "path": "a"}]), "which has none"),
    (lambda d: pod(d)["volumes"].append({"name": "a", "persistentVolumeClaim": {"claimName": "b"}}), "PersistentVolumeClaim/b"),
    (lambda d: container(d)["volumeMounts"][0].update(name="else"), "mounts the volume else"),
    (lambda d: container(d)["readinessProbe"]["httpGet"].update(port="web"), "readinessProbe asks port web"),
    (lambda d: container(d)["livenessProbe"]["httpGet"].update(port=8001), "livenessProbe asks port 8001"),
    (lambda d: container(d)["startupProbe"].update(tcpSocket={"port": "web"}), "startupProbe asks port web"),
    (lambda d: container(d).update(envFrom=[{"secretRef": {"name": "else"}}]), "reads Secret/else"),
    (lambda d: container(d)["env"].append({"name": "A", "valueFrom": {"secretKeyRef": {"name": "else", "key": "a"}}}), "reads Secret/else"),
    (lambda d: container(d)["env"][0].update(value="/config/settings"), "reads settings of ConfigMap/"),
    (lambda d: container(d)["env"][0].update(value="/etc/env_config"), "no ConfigMap is mounted"),
    (lambda d: find(d, "ConfigMap")["data"].clear(), "reads env_config of ConfigMap/"),
    (lambda d: find(d, "Service")["spec"]["selector"].update(a="b"), "Service/sample-service selects no pod"),
    (lambda d: find(d, "Service")["spec"]["ports"][0].update(targetPort="web"), "leads to port web"),
    (lambda d: find(d, "Ingress")["spec"]["tls"][0].update(secretName="else"), "certificate in Secret/else"),
    (lambda d: find(d, "Ingress")["spec"]["rules"][0].update(host="else.example.com"), "no certificate for else"),
    (lambda d: find(d, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"].update(name="else"), "leads to Service/else"),
    (lambda d: find(d, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"].update(name="web"), "leads to a port"),
    (lambda d: find(d, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"].update(name="else"), "scales Deployment/else"),
    (lambda d: find(d, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"].update(apiVersion="apps/v2"), "scales Deployment/"),
    (lambda d: find(d, "Deployment")["spec"].update(replicas=3), "sets replicas"),
    (lambda d: find(d, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"].update(a="b"), "PodDisruptionBudget/sample-service selects no pod"),
    (lambda d: policy(d, "sample-service-callers")["podSelector"]["matchLabels"].update(a="b"), "NetworkPolicy/sample-service-callers selects no pod"),
    (lambda d: policy(d, "sample-service-callers")["ingress"][0]["ports"][0].update(port="web"), "allows port web"),
    (lambda d: policy(d, "sample-service-callers")["ingress"][0].update({"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}), "a peer that is no pod"),
    (lambda d: monitor(d)["selector"]["matchLabels"].update(a="b"), "selects no Service"),
    (lambda d: monitor(d)["endpoints"][0].update(port="http-metrics"), "asks port http-metrics"),
    (lambda d: monitor(d)["endpoints"][0].update(intervall="1s"), "intervall, which is not known"),
    (lambda d: monitor(d)["endpoints"][0].update(interval="5s"), "longer than interval"),
    (lambda d: monitor(d)["endpoints"][0].update(interval="often"), "which is no time"),
    (lambda d: monitor(d).pop("selector") and monitor(d).update(selectors={}), "lacks the field selector"),
    (lambda d: find(d, "ServiceMonitor").update(kind="PodMonitor"), "has no schema"),
    (lambda d: pod(d)["securityContext"].pop("runAsNonRoot"), "runAsNonRoot"),
    (lambda d: pod(d)["securityContext"].pop("runAsUser"), "runAsUser"),
    (lambda d: pod(d)["securityContext"].pop("seccompProfile"), "seccompProfile"),
    (lambda d: container(d, "Job")["securityContext"].pop("allowPrivilegeEscalation"), "allowPrivilegeEscalation"),
    (lambda d: container(d)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]), "capabilities"),
    (lambda d: container(d)["securityContext"].pop("readOnlyRootFilesystem"), "readOnlyRootFilesystem"),
    (lambda d: pod(d).pop("automountServiceAccountToken"), "has a token"),
    (lambda d: pod(d).pop("enableServiceLinks"), "a variable for each Service"),
    (lambda d: pod(d).update(terminationGracePeriodSeconds=40), "is killed after 40 s"),
]

DEVELOPMENT = [
    (lambda d: find(d, "StatefulSet")["spec"].update(serviceName="else"), "has no Service/else"),
    (lambda d: find(d, "StatefulSet")["spec"]["volumeClaimTemplates"][0]["metadata"].update(name="else"), "mounts the volume data"),
    (lambda d: policy(d, "sample-service-to-database")["egress"][0]["ports"][0].update(port=5433), "allows port 5433"),
    (lambda d: policy(d, "database-callers")["ingress"][0]["from"][0]["podSelector"]["matchLabels"].update(a="b"), "a peer that is no pod"),
]


def all_faults(documents, outside):
    cluster = Cluster(documents, outside)
    # Where the schema already says no, references cannot be followed safely.
    return rules.faults(cluster) or references.faults(cluster)


def missed(documents, outside, mutations):
    """What was broken and not found."""
    for number, (mutate, expected) in enumerate(mutations):
        broken = copy.deepcopy(documents)
        mutate(broken)
        found = all_faults(broken, outside)
        if not any(expected in fault for fault in found):
            yield f"mutation {number}, expected `{expected}`, found {found}"
