"""Whether each name, selector and port in a set of manifests leads somewhere."""

from cluster import selects


def faults(cluster):
    """One sentence for each reference that leads nowhere."""
    return [
        *names(cluster),
        *(fault for pod in cluster.pods for fault in of_pod(cluster, pod)),
        *(fault for service in cluster.of("Service") for fault in of_service(cluster, service)),
        *(fault for ingress in cluster.of("Ingress") for fault in of_ingress(cluster, ingress)),
        *(fault for each in cluster.of("HorizontalPodAutoscaler") for fault in of_autoscaler(cluster, each)),
        *(fault for each in cluster.of("PodDisruptionBudget") for fault in of_budget(cluster, each)),
        *(fault for policy in cluster.of("NetworkPolicy") for fault in of_policy(cluster, policy)),
        *(fault for monitor in cluster.of("ServiceMonitor") for fault in of_monitor(cluster, monitor)),
    ]


def label(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def names(cluster):
    seen = set()
    for document in cluster.documents:
        if label(document) in seen:
            yield f"{label(document)} is there twice"
        seen.add(label(document))
        namespace = document["metadata"].get("namespace")
        if document["kind"] != "Namespace" and not cluster.has("Namespace", namespace):
            yield f"{label(document)} is in the namespace {namespace}, which is not made"


def of_pod(cluster, pod):
    workload = pod.workload
    selector = workload["spec"].get("selector")
    if selector and not selects(selector, pod.labels):
        yield f"{pod.name} does not select its own pods"
    account = pod.spec.get("serviceAccountName")
    if account and not cluster.has("ServiceAccount", account):
        yield f"{pod.name} runs as ServiceAccount/{account}, which is not there"
    for spread in pod.spec.get("topologySpreadConstraints", []):
        if not selects(spread["labelSelector"], pod.labels):
            yield f"{pod.name} spreads other pods than its own"
    if workload["kind"] == "StatefulSet" and not cluster.has("Service", workload["spec"]["serviceName"]):
        yield f"{pod.name} has no Service/{workload['spec']['serviceName']}"
    yield from of_volumes(cluster, pod)
    for container in pod.containers:
        yield from of_container(cluster, pod, container)


def of_volumes(cluster, pod):
    for volume in pod.spec.get("volumes", []):
        for kind, source, key in (
            ("ConfigMap", "configMap", "name"),
            ("Secret", "secret", "secretName"),
            ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
        ):
            if source not in volume:
                continue
            name = volume[source][key]
            if not cluster.has(kind, name):
                yield f"{pod.name} mounts {kind}/{name}, which is not there"
            for item in volume[source].get("items", []):
                yield from of_key(cluster, pod, kind, name, item["key"])


def of_key(cluster, pod, kind, name, key):
    if not cluster.has(kind, name):
        yield f"{pod.name} reads {kind}/{name}, which is not there"
        return
    document = cluster.find(kind, name)
    if document and key not in document.get("data", {}) | document.get("stringData", {}):
        yield f"{pod.name} reads {key} of {kind}/{name}, which has none"


def of_container(cluster, pod, container):
    claims = pod.workload["spec"].get("volumeClaimTemplates", [])
    volumes = {claim["metadata"]["name"]: claim for claim in claims}
    volumes |= {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    mounts = container.get("volumeMounts", [])
    for mount in mounts:
        if mount["name"] not in volumes:
            yield f"{pod.name} mounts the volume {mount['name']}, which it does not have"
    ports = {key for port in container.get("ports", []) for key in (port.get("name"), port["containerPort"])}
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container.get(kind, {})
        for way in ("httpGet", "tcpSocket", "grpc"):
            if way in probe and probe[way]["port"] not in ports:
                yield f"{pod.name}: the {kind} asks port {probe[way]['port']}, which {container['name']} does not have"
    for source in container.get("envFrom", []):
        for kind, reference in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            if reference in source and not cluster.has(kind, source[reference]["name"]):
                yield f"{pod.name} reads {kind}/{source[reference]['name']}, which is not there"
    for variable in container.get("env", []):
        for kind, reference in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            value = variable.get("valueFrom", {}).get(reference)
            if value:
                yield from of_key(cluster, pod, kind, value["name"], value["key"])
        if variable["name"] == "ENV_CONFIG":
            yield from of_path(cluster, pod, variable["value"], mounts, volumes)


def of_path(cluster, pod, path, mounts, volumes):
    """ENV_CONFIG names a file, so its folder is a ConfigMap with that key."""
    folder, _, key = path.rpartition("/")
    mount = next((mount for mount in mounts if mount["mountPath"] == folder), None)
    source = volumes.get(mount["name"], {}).get("configMap") if mount else None
    if source is None:
        yield f"{pod.name}: ENV_CONFIG is {path}, where no ConfigMap is mounted"
    else:
        yield from of_key(cluster, pod, "ConfigMap", source["name"], key)


def of_service(cluster, service):
    pods = cluster.selected({"matchLabels": service["spec"].get("selector", {})})
    if not pods:
        yield f"{label(service)} selects no pod"
    for port in service["spec"]["ports"]:
        target = port.get("targetPort", port["port"])
        for pod in pods:
            if target not in pod.ports():
                yield f"{label(service)} leads to port {target}, which {pod.name} does not have"


def of_ingress(cluster, ingress):
    spec = ingress["spec"]
    secured = set()
    for tls in spec.get("tls", []):
        secured |= set(tls["hosts"])
        if not cluster.has("Secret", tls["secretName"]):
            yield f"{label(ingress)} has its certificate in Secret/{tls['secretName']}, which is not there"
    for rule in spec["rules"]:
        if rule["host"] not in secured:
            yield f"{label(ingress)} has no certificate for {rule['host']}"
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            service = cluster.find("Service", backend["name"])
            ports = service["spec"]["ports"] if service else []
            known = {key for port in ports for key in (port.get("name"), port["port"])}
            if service is None:
                yield f"{label(ingress)} leads to Service/{backend['name']}, which is not there"
            elif next(iter(backend["port"].values())) not in known:
                yield f"{label(ingress)} leads to a port that Service/{backend['name']} does not have"


def of_autoscaler(cluster, autoscaler):
    target = autoscaler["spec"]["scaleTargetRef"]
    found = cluster.find(target["kind"], target["name"])
    if found is None or found["apiVersion"] != target["apiVersion"]:
        yield f"{label(autoscaler)} scales {target['kind']}/{target['name']}, which is not there"
    elif "replicas" in found["spec"]:
        yield f"{label(found)} sets replicas, which {label(autoscaler)} decides"


def of_budget(cluster, budget):
    if not cluster.selected(budget["spec"]["selector"]):
        yield f"{label(budget)} selects no pod"


def of_policy(cluster, policy):
    spec = policy["spec"]
    pods = cluster.selected(spec["podSelector"])
    if not pods:
        yield f"{label(policy)} selects no pod"
    for rule in spec.get("ingress", []):
        yield from of_peers(cluster, policy, rule.get("from", []))
        yield from of_policy_ports(policy, rule, pods)
    for rule in spec.get("egress", []):
        yield from of_peers(cluster, policy, rule.get("to", []))
        own = [peer for peer in rule.get("to", []) if is_own(peer)]
        for peer in own:
            yield from of_policy_ports(policy, rule, cluster.selected(peer["podSelector"]))


def is_own(peer):
    return "podSelector" in peer and "namespaceSelector" not in peer


def of_peers(cluster, policy, peers):
    for peer in peers:
        if is_own(peer) and not cluster.selected(peer["podSelector"]):
            yield f"{label(policy)} names a peer that is no pod"


def of_policy_ports(policy, rule, pods):
    for port in rule.get("ports", []):
        for pod in pods:
            if port["port"] not in pod.ports():
                yield f"{label(policy)} allows port {port['port']}, which {pod.name} does not have"


def of_monitor(cluster, monitor):
    spec = monitor["spec"]
    services = [
        service for service in cluster.of("Service") if selects(spec["selector"], service["metadata"].get("labels", {}))
    ]
    if not services:
        yield f"{label(monitor)} selects no Service"
    for endpoint in spec["endpoints"]:
        for service in services:
            if endpoint["port"] not in {port.get("name") for port in service["spec"]["ports"]}:
                yield f"{label(monitor)} asks port {endpoint['port']}, which {label(service)} does not have"
