"""The invented network that ``setup_demo`` makes: people, agencies, a few cases. For one's own machine.

Everything is made by the product's own actions, with real keys; nothing here runs in production.
"""
