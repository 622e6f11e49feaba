"""A headless Chromium, driven by its own protocol over a WebSocket."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import connect

#: The names of the program, as distributions have it.
NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Pings would draw random numbers in the midst of a test that does.
PLAIN: dict[str, Any] = {"max_size": None, "proxy": None, "ping_interval": None}


class Page:
    """A tab."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.number = 0
        self.events: list[Any] = []

    def call(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(timeout=60))
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def open(self, file: Path) -> None:
        """Show a file, and wait until its scripts have run."""
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while self.run("document.readyState") != "complete":
            time.sleep(0.01)

    def run(self, script: str) -> Any:
        """Return the value of an expression, which JSON can hold."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key."""
        codes = {"Enter": 13, " ": 32, "Tab": 9, "/": 191}
        text = {"text": key if len(key) == 1 else "\r"} if len(key) == 1 or key == "Enter" else {}
        code = {"windowsVirtualKeyCode": codes.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text, **code)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **code)

    def type(self, text: str) -> None:
        """Type a text."""
        self.call("Input.insertText", text=text)

    def look(self, width: int, height: int, scheme: str) -> None:
        """Set the size of the window and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, file: Path) -> None:
        """Write what is seen to a PNG file."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        file.write_bytes(base64.b64decode(data))

    def messages(self) -> list[str]:
        """What the page has written to its console, and what its policy has refused."""
        self.run("0")
        found = []
        for event in self.events:
            if event["method"] == "Log.entryAdded":
                found.append(event["params"]["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(str(event["params"]))
        return found


@contextmanager
def chromium() -> Iterator[Page]:
    """Start a browser; give its one tab."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, f"one of these programs is needed: {', '.join(NAMES)}"
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            file = Path(profile, "DevToolsActivePort")
            end = time.monotonic() + 60
            while not (file.exists() and file.read_text().count("\n")):
                assert process.poll() is None, "the browser has ended"
                assert time.monotonic() < end, "the browser does not listen"
                time.sleep(0.05)
            port, path = file.read_text().split()[:2]
            with connect(f"ws://127.0.0.1:{port}{path}", **PLAIN) as browser:
                targets = Page(browser).call("Target.getTargets")["targetInfos"]
                tab = next(each["targetId"] for each in targets if each["type"] == "page")
            address = f"ws://127.0.0.1:{port}/devtools/page/{tab}"
            with connect(address, **PLAIN) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log"):
                    page.call(f"{domain}.enable")
                yield page
        finally:
            process.terminate()
            process.wait(30)
