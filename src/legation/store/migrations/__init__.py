"""Migrations: one module a change of the tables; what each revision of them added, and how to take it back."""
