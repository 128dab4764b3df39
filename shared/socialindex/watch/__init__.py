"""Watch: notices that a source falls silent, before its users do."""
