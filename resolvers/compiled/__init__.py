"""Compiled selections: an operation that was found valid is made into Python once, and then only run.

Why: graphql-core works an answer out anew for every request, field by field. For the answer of an updatePost that is
~400 µs, for a page of 50 posts ~5 ms, several times what the database takes for them. Compiled, it is 5 µs and 0.15 ms.

    compile_operation     None for what is not covered: graphql-core executes it, as if this room were not there
    Plan.run              variables → arguments → resolvers → answers
      variables.py        reads the variables of a request
      arguments.py        makes a field's arguments of them: the classes that resolvers take
      fields.py           calls the resolvers of root fields
      values.py           writes the function that makes an answer of what a resolver returned

There is no error in this room. Whatever is not exactly as it should be (a variable that cannot be read, a null where
none may be, a number too large) is Unexpected, and graphql-core is given the same thing to do from there: the
operation, the field, or what its resolver returned. So it is graphql-core that says what is wrong, and nulls what
must be null. What a resolver raises is located by it, too.

Not covered: subscriptions, introspection, other directives than @skip and @include, extensions of fields (permissions
are such) and of the schema that take part in resolving, fields below the root whose resolvers are asynchronous or take
arguments, generic types and types with is_type_of or from_input of their own, and objects made by strawberry.cast.

What stands between this and graphql-core is a test that runs both on thousands of generated operations and compares
the bytes. To switch it off: REDRAFT_COMPILED=0.
"""

from resolvers.compiled.plan import Plan, compile_operation

__all__ = ["Plan", "compile_operation"]
