"""Operations: the text that a request sends, read and judged once, and executed any number of times.

    requests.py reads what a client asks → cache.py finds the operation, or preparing.py makes it → execution.py runs it
    → answers.py says what came of it; deadlines.py ends what takes too long

Reading and judging one updatePost costs more than ten times what executing it does.
"""
