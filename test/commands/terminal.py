"""Runs a command in a pseudo-terminal and plays a script on it; prints what the terminal showed.

Usage: terminal.py SCRIPT COMMAND [ARGUMENT...]. The script is a JSON list of steps:
["wait", TEXT]   until the terminal has shown TEXT after what was waited for before
["type", TEXT]   keys; "\\u0003" is Ctrl-C, "\\u0004" Ctrl-D
["hangup"]       closes the terminal
["kill", NAME]   sends a signal to the command
["tell", TEXT]   prints TEXT on standard error, for whoever runs this to act upon; goes on at a line of standard input
["end"]          until the command has ended; its exit status is the last line of the output
"""

import json
import os
import pty
import select
import signal
import sys
import time

PATIENCE = 20


def main():
    steps = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown = b""
    seen = 0
    deadline = time.monotonic() + PATIENCE

    def read():
        nonlocal shown
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if not ready:
            return True
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return False
        shown += data
        return data != b""

    status = None
    for step in steps:
        if step[0] == "wait":
            wanted = step[1].encode()
            while shown.find(wanted, seen) < 0:
                if not read() or time.monotonic() > deadline:
                    sys.stdout.buffer.write(shown)
                    sys.exit("waited in vain for " + json.dumps(step[1]))
            seen = shown.find(wanted, seen) + len(wanted)
        elif step[0] == "type":
            os.write(terminal, step[1].encode())
        elif step[0] == "hangup":
            os.close(terminal)
        elif step[0] == "kill":
            os.kill(pid, getattr(signal, step[1]))
        elif step[0] == "tell":
            print(step[1], file=sys.stderr, flush=True)
            sys.stdin.readline()
        elif step[0] == "end":
            while status is None:
                ended, code = os.waitpid(pid, os.WNOHANG)
                if ended:
                    status = os.waitstatus_to_exitcode(code)
                elif time.monotonic() > deadline:
                    sys.exit("it does not end")
                else:
                    try:
                        read()
                    except (OSError, ValueError):
                        time.sleep(0.02)
    sys.stdout.buffer.write(shown)
    print(f"\nexit status {status}", flush=True)


main()
