"""What operators do to a stack, on AWS and on this machine alike: behind ``socialindex ops``."""
