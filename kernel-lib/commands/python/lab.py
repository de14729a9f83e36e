"""Run JupyterLab until whoever started it goes away.

The command that starts this holds the other end of standard input. It closes that end to stop the server, and so does
the operating system if the command is killed: either way JupyterLab shuts its kernels down and ends. A signal would do
for the first case only, and not on Windows.
"""

import signal
import sys
import threading

from jupyterlab.labapp import LabApp


def stop_at_end_of_input(server):
    sys.stdin.buffer.read()
    server.io_loop.add_callback(lambda: server.stop(from_signal=True))


# Ctrl+C reaches every program of the terminal at once. The command answers it; here it must not cut the shutdown short.
# (A handler, since "ignore" would be inherited by the kernels, which are interrupted by this very signal.)
signal.signal(signal.SIGINT, lambda number, frame: None)
server = LabApp.initialize_server(argv=sys.argv[1:])
threading.Thread(target=stop_at_end_of_input, args=(server,), daemon=True).start()
server.start()
