"""The pages' frame: layout, components, language, formats, errors and assets, for every capability.

A capability keeps its own templates in its own folder and hands them to `frame.render`.
"""
