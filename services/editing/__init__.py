"""Editing the directory by hand: what can be changed, how it is read, shown, asked for and written.

``sections`` says what belongs on one screen, ``records`` reads and writes it, ``differences`` puts
old and new side by side, ``forms`` asks for it. Who may do what is in ``services.access``; that
two people are needed is in ``services.actions.proposals``.
"""
