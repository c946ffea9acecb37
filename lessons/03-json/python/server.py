"""Server sums up numbers: {"numbers": [3, 1, 2]} gets {"count": 3, "sum": 6, ...}."""

import argparse
import json
import math
import signal
import sys

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()


def refuse(constant):
    raise ValueError(f"{constant} is not a number")


def parse(frames):
    """Return the numbers in a request, or raise ValueError for a bad request."""
    if len(frames) != 1:
        raise ValueError(f"a request is one frame, not {len(frames)}")
    try:
        text = frames[0].decode()
    except UnicodeDecodeError:
        raise ValueError("the request is not UTF-8") from None
    try:
        # Python also accepts NaN and Infinity, and integers of any size.
        request = json.loads(text, parse_constant=refuse, parse_int=float)
    except (ValueError, RecursionError) as err:
        raise ValueError(f"the request is not JSON: {err}") from None
    if not isinstance(request, dict) or list(request) != ["numbers"]:
        raise ValueError("a request is an object with one field, numbers")
    numbers = request["numbers"]
    if not isinstance(numbers, list) or not numbers or not all(map(fits, numbers)):
        raise ValueError("numbers is not a list of one or more numbers that fit a float64")
    return numbers


def fits(number):
    return isinstance(number, float) and math.isfinite(number)  # 1e999 is inf


def sum_up(numbers):
    """Return the reply to a list of numbers. Raise ValueError if the sum is infinite."""
    total = 0
    for number in numbers:  # sum() rounds differently since Python 3.12
        total += number
    if math.isinf(total):  # JSON has no infinity
        raise ValueError("the sum does not fit a float64")
    return {
        "count": len(numbers),
        "sum": total,
        "mean": total / len(numbers),
        "min": min(numbers),
        "max": max(numbers),
    }


# Raise KeyboardInterrupt on SIGTERM too, and on SIGINT even if a shell script
# started this program with &.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)

context = zmq.Context()
socket = context.socket(zmq.REP)
try:
    socket.bind(args.bind)
    while True:
        # recv would miss a Ctrl-C that comes right before it, so wait in poll.
        if not socket.poll(500):
            continue
        frames = socket.recv_multipart()  # recv_json would read only the first
        try:
            numbers = parse(frames)
            print("received [" + " ".join(f"{x:g}" for x in numbers) + "]")
            reply = sum_up(numbers)
        except ValueError as err:
            print(f"server: bad request: {err}", file=sys.stderr)
            reply = {"error": str(err)}
        socket.send_json(reply)
except KeyboardInterrupt:
    pass
socket.close()
context.term()
