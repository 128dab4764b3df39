"""Writes the sample world: people, themes and an unfolding incident, from phrase pools and a seed."""
