"""A gateway that is spoken to by signed HTTP requests, described in the site file: no code for one more of them."""
