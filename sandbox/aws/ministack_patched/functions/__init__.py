"""Lambda's Node.js runtime: runs the deployed bundles unmodified and reports their errors as AWS does."""
