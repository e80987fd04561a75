#!/usr/bin/python3
"""The hooks of etc/hooks, each against a fake of what it talks to: hooks of a state, and failures that are told."""

import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

HOOKS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "etc", "hooks")
MASTER = {"EVENKEEL_INSTANCE": "web", "EVENKEEL_STATE": "MASTER", "EVENKEEL_PREVIOUS_STATE": "BACKUP",
          "EVENKEEL_REASON": "master_released", "EVENKEEL_ADDRESSES": "192.0.2.10/32 2001:db8::10/128 192.0.2.11/24"}


class Endpoint:
    """An HTTP server on loopback: keeps what was posted, answers `status`."""

    def __init__(self, status=200):
        self.requests = []
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.requests.append((self.path, self.headers.get("Authorization"), body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class ShippedHooks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def endpoint(self, status=200):
        endpoint = Endpoint(status)
        self.addCleanup(endpoint.close)
        return endpoint

    def fake(self, name, then=""):
        """A program of this name comes first in PATH, and notes its arguments and input."""
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{path}.arguments\ncat >>{path}.input\n{then}\n')
        os.chmod(path, 0o755)

    def noted(self, name, what="arguments"):
        with open(os.path.join(self.folder.name, f"{name}.{what}"), encoding="ascii") as file:
            return file.read()

    def run_hook(self, hook, *arguments, **variables):
        """As the spawner would, with the folder first in PATH."""
        environment = {"PATH": f"{self.folder.name}:/usr/sbin:/usr/bin:/sbin:/bin", **MASTER, **variables}
        return subprocess.run([os.path.join(HOOKS, hook), *arguments], env=environment, cwd="/", text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)

    def token(self):
        path = os.path.join(self.folder.name, "token")
        with open(path, "w", encoding="ascii") as file:
            file.write("secret\n")
        return path

    def test_webhook(self):
        endpoint = self.endpoint()
        done = self.run_hook("webhook", endpoint.url + "/x", EVENKEEL_INSTANCE='w&b"=')
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        (path, _, body), = endpoint.requests
        fields = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        self.assertEqual(path, "/x")
        self.assertEqual((fields["instance"], fields["state"], fields["reason"]), ('w&b"=', "MASTER", "master_released"))

    def test_webhook_that_is_refused(self):
        done = self.run_hook("webhook", self.endpoint(403).url)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("403", done.stderr.splitlines()[-1])

    def test_hetzner(self):
        endpoint = self.endpoint(201)
        done = self.run_hook("hetzner-floating-ip", self.token(), "4711", "1001", API=endpoint.url)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(endpoint.requests,
                         [("/v1/floating_ips/4711/actions/assign", "Bearer secret", '{"server": 1001}')])

    def test_digitalocean(self):
        endpoint = self.endpoint(201)
        done = self.run_hook("digitalocean-reserved-ip", self.token(), "192.0.2.10", "1001", API=endpoint.url)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(endpoint.requests, [("/v2/reserved_ips/192.0.2.10/actions", "Bearer secret",
                                              '{"type": "assign", "droplet_id": 1001}')])

    def test_the_token_is_in_no_command_line(self):
        self.fake("curl")
        self.run_hook("hetzner-floating-ip", self.token(), "4711", "1001")
        self.assertNotIn("secret", self.noted("curl"))
        self.assertIn("Bearer secret", self.noted("curl", "input"))

    def test_without_the_token_no_cloud_is_asked(self):
        for hook in ("hetzner-floating-ip", "digitalocean-reserved-ip"):
            self.fake("curl")
            done = self.run_hook(hook, "/nonexistent/token", "4711", "1001")
            self.assertNotEqual(done.returncode, 0, hook)
            self.assertIn("/nonexistent/token", done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.folder.name, "curl.arguments")), hook)

    def test_curl_gives_up_before_the_hook_is_ended(self):
        for hook in ("webhook", "hetzner-floating-ip", "digitalocean-reserved-ip"):
            self.fake("curl")
            self.run_hook(hook, self.token(), "4711", "1001")
            words = self.noted("curl").split()
            limit, retries = (int(words[words.index(option) + 1]) for option in ("--max-time", "--retry"))
            pauses = sum(2 ** retry for retry in range(retries))  # curl(1): 1 s, then doubled
            self.assertLess((retries + 1) * limit + pauses, 30, hook)  # hook_timeout
            os.unlink(os.path.join(self.folder.name, "curl.arguments"))

    def test_a_cloud_that_refuses(self):
        for hook in ("hetzner-floating-ip", "digitalocean-reserved-ip"):
            done = self.run_hook(hook, self.token(), "4711", "1001", API=self.endpoint(401).url)
            self.assertNotEqual(done.returncode, 0, hook)
            self.assertIn("401", done.stderr.splitlines()[-1])

    def test_aws(self):
        self.fake("aws")
        done = self.run_hook("aws-secondary-address", "eni-0a1b", "eu-central-1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.noted("aws"),
                         "--cli-connect-timeout 5 --cli-read-timeout 8 "
                         "ec2 assign-private-ip-addresses --region eu-central-1 --network-interface-id eni-0a1b "
                         "--allow-reassignment --private-ip-addresses 192.0.2.10 192.0.2.11\n")

    def test_conntrackd(self):
        for state, steps in (("MASTER", "-c\n-f\n-R\n-B\n"), ("BACKUP", "-t\n-n\n"), ("INITIALIZE", "-t\n")):
            self.fake("conntrackd")
            done = self.run_hook("conntrackd", EVENKEEL_STATE=state)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(self.noted("conntrackd"), steps)
            os.unlink(os.path.join(self.folder.name, "conntrackd.arguments"))

    def test_conntrackd_goes_on_after_a_step_that_fails(self):
        self.fake("conntrackd", then='[ "$1" != -f ]')
        self.assertEqual(self.run_hook("conntrackd").returncode, 1)
        self.assertEqual(self.noted("conntrackd"), "-c\n-f\n-R\n-B\n")

    def test_mail(self):
        self.fake("sendmail")
        done = self.run_hook("mail", "ops@example.org")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        mail = self.noted("sendmail", "input")
        self.assertIn("To: ops@example.org\n", mail)
        self.assertIn(": web is MASTER\n", mail)
        self.assertIn("\n\nweb is MASTER: master_released\nbefore: BACKUP\n", mail)
        self.assertEqual(self.noted("sendmail"), "-t\n")

    def test_mail_is_sent_where_a_change_is_told_late(self):
        self.fake("sendmail")
        self.assertEqual(self.run_hook("mail", "ops@example.org", EVENKEEL_REASON="resumed").returncode, 0)
        self.assertIn("web is MASTER: resumed\nbefore: BACKUP\n", self.noted("sendmail", "input"))

    def test_mail_is_not_sent_for_a_reload(self):
        self.fake("sendmail")
        done = self.run_hook("mail", "ops@example.org", EVENKEEL_REASON="reloaded", EVENKEEL_PREVIOUS_STATE="MASTER")
        self.assertEqual(done.returncode, 0)
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, "sendmail.input")))


if __name__ == "__main__":
    sys.exit(unittest.main())
