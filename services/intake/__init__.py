"""Intake takes petitions in, classifies them and says what becomes of each (xử lý đơn)."""
