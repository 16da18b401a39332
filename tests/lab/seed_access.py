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

# What README.md prints, and a test holds it to.
READS = [
    "sts:GetCallerIdentity",
    "ec2:DescribeRegions",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeImages",
    "ec2:DescribeVolumes",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeAddresses",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeTransitGatewayAttachments",
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeKeyPairs",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeReservedInstances",
    "ec2:GetEbsEncryptionByDefault",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTags",
    "tag:GetResources",
]

# What the management account's credentials need besides, to read an organisation.
LISTS = [
    "organizations:ListAccounts",
    "organizations:ListRoots",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListAccountsForParent",
    "sts:AssumeRole",
]

# moto's own: it calls the service of `tag:` by its signing name; and as it lists
# snapshots whoever may restore them, each has to be asked for itself.
ONLY_MOTO = ["tagging:GetResources", "ec2:DescribeSnapshotAttribute"]

# moto 5.2 ignores Resource and Condition; the actions are what it enforces.
POLICIES = {
    "reader": READS + ONLY_MOTO,
    "operator": ["*"],
}


def policy(actions):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
        }
    )


def make_user(iam, name, actions):
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name, PolicyName=name, PolicyDocument=policy(actions)
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
