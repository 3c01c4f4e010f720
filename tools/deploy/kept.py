"""Where deployments are kept: the record, and of each package its bytes, its API's document and its policy."""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.common.functions import wait_until_updated
from tools.common.website import NoAnswer, Website
from tools.deploy import record
from tools.deploy.record import Entry
from tools.sync.bucket import Bucket
from tools.sync.proof.running_api import code_of, package_key

# Newest first in a listing: entry n is named by what is left of this.
LAST_NUMBER = 999_999_999


class Package(NamedTuple):
    """What goes back with the code."""

    document: dict[str, Any]
    """The API's OpenAPI document."""
    policy: str
    """The stage's policy file, as it was."""


class Kept(NamedTuple):
    cloud: Cloud
    bucket: str

    # The record

    def last(self) -> Entry | None:
        """The last entry: two calls, however many there are."""
        found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=self._key("log/"), MaxKeys=1).get("Contents")
        return self._entry(found[0]["Key"]) if found else None

    def append(self, entry: Entry) -> None:
        """Create-only: of two who act at once, one is told who was faster."""
        key = self._key(f"log/{LAST_NUMBER - entry.last.number:09d}.json")
        if not Bucket(self.cloud, self.bucket, distribution="").create(key, record.encode(entry)):
            found = self._entry(key)
            if found.nonce != entry.nonce:
                raise Refused(f"somebody was faster: {found.last.describe()}. Run it again")

    def _entry(self, key: str) -> Entry:
        return record.decode(self._read(key))

    # Packages

    def keep(self, code: str, package: Package) -> None:
        """The package that the API's function runs, and what belongs to it."""
        if not self._is_there(self._package(code, ".zip")):
            self._s3.put_object(Bucket=self.bucket, Key=self._package(code, ".zip"), Body=self._fetch_code(code))
        about = json.dumps(package._asdict()).encode()
        self._s3.put_object(Bucket=self.bucket, Key=self._package(code, ".json"), Body=about)

    def package(self, code: str) -> Package:
        return Package(**json.loads(self._read(self._package(code, ".json"))))

    def code(self, code: str) -> bytes:
        found = self._read(self._package(code, ".zip"))
        if hashlib.sha256(found).hexdigest() != code:
            raise Refused(f"the package {code[:12]} in the bucket is damaged: deploy its source again")
        return found

    def codes(self) -> set[str]:
        """Whose packages are there."""
        return {_code_of(key) for key in self._packages()}

    def forget_others(self, codes: list[str]) -> None:
        for key in self._packages():
            if _code_of(key) not in codes:
                self._s3.delete_object(Bucket=self.bucket, Key=key)

    def _packages(self) -> list[str]:
        listed = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=self._key("packages/"))
        return [one["Key"] for one in listed.get("Contents", [])]

    def _fetch_code(self, code: str) -> bytes:
        """From Lambda itself, so that it does not matter who has made it, and where."""
        function = self.cloud.function_names()[0]
        address = self.cloud.client("lambda").get_function(FunctionName=function)["Code"]["Location"]
        try:
            answer = Website(address).ask("")
        except NoAnswer:
            # Its text has the address, which opens the package to all who read it.
            raise Refused(f"the package of {function} could not be fetched from Lambda: deploy again") from None
        if answer.status != 200 or hashlib.sha256(answer.data).hexdigest() != code:
            raise Refused(f"{function} was changed meanwhile: deploy again")
        return answer.data

    def _is_there(self, key: str) -> bool:
        with contextlib.suppress(ClientError):
            return bool(self._s3.head_object(Bucket=self.bucket, Key=key))
        return False

    def _read(self, key: str) -> bytes:
        return bytes(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def _package(self, code: str, suffix: str) -> str:
        return package_key(self.cloud.stage, code, suffix)

    def _key(self, name: str) -> str:
        return f"_deployed/{self.cloud.stage}/{name}"

    @property
    def _s3(self) -> Any:
        return self.cloud.client("s3")


def _code_of(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]


class Running(NamedTuple):
    """What a function runs."""

    code: str
    runtime: str
    revision: str
    variables: Mapping[str, str]


def running(cloud: Cloud) -> dict[str, Running]:
    """Of each of the stage's functions that is deployed."""
    client = cloud.client("lambda")
    found = {}
    for function in cloud.function_names():
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            found[function] = look(cloud, function)
    return found


def look(cloud: Cloud, function: str) -> Running:
    seen = cloud.client("lambda").get_function_configuration(FunctionName=function)
    return Running(code_of(seen), seen["Runtime"], seen["RevisionId"], seen.get("Environment", {}).get("Variables", {}))


def set_code(cloud: Cloud, function: str, seen: Running, package: bytes) -> None:
    """Only if nobody has changed the function since it was seen; its variables are not touched, and compared after."""
    client = cloud.client("lambda")
    try:
        client.update_function_code(FunctionName=function, ZipFile=package, RevisionId=seen.revision)
    except client.exceptions.PreconditionFailedException as error:
        # Our own write, whose answer was lost, is no other's.
        if look(cloud, function).code != hashlib.sha256(package).hexdigest():
            raise Refused(f"{function} was changed by somebody else meanwhile: look, and run it again") from error
    wait_until_updated(cloud, function)
    now = look(cloud, function)
    if now.code != hashlib.sha256(package).hexdigest():
        raise Refused(f"{function} did not take the version before")
    if now.variables != seen.variables:
        raise Refused(f"{function} has other variables than before: `python -m tools.env show --stage {cloud.stage}`")
