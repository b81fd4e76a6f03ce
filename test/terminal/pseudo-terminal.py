"""Runs a command in a pseudo-terminal. Usage: pseudo-terminal.py COLUMNS ROWS COMMAND [ARGUMENT...]

Standard input takes one JSON list a line: ["type", TEXT], ["resize", COLUMNS, ROWS], ["signal", NUMBER] or ["hangup"].
Standard output is what the terminal shows, as it comes. When the command has ended the last line of standard error is
JSON: its status, and whether the terminal takes whole lines and echoes them again.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows = int(sys.argv[1]), int(sys.argv[2])
    ready, go = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.read(ready, 1)
        os.execvp(sys.argv[3], sys.argv[3:])
    resize(terminal, columns, rows)
    os.write(go, b"x")
    orders = b""
    typed = b""
    cooked = None
    while terminal is not None:
        writing = [terminal] if typed else []
        readable, writable, _ = select.select([0, terminal], writing, [])
        if writable:
            # Never more than the terminal takes without blocking.
            typed = typed[os.write(terminal, typed[:512]) :]
        if terminal in readable:
            cooked = termios.tcgetattr(terminal)[3]
            try:
                shown = os.read(terminal, 65536)
            except OSError:
                break
            os.write(1, shown)
        if 0 in readable:
            orders += os.read(0, 65536)
            *lines, orders = orders.split(b"\n")
            for line in lines:
                order, *values = json.loads(line)
                if order == "type":
                    typed += values[0].encode()
                elif order == "resize":
                    resize(terminal, *values)
                elif order == "signal":
                    os.kill(pid, values[0])
                elif order == "hangup":
                    os.close(terminal)
                    terminal = None
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if terminal is not None:
        cooked = termios.tcgetattr(terminal)[3]
    whole = bool(cooked & termios.ICANON) and bool(cooked & termios.ECHO)
    print(json.dumps({"status": status, "cooked": whole}), file=sys.stderr, flush=True)


main()
