"""Texts and queries that must find them, or must not; the same for FTS5 alone and for both databases."""

from __future__ import annotations

import json
from pathlib import Path

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "zh-search"
SENTENCES = ["密码重置后无法登录", "请重启密码键盘", "我不喜欢日本和服。", "生产和服务都很重要", "雷猴回归人间。"]
WORDS = ["重置", "密码", "和服", "重置后", "回归", "服务", "密码键", "登录密码"]


def documents() -> list[str]:
    return [*json.loads((CORPUS / "docs.json").read_text("utf-8"))] if CORPUS.is_dir() else SENTENCES


def queries() -> list[tuple[str, list[int]]]:
    if CORPUS.is_dir():
        return [(each["query"], each["docs"]) for each in json.loads((CORPUS / "queries.json").read_text("utf-8"))]
    return [(word, [place for place, text in enumerate(SENTENCES) if word in text]) for word in WORDS]


FOUND: list[tuple[str, str]] = [
    ("我的T恤衫很好", "T恤"),
    ("ＡＢＣ公司", "abc"),
    ("Straße 7", "STRASSE"),
    ("wang.wei@example.com", "wei@example.com"),
    ("wang.wei@example.com", "wang"),
    ("张三丰 zsf zhangsanfeng", "zs"),
    ("+8613800138000", "8000"),
    ("+8613800138000", "138 0013 8000"),
    ("+8613800138000", "+86 138-0013-8000"),
    ("+8613800138000", "13800138000"),
    ("138-0013-8000", "13800138000"),
    ("+861088888888", "010-8888 8888"),
    ("Re: [#4821-9035-6]", "482190356"),
    ("车牌京A·12345", "京A12345"),
    ("发动机LSVAA4182E2184847", "2184847"),
    ("订单8000元", "8000"),
    ("密码重置 after login", "login 重置"),
    ("Привет мир", "привет"),
    ("𠮷野家", "𠮷野"),
]
NOT_FOUND: list[tuple[str, str]] = [
    ("生产和服从", "和从"),
    ("密码重置", "重密"),
    ("+8613800138000", "8001"),
    ("hello", "ello"),
    ("密码", ""),
    ("密码", "!?🙂"),
]
