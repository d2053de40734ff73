#!/usr/bin/env python3
"""A tenant in place of Auth0's: its keys and its tokens.

tenant.py new FOLDER                    makes key.pem and jwks.json
tenant.py token FOLDER SUB [NAME=VALUE] prints a token; permissions are separated by commas"""

import base64
import json
import subprocess
import sys
import time

ISSUER, AUDIENCE = "https://tenant.example/", "https://api.example"


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True).stdout


def new(folder):
    openssl("genrsa", "-out", f"{folder}/key.pem", "2048")
    modulus = openssl("rsa", "-in", f"{folder}/key.pem", "-noout", "-modulus").decode().strip().split("=")[1]
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "e": "AQAB", "n": encoded(bytes.fromhex(modulus))}
    with open(f"{folder}/jwks.json", "w") as out:
        json.dump({"keys": [key]}, out)


def token(folder, subject, *claims):
    now = int(time.time())
    payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 3600}
    for claim in claims:
        name, value = claim.split("=", 1)
        payload[name] = value.split(",") if name == "permissions" else value
    text = f'{encoded({"alg": "RS256", "typ": "JWT", "kid": "one"})}.{encoded(payload)}'
    signature = openssl("dgst", "-sha256", "-sign", f"{folder}/key.pem", given=text.encode())
    print(f"{text}.{encoded(signature)}")


{"new": new, "token": token}[sys.argv[1]](*sys.argv[2:])
