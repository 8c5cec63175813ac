"""`doctor`: what is looked at, what was found, and what mends it. Each room of the house is one file here."""
