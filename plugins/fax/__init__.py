"""Fax as a channel of the hub: T.30 on G.711 and T.38, pages in and out."""
