"""Alert: notices that something happens to a topic, from its mentions alone."""
