"""Makes the IAM users of a test, to be run before signatures are checked.

Asked for nothing but the endpoint (see estate.py), answers

    {"account": "123456789012",
     "reader":   {"access_key_id": "...", "secret_access_key": "..."},
     "operator": {"access_key_id": "...", "secret_access_key": "..."}}

`reader` may do what discovery needs and no more: a discovery that reaches for
anything else, user data above all, is refused. `operator` may do anything, and
is for the scripts that change the estate while checks are on.
"""

import json

from estate import answer, client, read_request

# moto 5.2 ignores Resource and Condition; the actions are what it enforces.
POLICIES = {
    "reader": [
        "ec2:DescribeRegions",
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeAddresses",
        "ec2:DescribeImages",
        "sts:GetCallerIdentity",
    ],
    "operator": ["*"],
}


def make_user(iam, name, actions):
    iam.create_user(UserName=name)
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    }
    iam.put_user_policy(
        UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy)
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "access_key_id": key["AccessKeyId"],
        "secret_access_key": key["SecretAccessKey"],
    }


def main():
    request = read_request()
    iam = client(request, "iam", "us-east-1")
    made = {name: make_user(iam, name, actions) for name, actions in POLICIES.items()}
    made["account"] = client(request, "sts", "us-east-1").get_caller_identity()[
        "Account"
    ]
    answer(made)


if __name__ == "__main__":
    main()
