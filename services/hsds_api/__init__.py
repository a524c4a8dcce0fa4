"""The open HSDS 3.1 API under /api/hsds/: asking, answering, and its own description.

Open to everybody and reads only: it knows no session, so nothing here asks who calls. What is in the
lists is services.queries.hsds, what stands in a record services.publish; our own API is services.api.
"""
