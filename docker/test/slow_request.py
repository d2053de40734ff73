#!/usr/bin/env python3
"""slow_request.py PORT TOKEN FILE: sends a request but for its last byte, says `sent`,
and sends that byte once FILE is there. Prints the status and the connection's fate."""

import http.client
import json
import os
import sys
import time

port, token, file = int(sys.argv[1]), sys.argv[2], sys.argv[3]
body = json.dumps({"name": f"slow {os.getpid()}", "price": 1, "tags": []}).encode()
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
connection.putrequest("POST", "/priv/items/")
connection.putheader("authorization", f"Bearer {token}")
connection.putheader("content-type", "application/json")
connection.putheader("content-length", str(len(body)))
connection.endheaders(body[:-1])
print("sent", flush=True)
while not os.path.exists(file):
    time.sleep(0.05)
connection.send(body[-1:])
print(connection.getresponse().status, flush=True)
