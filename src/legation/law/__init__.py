"""The law: the Vienna Conventions and the sender's own law as checks of a network, a plan and its accreditations."""
