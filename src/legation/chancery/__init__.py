"""Where several people work on one record: scenarios, dossiers in review, announcements."""
