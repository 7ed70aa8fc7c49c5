"""Text as a Chinese shop's customers write it, as far as an index can tell: a few characters make most of it."""

from __future__ import annotations

import random
from functools import cache

# the most frequent characters of written Chinese, in order; what is common is what makes a search slow
COMMON = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于"
    "心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回"
    "位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月"
    "十实向声车全信重三机工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许先口由死安"
)
WORDS = ("iphone", "error", "order", "invoice", "hello", "refund", "printer", "app", "wifi", "pay")
SHORTEST, LONGEST = 8, 72
WITH_A_WORD = 0.15
POOL = 500_000


@cache
def characters() -> list[str]:
    """The first level of GB 2312, 3,755 characters, the commonest first."""
    rows, cells = range(0xB0, 0xD8), range(0xA1, 0xFF)
    level = [bytes([row, cell]).decode("gb2312") for row in rows for cell in cells if (row, cell) < (0xD7, 0xFA)]
    return list(dict.fromkeys(COMMON + "".join(level)))


class Writer:
    """Writes texts, the same ones for the same seed."""

    def __init__(self, seed: int = 5) -> None:
        self._dice = random.Random(seed)
        weights = [1 / (rank + 8) for rank in range(len(characters()))]
        self._pool = "".join(self._dice.choices(characters(), weights, k=POOL))

    def text(self) -> str:
        """One message; some have a word and a number in them."""
        size = self._dice.randint(SHORTEST, LONGEST)
        start = self._dice.randrange(POOL - size)
        text = self._pool[start : start + size]
        if self._dice.random() < WITH_A_WORD:
            text += f" {self._dice.choice(WORDS)} {self._dice.randrange(10**7, 10**8)}"
        return text
