"""A moto server of one test: on a port the system chose, gone when the test is.

It prints its address as one line, then reads commands, one a line, from
standard input, and answers each with `ok` or `error: REASON`:

    forget REGION INSTANCE_ID    DescribeInstances no longer lists the instance

When standard input closes it ends: the pipe is held by the test's process, so
however that dies, no server stays behind.

What of moto is mended says moto_mend.py.

`forget` exists because moto lists terminated instances for ever, whereas EC2
drops them about an hour after termination; it reaches into the pinned
version's memory, which no request can do.
"""

import sys

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.server import ThreadedMotoServer

from moto_mend import mend


def forget(region, instance_id):
    reservations = ec2_backends[DEFAULT_ACCOUNT_ID][region].reservations
    for reservation_id, reservation in list(reservations.items()):
        kept = [i for i in reservation.instances if i.id != instance_id]
        if len(kept) == len(reservation.instances):
            continue
        reservation.instances[:] = kept
        if not kept:
            del reservations[reservation_id]
        return
    raise LookupError(f"no instance {instance_id} in {region}")


def main():
    mend()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    for line in sys.stdin:
        try:
            command, *arguments = line.split()
            {"forget": forget}[command](*arguments)
            print("ok", flush=True)
        except Exception as error:  # the test must hear of whatever went wrong
            print(f"error: {error!r}", flush=True)


if __name__ == "__main__":
    main()
