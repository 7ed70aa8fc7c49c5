"""Why a document does not become pages: one kind of error, with a line for whoever wants to send it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hub.api import SendError


class Problem(StrEnum):
    """What is wrong with a document.

    TOO_LARGE   more pages or pixels than allowed, or it takes too long to draw
    UNREADABLE  damaged, or of a kind that cannot be printed
    ENCRYPTED   it asks for a password
    NO_FONT     it has characters for which this machine has no font
    EMPTY       there is nothing to print
    """

    TOO_LARGE = "TOO_LARGE"
    UNREADABLE = "UNREADABLE"
    ENCRYPTED = "ENCRYPTED"
    NO_FONT = "NO_FONT"
    EMPTY = "EMPTY"


_LINES: Final = {
    Problem.TOO_LARGE: (
        "“{file}” is too large for a fax, or takes too long to print. Send fewer or smaller pages.",
        "“{file}”过大，无法作为传真发送，或打印耗时过长。请减少页数或缩小图片。",
    ),
    Problem.UNREADABLE: (
        "“{file}” cannot be printed. Send a PDF, a picture or plain text.",
        "“{file}”无法打印。请发送 PDF、图片或纯文本。",
    ),
    Problem.ENCRYPTED: (
        "“{file}” is protected by a password. Send a copy without one.",
        "“{file}”受密码保护。请发送未加密的副本。",
    ),
    Problem.NO_FONT: (
        "“{file}” has characters for which this server has no font; an administrator can install one.",
        "服务器缺少显示“{file}”所需的字体；请联系管理员安装。",
    ),
    Problem.EMPTY: ("There is nothing to print.", "没有可打印的内容。"),
}
_NAMELESS: Final = ("The document", "文档")


class PageError(Exception):
    """`file` is the name of the document, "" where it is not known which one it was."""

    def __init__(self, problem: Problem, file: str = "") -> None:
        super().__init__(problem.value)
        self.problem, self.file = problem, file

    def line(self, language: str = "en") -> str:
        """A sentence that says what to do."""
        chosen = int(language.startswith("zh"))
        return _LINES[self.problem][chosen].format(file=self.file or _NAMELESS[chosen])

    def as_send_error(self) -> SendError:
        """The same among the errors a channel may raise."""
        from hub.api import TooLarge, Unsupported  # not in the child process, which knows nothing of the hub

        return TooLarge(self.line()) if self.problem is Problem.TOO_LARGE else Unsupported(self.line())
