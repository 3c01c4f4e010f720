import pytest

from chalicelib.core.settings import settings
from chalicelib.pages import templates
from chalicelib.waivers import markdown, sealing
from tests.support import operator
from tests.support.pages import Elements


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <script src=//evil.example/x.js></script> b",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://evil.example'></iframe>",
        "<svg/onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<form action=https://evil.example><input name=p></form>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](vbscript:msgbox)",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://example.com "\\" onmouseover=alert(1) x=\\"")',
        '[x](https://example.com/"onmouseover="alert(1))',
        '![" onerror=alert(1) x="](x)',
        "[a]: javascript:alert(1)\n\n[a]",
        "`<script>alert(1)</script>`",
        '```"><script>\nalert(1)\n```',
        "    <script>alert(1)</script>",
    ],
)
def test_nothing_that_an_author_writes_into_a_waiver_can_run(text: str) -> None:
    for tag, attributes in Elements(markdown.to_html(text)).found:
        assert tag not in (
            "script",
            "iframe",
            "svg",
            "style",
            "form",
            "input",
            "object",
            "embed",
            "base",
            "link",
            "meta",
        )
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "src"):
                scheme = "".join(char for char in (value or "").lower() if char > " ").partition(":")[0]
                assert scheme not in ("javascript", "vbscript", "data", "file")


def test_raw_html_is_shown_as_text() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in markdown.to_html("<b>bold</b>")


def test_markdown_becomes_headings_lists_and_emphasis() -> None:
    html = markdown.to_html("## Risks\n\n- wind\n- *waves*\n\n**Mind** the [law](https://example.com/law).")
    assert [tag for tag, _ in Elements(html).found] == ["h2", "ul", "li", "li", "em", "p", "strong", "a"]
    assert 'href="https://example.com/law"' in html


def message_page(**texts: str) -> str:
    data = {"heading": "<h>", "charter": None, "kiosk": False, "operator": settings(), "style": ""}
    return templates.render("waivers", "message.html", **data, **texts)


def test_a_page_escapes_its_data() -> None:
    html = message_page(message="<script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_template_without_one_of_its_values_fails_instead_of_leaving_a_gap() -> None:
    with pytest.raises(Exception, match="'message' is undefined"):
        message_page()


def test_a_copy_says_of_whom_the_personal_data_is_erased() -> None:
    at = "2026-11-22T20:00:00Z"
    record = {
        **sealing.ERASED, "waiver_id": "c" * 32, "waiver_title": "Release", "starts_at": at, "minor": False,
        "esign_statement": "I agree.", "intent_statement": "I mean it.", "authority_statement": "I may.",
        "opened_at": at, "signed_at": at, "device_time": "", "waiver_version": "a" * 64, "leaf_hash": "b" * 64,
    }  # fmt: skip
    html = templates.render(
        "waivers", "waiver-copy.html", charter=operator.event(title="Sunset sail"), record=record,
        records=[record, {**record, "minor": True}], version={"language": "en"}, text_html="<p>Text.</p>",
        drawing=None, kiosk=False, link="", operator=settings(), style="",
    )  # fmt: skip
    assert "<dt>Signed by</dt><dd>erased</dd>" in html
    assert "<dt>Signed for</dt><dd>erased, erased</dd>" in html
    assert "Signed copy: <bdi>Sunset sail</bdi>" in html
    assert "None" not in html


def test_without_links_a_text_keeps_their_words() -> None:
    html = markdown.to_html("- > Mind [the *law*](https://example.com/law)\n\n[Call](tel:+14155550134)", links=False)
    assert [tag for tag, _ in Elements(html).found] == ["ul", "li", "blockquote", "p", "em", "p"]
    assert "Mind the <em>law</em>" in html
    assert "Call" in html


@pytest.mark.parametrize("room", ["mail", "waivers"])
@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "4:00 AM Istanbul time (UTC+3)"), ("es", "4:00 a. m. hora de Estambul (UTC+3)")],
)
def test_pages_and_mails_name_a_zone_without_letters_in_the_readers_language(
    room: str, language: str, written: str
) -> None:
    template = templates.environment(room).from_string("{{ instant | clock('Europe/Istanbul') }}")
    assert template.render(instant="2026-11-29T01:00:00Z", language=language) == written
