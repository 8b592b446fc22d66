"""A made-up company whose tasks one can watch: an online shop, its billing, its data warehouse."""
