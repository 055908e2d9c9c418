"""The command line of gan_step.py and conv_step.py, and for every script that has --threads, --blas and --isa the
environment variables that must be set before PyTorch loads.
"""

import argparse
import glob
import os
import sys


def parser_of(description, salt, batch_size):
    """The options of both scripts. A script may add its own."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--steps", type=int, default=100, help="timed steps (default 100)")
    parser.add_argument("--warmup", type=int, default=20, help="untimed steps before them (default 20, at least 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all cores")
    parser.add_argument("--batch-size", type=int, default=batch_size)
    parser.add_argument("--batches", type=int, default=4, help="different batches, taken in turn (default 4)")
    parser.add_argument("--salt", type=int, default=salt)
    parser.add_argument("--isa", choices=("best", "avx2"), default="best", help="what OpenBLAS and oneDNN may use")
    parser.add_argument("--blas", choices=("openmp", "pthread", "system"), default="openmp", help="which OpenBLAS")
    parser.add_argument("--adam", choices=("manual", "optim"), default="manual", help="optim: torch.optim.Adam(foreach=True)")
    parser.add_argument("--serve", action="store_true", help="make steps when asked, as bench/peers/serve.ts says")
    return parser


def environment(options):
    """The variables that OpenBLAS, oneDNN, PyTorch and the loader read only once."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    variables["OMP_NUM_THREADS"] = variables["OPENBLAS_NUM_THREADS"] = str(options.threads)
    if options.isa == "avx2":
        variables["OPENBLAS_CORETYPE"] = "Haswell"
        variables["ONEDNN_MAX_CPU_ISA"] = "AVX2"
    if options.blas != "system":
        folders = glob.glob(f"/usr/lib/*/openblas-{options.blas}")
        if not folders:
            raise SystemExit(f"no {options.blas} OpenBLAS: apt-get install libopenblas0-{options.blas}, or --blas system")
        variables["LD_LIBRARY_PATH"] = folders[0]
    return variables


def prepare(parser):
    """The options. Restarts the script with the environment variables; then bench/support can be imported."""
    options = parser.parse_args()
    if "GANVAS_BENCH_READY" not in os.environ:
        os.execve(sys.executable, [sys.executable, *sys.argv], {**environment(options), "GANVAS_BENCH_READY": "1"})
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
    return options
