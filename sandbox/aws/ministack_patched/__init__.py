"""MiniStack, patched in place where it differs from AWS in what this product relies on."""
