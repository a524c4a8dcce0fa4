"""The pages of this room, one file a concern. Small functions: forms in, actions, pages out."""
