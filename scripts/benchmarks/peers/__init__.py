"""What Redraft is measured beside: the same part of its schema, on the same tables, as other stacks do it.

Each of them is what its own documentation shows, as fast as that can be made without leaving it: statements are kept
prepared where the driver keeps them, and no page takes more statements for its destinations the longer it is. They
write the rows that Redraft writes for an update, the post and its history, in one transaction with the same PRAGMAs.
What favours them: they check no keys, and no rules but those that the update of a post's text cannot do without; they
keep no log; nothing but posts is in them.
"""
