"""What the shell offers at Tab: commands, options and their values, without loading the commands.

Loading them all takes half a second of a small box's processor, at each Tab. So what they say of themselves is read
once into an index (`index.py`): shipped with the packages, else kept in the user's cache folder until a file of the
program changes. What differs from one Tab to the next, such as the saved meters, is looked up then (`candidates.py`).
"""
