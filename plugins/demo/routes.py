"""The customers' desk under /p/demo/: public, because whoever sits there is a customer."""

from __future__ import annotations

from hub.api import Files, PluginRoutes, Route, WebSocketRoute
from plugins.demo import pages
from plugins.demo.demo import Demo
from plugins.demo.fax_machine.desk import LARGEST, FaxMachine
from plugins.demo.handset.desk import Handset
from plugins.demo.mailbox import MOST_BYTES, Mailbox
from plugins.demo.phone.desk import Phone


def routes(demo: Demo) -> PluginRoutes:
    """Pages, and what mailbox, phone, handset and fax machine ask for."""
    mailbox, phone, handset, machine = Mailbox(demo), Phone(demo), Handset(demo), FaxMachine(demo)
    return [
        Route("GET", "/", pages.desk, public=True, docs="The customers' desk."),
        Route("GET", "/shop", pages.shop, public=True, docs="The sample shop with the chat widget."),
        Route("GET", "/mail", pages.mail, public=True, docs="A customer's mail program."),
        Route("GET", "/mail/addresses", mailbox.addresses, public=True, docs="Customers, and the site's addresses."),
        Route("GET", "/mail/box", mailbox.box, public=True, docs="The mails of ?address=."),
        Route("POST", "/mail/messages", mailbox.send, public=True, max_body=MOST_BYTES, docs="Send a mail by SMTP."),
        Route("GET", "/mail/messages/{mail}", mailbox.message, public=True, docs="One mail."),
        Route("GET", "/mail/messages/{mail}/shown", mailbox.shown, public=True, docs="Its HTML, sandboxed."),
        Route("GET", "/mail/messages/{mail}/files/{place}", mailbox.file, public=True, docs="One attachment."),
        Route("GET", "/phone", pages.phone, public=True, docs="A customer's telephone."),
        Route("GET", "/phone/numbers", phone.numbers, public=True, docs="Customers' numbers, and the site's."),
        WebSocketRoute("/phone/call", phone.call, docs="One call: dial, answer, stages, hang-up."),
        Route("GET", "/handset", pages.handset, public=True, docs="A customer's text messages."),
        Route("GET", "/handset/numbers", handset.numbers, public=True, docs="Customers' numbers, and the site's."),
        Route("GET", "/handset/texts", handset.texts, public=True, docs="The texts of ?number=, new since ?after=."),
        Route("POST", "/handset/texts", handset.send, public=True, docs="Send a text by SMPP."),
        Route("GET", "/fax", pages.fax, public=True, docs="A dealer's fax machine."),
        Route("GET", "/fax/state", machine.state, public=True, docs="Its faxes, and the site's numbers."),
        Route("POST", "/fax/faxes", machine.send, public=True, max_body=LARGEST, docs="Put a document in and dial."),
        Route("GET", "/fax/faxes/{fax}/pages/{page}", machine.page, public=True, docs="A page that came out."),
        Files("/static", pages.HERE / "static"),
    ]
