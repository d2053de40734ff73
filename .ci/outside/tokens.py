"""Tokens by other hands, sent to the service; and its own, read by them."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.request

from checks import ALGORITHMS, API, Service, admitted, check, finish, refused
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hands import HANDS
from jwt import PyJWK

USER = "auth0|ali"


class Issuer:
    """Publishes keys as long as the block, at an address of its own."""

    def __init__(self, keys):
        documents = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = documents.get(self.path)
                self.send_response(200 if document else 404)
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        documents["/keys"] = {"keys": keys}
        documents["/.well-known/openid-configuration"] = {
            "issuer": self.url, "jwks_uri": f"{self.url}/keys",
        }

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def base64url(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def hs256_with_public_key(kid, claims, jwk):
    """By hand, as all three libraries refuse to."""
    pem = PyJWK(jwk, "RS256").key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    message = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{message}.{base64url(hmac.digest(pem, message.encode(), hashlib.sha256))}"


def send_tokens(hand, keys, service, issuer, other_issuer):
    now = int(time.time())
    good = {"iss": issuer, "aud": API, "sub": USER, "iat": now, "exp": now + 600}
    expired = {**good, "iat": now - 600, "exp": now - 60}
    elsewhere = {**good, "aud": "https://orders.example.com"}
    for algorithm, kind in ALGORITHMS.items():
        own, jwk = keys[kind]
        for name, claims, key, expected in [
            ("good", good, own, admitted(USER)),
            ("several audiences", {**good, "aud": ["a", API]}, own, admitted(USER)),
            ("expired", expired, own, refused("token_expired")),
            ("wrong audience", elsewhere, own, refused("token_audience")),
            ("another key", good, hand.key(kind)[0], refused("token_signature")),
            ("another issuer", {**good, "iss": other_issuer}, own, refused("token_key")),
            ("unknown issuer", {**good, "iss": f"{issuer}/"}, own, refused("token_issuer")),
        ]:
            token = hand.sign(algorithm, jwk["kid"], claims, key)
            check(f"{hand.name} {algorithm} {name}", service.ask(token), expected)
    jwk = keys["RSA"][1]
    forged = {
        "none": hand.unsigned(jwk["kid"], good),
        "HS256 with the public key": hs256_with_public_key(jwk["kid"], good, jwk),
    }
    for name, token in forged.items():
        check(f"{hand.name} {name}", service.ask(token), refused("token_algorithm"))


def other_hands_tokens():
    """Each library is an issuer of its own, and the service trusts all of them."""
    with contextlib.ExitStack() as stack:
        issuers = []
        for hand in HANDS:
            keys = {kind: hand.key(kind) for kind in set(ALGORITHMS.values())}
            for kind, (_, jwk) in keys.items():
                jwk["kid"] = f"{hand.name} {kind}"
            issuer = stack.enter_context(Issuer([jwk for _, jwk in keys.values()]))
            issuers.append((hand, keys, issuer.url))
        urls = [url for _, _, url in issuers]
        service = stack.enter_context(Service(OIDC_ISSUERS=" ".join(urls)))
        for hand, keys, url in issuers:
            send_tokens(hand, keys, service, url, next(u for u in urls if u != url))


def get(url, body=None):
    body = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def outcome(read, *arguments):
    """The subject, or the name of what was raised."""
    try:
        return read(*arguments)["sub"]
    except Exception as error:
        return type(error).__name__


def own_tokens():
    """The development issuer signs with RS256 alone."""
    with Service() as service:
        issuer = f"http://localhost:{service.port}/dev-issuer/"
        jwks_url = f"{issuer}.well-known/jwks.json"
        client = {"client_id": "dev-client", "client_secret": "dev-secret", "audience": API}
        client["grant_type"] = "client_credentials"
        token = get(f"{issuer}oauth/token", client)["access_token"]
        header, _, signature = token.split(".")
        changed = base64url(json.dumps({"iss": issuer, "aud": API, "sub": "root"}).encode())
        changed = f"{header}.{changed}.{signature}"
        jwks, orders = get(jwks_url), "https://orders.example.com"
        for hand in HANDS:
            for name, token_sent, audience, expected in [
                ("a token of the development issuer", token, API, "dev-client@clients"),
                ("a changed one", changed, API, hand.bad_signature),
                ("one for another audience", token, orders, hand.bad_audience),
            ]:
                got = outcome(hand.read, token_sent, jwks_url, jwks, issuer, audience)
                check(f"{hand.name} reads {name}", got, expected)


other_hands_tokens()
own_tokens()
finish()
