"""The document is valid, and the same whether it is served or printed."""

import json
import os
import subprocess
import urllib.request

from checks import Service, check, finish
from openapi_spec_validator import OpenAPIV31SpecValidator


def mistakes(document):
    return [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


with Service() as service:
    with urllib.request.urlopen(f"{service.url}/openapi.json", timeout=10) as reply:
        served = json.load(reply)
    settings = {"PATH": os.environ["PATH"], "PORT": str(service.port)}
    command = [os.environ["SAMPLE_SERVICE"], "openapi"]
    printed = json.loads(subprocess.check_output(command, cwd=service.folder.name, env=settings))
check("the served document is OpenAPI 3.1", mistakes(served), [])
check("the printed document is the served one", printed == served, True)
check("a wrong document is found", bool(mistakes({**served, "paths": {"items": {}}})), True)
finish()
