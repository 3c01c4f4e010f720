"""What the SPA's own code says of many cases, to be compared with the server's."""

import json
import subprocess
from pathlib import Path
from typing import Any

SPA = Path(__file__).parents[2] / "spa"


def ask(path: str, expression: str, cases: Any) -> Any:
    """The value of a JavaScript expression that uses the `module` at this path below `src` and the `cases`, as JSON."""
    script = f"""
        import {{ text }} from "node:stream/consumers";
        import {{ runnerImport }} from "vite";
        const {{ module }} = await runnerImport("./src/{path}", {{ configFile: false, logLevel: "error" }});
        const cases = JSON.parse(await text(process.stdin));
        console.log(JSON.stringify({expression}));
    """
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(command, cwd=SPA, input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
