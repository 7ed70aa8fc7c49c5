"""Foreign HTML made safe to show, its quotation folded, and the text it says. Sanitising is nh3's (ammonia): an
allow-list.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final

import nh3

_TAGS: Final = frozenset(nh3.ALLOWED_TAGS) | {"big", "font", "section", "tfoot"}
# fmt: off
_STYLES: Final = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "display", "font",
    "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "white-space", "width", "word-break",
}
_BLOCKS: Final = {
    "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
}
# fmt: on
_CELL: Final = {"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "nowrap"}
_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={
        "script",
        "style",
        "title",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "template",
        "noscript",
        "xmp",
    },
    attributes={
        "*": {"style", "dir", "lang", "title"},
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "font": {"color", "face", "size"},
        "table": {"align", "width", "bgcolor", "border", "cellpadding", "cellspacing"},
        "td": _CELL,
        "th": _CELL,
        "tr": {"align", "valign", "bgcolor"},
        "ol": {"start", "type"},
        "col": {"width", "span"},
    },
    allowed_classes={"details": {"quoted"}},
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    filter_style_properties=_STYLES,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
)
# Where mail programs begin to quote: Gmail, Apple, Thunderbird, Outlook (three ages), QQ, 163, Yahoo, Zoho, ProtonMail.
_QUOTE_BEGINS: Final = re.compile(
    r"<(?:div|blockquote|p|hr|span)\b[^>]{0,400}?(?:"
    r"class=[\"']?(?:gmail_quote|moz-cite-prefix|yahoo_quoted|zmail_extra|protonmail_quote|ntes_not_fresh_quote)"
    r"|type=[\"']?cite\b"
    r"|id=[\"']?(?:divRplyFwdMsg|appendonsend|isReplyContent|replySplit|oriMsgHtmlSeperator|ntes-pcmac-quote|stopSpelling)"
    r"|style=[\"'][^\"']{0,200}border:\s*none;\s*border-top:\s*solid #(?:E1E1E1|B5C4DF)"
    r")[^>]{0,2000}>|<includetail>|<div\b[^>]{0,400}>\s{0,9}-{2,}\s*(?:原始邮件|Original(?: Message)?)\s*-{2,}",
    re.IGNORECASE,
)
_DEEPEST: Final = 1000
_ELEMENT: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_VOID: Final = {"br", "col", "hr", "img", "input", "link", "meta", "wbr", "p", "li", "td", "th", "tr"}
_TOKEN: Final = re.compile(r"<(/?)([a-z0-9]+)((?:\s+[a-z-]+=\"[^\"]*\")*)\s*/?>")
_SPACE: Final = re.compile(r"[ \t\r\n\f\u00a0]+")


def clean(html: str) -> str:
    """Safe HTML: listed tags, attributes and styles only; pictures stay as `cid:` or http(s) addresses, which the
    reader's frame decides to load or not. From where a mail program began to quote, the rest stands in <details
    class="quoted">.
    """
    if _depth(html) > _DEEPEST:
        return f"<pre>{escape(unescape(_ANY_TAG.sub(' ', html)))}</pre>"
    begins = _QUOTE_BEGINS.search(html)
    if begins is not None and re.search(r"\S", _text_only(html[max(0, begins.start() - 5000) : begins.start()])):
        html = f'{html[: begins.start()]}<details class="quoted"><summary>…</summary>{html[begins.start() :]}'
    return _CLEANER.clean(html)


def to_text(cleaned: str) -> str:
    """What HTML from `clean` says, block by block; quotations are marked "> " as in plain mail (RFC 3676 §4.5)."""
    writer = _Writer()
    end = 0
    for token in _TOKEN.finditer(cleaned):
        writer.words(cleaned[end : token.start()])
        writer.tag(token[2], token[3], closing=bool(token[1]))
        end = token.end()
    writer.words(cleaned[end:])
    return writer.text()


def _depth(html: str) -> int:
    """How deep elements may be nested, without parsing: the parser's time grows with the square of it."""
    depth = deepest = 0
    for tag in _ELEMENT.finditer(html):
        if tag[2].lower() not in _VOID:
            depth = max(0, depth + (-1 if tag[1] else 1))
            deepest = max(deepest, depth)
    return deepest


def _text_only(html: str) -> str:
    return re.sub(r"(?is)<style.*?</style>|<title.*?</title>|<!--.*?-->|<[^>]*>|&nbsp;", "", html)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.quotes = 0
        self.preformatted = 0
        self.silent = False

    def words(self, html: str) -> None:
        if self.silent or not html:
            return
        text = unescape(html)
        if self.preformatted:
            first, *rest = text.split("\n")
            self.line += first
            for line in rest:
                self.break_line()
                self.line = line
        else:
            text = _SPACE.sub(" ", text)
            self.line += text.lstrip() if not self.line or self.line.endswith(" ") else text

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        step = -1 if closing else 1
        if name == "br":
            self.break_line()
        elif name in ("td", "th"):
            self.line += " " if closing else ""
        elif name == "img":
            self.words(_alternative(attributes))
        elif name in _BLOCKS:
            self.end_block()
        if name in ("blockquote", "details"):
            self.quotes += step
        elif name == "pre":
            self.preformatted += step
        elif name == "summary":
            self.silent = not closing
        elif name == "li" and not closing:
            self.line = "- "
        elif name in ("p", "h1", "h2", "h3") and closing and self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * bool(self.quotes))

    def end_block(self) -> None:
        if self.line.strip():
            self.break_line()
        self.line = ""

    def break_line(self) -> None:
        self.lines.append("> " * bool(self.quotes) + (self.line if self.preformatted else self.line.strip()))
        self.line = ""

    def text(self) -> str:
        self.end_block()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in self.lines)).strip("\n")


def _alternative(attributes: str) -> str:
    told = re.search(r'\salt="([^"]+)"', attributes)
    return f"[{told[1]}]" if told else ""


def escaped(text: str) -> str:
    """Plain text as HTML."""
    return escape(text)
