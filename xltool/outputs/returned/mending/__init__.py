"""What a template had lost is put back in its returned copy: formulas, protection, validations.

Whoever gets the copy can correct it: no fresh template is needed, and the list says what was put back.
"""
