"""A certified OpenID provider as the tenant: from discovery to a 200."""

import base64
import hashlib
import html
import http.client
import json
import re
import secrets
import sys
import time
import urllib.parse

from checks import (
    ALGORITHMS, API, DEADLINE, Process, Service, admitted, check, finish, free_port, refused,
    wait_until,
)

SCOPED = "/priv/scoped_api/"
CALLBACK = "http://127.0.0.1/callback"
# The service asks its issuer for new keys no sooner than this after the last time.
COOL_DOWN = 30


class Tenant(Process):
    def __init__(self, port, program):
        super().__init__(["node", program, str(port), *ALGORITHMS], port)
        self.url = f"http://localhost:{port}"
        self.cookies = {}

    def send(self, method, url, form=None, headers=()):
        """Status, place to go to, body."""
        place = urllib.parse.urlsplit(url)
        target = place.path + (f"?{place.query}" if place.query else "")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**dict(headers), "cookie": cookies, "host": f"localhost:{self.port}"}
        if form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        caller.request(method, target, form and urllib.parse.urlencode(form), headers)
        reply = caller.getresponse()
        for cookie in reply.headers.get_all("set-cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        body = reply.read().decode()
        caller.close()
        return reply.status, reply.getheader("location"), body

    def tokens(self, form, headers=()):
        status, _, body = self.send("POST", f"{self.url}/token", form, headers)
        if status != 200:
            raise SystemExit(f"the provider gives no token: {status} {body}")
        return json.loads(body)

    def machine_token(self, algorithm="RS256", **wanted):
        basic = base64.b64encode(f"machine-{algorithm}:secret-of-the-checks".encode()).decode()
        form = {"grant_type": "client_credentials", **wanted}
        return self.tokens(form, {"authorization": f"Basic {basic}"})["access_token"]

    def user_tokens(self, user):
        """Authorization code with PKCE, through the provider's own pages."""
        verifier = secrets.token_urlsafe(48)
        challenge = hashlib.sha256(verifier.encode()).digest()
        query = urllib.parse.urlencode({
            "client_id": "page", "response_type": "code", "redirect_uri": CALLBACK,
            "scope": "openid message", "resource": API, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        })
        url, form = f"{self.url}/auth?{query}", None
        for _ in range(12):
            status, location, body = self.send("POST" if form else "GET", url, form)
            if location and location.startswith(CALLBACK):
                code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
                return self.tokens({
                    "grant_type": "authorization_code", "client_id": "page", "code": code,
                    "code_verifier": verifier, "redirect_uri": CALLBACK, "resource": API,
                })
            if location:
                url, form = urllib.parse.urljoin(url, location), None
            else:
                # A page that asks to log in, then one that asks to consent.
                url = urllib.parse.urljoin(url, html.unescape(re.search(r'action="([^"]+)"', body)[1]))
                prompt = re.search(r'name="prompt" value="(\w+)"', body)[1]
                form = {"prompt": prompt, "login": user, "password": "any"}
        raise SystemExit(f"the provider's pages led nowhere: {status} {url} {body}")


def machines(tenant, service):
    for algorithm in ALGORITHMS:
        token = tenant.machine_token(algorithm, resource=API, scope="message")
        expected = admitted(f"machine-{algorithm}")
        check(f"client credentials {algorithm}", service.ask(token), expected)
        check(f"its scope {algorithm}", service.ask(token, SCOPED), expected)
    other = tenant.machine_token(resource="https://orders.example.com", scope="message")
    check("another resource", service.ask(other), refused("token_audience"))
    check("no resource, so no JWT", service.ask(tenant.machine_token()), refused("token_malformed"))
    without_scope = service.ask(tenant.machine_token(resource=API), SCOPED)
    check("without scope", without_scope[:2], (403, "insufficient_scope"))


def users(tenant, service):
    tokens = tenant.user_tokens("ali")
    check("authorization code", service.ask(tokens["access_token"]), admitted("ali"))
    check("its scope", service.ask(tokens["access_token"], SCOPED), admitted("ali"))
    check("an ID token instead", service.ask(tokens["id_token"]), refused("token_audience"))


def rotation(tenant, service, old):
    """The provider has new keys: refused at first, admitted within the cool-down."""
    began, new = time.monotonic(), tenant.machine_token(resource=API)
    answers = [service.ask(new)]
    while answers[-1] == refused("token_key") and time.monotonic() < began + COOL_DOWN + 5:
        time.sleep(0.5)
        answers.append(service.ask(new))
    check("a token by a new key", answers[-1], admitted("machine-RS256"))
    print(f"       after {time.monotonic() - began:.0f} s and {len(answers)} tries")
    check("a token by a key that is gone", service.ask(old), refused("token_key"))


def main(program):
    port = free_port()
    with Service(OIDC_ISSUERS=f"http://localhost:{port}") as service:
        check("ready before the provider is", service.is_ready(), False)
        with Tenant(port, program) as tenant:
            wait_until(service.is_ready, "the service to have the provider's keys")
            machines(tenant, service)
            users(tenant, service)
            old = tenant.machine_token(resource=API)
            check("before the rotation", service.ask(old), admitted("machine-RS256"))
        check("while the provider is away", service.ask(old), admitted("machine-RS256"))
        with Tenant(port, program) as tenant:
            rotation(tenant, service, old)
    finish()


main(sys.argv[1])
