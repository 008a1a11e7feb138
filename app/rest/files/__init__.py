"""The files of media, as browsers and networks fetch them: without a key, at addresses that nobody can guess."""
