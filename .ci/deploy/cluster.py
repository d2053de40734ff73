"""What a set of manifests makes: its objects by kind, and its pods."""

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


class Pod:
    """The pods of one workload."""

    def __init__(self, workload):
        self.workload = workload
        self.name = f"{workload['kind']}/{workload['metadata']['name']}"
        template = workload["spec"]["template"]
        self.labels = template["metadata"].get("labels", {})
        self.spec = template["spec"]
        self.containers = self.spec["containers"] + self.spec.get("initContainers", [])

    def ports(self):
        """Every name and number of a port."""
        ports = [port for container in self.containers for port in container.get("ports", [])]
        return {port.get("name") for port in ports} | {port["containerPort"] for port in ports}


class Cluster:
    """`outside` names objects that others make, such as `Secret/name`."""

    def __init__(self, documents, outside=()):
        self.documents = documents
        self.outside = set(outside)
        self.pods = [Pod(document) for document in self.of(*WORKLOADS)]

    def of(self, *kinds):
        return [document for document in self.documents if document["kind"] in kinds]

    def find(self, kind, name):
        found = (each for each in self.of(kind) if each["metadata"]["name"] == name)
        return next(found, None)

    def has(self, kind, name):
        return self.find(kind, name) is not None or f"{kind}/{name}" in self.outside

    def selected(self, selector):
        """The pods that a LabelSelector selects."""
        return [pod for pod in self.pods if selects(selector, pod.labels)]


def selects(selector, labels):
    if set(selector) - {"matchLabels"}:
        raise ValueError(f"only matchLabels is understood, not {selector}")
    return selector.get("matchLabels", {}).items() <= labels.items()
