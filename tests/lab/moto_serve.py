"""A moto server of one test: on a port the system chose, gone when the test is.

It prints its address as one line, then reads commands, one a line, from
standard input, and answers each with `ok` or `error: REASON`:

    forget REGION INSTANCE_ID    DescribeInstances no longer lists the instance

When standard input closes it ends: the pipe is held by the test's process, so
however that dies, no server stays behind.

Two things of moto stand in the way of questions asked side by side, and are
mended: for the tags of each resource it goes through all tags of the region,
which takes seconds, where they can be looked up by the resource's id; and what
one question wants to be left out of its answer it notes where the answer to
another is just being written, which then ends as HTTP 500.

Besides, DescribeReservedInstances answers that there are none, where moto by
itself answers HTTP 500 to say that it does not know the question.

`forget` exists because moto lists terminated instances for ever, whereas EC2
drops them about an hour after termination; it reaches into the pinned
version's memory, which no request can do.
"""

import sys

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses.reserved_instances import ReservedInstances
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix
from moto.server import ThreadedMotoServer


def tags_of(resource):
    if not resource.id:
        return []
    held = resource.ec2_backend.tags.get(resource.id, {})
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "")
    return [
        {"resource_id": resource.id, "resource_type": kind, "key": key, "value": value}
        for key, value in list(held.items())
    ]


def keeping_notes_apart(begin):
    def begun(response, *arguments, **options):
        begin(response, *arguments, **options)
        notes = response.RESPONSE_KEY_PATH_TO_TRANSFORMER
        response.RESPONSE_KEY_PATH_TO_TRANSFORMER = dict(notes)

    return begun


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


def no_reservations(_response):
    return ActionResult({"ReservedInstances": []})


def main():
    TaggedEC2Resource.get_tags = tags_of
    BaseResponse.__init__ = keeping_notes_apart(BaseResponse.__init__)
    ReservedInstances.describe_reserved_instances = no_reservations
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
