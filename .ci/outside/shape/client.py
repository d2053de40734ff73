"""A Python client, made from the document, calls each endpoint of the items."""

import datetime
import importlib
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from checks import Service, check, finish
from people import OTHER_USER, USER, token

PACKAGE = "items_client"


def make_client(service, folder):
    """Every endpoint and model of the document becomes code, without a warning."""
    document, package = Path(folder, "openapi.json"), Path(folder, PACKAGE)
    shutil.rmtree(package, ignore_errors=True)
    urllib.request.urlretrieve(f"{service.url}/openapi.json", document)
    subprocess.run(
        [
            "openapi-python-client", "generate", "--path", document, "--meta", "none",
            "--output-path", package, "--fail-on-warning",
        ],
        check=True,
    )
    importlib.invalidate_caches()


def call_all(service):
    from items_client import AuthenticatedClient, Client
    from items_client.api.items import (
        add_item, delete_item, list_items, read_item, replace_item,
    )
    from items_client.models import InputError, Item, ItemList, ListItemsSort, NewItem, Problem

    def person(subject):
        return AuthenticatedClient(
            base_url=service.url, token=token(service, subject), raise_on_unexpected_status=True,
        )

    def problem(name, answer, status, code):
        parsed = answer.parsed
        got = (answer.status_code.value, type(parsed), getattr(parsed, "error", None))
        check(name, got, (status, Problem, code))
        return parsed

    anybody = Client(base_url=service.url, raise_on_unexpected_status=True)
    ali, bea = person(USER), person(OTHER_USER)

    apple = add_item.sync_detailed(client=ali, body=NewItem("apple", 30, tags=["red", "fruit"]))
    check("an item is added", (apple.status_code.value, type(apple.parsed)), (201, Item))
    item = apple.parsed
    check("its members are typed", [type(value) for value in (item.id, item.created_at, item.tags)],
          [int, datetime.datetime, list])
    pear = add_item.sync(client=ali, body=NewItem("pear", 20))
    check("a default is filled in", pear.tags, [])

    listed = list_items.sync(client=anybody, sort=ListItemsSort.PRICE)
    check("items are listed", (type(listed), [type(one) for one in listed.items]),
          (ItemList, [Item, Item]))
    check("in order", [one.name for one in listed.items], ["pear", "apple"])
    listed = list_items.sync(client=anybody, tag=["red", "fruit"], min_price=30, owner=USER)
    check("filters hold", listed.items, [item])
    listed = list_items.sync(client=anybody, limit=1)
    check("in parts", (len(listed.items), listed.next_offset), (1, 1))

    read = read_item.sync_detailed(item.id, client=anybody)
    check("an item is read", (read.status_code.value, read.parsed), (200, item))
    etag = read.headers["etag"]
    known = read_item.sync_detailed(item.id, client=anybody, if_none_match=etag)
    check("and not again", (known.status_code.value, known.parsed), (304, None))

    new = NewItem("green apple", 35)
    replaced = replace_item.sync_detailed(item.id, client=ali, body=new, if_match=etag)
    got = (replaced.status_code.value, replaced.parsed.name, replaced.parsed.version)
    check("an item is replaced", got, (200, "green apple", item.version + 1))

    late = replace_item.sync_detailed(item.id, client=ali, body=new, if_match=etag)
    problem("too late", late, 412, "precondition_failed")
    stolen = replace_item.sync_detailed(item.id, client=bea, body=new)
    problem("another's", stolen, 403, "not_owner")
    again = add_item.sync_detailed(client=ali, body=NewItem("pear", 1))
    problem("the name again", again, 409, "item_name_taken")
    wrong = add_item.sync_detailed(client=ali, body=NewItem("", -1))
    wrong = problem("wrong members", wrong, 422, "invalid_input")
    check("each one is named", [(type(one), one.loc) for one in wrong.errors],
          [(InputError, ["body", "name"]), (InputError, ["body", "price"])])
    none = read_item.sync_detailed(10**6, client=anybody)
    problem("no such item", none, 404, "item_not_found")
    nobody = AuthenticatedClient(base_url=service.url, token="none")
    problem("no token", add_item.sync_detailed(client=nobody, body=new), 401, "token_malformed")

    gone = delete_item.sync_detailed(item.id, client=bea)
    check("an item is deleted", (gone.status_code.value, gone.parsed), (204, None))
    problem("twice", delete_item.sync_detailed(item.id, client=bea), 404, "item_not_found")


with Service() as service:
    make_client(service, sys.argv[1])
    call_all(service)
finish()
