"""The other ends of the wires: servers and customers that keep their own record of what they sent and got."""
