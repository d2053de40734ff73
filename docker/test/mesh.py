#!/usr/bin/env python3
"""mesh.py SERVICE PORT: in place of Swarm's routing mesh on a kernel without IPVS.

It listens on 127.0.0.1:PORT and passes each new connection on to the next task that
Swarm wants running, that runs and is not known to be bad: Swarm takes such a task out
of the balancing before it stops it. As with IPVS, connections that are there stay with
their task, and nothing is tried again: what a task refuses, the client sees."""

import asyncio
import http.client
import json
import os
import socket
import sys
import urllib.parse

SOCKET = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


class Engine(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(SOCKET)


def ask(path):
    engine = Engine("engine")
    engine.request("GET", path)
    return json.load(engine.getresponse())


def found(what, **filters):
    return ask(f"/{what}?filters={urllib.parse.quote(json.dumps(filters))}")


def addresses(service):
    """Those of the good tasks on this machine's own bridge, where each task has one."""
    bad = {container["Id"] for container in found("containers/json", health=["unhealthy"])}
    good = {
        task["Status"]["ContainerStatus"]["ContainerID"]
        for task in found("tasks", **{"service": [service], "desired-state": ["running"]})
        if task["Status"]["State"] == "running"
    } - bad
    bridged = ask("/networks/docker_gwbridge")["Containers"]
    return sorted(container["IPv4Address"].split("/")[0] for name, container in bridged.items() if name in good)


async def pump(reader, writer):
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


async def main(service, port):
    published = ask(f"/services/{service}")["Endpoint"]["Spec"]["Ports"]
    target = next(each["TargetPort"] for each in published if each["PublishedPort"] == port)
    live, turn, open_connections = [], 0, set()

    async def watch():
        nonlocal live
        while True:
            try:
                now = await asyncio.to_thread(addresses, service)
                if now != live:
                    live = now
                    print("tasks:", *live, flush=True)
            except (OSError, KeyError, TypeError) as error:
                print("engine:", error, flush=True)
            await asyncio.sleep(0.2)

    async def serve(reader, writer):
        nonlocal turn
        turn += 1
        # The event loop alone does not keep a task from being collected.
        open_connections.add(task := asyncio.current_task())
        task.add_done_callback(open_connections.discard)
        try:
            to_reader, to_writer = await asyncio.open_connection(live[turn % len(live)], target)
        except (OSError, ZeroDivisionError) as error:
            print("refused:", error, flush=True)
            writer.transport.abort()
            return
        await asyncio.gather(pump(reader, to_writer), pump(to_reader, writer))
        to_writer.close()
        writer.close()

    watching = asyncio.create_task(watch())
    async with await asyncio.start_server(serve, "127.0.0.1", port, backlog=512) as server:
        await server.serve_forever()
    watching.cancel()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
