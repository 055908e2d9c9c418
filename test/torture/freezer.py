"""Freezes single threads of another process, and thaws them.

It needs Linux and the right to trace: root, or 0 in /proc/sys/kernel/yama/ptrace_scope.

Lines on the standard input, each answered by a line on the standard output:
  freeze TID MILLISECONDS   waits so long, then stops the thread wherever it is: "frozen TID"
  thaw TID                  lets it go on: "thawed TID", or "released TID" if it was
                            released before, since no command came for LONGEST seconds
"""
import ctypes
import os
import select
import sys
import time

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # __WALL: threads too
# A thread that is frozen within a lock of the engine can hold up the whole process, which then cannot ask for its
# release.
LONGEST = 5

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
frozen = set()


def ptrace(request, tid):
    if libc.ptrace(request, tid, None, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def freeze(tid, milliseconds):
    time.sleep(float(milliseconds) / 1000)
    ptrace(PTRACE_SEIZE, tid)
    ptrace(PTRACE_INTERRUPT, tid)
    os.waitpid(tid, WALL)
    frozen.add(tid)
    return f"frozen {tid}"


def detach(tid):
    frozen.discard(tid)
    ptrace(PTRACE_DETACH, tid)


def thaw(tid):
    if tid not in frozen:
        return f"released {tid}"
    detach(tid)
    return f"thawed {tid}"


while True:
    if frozen and not select.select([sys.stdin], [], [], LONGEST)[0]:
        for tid in list(frozen):
            detach(tid)
    line = sys.stdin.buffer.raw.readline().decode()
    if not line:
        break
    command, tid, *rest = line.split()
    try:
        answer = {"freeze": freeze, "thaw": thaw}[command](int(tid), *rest)
    except OSError as error:
        answer = f"failed {command} {tid}: {error}"
    print(answer, flush=True)
