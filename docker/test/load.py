#!/usr/bin/env python3
"""load.py FILE CLIENTS URL...: calls the URLs in turn, a connection for each request, until
FILE.stop is there or ten minutes are over. Then FILE says, as JSON, how many requests
were answered with 200 and how the others failed."""

import collections
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse


def main(file, clients, urls):
    targets = [urllib.parse.urlsplit(url) for url in urls]
    end = time.monotonic() + 600
    failures, times, lock = collections.Counter(), [], threading.Lock()

    def client(number):
        while time.monotonic() < end and not os.path.exists(f"{file}.stop"):
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


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
