"""A running `jinnang sandbox-mailbox` for tests."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request

KEY = bytes(range(32))


class Mailbox:
    def __init__(self, program, directory):
        self.key_file = os.path.join(directory, "sms-key")
        with open(self.key_file, "w", encoding="ascii") as file:
            file.write(KEY.hex() + "\n")
        self.process = subprocess.Popen(
            [program, "sandbox-mailbox", "--listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
             "--sms-key", self.key_file], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"mailbox on (http://\S+), smtp on port (\d+)\n", line)
        assert found, line
        self.url, self.smtp_port = found.group(1), int(found.group(2))
        self.smtp_url = f"smtp://127.0.0.1:{self.smtp_port}"
        self.sms_url = self.url + "/v1/messages"

    def serve_options(self):
        """What `jinnang serve` needs to send here."""
        return ["--smtp", self.smtp_url, "--mail-from", "noreply@wallet.test",
                "--sms-gateway", self.sms_url, "--sms-key", self.key_file]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode(), answer.headers

    def messages(self, to=""):
        return json.loads(self.get("/v1/messages.json?to=" + urllib.parse.quote(to))[0])["messages"]

    def wait_for(self, to, holds, seconds=20):
        """The newest message to an address for which `holds` is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages(to):
                if holds(message):
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no such message to {to}: {self.messages()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        return status
