"""Deliver: what happened, told to those who asked to be told: webhooks, mail, chat."""
