"""Faxes that come in: from the call to the pages in the hub's hands, whatever dies between."""
