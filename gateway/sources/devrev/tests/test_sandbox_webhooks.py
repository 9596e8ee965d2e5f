"""Webhooks, whose list is whole and takes nothing."""

from base64 import b64decode

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox


def test_webhooks_are_listed_whole_and_got(sandbox: Sandbox, api: Api) -> None:
    hooks = sandbox.state("devrev")["webhooks"]
    assert api.ok("webhooks.list") == api.get("webhooks.list").json() == {"webhooks": hooks}
    for hook in hooks:
        for text in (hook["id"], hook["display_id"]):
            assert api.ok("webhooks.get", id=text) == {"webhook": hook}
            assert api.get("webhooks.get", f"id={text}").json() == {"webhook": hook}


def test_webhooks_have_what_the_vendor_requires(sandbox: Sandbox) -> None:
    hooks = sandbox.state("devrev")["webhooks"]
    assert {one["status"] for one in hooks} == {"active", "inactive", "unverified"}
    for one in hooks:
        assert one["id"].startswith("don:integration:dvrv-us-1:devo/0:webhook/")
        assert 8 <= len(b64decode(one["secret"], validate=True)) <= 32
        assert one["url"].startswith("https://")


def test_the_list_of_webhooks_takes_nothing(api: Api) -> None:
    for name, value in (("limit", 1), ("cursor", "x"), ("sort_by", ["url"]), ("url", ["x"])):
        assert api.post("webhooks.list", **{name: value}).status_code == 400
        assert api.get("webhooks.list", f"{name}=1").status_code == 400


def test_a_webhook_that_there_is_not(api: Api) -> None:
    unknown = api.post("webhooks.get", id="WEBHOOK-99")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "not_found")
    assert api.refusal(api.post("webhooks.get"))["field_name"] == "id"
    assert api.refusal(api.post("webhooks.get", id="TAG-1"))["type"] == "unexpected_id_type"
