"""bad_input.py: requests that no client of ours would send. Each has a documented error, and the
ledger is the same afterwards."""
import http.client
import json
import time

from server import read_answer

PATH = "/v1/ledger/transfers/tr_0000000000b99"
GOOD = {"debit_account_id": "acc_0000000a11ce1", "credit_account_id": "acc_00000000b0b01",
        "amount_minor": 5, "currency": "CNY", "code": 2}
HUGE_BYTES = 100 * 1000 * 1000
SLOW_SECONDS_MAX = 75
EXPIRY_SECONDS_MAX = 10
STATEMENT_BATCHES = 13  # of 8190 entries with a line of about 700 bytes: more than 64 MiB
STATEMENT_SECONDS_MAX = 60

# what is changed in GOOD -> (status, code, field)
TRANSFERS = [
    ({"amount_minor": 0}, 422, "amount_zero", None),
    ({"amount_minor": -1}, 400, "field_out_of_range", "/amount_minor"),
    ({"amount_minor": 2**53}, 400, "field_out_of_range", "/amount_minor"),
    ({"amount_minor": 2**63 - 1}, 400, "field_out_of_range", "/amount_minor"),
    ({"amount_minor": 2**64}, 400, "field_out_of_range", None),
    ({"amount_minor": 1.5}, 400, "field_type_invalid", "/amount_minor"),
    ({"amount_minor": "5"}, 400, "field_type_invalid", "/amount_minor"),
    ({"amount_minor": True}, 400, "field_type_invalid", "/amount_minor"),
    ({"amount_minor": None}, 400, "field_type_invalid", "/amount_minor"),
    ({"amount_minor": [5]}, 400, "field_type_invalid", "/amount_minor"),
    ({"amount_minor": {"minor": 5}}, 400, "field_type_invalid", "/amount_minor"),
    ({"currency": "XXX"}, 400, "currency_unknown", "/currency"),
    ({"currency": "cny"}, 400, "currency_unknown", "/currency"),
    ({"currency": 156}, 400, "field_type_invalid", "/currency"),
    ({"credit_account_id": "acc_0000000a11ce1"}, 422, "accounts_must_differ", None),
    ({"credit_account_id": "tr_0000000000t01"}, 400, "id_malformed", "/credit_account_id"),
    ({"credit_account_id": ""}, 400, "id_malformed", "/credit_account_id"),
    ({"credit_account_id": 5}, 400, "field_type_invalid", "/credit_account_id"),
    ({"code": 65536}, 400, "field_out_of_range", "/code"),
    ({"code": 0}, 422, "transfer_code_required", None),
    ({"flags": "pending"}, 400, "field_type_invalid", "/flags"),
    ({"flags": ["pending", "pending"]}, 400, "field_duplicate", "/flags/1"),
    ({"flags": ["linked"]}, 422, "linked_chain_open", None),
    ({"reference": "-5"}, 400, "field_format_invalid", "/reference"),
    ({"reference": "9223372036854775808"}, 400, "field_out_of_range", "/reference"),
    ({"commitment": "zz" * 32}, 400, "field_format_invalid", "/commitment"),
    ({"timeout_seconds": 315360001}, 400, "field_out_of_range", "/timeout_seconds"),
    ({"memo": "hello"}, 400, "field_unknown", "/memo"),
    ({"Amount_Minor": 5}, 400, "field_unknown", "/Amount_Minor"),
]

# raw bodies -> (status, code)
BODIES = [
    (b"", 400, "malformed_json"),
    (b"{", 400, "malformed_json"),
    (b"nonsense", 400, "malformed_json"),
    (b"{\"code\": 1,}", 400, "malformed_json"),
    (b"{'code': 1}", 400, "malformed_json"),
    (b"{\"code\": 01}", 400, "malformed_json"),
    (b"{\"code\": NaN}", 400, "malformed_json"),
    (b"{\"code\": 1} {\"code\": 1}", 400, "malformed_json"),
    (b"\xef\xbb\xbf{\"code\": 1}", 400, "malformed_json"),
    (b"{\"currency\": \"a\\u0000b\"}", 400, "malformed_json"),
    (b"{\"currency\": \"\\ud800\"}", 400, "malformed_json"),
    (b"{\"currency\": \"\xc3\x28\"}", 400, "text_not_utf8"),
    (b"{\"currency\": \"\xed\xa0\x80\"}", 400, "text_not_utf8"),
    (b"{\"code\": 1, \"code\": 2}", 400, "field_duplicate"),
    (b"{\"code\": 1e999}", 400, "field_out_of_range"),
    (b"null", 400, "field_type_invalid"),
    (b"5", 400, "field_type_invalid"),
    (b"[]", 400, "field_type_invalid"),
    (b"[" * 5000 + b"]" * 5000, 400, "json_too_deep"),
    (b"{\"a\":" * 2000 + b"1" + b"}" * 2000, 400, "json_too_deep"),
    (b"{\"debit_account_id\": \"" + b"x" * 20000 + b"\"}", 413, "body_too_large"),
]


