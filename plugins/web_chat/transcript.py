"""The conversation as a mail to its visitor, through whatever account of the site can write one."""

from collections.abc import Sequence
from datetime import UTC

from hub.api import Address, AnyAccount, Content, Context, ConversationMessage, HubError
from plugins.web_chat.settings import WebChatAccount
from plugins.web_chat.wire import shown

PAGE = 200
_SUBJECT = {"en": "Your conversation with {}", "zh": "您与{}的对话记录"}
_VISITOR = {"en": "You", "zh": "您"}
_HOUSE = {"en": "Support", "zh": "客服"}
_FILE = {"en": "[file: {}]", "zh": "[文件：{}]"}
_SERIAL = {"en": "Reference: {}", "zh": "工单编号：{}"}


async def post(context: Context, account: AnyAccount, thread: str, to: Address) -> bool:
    """Mail the newest conversation to `to`; False when there is nothing an agent said, or no account that mails."""
    messages, serial = await _whole(context, account, thread)
    sender = await _mailer(context, account)
    if sender is None or not any(message.direction == "OUTBOUND" for message in messages):
        return False
    try:
        await context.contact(sender, to, compose(account, messages, serial), "transcript", automatic=True)
    except HubError:  # no address one can write to
        return False
    return True


def compose(account: AnyAccount, messages: Sequence[ConversationMessage], serial: str) -> Content:
    """Subject and text, in the account's language, times in UTC."""
    language = "zh" if account.language.startswith("zh") else "en"
    title = getattr(account.settings.title, language) or account.name
    subject = _SUBJECT[language].format(title)
    lines = [subject, *([_SERIAL[language].format(serial)] if serial else []), ""]
    lines += [line for message in messages for line in _paragraph(message, language)]
    return Content("\n".join(lines), fields={"subject": subject})


def _paragraph(message: ConversationMessage, language: str) -> list[str]:
    own = message.direction == "INBOUND"
    author = _VISITOR[language] if own else message.author or _HOUSE[language]
    at = message.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    files = [_FILE[language].format(file.name) for file in message.attachments]
    said = [message.text] if message.text else []
    return [f"{author}, {at}", *said, *files, ""]


async def _whole(context: Context, account: AnyAccount, thread: str) -> tuple[list[ConversationMessage], str]:
    messages: list[ConversationMessage] = []
    after, serial = 0, ""
    while found := await context.conversation(account, thread, after, PAGE):
        messages += shown(message for message in found.messages if message.kind != "RATING")
        serial = found.ticket_serial
        if len(found.messages) < PAGE:
            break
        after = found.messages[-1].position
    return messages, serial


async def _mailer(context: Context, account: AnyAccount) -> AnyAccount | None:
    settings: WebChatAccount = account.settings
    channel, _, address = settings.transcript_account.partition(":")
    if address:
        return await context.account(channel, Address("mailto", address))
    return next(iter(await context.accounts_for("mailto")), None)
