"""The fax machine itself: T.30 by spandsp in processes of its own, over G.711 or T.38.

`terminals` is what the hub uses; `start` begins a process; `spandsp` binds the library.
"""
