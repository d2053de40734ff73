"""Who calls, and with which token of the development issuer."""

import os
import subprocess

from checks import API

USER = "auth0|ali"
OTHER_USER = "auth0|bea"
MACHINE = "dev-client@clients"
SCOPES = ["message", "write:items"]
PERMISSIONS = ["read:messages", "delete:items"]


def token(service, subject, scopes=SCOPES, permissions=PERMISSIONS):
    rights = [f"--scope={name}" for name in scopes]
    rights += [f"--permission={name}" for name in permissions]
    settings = {"PATH": os.environ["PATH"], "PORT": str(service.port), "API_IDENTIFIER": API}
    command = [os.environ["SAMPLE_SERVICE"], "token", "--sub", subject, *rights]
    made = subprocess.check_output(command, cwd=service.folder.name, env=settings, text=True)
    return made.strip()
