"""Proof of the ledger: Merkle tree, signed checkpoints, exports, and what checks all of them."""
