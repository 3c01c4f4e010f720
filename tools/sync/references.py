"""Which files of a release name which: its reference closure. On its own, for its patterns take time to compile."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from tools.common.console import Refused
from tools.sync.layout import PAGE, WORKER, SpaFile, suffix_of

QUOTED_ASSET = re.compile(r"""["'`(](?:/|\./)?(assets/[\w./@~+-]+\.\w+)["'`)?#]""")
JS_RELATIVE = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'`]\./([\w./@~+-]+\.\w+)["'`]""")
JS_URL = re.compile(r"""new URL\(\s*["'`](?:\./)?([\w.@~+-]+\.\w+)["'`]\s*,\s*import\.meta\.url""")
CSS_URL = re.compile(r"""url\(\s*["']?([^"'()]+?)["']?\s*\)""")
CSS_IMPORT = re.compile(r"""@import\s+["']([^"']+)["']""")
HTML_LINK = re.compile(
    r"""<(?:script|link|img|source|use|image)\b[^>]*?\s(?:src|href)\s*=\s*["']([^"']+)["']""", re.IGNORECASE
)


# How the worker lists what it fetches: a path and the hash of its bytes.
WORKER_FILE = re.compile(r"""\[\s*["'`]([^"'`]+)["'`]\s*,\s*["'`]sha256-([\w+/=]+)["'`]\s*\]""")


def references(name: str, body: bytes) -> set[str]:
    """The files of the release that this one names, by the ways Vite writes them."""
    suffix = suffix_of(name)
    if suffix not in (".html", ".js", ".mjs", ".css", ".webmanifest"):
        return set()
    text = body.decode(errors="replace")
    if suffix == ".html":
        return _resolve(name, HTML_LINK.findall(text))
    if suffix == ".css":
        return _resolve(name, CSS_URL.findall(text) + CSS_IMPORT.findall(text))
    if suffix == ".webmanifest":
        return _resolve(name, _manifest_sources(text))
    found = set(QUOTED_ASSET.findall(text))
    return found | _resolve(name, [f"./{near}" for near in JS_RELATIVE.findall(text) + JS_URL.findall(text)])


def _manifest_sources(text: str) -> list[str]:
    try:
        manifest = json.loads(text)
        images = [*manifest.get("icons", []), *manifest.get("screenshots", [])]
        images += [icon for shortcut in manifest.get("shortcuts", []) for icon in shortcut.get("icons", [])]
        return [str(image["src"]) for image in images if "src" in image]
    except ValueError as error:
        raise Refused(f"the web manifest is not JSON: {error}") from error
    except (AttributeError, TypeError, RecursionError) as error:
        raise Refused("the web manifest is not made as one is: icons and shortcuts are lists of objects") from error


def _resolve(name: str, links: Iterable[str]) -> set[str]:
    folder = name.rpartition("/")[0]
    found = set()
    for link in links:
        path = re.split(r"[?#]", link.strip(), maxsplit=1)[0]
        if not path or re.match(r"[a-z][a-z0-9+.-]*:|//", path, re.IGNORECASE):
            continue
        absolute = path if path.startswith("/") else f"/{folder}/{path}"
        parts: list[str] = []
        for part in absolute.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        if parts and "." in parts[-1]:
            found.add("/".join(parts))
    return found


def missing_references(files: Mapping[str, bytes]) -> list[str]:
    """`index.html names assets/app-1.js, which is not in the build`, for each such name."""
    return [
        f"{name} names {wanted}, which is not in the build"
        for name, body in sorted(files.items())
        for wanted in sorted(references(name, body) - set(files))
    ]


def strangers(files: Sequence[SpaFile]) -> list[str]:
    """The files that the worker would refuse, because it was built with other bytes of theirs."""
    bodies = {file.name: file.body for file in files}
    wanted = WORKER_FILE.findall(bodies[WORKER].decode(errors="replace"))
    named = [(PAGE if path == "./" else path.lstrip("/"), sha256) for path, sha256 in wanted]
    return [
        name
        for name, sha256 in named
        if name in bodies and base64.b64encode(hashlib.sha256(bodies[name]).digest()).decode() != sha256
    ]
