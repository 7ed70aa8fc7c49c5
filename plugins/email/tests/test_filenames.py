"""File names are safe on every system and still say what they said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.email import filenames
from plugins.email.parse import parse


def named(head: str) -> str:
    return parse(f"Content-Type: application/x-y\r\n{head}\r\n\r\nx".encode()).leaves()[0].name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('Content-Disposition: attachment; filename="a.pdf"', "a.pdf"),
        ("Content-Disposition: attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf", "报价.pdf"),
        ("Content-Disposition: attachment; filename*=gb2312''%95%34%B2%35.pdf", "𠮷.pdf"),
        ("Content-Disposition: attachment; filename*0*=UTF-8''%E6%8A; filename*1*=%A5.pdf", "报.pdf"),
        ('Content-Disposition: attachment; filename="=?gb18030?B?sai82y5wZGY=?="', "报价.pdf"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\temp\\\\a.exe"', "a.exe"),
        ('Content-Disposition: attachment; filename="a\\"b<c>.html"', "a_b_c_.html"),
        ('Content-Disposition: attachment; filename="CON.txt"', "_CON.txt"),
        ('Content-Disposition: attachment; filename=".bashrc"', "bashrc"),
        ("Content-Disposition: attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe", "invoice_fdp.exe"),
        ("Content-Disposition: attachment; filename*=nonsense''%ff", "ÿ"),
        ("Content-Disposition: attachment", "attachment-1.bin"),
    ],
)
def test_names_as_senders_write_them(head: str, name: str) -> None:
    assert named(head) == name


@given(name=st.text(max_size=400))
def test_any_name_is_one_harmless_component(name: str) -> None:
    safe = filenames.safe(name)
    assert len(safe) <= filenames.MAX_NAME
    assert not set(safe) & set('\\/:*?"<>|\r\n\x00\u202e')
    assert safe not in (".", "..")
    assert safe == safe.strip(" .")
    safe.encode()
