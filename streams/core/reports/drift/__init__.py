"""Drift tests, one a file, and the table that names them.

Tests say `import scipy` and `scipy.stats.x` where they compute: scipy loads its parts on first use, so that reading
a configuration does not cost a second.
"""
