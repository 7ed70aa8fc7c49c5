"""How the project is set up, built and checked: nothing here is part of the product."""
