"""Fixtures and rules of every scenario."""

import os
import re
import shutil
import subprocess
import sys
from urllib.parse import quote

import pytest
from _pytest.runner import runtestprotocol

sys.path.insert(0, os.path.dirname(__file__))

from lablib import Lab, Noise, Pair  # noqa: E402
from lablib.binaries import CHECKOUT  # noqa: E402
from lablib.noise import AGAIN, ATTEMPTS, NOT_JUDGED, after_attempt  # noqa: E402

RESULTS = os.environ.get("EVENKEEL_LAB_RESULTS") or os.path.join(CHECKOUT, "build", "lab", "results")
SCRATCH = "/run/evenkeel-lab-scratch"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="every timing scenario ten times over")
    parser.addoption("--share", metavar="DIRECTORY", help="skip each scenario that another process with this directory has begun")


def pytest_configure(config):
    config.addinivalue_line("markers", "whole_machine: keeps the CPUs busy, or is judged by what they are free for")


def pytest_collection_modifyitems(config, items):
    """The scenario that unloads ip_vs comes first: the kernel takes its time to let go of old namespaces."""
    items.sort(key=lambda item: "without_ip_vs" not in item.fixturenames)


def pytest_generate_tests(metafunc):
    if metafunc.config.getoption("--full") and "noise" in metafunc.fixturenames:
        metafunc.fixturenames.append("repetition")
        metafunc.parametrize("repetition", range(10))


@pytest.fixture
def scratch(request):
    """This scenario's directory of logs: kept under build/lab/results when it fails."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", request.node.nodeid.split("/")[-1])
    directory = os.path.join(SCRATCH, name)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    yield directory
    if getattr(request.node, "has_failed", False):
        kept = os.path.join(RESULTS, name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(directory, kept, ignore_dangling_symlinks=True)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def make_lab(scratch):
    """make_lab(balancers=1, real_servers=3): a topology, taken away at the end."""
    made = []

    def make(**options):
        made.append(Lab(scratch, **options))
        return made[-1]

    yield make
    for lab in made:
        lab.close()


@pytest.fixture
def lab(make_lab):
    """client, lb1 with the virtual addresses on it, rs1 to rs3."""
    made = make_lab()
    made.place_virtual_addresses("lb1")
    return made


@pytest.fixture
def make_pair(make_lab):
    """make_pair(interval=1.0): a client, nginx on rs1 to rs3, and evenkeel on lb1 and lb2 with lb1 as Master."""
    made = []

    def make(**options):
        lab = make_lab(balancers=2)
        for server in lab.real_servers:
            server.start_nginx(80)
        made.append(Pair(lab, **options))
        return made[-1]

    yield make
    for pair in made:
        pair.close()


@pytest.fixture
def noise(request):
    """Sleepers beside a scenario that judges timings: how late they were is added to its bounds."""
    sleeper = Noise()
    request.node.noise = sleeper
    yield sleeper
    sleeper.stop()


@pytest.fixture(scope="session", autouse=True)
def modules():
    """Those that a namespace cannot have loaded on demand."""
    os.makedirs(RESULTS, exist_ok=True)
    subprocess.run(["modprobe", "-a", "ip_vs", "ipip", "ip6_tunnel"], check=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        item.has_failed = True


def begin(item):
    """False where another process with the same --share has begun this scenario."""
    directory = item.config.getoption("--share")
    try:
        if directory:
            os.close(os.open(os.path.join(directory, quote(item.nodeid, safe="")), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def pytest_runtest_protocol(item, nextitem):
    """Runs a scenario again when it failed beside a noise that explains it; of one that judges timings (it takes the
    sleepers as a fixture) a third time is a loud skip."""
    if not begin(item):
        return True
    if item.config.getoption("--share"):
        nextitem = None  # the next scenario of this process is not known yet: every fixture ends with this one
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    is_timed = any(name in item.fixturenames for name in ("noise", "sleeper", "real_time_sleeper"))
    for attempt in range(1, ATTEMPTS + 1):
        item.has_failed = False
        item.noise = None if is_timed else Noise()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        failed = [report for report in reports if report.failed]
        if item.noise is None:  # the fixture was not reached
            break
        item.noise.stop()
        then = after_attempt(attempt, bool(failed), item.noise, is_timed)
        if failed and item.noise.is_too_much():
            print(f"\n{item.nodeid}: failed beside {item.noise} (attempt {attempt} of {ATTEMPTS})")
            for report in failed:
                print(report.capstdout, report.longrepr.reprcrash.message if report.longrepr else "", sep="", flush=True)
        if then == AGAIN:
            item._initrequest()
            continue
        if then == NOT_JUDGED:
            for report in failed:
                report.outcome = "skipped"
                report.longrepr = (str(item.path), item.location[1] or 0,
                                   f"NOISE: not judged: failed {ATTEMPTS} times, the last beside {item.noise}")
        break
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
