"""What the deployed service costs a month: loads in, dollars per AWS service out. See docs/costs.md."""
