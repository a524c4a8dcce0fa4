"""``make screenshots``: every page a role may open, in every language, on a phone and on a desktop.

*site* is a throw-away Hamroh with the demo's people, and finds the pages by following links; *moments*
reaches those that no link leads to; *looking* measures what an eye would trip over; *sheet* puts the
pictures side by side. Nothing here touches the demo in var/.
"""
