#!/usr/bin/env python3
"""load.py SECONDS CLIENTS FILE URL...: calls the URLs in turn, a connection for each
request, and writes how many were answered with 200 and how all others failed as JSON.
With SECONDS 0 it ends when FILE.stop is there."""

import collections
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse


def main(seconds, clients, file, urls):
    targets = [urllib.parse.urlsplit(url) for url in urls]
    end = time.monotonic() + (seconds or 600)
    failures, times, lock = collections.Counter(), [], threading.Lock()

    def client(number):
        while time.monotonic() < end and not (seconds == 0 and os.path.exists(f"{file}.stop")):
            number += 1
            target = targets[number % len(targets)]
            start = time.monotonic()
            try:
                connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
                connection.request("GET", target.path, headers={"connection": "close"})
                answer = connection.getresponse()
                answer.read()
                failure = None if answer.status == 200 else f"{target.path} {answer.status}"
                connection.close()
            except (OSError, http.client.HTTPException) as error:
                failure = f"{target.path} {type(error).__name__}"
            with lock:
                if failure:
                    failures[failure] += 1
                else:
                    times.append(time.monotonic() - start)
            time.sleep(0.005)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(file, "w") as out:
        slowest = round(max(times, default=0), 3)
        json.dump({"answered": len(times), "failed": sum(failures.values()), "failures": failures, "slowest": slowest}, out)


main(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
