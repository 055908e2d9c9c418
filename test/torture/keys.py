"""Presses keys in a training that runs in a pseudo terminal, under a shell with job control.

    python3 test/torture/keys.py

Tries p, s, q, Ctrl-C, Ctrl-Z with fg and with bg, a start in the background, SIGTERM, SIGHUP and a training that fails.
After each of them the terminal must have its mode back: lines, echo, signals.
"""

import fcntl
import glob
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TRAIN = "node --import tsx examples/train.ts --model dense --limit 64 --batch-size 16 --threads 1 --epochs 100000 --keep 1"
COOKED = termios.ICANON | termios.ECHO | termios.ISIG
WAIT = 90


class Terminal:
    """A bash in a pseudo terminal. What it writes is kept in `text`."""

    def __init__(self):
        self.out = os.path.join(tempfile.mkdtemp(prefix="ganvas-keys-"), "run")
        self.fd, self.slave = pty.openpty()
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")}
        environment.update(TERM="xterm-256color", PS1="$ ")
        self.shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"], cwd=ROOT, env=environment, start_new_session=True,
            stdin=self.slave, stdout=self.slave, stderr=self.slave,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.text = ""

    def read(self, seconds=0.2):
        while select.select([self.fd], [], [], seconds)[0]:
            self.text += os.read(self.fd, 65536).decode(errors="replace")
            seconds = 0
        return self.text

    def wait_for(self, what, condition):
        end = time.time() + WAIT
        while time.time() < end:
            self.read()
            found = condition()
            if found:
                return found
        sys.exit(f"FAILED: waited {WAIT} s for {what}; the last of the terminal:\n{self.text[-1500:]!r}")

    def expect(self, pattern):
        """Waits until the terminal shows the pattern, and forgets what was shown before its end."""
        found = self.wait_for(pattern, lambda: re.search(pattern, self.text, re.S))
        self.text = self.text[found.end() :]

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def start(self, behind=""):
        self.send(f"{TRAIN} --out {self.out} {behind}\n")

    def is_cooked(self):
        """The mode as a program finds it. bash reads its own lines in another, so a cat asks for it."""
        return termios.tcgetattr(self.slave)[3] & COOKED == COOKED

    def expect_cooked(self, what):
        self.send("cat\n")
        self.wait_for(f"the old mode after {what}", self.is_cooked)
        # The terminal writes what is typed, and cat writes it again.
        self.send("typed\n")
        self.expect(r"typed\r\ntyped\r\n")
        self.send("\x03")
        self.expect(r"\$ ")

    def steps(self):
        path = os.path.join(self.out, "losses.csv")
        return sum(1 for _ in open(path)) if os.path.exists(path) else 0

    def runs(self):
        before = self.steps()
        self.wait_for("more steps", lambda: self.steps() > before)

    def stands(self):
        time.sleep(0.5)
        before = self.steps()
        time.sleep(1)
        if self.steps() != before:
            sys.exit("FAILED: the training goes on")

    def training(self):
        """The process of the training."""
        listed = subprocess.run(["pgrep", "-f", f"^node .*{self.out}"], capture_output=True, text=True).stdout.split()
        return int(listed[0])

    def exit_code(self, code):
        self.send("echo code=$?\n")
        self.expect(rf"code={code}\r\n")

    def close(self):
        self.send("\x03\x03")
        time.sleep(0.2)
        self.send("kill -9 %1 2>/dev/null; exit\n")
        time.sleep(0.3)
        os.close(self.slave)
        os.close(self.fd)
        self.shell.wait()
        shutil.rmtree(os.path.dirname(self.out))


def pause_save_stop(t):
    t.start()
    t.expect("Keys: p pause, s save, q stop")
    t.runs()
    assert not t.is_cooked(), "keys are read one by one"
    t.send("p")
    t.expect("Paused")
    t.stands()
    newest = lambda: sorted(glob.glob(f"{t.out}/checkpoints/*.safetensors"))[-1:]
    before = newest()
    t.send("s")
    t.expect("State saved")
    assert newest() != before, "s saves a checkpoint"
    t.send("p")
    t.runs()
    t.send("q")
    t.expect("Stopped: the state is saved")
    t.exit_code(130)
    t.expect_cooked("q")


def control_c(t):
    t.start()
    t.expect("Keys: p pause")
    t.runs()
    t.send("\x03")
    t.expect("Stopped: the state is saved")
    t.exit_code(130)
    t.expect_cooked("Ctrl-C")


def control_z(t):
    t.start()
    t.expect("Keys: p pause")
    t.runs()
    t.send("\x1a")
    t.expect(r"Stopped  .*?\$ ")
    t.stands()
    t.expect_cooked("Ctrl-Z")
    t.send("fg\n")
    t.runs()
    t.wait_for("the mode of keys after fg", lambda: not t.is_cooked())
    t.send("p")
    t.expect("Paused")
    t.send("p")
    t.send("\x1a")
    t.expect(r"Stopped  .*?\$ ")
    t.send("bg\n")
    t.runs()
    t.expect_cooked("bg")
    t.send("ls LICENSE\n")
    t.expect("LICENSE\r\n")
    t.runs()


def background(t):
    t.start("&")
    t.runs()
    t.send("\n")
    t.expect(r"\$ ")
    t.expect_cooked("a start in the background")
    t.send("ls LICENSE\n")
    t.runs()


def signals(t):
    for name in ("TERM", "HUP", "QUIT"):
        shutil.rmtree(t.out, ignore_errors=True)
        t.start()
        t.expect("Keys: p pause")
        t.runs()
        os.kill(t.training(), getattr(signal, f"SIG{name}"))
        t.wait_for(f"the end by {name}", lambda: termios.tcgetattr(t.slave) and "$ " in t.text[-4:])
        t.exit_code(128 + getattr(signal, f"SIG{name}"))
        t.expect_cooked(name)


def failure(t):
    t.start()
    t.expect("Keys: p pause")
    t.runs()
    # The next row cannot be written.
    os.unlink(f"{t.out}/losses.csv")
    os.mkdir(f"{t.out}/losses.csv")
    t.expect("cannot write")
    t.exit_code(1)
    t.expect_cooked("an error")


for test in (pause_save_stop, control_c, control_z, background, signals, failure):
    terminal = Terminal()
    test(terminal)
    terminal.close()
    print(f"{test.__name__}: passed", flush=True)
