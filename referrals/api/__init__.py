"""Casework in /api/v1/: what the pages can do, over the same doors, forms and actions.

*changes* how a request that changes something goes · *bodies* its JSON as the page's form reads it ·
*problems* what is answered when it cannot be done · *answers* what is read, as JSON · *serializers* its
description · the rest is addresses, by what they are about. No rule of casework stands here.

Denied and missing are the same 404, and every read is in the access log.
"""
