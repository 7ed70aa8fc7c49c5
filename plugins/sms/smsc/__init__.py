"""A small SMSC to try a site with: handsets by number on one side, SMPP 3.4 for whoever binds on the other.

Everything here but `command` knows nothing of the hub and is a program of its own (`python -m smsc` with this folder's
parent on the path), so that it stays small and is nobody's but the customers'.
"""
