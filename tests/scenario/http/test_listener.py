#!/usr/bin/env python3
"""http/ from outside: one server process, plain sockets, every limit reached.

  test_listener.py PATH-TO-probe_server

Non-goals: the API's own behaviour (tests/contract), speed (bench).
"""
import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROBE = sys.argv.pop(1)


class Probe:
    """A running probe_server; `stop` ends it in order and returns what it says it did."""

    def __init__(self, *options):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([PROBE, *options], stdout=subprocess.PIPE, stderr=self.errors)
        self.port = int(self.process.stdout.readline())

    def connect(self, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stats(self):
        return json.loads(self.ask("GET", "/stats")[2])

    def stop(self, timeout=20):
        self.process.send_signal(signal.SIGTERM)
        out = self.process.stdout.read()
        code = self.process.wait(timeout)
        self.process.stdout.close()
        self.errors.seek(0)
        self.log = self.errors.read().decode()
        self.errors.close()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {self.log[-3000:]}")
        return json.loads(out)


def read_all(connection):
    """What comes until the peer closes; a reset counts as closing."""
    data = b""
    try:
        while True:
            part = connection.recv(65536)
            if not part:
                return data
            data += part
    except ConnectionResetError:
        return data


def read_answer(stream):
    """One answer with Content-Length from a file made of a socket."""
    status = int(stream.readline().split()[1])
    headers = {}
    while True:
        line = stream.readline().strip()
        if not line:
            break
        name, value = line.decode().split(": ", 1)
        headers[name.lower()] = value
    return status, headers, stream.read(int(headers["content-length"]))


class Shared(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.probe = Probe()

    @classmethod
    def tearDownClass(cls):
        cls.probe.stop()

    def problem(self, answer, status, code):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["content-type"], "application/problem+json")
        body = json.loads(answer[2])
        self.assertEqual(body["code"], code)
        self.assertEqual(body["status"], status)
        self.assertIn(body["trace_id"], answer[1]["traceparent"])
        return body


class Requests(Shared):
    def test_route_parameters_and_query_are_decoded(self):
        status, _, body = self.probe.ask("GET", "/echo/%E9%92%B1%2Fa?q=%E5%88%86&empty=")
        self.assertEqual(status, 200)
        body = json.loads(body)
        self.assertEqual(body["param"], "钱/a")
        self.assertEqual(body["query"], {"q": "分", "empty": ""})

    def test_malformed_percent_encoding_is_refused(self):
        for path in ["/echo/%", "/echo/%4", "/echo/%zz", "/echo/%ff", "/echo/%00", "/echo/%0a"]:
            self.problem(self.probe.ask("GET", path), 404, "not_found")
        for query in ["a=%", "a=%ff", "%00=1"]:
            self.problem(self.probe.ask("GET", "/echo/x?" + query), 400, "request_malformed")

    def test_a_query_argument_appears_once(self):
        self.problem(self.probe.ask("GET", "/echo/x?a=1&a=2"), 400, "field_duplicate")

    def test_unknown_path_and_method(self):
        self.problem(self.probe.ask("GET", "/nothing"), 404, "not_found")
        self.problem(self.probe.ask("GET", "//echo/x"), 404, "not_found")
        self.problem(self.probe.ask("GET", "/echo/x/"), 404, "not_found")
        answer = self.probe.ask("DELETE", "/echo/x")
        self.problem(answer, 405, "method_not_allowed")
        self.assertEqual(answer[1]["allow"], "GET, HEAD, POST, OPTIONS")
        self.assertEqual(self.probe.ask("OPTIONS", "/echo/x")[0], 204)
        self.problem(self.probe.ask("BREW", "/echo/x"), 405, "method_not_allowed")

    def test_problems_speak_the_readers_language(self):
        for accept, language in [("zh-CN,en;q=0.8", "zh-CN"), ("en", "en"), ("fr, zh;q=0.2, en;q=0.1", "zh-CN"),
                                 ("zh;q=0, en;q=0.1", "en"), ("*", "en"), (";;;q=,,", "en")]:
            answer = self.probe.ask("GET", "/nothing", headers={"Accept-Language": accept})
            self.problem(answer, 404, "not_found")
            self.assertEqual(answer[1]["content-language"], language, accept)

    def test_trace_is_continued_or_begun(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        _, headers, _ = self.probe.ask("GET", "/echo/x", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        self.assertEqual(headers["traceparent"].split("-")[1], trace)
        for bad in ["00-" + "0" * 32 + "-b7ad6b7169203331-01", "junk", f"00-{trace.upper()}-b7ad6b7169203331-01"]:
            _, headers, _ = self.probe.ask("GET", "/echo/x", headers={"traceparent": bad})
            self.assertNotIn(trace, headers["traceparent"])
            self.assertRegex(headers["traceparent"], "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$")

    def test_every_answer_is_protected(self):
        _, headers, _ = self.probe.ask("GET", "/echo/x")
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["cache-control"], "no-store")
        self.assertIn("frame-ancestors 'none'", headers["content-security-policy"])
        self.assertNotIn("strict-transport-security", headers)

    def test_head_has_the_headers_and_no_body(self):
        status, headers, body = self.probe.ask("HEAD", "/echo/x")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["content-length"]), 10)

    def test_pipelined_requests_are_answered_in_order(self):
        with self.probe.connect() as connection:
            connection.sendall(b"".join(
                b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
                b"GET /echo/n%d HTTP/1.1\r\nHost: x\r\n\r\n" % i for i in range(20)))
            stream = connection.makefile("rb")
            for i in range(20):
                self.assertEqual(read_answer(stream)[0], 201)
                status, _, body = read_answer(stream)
                self.assertEqual((status, json.loads(body)["param"]), (200, f"n{i}"))

    def test_a_connection_is_kept_after_an_early_refusal_of_a_small_body(self):
        with self.probe.connect() as connection:
            connection.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nAuthorization: deny\r\nContent-Length: 4\r\n\r\nabcd"
                               b"GET /echo/after HTTP/1.1\r\nHost: x\r\n\r\n")
            stream = connection.makefile("rb")
            self.assertEqual(read_answer(stream)[0], 401)
            self.assertEqual(json.loads(read_answer(stream)[2])["param"], "after")


