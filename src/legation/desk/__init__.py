"""The desk: one function for each thing people do, joining files and documents to the pure core."""
