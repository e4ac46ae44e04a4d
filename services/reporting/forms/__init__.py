"""The six statutory forms of Thông tư 06/2025/TT-TTCP, folded from the events of an authority."""
