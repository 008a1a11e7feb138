"""How posts are kept: tables, one repository per aggregate, migrations, and the two databases."""
