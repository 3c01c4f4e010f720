"""The verdict on a distribution, as `edge check` and the deployment give it."""

import json

from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.edge.lookup import look_around, read_config
from tools.edge.problems import find_problems
from tools.edge.routing import ROUTES


def check(cloud: Cloud, distribution_id: str, as_json: bool = False) -> None:
    """Prints what is wrong; refused if anything is."""
    config, _ = read_config(cloud, distribution_id)
    around = look_around(cloud, distribution_id, config)
    problems = find_problems(config, around)
    if as_json:
        print(json.dumps({"distribution": distribution_id, "problems": [each.text for each in problems]}, indent=2))
    else:
        for problem in problems:
            print(f"- {problem.text}{'' if problem.repair else f' ({problem.hint})'}")
        if not problems:
            print(f"{distribution_id} is as it should be: {len(ROUTES)} routes checked")
        elif around.secrets is None:
            print("  not compared: the origin secret, as no function of this stage is deployed")
    if problems:
        repairable = sum(1 for problem in problems if problem.repair)
        raise Refused(f"{distribution_id} differs in {len(problems)} points; `edge fix` repairs {repairable} of them")
