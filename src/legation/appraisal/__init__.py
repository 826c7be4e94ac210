"""What an interest is worth: criteria, scales, swing weights, scores."""
