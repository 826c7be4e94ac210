"""A tailored exact method beside HiGHS: price what sites share, drop what no better plan can use, prove the rest."""
