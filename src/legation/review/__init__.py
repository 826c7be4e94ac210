"""Review: how a plan travels from a draft to approval and announcement, and who may take which step."""
