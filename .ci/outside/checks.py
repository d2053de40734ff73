"""What the checks share: a service to ask, and the count of what was right."""

import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

API = "https://items.example.com"
ALGORITHMS = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA",
    "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "P-256", "ES384": "P-384", "EdDSA": "Ed25519",
}
CHALLENGE = (
    'Bearer realm="sample-service", error="invalid_token", '
    'error_description="the access token is refused"'
)
DEADLINE = 20

counts = {"passed": 0, "failed": 0}


def check(name, got, expected):
    """Prints one line, and more when it is not as expected."""
    is_right = got == expected
    counts["passed" if is_right else "failed"] += 1
    if is_right:
        short = f"{got[0]} {got[1]}" if isinstance(got, tuple) else got
        print(f"ok     {name}: {short}", flush=True)
    else:
        print(f"FAILED {name}: {got}\n       expected {expected}", flush=True)


def refused(code):
    """What a service answers to a token that it refuses."""
    return 401, code, CHALLENGE


def admitted(subject):
    """What the sample's private endpoint answers to `subject`."""
    return 200, {"Hello User": subject}, None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(is_so, what):
    """Asks again and again, as the other process is not ours to be told by."""
    give_up = time.monotonic() + DEADLINE
    while not is_so():
        if time.monotonic() > give_up:
            raise SystemExit(f"waited {DEADLINE} s for {what} in vain")
        time.sleep(0.05)


class Process:
    """A program that runs as long as the block, in an empty folder."""

    def __init__(self, command, port, **settings):
        self.command, self.port, self.settings = command, port, settings

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name, "log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder.name, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "PORT": str(self.port), **self.settings},
            )
        try:
            wait_until(self.answers, f"{self.command[0]} to answer")
        except BaseException:
            self.__exit__(True)
            raise
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise SystemExit(f"{self.command[0]} ended by itself")
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, kind, *_):
        self.process.terminate()
        self.process.wait(DEADLINE)
        if kind:
            print(f"the log of {self.command[0]}:\n{self.log.read_text()[-4000:]}")
        self.folder.cleanup()


class Service(Process):
    """The sample service, as a development build of it runs."""

    def __init__(self, **settings):
        settings = {"API_IDENTIFIER": API, "ALGORITHMS": " ".join(ALGORITHMS), **settings}
        super().__init__([os.environ["SAMPLE_SERVICE"]], free_port(), **settings)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self):
        return self.ask("none", "/ready")[0] == 200

    def ask(self, token, path="/priv/private_api/"):
        """Status, body or the code of the refusal, challenge."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        caller.request("GET", path, headers={"authorization": f"Bearer {token}"})
        reply = caller.getresponse()
        body = json.loads(reply.read())
        caller.close()
        if reply.status != 200:
            body = body.get("error")
        return reply.status, body, reply.getheader("www-authenticate")


def finish():
    """Ends with status 1 if anything failed, or nothing was checked."""
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    raise SystemExit(counts["failed"] > 0 or counts["passed"] == 0)
