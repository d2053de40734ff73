"""Checks the manifests that each overlay builds: `kubernetes.py KUSTOMIZE FOLDER [NAME]`.

NAME is what a service from the template is called in place of `sample-service`.
"""

import pathlib
import subprocess
import sys

import yaml

import mutations

# What is made beside the manifests: deploy/README.md says how.
OUTSIDE = {
    "production": ["Secret/sample-service", "Secret/sample-service-tls"],
    "development": ["Secret/sample-service"],
}
BROKEN = {"production": mutations.PRODUCTION, "development": mutations.DEVELOPMENT}


def main(kustomize, folder, name="sample-service"):
    overlays = sorted(path.name for path in pathlib.Path(folder, "overlays").iterdir())
    faults = [] if overlays == sorted(OUTSIDE) else [f"the overlays are {overlays}"]
    for overlay in overlays:
        built = subprocess.run(
            [kustomize, "build", f"{folder}/overlays/{overlay}"], check=True, capture_output=True, text=True
        )
        documents = list(yaml.safe_load_all(built.stdout.replace(name, "sample-service")))
        outside, broken = OUTSIDE.get(overlay, []), BROKEN.get(overlay, [])
        found = [*mutations.all_faults(documents, outside), *mutations.missed(documents, outside, broken)]
        faults += [f"{overlay}: {fault}" for fault in found]
        print(f"{overlay}: {len(documents)} objects, {len(broken)} mutations")
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
