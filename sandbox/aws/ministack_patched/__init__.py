"""MiniStack, patched in place where it differs from AWS in behaviour that this product needs."""