class BadInput:
    def __init__(self, contract):
        self.contract, self.server = contract, contract.server
        self.slow = []

    def run(self):
        for index, (change, status, code, field) in enumerate(TRANSFERS):
            self._refused(f"transfer/{index}/{json.dumps(change)}", status, code, field, "PUT", PATH,
                          body=json.dumps({**GOOD, **change}).encode(), content_type="application/json")
        for body, status, code in BODIES:
            self._refused(f"body/{body[:40]!r}", status, code, None, "PUT", PATH, body=body,
                          content_type="application/json")
        self._refused("type/none", 415, "unsupported_media_type", None, "PUT", PATH, body=b"{}")
        self._refused("type/form", 415, "unsupported_media_type", None, "PUT", PATH, body=b"a=b",
                      content_type="application/x-www-form-urlencoded")
        self._refused("path/unknown", 404, "not_found", None, "GET", "/v1/ledger/nothing")
        self._refused("path/dots", 404, "not_found", None, "GET", "/v1/../../etc/passwd")
        self._refused("method/delete", 405, "method_not_allowed", None, "DELETE", PATH)
        self._refused("query/not_utf8", 400, "request_malformed", None, "GET",
                      "/v1/ledger/accounts?owner=%c3%28")
        self._refused("uri/long", 414, "uri_too_long", None, "GET",
                      "/v1/ledger/accounts?owner=" + "1" * 5000)
        self._refused("key/empty", 401, "unauthorized", None, "GET", "/v1/whoami", key="none",
                      extra={"Authorization": "Bearer "})
        self._refused("key/basic", 401, "unauthorized", None, "GET", "/v1/whoami", key="none",
                      extra={"Authorization": "Basic YTpi"})
        for name in ("huge_body", "huge_chunked_body", "large_headers", "many_headers",
                     "batch_too_large", "batch_of_the_largest_size", "lines_that_are_broken",
                     "the_key_of_another_path", "head_is_a_get_without_body",
                     "an_expired_hold", "a_balance_that_cannot_be_counted",
                     "a_statement_too_long_for_one_file"):
            self.contract.attempt(f"bad_input/{name}", getattr(self, "_" + name))
        self.contract.attempt("bad_input/slow_clients", self._slow_clients_are_cut)
        self.contract.attempt("bad_input/still_alive", self._still_alive)

    def _refused(self, name, status, code, field, method, target, **request):
        def check():
            before = self.contract.state()
            headers = self.contract.headers(request.get("key", "admin"), request.get("extra"))
            if "content_type" in request:
                headers["Content-Type"] = request["content_type"]
            answer = self.contract.call(method, target, headers, request.get("body"))
            self.contract.check_problem(answer, status, code, field)
            self._same(before)
        self.contract.attempt(f"bad_input/{name}", check)

    def _same(self, before):
        if self.contract.state() != before:
            raise AssertionError("the ledger changed")

    def _post_head(self, extra, idempotency_key="bad-input-key"):
        lines = ["POST /v1/ledger/transfers HTTP/1.1", "Host: 127.0.0.1",
                 "Authorization: Bearer " + self.server.key, "Content-Type: application/json",
                 "Idempotency-Key: " + idempotency_key] + extra
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    # ---- too much ----

    def _huge_body(self):
        before = self.contract.state()
        head = self._post_head([f"Content-Length: {HUGE_BYTES}"])
        answer = self.server.raw(head + b" " * (4 << 20))
        self.contract.check_problem(answer, 413, "body_too_large")
        self._same(before)

    def _huge_chunked_body(self):
        before = self.contract.state()
        chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        with self.server.connect() as peer:
            peer.settimeout(30)
            sent = 0
            try:
                peer.sendall(self._post_head(["Transfer-Encoding: chunked"]))
                while sent < HUGE_BYTES:
                    peer.sendall(chunk)
                    sent += 1 << 20
                peer.sendall(b"0\r\n\r\n")
            except OSError:
                pass  # cut off, as it should be
            answer = read_answer(peer)
        # Cut off without an answer is a refusal too: nothing of it was carried out.
        if answer is not None:
            self.contract.check_problem(answer, 413, "body_too_large")
        elif sent >= HUGE_BYTES:
            raise AssertionError("the server swallowed 100 MB")
        self._same(before)

    def _large_headers(self):
        answer = self.server.raw(
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 20000 + b"\r\n\r\n")
        self.contract.check_problem(answer, 431, "headers_too_large")

    def _many_headers(self):
        many = b"".join(b"X-%d: 1\r\n" % i for i in range(200))
        answer = self.server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")
        self.contract.check_problem(answer, 431, "headers_too_large")

    def _batch(self, count, key):
        body = json.dumps({"transfers": [{}] * count}).encode()
        headers = self.contract.headers("admin", {"Content-Type": "application/json",
                                                  "Idempotency-Key": key})
        return self.server.call("POST", "/v1/ledger/transfers", headers, body)

    def _batch_too_large(self):
        before = self.contract.state()
        self.contract.check_problem(self._batch(8191, "batch-8191"), 413, "batch_too_large",
                                    "/transfers")
        self._same(before)

    def _batch_of_the_largest_size(self):
        before = self.contract.state()
        answer = self._batch(8190, "batch-8190")
        result = answer.json()
        if (answer.status, result["posted"], result["rejected"]) != (200, 0, 8190):
            raise AssertionError(f"{answer.status}: {answer.body[:300]!r}")
        self._same(before)

    def _lines_that_are_broken(self):
        before = self.contract.state()
        headers = self.contract.headers("admin", {"Content-Type": "application/x-ndjson",
                                                  "Idempotency-Key": "broken-lines"})
        lines = json.dumps(GOOD).encode() + b"\n{\"code\": \n"
        answer = self.server.call("POST", "/v1/ledger/transfers", headers, lines)
        self.contract.check_problem(answer, 400, "malformed_json", "/transfers/1")
        self._same(before)

    def _the_key_of_another_path(self):
        headers = self.contract.headers("admin", {"Content-Type": "application/json",
                                                  "Idempotency-Key": "one-key-two-paths"})
        first = self.server.call("POST", "/v1/ledger/accounts", headers,
                                 b'{"accounts":[{"kind":"wallet","currency":"CNY"}]}')
        if first.status != 200:
            raise AssertionError(f"{first.status}: {first.body[:300]!r}")
        before = self.contract.state()
        again = self.server.call("POST", "/v1/ledger/transfers", headers, b'{"transfers":[{}]}')
        self.contract.check_problem(again, 409, "idempotency_key_reused")
        same = self.server.call("POST", "/v1/ledger/accounts", headers,
                                b'{"accounts":[{"kind":"wallet","currency":"CNY"}]}')
        if same.body != first.body:
            raise AssertionError("the same key and body got another answer")
        self._same(before)

    def _head_is_a_get_without_body(self):
        answer = self.server.call("HEAD", "/v1/ledger/chart", self.contract.headers())
        if answer.status != 200 or answer.body:
            raise AssertionError(f"{answer.status}, {len(answer.body)} bytes")

    # ---- verdicts that need a story ----

    def _put(self, transfer_id, content):
        headers = self.contract.headers("admin", {"Content-Type": "application/json"})
        return self.server.call("PUT", f"/v1/ledger/transfers/{transfer_id}", headers,
                                json.dumps(content).encode())

    def _posted(self, transfer_id, content):
        answer = self._put(transfer_id, content)
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.body[:300]!r}")

    def _an_expired_hold(self):
        self._posted("tr_0000000000e01", {**GOOD, "flags": ["pending"], "timeout_seconds": 1})
        deadline = time.monotonic() + EXPIRY_SECONDS_MAX
        state = "open"
        while state == "open" and time.monotonic() < deadline:
            time.sleep(0.2)
            state = self.server.call("GET", "/v1/ledger/transfers/tr_0000000000e01/hold",
                                     self.contract.headers()).json()["state"]
        if state != "expired":
            raise AssertionError(f"the hold is {state}")
        before = self.contract.state()
        capture = {"code": GOOD["code"], "flags": ["post_pending"],
                   "pending_id": "tr_0000000000e01"}
        answer = self._put("tr_0000000000e02", capture)
        self.contract.check_problem(answer, 422, "pending_expired", charged="false")
        self._same(before)

    def _a_balance_that_cannot_be_counted(self):
        ids = ["acc_0000000000x91", "acc_0000000000x92"]
        headers = self.contract.headers("admin", {"Content-Type": "application/json",
                                                  "Idempotency-Key": "two-without-limits"})
        wanted = {"accounts": [{"id": i, "kind": "suspense", "currency": "USD"} for i in ids]}
        self.server.call("POST", "/v1/ledger/accounts", headers, json.dumps(wanted).encode())
        content = {"debit_account_id": ids[0], "credit_account_id": ids[1], "currency": "USD",
                   "code": 1, "amount_minor": 2**53 - 1}
        self._posted("tr_0000000000x93", content)
        before = self.contract.state()
        answer = self._put("tr_0000000000x94", {**content, "amount_minor": 1})
        self.contract.check_problem(answer, 422, "overflow", charged="false")
        self._same(before)

    def _a_statement_too_long_for_one_file(self):
        ids = ["acc_0000000000x81", "acc_0000000000x82"]
        headers = self.contract.headers("admin", {"Content-Type": "application/json"})
        wanted = {"accounts": [{"id": i, "kind": "suspense", "currency": "EUR"} for i in ids]}
        self.server.call("POST", "/v1/ledger/accounts",
                         {**headers, "Idempotency-Key": "two-busy-ones"}, json.dumps(wanted).encode())
        one = {"debit_account_id": ids[0], "credit_account_id": ids[1], "currency": "EUR",
               "code": 1, "amount_minor": 1, "commitment": "5e" * 32}
        body = json.dumps({"transfers": [one] * 8190}).encode()
        for number in range(STATEMENT_BATCHES):
            answer = self.server.call("POST", "/v1/ledger/transfers?results=failures",
                                      {**headers, "Idempotency-Key": f"busy-batch-{number}"}, body)
            if answer.status != 200 or answer.json()["posted"] != 8190:
                raise AssertionError(answer.body[:300])
        answer = None
        deadline = time.monotonic() + STATEMENT_SECONDS_MAX
        while time.monotonic() < deadline:
            answer = self.server.call("GET", f"/v1/ledger/accounts/{ids[0]}/statement", headers)
            if answer.status not in (200, 503):  # until everything is sealed
                break
            time.sleep(0.2)
        self.contract.check_problem(answer, 413, "statement_too_large")

    # ---- too slow ----

    def begin_slow_clients(self):
        """Opened first and looked at last: in between the server has better things to do."""
        self.slow_began = time.monotonic()
        for data in (b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                     self._post_head(["Content-Length: 1000"], "slow-body-1") + b"{\"transfers\":"):
            peer = self.server.connect()
            peer.sendall(data)
            self.slow.append(peer)

    def _slow_clients_are_cut(self):
        before = self.contract.state()
        # Looked at late, a connection that was cut in time says so at once.
        deadline = max(self.slow_began + SLOW_SECONDS_MAX, time.monotonic() + 5)
        for peer in self.slow:
            peer.settimeout(max(1.0, deadline - time.monotonic()))
            try:
                answer = read_answer(peer)
            finally:
                peer.close()
            if answer is not None:
                raise AssertionError(f"a slow client got {answer.status}")
            if time.monotonic() > deadline:
                raise AssertionError("a slow client still has its connection")
        self._same(before)

    def _still_alive(self):
        answer = self.server.call("GET", "/healthz")
        if answer.status != 200:
            raise http.client.HTTPException(f"healthz answers {answer.status}")
