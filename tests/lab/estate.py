"""What the three estate scripts share: how they are asked, and their clients.

Each reads one JSON object from standard input (so that no secret stands in a
command line) and prints one JSON object:

    {"endpoint": "http://127.0.0.1:PORT",
     "access_key_id": "...", "secret_access_key": "...",   # optional
     "session_token": "...",                               # optional
     ...}                                                  # the script's own keys
"""

import json
import sys

import boto3
from botocore.config import Config

# One try only: a fault that a test put in the way must show, not be retried away.
CONFIG = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60)


def read_request():
    return json.load(sys.stdin)


def answer(value):
    json.dump(value, sys.stdout, indent=1, sort_keys=True)
    print()


def client(request, service, region):
    # A fresh moto takes any key; after reset-auth only those made by IAM.
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=request["endpoint"],
        aws_access_key_id=request.get("access_key_id", "any"),
        aws_secret_access_key=request.get("secret_access_key", "any"),
        aws_session_token=request.get("session_token"),
        config=CONFIG,
    )


def pages(ec2, operation, key, **arguments):
    """All rows of a describe operation, however many pages it takes."""
    for page in ec2.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def instances(ec2):
    for reservation in pages(ec2, "describe_instances", "Reservations"):
        yield from reservation["Instances"]


def aws_tags(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]
