#!/usr/bin/python3
"""Judges etc/*.toml with the schema as an editor would, and that the schema refuses what the parser refuses.

usage: schema_test.py SCHEMA ETC_FOLDER
"""

import copy
import json
import pathlib
import sys
import tomllib

import jsonschema

SERVICE = {"name": "web", "address": "192.0.2.10", "port": 80, "protocol": "tcp", "forwarding": "direct"}
INSTANCE = {"name": "web", "interface": "eth0", "virtual_router_id": 61, "virtual_addresses": ["192.0.2.10"]}

REFUSED = [
    {"bananas": 1},
    {"global": {"log_level": "loud"}},
    {"ipvs": {"drift_interval": 30}},
    {"ipvs": {"max_removals": "101%"}},
    {"ipvs": {"timeouts": {"tcp": "1d"}}},
    {"ipvs": {"sysctl": {"sloppy_tcp": 2}}},
    {"check": {"a": {}}},
    {"check": {"a": {"type": "https"}}},
    {"check": {"a": {"type": "tcp", "path": "/"}}},
    {"check": {"a": {"type": "http", "expect": "x"}}},
    {"check": {"a": {"type": "http", "status": ["2xx"]}}},
    {"check": {"a": {"type": "http", "path": "/a\nb"}}},
    {"global": {"address_lease": "yes"}},
    {"vrrp": {"instance": {}}},
    {"vrrp": {"instances": []}},
    {"vrrp": {"instance": [{key: value for key, value in INSTANCE.items() if key != "interface"}]}},
    {"vrrp": {"instance": [INSTANCE | {"virtual_router_id": 256}]}},
    {"vrrp": {"instance": [INSTANCE | {"interface": "a/b"}]}},
    {"vrrp": {"instance": [INSTANCE | {"priority": {"lb1": 0}}]}},
    {"vrrp": {"instance": [INSTANCE | {"version": 4}]}},
    {"vrrp": {"instance": [INSTANCE | {"virtual_addresses": []}]}},
    {"vrrp": {"instance": [INSTANCE | {"virtual_addresses": ["192.0.2.10/0"]}]}},
    {"vrrp": {"instance": [INSTANCE | {"unicast": {"lb1": "192.0.2.2"}}]}},
    {"vrrp": {"instance": [INSTANCE | {"password": "123456789"}]}},
    {"vrrp": {"instance": [INSTANCE | {"announcements": {"at": []}}]}},
    {"vrrp": {"instance": [INSTANCE | {"virtual_mac": False}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_checks": [{"name": "nginx", "weight": 0}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_checks": [{"weight": 1}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_checks": {"name": "nginx"}}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_services": [{"name": "web", "per_server": 1}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_files": [{"path": "relative"}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_processes": [{"name": "systemd-journald"}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_interfaces": [{"name": "eth1", "weight": {"lb1": 254}}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_gateways": [{"address": "192.0.2.1"}]}]}},
    {"vrrp": {"instance": [INSTANCE | {"track_gateways": [{"address": "192.0.2.1", "interface": "eth0", "fall": 0}]}]}},
    {"vrrp": {"sync_group": [{"name": "both", "instances": ["web"]}]}},
    {"virtual_service": {}},
    {"virtual_service": [SERVICE | {"port": 0}]},
    {"virtual_service": [SERVICE | {"weigth": 1}]},
    {"virtual_service": [SERVICE | {"slow_start": "0s"}]},
    {"virtual_service": [SERVICE | {"scheduler": {"lb1": "wcl"}}]},
    {"virtual_service": [{key: value for key, value in SERVICE.items() if key != "forwarding"}]},
    {"virtual_service": [SERVICE | {"real_server": [{"weight": 1}]}]},
    {"virtual_service": [SERVICE | {"real_server": [{"address": "192.0.2.21", "weight": {"lb1": -1}}]}]},
]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[2])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    faults = 0
    files = [folder / "evenkeel.toml", *sorted((folder / "examples").glob("*.toml"))]
    for file in files:
        if not file.read_text().startswith("#:schema "):
            print(f"{file}: the first line names no schema")
            faults += 1
        for error in validator.iter_errors(tomllib.loads(file.read_text())):
            print(f"{file}: {error.json_path}: {error.message}")
            faults += 1
    for document in REFUSED:
        if validator.is_valid(copy.deepcopy(document)):
            print(f"accepted: {document}")
            faults += 1
    if not validator.is_valid({"virtual_service": [SERVICE]}):
        print("refused: the least service")
        faults += 1
    if not validator.is_valid({"vrrp": {"instance": [INSTANCE]}}):
        print("refused: the least instance")
        faults += 1
    print(f"{len(files)} files, {len(REFUSED)} mistakes, {faults} faults")
    return 1 if faults else 0


sys.exit(main())
