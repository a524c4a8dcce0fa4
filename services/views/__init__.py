"""The directory's pages: public ones, the provider's desk, and the editor's import."""
