"""What stands in the way of a faithful moto, mended in its memory before it serves.

- For the tags of each resource it goes through all tags of the region, which takes
  seconds, where they can be looked up by the resource's id.
- What one question wants to be left out of its answer it notes where the answer to
  another is just being written, which then ends as HTTP 500.
- It brings some hundred images to each region, and with each a snapshot; to list
  those takes seconds. Here a region has two: one of Linux, one of Windows.
- DescribeReservedInstances answers that there are none, where moto by itself answers
  HTTP 500 to say that it does not know the question.
"""

import os

from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.models import amis
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses.reserved_instances import ReservedInstances
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix


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


def no_reservations(_response):
    return ActionResult({"ReservedInstances": []})


def two_images():
    first = {}
    for image in sorted(amis.AMIS, key=lambda image: image["ami_id"]):
        if image["architecture"] == "x86_64":
            first.setdefault(image["platform"], image)
    return [first[None], first["windows"]]


def mend():
    amis.AMIS[:] = two_images()
    # Named, it brings no others; the file itself is not read again.
    os.environ["MOTO_AMIS_PATH"] = "two_images"
    TaggedEC2Resource.get_tags = tags_of
    BaseResponse.__init__ = keeping_notes_apart(BaseResponse.__init__)
    ReservedInstances.describe_reserved_instances = no_reservations
