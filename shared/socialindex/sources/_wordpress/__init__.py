"""WordPress: its REST API, wherever a site has it, and the markup that its themes share."""
