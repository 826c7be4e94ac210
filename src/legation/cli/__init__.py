"""The command line: one file a group of verbs, none of which holds a policy of its own."""
