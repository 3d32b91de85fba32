#!/usr/bin/env python3
"""progress.py LOG COMMAND…: runs a build and shows how far it is in one line, instead of a line for each file.

The whole output goes to the file LOG. Errors and warnings are shown as they come; a build that fails shows its last lines too. At a terminal
the line is written over, elsewhere it comes every half a minute. The exit status is the command's. Standard library only.
"""

import re
import signal
import subprocess
import sys
import time

STEP = re.compile(r"^\[(\d+)/(\d+)\] (.*)")
# SwiftPM warns of each file in other packages that isn't built.
TOLD = re.compile(r"(^|\s)(error|warning):|^✘")
UNTOLD = re.compile(r"unhandled; explicitly declare|^warning: '[\w-]+': ")


def main():
    log_path, command = sys.argv[1], sys.argv[2:]
    terminal = sys.stdout.isatty()
    began = told = time.monotonic()
    width = 0

    def show(text, over=False):
        nonlocal width
        if not terminal:
            print(text, flush=True)
        elif over:
            print("\r" + text[:119].ljust(width), end="", flush=True)
            width = min(len(text), 119)
        else:
            print("\r" + text.ljust(width), flush=True)
            width = 0

    # Ctrl-C reaches the command too, because it is in the same group. Its remaining output is read to the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(log_path, "w", encoding="utf-8") as log, subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        recent = []
        for line in child.stdout:
            log.write(line)
            line = line.rstrip()
            recent = (recent + [line])[-20:]
            step = STEP.match(line)
            if step:
                now = time.monotonic()
                text = f"   {step[1]} of {step[2]} after {int(now - began)} s: {step[3]}"
                if terminal or now - told >= 30:
                    show(text, over=True)
                    told = now
            elif TOLD.search(line) and not UNTOLD.search(line):
                show(line)
        status = child.wait()
    if status == 0:
        show(f"   built in {int(time.monotonic() - began)} s")
    elif status > 0:
        show("\n".join(recent))
        show(f"   the whole output: {log_path}")
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
