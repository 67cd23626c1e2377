"""The shared parser and the diff. Pure: bytes or text in, values out.

Nothing here touches a network, a disk (but for the data files beside the code), a clock or a log.
"""
