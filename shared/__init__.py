"""The kernel that all services stand on: ledger, messages, personal data, time. No rule of law."""