class Malformed(Shared):
    def send(self, data):
        with self.probe.connect() as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server may close before it has read everything
            return read_all(connection)

    def refused(self, data, statuses=(400,)):
        answer = self.send(data)
        if answer:
            self.assertIn(int(answer.split()[1]), statuses, answer[:200])
        self.assertEqual(self.probe.ask("GET", "/echo/alive")[0], 200)
        return answer

    def test_not_http(self):
        self.refused(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello tls\r\n\r\n")
        self.refused(b"GET\r\n\r\n")
        self.refused(b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", (400, 505))
        self.refused(b"\r\n\r\n\r\n\r\n")
        self.refused(os.urandom(20000), (400, 413, 414, 431))

    def test_host_is_required_once(self):
        self.assertIn(b" 400 ", self.refused(b"GET /echo/x HTTP/1.1\r\n\r\n"))
        self.assertIn(b"host_invalid", self.refused(b"GET /echo/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))

    def test_one_framing_of_the_body(self):
        for headers in [b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Content-Length: 4\r\nContent-Length: 5",
                        b"Transfer-Encoding: gzip", b"Content-Length: -1", b"Content-Length: 4x", b"Content-Length: +4",
                        b"Content-Length: 99999999999999999999"]:
            answer = self.refused(b"POST /echo/x HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\nabcdGET /echo/smuggled HTTP/1.1"
                                  b"\r\nHost: x\r\n\r\n", (400, 413))
            self.assertNotIn(b"smuggled", answer)

    def test_compressed_bodies_are_refused(self):
        body = gzip.compress(b"{}")
        answer = self.probe.ask("POST", "/echo/x", body, {"Content-Encoding": "gzip"})
        self.problem(answer, 415, "encoding_not_supported")

    def test_too_many_headers(self):
        many = b"".join(b"X-%d: y\r\n" % i for i in range(100))
        self.assertIn(b"headers_too_large", self.refused(b"GET /echo/x HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n", (431,)))
        large = b"X-Large: " + b"y" * 12000 + b"\r\n"
        self.assertIn(b"headers_too_large", self.refused(b"GET /echo/x HTTP/1.1\r\nHost: x\r\n" + large + b"\r\n", (431,)))
        self.refused(b"GET /echo/x HTTP/1.1\r\nHost: x\r\n" + b"X-Y: z\r\n" * 200000 + b"\r\n", (413, 431))

    def test_url_too_long(self):
        self.assertIn(b"uri_too_long", self.refused(b"GET /echo/x?a=" + b"y" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414,)))
        self.refused(b"GET /" + b"y" * 1000000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (413, 414, 431))
        arguments = "&".join(f"a{i}=1" for i in range(30))
        self.problem(self.probe.ask("GET", "/echo/x?" + arguments), 414, "uri_too_long")


class Bodies(Shared):
    def test_a_large_body_arrives_whole(self):
        body = os.urandom(1 << 19).hex().encode() * 16
        self.assertEqual(len(body), 16 << 20)
        self.assertEqual(json.loads(self.probe.ask("POST", "/large", body)[2])["length"], 16 << 20)
        chunks = iter([b"ab", b"c" * 5000, b"d"])
        self.assertEqual(json.loads(self.probe.ask("POST", "/large", chunks)[2])["length"], 5003)

    def test_one_byte_too_many(self):
        self.problem(self.probe.ask("POST", "/echo/x", b"y" * 65537), 413, "body_too_large")
        self.problem(self.probe.ask("POST", "/echo/x", iter([b"y" * 65000, b"y" * 537])), 413, "body_too_large")
        self.assertEqual(self.probe.ask("POST", "/echo/x", b"y" * 65536)[0], 200)

    def test_100_megabytes_are_refused_before_they_are_read(self):
        with self.probe.connect() as connection:
            connection.sendall(b"POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")
            answer = read_all(connection)
        self.assertIn(b" 413 ", answer)
        self.assertIn(b"body_too_large", answer)

    def test_100_megabytes_sent_at_once_do_not_stay(self):
        sent = 0
        with self.probe.connect() as connection:
            try:
                connection.sendall(b"POST /large HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                while sent < 100 << 20:
                    connection.sendall(b"100000\r\n" + b"y" * 0x100000 + b"\r\n")
                    sent += 0x100000
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(sent, 40 << 20)
        with open(f"/proc/{self.probe.process.pid}/status") as status:
            rss_kb = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        with open(PROBE, "rb") as program:
            text = program.read()
        sanitized = b"__asan_init" in text or b"__tsan_init" in text
        if not sanitized:  # the sanitizers keep what was freed
            self.assertLess(rss_kb, 200000)

    def test_a_body_where_none_belongs(self):
        self.problem(self.probe.ask("GET", "/echo/x", b"body"), 413, "body_too_large")


class Slow(Shared):
    def cut_after(self, first, drip):
        """Seconds until the server cuts a peer that sends `first`, then a byte of `drip` at a time."""
        began = time.monotonic()
        with self.probe.connect() as connection:
            connection.sendall(first)
            connection.settimeout(0.2)
            for byte in drip:
                try:
                    connection.sendall(bytes([byte]))
                    if connection.recv(1024) == b"":
                        break
                except socket.timeout:
                    continue
                except OSError:
                    break
            else:
                self.fail("never cut")
        return time.monotonic() - began

    def test_a_trickled_head_is_cut(self):
        self.assertLess(self.cut_after(b"GET /echo/x HTTP/1.1\r\n", b"X" * 60), 6)

    def test_a_silent_connection_is_cut(self):
        with self.probe.connect() as connection:
            began = time.monotonic()
            self.assertEqual(read_all(connection), b"")
            self.assertLess(time.monotonic() - began, 6)

    def test_a_trickled_body_is_cut(self):
        head = b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        self.assertLess(self.cut_after(head, b"y" * 60), 6)

    def test_slow_peers_do_not_keep_others_out(self):
        idle = [self.probe.connect() for _ in range(100)]
        try:
            for _ in range(20):
                self.assertEqual(self.probe.ask("GET", "/echo/x", timeout=2)[0], 200)
        finally:
            for connection in idle:
                connection.close()

    def test_more_connections_than_one_address_may_have(self):
        held, refused = [], 0
        try:
            for _ in range(450):
                connection = self.probe.connect()
                held.append(connection)
            time.sleep(0.2)
            for connection in held:
                connection.setblocking(False)
                try:
                    refused += connection.recv(1) == b""
                except BlockingIOError:
                    pass
                except ConnectionResetError:
                    refused += 1
        finally:
            for connection in held:
                connection.close()
        self.assertGreaterEqual(refused, 50)
        time.sleep(0.2)
        self.assertEqual(self.probe.ask("GET", "/echo/x")[0], 200)


class Rates(Shared):
    def test_the_sixth_of_five_is_told_to_wait(self):
        answers = [self.probe.ask("GET", "/limited") for _ in range(7)]
        self.assertEqual([a[0] for a in answers[:5]], [204] * 5)
        self.assertIn('"key";r=4', answers[0][1]["ratelimit"])
        self.problem(answers[6], 429, "rate_limited")
        self.assertEqual(answers[6][1]["retry-after"], "1")
        self.assertIn('q=5', answers[6][1]["ratelimit-policy"])
        time.sleep(1.1)
        self.assertEqual(self.probe.ask("GET", "/limited")[0], 204)


class Streams(unittest.TestCase):
    def setUp(self):
        self.probe = Probe()
        self.stopped = False

    def tearDown(self):
        if not self.stopped:
            self.probe.stop()

    def open(self, path="/events", headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.probe.port, timeout=10)
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return connection, answer

    def ids(self, answer, count):
        found = []
        while len(found) < count:
            line = answer.readline()
            self.assertNotEqual(line, b"")
            if line.startswith(b"id: "):
                found.append(int(line[4:]))
        return found

    def test_events_arrive_and_a_reader_resumes_where_it_was(self):
        connection, answer = self.open()
        self.assertEqual(answer.getheader("Content-Type"), "text/event-stream")
        self.probe.ask("POST", "/events/5")
        self.assertEqual(self.ids(answer, 5), [0, 1, 2, 3, 4])
        connection.close()
        self.probe.ask("POST", "/events/5")
        connection, answer = self.open(headers={"Last-Event-ID": "3"})
        self.assertEqual(self.ids(answer, 6), [4, 5, 6, 7, 8, 9])
        self.probe.ask("POST", "/events/3")
        self.assertEqual(self.ids(answer, 3), [10, 11, 12])
        self.assertTrue(answer.read().endswith(b"data: x\n\n"))  # the source ends there
        connection.close()

    def test_heartbeats_and_gone_readers(self):
        connection, answer = self.open()
        began = time.monotonic()
        while answer.readline() != b":\n":
            pass
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.probe.stats()["streams"], 1)
        answer.close()
        connection.close()
        deadline = time.monotonic() + 6
        while self.probe.stats()["streams"] > 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_too_many_streams(self):
        held = [self.open() for _ in range(8)]
        status, headers, body = self.probe.ask("GET", "/events")
        self.assertEqual((status, json.loads(body)["code"]), (503, "stream_limit"))
        self.assertIn("retry-after", headers)
        for connection, _ in held:
            connection.close()

    def test_a_reader_that_takes_nothing_is_dropped(self):
        with self.probe.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /events?large=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            self.assertEqual(self.probe.stats()["streams"], 1)
            self.probe.ask("POST", "/events/20000")
            deadline = time.monotonic() + 15
            while self.probe.stats()["streams"] > 0:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)

    def test_stopping_with_open_streams(self):
        held = [self.open() for _ in range(5)]
        for connection, answer in held:
            answer.readline()
        began = time.monotonic()
        self.probe.stop()
        self.stopped = True
        self.assertLess(time.monotonic() - began, 6)
        for connection, answer in held:
            answer.read()  # ends, and ends properly: http.client would raise IncompleteRead
            connection.close()


class Stop(unittest.TestCase):
    def load(self, probe, acknowledged, refused, lost):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=20)
            while True:
                sent = False
                try:
                    if connection.sock is None:
                        connection.connect()
                    connection.request("POST", "/slow", b"{}")
                    sent = True
                    answer = connection.getresponse()
                    body = json.loads(answer.read())
                except (ConnectionError, http.client.HTTPException, OSError):
                    if sent:
                        lost.append(1)
                    return
                if answer.status == 201:
                    acknowledged.append(body["number"])
                else:
                    refused.append((answer.status, body["code"]))
                    return
        finally:
            connection.close()

    def test_a_stop_under_load_answers_everything_it_carried_out(self):
        for _ in range(3):
            probe = Probe("--slow-ms", "30")
            acknowledged, refused, lost = [], [], []
            threads = [threading.Thread(target=self.load, args=(probe, acknowledged, refused, lost)) for _ in range(64)]
            for thread in threads:
                thread.start()
            time.sleep(0.7)
            done = probe.stop()["done"]
            for thread in threads:
                thread.join()
            self.assertGreater(done, 64)
            self.assertEqual(sorted(acknowledged), list(range(1, done + 1)))
            self.assertTrue(all(r == (503, "store_stopping") for r in refused), refused)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        root = cls.directory.name
        os.makedirs(root + "/web/assets")
        os.makedirs(root + "/web/explorer")
        os.makedirs(root + "/web/console")
        cls.script = b"export const a = 1;\n" * 100
        for name, data in [("web/index.html", b"<!doctype html><title>top</title>"),
                           ("web/explorer/index.html", b"<!doctype html><title>explorer</title>"),
                           ("web/console/index.html", b"<meta content=CSP_NONCE_OF_THIS_ANSWER><p>CSP_NONCE_OF_THIS_ANSWER"),
                           ("web/console/index.html.gz", b"a stored one would be stale"),
                           ("web/assets/index-BX3k9_2a.js", cls.script),
                           ("web/assets/index-BX3k9_2a.js.gz", gzip.compress(cls.script)),
                           ("web/assets/index-BX3k9_2a.js.br", b"not really brotli"),
                           ("web/plain.css", b"a{}"), ("web/.hidden", b"no"), ("secret.txt", b"secret")]:
            with open(f"{root}/{name}", "wb") as file:
                file.write(data)
        os.symlink(root + "/secret.txt", root + "/web/link.txt")
        cls.probe = Probe("--files", root + "/web")

    @classmethod
    def tearDownClass(cls):
        cls.probe.stop()
        cls.directory.cleanup()

    def test_precompressed_forms_by_preference(self):
        path = "/assets/index-BX3k9_2a.js"
        for accept, encoding in [(None, None), ("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0.5, gzip;q=0.9", "gzip"),
                                 ("br;q=0, gzip;q=0", None), ("deflate", None)]:
            headers = {} if accept is None else {"Accept-Encoding": accept}
            status, answer, body = self.probe.ask("GET", path, headers=headers)
            self.assertEqual((status, answer.get("content-encoding")), (200, encoding), accept)
            self.assertEqual(answer["vary"], "Accept-Encoding")
            self.assertIn("immutable", answer["cache-control"])
            self.assertTrue(answer["content-type"].startswith("text/javascript"))
            if encoding is None:
                self.assertEqual(body, self.script)
            if encoding == "gzip":
                self.assertEqual(gzip.decompress(body), self.script)

    def test_a_nonce_is_good_for_one_answer(self):
        seen = set()
        for path in ("/console/", "/console/people/1"):
            for _ in range(2):
                status, headers, body = self.probe.ask("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
                self.assertEqual((status, headers["cache-control"]), (200, "no-store"))
                self.assertNotIn("etag", headers)
                self.assertNotIn("content-encoding", headers)
                nonce = re.search(r"style-src 'self' 'nonce-([A-Za-z0-9+/]{24})'", headers["content-security-policy"]).group(1)
                self.assertEqual(body, f"<meta content={nonce}><p>{nonce}".encode())
                seen.add(nonce)
        self.assertEqual(len(seen), 4)
        _, headers, _ = self.probe.ask("GET", "/", headers={"Accept": "text/html"})
        self.assertNotIn("nonce", headers["content-security-policy"])

    def test_revalidation(self):
        status, headers, _ = self.probe.ask("GET", "/plain.css")
        self.assertEqual((status, headers["cache-control"]), (200, "no-cache"))
        etag = headers["etag"]
        for given, expected in [(etag, 304), ("W/" + etag, 304), ('"x", ' + etag, 304), ("*", 304), ('"x"', 200), ("x", 200)]:
            status, headers, body = self.probe.ask("GET", "/plain.css", headers={"If-None-Match": given})
            self.assertEqual(status, expected, given)
            self.assertEqual(headers["etag"], etag)
            self.assertEqual(body, b"" if expected == 304 else b"a{}")

    def test_revalidated_document_keeps_its_policy(self):
        accept = {"Accept": "text/html"}
        _, fresh, _ = self.probe.ask("GET", "/", headers=accept)
        status, again, body = self.probe.ask("GET", "/", headers={**accept, "If-None-Match": fresh["etag"]})
        self.assertEqual((status, body), (304, b""))
        self.assertEqual(again["content-security-policy"], fresh["content-security-policy"])

    def test_a_worker_may_fetch_from_its_server(self):
        _, headers, _ = self.probe.ask("GET", "/assets/index-BX3k9_2a.js")
        self.assertIn("connect-src 'self'", headers["content-security-policy"])
        _, headers, _ = self.probe.ask("GET", "/plain.css")
        self.assertNotIn("connect-src", headers["content-security-policy"])

    def test_applications_find_their_page(self):
        for path, title in [("/", b"top"), ("/deep/link", b"top"), ("/explorer", b"explorer"), ("/explorer/", b"explorer"),
                            ("/explorer/accounts/acc_1", b"explorer")]:
            status, headers, body = self.probe.ask("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
            self.assertEqual(status, 200, path)
            self.assertIn(title, body)
            self.assertIn("script-src 'self'", headers["content-security-policy"])
            self.assertIn("permissions-policy", headers)
            self.assertEqual(headers["referrer-policy"], "no-referrer")
            self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
        self.assertEqual(self.probe.ask("GET", "/deep/link", headers={"Accept": "application/json"})[0], 404)
        self.assertEqual(self.probe.ask("GET", "/missing.js", headers={"Accept": "text/html"})[0], 404)

    def test_nothing_outside_is_served(self):
        for path in ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/.hidden",
                     "/link.txt", "//secret.txt", "/assets/index-BX3k9_2a.js.gz", "/..\\secret.txt", "/./plain.css"]:
            status, _, body = self.probe.ask("GET", path, headers={"Accept": "application/json"})
            self.assertEqual(status, 404, path)
            self.assertNotIn(b"secret\n", body)


class Tls(unittest.TestCase):
    def test_https_with_hsts_and_nothing_below_1_2(self):
        with tempfile.TemporaryDirectory() as directory:
            key, cert = directory + "/key.pem", directory + "/cert.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext",
                            "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
            probe = Probe("--tls", cert, key)
            context = ssl.create_default_context(cafile=cert)
            connection = http.client.HTTPSConnection("127.0.0.1", probe.port, context=context, timeout=10)
            for _ in range(20):
                connection.request("POST", "/slow", b"{}")
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 201)
                self.assertIn("max-age", answer.getheader("Strict-Transport-Security"))
            connection.request("POST", "/large", b"y" * (1 << 20))
            self.assertEqual(json.loads(connection.getresponse().read())["length"], 1 << 20)
            connection.close()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            connection = http.client.HTTPSConnection("127.0.0.1", probe.port, context=context, timeout=10)
            connection.request("GET", "/echo/x")
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            with socket.create_connection(("127.0.0.1", probe.port)) as plain:
                plain.sendall(b"GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertNotIn(b"200 OK", read_all(plain))
            probe.stop()


class Observed(unittest.TestCase):
    def test_metrics_and_access_log(self):
        probe = Probe()
        # On one connection a request is counted before the next is read.
        connection = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=10)
        for method, path, body in [("POST", "/echo/private-name?secret=1", b"secret body"), ("GET", "/private-path", None),
                                   ("GET", "/metrics", None)]:
            connection.request(method, path, body, {"Authorization": "secret-key"})
            answer = connection.getresponse()
            text = answer.read().decode()
        connection.close()
        self.assertTrue(answer.getheader("Content-Type").startswith("text/plain"))
        self.assertIn('jinnang_http_requests_total{method="POST",route="/echo/{name}",class="2xx"} 1\n', text)
        self.assertIn('jinnang_http_requests_total{method="",route="none",class="4xx"} 1\n', text)
        self.assertIn('jinnang_http_request_seconds_count{method="POST",route="/echo/{name}"} 1\n', text)
        self.assertEqual(text.count("# TYPE jinnang_http_requests_total counter"), 1)
        probe.stop()
        lines = [json.loads(line) for line in probe.log.splitlines() if '"request"' in line]
        self.assertEqual([(l["method"], l["route"], l["status"]) for l in lines[:2]],
                         [("POST", "/echo/{name}", 200), ("GET", "", 404)])
        self.assertEqual(lines[1]["code"], "not_found")
        self.assertNotIn("secret", probe.log)
        self.assertNotIn("private", probe.log)
        self.assertNotIn("127.0.0.1", probe.log)


if __name__ == "__main__":
    unittest.main(verbosity=1)
