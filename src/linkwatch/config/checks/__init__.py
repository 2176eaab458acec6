"""What the schema of single values cannot see: how entries of a configuration fit together.

Each module adds its findings to a `Report`. Those of `references` and `identity` look at plain
values, so they work whatever else is wrong; the others look at the `Document`, which may have
lost mistaken parts: where they miss something, they ask the locator whether it is `whole`.
"""
