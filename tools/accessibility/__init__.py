"""``make accessibility``: every page as each role meets it, in every language, colour and width.

*axe* asks axe-core, *measuring* what axe does not (focus order, names in the accessibility tree, zoom,
motion), *walking* opens the pages. The site and the way to each page are those of tools/screenshots.
The browser tests use the first two as well, so a page has one measure.
"""
