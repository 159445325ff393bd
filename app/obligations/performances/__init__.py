"""What has been done towards a debt, and what turned out otherwise."""
