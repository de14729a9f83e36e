"""Measure one Jupyter kernel: is everything delivered, and how fast. Prints one line of JSON for each measurement.

usage: benchKernel.py KERNEL LANGUAGE [--cells N]
"""

import argparse
import json
import queue
import time
import unittest

import jupyter_kernel_test
from jupyter_client.manager import KernelManager

parser = argparse.ArgumentParser()
parser.add_argument("kernel")
parser.add_argument("language", choices=["typescript", "python", "deno"])
parser.add_argument("--cells", type=int, default=2000)
args = parser.parse_args()

PYTHON = args.language == "python"
DENO = args.language == "deno"
CELLS = min(args.cells, 200) if DENO else args.cells  # each waits for what may come after idle


def say(what, **result):
    print(json.dumps({"what": what, **result}), flush=True)


class Session:
    """One kernel, from its start to its end."""

    def __enter__(self):
        self.manager = KernelManager(kernel_name=args.kernel)
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run("1", 60)
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code, timeout):
        """Lines and messages of output, whether idle came, and the seconds until the last of them."""
        start = end = time.perf_counter()
        cell = self.client.execute(code)
        lines, messages, idle = 0, 0, False
        while True:
            # Deno says idle before its output is out: what comes soon after that is no loss.
            patience = (0.5 if DENO else 0) if idle else timeout - (time.perf_counter() - start)
            if patience <= 0:
                break
            try:
                message = self.client.get_iopub_msg(timeout=patience)
            except queue.Empty:
                break
            if message["parent_header"].get("msg_id") != cell:
                continue
            end = time.perf_counter()
            if message["msg_type"] == "stream":
                messages += 1
                lines += message["content"]["text"].count("\n")
            elif message["msg_type"] == "status":
                idle = idle or message["content"]["execution_state"] == "idle"
        return lines, messages, idle, end - start

    def interrupt(self, code):
        """Seconds from the interrupt to idle, whether a variable is there afterwards, and whether the kernel lives."""
        self.run("precious = 5" if PYTHON else "var precious = 5", 20)
        cell = self.client.execute(code)
        time.sleep(1)
        start = time.perf_counter()
        self.manager.interrupt_kernel()
        idle = False
        while not idle and time.perf_counter() - start < 8:
            try:
                message = self.client.get_iopub_msg(timeout=0.5)
            except queue.Empty:
                continue
            ours = message["parent_header"].get("msg_id") == cell
            idle = ours and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        if not idle:
            return None, False, self.manager.is_alive()
        seconds = time.perf_counter() - start
        time.sleep(1)  # stock tslab sends away what comes soon after an error
        lines, *_ = self.run("print(precious)" if PYTHON else "console.log(precious)", 15)
        return seconds, lines == 1, True


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = args.kernel
    language_name = "python" if PYTHON else "typescript"
    file_extension = ".py" if PYTHON else ".ts"
    code_hello_world = "print('hello, world')" if PYTHON else "console.log('hello, world')"
    code_stderr = "import sys; print('x', file=sys.stderr)" if PYTHON else "console.error('x')"
    completion_samples = [{"text": "zi", "matches": {"zip"}}] if PYTHON else [{"text": "Math.clz", "matches": {"clz32"}}]
    complete_code_samples = ["1"]
    incomplete_code_samples = ["def f():\n  x"] if PYTHON else ["function f() {"]
    invalid_code_samples = ["x y"] if PYTHON else ["const 5 = 3"]
    code_page_something = "?zip" if PYTHON else "?parseInt"
    code_generate_error = "raise ValueError()" if PYTHON else "throw new Error('as asked')"
    code_execute_result = [{"code": "6 * 7", "result": "\x1b[33m42\x1b[39m" if DENO else "42"}]
    code_display_data = [
        {"mime": "text/html", "code": "from IPython.display import HTML, display; display(HTML('<b>a</b>'))"} if PYTHON
        else {"mime": "text/html", "code": "await Deno.jupyter.display({'text/html': '<b>a</b>'}, {raw: true})"} if DENO
        else {"mime": "text/html", "code": "import * as tslab from 'tslab'; tslab.display.html('<b>a</b>')"}
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ?*"
    code_inspect_sample = "zip" if PYTHON else "parseInt"
    code_clear_output = (
        "from IPython.display import clear_output; clear_output()" if PYTHON
        else "await Deno.jupyter.broadcast('clear_output', {wait: false})" if DENO else "jupyter.clearOutput()"
    )


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = args.kernel
    support_iopub_welcome = True

    def test_recv_iopub_welcome_msg(self):
        self.kc.start_channels()
        while True:
            message = self.kc.get_iopub_msg(timeout=5)
            if message["header"]["msg_type"] == "iopub_welcome":
                return


suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in (KernelTests, WelcomeTests))
jupyter_kernel_test.TIMEOUT = 6
result = unittest.TestResult()
try:
    suite.run(result)
except Exception as error:  # a kernel that sends what cannot be read
    say("tests broke off", error=repr(error))
faults = [case for case, _ in result.failures + result.errors + result.skipped]
failed = {getattr(case, "test_case", case).id().split(".")[-1] for case in faults}
say("jupyter_kernel_test", passed=max(0, result.testsRun - len(failed)), of=13, failed=sorted(failed))

loop = "for i in range(20000): print('line', i)" if PYTHON else "for (let i = 0; i < 20000; i++) console.log('line', i);"
with Session() as session:
    session.run(loop, 20)  # the first is for the compilers
    for _ in range(3):
        lines, messages, idle, seconds = session.run(loop, 20)
        say("20,000 lines", seconds=seconds, messages=messages, lost=20000 - lines, idle=idle)
        if not idle:
            break

short = "for i in range(30): print(i)" if PYTHON else "for (let i = 0; i < 30; i++) console.log(i);"
with Session() as session:
    start, lost, missing, done = time.perf_counter(), 0, 0, 0
    while done < CELLS and missing < 3:
        lines, _, idle, _ = session.run(short, 5)
        lost += 30 - lines
        missing += not idle
        done += 1
    say("cells of 30 lines", cells=done, seconds=time.perf_counter() - start, lost=lost, missing_idle=missing)

endless = {
    "a sync loop": "while True: pass" if PYTHON else "while (true) {}",
    "an async loop": "import asyncio\nwhile True: await asyncio.sleep(0.01)" if PYTHON else "while (true) { await new Promise((resolve) => setTimeout(resolve, 10)); }",
    "await null, then a loop": "import asyncio\nawait asyncio.sleep(0)\nwhile True: pass" if PYTHON else "await null; while (true) {}",
}
for name, code in endless.items():
    try:
        with Session() as session:
            seconds, kept, alive = session.interrupt(code)
        say("interrupt", of=name, seconds=seconds, kept=kept, alive=alive)
    except Exception as error:
        say("interrupt", of=name, seconds=None, kept=False, alive=False, error=repr(error))
