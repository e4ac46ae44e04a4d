"""Who is calling (`tokens`), what they have to do with a file (`relations`), and what they may do
(`permissions`, by the policies in `donthu.cedar`).
"""
